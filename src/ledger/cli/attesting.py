"""What do others vouch for? Witnesses for the log's one story, an authority for the time."""

from typing import TYPE_CHECKING, TypeVar

from ledger.cli.outcome import DONE, print_json
from ledger.cli.place import HERE, Json, Place, keys_of, opened

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ledger.attestations.standing import WitnessStanding
    from ledger.attestations.timestamps import Timestamp
    from ledger.integrity.published import PublishedTree


_Answer = TypeVar("_Answer")
SHOWN = 500


def witnesses(*, place: Place = HERE, json: Json = False) -> int:
    """Lists those that are asked (LEDGER_WITNESSES) and all others that ever cosigned."""
    from ledger.attestations.outside import outside
    from ledger.attestations.standing import standings
    from ledger.settings import settings

    asked = outside(settings()).witnesses
    found = _read(place, lambda tree: standings(tree, asked))
    print_json(found) if json else _show(found)
    return DONE


def timestamps(*, place: Place = HERE, json: Json = False) -> int:
    """Lists when the log had which root, as an authority says, the newest first."""
    from ledger.attestations.timestamps import timestamps as listed

    found = _read(place, lambda tree: listed(tree, 2**62, SHOWN))
    print_json(found) if json else _show_timestamps(found)
    return DONE


def _read(place: Place, question: "Callable[[PublishedTree], Awaitable[_Answer]]") -> _Answer:
    import asyncio

    from ledger.integrity.published import PublishedTree

    async def ask(url: str) -> _Answer:
        tree = PublishedTree(url, keys_of(place), readers=1)
        try:
            await tree.open()
            return await question(tree)
        finally:
            await tree.close()

    with opened(place) as url:
        return asyncio.run(ask(url))


def _show(found: list["WitnessStanding"]) -> None:
    from rich.table import Table

    from ledger.cli.tables import moment, print_table

    table = Table("witness", "cosigned up to", "behind by", "at (UTC)", "asked at")
    for one in found:
        table.add_row(
            one.name,
            "-" if one.position is None else f"{one.position:,}",
            f"{one.lag:,}",
            "-" if one.cosigned_at is None else moment(one.cosigned_at),
            one.url or "not any more",
        )
    print_table(table)


def _show_timestamps(found: list["Timestamp"]) -> None:
    from rich.table import Table

    from ledger.cli.tables import moment, print_table

    table = Table("events", "root", "stamped at (UTC)", "by", "policy")
    for one in found:
        row = (f"{one.position:,}", one.root, moment(one.stamped_at), one.authority)
        table.add_row(*row, one.policy or "?")
    print_table(table)

"""What do others vouch for? The log's witnesses, and how far each has come."""

from typing import TYPE_CHECKING

from ledger.cli.outcome import DONE, print_json
from ledger.cli.place import HERE, Json, Place, keys_of, opened

if TYPE_CHECKING:
    from ledger.attestations.standing import WitnessStanding


def witnesses(*, place: Place = HERE, json: Json = False) -> int:
    """Lists those that are asked (LEDGER_WITNESSES) and all others that ever cosigned."""
    import asyncio

    from ledger.attestations.standing import standings
    from ledger.attestations.witnesses import read_witnesses
    from ledger.integrity.published import PublishedTree
    from ledger.settings import settings

    asked = read_witnesses(settings().witnesses)

    async def read(url: str) -> list["WitnessStanding"]:
        tree = PublishedTree(url, keys_of(place), readers=1)
        try:
            await tree.open()
            return await standings(tree, asked)
        finally:
            await tree.close()

    with opened(place) as url:
        found = asyncio.run(read(url))
    print_json(found) if json else _show(found)
    return DONE


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

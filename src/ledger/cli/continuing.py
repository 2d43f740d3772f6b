"""How does the log go on when a backup was restored? By a decision of people, said for ever."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from ledger.cli.granting import one_line, running
from ledger.cli.outcome import DONE, BadUsage, Failed, print_json
from ledger.cli.place import HERE, Json, Place, keys_of, opened

if TYPE_CHECKING:
    import psycopg

    from ledger.integrity.continuing import Plan
    from ledger.integrity.keys import KeyFolder

_LOCK = "SELECT pg_try_advisory_lock(%s)"


def continue_log(
    *,
    after_restore: Annotated[
        bool, Parameter(negative=(), help="Yes: events that were signed are lost for good.")
    ] = False,
    by: Annotated[str | None, Parameter(help="Who decides it; stands in the statement.")] = None,
    reason: Annotated[str | None, Parameter(help="What happened; stands in the statement.")] = None,
    origin: Annotated[
        str | None, Parameter(help="What the log is called from now on; else a number is added.")
    ] = None,
    place: Place = HERE,
    json: Json = False,
) -> int:
    """Ends the log of which events are lost, and goes on as another one from what was kept.

    For a database that was restored from a backup older than what was signed. The old and the new
    key sign a statement of what was lost; it is recorded as an event, kept beside the keys and
    told by every `ledger verify` from then on. Stop the service first, and start it afterwards.
    """
    from ledger.event_store.connections import sealer
    from ledger.integrity.key_files import SealingRefused
    from ledger.integrity.keys import KeyFolder

    if not after_restore:
        raise BadUsage("This ends the log as it was known: say --after-restore if it is meant.")
    folder = KeyFolder(keys_of(place))
    with opened(place) as url:
        try:
            with sealer(url) as connection, folder.held() as held:
                _check_alone(connection, held=held)
                made = _planned(connection, folder, by, reason, origin)
                _record(url, place, made)
                _finish(folder, made)
            _seal(url, keys_of(place))
        except (SealingRefused, FileNotFoundError) as refused:
            raise Failed(f"The log is not continued: {refused}.") from None
    _tell(folder, made, json=json)
    return DONE


def _check_alone(connection: "psycopg.Connection", *, held: bool) -> None:
    """Nobody seals meanwhile. Raises `Failed`."""
    from ledger.integrity.sealing import LOCK

    row = connection.execute(_LOCK, (LOCK,)).fetchone()
    if not held or not row or not row[0]:
        raise Failed("The log is being sealed: stop `ledger serve` and `ledger project` first.")


def _planned(
    connection: "psycopg.Connection",
    folder: "KeyFolder",
    by: str | None,
    reason: str | None,
    origin: str | None,
) -> "Plan":
    """What was begun before, or what is begun now."""
    from ledger.integrity.continuing import judge, plan, planned

    if (begun := planned(folder)) is not None:
        return begun
    if by is None or reason is None:
        raise BadUsage("Who decides it, and why? --by NAME --reason TEXT")
    lost = judge(connection, folder)
    said = one_line("--reason", reason)
    return plan(folder, lost, by=one_line("--by", by), reason=said, name=origin)


def _record(url: str, place: Place, made: "Plan") -> None:
    """The statement as an event, once."""
    import asyncio
    from uuid import NAMESPACE_URL, uuid5

    from ledger.application import Caller, Wish, new_id
    from ledger.kernel.errors import AlreadyExists

    said = made.continuation
    body = {
        "ended": said.signed.origin,
        "continued": said.verifier.name,
        "kept_size": said.kept.size,
        "kept_root": said.kept.root.hex(),
        "signed_size": said.signed.size,
        "signed_root": said.signed.root.hex(),
        "statement": made.note.decode(),
        "reason": said.reason,
        "id": str(uuid5(NAMESPACE_URL, said.verifier.vkey)),
    }
    wish = Wish(collection="continuations", command="create", id=None, body=body, if_match=None)
    caller = Caller(id="log continue", name=said.by, role="admin", operator=True)

    async def record() -> None:
        async with running(url, place) as parts:
            try:
                await parts.ledger.handle(wish, caller, new_id())
            except AlreadyExists:
                return  # it was killed after this step

    asyncio.run(record())


def _finish(folder: "KeyFolder", made: "Plan") -> None:
    from ledger.integrity.continuing import carry_out

    carry_out(folder, made)


def _seal(url: str, keys: Path) -> None:
    from ledger.integrity.sealing import Sealer

    Sealer(url, keys).catch_up()


def _tell(folder: "KeyFolder", made: "Plan", *, json: bool) -> None:
    said = made.continuation
    if json:
        print_json(
            {
                "ended": said.signed.origin,
                "continued": said.verifier.name,
                "key": said.verifier.vkey,
                "kept": said.kept.size,
                "lost": [said.lost[0], said.lost[-1]],
                "statement": made.note.decode(),
            }
        )
        return
    print(said.told())
    print(f"The new key: {said.verifier.vkey}")
    print("Give it, with this statement, to everybody who has the old one, and to the witnesses:")
    print(made.note.decode(), end="")
    print(f"It lies in {folder.continued.notes}. Start the service again.")


def continuations(*, place: Place = HERE, json: Json = False) -> int:
    """Prints the statements of how the log went on after events were lost, as they are signed."""
    from ledger.integrity.key_files import KeysRefused
    from ledger.integrity.keys import KeyFolder

    folder = KeyFolder(keys_of(place))
    try:
        found = folder.continuations()
    except KeysRefused as error:
        raise Failed(f"{error}.") from None
    if json:
        print_json([one.told() for one in found])
    for note in folder.continued.stored() if not json else ():
        print(note.decode())
    return DONE

"""How does a case file come into the ledger? Whole or not at all, and each command only once."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from cyclopts import Parameter

from ledger.cli.asking import parts_at
from ledger.cli.outcome import DONE, FOUND_WRONG, BadUsage, complain, print_json
from ledger.cli.place import HERE, Json, Place, opened
from ledger.cli.progress import Tell, progress

if TYPE_CHECKING:
    from ledger.bootstrap import Parts
    from ledger.imports.case_file import Case
    from ledger.kernel.errors import LedgerError

CALLER = "ledger load"
TRIES = 5
PATIENCE_SECONDS = 300.0  # as long as the read models may stand still before we stop waiting


class Loaded(NamedTuple):
    """A file that is in the ledger: how much of it is new, and the log's end after it."""

    file: str
    recorded: int
    known: int
    position: int


class Refused(Exception):
    """A file of which nothing was recorded: which command is wrong, and why."""

    def __init__(
        self, file: str, error: "LedgerError", command: int | None = None, path: str | None = None
    ) -> None:
        super().__init__(file)
        self.file, self.error, self.command, self.path = file, error, command, path

    def sentence(self) -> str:
        """For people."""
        where = self.file
        if self.command is not None:
            where += f": command {self.command} ({self.path})"
        why = self.error.message().rstrip(".")
        return f"{where} was refused: {why}. Nothing of this file was recorded."

    def answer(self) -> dict[str, Any]:
        """For machines."""
        return {
            "file": self.file,
            "command": self.command,
            "path": self.path,
            "rule": self.error.rule(),
            "detail": self.error.message(),
            "errors": [
                {"field": one.field, "message": one.message}
                for one in getattr(self.error, "errors", ())
            ],
        }


def load(
    *files: Annotated[Path, Parameter(name="FILE", help="YAML, or JSON lines (.jsonl).")],
    by: Annotated[str, Parameter(name="--as", help="Who is named as having recorded it.")] = CALLER,
    place: Place = HERE,
    json: Json = False,
) -> int:
    """Records the commands of case files, one file after the other.

    A file is recorded whole or not at all. What was loaded before is not recorded again, also
    where the file has grown since.
    """
    import asyncio

    if not files:
        raise BadUsage("Name at least one case file.")
    if missing := [file for file in files if not file.is_file()]:
        raise BadUsage(f"There is no file {missing[0]}.")
    if not by.strip() or not by.isprintable():
        raise BadUsage("--as takes a name.")
    done: list[Loaded] = []
    refused = None
    with opened(place) as url, progress("Case files") as tell:
        try:
            asyncio.run(load_files(url, place, files, by.strip(), tell, done))
        except Refused as error:
            refused = error
    _report(done, refused, json=json)
    return DONE if refused is None else FOUND_WRONG


def _report(done: Sequence[Loaded], refused: Refused | None, *, json: bool) -> None:
    if json:
        answer: dict[str, Any] = {"files": [one._asdict() for one in done]}
        print_json(answer | ({"refused": refused.answer()} if refused else {}))
    else:
        for one in done:
            print(f"{one.file}: {one.recorded} commands recorded, {one.known} known already.")
    if refused is not None:
        complain(refused.sentence())


async def load_files(
    url: str, place: Place, files: Sequence[Path], by: str, tell: Tell, done: list[Loaded]
) -> None:
    """Loads the files in order and waits for the read models; tells `done` of each that is in.

    Raises `Refused` for the first that cannot be recorded.
    """
    import asyncio

    from ledger.worker import Worker

    worker = Worker(url)
    worker.start()
    try:
        async with parts_at(url, place) as made:
            for file in files:
                await caught_up(made, tell)
                tell(0, 0)
                done.append(await _load(made, file, by))
            await caught_up(made, tell)
    finally:
        await asyncio.to_thread(worker.stop)


async def _load(made: "Parts", file: Path, by: str) -> Loaded:
    from ledger.event_store.append import KeyTaken
    from ledger.imports.case_file import read_case
    from ledger.kernel.errors import LedgerError, NotNow

    try:
        case = read_case(file)
    except LedgerError as error:
        raise Refused(str(file), error) from None
    keys = list(map(made.vault.token, case.keys()))
    for _ in range(TRIES):
        known = await made.log.recorded_keys(CALLER, keys)
        fresh = [(index, key) for index, key in enumerate(keys) if key not in known]
        try:
            position = await _record(made, file, case, fresh, by)
        except KeyTaken:  # somebody else loads the same commands at this moment
            continue
        except Refused:
            if await made.log.recorded_keys(CALLER, keys) == known:
                raise
            continue
        return Loaded(str(file), len(fresh), len(known), position)
    raise NotNow(why="others are loading the same commands.")


async def _record(
    made: "Parts", file: Path, case: "Case", fresh: Sequence[tuple[int, str]], by: str
) -> int:
    """Records these commands of the case together; the log's end then."""
    from ledger.application import Caller, RefusedInBatch, new_id

    if not fresh:
        return await made.log.head()
    caller = Caller(id=CALLER, name=by, role="admin", operator=True)
    wishes = [case.entries[index].wish for index, _ in fresh]
    try:
        receipts = await made.ledger.handle_all(
            wishes, caller, new_id(), keys=[key for _, key in fresh]
        )
    except RefusedInBatch as refused:
        index, _ = fresh[refused.index]
        raise Refused(str(file), refused.error, index + 1, case.entries[index].path) from None
    for (index, _), receipt in zip(fresh, receipts, strict=True):
        for one in receipt.warnings:
            complain(f"{file}: command {index + 1}: {one.field} {one.message}.")
    return receipts[-1].position


async def caught_up(made: "Parts", tell: Tell) -> None:
    """Waits until the read models show what is in the log; raises `NotNow` if they stand still."""
    import asyncio

    from ledger.kernel.errors import NotNow

    clock = asyncio.get_running_loop().time
    head, reached, moved_at = await made.log.head(), -1, clock()
    while (now := await made.reading.position()) < head or now < 0:
        if now != reached:
            reached, moved_at = now, clock()
        if clock() - moved_at > PATIENCE_SECONDS:
            raise NotNow(why=f"the read models stand still at {reached}; the log ends at {head}.")
        tell(reached, head)
        await made.reading.next_move()

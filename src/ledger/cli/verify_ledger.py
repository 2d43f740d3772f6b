"""Is the ledger still what was recorded? All of it is computed anew, and what differs is told."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from ledger.cli.outcome import DONE, FOUND_WRONG, BadUsage, Failed, print_json
from ledger.cli.place import HERE, Json, Place, documents_of, keys_of, opened
from ledger.cli.progress import progress
from ledger.cli.verifying import verifier_in

if TYPE_CHECKING:
    from ledger.attestations.witnesses import WitnessAt
    from ledger.integrity.continuations import Continuation
    from ledger.integrity.note import Verifier
    from ledger.verification import Report, Trust
    from ledger.verification.signatures import Witnessed

app = App(name="verify", help="Whether what was recorded is what is there.")
app.command(
    "ledger.cli.verifying:receipt",
    name="receipt",
    help="A receipt, without the ledger that gave it.",
)


@app.default
def verify(
    *,
    bundle: Annotated[
        Path | None, Parameter(help="This file of an auditor instead, without the ledger.")
    ] = None,
    key: Annotated[
        str | None, Parameter(help="The log's verifier key; else the folder of its keys is asked.")
    ] = None,
    checkpoint: Annotated[
        tuple[Path, ...],
        Parameter(
            negative=(),
            help="A checkpoint that was kept elsewhere: the log must still have its root.",
        ),
    ] = (),
    witness: Annotated[
        tuple[str, ...],
        Parameter(
            negative=(),
            help="A witness's verifier key, beside those of LEDGER_WITNESSES, which are asked too.",
        ),
    ] = (),
    place: Place = HERE,
    json: Json = False,
) -> int:
    """Recomputes every hash, the tree, the signatures and every read model from the events.

    Exit code 1 if anything differs. Nothing is changed, but that it was verified is noted where
    that may be written; the service may go on meanwhile.
    """
    if bundle is not None:
        return _verify_bundle(bundle, key, witness, json=json)
    from ledger.verification import verify as verify_ledger
    from ledger.verification.remembered import remember

    trust = _trust(place, key, checkpoint, witness)
    with opened(place) as url, _steps() as tell:
        report = verify_ledger(url, trust, documents_of(place), tell)
        remember(url, report)
    print_json(report.as_json()) if json else _show(report)
    return DONE if report.ok else FOUND_WRONG


def _trust(
    place: Place, key: str | None, checkpoints: tuple[Path, ...], witnesses: tuple[str, ...]
) -> "Trust":
    """What is known from outside the database, read before it."""
    from ledger.attestations.outside import outside
    from ledger.integrity.key_files import KeysRefused
    from ledger.integrity.keys import KeyFolder
    from ledger.settings import settings
    from ledger.verification import Trust

    folder = KeyFolder(keys_of(place))
    try:
        keys = [verifier_in(key, "--key")] if key is not None else folder.verifiers()
        last, continuations = folder.last(), folder.continuations()
    except KeysRefused as error:
        raise Failed(f"{error}.") from None
    try:
        kept = [path.read_bytes() for path in checkpoints]
    except OSError as error:
        raise BadUsage(f"{error.filename} cannot be read: {error.strerror}.") from None
    asked, authority = outside(settings())
    typed = [verifier_in(text, "--witness") for text in witnesses]
    return Trust(
        keys=keys,
        last=last,
        kept=kept,
        witnesses=[*typed, *(one.verifier for one in asked)],
        witnessed=[said for one in asked for said in _asked(one, keys, continuations)],
        continuations=continuations,
        certificates=authority and authority.certificates,
        last_expected=key is None,
    )


def _asked(
    witness: "WitnessAt", keys: "Sequence[Verifier]", ended: "Sequence[Continuation]"
) -> "Iterator[Witnessed]":
    """What the witness remembers of the log, and of those that it goes on from."""
    from ledger.attestations.refusals import AnswerRefused
    from ledger.attestations.submitting import last_known
    from ledger.verification.signatures import Witnessed

    try:
        if keys:
            yield Witnessed(witness.name, last_known(witness, keys[0].name))
        for one in ended:
            if (note := last_known(witness, one.signed.origin)) is not None:
                yield Witnessed(witness.name, note)
    except AnswerRefused as error:
        yield Witnessed(witness.name, None, str(error))


@contextmanager
def _steps() -> Iterator["Steps"]:
    steps = Steps()
    try:
        yield steps
    finally:
        steps.close()


class Steps:
    """A bar for each step, one after the other."""

    def __init__(self) -> None:
        from contextlib import ExitStack

        self._stack = ExitStack()
        self._what: str | None = None

    def __call__(self, what: str, done: int, whole: int) -> None:
        """So much of that step is done."""
        if what != self._what:
            self._stack.close()
            self._what = what
            self._tell = self._stack.enter_context(progress(what))
        self._tell(done, whole)

    def close(self) -> None:
        """The last bar goes."""
        self._stack.close()


def _show(report: "Report") -> None:
    from rich.table import Table

    from ledger.cli.tables import console

    out = console()
    table = Table("check", "checked", "", "different")
    for check in report.checks:
        different = f"{check.count:,}" if check.count else ""
        table.add_row(check.name, f"{check.checked:,}", check.status, different)
    out.print(table)
    for check in report.checks:
        for one in check.differences:
            out.print(f"{check.name}: {one.kind} {one.where()}".rstrip() + f": {one.text}")
        if check.count > len(check.differences):
            out.print(f"{check.name}: and {check.count - len(check.differences):,} more")
        for text in check.warnings:
            out.print(f"{check.name}: warning: {text}")
        for text in check.notes:
            out.print(f"{check.name}: {text}")
    out.print(f"Root of {report.events:,} events: {report.root}. It took {report.seconds:.1f} s.")
    out.print(report.told())


def _verify_bundle(file: Path, key: str | None, witnesses: tuple[str, ...], *, json: bool) -> int:
    """Runs the program that lies in every bundle."""
    if not file.exists():
        raise BadUsage(f"There is no {file}.")
    from ledger.bundle import verify as program

    troubles = program.Troubles()
    held = program.verify(file, key, troubles, list(witnesses))
    if json:
        print_json({"ok": not troubles.lines, "differences": troubles.lines, "holds": held})
    else:
        for line in troubles.lines:
            print(f"- {line}")
        print(f"It does not hold: {len(troubles.lines)} found." if troubles.lines else held)
    return FOUND_WRONG if troubles.lines else DONE

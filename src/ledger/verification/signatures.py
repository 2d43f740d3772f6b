"""Does the log still have every root that was ever signed for it, and by whom were they signed?"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import psycopg

from ledger.attestations.authority import Certificates
from ledger.integrity.checkpoint import Checkpoint, read_checkpoint
from ledger.integrity.continuations import Continuation
from ledger.integrity.note import NoteRefused, Verifier, parse, read_signature
from ledger.verification.report import Check, Kind


class Witnessed(NamedTuple):
    """The last checkpoint that a witness has cosigned, as it says itself, or why it says nothing.

    `note`: None where it has cosigned none, or cannot be asked.
    """

    name: str
    note: bytes | None
    failure: str | None = None


class Trust(NamedTuple):
    """What is known from outside the database.

    `keys`: of the log, of all times; `last`: what was signed last, from the file beside the key;
    `kept`: checkpoints that somebody kept elsewhere; `witnesses`: their keys; `witnessed`: what
    these say when they are asked now; `certificates`: of the timestamp authority;
    `continuations`: how the log went on after events were lost.
    """

    keys: Sequence[Verifier]
    last: Checkpoint | None = None
    kept: Sequence[bytes] = ()
    witnesses: Sequence[Verifier] = ()
    witnessed: Sequence[Witnessed] = ()
    certificates: Certificates | None = None
    continuations: Sequence[Continuation] = ()
    last_expected: bool = True


class Tree(NamedTuple):
    """The tree as the events say it: its size, and its roots where they were asked for."""

    size: int
    roots: Mapping[int, bytes]


class Agreed(NamedTuple):
    """Up to which size what was signed agrees with the events, and from where it does not."""

    upto: int
    broken: int | None


def check_checkpoints(
    connection: psycopg.Connection, trust: Trust, tree: Tree
) -> tuple[Check, Agreed]:
    """Every checkpoint in the database: its signature, and its root against the events."""
    check = Check(name="checkpoints")
    upto, broken, foreign = 0, None, 0
    with connection.cursor("checkpoints", binary=True) as cursor:
        cursor.execute(b"SELECT size, root, note FROM tree.checkpoints ORDER BY size")
        for size, root, note in cursor:
            check.checked += 1
            signed = _signed(check, trust, Checkpoint("", size, bytes(root)), bytes(note), upto)
            if signed is None:
                foreign += 1
            elif (ended := _ended(trust, signed)) is not None:
                text = f"The log {signed.origin} had ended at {ended}, and signed {size}."
                check.add(Kind.CHECKPOINT, text, size)
            elif _holds(tree, signed):
                upto = size if broken is None else upto
            elif broken is None:
                broken = size
    if broken is not None:
        _tell_broken(check, tree, upto, broken)
    if foreign and not trust.keys:
        check.count, check.differences = 0, []
        text = "The log's public key is not here, so no signature can be checked."
        check.add(Kind.UNCHECKED, text)
    return check, Agreed(upto, broken)


def _signed(
    check: Check, trust: Trust, column: Checkpoint, note: bytes, upto: int
) -> Checkpoint | None:
    """The checkpoint in a note that one of the log's keys has signed."""
    size = column.size
    try:
        read = parse(note)
        said = read_checkpoint(read.text)
    except NoteRefused as error:
        check.add(Kind.CHECKPOINT, f"The checkpoint of size {size} cannot be read: {error}.", size)
        return None
    try:
        signers = read.signed_by(trust.keys)
    except NoteRefused as error:
        text = f"The checkpoint of size {size} was not signed with the log's key: {error}."
        check.add(Kind.RESIGNED, text, upto + 1, max(size, upto + 1))
        return None
    if said.origin not in {one.name for one in signers}:
        text = f"The checkpoint of size {size} is one of another log, {said.origin}."
        check.add(Kind.CHECKPOINT, text, size)
        return None
    if (said.size, said.root) != (size, column.root):
        text = f"The columns of the checkpoint of size {size} are not what was signed."
        check.add(Kind.CHECKPOINT, text, size)
    return said


def _ended(trust: Trust, signed: Checkpoint) -> int | None:
    """What was kept of a log that has ended, if the checkpoint is one of later than that."""
    for one in trust.continuations:
        if one.signed.origin == signed.origin and signed.size > one.kept.size:
            return one.kept.size
    return None


def _lost(trust: Trust, known: Checkpoint) -> bool:
    """Whether the checkpoint is one of those that were lost, as was said."""
    return any(
        one.signed.origin == known.origin and known.size in one.lost for one in trust.continuations
    )


def _holds(tree: Tree, signed: Checkpoint) -> bool:
    return signed.size <= tree.size and tree.roots.get(signed.size) == signed.root


def _tell_broken(check: Check, tree: Tree, upto: int, broken: int) -> None:
    if broken > tree.size:
        text = f"A log of {broken} events was signed; there are {tree.size}."
        check.add(Kind.CUT, text, tree.size + 1)
    else:
        text = f"The events do not have the root that was signed for size {broken}."
        check.add(Kind.REWRITTEN, text, upto + 1, broken)


def check_last(trust: Trust, tree: Tree, agreed: Agreed, *, intact: bool) -> Check:
    """The file beside the key: it knows what was signed, whatever became of the database.

    `intact`: nothing else in the database differs, so it is a whole one, only not this one.
    """
    check = Check(name="signed last")
    last = trust.last
    if last is None:
        if not trust.last_expected:
            check.notes.append("Not here: only the public key was given.")
        elif agreed.upto or agreed.broken:
            check.add(Kind.UNCHECKED, "The file of what was signed last is gone.")
        else:
            check.notes.append("Nothing was signed yet.")
        return check
    check.checked = 1
    if not _holds(tree, last):
        # What was signed up to there is older than what the file knows, so both have it.
        held = agreed.upto if agreed.upto < last.size else 0
        _tell_unlike(check, last, tree, held, intact=intact)
    return check


def check_kept(trust: Trust, tree: Tree, *, intact: bool) -> Check:
    """Checkpoints that somebody kept where nobody of the log's can reach them."""
    check = Check(name="checkpoints kept elsewhere")
    _compare(check, trust, trust.kept, tree, intact=intact)
    return check


def check_witnessed(trust: Trust, tree: Tree, *, intact: bool) -> Check:
    """What witnesses remember of the log. That one cannot be asked is a warning."""
    check = Check(name="witnesses' memory")
    for one in trust.witnessed:
        if one.failure is not None:
            check.warnings.append(f"{one.name} cannot be asked: {one.failure}.")
        elif one.note is None:
            check.warnings.append(f"{one.name} has cosigned nothing of this log.")
    notes = [one.note for one in trust.witnessed if one.note is not None]
    _compare(check, trust, notes, tree, intact=intact)
    return check


def _compare(
    check: Check, trust: Trust, notes: Sequence[bytes], tree: Tree, *, intact: bool
) -> None:
    """The events must have the root of each of these checkpoints."""
    known: list[Checkpoint] = []
    for note in notes:
        check.checked += 1
        try:
            read = parse(note)
            known.append(read_checkpoint(read.text))
            read.signed_by(trust.keys)
        except NoteRefused as error:
            check.add(Kind.UNCHECKED, f"The given checkpoint is none of this log: {error}.")
    held = 0
    for one in sorted(known, key=lambda one: one.size):
        if _holds(tree, one):
            held = one.size
        elif _lost(trust, one):
            text = f"A checkpoint of size {one.size} is among what was lost of {one.origin}."
            check.warnings.append(text)
        else:
            _tell_unlike(check, one, tree, held, intact=intact)


def _tell_unlike(check: Check, known: Checkpoint, tree: Tree, held: int, *, intact: bool) -> None:
    """The events are not those of a checkpoint; `held`: up to where they are known to be."""
    if known.size > tree.size:
        kind = Kind.ROLLED_BACK if intact else Kind.CUT
        text = f"A log of {known.size} events was signed; the database has {tree.size}."
        begins = held + 1 if intact else tree.size + 1
        check.add(kind, text, begins, known.size)
    else:
        kind = Kind.FORKED if intact else Kind.REWRITTEN
        text = f"For size {known.size} another root was signed than the events have."
        check.add(kind, text, held + 1, known.size)


def check_cosignatures(connection: psycopg.Connection, trust: Trust) -> Check:
    """What witnesses have signed, for those whose keys are known."""
    check = Check(name="cosignatures")
    strangers: set[str] = set()
    known = {(one.name, one.key_id): one for one in trust.witnesses}
    with connection.cursor("cosignatures", binary=True) as cursor:
        cursor.execute(
            b"SELECT w.size, w.name, w.note_line, c.note FROM tree.cosignatures AS w"
            b" LEFT JOIN tree.checkpoints AS c USING (size) ORDER BY w.size, w.name"
        )
        for size, name, line, note in cursor:
            check.checked += 1
            try:
                if note is None:
                    raise NoteRefused("there is no such checkpoint")
                signature = read_signature(line.rstrip("\n"))
                verifier = known.get((signature.name, signature.key_id))
                if signature.name != name:
                    raise NoteRefused(f"the line is one of {signature.name}")
                if verifier is None:
                    strangers.add(name)
                else:
                    verifier.verify(parse(bytes(note)).text, signature)
            except NoteRefused as error:
                text = f"What {name} cosigned for size {size} does not hold: {error}."
                check.add(Kind.COSIGNATURE, text, size)
    check.notes += [f"The key of {name} is not known here." for name in sorted(strangers)]
    return check


def kept_sizes(trust: Trust) -> list[int]:
    """The sizes for which a root is known from outside the database."""
    sizes = [] if trust.last is None else [trust.last.size]
    sizes += [one.kept.size for one in trust.continuations]
    for note in (*trust.kept, *(one.note for one in trust.witnessed if one.note)):
        try:
            sizes.append(read_checkpoint(parse(note).text).size)
        except NoteRefused:
            continue  # told when it is compared
    return sizes

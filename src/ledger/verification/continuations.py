"""Were events lost and the log continued? That is said for ever, here and in the log itself."""

import msgspec
import psycopg

from ledger.integrity.continuations import Continuation
from ledger.verification.report import Check, Kind
from ledger.verification.signatures import Tree, Trust

_EVENTS = b"""
SELECT position, leaf FROM log.events WHERE type = 'log.continued' ORDER BY position"""


def check_continuations(connection: psycopg.Connection, trust: Trust, tree: Tree) -> Check:
    """The statements beside the keys against the events; each is told as a warning."""
    check = Check(name="continuations", checked=len(trust.continuations))
    check.warnings += [one.told() for one in trust.continuations]
    said = _said(connection)
    if trust.continuations:
        _check_newest(check, trust.continuations[-1], tree, said)
    if trust.last_expected:
        told = {one.text() for one in trust.continuations}
        for text, position in said.items():
            if text not in told:
                check.add(Kind.UNCHECKED, "Its statement does not lie beside the keys.", position)
    return check


def _check_newest(check: Check, newest: Continuation, tree: Tree, said: dict[str, int]) -> None:
    """What was kept is there. Of older ones the event may be among what was lost later."""
    size = newest.kept.size
    if size > tree.size or tree.roots.get(size) != newest.kept.root:
        text = f"The events do not have the root that was kept, of size {size}."
        check.add(Kind.REWRITTEN, text, 1, size or None)
    if said.get(newest.text(), 0) <= size:
        text = f"No event says that the log goes on as {newest.verifier.name}."
        check.add(Kind.REMOVED, text, size + 1)


def _said(connection: psycopg.Connection) -> dict[str, int]:
    """The texts of the statements in the log, and where they stand."""
    found = {}
    for position, leaf in connection.execute(_EVENTS):
        try:
            statement = str(msgspec.json.decode(bytes(leaf))["data"]["statement"])
        except (msgspec.MsgspecError, LookupError, TypeError):
            continue  # told where the events are checked
        found[statement.rpartition("\n\n")[0] + "\n"] = position
    return found

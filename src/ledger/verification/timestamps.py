"""Do the timestamps hold that were had of the log, and do the events' times agree with them?"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import psycopg

from ledger.attestations.authority import Certificates, Stamp, check_stamp, read_stamp
from ledger.attestations.refusals import AnswerRefused
from ledger.verification.report import Check, Kind

APART = timedelta(hours=1)  # so far may the clocks of the ledger and of the authority be apart
_ROWS = b"""
SELECT t.size, t.authority, t.response, t.stamped_at, c.note,
    (SELECT recorded_at FROM log.events WHERE position = t.size),
    (SELECT recorded_at FROM log.events WHERE position = t.size + 1)
FROM tree.timestamps AS t LEFT JOIN tree.checkpoints AS c USING (size)
ORDER BY t.size, t.authority"""


def check_timestamps(connection: psycopg.Connection, certificates: Certificates | None) -> Check:
    """Each against the checkpoint of its size; signed by somebody below the given roots."""
    check = Check(name="timestamps")
    for size, authority, response, stamped, note, last, following in connection.execute(_ROWS):
        check.checked += 1
        what = f"The timestamp of {authority} for size {size}"
        try:
            stamp = _held(bytes(response), note, certificates)
        except AnswerRefused as error:
            check.add(Kind.TIMESTAMP, f"{what} does not hold: {error}.", size)
            continue
        if stamp.at != stamped:
            check.add(Kind.TIMESTAMP, f"{what} says {stamp.at}, the column {stamped}.", size)
        check.warnings += _clocks(what, stamp, last, following)
    if check.checked and certificates is None:
        check.notes.append("Who made them is not checked: no certificates were given.")
    return check


def _held(response: bytes, note: bytes | None, certificates: Certificates | None) -> Stamp:
    if note is None:
        raise AnswerRefused("there is no such checkpoint")
    if certificates is not None:
        return check_stamp(response, bytes(note), certificates)
    return read_stamp(response, bytes(note))


def _clocks(
    what: str, stamp: Stamp, last: datetime | None, following: datetime | None
) -> Iterator[str]:
    """Events cannot be recorded after they were stamped, nor those that follow long before."""
    if last is not None and last > stamp.at + APART:
        yield f"{what} is older than the last event in it, which says {last}."
    if following is not None and following < stamp.at - APART:
        yield f"{what} is younger than the event after it, which says {following}."

"""In which order is the ledger verified? The events first: all the rest is held against them.

The log, the tree and the signatures are read in one snapshot, so the service may go on meanwhile.
What was signed last is read before: the events that it covers are then in the snapshot. Over a
long log the read models are made anew in a process of their own at the same time.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic

import psycopg

from ledger.documents import Documents
from ledger.event_store.connections import OWNER, options
from ledger.projections.engine.model import ReadModel, read_models
from ledger.verification.apart import beside
from ledger.verification.continuations import check_continuations
from ledger.verification.diagnosis import diagnose
from ledger.verification.documents import check_documents
from ledger.verification.guards import check_guards
from ledger.verification.policies import check_policies
from ledger.verification.report import Check, Kind, Report
from ledger.verification.sealed import SealedTiles
from ledger.verification.signatures import (
    Agreed,
    Tree,
    Trust,
    check_checkpoints,
    check_cosignatures,
    check_kept,
    check_last,
    check_witnessed,
    kept_sizes,
)
from ledger.verification.timestamps import check_timestamps
from ledger.verification.walk import walk

Progress = Callable[[str, int, int], None]


def verify(
    url: str,
    trust: Trust,
    documents: str,
    progress: Progress = lambda _what, _done, _all: None,
    *,
    models: Sequence[ReadModel] | None = None,
) -> Report:
    """Computes everything anew that can be, and says what differs.

    `url`: the owner's; `documents`: where evidence is kept; `progress` is told what is looked at,
    how much of it was, and how much there is; `models`: only these read models.
    """
    began = monotonic()
    with _snapshot(url) as connection:
        last = _number(connection, "SELECT coalesce(max(position), 0) FROM log.events")
        with beside(url, read_models() if models is None else models, last, progress) as rows:
            report, named = _check_log(connection, trust, last, progress)
            stored = asyncio.run(_check_documents(connection, url, documents, named, progress))
            report.checks += [rows(), stored, check_policies(connection), check_guards(connection)]
    report.seconds = monotonic() - began
    return report


@contextmanager
def _snapshot(url: str) -> Iterator[psycopg.Connection]:
    """A connection that sees the database as it is now, and cannot change it."""
    # Only to the owner no policy applies: with row_security off, one that does is an error.
    connected = options(OWNER, read_only=True)
    connected["options"] += " -c statement_timeout=0 -c row_security=off"
    with psycopg.connect(url, **connected) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        with connection.transaction():
            yield connection


def _check_log(
    connection: psycopg.Connection, trust: Trust, last: int, progress: Progress
) -> tuple[Report, set[str]]:
    """The events, the tree over them, and what was signed of it."""
    sizes = [row[0] for row in connection.execute("SELECT size FROM tree.checkpoints")]
    sealed_size = max(sizes, default=0)
    tiles = SealedTiles(connection, sealed_size)
    walked = walk(
        connection, [*sizes, *kept_sizes(trust)], tiles, lambda at: progress("Events", at, last)
    )
    tree = Tree(walked.last, walked.roots)
    checkpoints, agreed = check_checkpoints(connection, trust, tree)
    explained = agreed.broken is not None
    suspects = walked.suspects
    if suspects and not explained and agreed.upto >= suspects[-1]:
        # The events have the roots that were signed: it is the tiles that do not.
        for at in suspects:
            tiles.check.add(Kind.TILE, "The stored hash is not the event's.", at)
        suspects = []
    diagnose(connection, walked.events, suspects, walked.moved, tiles)
    tiles.finish(walked.last, explained=explained or bool(walked.suspects))
    checks = [walked.events, walked.sequence, walked.versions, tiles.check, checkpoints]
    checks += _outside(connection, trust, tree, agreed, checks)
    report = Report(
        events=walked.last, sealed=min(agreed.upto, walked.last), root=walked.root.hex(),
        checks=checks,
    )  # fmt: skip
    return report, walked.named


def _outside(
    connection: psycopg.Connection, trust: Trust, tree: Tree, agreed: Agreed, inside: list[Check]
) -> list[Check]:
    """What is known from outside the database."""
    intact = all(check.ok for check in inside)
    found = [check_last(trust, tree, agreed, intact=intact)]
    if trust.kept:
        found.append(check_kept(trust, tree, intact=intact))
    if trust.witnessed:
        found.append(check_witnessed(trust, tree, intact=intact))
    stamped = check_timestamps(connection, trust.certificates)
    continued = check_continuations(connection, trust, tree)
    return [*found, check_cosignatures(connection, trust), stamped, continued]


async def _check_documents(
    connection: psycopg.Connection, url: str, place: str, named: set[str], progress: Progress
) -> Check:
    store = Documents(url, place)
    return await check_documents(
        connection, store, named, lambda done, whole: progress("Documents", done, whole)
    )


def _number(connection: psycopg.Connection, statement: str) -> int:
    row = connection.execute(statement.encode()).fetchone()
    assert row is not None
    return int(row[0])

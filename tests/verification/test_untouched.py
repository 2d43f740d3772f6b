"""Does an honest ledger pass? Also after a rebuild, a new key, and while it goes on."""

import threading

from ledger.aggregates.institutions import InstitutionRegistered
from ledger.event_store.connections import projector
from ledger.integrity.keys import KeyFolder
from ledger.integrity.sealing import Sealer
from ledger.projections.engine.model import read_models
from ledger.projections.engine.rebuild import rebuild
from ledger.verification.guards import check_guards
from ledger.worker import Worker
from tests.verification.tampering import Ledger, append

NEW = InstitutionRegistered(name="Nowa", sector="ngo", level="commune")


def test_an_untouched_real_case_holds(original: Ledger) -> None:
    report = original.verify(whole=True)
    assert report.ok, report.told()
    assert report.events == report.sealed == original.size()
    assert [check.name for check in report.checks if not check.checked] == [
        "cosignatures",
        "timestamps",
        "continuations",
    ]
    assert not any(check.warnings for check in report.checks)


def test_a_rebuilt_ledger_holds(ledger: Ledger) -> None:
    with projector(ledger.url) as connection:
        rebuild(connection, read_models())
    assert ledger.verify(whole=True).ok


def test_verifying_leaves_nothing_behind(original: Ledger) -> None:
    def tables() -> list[tuple[str, ...]]:
        with original.owner() as connection:
            return connection.execute(
                "SELECT schemaname, relname, n_tup_ins, n_tup_upd FROM pg_stat_user_tables"
                " ORDER BY 1, 2"
            ).fetchall()

    before = tables()
    assert original.verify(whole=True).ok
    assert tables() == before


def test_a_ledger_holds_while_the_service_goes_on(ledger: Ledger) -> None:
    worker, sealer = Worker(ledger.url), Sealer(ledger.url, ledger.keys)
    before, ended = ledger.size(), threading.Event()

    def record() -> None:
        while not ended.is_set():
            append(ledger, NEW)

    recording = threading.Thread(target=record)
    for one in (worker, sealer, recording):
        one.start()
    try:
        reports = [ledger.verify() for _ in range(5)]
    finally:
        ended.set()
        recording.join()
        sealer.stop()
        worker.stop()
    assert all(report.ok for report in reports), [report.told() for report in reports]
    assert reports[-1].events > before


def test_read_models_that_were_never_made_are_told_and_do_not_fail(ledger: Ledger) -> None:
    team_roster = next(one for one in read_models() if one.name == "team_roster")
    with ledger.owner() as owner:
        owner.execute("DELETE FROM read.checkpoints WHERE model = 'team_roster'")
    assert not ledger.verify(whole=True).ok
    with ledger.owner() as owner:
        for table in team_roster.tables:
            owner.execute(f"DROP TABLE read.{table.name}".encode())
    report = ledger.verify(whole=True)
    assert report.ok, report.told()
    (rows,) = (check for check in report.checks if check.name == "read models")
    assert rows.notes == ["team_roster is not made yet: the service makes it."]


def test_events_that_are_not_sealed_or_folded_yet_are_told_and_do_not_fail(ledger: Ledger) -> None:
    size = ledger.size()
    append(ledger, NEW)
    report = ledger.verify()
    assert report.ok, report.told()
    assert (report.events, report.sealed) == (size + 1, size)
    assert "1 of them not sealed yet" in report.told()
    (rows,) = (check for check in report.checks if check.name == "read models")
    assert f"institution_register has come to {size} of {size + 1}." in rows.notes


def test_checkpoints_of_an_older_key_hold_after_a_new_one_was_made(ledger: Ledger) -> None:
    KeyFolder(ledger.keys).rotate()
    append(ledger, NEW)
    Sealer(ledger.url, ledger.keys).catch_up()
    report = ledger.verify()
    assert report.ok, report.told()
    assert report.sealed == ledger.size()


def test_a_ledger_that_was_never_sealed_holds(database_url: str, original: Ledger) -> None:
    empty = original._replace(url=database_url, keys=original.keys.parent / "none")
    report = empty.verify()
    assert report.ok, report.told()
    assert (report.events, report.sealed) == (0, 0)


def test_every_trigger_of_the_migrations_is_looked_for(original: Ledger) -> None:
    with original.owner() as connection:
        check = check_guards(connection)
    assert check.checked >= 7
    assert check.status == "ok"

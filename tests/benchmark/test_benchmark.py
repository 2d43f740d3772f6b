"""The benchmark measures everything in one run; how much it is, is for people to judge."""

import msgspec
import psycopg
import pytest

from api.pages.frame.routes import pages
from ledger import catalogue
from ledger.aggregates.claims.course import ClaimApproved
from ledger.benchmark import appends, imports, measuring, page_list, page_times, points, run, tail
from ledger.benchmark.databases import fill
from ledger.benchmark.figures import Timing, figure, timing
from ledger.benchmark.history import History
from ledger.benchmark.inserts import Inserts
from ledger.benchmark.requests import request
from ledger.event_store.codec import decode, read_data

EVENTS = 300


def test_a_run_prints_every_figure_beside_its_baseline(
    server_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(measuring, "QUICK_SECONDS", 0.1)
    monkeypatch.setattr(measuring, "measure_service", lambda _server, _seconds: ())
    monkeypatch.setattr(appends, "WRITERS", (4,))
    monkeypatch.setattr(appends, "LIBRARY_WRITERS", (4,))
    monkeypatch.setattr(imports, "QUICK_ROWS", 200)
    monkeypatch.setattr(tail, "ALONE", 3)
    monkeypatch.setattr(points, "QUERIES", 20)
    asked: list[page_list.Visit] = []

    def few(url: str, events: int) -> list[page_list.Visit]:
        asked.extend(page_list.visits(url, events))
        return [one for one in asked if one.path in ("/", "/events", "/account")]

    monkeypatch.setattr(page_times, "visits", few)
    monkeypatch.setattr(page_times, "EACH", 1)
    monkeypatch.setattr(page_times, "BARE_TIMES", 1)
    monkeypatch.setattr(Inserts, "measure", lambda *_, **__: ("inserts", Timing(1.0)))
    assert run(database=server_url, events=EVENTS, quick=True, json=True) == 0
    printed = msgspec.json.decode(capsys.readouterr().out)
    assert "PostgreSQL" in printed["conditions"]
    assert len(printed["figures"]) == 3 + 1 + 2 + 1 + 2 + 1 + 2 + 3 + 6 + 7  # as the parts
    for one in printed["figures"]:
        assert one["value"] > 0, one
        assert one["ratio"] == pytest.approx(one["value"] / one["baseline_value"])
    gone_to = {one.path for one in asked}
    assert not [one for one in gone_to if "{" in one]
    entries = [one.path for one in pages() if one.nav and "{" not in one.path]
    assert len(entries) >= 5
    assert gone_to.issuperset(entries)
    assert {one.role for one in asked} == set(page_list.ROLES)


def test_a_part_is_measured_without_the_others(
    server_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(database=server_url, events=EVENTS, only=["verify"], json=True) == 0
    (one,) = msgspec.json.decode(capsys.readouterr().out)["figures"]
    assert one["what"].startswith(f"events verified with all read models, {EVENTS} in ")


def test_bare_inserts_are_measured_by_pgbench_where_there_is_one(server_url: str) -> None:
    name, measured = Inserts(server_url, 0.1).measure(2, ordered=True)
    assert name == "pgbench INSERT, ordered by a lock"
    assert measured.per_second > 0


def test_without_pgbench_our_own_loops_measure_and_say_so(server_url: str) -> None:
    inserts = Inserts(server_url, 0.1)
    inserts._pgbench = None
    name, measured = inserts.measure(1, ordered=False)
    assert name == "psycopg loops INSERT, unordered"
    assert measured.per_second > 0


def test_the_made_up_history_is_a_gapless_log_of_events_that_apply(database_url: str) -> None:
    fill(database_url, History(), EVENTS)
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT position, leaf FROM log.events ORDER BY position")
        leaves = [(position, decode(leaf)) for position, leaf in rows]
    assert [position for position, _ in leaves] == list(range(1, EVENTS + 1))
    states: dict[str, object] = {}
    for position, leaf in leaves:
        assert leaf.position == position
        event = read_data(catalogue.events()[leaf.type], leaf.data)
        states[leaf.stream] = event.apply(states.get(leaf.stream), leaf.effective_on)


@pytest.mark.parametrize("events", [220, 290, 300, 500, 1_000])
def test_every_claim_that_is_asked_for_is_whole_wherever_the_history_ends(events: int) -> None:
    history = History()
    approved = [
        one.stream for one in history.pending(events) if isinstance(one.event, ClaimApproved)
    ]
    assert history.spending is not None
    assert history.spending.claims == approved


def test_a_figure_names_its_ratio_to_the_baseline() -> None:
    measured = timing([0.001, 0.002, 0.003, 0.004], 2.0)
    one = figure("what", measured, baseline=("other", Timing(4.0)))
    assert (one.value, one.ratio, one.p50_ms, one.p99_ms) == (2.0, 0.5, 3.0, 4.0)


def test_requests_say_how_long_they_are() -> None:
    asked = request("POST", "/api/institutions", b"{}", "secret")
    assert b"Content-Length: 2\r\n" in asked
    assert asked.endswith(b"Authorization: Bearer secret\r\n\r\n{}")

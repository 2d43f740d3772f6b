"""How is a sample drawn, examined and evaluated, and can anybody draw it again?"""

import hashlib
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ledger.integrity.tree import Frontier
from ledger.projections.sample_register import SampleRow
from ledger.queries.sample_evaluation import EvaluationAnswer
from ledger.queries.sampling import PopulationAnswer, PopulationRow, SizeAnswer
from ledger.queries.screening import ScreeningAnswer
from tests.journeys.accounts import ON, Accounts, accounts
from tests.journeys.auditing import MUS, Audit
from tests.journeys.conftest import Client, Service
from tests.journeys.world import UNKNOWN, World

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to" / "sample.md"
AMOUNTS = [100, 250, 90, 4000, 310, 120, 80, 95, 700, 60, 45, 530, 220, 150, 175, 35, 410, 65,
           300, 20]  # fmt: skip


@pytest.fixture(scope="module")
def books(world: World) -> Accounts:
    """A project with twenty charges, the last ones on another line."""
    found = accounts(world)
    for n, amount in enumerate(AMOUNTS):
        line = "2.1" if n >= 15 else "1.1"
        found.spend(f"{amount}.00", found.part(f"{amount}.00", line))
    return found


@pytest.fixture(scope="module")
def auditor_of_all(shared: Service) -> Client:
    """The auditor."""
    return shared.user("auditor", name="Ewa Rewident")


@pytest.fixture(scope="module")
def audit(auditor_of_all: Client, books: Accounts) -> Audit:
    return Audit(auditor_of_all, books)


def test_a_population_is_fixed_by_size_and_root_of_the_log(audit: Audit) -> None:
    project = audit.books.project
    before = audit.read(f"projects/{project}/population", valid_at=ON)
    msgspec.convert(before, PopulationAnswer, strict=True)
    assert (before["population_units"], before["population_value"]) == (
        20, f"{sum(AMOUNTS)}.00",
    )  # fmt: skip
    expenditure, charge = audit.books.spend("77.00")
    audit.client.position = audit.books.officer.position
    at = {"valid_at": ON, "known_at": before["checkpoint_size"]}
    assert audit.read(f"projects/{project}/population", **at) == before
    after = audit.read(f"projects/{project}/population", valid_at=ON)
    assert after["population_units"] == 21
    assert after["checkpoint_root"] != before["checkpoint_root"]
    audit.books.tell(f"expenditures/{expenditure}/withdraw", charge=charge, because="pomyłka")


def test_the_root_is_that_of_the_events_that_are_exported(audit: Audit) -> None:
    sample = audit.sample()
    tree, after = Frontier(), 0
    while tree.size < sample["checkpoint_size"]:
        for event in audit.read("events", after=after, limit=500)["items"]:
            if tree.size < sample["checkpoint_size"]:
                tree.append(bytes.fromhex(event["leaf_hash"]))
            after = event["position"]
    assert tree.root().hex() == sample["checkpoint_root"]
    digest = hashlib.sha256(tree.root() + b"271828").hexdigest()
    assert digest == sample["seed"]


def test_a_sample_is_recorded_with_all_that_it_follows_from(audit: Audit) -> None:
    sample = audit.sample()
    msgspec.convert({k: v for k, v in sample.items() if k != "version"}, SampleRow, strict=True)
    assert (sample["size"], len(sample["units"]), sample["computed_size"]) == (8, 8, None)
    assert (sample["seed_source"], sample["seed_text"]) == ("number", "271828")
    assert (sample["drawn_by"], sample["drawn_on"]) == ("Ewa Rewident", ON)
    assert sample["design"]["method"] == "mus"
    high = [one for one in sample["units"] if one["exhaustive"]]
    assert "4000.00" in [one["book_value"] for one in high]
    rows = audit.read(f"projects/{audit.books.project}/samples")["items"]
    assert {k: v for k, v in sample.items() if k != "version"} in rows
    assert audit.read("samples", project=audit.books.project)["items"] == rows
    assert audit.read("samples", population="claims")["items"] == []


def test_the_same_checkpoint_and_number_draw_the_same_sample(audit: Audit) -> None:
    one = audit.sample()
    other = audit.sample(checkpoint_size=one["checkpoint_size"])
    named = ("seed", "units", "strata", "population_digest", "checkpoint_root")

    def drawn(sample: dict[str, Any]) -> list[Any]:
        units = [{k: v for k, v in u.items() if k != "position"} for u in sample["units"]]
        return [units if name == "units" else sample[name] for name in named]

    assert drawn(other) == drawn(one)
    assert drawn(audit.sample(number="314159"))[0] != one["seed"]


def test_a_draw_repeated_with_its_key_gives_the_first_answer(audit: Audit) -> None:
    body = {"project": audit.books.project, "population": "charges", "design": MUS, "number": "5",
            "effective_on": ON}  # fmt: skip
    first = audit.client.post("/api/samples", body, Idempotency_Key="draw-1")
    audit.books.world.institution()
    assert audit.client.post("/api/samples", body, Idempotency_Key="draw-1") == first
    other = body | {"number": "6"}
    audit.client.post("/api/samples", other, status=422, Idempotency_Key="draw-1")


def test_a_sample_comes_out_again_from_the_log(audit: Audit) -> None:
    sample = audit.sample()
    audit.books.spend("55.00", audit.books.part("55.00", "2.1"), effective_on="2019-06-01")
    found = audit.read(f"samples/{sample['id']}/redraw")
    assert (found["repeated"], found["differs"]) == (True, [])


def test_anybody_draws_it_again_with_the_script_of_the_description(audit: Audit) -> None:
    script = re.search(r"```python\n(.*?)```", HOW_TO.read_text(encoding="utf-8"), re.DOTALL)
    assert script
    known: dict[str, Any] = {}
    exec(script[1], known)
    for design in (MUS, {"method": "simple_mean", "confidence": 90, "sample_size": 6}):
        sample = audit.sample(design=design)
        at = {"valid_at": ON, "known_at": sample["checkpoint_size"], "limit": 500}
        items = audit.read(f"projects/{audit.books.project}/population/units", **at)["items"]
        population = {one["id"]: Decimal(one["book_value"]) for one in items}
        assert known["population_digest"](population) == sample["population_digest"]
        seed = known["seed_of"](sample["checkpoint_root"], sample["seed_text"])
        by_value = design["method"] == "mus"
        drawn = known["draw_by_value" if by_value else "draw_equally"](
            seed, population, sample["size"]
        )
        assert sorted(drawn) == sorted(one["unit"] for one in sample["units"])


def test_strata_divide_the_population(audit: Audit) -> None:
    design = {"method": "stratified_mean", "confidence": 90, "stratify_by": "category",
              "sample_size": 8}  # fmt: skip
    sample = audit.sample(design=design)
    strata = {one["stratum"]: one for one in sample["strata"]}
    assert set(strata) == {"indirect", "personel"}
    assert sum(one["units"] for one in strata.values()) == sample["population_units"]
    assert sum(Decimal(one["book_value"]) for one in strata.values()) == Decimal(
        sample["population_value"]
    )
    assert all(one["stratum"] in strata for one in sample["units"])
    assert audit.read(f"samples/{sample['id']}/redraw")["repeated"]
    by_value = {"method": "mus_stratified", "confidence": 90, "stratify_by": "book_value",
                "limits": ["100.00"], "sample_size": 8}  # fmt: skip
    assert {one["stratum"] for one in audit.sample(design=by_value)["strata"]} == {"1", "2"}


def test_a_formula_sets_the_size_and_is_shown_with_its_numbers(audit: Audit) -> None:
    design = {"method": "mus", "confidence": 60, "anticipated_error": "0.004", "deviation": "0.04"}
    sample = audit.sample(design=design)
    # (0.842 × 0.04 / 0.016)² = 4.43
    assert (sample["computed_size"], sample["size"]) == (5, 5)
    found = audit.read(f"samples/{sample['id']}/evaluation", lang="en")
    step = next(one for one in found["steps"] if one["name"] == "Sample size")
    assert step["filled"].startswith("n = ⌈(0.842 × ")
    assert step["result"] == "5"


def test_a_size_is_reckoned_before_anything_is_drawn(audit: Audit) -> None:
    path = f"projects/{audit.books.project}/population/size"
    design = '{"method":"mus","confidence":60,"anticipated_error":"0.004","deviation":"0.04"}'
    found = audit.read(path, design=design, valid_at=ON)
    msgspec.convert(found, SizeAnswer, strict=True)
    assert (found["computed_size"], found["stratum_sizes"]) == (5, {})
    assert found["steps"][-1]["name"] == "Liczebność próby"
    for bad, field in (
        ("{", "design"),
        ("[]", "design."),
        ('{"method":"mus"}', "design.confidence"),
        ('{"method":"mus","confidence":"x"}', "design.confidence"),
    ):
        problem = audit.client.get(f"/api/{path}", design=bad, status=422)
        assert [one["field"] for one in problem["errors"]] == [field]


def test_errors_are_evaluated_as_they_become_known(audit: Audit) -> None:
    sample = audit.sample(design={"method": "simple_mean", "confidence": 90, "sample_size": 10})
    path, units = f"samples/{sample['id']}", sample["units"]
    audit.tell(f"{path}/record-error", unit=units[0]["unit"], amount="10.00",
               classification="random", basis="art. 63 rozp. 2021/1060")  # fmt: skip
    before = audit.client.position
    audit.tell(f"{path}/record-error", unit=units[1]["unit"], amount="5.00",
               classification="systemic", basis="regulamin konkursu")  # fmt: skip
    audit.tell(f"{path}/record-error", unit=units[2]["unit"], amount="3.00",
               classification="anomalous", basis="zdarzenie jednorazowe")  # fmt: skip
    found = audit.read(f"{path}/evaluation")
    msgspec.convert(found, EvaluationAnswer, strict=True)
    n = sample["population_units"]
    assert found["projected_error"] == f"{n * 10 / 10:.2f}"
    assert (found["systemic_error"], found["anomalous_error"]) == ("5.00", "3.00")
    assert found["total_error"] == f"{n + 8}.00"
    # s² = 10 (1 − 0.1) … of one error of 10 among ten: s = √10; SE = N × 1.645 × √10 / √10
    assert found["precision"] == f"{n * 1.645:.2f}"
    assert Decimal(found["upper_limit"]) == Decimal(found["total_error"]) + Decimal(
        found["precision"]
    )
    assert found["conclusion"] == "not_material"
    earlier = audit.read(f"{path}/evaluation", known_at=before)
    assert earlier["total_error"] == f"{n}.00"
    report = audit.client.raw("GET", f"/api/{path}/report", params={"lang": "en"})
    assert report.status_code == 200
    assert "SE = " in report.text
    assert "not materially misstated" in report.text


def test_an_error_is_corrected_withdrawn_and_the_sample_concluded(audit: Audit) -> None:
    sample = audit.sample()
    path, unit = f"samples/{sample['id']}", sample["units"][0]
    body = {"unit": unit["unit"], "amount": "1.00", "classification": "random", "basis": "art. 63"}
    audit.tell(f"{path}/record-error", **body)
    audit.tell(f"{path}/record-error", **body)
    audit.tell(f"{path}/correct-error", error=1, amount="2.00", reason="pomyłka",
               effective_on="2019-06-01")  # fmt: skip
    audit.tell(f"{path}/withdraw-error", error=2, reason="wyjaśniono", effective_on="2019-06-02")
    row = audit.read(path, valid_at=ON)
    assert [(one["error"], one["amount"]) for one in row["errors"]] == [(1, "2.00")]
    assert row["units"][0]["error"] == "2.00"
    audit.tell(f"{path}/conclude", conclusion="not_material", opinion="Bez uwag")
    row = audit.read(path)
    assert (row["conclusion"], row["concluded_on"]) == ("not_material", ON)
    problem = audit.tell(f"{path}/record-error", status=409, **body)
    assert problem["rule"] == "sample_is_concluded"


def test_the_residual_rate_takes_deductions_into_account(audit: Audit) -> None:
    sample = audit.sample()
    path = f"samples/{sample['id']}/evaluation"
    found = audit.read(path, withdrawn="1000.00", corrected="10.00", lang="en")
    left = found["residual"]
    value = Decimal(sample["population_value"])
    assert Decimal(left["remaining"]) == value - 1000
    assert (left["residual_error"], left["correction"]) == ("-10.00", "0.00")
    for bad in ("x", "-1", "1.234"):
        audit.client.get(f"/api/{path}", status=422, withdrawn=bad)
    audit.client.get(f"/api/{path}", status=422, withdrawn=str(value))


def test_claims_are_a_population_too(audit: Audit) -> None:
    books = audit.books
    claims = [books.claim(books.spend(amount)) for amount in ("500.00", "300.00", "200.00")]
    books.claim(books.spend("60.00"))  # a draft: nothing is declared by it
    for one in claims:
        books.tell(f"claims/{one}/submit")
    audit.client.position = books.officer.position
    at = {"population": "claims", "valid_at": ON}
    found = audit.read(f"projects/{books.project}/population", **at)
    assert (found["population_units"], found["population_value"]) == (3, "1000.00")
    sample = audit.sample(population="claims", design={"method": "non_statistical"})
    assert {one["unit"] for one in sample["units"]} <= set(claims)
    assert len(sample["units"]) == 2
    found = audit.read(f"samples/{sample['id']}/evaluation")
    assert (found["statistical"], found["precision"]) == (False, None)


def test_what_was_refused_of_a_charge_is_not_drawn_from(audit: Audit) -> None:
    expenditure, charge = audit.books.spend("900.00")
    audit.books.by(audit.client, f"expenditures/{expenditure}/disallow", charge=charge,
                   amount="899.00", basis="art. 65", reason="kontrola")  # fmt: skip
    path = f"projects/{audit.books.project}/population/units"
    rows = audit.read(path, valid_at=ON, limit=500)["items"]
    assert next(r for r in rows if r["id"] == f"{expenditure}/{charge}")["book_value"] == "1.00"
    for row in rows:
        msgspec.convert(row, PopulationRow, strict=True)
    first = audit.client.get(f"/api/{path}", valid_at=ON, limit=3)
    second = audit.client.get(f"/api/{path}", valid_at=ON, limit=3, cursor=first["next"])
    assert first["items"] + second["items"] == rows[:6]


def test_a_population_is_screened_as_an_indication_only(audit: Audit) -> None:
    twice = sorted("/".join(audit.books.spend("123.45")) for _ in range(2))
    audit.books.spend("0.07")
    audit.client.position = audit.books.officer.position
    path = f"projects/{audit.books.project}/population/screening"
    found = audit.read(path, valid_at=ON, lang="en")
    msgspec.convert(found, ScreeningAnswer, strict=True)
    [again] = [one for one in found["repeated"] if one["book_value"] == "123.45"]
    assert (again["count"], again["units"]) == (2, twice)
    order = [(one["count"], float(one["book_value"])) for one in found["repeated"]]
    assert order == sorted(order, reverse=True)
    assert found["repeated_units"] == sum(times for times, _ in order)
    units = audit.read(path.replace("screening", "units"), valid_at=ON, limit=500)["items"]
    firsts = Counter(int(one["book_value"].lstrip("0.")[0]) for one in units)
    assert {one["digit"]: one["observed"] for one in found["digits"] if one["observed"]} == firsts
    assert found["population_units"] == len(units)
    assert 0 <= float(found["p_value"]) <= 1
    assert "indication" in found["note"]


@pytest.mark.parametrize(
    ("fields", "bad"),
    [
        ({"number": None}, "number"),
        ({"number": "zero"}, "number"),
        ({"design": {"method": "mus"}}, "design.confidence"),
        ({"design": {"method": "mus", "confidence": 90}}, "design.anticipated_error"),
        ({"design": {"method": "guessing"}}, "design.method"),
        ({"population": "partners"}, "population"),
        ({"project": UNKNOWN}, "project"),
        ({"checkpoint_size": 10**6}, "checkpoint_size"),
        ({"draw": {}}, "draw"),
        ({"population_on": "2018-04-02"}, "population"),
        ({"population_on": "2999-01-01"}, "population_on"),
    ],
)
def test_what_cannot_be_drawn_names_the_field(
    audit: Audit, fields: dict[str, Any], bad: str
) -> None:
    problem = audit.draw(status=422, **fields)
    assert [one["field"] for one in problem["errors"]] == [bad]


def test_only_auditors_draw_and_only_where_they_are_granted(
    audit: Audit, shared: Service, world: World
) -> None:
    body = {"project": audit.books.project, "population": "charges", "design": MUS, "number": "1"}
    for role in ("officer", "manager", "coordinator"):
        shared.user(role).post("/api/samples", body, status=403)
    elsewhere = shared.user("auditor", project=world.project())
    elsewhere.post("/api/samples", body, status=422)
    sample = audit.sample()
    for path in ("", "/evaluation", "/redraw", "/report"):
        elsewhere.get(f"/api/samples/{sample['id']}{path}", status=404)
    for path in ("population", "population/units", "population/screening", "samples"):
        elsewhere.get(f"/api/projects/{audit.books.project}/{path}", status=404)
    here = shared.user("auditor", project=audit.books.project)
    here.post("/api/samples", body | {"effective_on": ON})


def test_a_batch_draws_as_well(audit: Audit) -> None:
    body = {"project": audit.books.project, "population": "charges", "design": MUS, "number": "9",
            "effective_on": ON}  # fmt: skip
    one = {"path": "/api/samples", "body": body}
    for atomic in (True, False):
        status = 201 if atomic else 200
        audit.client.post("/api/batch", {"atomic": atomic, "commands": [one]}, status=status)


def test_a_sample_that_was_recorded_otherwise_is_told_from_a_drawn_one(
    audit: Audit, shared: Service
) -> None:
    from ledger.application import Caller, Wish, new_id

    sample = audit.sample()
    units = [
        {k: one[k] for k in ("unit", "book_value", "stratum", "exhaustive")}
        for one in sample["units"]
    ]
    items = audit.read(
        f"projects/{audit.books.project}/population/units", valid_at=ON,
        known_at=sample["checkpoint_size"], limit=500,
    )["items"]  # fmt: skip
    drawn = {one["unit"] for one in units}
    other = next(one for one in items if one["id"] not in drawn)
    place = next(n for n, one in enumerate(units) if not one["exhaustive"])
    units[place] |= {"unit": other["id"], "book_value": other["book_value"]}
    names = ("checkpoint_size", "checkpoint_root", "population_on", "population_units",
             "population_value", "population_digest", "seed", "computed_size",
             "strata")  # fmt: skip
    draw = {name: sample[name] for name in names} | {"units": units}
    body = {"project": audit.books.project, "population": "charges", "design": MUS,
            "number": "271828", "effective_on": ON, "draw": draw}  # fmt: skip
    parts = shared.http.app.state.parts
    receipt = shared.http.blocking_portal.call(
        parts.ledger.handle,
        Wish(collection="samples", command="create", body=body),
        Caller(id="x", name="x", role="admin"),
        new_id(),
    )
    audit.client.position = receipt.position
    found = audit.read(f"samples/{receipt.id}/redraw")
    assert (found["repeated"], found["differs"]) == (False, ["units"])

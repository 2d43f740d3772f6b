"""Which rules and limits are there, which apply to a project, and how are they worded?"""

import pkgutil
import string
from datetime import date

import pytest

import ledger.findings.rules
from ledger.findings import catalogue
from ledger.findings.facts import Facts
from ledger.findings.model import Rule
from ledger.findings.months import months_after
from ledger.findings.rule_sets import RuleSet, rule_set_of, rule_sets
from ledger.findings.wording import Euro, Number, Percent, Text, Value, worded
from tests.findings.given import CPR, POWR, day, dec

SETS = pytest.mark.parametrize("limits", rule_sets(), ids=lambda one: one.id)


def test_all_twenty_rules_are_there_and_named_as_their_files() -> None:
    files = {module.name for module in pkgutil.iter_modules(ledger.findings.rules.__path__)}
    assert {rule.id for rule in catalogue.rules()} == files
    assert len(files) == 20


@pytest.mark.parametrize("rule", catalogue.rules(), ids=lambda one: one.id)
def test_a_rule_names_facts_that_exist_and_says_the_same_in_both_languages(rule: Rule) -> None:
    assert set(rule.needs) <= set(Facts.__struct_fields__)
    names = [
        {field for _, field, _, _ in string.Formatter().parse(text) if field}
        for text in (rule.message.pl, rule.message.en)
    ]
    assert names[0] == names[1]
    for limits in rule_sets():
        basis = rule.basis[limits.regulation]
        assert basis.pl != basis.en


@SETS
def test_both_sets_lay_down_the_same_limits_each_with_its_source(limits: RuleSet) -> None:
    assert limits.limits.keys() == POWR.limits.keys()
    assert all(one.source for some in limits.limits.values() for one in some)


@SETS
def test_one_value_of_a_limit_is_in_force_on_the_day_on_which_it_begins(limits: RuleSet) -> None:
    for some in limits.limits.values():
        for one in some:
            assert [other for other in some if other.in_force(one.since)] == [one]


@SETS
def test_every_limit_is_in_force_from_the_first_eligible_day_on(limits: RuleSet) -> None:
    for some in limits.limits.values():
        assert any(one.in_force(limits.eligible.since) for one in some)


def test_before_the_first_value_there_is_no_limit() -> None:
    assert POWR.limit("procurement_net", day("2013-12-31")) is None
    assert POWR.flat_rates(day("2013-12-31"), dec("1.00")) == ()


@pytest.mark.parametrize(
    ("programme", "starts_on", "expected"),
    [
        ("PO WER", "2022-01-01", POWR),
        ("POWER 2014–2020", "2022-01-01", POWR),
        ("Program Operacyjny Wiedza, Edukacja, Rozwój", "2022-01-01", POWR),
        ("Regionalny Program 2014/2020", "2022-01-01", POWR),
        ("FERS", "2018-01-01", CPR),
        ("Fundusze Europejskie dla Rozwoju Społecznego", "2018-01-01", CPR),
        ("Program regionalny 2021-2027", "2018-01-01", CPR),
        ("Powerty", "2020-12-31", POWR),
        ("Inny program", "2021-01-01", CPR),
        ("Inny program", "2009-01-01", POWR),
    ],
)
def test_the_programme_or_else_the_first_day_decides_on_the_set(
    programme: str, starts_on: str, expected: RuleSet
) -> None:
    assert rule_set_of(programme, day(starts_on)) is expected


@pytest.mark.parametrize(
    ("value", "polish", "english"),
    [
        (dec("1234.56"), "1 234,56 zł", "PLN 1,234.56"),
        (dec("27773272.46"), "27 773 272,46 zł", "PLN 27,773,272.46"),
        (dec("-0.5"), "-0,50 zł", "PLN -0.50"),
        (Euro(dec("100000")), "100 000,00 EUR", "EUR 100,000.00"),
        (Percent(dec("15.72")), "15,72%", "15.72%"),
        (Percent(dec("10")), "10%", "10%"),
        (Percent(dec("0")), "0%", "0%"),
        (Number(dec("24.5")), "24,5", "24.5"),
        (date(2019, 12, 31), "31.12.2019", "31 December 2019"),
        (Text("tak", "yes"), "tak", "yes"),
        ("FV/1", "FV/1", "FV/1"),
    ],
)
def test_values_are_written_as_people_write_them(value: Value, polish: str, english: str) -> None:
    found = [worded(value, lang).replace("\u00a0", " ") for lang in ("pl", "en")]
    assert found == [polish, english]


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2019-01-31", 1, "2019-02-28"),
        ("2019-10-31", 3, "2020-01-31"),
        ("2019-12-15", 12, "2020-12-15"),
        ("2019-09-30", 3, "2019-12-30"),
    ],
)
def test_months_end_on_the_same_day_or_the_last_one(start: str, months: int, end: str) -> None:
    assert months_after(day(start), months) == day(end)

"""Recruitments: scored by published criteria, chosen within the quotas of subregions."""

from typing import Any

from ledger.aggregates.recruitments import (
    RECRUITMENTS,
    Choice,
    Criterion,
    InstitutionScored,
    InstitutionsSelected,
    OpenRecruitment,
    Quota,
    QuotaExceeded,
    RecruitmentOpened,
    ScoreInstitution,
    SelectedAlready,
    SelectInstitutions,
)
from ledger.kernel.errors import Collision
from ledger.kernel.standing import InstitutionStanding
from tests.aggregates.scenario import ITSELF, PROJECT, A, B, C, Scenario, an_id

NEED = Criterion(code="need", name="Osoby korzystające z pomocy", main=True)
NGOS = Criterion(code="ngos", name="Organizacje pozarządowe", weight=0.5)
ELK = Quota(subregion="ełcki", communes=1)
OLSZTYN = Quota(subregion="olsztyński", communes=2)
OPENED = RecruitmentOpened(
    project=PROJECT, title="Nabór", criteria=(NEED, NGOS), quotas=(ELK, OLSZTYN)
)
D = an_id(14)
COMMUNE = InstitutionStanding(name="Gmina", level="commune")
WORLD = {A: COMMUNE, B: COMMUNE, C: COMMUNE, D: InstitutionStanding(name="P", level="county")}


def opening(**fields: Any) -> Scenario:
    return Scenario(RECRUITMENTS).when(
        OpenRecruitment(
            **{
                "project": PROJECT,
                "title": "Nabór",
                "criteria": (NEED, NGOS),
                "quotas": (ELK, OLSZTYN),
                **fields,
            }
        )
    )


def scored(institution: str, need: float, subregion: str = "ełcki") -> InstitutionScored:
    return InstitutionScored(institution=institution, subregion=subregion, values={"need": need})


def score(institution: str = A, subregion: str = "ełcki", **values: float) -> ScoreInstitution:
    return ScoreInstitution(institution=institution, subregion=subregion, values=values)


def chosen(institution: str, rank: int, subregion: str = "ełcki") -> Choice:
    return Choice(
        institution=institution, level="commune", scored=True, subregion=subregion, rank=rank
    )


def opened(*facts: InstitutionScored | InstitutionsSelected) -> Scenario:
    return Scenario(RECRUITMENTS).given(OPENED, *facts)


def test_a_recruitment_is_opened_with_its_criteria_and_quotas() -> None:
    opening().then(OPENED)


def test_a_criterion_that_is_said_not_to_be_the_main_one_is_stored_like_any_other() -> None:
    plain = Criterion(code="ngos", name="Organizacje pozarządowe", weight=0.5, main=False)
    opening(criteria=(NEED, plain)).then(OPENED)


def test_a_code_names_one_criterion() -> None:
    opening(criteria=(NGOS, NEED, NGOS)).invalid("criteria[2].code")


def test_only_one_criterion_is_the_main_one() -> None:
    opening(criteria=(NEED, Criterion(code="x", name="X", main=True))).invalid("criteria[1].main")


def test_a_subregion_has_one_quota() -> None:
    opening(quotas=(ELK, Quota(subregion="ełcki", communes=3))).invalid("quotas[1].subregion")


def test_a_weight_or_a_quota_is_not_negative() -> None:
    opening(criteria=(Criterion(code="x", name="X", weight=-1),)).invalid("criteria[0].weight")
    opening(quotas=(Quota(subregion="x", communes=-1),)).invalid("quotas[0].communes")


def test_an_institution_is_scored_by_the_criteria_in_their_order() -> None:
    opened().when(score(ngos=3, need=412)).then(
        InstitutionScored(institution=A, subregion="ełcki", values={"need": 412.0, "ngos": 3.0})
    )


def test_a_later_score_replaces_an_earlier_one() -> None:
    opened(scored(A, 1)).when(score(need=2)).then(scored(A, 2))


def test_unknown_subregions_and_criteria_are_invalid() -> None:
    opened().when(score(subregion="elbląski", need=1, beauty=2)).invalid(
        "subregion", "values.beauty"
    )


def test_the_main_criterion_has_to_be_scored() -> None:
    opened().when(score(ngos=1)).invalid("values.need")


def test_without_a_main_criterion_any_value_may_be_missing() -> None:
    (
        Scenario(RECRUITMENTS)
        .given(RecruitmentOpened(project=PROJECT, title="N", criteria=(NGOS,), quotas=(ELK,)))
        .when(score())
        .then(InstitutionScored(institution=A, subregion="ełcki", values={}))
    )


def test_a_selected_institution_is_not_scored_again() -> None:
    opened(scored(A, 1), InstitutionsSelected(institutions=(chosen(A, 1),))).when(
        score(need=9)
    ).refused(SelectedAlready, collides=Collision("institutions", A))


def test_a_choice_carries_the_rank_in_the_subregion_even_against_it() -> None:
    opened(scored(A, 10), scored(B, 20), scored(C, 30, "olsztyński")).when(
        SelectInstitutions(institutions=(A, C)), world=WORLD
    ).then(InstitutionsSelected(institutions=(chosen(A, 2), chosen(C, 1, "olsztyński"))))


def test_equal_values_share_a_rank() -> None:
    opened(
        scored(A, 10, "olsztyński"), scored(B, 10, "olsztyński"), scored(C, 5, "olsztyński")
    ).when(SelectInstitutions(institutions=(B, C)), world=WORLD).then(
        InstitutionsSelected(institutions=(chosen(B, 1, "olsztyński"), chosen(C, 3, "olsztyński")))
    )


def test_an_institution_that_was_not_scored_is_selected_without_a_rank() -> None:
    opened().when(SelectInstitutions(institutions=(D,)), world=WORLD).then(
        InstitutionsSelected(institutions=(Choice(institution=D, level="county", scored=False),))
    )


def test_without_a_main_criterion_nobody_has_a_rank() -> None:
    (
        Scenario(RECRUITMENTS)
        .given(
            RecruitmentOpened(project=PROJECT, title="N", criteria=(NGOS,), quotas=(ELK,)),
            InstitutionScored(institution=A, subregion="ełcki", values={"ngos": 1.0}),
        )
        .when(SelectInstitutions(institutions=(A,)), world=WORLD)
        .then(
            InstitutionsSelected(
                institutions=(
                    Choice(institution=A, level="commune", scored=True, subregion="ełcki"),
                )
            )
        )
    )


def test_a_choice_of_nobody_is_invalid() -> None:
    opened().when(SelectInstitutions(institutions=())).invalid("institutions")


def test_a_choice_names_an_institution_once() -> None:
    opened().when(SelectInstitutions(institutions=(A, A)), world=WORLD).invalid("institutions[1]")


def test_an_institution_is_selected_once() -> None:
    opened(scored(A, 1), InstitutionsSelected(institutions=(chosen(A, 1),))).when(
        SelectInstitutions(institutions=(A,)), world=WORLD
    ).refused(SelectedAlready)


def test_no_more_communes_are_selected_than_the_quota_allows() -> None:
    opened(scored(A, 1), scored(B, 2)).when(
        SelectInstitutions(institutions=(A, B)), world=WORLD
    ).refused(QuotaExceeded, collides=Collision("recruitments", ITSELF))


def test_earlier_choices_count_against_the_quota() -> None:
    opened(scored(A, 1), scored(B, 2), InstitutionsSelected(institutions=(chosen(A, 2),))).when(
        SelectInstitutions(institutions=(B,)), world=WORLD
    ).refused(QuotaExceeded)


def test_counties_and_communes_that_were_not_scored_do_not_count_against_a_quota() -> None:
    opened(scored(A, 1), scored(D, 2)).when(
        SelectInstitutions(institutions=(A, B, D)), world=WORLD
    ).then(
        InstitutionsSelected(
            institutions=(
                chosen(A, 2),
                Choice(institution=B, level="commune", scored=False),
                Choice(institution=D, level="county", scored=True, subregion="ełcki", rank=1),
            )
        )
    )

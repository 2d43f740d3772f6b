"""How were communes and counties chosen? Criteria, scores, the ranking and the choice beside it."""

from typing import Any

from msgspec import Struct

from ledger.aggregates.recruitments import (
    InstitutionScored,
    InstitutionsSelected,
    RecruitmentOpened,
)
from ledger.kernel.fields import Date, Id, InstitutionId, ProjectId, Title
from ledger.projections.engine.model import Fact, ReadModel, Rows, Table
from ledger.projections.engine.query import Listing, institution_name, project_name


class Recruitment(Struct, frozen=True, kw_only=True):
    """A recruitment with its published criteria and quotas."""

    recruitment: Id
    project: Id
    title: str
    criteria: tuple[dict[str, Any], ...]
    quotas: tuple[dict[str, Any], ...]
    main: str | None


class Score(Struct, frozen=True, kw_only=True):
    """What an institution scored by each criterion."""

    recruitment: Id
    institution: Id
    subregion: str
    scores: dict[str, float]


class Selection(Struct, frozen=True, kw_only=True):
    """An institution that was chosen."""

    recruitment: Id
    institution: Id
    selected_on: Date
    subregion: str | None


RECRUITMENTS = Table("recruitments", Recruitment, key=["recruitment"], indexes=[("project",)])
SCORES = Table("scores", Score, key=["recruitment", "institution"])
SELECTIONS = Table("selections", Selection, key=["recruitment", "institution"])
MODEL = ReadModel("recruitment_ranking", RECRUITMENTS, SCORES, SELECTIONS)


@MODEL.on(RecruitmentOpened)
def _opened(event: RecruitmentOpened, fact: Fact, rows: Rows) -> None:
    rows.put(
        RECRUITMENTS,
        Recruitment(
            recruitment=fact.stream,
            project=event.project,
            title=event.title,
            criteria=event.criteria,  # type: ignore[arg-type]
            quotas=event.quotas,  # type: ignore[arg-type]
            main=next((c.code for c in event.criteria if c.main), None),
        ),
        valid_from=fact.effective_on,
    )


@MODEL.on(InstitutionScored)
def _scored(event: InstitutionScored, fact: Fact, rows: Rows) -> None:
    rows.put(
        SCORES,
        Score(
            recruitment=fact.stream,
            institution=event.institution,
            subregion=event.subregion,
            scores=event.values,
        ),
        valid_from=fact.effective_on,
    )


@MODEL.on(InstitutionsSelected)
def _selected(event: InstitutionsSelected, fact: Fact, rows: Rows) -> None:
    for choice in event.institutions:
        rows.put(
            SELECTIONS,
            Selection(
                recruitment=fact.stream,
                institution=choice.institution,
                selected_on=fact.effective_on,
                subregion=choice.subregion,
            ),
            valid_from=fact.effective_on,
        )


class RankingRow(Struct, frozen=True, kw_only=True):
    """A candidate: rank by the main criterion in the sub-region, and whether it was chosen."""

    institution: InstitutionId
    institution_name: Title | None
    subregion: str | None
    rank: int | None
    values: dict[str, float] | None
    selected: bool
    selected_on: Date | None
    position: int


class RecruitmentRow(Struct, frozen=True, kw_only=True):
    """A recruitment with its ranking beside the choice."""

    id: Id
    project: ProjectId
    project_name: Title | None
    title: Title
    criteria: list[dict[str, Any]]
    quotas: list[dict[str, Any]]
    ranking: list[RankingRow]
    selected: int
    position: int


LISTING = Listing(
    path="/api/recruitments",
    row=RecruitmentRow,
    order="title",
    scope="r.project",
    single="r.recruitment",
    filters={"project": "r.project = %(project)s::uuid"},
    select=f"""
SELECT r.recruitment AS id, r.project, {project_name("r.project")} AS project_name, r.title,
    r.criteria, r.quotas, coalesce(c.ranking, '[]') AS ranking, c.selected,
    greatest(r.position, c.position) AS position
FROM {{recruitments}} AS r
LEFT JOIN LATERAL (
    SELECT json_agg(json_build_object(
            'institution', k.institution,
            'institution_name', {institution_name("k.institution")},
            'subregion', k.subregion, 'rank', k.rank, 'values', k.scores,
            'selected', k.selected_on IS NOT NULL, 'selected_on', k.selected_on,
            'position', k.position)
            ORDER BY k.subregion, k.rank, k.institution) AS ranking,
        count(k.selected_on) AS selected, max(k.position) AS position
    FROM (
        SELECT coalesce(s.institution, x.institution) AS institution,
            coalesce(s.subregion, x.subregion) AS subregion, s.scores, x.selected_on,
            CASE WHEN s.institution IS NOT NULL AND r.main IS NOT NULL THEN rank() OVER (
                PARTITION BY s.subregion
                ORDER BY (s.scores ->> r.main)::numeric DESC NULLS LAST) END AS rank,
            greatest(s.position, x.position) AS position
        FROM (SELECT * FROM {{scores}} AS a WHERE a.recruitment = r.recruitment) AS s
        FULL JOIN (SELECT * FROM {{selections}} AS b WHERE b.recruitment = r.recruitment) AS x
            ON x.institution = s.institution
    ) AS k) AS c ON true""",
)

"""With whom is the Model tested? Persons and families in support, without personal data."""

from msgspec import Struct

from ledger.aggregates.support_cases import SupportCaseClosed, SupportCaseOpened
from ledger.kernel.fields import Date, Id, ProjectId, ShortText, TeamId, Text, Title
from ledger.projections.engine.model import Fact, ReadModel, Rows, Table
from ledger.projections.engine.query import Listing, project_name, team_name


class SupportCase(Struct, frozen=True, kw_only=True):
    """A person or family whom a team helps."""

    support_case: Id
    project: Id
    team: Id
    subject: str
    reference: str
    opened_on: Date
    closed_on: Date | None
    outcome: str | None


SUPPORT_CASES = Table(
    "support_cases", SupportCase, key=["support_case"], indexes=[("project",), ("team",)]
)
MODEL = ReadModel("support_case_register", SUPPORT_CASES)


@MODEL.on(SupportCaseOpened)
def _opened(event: SupportCaseOpened, fact: Fact, rows: Rows) -> None:
    rows.put(
        SUPPORT_CASES,
        SupportCase(
            support_case=fact.stream,
            project=event.project,
            team=event.team,
            subject=event.subject,
            reference=event.reference,
            opened_on=fact.effective_on,
            closed_on=None,
            outcome=None,
        ),
        valid_from=fact.effective_on,
    )


@MODEL.on(SupportCaseClosed)
def _closed(event: SupportCaseClosed, fact: Fact, rows: Rows) -> None:
    on = fact.effective_on
    rows.change(SUPPORT_CASES, fact.stream, valid_from=on, closed_on=on, outcome=event.outcome)


class SupportCaseRow(Struct, frozen=True, kw_only=True):
    """A support case on the day."""

    id: Id
    project: ProjectId
    project_name: Title | None
    team: TeamId
    team_name: Title | None
    subject: str
    reference: ShortText
    status: str
    opened_on: Date
    closed_on: Date | None
    outcome: Text | None
    position: int


LISTING = Listing(
    path="/api/support-cases",
    row=SupportCaseRow,
    order="reference",
    scope="s.project",
    single="s.support_case",
    filters={
        "project": "s.project = %(project)s::uuid",
        "team": "s.team = %(team)s::uuid",
    },
    select=f"""
SELECT s.support_case AS id, s.project, {project_name("s.project")} AS project_name, s.team,
    {team_name("s.team")} AS team_name, s.subject, s.reference,
    CASE WHEN s.closed_on IS NULL THEN 'open' ELSE 'closed' END AS status,
    s.opened_on, s.closed_on, s.outcome, s.position
FROM {{support_cases}} AS s""",
)

"""Two projects in one ledger, each with one of everything, and what tells them apart."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tests.journeys.accounts import ON, Accounts, accounts
from tests.journeys.conftest import Client, Service
from tests.journeys.world import World


@dataclass
class Side:
    """One of the two projects.

    `ids` names an object of each collection, `words` the values of parts of addresses that are no
    ids. `mark` stands in every text of the project, so that it is found wherever it comes out.
    """

    mark: str
    books: Accounts
    ids: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    charge: str = ""

    @property
    def project(self) -> str:
        """The project's id."""
        return self.books.project

    def traces(self) -> set[str]:
        """What may appear in no answer to those of another project."""
        shared = {"institutions", "institutions-leader"}
        return {self.mark, self.charge} | {id for of, id in self.ids.items() if of not in shared}


def side(service: Service, admin: Client, mark: str) -> Side:
    """A project with one of everything."""
    world = World(admin)
    leader = world.institution(name=f"Lider {len(mark)}")
    made = Side(mark, accounts(world, leader=leader, title=f"Projekt {mark}", goal=mark))
    made.ids |= {"projects": made.project, "institutions-leader": leader}
    _people(service, world, made)
    _work(world, made)
    _money(service, made)
    _papers(service, made)
    _access(admin, made)
    _keeping(world, made)
    return made


def _people(service: Service, world: World, made: Side) -> None:
    institution = world.institution()
    person = world.person(family_name=f"Nowak{made.mark}")
    duty = {"number": 1, "party": institution, "text": made.mark}
    agreement = world.agreement(made.project, institution, obligations=[duty], title=made.mark)
    world.tell(f"agreements/{agreement}/fulfil", number=1, because=made.mark, on="2018-05-01")
    team = world.team(made.project, name=made.mark, agreement=agreement)
    world.tell(f"teams/{team}/appoint", person=person, role="chair")
    erased = world.person(born_on="1993-06-01")
    world.tell(f"teams/{team}/appoint", person=erased, role="member")
    world.tell(f"persons/{erased}/erase")
    made.ids |= {"institutions": institution, "persons": person, "teams": team}
    made.ids |= {"agreements": agreement, "persons-erased": erased}
    # Who takes part in nothing yet: entered by somebody of all projects, and of this one only.
    mine = World(service.user("coordinator", made.project))
    made.ids["persons-idle"] = world.person(family_name=f"Wolny{made.mark}")
    made.ids["persons-entered"] = mine.person(family_name=f"Nowy{made.mark}")


def _work(world: World, made: Side) -> None:
    project, mark = made.project, made.mark
    activity = world.activity(project, title=mark)
    came = [{"person": made.ids["persons"]}]
    world.tell(f"activities/{activity}/record-attendance", attendees=came, on="2018-10-02")
    stage = {"number": 1, "name": mark, "starts_on": "2018-04-01", "ends_on": "2019-03-31"}
    world.tell(f"projects/{project}/plan-milestone", **stage)
    counts = {"subject": "person", "through": ["activity_attended"]}
    counted = {"code": "W", "name": mark, "kind": "output", "target": 2, "counts": counts}
    world.tell(f"projects/{project}/set-indicator", **counted)
    world.tell(f"projects/{project}/amend", annex=mark, goal=f"Cel {mark}", on="2018-05-01")
    world.tell(f"projects/{project}/add-partner", institution=made.ids["institutions"])
    institution = {"institution": made.ids["institutions"], "subregion": "ełcki"}
    made.ids |= {
        "activities": activity,
        "deliverables": world.deliverable(project, title=mark),
        "recruitments": world.recruitment(project, title=mark),
        "grants": world.grant(project, made.ids["institutions"], purpose=mark),
        "support-cases": world.case(project, made.ids["teams"], reference=mark),
    }
    world.tell(f"grants/{made.ids['grants']}/pay", amount="1.00")
    world.tell(f"deliverables/{made.ids['deliverables']}/issue-version", version=mark)
    recruitment = f"recruitments/{made.ids['recruitments']}"
    world.tell(f"{recruitment}/score", **institution, values={"families": 3})
    world.tell(f"{recruitment}/select", institutions=[institution["institution"]], because=mark)


def _money(service: Service, made: Side) -> None:
    books, mark = made.books, made.mark
    books.tell(f"projects/{made.project}/receive-funds", amount="50.00", tranche=mark)
    document = {"document_number": f"FV/{mark}", "description": mark}
    expenditure, made.charge = books.spend("1230.00", **document)
    claim = books.claim((expenditure, made.charge), number=f"WNP-{mark}")
    books.tell(f"claims/{claim}/submit", because=mark)
    books.by(service.user("manager", name=mark), f"claims/{claim}/approve")
    books.tell(f"claims/{claim}/pay", amount="1.00", paid_on=ON)
    shift = {"from_line": "1.1", "to_line": "2.1", "amount": "1.00"}
    books.tell(f"projects/{made.project}/shift-budget", **shift, because=mark)
    auditor = service.user("auditor", name=f"auditor {mark}")
    auditor.position = books.officer.position
    design = {"method": "mus", "confidence": 90, "sample_size": 1}
    sample = {"project": made.project, "population": "charges", "design": design, "number": "7"}
    drawn = auditor.post("/api/samples", sample | {"effective_on": ON, "reason": mark})
    unit = auditor.get(f"/api/samples/{drawn['id']}")["units"][0]["unit"]
    error = {"unit": unit, "amount": "1.00", "classification": "random", "basis": mark}
    auditor.post(f"/api/samples/{drawn['id']}/record-error", error | {"reason": mark})
    refused = {"charge": made.charge, "amount": "1.00", "basis": mark, "reason": mark}
    auditor.post(f"/api/expenditures/{expenditure}/disallow", refused)
    books.officer.position = auditor.position
    corrected = {"document_number": f"KOR/{mark}", "issued_on": ON}
    amounts = {"net": "1240.00", "vat": "0.00", "gross": "1240.00", "because": mark}
    books.tell(f"expenditures/{expenditure}/correct", correcting_document=corrected, **amounts)
    made.ids |= {"expenditures": expenditure, "claims": claim, "samples": str(drawn["id"])}


def _keeping(world: World, made: Side) -> None:
    """What was of long ago need not be kept, until somebody opens a proceeding."""
    asked = {"persons": [made.ids["persons"]], "reason": made.mark}
    made.ids["erasures"] = world.create("erasures", **asked)
    world.tell(f"projects/{made.project}/place-hold", hold=made.mark)


def _access(admin: Client, made: Side) -> None:
    holder = admin.post("/api/access", {"kind": "account", "name": made.mark})["id"]
    admin.post(f"/api/access/{holder}/grant", {"role": "auditor", "project": made.project})
    account = admin.post("/api/accounts", {"name": f"konto.{made.mark.lower()}"})["id"]
    made.ids |= {"access": holder, "accounts": account}


def _papers(service: Service, made: Side) -> None:
    keeping = {"project": made.project, "holder": made.ids["institutions-leader"]}
    papers = {
        "place": made.mark,
        "describes": made.mark,
        "expenditures": [made.ids["expenditures"]],
        "digests": ["ab" * 32],
        "effective_on": ON,
    }
    made.ids["custodies"] = made.books.world.create("custodies", **keeping, **papers)
    officer = service.user("officer", made.project)
    file = {"file": (f"{made.mark}.txt", f"Protokół {made.mark}\n".encode())}
    stored = officer.raw("POST", "/api/documents", files=file).json()
    seen = {"evidence": [stored["sha256"]], "paid_on": ON}
    made.books.tell(f"expenditures/{made.ids['expenditures']}/pay", **seen)
    listed = f"numer;data;kwota\n{made.mark};2019-05-10;1,00\n".encode()
    brought = {"file": (f"{made.mark}.csv", listed)}
    form: dict[str, Any] = {"files": brought, "data": {"project": made.project}}
    checked = officer.raw("POST", "/api/imports", **form).json()
    made.ids["imports"] = checked["id"]
    made.words |= {"sha256": stored["sha256"], "code": "W", "number": "1", "movement": "paid"}
    made.words |= {"measure": "recorded", "part": "received", "stem": "W"}


class Shared(NamedTuple):
    """A document of the other project that the first one charges, too, and both charges."""

    document: str
    ours: str
    theirs: str


@dataclass
class Two:
    """Both projects, and those who may see only the first."""

    service: Service
    admin: Client
    own: Side
    other: Side
    shared: Shared = field(init=False)

    def __post_init__(self) -> None:
        self.shared = self._share()

    def hidden(self) -> set[str]:
        """What nobody of the first project is to be told."""
        return self.other.traces() | {self.shared.theirs}

    def user(self, role: str, project: str | None = None) -> Client:
        """Somebody with that role who knows of all that was recorded."""
        made = self.service.user(role, project)
        made.position = max(self.admin.position, self.own.books.officer.position,
                            self.other.books.officer.position)  # fmt: skip
        return made

    def _share(self) -> Shared:
        """The other one's charge is claimed, reduced, and taken out of the claim again."""
        mark = self.other.mark
        books, own = self.other.books, self.own.books
        document, theirs = books.spend("100.00", books.part("61.23"), description="Wspólna")
        body = own.part("30.00") | {"effective_on": ON}
        books.officer.position = max(books.officer.position, own.officer.position)
        ours = books.by(own.officer, f"expenditures/{document}/charge", **body)["charge"]
        claim = books.claim((document, theirs), number=f"WSP-{mark}")
        refused: dict[str, Any] = {"charge": theirs, "amount": "61.22", "basis": mark}
        books.by(self.user("auditor"), f"expenditures/{document}/disallow", **refused, reason=mark)
        books.exclude(claim, (document, theirs), because=mark)
        own.officer.position = books.officer.position
        return Shared(document, str(ours), theirs)


def two(service: Service) -> Two:
    """A new ledger's two projects."""
    admin = service.user("admin")
    own, other = side(service, admin, "ALFA"), side(service, admin, "BETAMARK")
    return Two(service, admin, own, other)

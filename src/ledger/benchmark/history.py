"""Which history is measured? A made-up one, in which every fact is about objects that exist.

Projects begin, institutions sign, teams appoint and dismiss, activities gather people, and one
project spends: a tenth of all facts are documents that are charged to it. What happens next
mostly concerns what began lately, now and then something old; some facts become known late. The
same seed gives the same course of events.
"""

# ruff: noqa: S311 - invented facts need no secret randomness

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import TypeVar

import uuid_utils

from ledger.aggregates import (
    activities,
    agreements,
    deliverables,
    grants,
    institutions,
    persons,
    projects,
    recruitments,
    support_cases,
    teams,
)
from ledger.benchmark.spending import CLAIM_SIZE, Spending
from ledger.event_store.codec import Provenance
from ledger.event_store.log import Pending
from ledger.kernel.messages import Event

FIRST_DAY = date(2016, 1, 1)
DAYS = 3_000
LATE_DAYS = 60
LATE = (
    institutions.InstitutionUpdated,
    teams.MemberAppointed,
    activities.AttendanceRecorded,
    agreements.fulfilment.ObligationFulfilled,
)
PLACES = ("podkarpackie", "lubelskie", "śląskie", "mazowieckie", "pomorskie")

T = TypeVar("T")
Fact = tuple[str, Event]
Move = Callable[[], Sequence[Fact]]


def new_id() -> str:
    """An identifier as the application gives them out."""
    return str(uuid_utils.uuid7())


class History:
    """A world that goes on as long as it is asked."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)
        self._versions: dict[str, int] = {}
        self._day = FIRST_DAY
        self._institutions: list[str] = []
        self._persons: list[str] = []
        self.projects: list[str] = []
        self.teams: list[str] = []
        self._members: dict[str, list[str]] = {}
        self._agreements: list[str] = []
        self._fulfilled: dict[str, int] = {}
        self._activities: list[str] = []
        self._attended: dict[str, list[str]] = {}
        self._grants: list[str] = []
        self._recruitments: list[str] = []
        self._claim_size = CLAIM_SIZE
        self.spending: Spending | None = None

    def pending(self, count: int) -> Iterator[Pending]:
        """The first `count` facts."""
        moves, weights = zip(*self._moves(), strict=True)
        made, self._claim_size = 0, min(CLAIM_SIZE, max(count // 60, 1))
        while made < count:
            for move in self._random.choices(moves, weights, k=100) if made else moves[:9]:
                facts = move()
                room = count - made
                for stream, event in facts[:room]:
                    made += 1
                    self._day = FIRST_DAY + timedelta(days=DAYS * made // count)
                    yield self._pending(stream, event)
                if self.spending is not None:
                    self.spending.leave_out(facts[room:])
                if made == count:
                    return

    def _moves(self) -> Sequence[tuple[Move, int]]:
        """What may happen, with its weight; the first nine need nothing but those before them."""
        return (
            (self._institution, 20), (self._person, 60), (self._project, 1), (self._team, 20),
            (self._appointment, 200), (self._agreement, 20), (self._activity, 90),
            (self._grant, 20), (self._recruitment, 2),
            (self._renaming, 10), (self._moving, 20), (self._milestone, 20),
            (self._fulfilment, 80), (self._dismissal, 90), (self._correction, 5),
            (self._attendance, 200), (self._revocation, 10), (self._rescheduling, 20),
            (self._payment, 40), (self._deliverable, 10), (self._score, 20), (self._case, 15),
            (self._document, 120),
        )  # fmt: skip

    def _pending(self, stream: str, event: Event) -> Pending:
        version = self._versions[stream] = self._versions.get(stream, 0) + 1
        late = isinstance(event, LATE) and self._random.random() < 0.2
        days = self._random.randrange(1, LATE_DAYS) if late else 0
        provenance = Provenance(
            effective_on=self._day - timedelta(days=days),
            recorded_by="coordinator",
            reason="Aneks nr 1" if late else None,
            request_id="0197a3c5-7c1e-7d3a-9b52-3f0c6f0a1b2c",
        )
        return Pending(stream, version, event, provenance)

    def _one(self, of: Sequence[T]) -> T:
        """One of them, most often of the last few hundred; the first has no more than others."""
        back = int(self._random.expovariate(1 / 300))
        if self._random.random() < 0.005:
            back = self._random.randrange(len(of))
        return of[-1 - back % len(of)]

    def _new(self, among: list[str]) -> str:
        among.append(new_id())
        return among[-1]

    def _institution(self) -> Sequence[Fact]:
        stream, place = self._new(self._institutions), self._random.choice(PLACES)
        number = len(self._institutions)
        return [(stream, institutions.InstitutionRegistered(
            name=f"Gminny Ośrodek Pomocy Społecznej nr {number}", kind="GOPS",
            sector="social_assistance", level="commune", voivodeship=place,
            county=f"powiat {number % 300}", commune=f"gmina {number % 2_500}",
        ))]  # fmt: skip

    def _renaming(self) -> Sequence[Fact]:
        name = f"Centrum Usług Społecznych nr {len(self._versions)}"
        return [(self._one(self._institutions), institutions.InstitutionUpdated(name=name))]

    def _person(self) -> Sequence[Fact]:
        return [(self._new(self._persons), persons.PersonRegistered(
            given_name="Anna", family_name=f"Wymyślona-{len(self._persons)}", sex="f",
            born_on=date(1984, 2, 29), institution=self._one(self._institutions),
        ))]  # fmt: skip

    def _moving(self) -> Sequence[Fact]:
        institution = self._one(self._institutions)
        return [(self._one(self._persons), persons.PersonUpdated(institution=institution))]

    def _project(self) -> Sequence[Fact]:
        stream, begin = self._new(self.projects), self._day
        code = f"POWR.02.05.00-{len(self.projects)}"
        end = begin + timedelta(days=1_000)
        counted = projects.state.Counts(subject="institution", through=("agreement_signed",))
        facts: list[Event] = [projects.terms.ProjectStarted(
            code=code, title=f"Liderzy kooperacji {code}", programme="PO WER",
            leader=self._one(self._institutions), value="12893583.46", starts_on=begin,
            ends_on=end,
        )]  # fmt: skip
        facts += [
            projects.milestones.MilestonePlanned(
                number=n, name=f"Etap {n}", starts_on=begin, ends_on=end
            )
            for n in range(1, 6)
        ]
        facts += [
            projects.indicators.IndicatorSet(
                code=f"W{n}", name=f"Liczba {n}", kind="output", target=60, counts=counted
            )
            for n in range(1, 4)
        ]
        return [(stream, fact) for fact in facts]

    def _document(self) -> Sequence[Fact]:
        """Of a project that does nothing but spend: it begins with its first document."""
        if self.spending is not None:
            return self.spending.document(self._day)
        seed, leader = self._random.randrange(10**6), self._one(self._institutions)
        self.spending = Spending(new_id(), seed, self._claim_size)
        return self.spending.begin(leader, self._day)

    def _milestone(self) -> Sequence[Fact]:
        """Moved again and again: what is known of a stage has a long history."""
        begin = self._day + timedelta(days=self._random.randrange(100))
        number = self._random.randrange(1, 6)
        moved = projects.milestones.MilestoneRescheduled(
            number=number, starts_on=begin, ends_on=begin + timedelta(days=300)
        )
        return [(self._one(self.projects), moved)]

    def _agreement(self) -> Sequence[Fact]:
        parties = list({self._one(self._institutions) for _ in range(3)})
        stream = self._new(self._agreements)
        return [(stream, agreements.signing.AgreementSigned(
            project=self._one(self.projects), kind="cooperation",
            title=f"Porozumienie nr {len(self._agreements)}", signed_on=self._day,
            parties=tuple(agreements.state.Signature(institution=i) for i in parties),
            obligations=tuple(
                agreements.state.Undertaking(number=n, party=parties[0], target=3,
                                       text="Udział pracowników w zespole i w szkoleniach")
                for n in (1, 2)
            ),
        ))]  # fmt: skip

    def _fulfilment(self) -> Sequence[Fact]:
        stream = self._one(self._agreements)
        count = self._fulfilled[stream] = self._fulfilled.get(stream, 0) + 1
        fulfilled = agreements.fulfilment.ObligationFulfilled(
            number=1, fulfilment=count, quantity=1
        )
        return [(stream, fulfilled)]

    def _team(self) -> Sequence[Fact]:
        stream = self._new(self.teams)
        return [(stream, teams.TeamEstablished(
            project=self._one(self.projects), kind="commune_county",
            name=f"Zespół kooperacji nr {len(self.teams)}",
            voivodeship=self._random.choice(PLACES), commune=f"gmina {len(self.teams) % 2_500}",
        ))]  # fmt: skip

    def _appointment(self) -> Sequence[Fact]:
        stream, appointment = self._one(self.teams), new_id()
        self._members.setdefault(stream, []).append(appointment)
        return [(stream, teams.MemberAppointed(
            appointment=appointment, institution=self._one(self._institutions),
            person=self._one(self._persons), role=self._random.choice(("member", "animator")),
        ))]  # fmt: skip

    def _dismissal(self) -> Sequence[Fact]:
        stream = self._one(self.teams)
        if not (members := self._members.get(stream)):
            return self._appointment()
        return [(stream, teams.MemberDismissed(appointment=members.pop(0)))]

    def _correction(self) -> Sequence[Fact]:
        stream = self._one(self.teams)
        if not (members := self._members.get(stream)):
            return self._appointment()
        return [(stream, teams.AppointmentVoided(appointment=members.pop()))]

    def _activity(self) -> Sequence[Fact]:
        stream, on = self._new(self._activities), self._day
        return [(stream, activities.ActivityArranged(
            project=self._one(self.projects), kind="training", hours=8.0,
            title=f"Szkolenie: współpraca w gminie, grupa {len(self._activities)}",
            starts_on=on, ends_on=on + timedelta(days=1), place="Rzeszów",
            team=self._one(self.teams),
        ))]  # fmt: skip

    def _attendance(self) -> Sequence[Fact]:
        stream, entries = self._one(self._activities), []
        known = self._attended.setdefault(stream, [])
        for _ in range(self._random.randrange(1, 5)):
            who = activities.Who(
                institution=self._one(self._institutions), person=self._one(self._persons)
            )
            if (entry := who.entry()) not in known:
                known.append(entry)
                entries.append(activities.Entry(
                    entry=entry, institution=who.institution, person=who.person
                ))  # fmt: skip
        if not entries:
            return self._activity()
        return [(stream, activities.AttendanceRecorded(attendees=tuple(entries)))]

    def _revocation(self) -> Sequence[Fact]:
        stream = self._one(self._activities)
        if not (known := self._attended.get(stream)):
            return self._attendance()
        return [(stream, activities.AttendanceRevoked(entries=(known.pop(),)))]

    def _rescheduling(self) -> Sequence[Fact]:
        on = self._day + timedelta(days=self._random.randrange(30))
        moved = activities.ActivityRescheduled(starts_on=on, ends_on=on + timedelta(days=1))
        return [(self._one(self._activities), moved)]

    def _grant(self) -> Sequence[Fact]:
        return [(self._new(self._grants), grants.GrantAwarded(
            project=self._one(self.projects), institution=self._one(self._institutions),
            amount="200000.00", purpose="Wdrożenie modelu kooperacji w gminie",
        ))]  # fmt: skip

    def _payment(self) -> Sequence[Fact]:
        stream = self._one(self._grants)
        sequence = self._versions[stream]
        return [(stream, grants.GrantPaid(sequence=sequence, amount="2500.00"))]

    def _deliverable(self) -> Sequence[Fact]:
        stream = new_id()
        return [
            (stream, deliverables.DeliverableCreated(
                project=self._one(self.projects), kind="report", title="Raport z testowania",
                milestone=1,
            )),
            (stream, deliverables.VersionIssued(version="1.0")),
            (stream, deliverables.VersionSubmitted(version="1.0")),
            (stream, deliverables.VersionApproved(version="1.0", approved_by="Ministerstwo")),
        ]  # fmt: skip

    def _recruitment(self) -> Sequence[Fact]:
        criterion = recruitments.Criterion(code="K1", name="Liczba mieszkańców", main=True)
        return [(self._new(self._recruitments), recruitments.RecruitmentOpened(
            project=self._one(self.projects), title="Nabór gmin", criteria=(criterion,),
            quotas=(recruitments.Quota(subregion="rzeszowski", communes=3),),
        ))]  # fmt: skip

    def _score(self) -> Sequence[Fact]:
        return [(self._one(self._recruitments), recruitments.InstitutionScored(
            institution=self._one(self._institutions), subregion="rzeszowski",
            values={"K1": float(self._random.randrange(1_000))},
        ))]  # fmt: skip

    def _case(self) -> Sequence[Fact]:
        stream = new_id()
        return [
            (stream, support_cases.SupportCaseOpened(
                project=self._one(self.projects), team=self._one(self.teams), subject="family",
                reference=f"R/{len(self._versions)}",
            )),
            (stream, support_cases.SupportCaseClosed(outcome="Rodzina objęta pomocą")),
        ]  # fmt: skip

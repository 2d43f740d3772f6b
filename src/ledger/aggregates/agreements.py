"""Who undertook what? Agreements: their parties, obligations, and how these are fulfilled."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from ledger.kernel.errors import Collision, FieldError, Invalid, Refusal
from ledger.kernel.fields import (
    ActivityId,
    AgreementKind,
    Date,
    InstitutionId,
    Number,
    ProjectId,
    Quantity,
    ShortText,
    Text,
    Title,
)
from ledger.kernel.messages import Aggregate, Command, Event, Given, State
from ledger.kernel.standing import ActivityStanding, AgreementStanding


class Signature(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A party that signs, and who signed for it."""

    institution: InstitutionId
    signed_by: ShortText | None = None


class Undertaking(
    Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """What a party undertakes."""

    number: Number
    party: InstitutionId
    text: Text
    due_on: Date | None = None
    target: Quantity | None = None


class Party(Struct, frozen=True, kw_only=True):
    """An institution that is bound from `since` until the day `until` (exclusive)."""

    institution: str
    signed_by: str | None = None
    since: date
    until: date | None = None


class Fulfilment(Struct, frozen=True, kw_only=True):
    """One time that an obligation was fulfilled, with the activities that prove it."""

    on: date
    quantity: int
    activities: tuple[str, ...] = ()


class Obligation(Struct, frozen=True, kw_only=True):
    """An undertaking and its fulfilments in force by ordinal; ordinals are never used again."""

    party: str
    text: str
    due_on: date | None = None
    target: int | None = None
    ended_on: date | None = None
    fulfilments: Mapping[int, Fulfilment] = {}
    last_fulfilment: int = 0


class Agreement(State, frozen=True, kw_only=True):
    """A signed agreement, as last amended."""

    project: str
    kind: AgreementKind
    title: str
    signed_on: date
    parties: tuple[Party, ...]
    obligations: Mapping[int, Obligation] = {}
    annexes: tuple[str, ...] = ()
    terminated_on: date | None = None

    def standing(self) -> AgreementStanding:
        return AgreementStanding(
            project=self.project,
            signed_on=self.signed_on,
            terminated_on=self.terminated_on,
            parties=frozenset(p.institution for p in self.parties if p.until is None),
        )


AGREEMENTS = Aggregate.define(
    "agreements", kind="agreement", state=Agreement, writers=["coordinator"]
)


# Events


def _obligations(undertaken: Iterable[Undertaking]) -> dict[int, Obligation]:
    return {
        u.number: Obligation(party=u.party, text=u.text, due_on=u.due_on, target=u.target)
        for u in undertaken
    }


@AGREEMENTS.event("agreement.signed")
class AgreementSigned(Event, frozen=True, kw_only=True):
    """Institutions signed an agreement."""

    project: ProjectId
    kind: AgreementKind
    title: Title
    signed_on: Date
    parties: tuple[Signature, ...]
    obligations: tuple[Undertaking, ...] = ()

    def apply(self, state: None, on: date) -> Agreement:
        return Agreement(
            project=self.project,
            kind=self.kind,
            title=self.title,
            signed_on=self.signed_on,
            parties=tuple(
                Party(institution=p.institution, signed_by=p.signed_by, since=self.signed_on)
                for p in self.parties
            ),
            obligations=_obligations(self.obligations),
        )


@AGREEMENTS.event("agreement.amended")
class AgreementAmended(Event, frozen=True, kw_only=True):
    """An annex changed the agreement; only what it changed stands here."""

    annex: Title
    title: Title | UnsetType = UNSET
    added: tuple[Undertaking, ...] = ()
    ended: tuple[Number, ...] = ()

    def apply(self, state: Agreement, on: date) -> Agreement:
        ended = {n: replace(state.obligations[n], ended_on=on) for n in self.ended}
        return replace(
            state,
            title=state.title if self.title is UNSET else self.title,
            annexes=(*state.annexes, self.annex),
            obligations={**state.obligations, **ended, **_obligations(self.added)},
        )


@AGREEMENTS.event("agreement.party-acceded")
class PartyAcceded(Event, frozen=True, kw_only=True):
    """An institution joined the agreement."""

    institution: InstitutionId

    def apply(self, state: Agreement, on: date) -> Agreement:
        joined = Party(institution=self.institution, since=on)
        return replace(state, parties=(*state.parties, joined))


def _ended(parties: Iterable[Party], institutions: Collection[str], on: date) -> tuple[Party, ...]:
    return tuple(
        replace(p, until=on) if p.until is None and p.institution in institutions else p
        for p in parties
    )


@AGREEMENTS.event("agreement.party-withdrew")
class PartyWithdrew(Event, frozen=True, kw_only=True):
    """A party left the agreement."""

    institution: InstitutionId

    def apply(self, state: Agreement, on: date) -> Agreement:
        return replace(state, parties=_ended(state.parties, {self.institution}, on))


@AGREEMENTS.event("agreement.obligation-fulfilled")
class ObligationFulfilled(Event, frozen=True, kw_only=True):
    """A party did what it undertook; `fulfilment` counts from 1 within the obligation."""

    number: Number
    fulfilment: Quantity
    quantity: Quantity
    activities: tuple[ActivityId, ...] = ()

    def apply(self, state: Agreement, on: date) -> Agreement:
        before = state.obligations[self.number]
        made = Fulfilment(on=on, quantity=self.quantity, activities=self.activities)
        after = replace(
            before,
            fulfilments={**before.fulfilments, self.fulfilment: made},
            last_fulfilment=self.fulfilment,
        )
        return replace(state, obligations={**state.obligations, self.number: after})


@AGREEMENTS.event("agreement.obligation-reopened")
class ObligationReopened(Event, frozen=True, kw_only=True):
    """The fulfilments named here do not count any more: the obligation is open again."""

    number: Number
    fulfilments: tuple[Quantity, ...]

    def apply(self, state: Agreement, on: date) -> Agreement:
        before = state.obligations[self.number]
        left = {k: v for k, v in before.fulfilments.items() if k not in self.fulfilments}
        after = replace(before, fulfilments=left)
        return replace(state, obligations={**state.obligations, self.number: after})


@AGREEMENTS.event("agreement.terminated")
class AgreementWasTerminated(Event, frozen=True, kw_only=True):
    """The agreement ended for every party still bound, which it names."""

    parties: tuple[InstitutionId, ...] = ()

    def apply(self, state: Agreement, on: date) -> Agreement:
        return replace(state, terminated_on=on, parties=_ended(state.parties, self.parties, on))


# Refusals


class AgreementTerminated(Refusal):
    """The agreement was terminated on {terminated_on}."""


class NotSignedYet(Refusal):
    """The agreement was signed on {signed_on}: this cannot be true on {on}."""


class NothingChanges(Refusal):
    """The annex changes nothing of the agreement."""


class PartyAlready(Refusal):
    """This institution is a party of the agreement already, since {since}."""


class NotParty(Refusal):
    """This institution is no party of the agreement on {on}."""


class ObligationExists(Refusal):
    """The agreement has an obligation {number} already."""


class ObligationUnknown(Refusal):
    """The agreement has no obligation {number}."""


class ObligationEnded(Refusal):
    """Obligation {number} was ended by an annex on {ended_on}."""


class NothingFulfilled(Refusal):
    """Nothing of obligation {number} is fulfilled on {on}: there is nothing to take back."""


class FulfilledLater(Refusal):
    """Obligation {number} was fulfilled on {fulfilled_on}: it cannot have ended on {on}."""


class JoinedLater(Refusal):
    """A party joined on {since}: the agreement cannot have ended for it on {on}."""


class ActivityCancelled(Refusal):
    """The activity was cancelled: it fulfils nothing."""


class ActivityNotStarted(Refusal):
    """The activity starts on {starts_on}: it fulfils nothing on {on}."""


# Commands


def _here(given: Given) -> Collision:
    return Collision("agreements", given.id)


def _check_in_force(state: Agreement, given: Given) -> None:
    """The last day counts in: what happened on it is recorded after it, too."""
    on = given.effective_on
    if on < state.signed_on:
        raise NotSignedYet(signed_on=state.signed_on, on=on, collides=_here(given))
    if state.terminated_on is not None and on > state.terminated_on:
        raise AgreementTerminated(terminated_on=state.terminated_on, collides=_here(given))


def _check_undertakings(
    undertaken: Sequence[Undertaking], parties: Collection[str], field: str
) -> None:
    errors, numbers = [], set[int]()
    for index, one in enumerate(undertaken):
        if one.number in numbers:
            errors.append(FieldError(f"{field}[{index}].number", "is used twice"))
        if one.party not in parties:
            reason = "is not a party of the agreement"
            errors.append(FieldError(f"{field}[{index}].party", reason))
        numbers.add(one.number)
    if errors:
        raise Invalid(errors)


def _obligation(state: Agreement, number: int, given: Given) -> Obligation:
    obligation = state.obligations.get(number)
    if obligation is None:
        raise ObligationUnknown(number=number, collides=_here(given))
    return obligation


def _check_no_later_fulfilment(obligations: Mapping[int, Obligation], given: Given) -> None:
    """What has ended on a day cannot have been fulfilled after it."""
    for number, obligation in obligations.items():
        latest = max((f.on for f in obligation.fulfilments.values()), default=None)
        if latest is not None and latest > given.effective_on:
            raise FulfilledLater(
                number=number, fulfilled_on=latest, on=given.effective_on, collides=_here(given)
            )


@AGREEMENTS.command("create")
class SignAgreement(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Record an agreement, its parties and what they undertake."""

    project: ProjectId
    kind: AgreementKind
    title: Title
    signed_on: Date
    parties: tuple[Signature, ...]
    obligations: tuple[Undertaking, ...] | None = None

    def decide(self, state: None, given: Given) -> Sequence[Event]:
        if not self.parties:
            raise Invalid.field("parties", "at least one party is required")
        institutions = [p.institution for p in self.parties]
        for index, institution in enumerate(institutions):
            if institution in institutions[:index]:
                raise Invalid.field(f"parties[{index}].institution", "is named twice")
        _check_undertakings(self.obligations or (), institutions, "obligations")
        return [
            AgreementSigned(
                project=self.project,
                kind=self.kind,
                title=self.title,
                signed_on=self.signed_on,
                parties=self.parties,
                obligations=self.obligations or (),
            )
        ]


@AGREEMENTS.command("amend", reason=True)
class AmendAgreement(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Record an annex: another title, further obligations, obligations that end."""

    annex: Title
    title: Title | None = None
    add_obligations: tuple[Undertaking, ...] | None = None
    end_obligations: tuple[Number, ...] | None = None

    def decide(self, state: Agreement, given: Given) -> Sequence[Event]:
        _check_in_force(state, given)
        title = UNSET if self.title in (None, state.title) else self.title
        added, ended = self.add_obligations or (), self.end_obligations or ()
        if title is UNSET and not added and not ended:
            raise NothingChanges(collides=_here(given))
        self._check_ended(state, given)
        bound = {p.institution for p in state.parties if p.until is None}
        _check_undertakings(added, bound, "add_obligations")
        for one in added:
            if one.number in state.obligations:
                raise ObligationExists(number=one.number, collides=_here(given))
        return [AgreementAmended(annex=self.annex, title=title, added=added, ended=ended)]

    def _check_ended(self, state: Agreement, given: Given) -> None:
        numbers = self.end_obligations or ()
        if len(set(numbers)) != len(numbers):
            raise Invalid.field("end_obligations", "an obligation is named twice")
        ended = {number: _obligation(state, number, given) for number in numbers}
        for number, one in ended.items():
            if one.ended_on is not None:
                raise ObligationEnded(number=number, ended_on=one.ended_on, collides=_here(given))
        _check_no_later_fulfilment(ended, given)


@AGREEMENTS.command("accede")
class AccedeToAgreement(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Record that an institution joined."""

    institution: InstitutionId

    def decide(self, state: Agreement, given: Given) -> Sequence[Event]:
        _check_in_force(state, given)
        for party in state.parties:
            still = party.until is None or given.effective_on < party.until
            if party.institution == self.institution and still:
                raise PartyAlready(since=party.since, collides=_here(given))
        return [PartyAcceded(institution=self.institution)]


@AGREEMENTS.command("withdraw", reason=True)
class WithdrawFromAgreement(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Record that a party left."""

    institution: InstitutionId

    def decide(self, state: Agreement, given: Given) -> Sequence[Event]:
        _check_in_force(state, given)
        on = given.effective_on
        bound = [p for p in state.parties if p.institution == self.institution and p.until is None]
        if not bound:
            raise NotParty(on=on, collides=_here(given))
        if on < bound[0].since:
            raise JoinedLater(since=bound[0].since, on=on, collides=_here(given))
        own = {n: o for n, o in state.obligations.items() if o.party == self.institution}
        _check_no_later_fulfilment(own, given)
        return [PartyWithdrew(institution=self.institution)]


@AGREEMENTS.command("fulfil")
class FulfilObligation(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Record that an obligation was fulfilled, once or several times."""

    number: Number
    quantity: Quantity | None = None
    activities: tuple[ActivityId, ...] | None = None

    def decide(self, state: Agreement, given: Given) -> Sequence[Event]:
        _check_in_force(state, given)
        on = given.effective_on
        obligation = _obligation(state, self.number, given)
        if obligation.ended_on is not None and on > obligation.ended_on:
            raise ObligationEnded(
                number=self.number, ended_on=obligation.ended_on, collides=_here(given)
            )
        if not any(
            p.institution == obligation.party
            and p.since <= on
            and (p.until is None or on <= p.until)
            for p in state.parties
        ):
            raise NotParty(on=on, collides=Collision("institutions", obligation.party))
        self._check_activities(given)
        return [
            ObligationFulfilled(
                number=self.number,
                fulfilment=obligation.last_fulfilment + 1,
                quantity=self.quantity or 1,
                activities=self.activities or (),
            )
        ]

    def _check_activities(self, given: Given) -> None:
        named = self.activities or ()
        if len(set(named)) != len(named):
            raise Invalid.field("activities", "an activity is named twice")
        for one in named:
            activity = given.of(ActivityStanding, one)
            there = Collision("activities", one)
            if activity.cancelled_on is not None:
                raise ActivityCancelled(collides=there)
            if activity.starts_on > given.effective_on:
                raise ActivityNotStarted(
                    starts_on=activity.starts_on, on=given.effective_on, collides=there
                )


@AGREEMENTS.command("reopen", reason=True, correction=True)
class ReopenObligation(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Take back what was recorded as fulfilled up to a day."""

    number: Number

    def decide(self, state: Agreement, given: Given) -> Sequence[Event]:
        on = given.effective_on
        obligation = _obligation(state, self.number, given)
        in_force = tuple(k for k, f in obligation.fulfilments.items() if f.on <= on)
        if not in_force:
            raise NothingFulfilled(number=self.number, on=on, collides=_here(given))
        return [ObligationReopened(number=self.number, fulfilments=in_force)]


@AGREEMENTS.command("terminate", reason=True)
class TerminateAgreement(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """End the agreement for all its parties."""

    def decide(self, state: Agreement, given: Given) -> Sequence[Event]:
        if state.terminated_on is not None:
            raise AgreementTerminated(terminated_on=state.terminated_on, collides=_here(given))
        _check_in_force(state, given)
        bound = [p for p in state.parties if p.until is None]
        latest = max((p.since for p in bound), default=state.signed_on)
        if latest > given.effective_on:
            raise JoinedLater(since=latest, on=given.effective_on, collides=_here(given))
        _check_no_later_fulfilment(state.obligations, given)
        return [AgreementWasTerminated(parties=tuple(p.institution for p in bound))]

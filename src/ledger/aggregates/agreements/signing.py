"""Who signed what, who joined and left, and how was it amended and ended?"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from ledger.aggregates.agreements.state import (
    AGREEMENTS,
    Agreement,
    AgreementTerminated,
    Obligation,
    ObligationEnded,
    Party,
    Signature,
    Undertaking,
    check_in_force,
    obligation_of,
    this_agreement,
)
from ledger.kernel.errors import FieldError, Invalid, NotTrueYet, Refusal
from ledger.kernel.fields import (
    AgreementKind,
    Date,
    InstitutionId,
    Number,
    ProjectId,
    Title,
)
from ledger.kernel.messages import Command, Event, Given


def _obligations(undertaken: Iterable[Undertaking]) -> dict[int, Obligation]:
    return {
        u.number: Obligation(party=u.party, text=u.text, due_on=u.due_on, target=u.target)
        for u in undertaken
    }


@AGREEMENTS.event("agreement.signed", begins=True)
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
            since=on,
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


@AGREEMENTS.event("agreement.terminated")
class AgreementWasTerminated(Event, frozen=True, kw_only=True):
    """The agreement ended for every party still bound, which it names."""

    parties: tuple[InstitutionId, ...] = ()

    def apply(self, state: Agreement, on: date) -> Agreement:
        return replace(state, terminated_on=on, parties=_ended(state.parties, self.parties, on))


class NothingChanges(Refusal):
    """The annex changes nothing of the agreement."""


class PartyAlready(Refusal):
    """This institution is a party of the agreement already, since {since}."""


class NotParty(Refusal):
    """This institution is no party of the agreement on {on}."""


class ObligationExists(Refusal):
    """The agreement has an obligation {number} already."""


class FulfilledLater(Refusal):
    """Obligation {number} was fulfilled on {fulfilled_on}: it cannot have ended on {on}."""


class JoinedLater(Refusal):
    """A party joined on {since}: the agreement cannot have ended for it on {on}."""


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


def _check_no_later_fulfilment(obligations: Mapping[int, Obligation], given: Given) -> None:
    """What has ended on a day cannot have been fulfilled after it."""
    for number, obligation in obligations.items():
        latest = max((f.on for f in obligation.fulfilments.values()), default=None)
        if latest is not None and latest > given.effective_on:
            raise FulfilledLater(
                number=number,
                fulfilled_on=latest,
                on=given.effective_on,
                collides=this_agreement(given),
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
        if self.signed_on > given.effective_on:
            reason = f"must not be after effective_on ({given.effective_on})"
            raise Invalid.field("signed_on", reason)
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
        check_in_force(state, given)
        title = UNSET if self.title in (None, state.title) else self.title
        added, ended = self.add_obligations or (), self.end_obligations or ()
        if title is UNSET and not added and not ended:
            raise NothingChanges(collides=this_agreement(given))
        self._check_ended(state, given)
        bound = {p.institution for p in state.parties if p.until is None}
        _check_undertakings(added, bound, "add_obligations")
        for one in added:
            if one.number in state.obligations:
                raise ObligationExists(number=one.number, collides=this_agreement(given))
        NotTrueYet.check(state.since, given.effective_on, this_agreement(given))
        return [AgreementAmended(annex=self.annex, title=title, added=added, ended=ended)]

    def _check_ended(self, state: Agreement, given: Given) -> None:
        numbers = self.end_obligations or ()
        if len(set(numbers)) != len(numbers):
            raise Invalid.field("end_obligations", "an obligation is named twice")
        ended = {number: obligation_of(state, number, given) for number in numbers}
        for number, one in ended.items():
            if one.ended_on is not None:
                raise ObligationEnded(
                    number=number, ended_on=one.ended_on, collides=this_agreement(given)
                )
        _check_no_later_fulfilment(ended, given)


@AGREEMENTS.command("accede")
class AccedeToAgreement(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Record that an institution joined."""

    institution: InstitutionId

    def decide(self, state: Agreement, given: Given) -> Sequence[Event]:
        check_in_force(state, given)
        for party in state.parties:
            still = party.until is None or given.effective_on < party.until
            if party.institution == self.institution and still:
                raise PartyAlready(since=party.since, collides=this_agreement(given))
        return [PartyAcceded(institution=self.institution)]


@AGREEMENTS.command("withdraw", reason=True)
class WithdrawFromAgreement(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Record that a party left."""

    institution: InstitutionId

    def decide(self, state: Agreement, given: Given) -> Sequence[Event]:
        check_in_force(state, given)
        on = given.effective_on
        bound = [p for p in state.parties if p.institution == self.institution and p.until is None]
        if not bound:
            raise NotParty(on=on, collides=this_agreement(given))
        if on < bound[0].since:
            raise JoinedLater(since=bound[0].since, on=on, collides=this_agreement(given))
        own = {n: o for n, o in state.obligations.items() if o.party == self.institution}
        _check_no_later_fulfilment(own, given)
        NotTrueYet.check(state.since, given.effective_on, this_agreement(given))
        return [PartyWithdrew(institution=self.institution)]


@AGREEMENTS.command("terminate", reason=True)
class TerminateAgreement(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """End the agreement for all its parties."""

    def decide(self, state: Agreement, given: Given) -> Sequence[Event]:
        if state.terminated_on is not None:
            raise AgreementTerminated(
                terminated_on=state.terminated_on, collides=this_agreement(given)
            )
        check_in_force(state, given)
        bound = [p for p in state.parties if p.until is None]
        latest = max((p.since for p in bound), default=state.signed_on)
        if latest > given.effective_on:
            raise JoinedLater(since=latest, on=given.effective_on, collides=this_agreement(given))
        _check_no_later_fulfilment(state.obligations, given)
        NotTrueYet.check(state.since, given.effective_on, this_agreement(given))
        return [AgreementWasTerminated(parties=tuple(p.institution for p in bound))]

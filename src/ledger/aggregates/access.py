"""Who was granted which role, when, and by whom? Accounts of people and tokens of machines.

Over HTTP a role is proposed by one admin and confirmed by another, who is neither who proposed it
nor who receives it. At the command line the operator grants at once; what an identity provider
says of its people is taken over as the operator configured it.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from ledger.kernel.errors import Collision, Invalid, NotTrueYet, Refusal
from ledger.kernel.fields import AccessRole, Date, GrantId, HolderKind, ProjectId, ShortText
from ledger.kernel.messages import Aggregate, Command, Event, Given, State

Deed = Literal["invited", "second_factor_removed", "disabled", "enabled"]
Through = Literal["operator", "two_admins", "identity_provider"]


class HeldGrant(Struct, frozen=True, kw_only=True):
    """A role, for one project or (None) for all, from `since` to the end of `until`."""

    role: AccessRole
    project: str | None
    since: date
    until: date | None
    proposed_by: str
    through: Through | None = None

    def in_force(self, on: date) -> bool:
        """Whether it holds on that day."""
        return self.since <= on and (self.until is None or on <= self.until)

    def same(self, role: str, project: str | None) -> bool:
        """Whether it is for that role and project."""
        return (self.role, self.project) == (role, project)


class Holder(State, frozen=True, kw_only=True):
    """An account or a token, what it holds and what is proposed for it, by the grants' ids.

    A grant that was revoked is gone; one whose days are over stays and is not in force.
    """

    kind: HolderKind
    name: str
    grants: Mapping[str, HeldGrant] = {}
    proposals: Mapping[str, HeldGrant] = {}

    def in_force(self, on: date) -> dict[str, HeldGrant]:
        """What may be acted under on that day, in the order in which it was granted."""
        return {id: one for id, one in self.grants.items() if one.in_force(on)}


ACCESS = Aggregate.define("access", kind="holder", state=Holder, writers=["admin"])


# Events


@ACCESS.event("access.opened", begins=True)
class HolderOpened(Event, frozen=True, kw_only=True):
    """An account or a token came to be; it may do nothing yet."""

    kind: HolderKind
    name: ShortText

    def apply(self, state: None, on: date) -> Holder:
        return Holder(kind=self.kind, name=self.name)


@ACCESS.event("access.grant-proposed")
class GrantProposed(Event, frozen=True, kw_only=True):
    """An admin wants the holder to have a role; another admin has to confirm it."""

    grant: GrantId
    role: AccessRole
    project: ProjectId | None = None
    until: Date | None = None
    proposed_by: str

    def apply(self, state: Holder, on: date) -> Holder:
        proposed = HeldGrant(
            role=self.role,
            project=self.project,
            since=on,
            until=self.until,
            proposed_by=self.proposed_by,
        )
        return replace(state, proposals={**state.proposals, self.grant: proposed})

    def answer(self) -> dict[str, str]:
        return {"grant": self.grant}


@ACCESS.event("access.granted")
class RoleGranted(Event, frozen=True, kw_only=True):
    """The holder has a role from now on, to the end of `until` if there is one."""

    grant: GrantId
    role: AccessRole
    project: ProjectId | None = None
    until: Date | None = None
    proposed_by: str
    through: Through

    def apply(self, state: Holder, on: date) -> Holder:
        granted = HeldGrant(
            role=self.role,
            project=self.project,
            since=on,
            until=self.until,
            proposed_by=self.proposed_by,
            through=self.through,
        )
        return replace(
            state,
            grants={**state.grants, self.grant: granted},
            proposals=_without(state.proposals, self.grant),
        )

    def answer(self) -> dict[str, str]:
        return {"grant": self.grant}


@ACCESS.event("access.proposal-withdrawn")
class ProposalWithdrawn(Event, frozen=True, kw_only=True):
    """What was proposed is not to be."""

    grant: GrantId

    def apply(self, state: Holder, on: date) -> Holder:
        return replace(state, proposals=_without(state.proposals, self.grant))


@ACCESS.event("access.revoked")
class RoleRevoked(Event, frozen=True, kw_only=True):
    """The holder has the role no longer."""

    grant: GrantId

    def apply(self, state: Holder, on: date) -> Holder:
        return replace(state, grants=_without(state.grants, self.grant))


@ACCESS.event("access.noted")
class AccessNoted(Event, frozen=True, kw_only=True):
    """Something was done to the account by which others could come to act in its name."""

    what: Deed

    def apply(self, state: Holder, on: date) -> Holder:
        return state


def _without(some: Mapping[str, HeldGrant], gone: str) -> dict[str, HeldGrant]:
    return {id: one for id, one in some.items() if id != gone}


# Refusals


class AlreadyGranted(Refusal):
    """{name} has the role {role} there already, since {since}."""


class AlreadyProposed(Refusal):
    """The role {role} there is proposed for {name} already: it waits for another admin."""


class FourEyes(Refusal):
    """{name} proposed the role or is to receive it: another admin has to confirm it."""


class NothingProposed(Refusal):
    """No proposal {grant} waits for a confirmation."""


class NoSuchGrant(Refusal):
    """{name} has no grant {grant}, nor is one proposed."""


class NothingNew(Refusal):
    """What the identity provider says of {name} is recorded already."""


class NothingToRevoke(Refusal):
    """{name} has no role, nor is one proposed."""


# Commands


def _here(given: Given) -> Collision:
    return Collision("access", given.id)


@ACCESS.command("create", all_projects=True)
class OpenHolder(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Begin the record of what an account or a token may do."""

    kind: HolderKind
    name: ShortText

    def decide(self, state: None, given: Given) -> Sequence[Event]:
        return [HolderOpened(kind=self.kind, name=self.name)]


@ACCESS.command("grant", all_projects=True)
class GrantRole(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Propose a role for the holder, for one project or for all; another admin confirms it."""

    role: AccessRole
    project: ProjectId | None = None
    until: Date | None = None

    def decide(self, state: Holder, given: Given) -> Sequence[Event]:
        if self.until is not None and self.until < given.effective_on:
            raise Invalid.field("until", "must not lie before the beginning")
        _check_new(state, self.role, self.project, given)
        if given.operator:
            return [_granted(given.new_id(), self, given.by, "operator")]
        if any(one.same(self.role, self.project) for one in state.proposals.values()):
            raise AlreadyProposed(role=self.role, name=state.name, collides=_here(given))
        return [
            GrantProposed(
                grant=given.new_id(),
                role=self.role,
                project=self.project,
                until=self.until,
                proposed_by=given.by,
            )
        ]


def _granted(id: str, what: GrantRole | HeldGrant, proposed_by: str, through: Through) -> Event:
    return RoleGranted(
        grant=id,
        role=what.role,
        project=what.project,
        until=what.until,
        proposed_by=proposed_by,
        through=through,
    )


def _check_new(state: Holder, role: str, project: str | None, given: Given) -> None:
    """Nobody has the same role twice, on whatever day from `effective_on` on."""
    for one in state.grants.values():
        if one.same(role, project) and (one.until is None or given.effective_on <= one.until):
            raise AlreadyGranted(role=role, name=state.name, since=one.since, collides=_here(given))


@ACCESS.command("confirm", all_projects=True, four_eyes=True)
class ConfirmGrant(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Confirm what another admin proposed for a third person; it is in force at once."""

    grant: GrantId

    def decide(self, state: Holder, given: Given) -> Sequence[Event]:
        proposed = state.proposals.get(self.grant)
        if proposed is None:
            raise NothingProposed(grant=self.grant, collides=_here(given))
        if not given.operator and given.by in (proposed.proposed_by, state.name):
            raise FourEyes(name=given.by, collides=_here(given))
        NotTrueYet.check(proposed.since, given.effective_on, _here(given))
        _check_new(state, proposed.role, proposed.project, given)
        through: Through = "operator" if given.operator else "two_admins"
        return [_granted(self.grant, proposed, proposed.proposed_by, through)]


@ACCESS.command("revoke", reason=True, all_projects=True)
class RevokeGrant(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """End a grant at once, or withdraw a proposal; one admin is enough."""

    grant: GrantId

    def decide(self, state: Holder, given: Given) -> Sequence[Event]:
        if self.grant in state.proposals:
            return [ProposalWithdrawn(grant=self.grant)]
        if self.grant not in state.grants:
            raise NoSuchGrant(name=state.name, grant=self.grant, collides=_here(given))
        return _revoked(state, [self.grant], given)


@ACCESS.command("revoke-all", reason=True, all_projects=True)
class RevokeAll(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """End everything that the holder has, and withdraw what is proposed."""

    def decide(self, state: Holder, given: Given) -> Sequence[Event]:
        current = [
            id
            for id, one in state.grants.items()
            if one.until is None or given.effective_on <= one.until
        ]
        if not current and not state.proposals:
            raise NothingToRevoke(name=state.name, collides=_here(given))
        withdrawn = [ProposalWithdrawn(grant=id) for id in state.proposals]
        return [*withdrawn, *_revoked(state, current, given)]


def _revoked(state: Holder, grants: Sequence[str], given: Given) -> list[Event]:
    for id in grants:
        NotTrueYet.check(state.grants[id].since, given.effective_on, _here(given))
    return [RoleRevoked(grant=id) for id in grants]


@ACCESS.command("note", all_projects=True, operator_only=True)
class NoteDeed(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Record that a link for choosing a password was handed out, a factor removed, and the like."""

    what: Deed

    def decide(self, state: Holder, given: Given) -> Sequence[Event]:
        return [AccessNoted(what=self.what)]


class ProvidedRole(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A role that the identity provider's claims lead to."""

    role: AccessRole
    project: ProjectId | None = None


@ACCESS.command("take-over", all_projects=True, operator_only=True)
class TakeOver(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Bring what came from the identity provider in line with what it says now."""

    roles: tuple[ProvidedRole, ...]

    def decide(self, state: Holder, given: Given) -> Sequence[Event]:
        wanted = {(one.role, one.project): one for one in self.roles}
        gone = [
            id
            for id, one in state.grants.items()
            if one.through == "identity_provider" and (one.role, one.project) not in wanted
        ]
        held = {(one.role, one.project) for one in state.in_force(given.effective_on).values()}
        fresh = [one for key, one in wanted.items() if key not in held]
        if not gone and not fresh:
            raise NothingNew(name=state.name, collides=_here(given))
        return [
            *_revoked(state, gone, given),
            *(
                RoleGranted(
                    grant=given.new_id(),
                    role=one.role,
                    project=one.project,
                    proposed_by=given.by,
                    through="identity_provider",
                )
                for one in fresh
            ),
        ]

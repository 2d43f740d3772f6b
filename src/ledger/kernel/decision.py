"""How are a command and a state brought to a decision? The checks that hold for all of them."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from ledger.kernel.errors import Collision, Invalid, NotFound, ProjectClosed
from ledger.kernel.intake import Reference
from ledger.kernel.messages import Command, Event, Given, Notice, State
from ledger.kernel.standing import InProject, ProjectTerms


def fold(state: State, facts: Iterable[tuple[Event, date]]) -> Any:
    """The state after these facts, each with the day from which it is true."""
    for event, on in facts:
        state = event.apply(state, on)
    return state


def projects_of(command: Command, state: State | None, id: str) -> frozenset[str]:
    """The projects that the command concerns, if it concerns any."""
    if command.terms.collection == "projects":
        return frozenset({id})
    return command.projects(state) or frozenset()


def decide(
    command: Command, state: State | None, given: Given, references: Sequence[Reference]
) -> Sequence[Event | Notice]:
    """The facts that follow from the command, or a refusal.

    `state` is None where the stream has no events yet. Raises `NotFound`, `Invalid` or a
    `Refusal`.
    """
    terms = command.terms
    if terms.creates and state is not None:
        raise command.existing(given)
    if not terms.creates and state is None:
        raise NotFound
    for project in sorted(projects_of(command, state, given.id)):
        _check_same_project(project, given, references)
        if not terms.is_correction:
            _check_open(project, state, given)
    return command.decide(state, given)


def _check_same_project(project: str, given: Given, references: Sequence[Reference]) -> None:
    """An object of another project is, seen from this one, unknown."""
    for reference in references:
        known = given.world.get(reference.id)
        if isinstance(known, InProject) and known.project != project:
            raise Invalid.field(reference.field, f"unknown in {reference.collection}")


def _check_open(project: str, state: State | None, given: Given) -> None:
    known = given.world.get(project)
    terms = known if isinstance(known, ProjectTerms) else state.standing() if state else None
    if isinstance(terms, ProjectTerms) and terms.closed_on is not None:
        raise ProjectClosed(
            code=terms.code, closed_on=terms.closed_on, collides=Collision("projects", project)
        )

"""What are a command, an event and a state? Behaviour sits on the message.

A command decides: `decide(state, given) -> events`. An event applies itself: `apply(state,
on) -> state`, `on` being the day from which it is true. Both are frozen structs and pure, and
both have permanent names that do not depend on where their Python class lives.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar, Self, TypeVar

from msgspec import Struct

from ledger.kernel.ages import AgeOnEntry
from ledger.kernel.errors import AlreadyExists, Collision, NotFound, Refusal


class State(Struct, frozen=True, kw_only=True):
    """What an aggregate knows of itself: the fold of its events."""

    def standing(self) -> object | None:
        """What other aggregates may know of this one (see `ledger.kernel.standing`)."""
        return None

    def projects(self) -> frozenset[str] | None:
        """The projects to which it belongs; None: it is shared by all."""
        project = getattr(self, "project", None)
        return None if project is None else frozenset({project})

    def seen_from(self, project: str) -> Self:
        """What somebody may know of it who is confined to that project, one of its own."""
        return self


T = TypeVar("T")


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A fact, in the past participle. Its fields are the `data` of the stored event."""

    event_name: ClassVar[str]
    begins: ClassVar[bool] = False

    def apply(self, state: Any, on: date) -> Any:
        """The state after this fact, which is true from the day `on`."""
        raise NotImplementedError(type(self))

    def answer(self) -> dict[str, Any]:
        """What the answer of a command that ends with it says beyond the receipt."""
        return {}


class Notice(Struct, frozen=True, kw_only=True):
    """What a decision tells another aggregate, which decides for itself what follows from it.

    What follows is recorded together with the decision, or neither is.
    """

    to: str


class Given(Struct, frozen=True, kw_only=True):
    """What a decision may use beyond the aggregate's own state; all of it comes in as values."""

    id: str
    effective_on: date
    today: date
    by: str
    scope: str | None = None  # the one project to which the caller is confined
    operator: bool = False  # at the machine itself, where nobody else's eyes are asked for
    reason: str | None = None
    new_id: Callable[[], str]
    world: Mapping[str, object] = {}
    # Of persons whom the command erases: what is to be kept of their ages.
    ages: Mapping[str, Sequence[AgeOnEntry]] = {}
    # Those of the persons concerned whose data need not be kept any more.
    due: frozenset[str] = frozenset()
    # Those of them who belong to another project than the one to which the caller is confined.
    elsewhere: frozenset[str] = frozenset()

    def of(self, kind: type[T], id: str) -> T:
        """The standing of the object `id` that the command refers to."""
        found = self.world.get(id)
        if not isinstance(found, kind):
            raise NotFound
        return found

    def all(self, kind: type[T]) -> Sequence[T]:
        """Every known standing of that kind."""
        return [one for one in self.world.values() if isinstance(one, kind)]


class Command(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A wish, in the imperative. Its fields are what a client sends."""

    terms: ClassVar["CommandTerms"]
    # Whether it destroys the personal data of its object, or of those that it needs.
    erases: ClassVar[bool] = False
    # Whether it is decided by whose data need not be kept any more.
    looks_at_retention: ClassVar[bool] = False

    def decide(self, state: Any, given: Given) -> Sequence[Event | Notice]:
        """The facts that follow, or a refusal."""
        raise NotImplementedError(type(self))

    @classmethod
    def answer(cls, events: Sequence[Event]) -> dict[str, Any]:
        """What the answer says beyond the receipt, by the events that the command recorded."""
        return events[-1].answer()

    def identity(self) -> str | None:
        """The id of the object, where what is created says itself which one it is."""
        return None

    def existing(self, given: Given) -> Refusal:
        """Why an object that exists already cannot be created."""
        return AlreadyExists(id=given.id, collides=Collision(self.terms.collection, given.id))

    def needs(self, state: Any, world: Mapping[str, object]) -> Collection[str]:
        """Objects beyond those that the command names (`world`) whose standing decides too."""
        return ()

    def projects(self, state: Any) -> frozenset[str] | None:
        """The projects that the command concerns; None: it concerns none."""
        if state is not None:
            found: frozenset[str] | None = state.projects()
            return found
        project = getattr(self, "project", None)
        return None if project is None else frozenset({project})


class CommandTerms(Struct, frozen=True, kw_only=True):
    """How a command is reached and by whom."""

    collection: str
    name: str
    creates: bool
    needs_reason: bool
    is_correction: bool
    roles: frozenset[str]
    looks_up: str | None
    all_projects: bool
    operator_only: bool
    four_eyes: bool


# What an aggregate decides on a notice: (notice, state, given) -> events.
Hearing = Callable[[Any, Any, Given], Sequence[Event]]


class Aggregate(Struct, frozen=True, kw_only=True):
    """One kind of stream: its collection in the API, its state, and who may write to it."""

    collection: str
    kind: str
    state: type[State]
    writers: frozenset[str]

    commands: dict[str, type[Command]] = {}
    events: dict[str, type[Event]] = {}
    hears: dict[type[Notice], Hearing] = {}

    def command(
        self,
        name: str,
        *,
        reason: bool = False,
        correction: bool = False,
        roles: Sequence[str] = (),
        looks_up: str | None = None,
        all_projects: bool = False,
        operator_only: bool = False,
        four_eyes: bool = False,
    ) -> Callable[[type[Command]], type[Command]]:
        """Registers a command; `looks_up` names a collection whose objects of the same project
        the decision needs to see; a correction is allowed on a closed project.

        `all_projects`: a grant of one project does not reach it. `operator_only`: no caller from
        outside reaches it, whatever the role. `four_eyes`: the decision refuses whoever did what
        is to be approved.
        """

        def register(kind: type[Command]) -> type[Command]:
            kind.terms = CommandTerms(
                collection=self.collection,
                name=name,
                creates=name == "create",
                needs_reason=reason,
                is_correction=correction,
                roles=(frozenset(roles) or self.writers) | {"admin"},
                looks_up=looks_up,
                all_projects=all_projects,
                operator_only=operator_only,
                four_eyes=four_eyes,
            )
            self.commands[name] = kind
            return kind

        return register

    def event(self, name: str, *, begins: bool = False) -> Callable[[type[Event]], type[Event]]:
        """Registers an event under its permanent name, such as `team.member-appointed`.

        `begins`: it is the first of its stream, and makes the state from nothing.
        """

        def register(kind: type[Event]) -> type[Event]:
            kind.event_name = name
            kind.begins = begins
            self.events[name] = kind
            return kind

        return register

    def on(self, notice: type[Notice]) -> Callable[[Hearing], Hearing]:
        """Registers what the aggregate decides when another one tells it something."""

        def register(hearing: Hearing) -> Hearing:
            self.hears[notice] = hearing
            return hearing

        return register

    @classmethod
    def define(
        cls, collection: str, *, kind: str, state: type[State], writers: Sequence[str]
    ) -> Self:
        """A new aggregate with nothing registered yet."""
        return cls(
            collection=collection,
            kind=kind,
            state=state,
            writers=frozenset(writers),
            commands={},
            events={},
            hears={},
        )

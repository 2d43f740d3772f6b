"""What became of the log when its database was lost? The words of the operator, as an event.

A database that is restored from an older backup lacks events that were signed. The log with those
ends then; another one goes on from what was kept. That stands in the log for ever: where it is cut,
by whom and why. The signed statement is the proof of it (`ledger.integrity.continuations`).
"""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from msgspec import Meta

from ledger.kernel.errors import Invalid
from ledger.kernel.fields import Digest, ShortText
from ledger.kernel.messages import Aggregate, Command, Event, Given, State

Size = Annotated[int, Meta(ge=0, description="How many events.", examples=[5000])]
Statement = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=20_000,
        description="The signed statement, a C2SP signed note.",
        examples=["ledger continuation 1\nended ledger.example/log\n…"],
    ),
]


class Continuation(State, frozen=True, kw_only=True):
    """A log that goes on from what was kept of another one."""

    ended: str
    continued: str


CONTINUATIONS = Aggregate.define(
    "continuations", kind="continuation", state=Continuation, writers=["admin"]
)


@CONTINUATIONS.event("log.continued", begins=True)
class LogContinued(Event, frozen=True, kw_only=True):
    """Events that were signed are lost: the log `ended`, and another one goes on from `kept`.

    `kept_size`, `kept_root`: what is known to be as it was signed; `signed_size`, `signed_root`:
    what the log had come to. Events from the one after `kept_size` to `signed_size` are lost.
    """

    ended: ShortText
    continued: ShortText
    kept_size: Size
    kept_root: Digest
    signed_size: Size
    signed_root: Digest
    statement: Statement

    def apply(self, state: None, on: date) -> Continuation:
        return Continuation(ended=self.ended, continued=self.continued)


@CONTINUATIONS.command("create", all_projects=True, operator_only=True)
class ContinueLog(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Say where the log is cut, and under which name it goes on."""

    ended: ShortText
    continued: ShortText
    kept_size: Size
    kept_root: Digest
    signed_size: Size
    signed_root: Digest
    statement: Statement

    def decide(self, state: None, given: Given) -> Sequence[Event]:
        if self.kept_size >= self.signed_size:
            raise Invalid.field("kept_size", "is not smaller: nothing is lost")
        return [
            LogContinued(
                ended=self.ended,
                continued=self.continued,
                kept_size=self.kept_size,
                kept_root=self.kept_root,
                signed_size=self.signed_size,
                signed_root=self.signed_root,
                statement=self.statement,
            )
        ]

"""How far has each witness come, and which one does not answer?"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import NamedTuple

from msgspec import Struct

from ledger.attestations.witnesses import WitnessAt
from ledger.integrity.note import NoteRefused, Verifier, cosigned_at, read_signature
from ledger.integrity.published import PublishedTree

_OF_WITNESS = """
SELECT size, note_line FROM tree.cosignatures WHERE name = %s
ORDER BY size DESC, received_at DESC LIMIT 20"""
_NAMES = "SELECT DISTINCT name FROM tree.cosignatures ORDER BY name"


class Cosigned(NamedTuple):
    """Up to which size a witness has cosigned, and when, by its own clock."""

    size: int
    at: datetime


class WitnessStanding(Struct, frozen=True, kw_only=True):
    """A witness of the log: `position` up to which it has cosigned, and when, by its own clock.

    `lag`: how many sealed events it has not seen; `key`, `url`: where it is one that is asked;
    `failure`: why it could not be asked last, so far as this process knows.
    """

    name: str
    key: str | None
    url: str | None
    position: int | None
    lag: int
    cosigned_at: datetime | None
    failure: str | None = None


async def standings(
    tree: PublishedTree, asked: Sequence[WitnessAt], failures: Mapping[str, str] | None = None
) -> list[WitnessStanding]:
    """Those that are asked, in that order, and then all others that ever cosigned."""
    sealed = max(await tree.size(), 0)
    names = {one.name for one in asked}
    others = [name for (name,) in await tree.rows(_NAMES) if name not in names]
    found = []
    for name, at in [(one.name, one) for one in asked] + [(name, None) for name in others]:
        last = await last_cosigned(tree, name, at and at.verifier)
        found.append(
            WitnessStanding(
                name=name,
                key=at and at.verifier.vkey,
                url=at and at.url,
                position=last and last.size,
                lag=sealed - (last.size if last else 0),
                cosigned_at=last and last.at,
                failure=(failures or {}).get(name),
            )
        )
    return found


async def last_cosigned(
    tree: PublishedTree, name: str, key: Verifier | None = None
) -> Cosigned | None:
    """How far the witness has cosigned, with that key or any; None where it never has."""
    for size, line in await tree.rows(_OF_WITNESS, name):
        with suppress(NoteRefused, ValueError, OverflowError):
            signature = read_signature(line)
            if key is None or key.made(signature):
                return Cosigned(size, datetime.fromtimestamp(cosigned_at(signature), UTC))
    return None

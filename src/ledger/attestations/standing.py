"""How far has each witness come, and which one does not answer?"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from ledger.attestations.witnesses import WitnessAt
from ledger.integrity.published import PublishedTree


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
    others = [name for name in await tree.witnesses() if name not in names]
    found = []
    for name, at in [(one.name, one) for one in asked] + [(name, None) for name in others]:
        last = await tree.cosigned_by(name, at and at.verifier)
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

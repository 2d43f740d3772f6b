"""Who is there to vouch for the log? The witnesses and the authority that are configured."""

from collections.abc import Sequence
from typing import NamedTuple

from ledger.attestations.authority import Authority, read_authority
from ledger.attestations.witnesses import WitnessAt, read_witnesses
from ledger.integrity.note import Verifier
from ledger.settings import Settings


class Outside(NamedTuple):
    """Those who are asked."""

    witnesses: Sequence[WitnessAt] = ()
    authority: Authority | None = None

    @property
    def witness_keys(self) -> list[Verifier]:
        """The keys of the witnesses."""
        return [one.verifier for one in self.witnesses]


def outside(place: Settings) -> Outside:
    """Those that the settings name. Raises `ConfigurationRefused`."""
    authority = read_authority(place.timestamp_authority, place.timestamp_certificates)
    return Outside(read_witnesses(place.witnesses), authority)

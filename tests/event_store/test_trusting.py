"""Is what was checked when it was recorded read the same, without being checked again?"""

import msgspec
import pytest

from ledger import catalogue
from ledger.event_store.codec import read_data
from ledger.event_store.trusting import reader
from tests.contracts.write_samples import SAMPLES

STORED = {path.stem: path.read_bytes() for path in sorted(SAMPLES.glob("*.json"))}


@pytest.mark.parametrize("name", STORED)
def test_an_event_is_read_as_it_is_with_every_check(name: str) -> None:
    kind = catalogue.events()[name.partition("@")[0]]
    checked = read_data(kind, STORED[name])
    event = reader(kind)(STORED[name])
    assert isinstance(event, kind)
    assert msgspec.structs.asdict(event).keys() == msgspec.structs.asdict(checked).keys()
    assert msgspec.json.encode(event) == msgspec.json.encode(checked)


def test_values_are_not_checked_again_but_their_types_are() -> None:
    kind = catalogue.events()["team.appointment-voided"]
    assert reader(kind)(b'{"appointment":"not an id"}').appointment == "not an id"
    with pytest.raises(msgspec.ValidationError):
        reader(kind)(b'{"appointment":1}')

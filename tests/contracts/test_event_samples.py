"""What was once recorded is read for ever: the stored samples of all events."""

from pathlib import Path

import msgspec
import pytest

from ledger import catalogue
from ledger.event_store.codec import read_data
from tests.contracts.write_samples import SAMPLES, missing

STORED = sorted(SAMPLES.glob("*.json"))


def name_of(path: Path) -> str:
    """What follows an @ tells samples of the same event apart."""
    return path.stem.partition("@")[0]


def test_every_event_has_a_stored_sample() -> None:
    assert missing() == [], "run `python -m tests.contracts.write_samples`, commit the new files"


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.stem)
def test_the_name_of_an_event_is_never_given_up(path: Path) -> None:
    assert name_of(path) in catalogue.events()


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.stem)
def test_a_stored_event_is_read_and_written_back_to_the_same_bytes(path: Path) -> None:
    stored = path.read_bytes()
    event = read_data(catalogue.events()[name_of(path)], stored)
    assert msgspec.json.encode(event) + b"\n" == stored

"""Are the stored bytes the ones that the contract names? The leaf of an event."""

import asyncio
import hashlib
import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.event_store import codec
from ledger.event_store.log import Pending
from ledger.kernel.errors import TooLarge
from tests.event_store.writing import Said, event_log, head, said, streams, written

KEYS = [
    "position", "stream", "version", "type", "effective_on", "recorded_at", "recorded_by",
    "reason", "evidence", "request_id", "data",
]  # fmt: skip
ODD = [
    "\x00",
    "\x01\x1f\x7f",
    '"\\/\b\f\n\r\t',
    "\u2028\u2029\ufeff",
    "🇵🇱ŻÓŁĆ",
    "</script>",
    "\\u0000",
]
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.sampled_from(ODD)
STREAM = UUID("0197a3c5-7c1e-7d3a-9b52-3f0c6f0a1b2c")


def _canonical(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


PROVENANCE = st.builds(
    codec.Provenance,
    effective_on=st.dates(),
    recorded_by=TEXTS,
    reason=st.none() | TEXTS,
    evidence=st.lists(TEXTS, max_size=3).map(tuple),
    request_id=TEXTS,
)
EVENT = st.builds(Said, text=TEXTS, about=st.dictionaries(TEXTS, TEXTS, max_size=3))
BIGINT = st.integers(1, 2**63 - 1)


@given(event=EVENT, provenance=PROVENANCE, position=BIGINT, version=BIGINT)
def test_a_leaf_is_the_plain_compact_json_of_its_value_in_the_order_of_the_contract(
    event: Said, provenance: codec.Provenance, position: int, version: int
) -> None:
    at = "2024-02-29T12:00:00.000001Z"

    parts = codec.fragments(str(STREAM), version, event, provenance)
    leaf = codec.stamp(parts, position, at)

    value = json.loads(leaf)
    assert leaf == _canonical(value)
    assert list(value) == KEYS
    assert value == {
        "position": position, "stream": str(STREAM), "version": version, "type": "test.said",
        "effective_on": provenance.effective_on.isoformat(), "recorded_at": at,
        "recorded_by": provenance.recorded_by, "reason": provenance.reason,
        "evidence": list(provenance.evidence), "request_id": provenance.request_id,
        "data": {"text": event.text} | ({"about": event.about} if event.about else {}),
    }  # fmt: skip
    assert len(leaf) <= len(parts) + codec.STAMP_LIMIT_BYTES
    recorded = codec.decode(leaf)
    assert codec.read_data(Said, recorded.data) == event
    assert (recorded.position, recorded.version) == (position, version)
    assert recorded.effective_on == provenance.effective_on


@given(st.binary(max_size=200))
@settings(max_examples=30)
def test_a_leaf_hash_is_the_sha256_of_a_zero_byte_and_the_leaf(leaf: bytes) -> None:
    assert codec.leaf_hash(leaf) == hashlib.sha256(b"\x00" + leaf).hexdigest()


def test_the_stored_bytes_say_what_was_recorded_and_are_what_is_read_again(
    database_url: str,
) -> None:
    one, two = streams(2)
    odd = "".join(ODD)
    appended = [
        said(one, 1, odd, reason=odd), said(one, 2, "y", evidence=("a" * 64,)), said(two, 1),
    ]  # fmt: skip

    async def run() -> list[list[bytes]]:
        async with event_log(database_url) as log:
            await log.append(appended, {})
            return [
                [leaf.bytes async for page in log.pages(0) for leaf in page],
                [leaf.bytes for leaf in await log.stream(str(one))],
                [leaf.bytes for leaf in await log.streams({str(one): 1, str(two): 0})],
                [leaf.bytes for leaf in await log.at([1, 3])],
            ]

    pages, stream, rest, at = asyncio.run(run())

    rows = written(database_url)
    leaves = [row.leaf for row in rows]
    assert pages == leaves
    assert stream == leaves[:2]
    assert sorted(rest) == sorted(leaves[1:])
    assert at == [leaves[0], leaves[2]]
    for row, pending in zip(rows, appended, strict=True):
        value = json.loads(row.leaf)
        assert row.leaf == _canonical(value)
        assert (value["position"], value["stream"]) == (row.position, str(row.stream))
        assert (value["version"], value["type"]) == (row.version, row.type)
        assert value["recorded_at"] == codec.written_time(row.recorded_at)
        assert value["reason"] == pending.provenance.reason
        assert isinstance(pending.event, Said)
        assert value["data"]["text"] == pending.event.text


@pytest.mark.parametrize("letter", ["x", "ż", "\x01"])
def test_a_leaf_beyond_the_limit_is_refused_and_none_below_it_exceeds_the_limit(
    database_url: str, letter: str
) -> None:
    def pending(count: int, version: int = 1) -> Pending:
        return said(STREAM, version, letter * count)

    def size(count: int) -> int:
        return len(codec.stamp(_parts(pending(count)), 2**63 - 1, codec_time))

    codec_time = "2024-02-29T12:00:00.000001Z"
    width = size(2) - size(1)
    largest = (codec.LEAF_LIMIT_BYTES - size(0)) // width
    # The last few bytes are kept free for the stamp, whatever position and time it names.
    fits = largest - codec.STAMP_LIMIT_BYTES // width

    async def run() -> None:
        async with event_log(database_url) as log:
            await log.append([pending(fits)], {})
            with pytest.raises(TooLarge):
                await log.append([said(uuid4(), 1), pending(largest + 1, version=2)], {})

    asyncio.run(run())

    (row,) = written(database_url)
    assert len(row.leaf) <= 65_535
    assert head(database_url) == 1


def _parts(pending: Pending) -> bytes:
    return codec.fragments(pending.stream, pending.version, pending.event, pending.provenance)

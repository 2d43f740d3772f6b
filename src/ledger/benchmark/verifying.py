"""How long does it take to verify a ledger? Beside reading and hashing its events alone."""

from collections.abc import Iterator

from ledger.benchmark.figures import Figure, figure
from ledger.integrity.keys import KeyFolder
from ledger.settings import settings
from ledger.verification import Trust, verify

AIM_EVENTS, AIM_SECONDS = 1_000_000, 60


def measure_verify(url: str, hashed: float) -> Iterator[Figure]:
    """Verifies a sealed ledger whose read models are made; `hashed`: the baseline, events/s."""
    folder = KeyFolder(settings().keys)
    trust = Trust(keys=folder.verifiers(), last=folder.last())
    report = verify(url, trust, settings().documents)
    assert report.ok, report.told()
    yield figure(
        f"events verified with all read models, {report.events:,} in {report.seconds:.1f} s",
        report.events / report.seconds,
        baseline=("the same events read and hashed", hashed),
        aim=f"{AIM_EVENTS:,} in under {AIM_SECONDS} s: > {AIM_EVENTS / AIM_SECONDS:,.0f}/s",
    )

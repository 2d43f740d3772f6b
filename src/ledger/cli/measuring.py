"""How fast is it? The benchmark, which is loaded only when it is asked for."""

from typing import Annotated

from cyclopts import Parameter

from ledger.benchmark import Part, run
from ledger.cli.place import HERE, Json, Place


def benchmark(
    *,
    events: Annotated[int, Parameter(help="How many events the large log holds.")] = 1_000_000,
    only: Annotated[
        tuple[Part, ...], Parameter(negative=(), help="This part alone; may be given again.")
    ] = (),
    quick: Annotated[bool, Parameter(negative=(), help="Small and rough, in a minute.")] = False,
    place: Place = HERE,
    json: Json = False,
) -> int:
    """Measures the figures of the README anew, on a database of its own."""
    return run(
        database=place.database, data=place.data, events=events, only=only, quick=quick, json=json
    )

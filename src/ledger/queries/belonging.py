"""To which projects does a person belong? Those it is in, and the one it was entered for."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from ledger.projections.engine.reading import Reading
from ledger.projections.person_register import PROJECTS_OF

_BELONGING = f"""
SELECT DISTINCT p.person::text, part.project::text FROM unnest(%(persons)s::uuid[]) AS p (person)
CROSS JOIN LATERAL ({PROJECTS_OF.format(person="p.person")}) AS part
WHERE part.project IS NOT NULL"""


async def projects_of(reading: Reading, persons: Sequence[str]) -> Mapping[str, frozenset[str]]:
    """The projects of each of these persons; who belongs to none yet is left out."""
    found = defaultdict[str, set[str]](set)
    for person, project in await reading.rows(_BELONGING, {"persons": list(persons)}):
        found[person].add(project)
    return {person: frozenset(projects) for person, projects in found.items()}

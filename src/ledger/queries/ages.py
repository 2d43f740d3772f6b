"""What must be kept of a person's ages before the day of birth goes? A group on some days.

Indicators count by the age on entry. Only where the year of birth does not tell the group on such a
day, the erasure keeps it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from ledger.kernel.ages import AgeOnEntry, age_group, is_close
from ledger.privacy.disclosure import Disclosure
from ledger.projections.engine.reading import Reading

# Every day on which somebody came in, as it was ever known: what was known then is asked later too.
_ENTRIES = """
SELECT d.person::text, d.entered_on, p.birth_year, p.born_on
FROM (SELECT a.person, a.valid_from AS entered_on FROM read.appointments AS a
      WHERE a.person = ANY(%(persons)s::uuid[])
      UNION SELECT a.person, a.valid_from FROM read.attendances AS a
      WHERE a.person = ANY(%(persons)s::uuid[])) AS d
CROSS JOIN LATERAL (SELECT n.birth_year, n.born_on FROM read.persons AS n
    WHERE n.person = d.person AND n.alive AND n.known_to = 9223372036854775807
    ORDER BY n.valid_from > d.entered_on, abs(n.valid_from - d.entered_on) LIMIT 1) AS p
ORDER BY d.entered_on"""


async def ages_on_entry(
    reading: Reading, disclosure: Disclosure, persons: Sequence[str]
) -> Mapping[str, Sequence[AgeOnEntry]]:
    """For each person the groups that cannot be told without the day of birth."""
    rows = await reading.rows(_ENTRIES, {"persons": list(persons)})
    close = [row for row in rows if is_close(row[1], row[2])]
    born = await disclosure.inside([row[3] for row in close])
    found: dict[str, list[AgeOnEntry]] = defaultdict(list)
    for (person, entered_on, year, _), text in zip(close, born, strict=True):
        group = age_group(entered_on, year, date.fromisoformat(text)) if text else None
        if group is not None:
            found[person].append(AgeOnEntry(entered_on=entered_on, age_group=group))
    return found

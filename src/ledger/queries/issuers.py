"""Who is the issuer of that tax number, as far as earlier documents and the institutions tell?"""

from datetime import date

from msgspec import Struct

from ledger.queries.asking import Question

LOOKED_AT = 200  # of an issuer's documents, the latest


class Issuer(Struct, frozen=True, kw_only=True):
    """An issuer, by what was recorded last of it; `documents` at most those looked at.

    `line`: the budget line of the project on which its latest document was charged.
    """

    name: str
    documents: int
    issued_on: date | None = None
    description: str | None = None
    line: str | None = None


_DOCUMENTS = f"""
WITH latest AS MATERIALIZED (
    SELECT d.* FROM {{accounting_documents}} AS d
    WHERE d.issuer_nip = %(nip)s AND d.issuer_name IS NOT NULL
        AND (%(scope)s::uuid IS NULL OR EXISTS (SELECT FROM {{charges}} AS c
            WHERE c.expenditure = d.expenditure AND c.project = %(scope)s::uuid))
    ORDER BY d.position DESC LIMIT {LOOKED_AT}
), charged AS (
    SELECT l.expenditure, c.budget_line FROM latest AS l
    JOIN {{charges}} AS c ON c.expenditure = l.expenditure
        AND c.project = %(project)s::uuid AND NOT c.withdrawn
)
SELECT l.issuer_name, (SELECT count(*) FROM latest), l.issued_on, l.description,
    (SELECT c.budget_line FROM charged AS c JOIN latest AS o USING (expenditure)
        ORDER BY o.position DESC LIMIT 1)
FROM latest AS l ORDER BY l.position DESC LIMIT 1"""
_INSTITUTIONS = "SELECT i.name FROM {institutions} AS i WHERE i.nip = %(nip)s LIMIT 1"


async def issuer_of(question: Question, nip: str, project: str) -> Issuer | None:
    """The issuer with that number (ten digits); None where nobody knows it."""
    rows = await question.rows(_DOCUMENTS, nip=nip, project=project)
    if rows:
        name, documents, issued_on, description, line = rows[0]
        return Issuer(
            name=name, documents=documents, issued_on=issued_on, description=description, line=line
        )
    named = await question.rows(_INSTITUTIONS, nip=nip)
    return Issuer(name=named[0][0], documents=0) if named else None

"""From which position on does each rule judge? Laid down when a service first knows the rule."""

import psycopg

from ledger.event_store.connections import writer
from ledger.findings import catalogue

_MISSING = "SELECT unnest(%s::text[]) EXCEPT SELECT rule FROM log.rules"
# Whoever holds the head's row decides which position comes next: nothing is recorded meanwhile,
# and of two services that start at once the second finds nothing missing any more.
_HEAD = "SELECT position FROM log.head FOR UPDATE"
_ADD = "INSERT INTO log.rules (rule, position) VALUES (%s, %s) ON CONFLICT DO NOTHING"


async def introduce(url: str) -> None:
    """Writes down the rules that are new, from the next position on; in an empty log from 0."""
    rules = [one.id for one in catalogue.rules()]
    async with await writer(url) as connection:
        if await _missing(connection, rules):
            async with connection.transaction():
                head = await (await connection.execute(_HEAD)).fetchone()
                assert head is not None
                position = head[0] + 1 if head[0] else 0
                for rule in await _missing(connection, rules):
                    await connection.execute(_ADD, (rule, position))


async def _missing(connection: psycopg.AsyncConnection, rules: list[str]) -> list[str]:
    found = await (await connection.execute(_MISSING, (rules,))).fetchall()
    return sorted(row[0] for row in found)

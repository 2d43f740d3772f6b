"""Which rows does somebody see who is confined to one project? The policy of every read table.

A row belongs to a project by its own column `project`, or else by the object whose row it is: the
first part of its key names the stream; what belongs to no object is seen by nobody. A table that
knows better says so (`Table.visible`). The functions of the schema `scope` are those of migration
0016.
"""

import psycopg
from psycopg import sql

from ledger.projections.engine.model import Table

ROLE = "ledger_scoped_reader"


def condition(table: Table) -> str:
    """SQL that is true of the rows that may be seen."""
    if table.visible:
        return table.visible
    if "project" in (*table.key, *table.names):
        return "project = (SELECT scope.project())"
    if table.key_columns[0].type != "uuid":
        return "false"
    return f"EXISTS (SELECT FROM scope.streams() AS s (own) WHERE s.own = {table.key[0]})"


def protect(connection: psycopg.Connection, table: Table, name: sql.Identifier) -> None:
    """Lets others see the table's rows, and those confined to a project only its own."""
    for statement in (
        "ALTER TABLE {} ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY everyone ON {} USING (true)",
        f"CREATE POLICY of_project ON {{}} AS RESTRICTIVE TO {ROLE} USING ({condition(table)})",
        f"GRANT SELECT ON {{}} TO {ROLE}",
    ):
        connection.execute(sql.SQL(statement).format(name))

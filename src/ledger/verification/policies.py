"""Does the database show every row to those who may see all of them? Its policies say so.

The tables are compared with the eyes of their owner, to whom no policy applies. A policy that keeps
rows from others would make answers wrong though every row is right.
"""

import psycopg

from ledger.projections.engine.visibility import ROLE
from ledger.verification.report import Check, Kind

_FOUND = """
SELECT format('%%s.%%s', n.nspname, c.relname), c.relforcerowsecurity, p.polname,
    p.polpermissive AND p.polcmd = '*' AND p.polroles = '{0}'
        AND pg_get_expr(p.polqual, p.polrelid) = 'true' AND p.polwithcheck IS NULL,
    NOT p.polpermissive AND p.polroles = ARRAY[to_regrole(%(role)s)::oid]
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_policy AS p ON p.polrelid = c.oid
WHERE n.nspname IN ('log', 'read', 'tree') AND c.relrowsecurity AND c.relname !~ '__new$'
ORDER BY 1, p.polname"""


def check_policies(connection: psycopg.Connection) -> Check:
    """Tells of every table with a policy that could keep rows from those who may see all."""
    check = Check(name="row security")
    open_to_all, cut = set[str](), set[str]()
    tables = set[str]()
    for table, forced, policy, shows_all, cuts in connection.execute(_FOUND, {"role": ROLE}):
        tables.add(table)
        if shows_all:
            open_to_all.add(table)
        elif cuts:
            cut.add(table)
        elif policy is not None:
            check.add(Kind.HIDDEN, f"The policy {policy} of {table} may hide rows.")
        if forced:
            check.add(Kind.HIDDEN, f"The policies of {table} are forced upon its owner.")
    for table in sorted(tables - open_to_all):
        check.add(Kind.HIDDEN, f"{table} shows its rows to nobody but its owner.")
    for table in sorted(tables - cut):
        check.warnings.append(f"{table} is not cut for those who are confined to a project.")
    check.checked = len(tables)
    return check

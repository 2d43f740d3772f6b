"""How are documents and charges asked for? Those that some rule could find, and sums of all.

`{only}` stands for the conditions of the rules, of which one has to hold. In them `d` is the
document, `c` the charge, `m` its claim, `v` the VAT charged; of documents alike, `before` and
`after` are the days of the ones next to it. On every day on which a charge is true its document is:
a charge with an earlier day is refused (`NotTrueYet`).
"""

# One issuer: the same tax number, or the same name where none is known.
_ISSUER_KEY = "coalesce(d.issuer_nip, '=' || lower(btrim(d.issuer_name)))"
_LIVE = """NOT c.withdrawn
    AND (%(expenditures)s::uuid[] IS NULL OR c.expenditure = ANY(%(expenditures)s))"""
_OWN = f"c.project = %(project)s::uuid AND {_LIVE}"
# Whether others' documents are alike or bear VAT too is not told to who is confined to a project.
_SEES_ALL = "%(scope)s::uuid IS NULL"
_SEEN = f"({_SEES_ALL} OR c.project = %(project)s::uuid)"
ISSUER = "coalesce(d.issuer_name, 'NIP ' || d.issuer_nip)"
_DOCUMENT = f"""d.expenditure::text, d.document_number, {ISSUER}, d.issued_on, d.paid_on, d.net,
    d.vat, greatest(d.position, {{first}})"""
_ALONE = _DOCUMENT.format(first="0")

# What was refused of each charge.
_REFUSED = """
SELECT r.expenditure, r.charge, sum(r.amount) AS amount, sum(r.eu_amount) AS eu_amount,
    sum(r.amount) FILTER (WHERE r.kind = 'correction') AS corrected, max(r.position) AS position
FROM {disallowances} AS r WHERE r.project = %(project)s::uuid GROUP BY 1, 2"""

_FIRST = (
    f"(SELECT min(c.stated) FROM {{charges}} AS c WHERE c.expenditure = d.expenditure AND {_OWN})"
)
DOCUMENTS = f"""
SELECT {_DOCUMENT.format(first=_FIRST)}
FROM {{accounting_documents}} AS d
WHERE d.expenditure IN (SELECT c.expenditure FROM {{charges}} AS c WHERE {_OWN}) AND ({{only}})"""

CHARGES = f"""
SELECT {_ALONE}, c.charge::text, c.budget_line, c.eligible - coalesce(x.amount, 0),
    c.eu_amount - coalesce(x.eu_amount, 0), c.method, c.procurement, c.claim::text,
    nullif(l.approved - coalesce(x.corrected, 0), c.eligible - coalesce(x.amount, 0)),
    greatest(c.stated, x.position)
FROM {{charges}} AS c JOIN {{accounting_documents}} AS d ON d.expenditure = c.expenditure
LEFT JOIN ({_REFUSED}) AS x ON x.expenditure = c.expenditure AND x.charge = c.charge
LEFT JOIN {{claims}} AS m ON m.claim = c.claim
LEFT JOIN {{claim_lines}} AS l ON l.claim = m.claim AND l.submission = m.submission
    AND l.charge = c.charge AND m.status IN ('approved', 'paid')
WHERE {_OWN} AND ({{only}})"""

# In the order of the findings, which may be asked for up to a number of them.
UNPROVED = f"""
SELECT u.expenditure::text, d.document_number, {ISSUER}, u.claim::text,
    m.number::json #>> '{{}}', u.position, u.in_all
FROM (
    SELECT c.expenditure, c.claim, max(greatest(c.stated, x.position, m.position)) AS position,
        count(*) OVER () AS in_all
    FROM {{charges}} AS c
    JOIN {{claims}} AS m ON m.claim = c.claim AND m.status IN ('submitted', 'approved', 'paid')
    LEFT JOIN ({_REFUSED}) AS x ON x.expenditure = c.expenditure AND x.charge = c.charge
    WHERE {_OWN} AND m.project = %(project)s::uuid AND c.method <> 'flat_rate'
        AND NOT EXISTS (SELECT FROM {{evidence:ever}} AS v
            JOIN {{documents:log}} AS s ON s.sha256 = decode(v.digest, 'hex')
            WHERE v.stream = c.expenditure)
    GROUP BY c.expenditure, c.claim ORDER BY c.expenditure, c.claim LIMIT %(first)s) AS u
JOIN {{accounting_documents}} AS d ON d.expenditure = u.expenditure
JOIN {{claims}} AS m ON m.claim = u.claim
ORDER BY u.expenditure, u.claim"""

CHARGED = f"""
SELECT c.budget_line, c.method, sum(c.eligible - coalesce(x.amount, 0)), min(c.stated),
    min(greatest(c.stated, x.position)), max(greatest(c.stated, x.position))
FROM {{charges}} AS c
LEFT JOIN ({_REFUSED}) AS x ON x.expenditure = c.expenditure AND x.charge = c.charge
WHERE c.project = %(project)s::uuid AND NOT c.withdrawn AND ({{only}}) GROUP BY 1, 2"""

DAILY = f"""
SELECT c.budget_line, coalesce(d.paid_on, d.issued_on),
    sum(c.eligible - coalesce(x.amount, 0)), max(greatest(c.stated, x.position))
FROM {{charges}} AS c JOIN {{accounting_documents}} AS d ON d.expenditure = c.expenditure
LEFT JOIN ({_REFUSED}) AS x ON x.expenditure = c.expenditure AND x.charge = c.charge
WHERE {_OWN} AND ({{only}}) GROUP BY 1, 2"""

CHARGED_VAT = f"""
SELECT {_ALONE}, v.charged, (SELECT max(c.stated) FROM {{charges}} AS c
    WHERE c.expenditure = d.expenditure AND NOT c.withdrawn AND {_SEEN})
FROM (SELECT c.expenditure, sum(c.eligible_vat) AS charged FROM {{charges}} AS c
    WHERE {_LIVE} AND {_SEEN} AND c.eligible_vat IS NOT NULL
        AND c.expenditure IN (SELECT c.expenditure FROM {{charges}} AS c WHERE {_OWN})
    GROUP BY c.expenditure) AS v
JOIN {{accounting_documents}} AS d ON d.expenditure = v.expenditure
WHERE {{only}}"""

FIRST_DAY = f"""
SELECT min(coalesce(d.paid_on, d.issued_on))
FROM {{charges}} AS c JOIN {{accounting_documents}} AS d ON d.expenditure = c.expenditure
WHERE {_OWN} AND ({{only}})"""

# Of a few documents only those like them are looked at: the index of tax numbers finds them.
_LIKE_IT = f"""
(%(expenditures)s::uuid[] IS NULL OR (
    (d.issuer_nip = ANY(ARRAY(SELECT o.issuer_nip FROM {{accounting_documents}} AS o
            WHERE o.expenditure = ANY(%(expenditures)s)))
        OR d.issuer_nip IS NULL)
    AND ({_ISSUER_KEY}, d.gross) IN (SELECT {_ISSUER_KEY}, d.gross
        FROM {{accounting_documents}} AS d WHERE d.expenditure = ANY(%(expenditures)s))))"""

# A project that bears no part of any document has none that concern it. Those alike are few, but
# nothing tells the database so: it is led to look each up by its index.
TWINS = f"""
WITH alike AS (
    SELECT {_ISSUER_KEY} AS key, d.gross FROM {{accounting_documents}} AS d WHERE {_LIKE_IT}
        AND EXISTS (SELECT FROM {{charges}} AS c
            WHERE c.project = %(project)s::uuid AND NOT c.withdrawn)
    GROUP BY 1, 2 HAVING count(*) > 1
), in_order AS (
    SELECT d.*, a.key, lag(d.issued_on) OVER near AS before, lead(d.issued_on) OVER near AS after
    FROM alike AS a CROSS JOIN LATERAL (
        SELECT d.* FROM {{accounting_documents}} AS d
        WHERE d.issuer_nip = a.key AND d.gross = a.gross
        UNION ALL SELECT d.* FROM {{accounting_documents}} AS d
        WHERE d.issuer_nip IS NULL AND d.gross = a.gross AND {_ISSUER_KEY} = a.key) AS d
    WINDOW near AS (PARTITION BY a.key, a.gross ORDER BY d.issued_on)
), known AS (
    SELECT d.expenditure, d.document_number, d.key, {ISSUER} AS issuer, d.gross, d.issued_on,
        x.own, greatest(d.position, x.position) AS position,
        bool_or(x.own) OVER (PARTITION BY d.key, d.gross) AS concerns_us
    FROM in_order AS d
    CROSS JOIN LATERAL (
        SELECT bool_or(c.project = %(project)s::uuid) AS own, min(c.stated) AS position
        FROM {{charges}} AS c WHERE c.expenditure = d.expenditure AND NOT c.withdrawn) AS x
    WHERE ({{only}}) AND (x.own OR x.own IS NOT NULL AND {_SEES_ALL})
)
SELECT k.expenditure::text, k.document_number, k.key, k.issuer, k.gross, k.issued_on, k.own,
    k.position
FROM known AS k WHERE k.concerns_us"""

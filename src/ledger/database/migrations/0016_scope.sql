-- What does the database itself show to those who are confined to one project? Row-level security
-- behind the application's own check: whoever reads for such a caller takes on the role
-- ledger_scoped_reader and names the project in a setting of the transaction.
--
-- The read tables are made by the fold engine, and with them their policies. What these ask stands
-- here, as functions whose text is only read when it is run: the tables come and go.

CREATE SCHEMA scope;
SET LOCAL check_function_bodies = off;

CREATE FUNCTION scope.project() RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT nullif(current_setting('ledger.project', true), '')::uuid
$$;
COMMENT ON FUNCTION scope.project IS 'The project of the transaction. None: nothing is seen.';

-- Streams that belong to the project, alone or with others.
CREATE FUNCTION scope.streams() RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
    SELECT s.stream FROM read.streams AS s WHERE s.project = (SELECT scope.project())
    UNION ALL
    SELECT h.stream FROM read.stream_shares AS h WHERE h.project = (SELECT scope.project())
$$;

CREATE FUNCTION scope.shared_streams() RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
    SELECT h.stream FROM read.stream_shares AS h WHERE h.project = (SELECT scope.project())
$$;

-- The register of institutions is common to all projects.
CREATE FUNCTION scope.common_streams() RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
    SELECT s.stream FROM read.streams AS s WHERE s.collection = 'institutions'
$$;

-- Persons who take part in the project.
CREATE FUNCTION scope.participants() RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
    SELECT a.person FROM read.appointments AS a WHERE a.person IS NOT NULL
    UNION ALL
    SELECT a.person FROM read.attendances AS a WHERE a.person IS NOT NULL
$$;

-- Accounts and tokens with a role that reaches the project.
CREATE FUNCTION scope.holders() RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
    SELECT g.holder FROM read.access_grants AS g
$$;

-- Events of shared streams that concern charges of other projects only. A charge that was moved is
-- its new project's with all its past, and was the old one's until it was moved.
CREATE FUNCTION scope.others_events(OUT stream uuid, OUT version bigint) RETURNS SETOF record
LANGUAGE sql STABLE AS $$
    SELECT x.stream, x.version FROM read.charge_events AS x
    WHERE NOT EXISTS (SELECT FROM read.charges AS c
        WHERE c.expenditure = x.stream AND c.charge = x.charge
            AND c.project = (SELECT scope.project()) AND c.known_to >= x.position)
$$;

CREATE FUNCTION scope.events() RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    SELECT e.position FROM log.events AS e
$$;

CREATE FUNCTION scope.evidence(digest text) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
    SELECT v.stream FROM read.evidence AS v WHERE v.digest = $1
$$;

-- The three that look beyond the project, each for one answer that says nothing else.

-- Whether a person takes part in any project at all: who does not yet may be met by everybody.
CREATE FUNCTION scope.is_engaged(whom uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    RETURN scope.project() IS NULL
        OR EXISTS (SELECT FROM read.appointments AS a WHERE a.person = whom)
        OR EXISTS (SELECT FROM read.attendances AS a WHERE a.person = whom);
END
$$;

-- What of a document is charged, whoever does so: it is what the ceiling goes by.
CREATE FUNCTION scope.charged(expenditure uuid, valid_at date, known_at bigint) RETURNS numeric
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT coalesce(sum(c.eligible), 0)::numeric(24,2) FROM read.charges AS c
    WHERE c.expenditure = $1 AND c.alive AND NOT c.withdrawn
        AND c.valid_from <= $2 AND $2 < c.valid_to AND c.known_from <= $3 AND $3 < c.known_to
$$;

-- Whether a stored file was brought for no project, or for one that shares that stream.
CREATE FUNCTION scope.brought_for(sha256 bytea, stream uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT EXISTS (SELECT FROM log.documents AS d WHERE d.sha256 = $1 AND d.project IS NULL)
        OR EXISTS (SELECT FROM log.uploads AS u
            JOIN read.stream_shares AS h ON h.project = u.project
            WHERE u.sha256 = $1 AND h.stream = $2)
$$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA scope FROM PUBLIC;
GRANT USAGE ON SCHEMA scope, read, log TO ledger_scoped_reader;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA scope TO ledger_scoped_reader;
GRANT USAGE ON SCHEMA scope TO ledger_projector, ledger_reader; -- the projector makes policies
GRANT EXECUTE ON FUNCTION scope.charged TO ledger_reader; -- one text of a query serves both

-- The log. A leaf is not among the columns: it may tell of several projects, so the application
-- hands it over, without what is not the caller's.
GRANT SELECT (position, stream, version, type, effective_on, recorded_at, recorded_by)
    ON log.events TO ledger_scoped_reader;
GRANT SELECT ON log.rules, log.documents, log.uploads TO ledger_scoped_reader;

ALTER TABLE log.events ENABLE ROW LEVEL SECURITY;
ALTER TABLE log.documents ENABLE ROW LEVEL SECURITY;
ALTER TABLE log.uploads ENABLE ROW LEVEL SECURITY;
CREATE POLICY everyone ON log.events USING (true);
CREATE POLICY everyone ON log.documents USING (true);
CREATE POLICY everyone ON log.uploads USING (true);

-- The first event of a shared document is known to all who charge it: it says what it is.
CREATE POLICY of_project ON log.events AS RESTRICTIVE TO ledger_scoped_reader USING (
    (EXISTS (SELECT FROM scope.streams() AS s (own) WHERE s.own = stream)
        OR EXISTS (SELECT FROM scope.common_streams() AS s (common) WHERE s.common = stream))
    AND (version = 1 OR NOT EXISTS (SELECT FROM scope.others_events() AS o (of, one)
        WHERE o.of = stream AND o.one = version)));
CREATE POLICY of_project ON log.uploads AS RESTRICTIVE TO ledger_scoped_reader USING (
    project = (SELECT scope.project()));
CREATE POLICY of_project ON log.documents AS RESTRICTIVE TO ledger_scoped_reader USING (
    EXISTS (SELECT FROM log.uploads AS u WHERE u.sha256 = documents.sha256)
    OR EXISTS (SELECT FROM scope.evidence(encode(sha256, 'hex')) AS v (named)
        WHERE scope.brought_for(sha256, v.named)));

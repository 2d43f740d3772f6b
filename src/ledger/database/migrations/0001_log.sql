-- The event log: what happened, as the exact bytes that are proved. Nothing here is ever changed.

CREATE SCHEMA log;

CREATE TABLE log.events (
    position     bigint      PRIMARY KEY CHECK (position > 0),
    stream       uuid        NOT NULL,
    version      bigint      NOT NULL,
    type         text        NOT NULL,
    effective_on date,
    recorded_at  timestamptz NOT NULL,
    recorded_by  text,
    leaf         bytea       NOT NULL,
    CONSTRAINT events_stream_version UNIQUE (stream, version)
);
-- The leaf says it all; these columns repeat what events are searched for.
-- BRIN costs an append next to nothing and skips the blocks that hold none of what is rare; what
-- is frequent is found soon along the positions.
CREATE INDEX events_searched ON log.events USING brin (
    type text_bloom_ops, recorded_by text_bloom_ops, effective_on date_minmax_multi_ops
) WITH (pages_per_range = 32, autosummarize = on);
-- Leaves are short and read in bulk: no time is lost on compressing them.
ALTER TABLE log.events ALTER COLUMN leaf SET STORAGE EXTERNAL;
COMMENT ON TABLE log.events IS 'Immutable facts. leaf: the canonical JSON line, as exported.';

-- The one row that gives out positions: whoever updates it appends next.
CREATE TABLE log.head (
    singleton   boolean     PRIMARY KEY DEFAULT true CHECK (singleton),
    position    bigint      NOT NULL,
    recorded_at timestamptz NOT NULL
);
INSERT INTO log.head (position, recorded_at) VALUES (0, '-infinity');

-- Which request was answered by which events: the memory behind Idempotency-Key.
CREATE TABLE log.requests (
    caller      text        NOT NULL,
    key         text        NOT NULL,
    digest      bytea       NOT NULL,
    positions   bigint[]    NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (caller, key)
);

CREATE FUNCTION log.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'log.% is append-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege',
              HINT = 'A mistake is mended by recording a further event.';
END
$$;

CREATE TRIGGER events_are_immutable
    BEFORE UPDATE OR DELETE OR TRUNCATE ON log.events
    FOR EACH STATEMENT EXECUTE FUNCTION log.refuse_change();
-- ALWAYS: session_replication_role = replica does not switch it off either.
ALTER TABLE log.events ENABLE ALWAYS TRIGGER events_are_immutable;

-- The last position recorded at or before a moment. recorded_at never falls along positions, so
-- this is a binary search over the primary key and needs no index of its own.
CREATE FUNCTION log.position_at(moment timestamptz) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
    low  bigint := 0;
    high bigint := (SELECT position FROM log.head);
    mid  bigint;
BEGIN
    WHILE low < high LOOP
        mid := (low + high + 1) / 2;
        IF (SELECT recorded_at FROM log.events WHERE position = mid) <= moment THEN
            low := mid;
        ELSE
            high := mid - 1;
        END IF;
    END LOOP;
    RETURN low;
END
$$;

GRANT USAGE ON SCHEMA log TO ledger_writer, ledger_projector, ledger_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA log TO ledger_writer, ledger_projector, ledger_reader;
GRANT INSERT ON log.events, log.requests TO ledger_writer;
GRANT UPDATE ON log.head TO ledger_writer;

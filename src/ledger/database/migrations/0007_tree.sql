-- The tree over the log: its tiles, which can be made anew from the events at any time, and what
-- was signed of it, which cannot.

CREATE SCHEMA tree;

CREATE TABLE tree.tiles (
    level  smallint NOT NULL CHECK (level BETWEEN 0 AND 63),
    n      bigint   NOT NULL CHECK (n >= 0),
    hashes bytea    NOT NULL CHECK (octet_length(hashes) BETWEEN 32 AND 8192
                                    AND octet_length(hashes) % 32 = 0),
    PRIMARY KEY (level, n)
);
-- Hashes cannot be compressed.
ALTER TABLE tree.tiles ALTER COLUMN hashes SET STORAGE EXTERNAL;
COMMENT ON TABLE tree.tiles IS 'C2SP tlog-tiles: up to 256 hashes of 32 bytes, laid end to end.';

CREATE TABLE tree.checkpoints (
    size      bigint      PRIMARY KEY CHECK (size >= 0),
    root      bytea       NOT NULL CHECK (octet_length(root) = 32),
    note      bytea       NOT NULL,
    signed_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE tree.checkpoints IS 'Every size of the tree that was signed, with the signed note.';

CREATE TABLE tree.cosignatures (
    size        bigint      NOT NULL REFERENCES tree.checkpoints,
    name        text        NOT NULL,
    note_line   text        NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (size, note_line)
);
COMMENT ON TABLE tree.cosignatures IS 'Witnesses of a checkpoint: the line that each adds to the note.';

CREATE FUNCTION tree.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'tree.% is append-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;

-- A tile grows until it is full; the hashes that it holds stay as they are.
CREATE FUNCTION tree.only_grow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.level, NEW.n) <> (OLD.level, OLD.n)
       OR substr(NEW.hashes, 1, octet_length(OLD.hashes)) <> OLD.hashes THEN
        RAISE EXCEPTION 'tile % of level % can only grow', OLD.n, OLD.level
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'Other hashes than were sealed mean another history of the log.';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER tiles_only_grow
    BEFORE UPDATE ON tree.tiles FOR EACH ROW EXECUTE FUNCTION tree.only_grow();
ALTER TABLE tree.tiles ENABLE ALWAYS TRIGGER tiles_only_grow;
CREATE TRIGGER checkpoints_are_immutable
    BEFORE UPDATE OR DELETE OR TRUNCATE ON tree.checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION tree.refuse_change();
ALTER TABLE tree.checkpoints ENABLE ALWAYS TRIGGER checkpoints_are_immutable;
CREATE TRIGGER cosignatures_are_immutable
    BEFORE UPDATE OR DELETE OR TRUNCATE ON tree.cosignatures
    FOR EACH STATEMENT EXECUTE FUNCTION tree.refuse_change();
ALTER TABLE tree.cosignatures ENABLE ALWAYS TRIGGER cosignatures_are_immutable;

GRANT USAGE ON SCHEMA log TO ledger_sealer;
GRANT SELECT ON log.events, log.head TO ledger_sealer;
GRANT USAGE ON SCHEMA tree TO ledger_sealer, ledger_reader, ledger_writer;
GRANT SELECT ON ALL TABLES IN SCHEMA tree TO ledger_sealer, ledger_reader, ledger_writer;
GRANT INSERT ON ALL TABLES IN SCHEMA tree TO ledger_sealer;
GRANT UPDATE (hashes) ON tree.tiles TO ledger_sealer;

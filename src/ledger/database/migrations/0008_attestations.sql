-- What others vouch for: witnesses that the log only grew, an authority when a checkpoint was there.

CREATE INDEX cosignatures_of_a_witness ON tree.cosignatures (name, size DESC);

CREATE TABLE tree.timestamps (
    size        bigint      NOT NULL REFERENCES tree.checkpoints,
    authority   text        NOT NULL,
    response    bytea       NOT NULL CHECK (octet_length(response) BETWEEN 1 AND 65536),
    stamped_at  timestamptz NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (size, authority)
);
COMMENT ON TABLE tree.timestamps IS
    'RFC 3161: the response of an authority to the SHA-256 of a checkpoint''s note.';
COMMENT ON COLUMN tree.timestamps.stamped_at IS 'As the authority says.';

CREATE TRIGGER timestamps_are_immutable
    BEFORE UPDATE OR DELETE OR TRUNCATE ON tree.timestamps
    FOR EACH STATEMENT EXECUTE FUNCTION tree.refuse_change();
ALTER TABLE tree.timestamps ENABLE ALWAYS TRIGGER timestamps_are_immutable;

GRANT SELECT ON tree.timestamps TO ledger_sealer, ledger_reader, ledger_writer;
GRANT INSERT ON tree.timestamps TO ledger_sealer;

-- Who read whose personal data, when and in which request. Only appended to; what is recorded is that
-- somebody saw them, never what was seen.

CREATE SCHEMA journal;

CREATE TABLE journal.reads (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    read_at     timestamptz NOT NULL DEFAULT now(),
    reader      text        NOT NULL,
    reader_name text        NOT NULL,
    path        text        NOT NULL,
    request_id  text        NOT NULL,
    persons     uuid[]      NOT NULL CHECK (cardinality(persons) > 0)
);
COMMENT ON COLUMN journal.reads.reader IS 'The credential or account; the name may change.';
CREATE INDEX reads_of_person ON journal.reads USING gin (persons);

CREATE FUNCTION journal.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'journal.% is append-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER reads_are_immutable
    BEFORE UPDATE OR DELETE OR TRUNCATE ON journal.reads
    FOR EACH STATEMENT EXECUTE FUNCTION journal.refuse_change();
ALTER TABLE journal.reads ENABLE ALWAYS TRIGGER reads_are_immutable;

GRANT USAGE ON SCHEMA journal TO ledger_vault;
GRANT SELECT, INSERT ON journal.reads TO ledger_vault;

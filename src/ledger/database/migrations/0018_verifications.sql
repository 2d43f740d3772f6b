-- When the log was verified, and what came of it. Whoever may change events may change this too: it
-- tells those who run the ledger when somebody last looked, and proves nothing.

CREATE TABLE tree.verifications (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    verified_at timestamptz NOT NULL DEFAULT now(),
    size        bigint      NOT NULL CHECK (size >= 0),
    differences bigint      NOT NULL CHECK (differences >= 0)
);
COMMENT ON TABLE tree.verifications IS 'Runs of `ledger verify`, and how many differences each found.';

CREATE TRIGGER verifications_are_immutable
    BEFORE UPDATE OR DELETE OR TRUNCATE ON tree.verifications
    FOR EACH STATEMENT EXECUTE FUNCTION tree.refuse_change();
ALTER TABLE tree.verifications ENABLE ALWAYS TRIGGER verifications_are_immutable;

GRANT SELECT ON tree.verifications TO ledger_sealer, ledger_reader;
GRANT INSERT (size, differences) ON tree.verifications TO ledger_sealer;

-- From which position on each rule of eligibility is applied. What was known before a rule was
-- introduced stays as it was.

CREATE TABLE log.rules (
    rule     text   PRIMARY KEY,
    position bigint NOT NULL CHECK (position >= 0)
);
COMMENT ON COLUMN log.rules.position IS
    'The rule is applied where known_at >= position; 0: it was there before the first event.';

CREATE TRIGGER rules_are_immutable
    BEFORE UPDATE OR DELETE OR TRUNCATE ON log.rules
    FOR EACH STATEMENT EXECUTE FUNCTION log.refuse_change();
ALTER TABLE log.rules ENABLE ALWAYS TRIGGER rules_are_immutable;

GRANT SELECT ON log.rules TO ledger_writer, ledger_projector, ledger_reader;
GRANT INSERT ON log.rules TO ledger_writer;

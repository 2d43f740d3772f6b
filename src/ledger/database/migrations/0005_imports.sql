-- Files that were checked and may be recorded: who brought which, for what, and what came of it.
-- Their bytes are kept with the evidence, under their digest.

CREATE SCHEMA intake;

CREATE TABLE intake.imports (
    id           uuid        PRIMARY KEY,
    project      uuid        NOT NULL,
    digest       text        NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
    name         text        NOT NULL,
    line         text,
    lang         text        NOT NULL,
    brought_by   text        NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    outcome      jsonb       NOT NULL,
    receipt      jsonb,
    committed_at timestamptz
);
COMMENT ON COLUMN intake.imports.outcome IS 'What the dry run found.';
COMMENT ON COLUMN intake.imports.receipt IS 'What was recorded; a second commit answers the same.';

GRANT USAGE ON SCHEMA intake TO ledger_writer;
GRANT SELECT, INSERT ON intake.imports TO ledger_writer;
GRANT UPDATE (receipt, committed_at) ON intake.imports TO ledger_writer;

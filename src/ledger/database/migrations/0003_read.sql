-- The schema of read models. Its tables are made, rebuilt and dropped by the fold engine; only
-- the list of how far each read model has come is kept here.

CREATE SCHEMA read;

CREATE TABLE read.checkpoints (
    model      text   PRIMARY KEY,
    position   bigint NOT NULL,
    shape      text   NOT NULL,
    generation bigint NOT NULL DEFAULT 1
);
COMMENT ON COLUMN read.checkpoints.shape IS
    'Digest of the tables'' definition: where it differs from the code, the model is rebuilt.';

GRANT USAGE, CREATE ON SCHEMA read TO ledger_projector;
GRANT SELECT, INSERT, UPDATE, DELETE ON read.checkpoints TO ledger_projector;
GRANT USAGE ON SCHEMA read TO ledger_reader, ledger_writer;
GRANT SELECT ON read.checkpoints TO ledger_reader, ledger_writer;
ALTER DEFAULT PRIVILEGES FOR ROLE ledger_projector IN SCHEMA read
    GRANT SELECT ON TABLES TO ledger_reader, ledger_writer;

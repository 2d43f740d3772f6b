-- Credentials: who may call. Of a token's secret only a salted hash is kept.

CREATE SCHEMA access;

CREATE TABLE access.tokens (
    id          uuid        PRIMARY KEY,
    name        text        NOT NULL,
    role        text        NOT NULL,
    project     uuid,
    salt        bytea       NOT NULL,
    hash        bytea       NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    revoked_at  timestamptz
);

GRANT USAGE ON SCHEMA access TO ledger_writer;
GRANT SELECT, INSERT ON access.tokens TO ledger_writer;
GRANT UPDATE (revoked_at) ON access.tokens TO ledger_writer;

-- Who is signed in? Of a session's secret, which its cookie carries, only a hash is kept.

CREATE TABLE access.sessions (
    id          uuid        PRIMARY KEY,
    hash        bytea       NOT NULL,
    holder      uuid        NOT NULL,
    kind        text        NOT NULL CHECK (kind IN ('account', 'token')),
    how         text        NOT NULL,
    acting      uuid,
    device      text        NOT NULL DEFAULT '',
    created_at  timestamptz NOT NULL DEFAULT now(),
    seen_at     timestamptz NOT NULL DEFAULT now(),
    ends_at     timestamptz NOT NULL,
    ended_at    timestamptz,
    ended_by    text
);

CREATE INDEX sessions_of_holder ON access.sessions (holder) WHERE ended_at IS NULL;

GRANT SELECT, INSERT, DELETE ON access.sessions TO ledger_writer;
GRANT UPDATE (acting, seen_at, ended_at, ended_by) ON access.sessions TO ledger_writer;

-- Which evidence is stored: its digest and what is known of it. The bytes lie in the object store.

CREATE TABLE log.documents (
    sha256     bytea       PRIMARY KEY CHECK (octet_length(sha256) = 32),
    size       bigint      NOT NULL CHECK (size > 0),
    media_type text        NOT NULL,
    name       text        NOT NULL,
    stored_at  timestamptz NOT NULL,
    stored_by  text        NOT NULL,
    project    uuid,
    position   bigint      NOT NULL CHECK (position > 0)
);
COMMENT ON COLUMN log.documents.position IS
    'From this position on the document is known to be stored: the next one when it was.';

-- The same bytes may be brought for several projects; each sees its own name of them.
CREATE TABLE log.uploads (
    sha256      bytea       NOT NULL REFERENCES log.documents,
    project     uuid        NOT NULL,
    name        text        NOT NULL,
    uploaded_at timestamptz NOT NULL,
    uploaded_by text        NOT NULL,
    PRIMARY KEY (sha256, project)
);

CREATE TRIGGER documents_are_immutable
    BEFORE UPDATE OR DELETE OR TRUNCATE ON log.documents
    FOR EACH STATEMENT EXECUTE FUNCTION log.refuse_change();
ALTER TABLE log.documents ENABLE ALWAYS TRIGGER documents_are_immutable;
CREATE TRIGGER uploads_are_immutable
    BEFORE UPDATE OR DELETE OR TRUNCATE ON log.uploads
    FOR EACH STATEMENT EXECUTE FUNCTION log.refuse_change();
ALTER TABLE log.uploads ENABLE ALWAYS TRIGGER uploads_are_immutable;

GRANT SELECT ON log.documents, log.uploads TO ledger_writer, ledger_projector, ledger_reader;
GRANT INSERT ON log.documents, log.uploads TO ledger_writer;

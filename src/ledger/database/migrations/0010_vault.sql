-- Keys of persons' data, each wrapped by the master key, which is not in the database. Whose key is
-- gone cannot be read again; what is destroyed here stays destroyed.

CREATE SCHEMA vault;

CREATE TABLE vault.keys (
    person  uuid        PRIMARY KEY,
    wrapped bytea       NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE vault.keys IS 'A key without events is harmless: its append never came in.';

-- Secrets of the whole ledger, such as the one behind the digests of requests.
CREATE TABLE vault.secrets (
    name    text  PRIMARY KEY,
    wrapped bytea NOT NULL
);

-- Which master key has wrapped all of them.
CREATE TABLE vault.master (
    singleton boolean     PRIMARY KEY DEFAULT true CHECK (singleton),
    id        text        NOT NULL,
    since     timestamptz NOT NULL DEFAULT now()
);

-- Whose key was destroyed, numbered in the order of the commits: whoever remembers keys asks what
-- was destroyed since.
CREATE TABLE vault.erased (
    person    uuid        PRIMARY KEY,
    number    bigint      NOT NULL UNIQUE,
    erased_at timestamptz NOT NULL DEFAULT now()
);

CREATE FUNCTION vault.destroy(who uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7310868735971487076);  -- numbers in the order of commits
    INSERT INTO vault.erased (person, number)
    SELECT who, coalesce(max(e.number), 0) + 1 FROM vault.erased AS e
    ON CONFLICT (person) DO NOTHING;
    DELETE FROM vault.keys WHERE person = who;
END
$$;

-- Recording the erasure destroys the key: both happen, or neither.
CREATE FUNCTION vault.destroy_with_event() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    PERFORM vault.destroy(NEW.stream);
    RETURN NULL;
END
$$;

CREATE TRIGGER erasure_destroys_the_key
    AFTER INSERT ON log.events FOR EACH ROW WHEN (NEW.type = 'person.erased')
    EXECUTE FUNCTION vault.destroy_with_event();
ALTER TABLE log.events ENABLE ALWAYS TRIGGER erasure_destroys_the_key;

CREATE FUNCTION vault.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'vault.% is append-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER erasures_are_immutable
    BEFORE UPDATE OR DELETE OR TRUNCATE ON vault.erased
    FOR EACH STATEMENT EXECUTE FUNCTION vault.refuse_change();
ALTER TABLE vault.erased ENABLE ALWAYS TRIGGER erasures_are_immutable;

-- Of what was erased no key is made again.
CREATE FUNCTION vault.refuse_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM vault.erased AS e WHERE e.person = NEW.person) THEN
        RETURN NULL;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER no_key_after_erasure
    BEFORE INSERT ON vault.keys FOR EACH ROW EXECUTE FUNCTION vault.refuse_erased();
ALTER TABLE vault.keys ENABLE ALWAYS TRIGGER no_key_after_erasure;

REVOKE EXECUTE ON FUNCTION vault.destroy(uuid), vault.destroy_with_event() FROM PUBLIC;
GRANT CREATE ON SCHEMA vault TO ledger_vault;
ALTER FUNCTION vault.destroy(uuid) OWNER TO ledger_vault;
ALTER FUNCTION vault.destroy_with_event() OWNER TO ledger_vault;
REVOKE CREATE ON SCHEMA vault FROM ledger_vault;
GRANT USAGE ON SCHEMA vault, log TO ledger_vault;
GRANT SELECT, INSERT, DELETE ON vault.keys TO ledger_vault;
GRANT UPDATE (wrapped) ON vault.keys TO ledger_vault;
GRANT SELECT, INSERT ON vault.secrets, vault.master, vault.erased TO ledger_vault;
GRANT UPDATE (wrapped) ON vault.secrets TO ledger_vault;
GRANT UPDATE (id, since) ON vault.master TO ledger_vault;
GRANT SELECT (stream) ON log.events TO ledger_vault;

-- People sign in, tokens expire: who they are, and of what they know only hashes and sealed texts.

ALTER TABLE access.tokens
    ADD COLUMN expires_at     timestamptz,
    ADD COLUMN used_at        timestamptz,
    ADD COLUMN rotated_at     timestamptz,
    -- The secret before the last rotation, while it may still be used.
    ADD COLUMN former_salt    bytea,
    ADD COLUMN former_hash    bytea,
    ADD COLUMN former_ends_at timestamptz;
GRANT UPDATE (salt, hash, used_at, rotated_at, former_salt, former_hash, former_ends_at)
    ON access.tokens TO ledger_writer;

-- `name` stands in the log beside what somebody records; who it is stands here only.
CREATE TABLE access.accounts (
    id              uuid        PRIMARY KEY,
    name            text        NOT NULL UNIQUE CHECK (name = lower(name)),
    display_name    text,
    email           text,
    issuer          text,
    subject         text,
    password        text,
    password_set_at timestamptz,
    created_at      timestamptz NOT NULL DEFAULT now(),
    disabled_at     timestamptz,
    signed_in_at    timestamptz,
    UNIQUE (issuer, subject)
);

-- One-time links by which people choose a password.
CREATE TABLE access.invitations (
    id          uuid        PRIMARY KEY,
    account     uuid        NOT NULL REFERENCES access.accounts,
    hash        bytea       NOT NULL,
    ends_at     timestamptz NOT NULL,
    used_at     timestamptz
);

-- Secrets of second factors are sealed with a key outside the database; `step` is the last code's.
CREATE TABLE access.second_factors (
    account      uuid        PRIMARY KEY REFERENCES access.accounts,
    sealed       bytea       NOT NULL,
    confirmed_at timestamptz,
    step         bigint      NOT NULL DEFAULT 0
);
CREATE TABLE access.recovery_codes (
    account uuid  NOT NULL REFERENCES access.accounts,
    hash    bytea NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (account, hash)
);

-- How often something was tried in vain; what it was is kept as a short keyed hash.
CREATE TABLE access.failures (
    what     bytea       PRIMARY KEY,
    count    integer     NOT NULL,
    last_at  timestamptz NOT NULL,
    until    timestamptz
);

-- Browsers by which an account was signed in: what others do elsewhere does not lock them out.
CREATE TABLE access.devices (
    hash    bytea       PRIMARY KEY,
    account uuid        NOT NULL REFERENCES access.accounts,
    seen_at timestamptz NOT NULL DEFAULT now()
);

-- Sign-ins that went to an identity provider and are expected back.
CREATE TABLE access.provider_visits (
    hash     bytea       PRIMARY KEY,
    state    text        NOT NULL,
    nonce    text        NOT NULL,
    verifier text        NOT NULL,
    back_to  text        NOT NULL,
    began_at timestamptz NOT NULL DEFAULT now()
);

GRANT SELECT, INSERT, UPDATE ON access.accounts TO ledger_writer;
GRANT SELECT, INSERT, UPDATE, DELETE ON access.invitations, access.second_factors,
    access.recovery_codes, access.failures, access.devices, access.provider_visits TO ledger_writer;

-- People, how they prove who they are, and the browsers they are signed in with.

CREATE TABLE app_user (
    id                uuid        NOT NULL,
    -- Our own users have an address; those of an outside issuer are known by its name for them.
    email             text,
    issuer            text,
    subject           text,
    email_verified_at timestamptz,
    name              text        NOT NULL,
    image             text,
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL,
    CONSTRAINT app_user_pkey PRIMARY KEY (id),
    CONSTRAINT app_user_ours_or_outside CHECK (
        (email IS NOT NULL AND issuer IS NULL AND subject IS NULL)
        OR (email IS NULL AND issuer IS NOT NULL AND subject IS NOT NULL)
    ),
    -- The application writes addresses in lower case, so that this compares them without regard to case.
    CONSTRAINT app_user_email_is_lower_case CHECK (email = lower(email)),
    CONSTRAINT app_user_email_length CHECK (char_length(email) BETWEEN 3 AND 254),
    CONSTRAINT app_user_name_length CHECK (char_length(name) BETWEEN 1 AND 100),
    CONSTRAINT app_user_image_length CHECK (char_length(image) <= 2048),
    CONSTRAINT app_user_subject_length CHECK (char_length(subject) BETWEEN 1 AND 255),
    CONSTRAINT app_user_email_unique UNIQUE (email),
    CONSTRAINT app_user_subject_unique UNIQUE (issuer, subject)
);

-- A way to sign in. A password is the only one so far.
CREATE TABLE account (
    user_id       uuid        NOT NULL,
    provider      text        NOT NULL,
    password_hash text        NOT NULL,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    CONSTRAINT account_pkey PRIMARY KEY (user_id, provider),
    CONSTRAINT account_provider_known CHECK (provider = 'credential'),
    CONSTRAINT account_user_fkey FOREIGN KEY (user_id) REFERENCES app_user (id) ON DELETE CASCADE
);

-- Of the cookie's value only the SHA-256 is kept: reading this table signs nobody in.
CREATE TABLE session (
    user_id    uuid        NOT NULL,
    id         uuid        NOT NULL,
    token_hash bytea       NOT NULL,
    -- Whether it outlives the browser and is extended by use.
    remembered boolean     NOT NULL,
    address    text,
    user_agent text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT session_pkey PRIMARY KEY (user_id, id),
    CONSTRAINT session_user_fkey FOREIGN KEY (user_id) REFERENCES app_user (id) ON DELETE CASCADE,
    CONSTRAINT session_token_hash_length CHECK (octet_length(token_hash) = 32),
    CONSTRAINT session_token_hash_unique UNIQUE (token_hash),
    CONSTRAINT session_address_length CHECK (char_length(address) <= 64),
    CONSTRAINT session_user_agent_length CHECK (char_length(user_agent) <= 512)
);
CREATE INDEX session_expires_at_idx ON session (expires_at);

-- Sessions that ended before their tokens did. Every node keeps them in memory and hears of new ones.
CREATE TABLE ended_session (
    id       uuid        NOT NULL,
    ended_at timestamptz NOT NULL,
    CONSTRAINT ended_session_pkey PRIMARY KEY (id)
);
CREATE INDEX ended_session_ended_at_idx ON ended_session (ended_at);

-- Whatever ends a session, a deleted user included, ends its tokens: nobody can forget to say so.
CREATE FUNCTION session_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ended_session (id, ended_at) VALUES (OLD.id, now()) ON CONFLICT DO NOTHING;
    PERFORM pg_notify('donewell_session_ended', OLD.id::text);
    RETURN NULL;
END
$$;
CREATE TRIGGER session_ends AFTER DELETE ON session
    FOR EACH ROW EXECUTE FUNCTION session_ends();

-- What tokens are signed with. The private half is encrypted under AUTH_SECRET, and gone once the key has
-- retired; the public half is published for a while after that.
CREATE TABLE signing_key (
    id          uuid        NOT NULL,
    public_key  bytea       NOT NULL,
    private_key bytea,
    created_at  timestamptz NOT NULL,
    retired_at  timestamptz,
    CONSTRAINT signing_key_pkey PRIMARY KEY (id),
    CONSTRAINT signing_key_public_key_length CHECK (octet_length(public_key) = 32),
    CONSTRAINT signing_key_retired_or_private CHECK ((retired_at IS NULL) = (private_key IS NOT NULL))
);
-- However many nodes start together, one key signs.
CREATE UNIQUE INDEX signing_key_one_signs ON signing_key ((true)) WHERE retired_at IS NULL;

-- Sent by mail, good for one use.
CREATE TABLE one_time_token (
    user_id    uuid        NOT NULL,
    id         uuid        NOT NULL,
    purpose    text        NOT NULL,
    token_hash bytea       NOT NULL,
    -- The address that following the link proves.
    email      text        NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT one_time_token_pkey PRIMARY KEY (user_id, id),
    CONSTRAINT one_time_token_user_fkey FOREIGN KEY (user_id) REFERENCES app_user (id) ON DELETE CASCADE,
    CONSTRAINT one_time_token_purpose_known CHECK (purpose IN ('verify-email', 'change-email', 'reset-password')),
    CONSTRAINT one_time_token_hash_length CHECK (octet_length(token_hash) = 32),
    CONSTRAINT one_time_token_hash_unique UNIQUE (token_hash)
);
CREATE INDEX one_time_token_expires_at_idx ON one_time_token (expires_at);

-- Wrong passwords for an address, whether or not it has an account. The address itself is not kept.
CREATE TABLE sign_in_failure (
    email_hash bytea       NOT NULL,
    since      timestamptz NOT NULL,
    failures   integer     NOT NULL,
    CONSTRAINT sign_in_failure_pkey PRIMARY KEY (email_hash)
);

-- What happened to an account; the nil user stands for the installation itself. Only ever added to, and kept
-- when the account is deleted: hence no foreign key.
CREATE TABLE audit_event (
    user_id    uuid        NOT NULL,
    id         uuid        NOT NULL,
    kind       text        NOT NULL,
    address    text,
    user_agent text,
    created_at timestamptz NOT NULL,
    CONSTRAINT audit_event_pkey PRIMARY KEY (user_id, id),
    CONSTRAINT audit_event_address_length CHECK (char_length(address) <= 64),
    CONSTRAINT audit_event_user_agent_length CHECK (char_length(user_agent) <= 512)
);

CREATE FUNCTION audit_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_event is append-only';
END
$$;
CREATE TRIGGER audit_event_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION audit_event_is_append_only();

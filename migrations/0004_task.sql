-- What somebody has to do.

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;

-- As people sort titles: without regard to case at first, "Step 2" before "Step 10". The same on every machine,
-- whatever the cluster's own locale.
CREATE COLLATION title_order (provider = icu, locale = 'und-u-kn-true');

CREATE TABLE task (
    owner_id     uuid        NOT NULL,
    id           uuid        NOT NULL,
    title        text        NOT NULL,
    description  text        NOT NULL,
    completed_at timestamptz,
    -- A day anywhere, or an instant; never both.
    due_date     date,
    due_at       timestamptz,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    -- Goes up by one with every change: the ETag.
    version      bigint      NOT NULL DEFAULT 1,
    -- For 30 days a deleted task can be restored.
    deleted_at   timestamptz,
    -- SHA-256 of what the task was created from, where the client chose its id: tells a repeated request from another.
    created_from bytea,
    done         boolean     NOT NULL GENERATED ALWAYS AS (completed_at IS NOT NULL) STORED,
    -- What is due at no time comes last.
    due_key      timestamptz NOT NULL GENERATED ALWAYS AS
                 (coalesce(due_at, due_date::timestamp AT TIME ZONE 'UTC', 'infinity')) STORED,
    CONSTRAINT task_pkey PRIMARY KEY (owner_id, id),
    CONSTRAINT task_owner_fkey FOREIGN KEY (owner_id) REFERENCES app_user (id) ON DELETE CASCADE,
    CONSTRAINT task_title_length CHECK (char_length(title) BETWEEN 1 AND 200),
    CONSTRAINT task_title_is_one_line CHECK (title !~ '[\x01-\x1f\x7f-\x9f\u2028\u2029]'),
    CONSTRAINT task_title_is_trimmed CHECK (title = btrim(title)),
    CONSTRAINT task_description_length CHECK (char_length(description) <= 10000),
    CONSTRAINT task_description_is_text CHECK (description !~ '[\x01-\x08\x0b-\x1f\x7f-\x9f]'),
    CONSTRAINT task_due_is_one CHECK (due_date IS NULL OR due_at IS NULL),
    CONSTRAINT task_version_positive CHECK (version > 0),
    CONSTRAINT task_created_from_length CHECK (octet_length(created_from) = 32)
);

-- Every order of the list is a range of one of these, read forwards or backwards; all tasks are two ranges, merged.
CREATE INDEX task_created_idx ON task (owner_id, done, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX task_updated_idx ON task (owner_id, done, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX task_title_idx ON task (owner_id, done, title COLLATE title_order, id) WHERE deleted_at IS NULL;
CREATE INDEX task_due_idx ON task (owner_id, done, due_key, id) WHERE deleted_at IS NULL;
-- What was done today.
CREATE INDEX task_completed_idx ON task (owner_id, completed_at) WHERE deleted_at IS NULL AND completed_at IS NOT NULL;
-- With the owner in it, so that a search costs nothing for what others have written.
CREATE INDEX task_search_idx ON task USING gin
    (owner_id, lower((title || E'\n' || description) COLLATE "und-x-icu") gin_trgm_ops) WHERE deleted_at IS NULL;
-- What is to be cleared away.
CREATE INDEX task_deleted_idx ON task (deleted_at) WHERE deleted_at IS NOT NULL;

-- The first answers to requests that are to be safe to repeat, kept for a day.
CREATE TABLE idempotency_key (
    owner_id   uuid        NOT NULL,
    key        text        NOT NULL,
    body_hash  bytea       NOT NULL,
    -- The task as it was answered.
    answer     jsonb       NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT idempotency_key_pkey PRIMARY KEY (owner_id, key),
    CONSTRAINT idempotency_key_owner_fkey FOREIGN KEY (owner_id) REFERENCES app_user (id) ON DELETE CASCADE,
    CONSTRAINT idempotency_key_length CHECK (char_length(key) BETWEEN 1 AND 255),
    CONSTRAINT idempotency_key_body_hash_length CHECK (octet_length(body_hash) = 32)
);
CREATE INDEX idempotency_key_created_at_idx ON idempotency_key (created_at);

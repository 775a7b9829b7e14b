-- What happened to an account is kept for a year, and of each kind the newest thousand: whoever keeps knocking at
-- somebody's door fills no disk, and pushes nothing out of sight but knocks. Only what is beyond that may be
-- deleted; nothing may be changed.
CREATE FUNCTION audit_event_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.created_at < now() - interval '1 year' OR OLD.id < (
        SELECT id FROM audit_event WHERE user_id = OLD.user_id AND kind = OLD.kind ORDER BY id DESC OFFSET 999 LIMIT 1
    ) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'audit_event is append-only';
END
$$;
DROP TRIGGER audit_event_is_append_only ON audit_event;
CREATE TRIGGER audit_event_is_append_only BEFORE UPDATE OR TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION audit_event_is_append_only();
CREATE TRIGGER audit_event_is_kept BEFORE DELETE ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_event_is_kept();

CREATE INDEX audit_event_kind_idx ON audit_event (user_id, kind, id);
CREATE INDEX audit_event_created_at_idx ON audit_event (created_at);
-- Asked at every sign-in: whether this kind of browser is known.
CREATE INDEX audit_event_agent_idx ON audit_event (user_id, coalesce(user_agent, ''))
    WHERE kind IN ('signed-up', 'signed-in');

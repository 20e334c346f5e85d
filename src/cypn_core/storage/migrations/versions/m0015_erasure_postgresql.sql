DROP TRIGGER event_no_update ON event

-- The log only grows. Its transaction numbers may be rebased after a restore.
CREATE TRIGGER event_no_update BEFORE UPDATE OF seq, id, at, actor, for_whom, subject, fact
  ON event FOR EACH ROW EXECUTE FUNCTION event_guard()

-- What people wrote may be erased, once the salt of a sealed event is gone.
CREATE FUNCTION event_body_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.fact NOT IN ('unmasked', 'deal_action')
    OR EXISTS (SELECT 1 FROM sealed_event WHERE event_id = OLD.id AND salt IS NOT NULL) THEN
    RAISE EXCEPTION 'event_append_only' USING ERRCODE = '23514', CONSTRAINT = 'event_append_only';
  END IF;
  RETURN NEW;
END $$

CREATE TRIGGER event_no_new_body BEFORE UPDATE OF body
  ON event FOR EACH ROW EXECUTE FUNCTION event_body_guard()

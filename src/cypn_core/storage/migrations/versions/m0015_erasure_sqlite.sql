DROP TRIGGER event_no_update

-- The log only grows. Its transaction numbers may be rebased after a restore.
CREATE TRIGGER event_no_update BEFORE UPDATE OF seq, id, at, actor, for_whom, subject, fact
  ON event
BEGIN
  SELECT RAISE(ABORT, 'event_append_only');
END

-- What people wrote may be erased, once the salt of a sealed event is gone.
CREATE TRIGGER event_no_new_body BEFORE UPDATE OF body ON event
  WHEN OLD.fact NOT IN ('unmasked', 'deal_action')
    OR EXISTS (SELECT 1 FROM sealed_event WHERE event_id = OLD.id AND salt IS NOT NULL)
BEGIN
  SELECT RAISE(ABORT, 'event_append_only');
END

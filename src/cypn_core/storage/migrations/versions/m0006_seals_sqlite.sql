-- What is sealed only grows; a salt may go, with the details that it salted.
CREATE TRIGGER day_seal_no_update BEFORE UPDATE ON day_seal
BEGIN
  SELECT RAISE(ABORT, 'seal_append_only');
END

CREATE TRIGGER day_seal_no_delete BEFORE DELETE ON day_seal
BEGIN
  SELECT RAISE(ABORT, 'seal_append_only');
END

CREATE TRIGGER sealed_event_no_update BEFORE UPDATE OF event_id, day, place, digest
  ON sealed_event
BEGIN
  SELECT RAISE(ABORT, 'seal_append_only');
END

CREATE TRIGGER sealed_event_no_delete BEFORE DELETE ON sealed_event
BEGIN
  SELECT RAISE(ABORT, 'seal_append_only');
END

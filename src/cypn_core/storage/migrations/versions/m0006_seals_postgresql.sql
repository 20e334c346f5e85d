-- What is sealed only grows; a salt may go, with the details that it salted.
CREATE FUNCTION seal_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'seal_append_only' USING ERRCODE = '23514', CONSTRAINT = 'seal_append_only';
END $$

CREATE TRIGGER day_seal_no_change BEFORE UPDATE OR DELETE OR TRUNCATE
  ON day_seal FOR EACH STATEMENT EXECUTE FUNCTION seal_guard()

CREATE TRIGGER sealed_event_no_update BEFORE UPDATE OF event_id, day, place, digest
  ON sealed_event FOR EACH STATEMENT EXECUTE FUNCTION seal_guard()

CREATE TRIGGER sealed_event_no_delete BEFORE DELETE OR TRUNCATE
  ON sealed_event FOR EACH STATEMENT EXECUTE FUNCTION seal_guard()

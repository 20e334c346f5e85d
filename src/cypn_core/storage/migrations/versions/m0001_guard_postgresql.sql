-- No double booking, in PostgreSQL. Statements are parted by an empty line.
-- 2682000 seconds is the longest use (tables.MAX_USE_SECONDS): no live use that starts earlier
-- than that before an instant can still run at it.
-- The trigger WRITES the resource row before it looks: writers of one resource therefore queue,
-- and at READ COMMITTED the next statement sees what the one in front committed. (Reading with
-- SELECT FOR UPDATE deadlocks against the foreign key's own lock.)
CREATE FUNCTION use_guard() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  most integer;
  is_timed integer;
  peak bigint;
BEGIN
  IF NEW.status NOT IN ('held', 'confirmed') THEN RETURN NULL; END IF;
  UPDATE resource SET rev = rev + 1 WHERE id = NEW.resource_id
    RETURNING capacity, timed INTO most, is_timed;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'use_resource' USING ERRCODE = '23503', CONSTRAINT = 'use_resource';
  END IF;
  IF (is_timed = 1) <> (NEW.start_ts IS NOT NULL) THEN
    RAISE EXCEPTION 'use_timed' USING ERRCODE = '23514', CONSTRAINT = 'use_timed';
  END IF;
  IF NEW.start_ts IS NULL THEN
    SELECT sum(u.qty) INTO peak FROM use u
      WHERE u.resource_id = NEW.resource_id AND u.status IN ('held', 'confirmed');
  ELSE
    SELECT max((SELECT sum(u.qty) FROM use u
                  WHERE u.resource_id = NEW.resource_id AND u.status IN ('held', 'confirmed')
                    AND u.start_ts > point.at - 2682000 AND u.start_ts <= point.at
                    AND u.end_ts > point.at))
      INTO peak
      FROM (SELECT NEW.start_ts AS at
            UNION
            SELECT s.start_ts FROM use s
              WHERE s.resource_id = NEW.resource_id AND s.status IN ('held', 'confirmed')
                AND s.start_ts > NEW.start_ts AND s.start_ts < NEW.end_ts) point;
  END IF;
  IF peak > most THEN
    RAISE EXCEPTION 'use_capacity' USING ERRCODE = '23P01', CONSTRAINT = 'use_capacity';
  END IF;
  RETURN NULL;
END $$

CREATE TRIGGER use_guard AFTER INSERT OR UPDATE OF resource_id, start_ts, end_ts, qty, status
  ON use FOR EACH ROW EXECUTE FUNCTION use_guard()

CREATE FUNCTION resource_guard() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF NEW.timed <> OLD.timed AND EXISTS (
    SELECT 1 FROM use WHERE resource_id = NEW.id AND status IN ('held', 'confirmed'))
  THEN
    RAISE EXCEPTION 'resource_timed' USING ERRCODE = '23514', CONSTRAINT = 'resource_timed';
  END IF;
  IF NEW.capacity < OLD.capacity AND (
    NEW.capacity < (
      SELECT sum(u.qty) FROM use u
        WHERE u.resource_id = NEW.id AND u.status IN ('held', 'confirmed') AND u.start_ts IS NULL)
    OR EXISTS (
      SELECT 1 FROM use point
        WHERE point.resource_id = NEW.id AND point.status IN ('held', 'confirmed')
          AND (SELECT sum(u.qty) FROM use u
                 WHERE u.resource_id = NEW.id AND u.status IN ('held', 'confirmed')
                   AND u.start_ts > point.start_ts - 2682000 AND u.start_ts <= point.start_ts
                   AND u.end_ts > point.start_ts)
            > NEW.capacity))
  THEN
    RAISE EXCEPTION 'resource_capacity' USING ERRCODE = '23P01', CONSTRAINT = 'resource_capacity';
  END IF;
  RETURN NULL;
END $$

CREATE TRIGGER resource_guard AFTER UPDATE OF capacity, timed
  ON resource FOR EACH ROW EXECUTE FUNCTION resource_guard()

-- The log only grows. Its transaction numbers may be rebased after a restore.
CREATE FUNCTION event_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'event_append_only' USING ERRCODE = '23514', CONSTRAINT = 'event_append_only';
END $$

CREATE TRIGGER event_no_update BEFORE UPDATE OF seq, id, at, actor, for_whom, subject, fact, body
  ON event FOR EACH ROW EXECUTE FUNCTION event_guard()

CREATE TRIGGER event_no_delete BEFORE DELETE OR TRUNCATE
  ON event FOR EACH STATEMENT EXECUTE FUNCTION event_guard()

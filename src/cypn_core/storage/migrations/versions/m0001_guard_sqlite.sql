-- No double booking, in SQLite. Statements are parted by an empty line.
-- 2682000 seconds is the longest use (tables.MAX_USE_SECONDS): no live use that starts earlier
-- than that before an instant can still run at it.
CREATE TRIGGER use_guard_insert AFTER INSERT ON use WHEN NEW.status IN ('held', 'confirmed')
BEGIN
  SELECT RAISE(ABORT, 'use_resource')
    WHERE NOT EXISTS (SELECT 1 FROM resource WHERE id = NEW.resource_id);
  SELECT RAISE(ABORT, 'use_timed')
    WHERE (SELECT timed FROM resource WHERE id = NEW.resource_id) <> (NEW.start_ts IS NOT NULL);
  SELECT RAISE(ABORT, 'use_capacity') WHERE NEW.start_ts IS NULL
    AND (SELECT sum(u.qty) FROM use u
           WHERE u.resource_id = NEW.resource_id AND u.status IN ('held', 'confirmed'))
      > (SELECT capacity FROM resource WHERE id = NEW.resource_id);
  SELECT RAISE(ABORT, 'use_capacity') WHERE NEW.start_ts IS NOT NULL AND EXISTS (
    SELECT 1 FROM (
        SELECT NEW.start_ts AS at
        UNION
        SELECT s.start_ts FROM use s
          WHERE s.resource_id = NEW.resource_id AND s.status IN ('held', 'confirmed')
            AND s.start_ts > NEW.start_ts AND s.start_ts < NEW.end_ts) point
    WHERE (SELECT sum(u.qty) FROM use u
             WHERE u.resource_id = NEW.resource_id AND u.status IN ('held', 'confirmed')
               AND u.start_ts > point.at - 2682000 AND u.start_ts <= point.at
               AND u.end_ts > point.at)
      > (SELECT capacity FROM resource WHERE id = NEW.resource_id));
END

CREATE TRIGGER use_guard_update AFTER UPDATE OF resource_id, start_ts, end_ts, qty, status ON use
  WHEN NEW.status IN ('held', 'confirmed')
BEGIN
  SELECT RAISE(ABORT, 'use_resource')
    WHERE NOT EXISTS (SELECT 1 FROM resource WHERE id = NEW.resource_id);
  SELECT RAISE(ABORT, 'use_timed')
    WHERE (SELECT timed FROM resource WHERE id = NEW.resource_id) <> (NEW.start_ts IS NOT NULL);
  SELECT RAISE(ABORT, 'use_capacity') WHERE NEW.start_ts IS NULL
    AND (SELECT sum(u.qty) FROM use u
           WHERE u.resource_id = NEW.resource_id AND u.status IN ('held', 'confirmed'))
      > (SELECT capacity FROM resource WHERE id = NEW.resource_id);
  SELECT RAISE(ABORT, 'use_capacity') WHERE NEW.start_ts IS NOT NULL AND EXISTS (
    SELECT 1 FROM (
        SELECT NEW.start_ts AS at
        UNION
        SELECT s.start_ts FROM use s
          WHERE s.resource_id = NEW.resource_id AND s.status IN ('held', 'confirmed')
            AND s.start_ts > NEW.start_ts AND s.start_ts < NEW.end_ts) point
    WHERE (SELECT sum(u.qty) FROM use u
             WHERE u.resource_id = NEW.resource_id AND u.status IN ('held', 'confirmed')
               AND u.start_ts > point.at - 2682000 AND u.start_ts <= point.at
               AND u.end_ts > point.at)
      > (SELECT capacity FROM resource WHERE id = NEW.resource_id));
END

-- INSERT OR REPLACE deletes the old row first, and with it what the other triggers would compare.
CREATE TRIGGER use_no_replace BEFORE INSERT ON use
  WHEN EXISTS (SELECT 1 FROM use WHERE id = NEW.id)
BEGIN
  SELECT RAISE(ABORT, 'use_exists');
END

CREATE TRIGGER use_no_rename BEFORE UPDATE OF id ON use WHEN NEW.id <> OLD.id
BEGIN
  SELECT RAISE(ABORT, 'use_exists');
END

CREATE TRIGGER resource_no_replace BEFORE INSERT ON resource
  WHEN EXISTS (SELECT 1 FROM resource WHERE id = NEW.id)
BEGIN
  SELECT RAISE(ABORT, 'resource_exists');
END

CREATE TRIGGER resource_no_rename BEFORE UPDATE OF id ON resource WHEN NEW.id <> OLD.id
BEGIN
  SELECT RAISE(ABORT, 'resource_exists');
END

CREATE TRIGGER resource_timed AFTER UPDATE OF timed ON resource WHEN NEW.timed <> OLD.timed
BEGIN
  SELECT RAISE(ABORT, 'resource_timed') WHERE EXISTS (
    SELECT 1 FROM use WHERE resource_id = NEW.id AND status IN ('held', 'confirmed'));
END

CREATE TRIGGER resource_capacity AFTER UPDATE OF capacity ON resource
  WHEN NEW.capacity < OLD.capacity
BEGIN
  SELECT RAISE(ABORT, 'resource_capacity') WHERE NEW.capacity < (
    SELECT sum(u.qty) FROM use u
      WHERE u.resource_id = NEW.id AND u.status IN ('held', 'confirmed') AND u.start_ts IS NULL);
  SELECT RAISE(ABORT, 'resource_capacity') WHERE EXISTS (
    SELECT 1 FROM use point
      WHERE point.resource_id = NEW.id AND point.status IN ('held', 'confirmed')
        AND (SELECT sum(u.qty) FROM use u
               WHERE u.resource_id = NEW.id AND u.status IN ('held', 'confirmed')
                 AND u.start_ts > point.start_ts - 2682000 AND u.start_ts <= point.start_ts
                 AND u.end_ts > point.start_ts)
          > NEW.capacity);
END

-- The log only grows. Its transaction numbers may be rebased after a restore.
CREATE TRIGGER event_no_update BEFORE UPDATE OF seq, id, at, actor, for_whom, subject, fact, body
  ON event
BEGIN
  SELECT RAISE(ABORT, 'event_append_only');
END

CREATE TRIGGER event_no_delete BEFORE DELETE ON event
BEGIN
  SELECT RAISE(ABORT, 'event_append_only');
END

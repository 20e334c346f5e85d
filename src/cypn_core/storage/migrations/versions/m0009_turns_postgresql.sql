-- The turn at a resource is taken BEFORE the row goes in. An AFTER trigger came too late: the
-- foreign key's own trigger runs first, by name, and share-locks the resource. Then the row's
-- locks are a multixact of several transactions and of the one that updates, and when that one
-- rolls back there is an instant in which its abort is written but it still counts as running:
-- who updates next in that instant is told "new multixact has more than one updating member"
-- (XX000). Whoever updates first has the row alone, and shares only the version it made itself.
CREATE FUNCTION use_turn() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.status NOT IN ('held', 'confirmed') THEN RETURN NEW; END IF;
  UPDATE resource SET rev = rev + 1 WHERE id = NEW.resource_id;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'use_resource' USING ERRCODE = '23503', CONSTRAINT = 'use_resource';
  END IF;
  RETURN NEW;
END $$

CREATE TRIGGER use_turn BEFORE INSERT OR UPDATE OF resource_id, start_ts, end_ts, qty, status
  ON use FOR EACH ROW EXECUTE FUNCTION use_turn()

-- The same refusals as before, without the write: the resource's row is ours by now.
CREATE OR REPLACE FUNCTION use_guard() RETURNS trigger LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
DECLARE
  most integer;
  is_timed integer;
  peak bigint;
BEGIN
  IF NEW.status NOT IN ('held', 'confirmed') THEN RETURN NULL; END IF;
  SELECT capacity, timed INTO STRICT most, is_timed FROM resource WHERE id = NEW.resource_id;
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

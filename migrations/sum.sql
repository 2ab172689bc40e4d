-- The whole schema: what all numbered files add up to (a test proves it). New logs are made from this file.

-- A line of history. Its names, and that it was dropped, are rows of timeline_change.
-- `hash` is where the chain of its events begins: it binds the row and the parent's chain at `forked_head`.
CREATE TABLE timeline (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  parent INTEGER REFERENCES timeline (id),
  cut_at REAL,
  cut_seq INTEGER,
  forked_head INTEGER NOT NULL,
  hash TEXT NOT NULL
) STRICT;

CREATE TABLE timeline_change (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  timeline INTEGER NOT NULL REFERENCES timeline (id),
  kind TEXT NOT NULL CHECK (kind IN ('named', 'dropped')),
  name TEXT,
  hash TEXT NOT NULL
) STRICT;

-- A file, paste or run. `content` is its identity (sha256, or run:<purpose>:<seed>).
CREATE TABLE source (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  content TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  format TEXT NOT NULL
) STRICT;

-- One transaction of append: `events` events that end at `head`, and how far into the source they reach.
-- `hash` chains batches in the order of their ids and binds source, events and refusals.
CREATE TABLE batch (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  timeline INTEGER NOT NULL REFERENCES timeline (id),
  source INTEGER NOT NULL REFERENCES source (id),
  head INTEGER NOT NULL,
  events INTEGER NOT NULL,
  through_line INTEGER NOT NULL,
  done INTEGER NOT NULL CHECK (done IN (0, 1)),
  hash TEXT NOT NULL
) STRICT;
CREATE INDEX batch_source ON batch (source, timeline);

CREATE TABLE refusal (
  batch INTEGER NOT NULL REFERENCES batch (id),
  n INTEGER NOT NULL,
  line INTEGER NOT NULL,
  why TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (batch, n)
) STRICT, WITHOUT ROWID;

-- A fact in its place. `id` packs timeline and seq, so record order is the table's own order and needs no index.
-- `evidence` is 0 observed, 1 inferred, 2 assumed; `data` is JSON with sorted keys; `hash` is sha256 in base64url.
CREATE TABLE event (
  id INTEGER PRIMARY KEY,
  source INTEGER NOT NULL,
  at REAL NOT NULL,
  type TEXT NOT NULL,
  v INTEGER NOT NULL,
  entity TEXT NOT NULL,
  evidence INTEGER NOT NULL,
  line INTEGER NOT NULL,
  key TEXT,
  data TEXT NOT NULL,
  hash TEXT NOT NULL,
  timeline INTEGER GENERATED ALWAYS AS (id >> 32) VIRTUAL,
  seq INTEGER GENERATED ALWAYS AS (id & 4294967295) VIRTUAL
) STRICT;
CREATE INDEX event_time ON event (timeline, at);
CREATE UNIQUE INDEX event_key ON event (timeline, key) WHERE key IS NOT NULL;

-- The keyframes of one timeline made by one version of the fold, counted from where they leave those of an ancestor's. `epoch`
-- rises when some of them are dropped.
CREATE TABLE keyframe_chain (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  timeline INTEGER NOT NULL,
  fold TEXT NOT NULL,
  parent INTEGER,
  parent_number INTEGER,
  epoch INTEGER NOT NULL DEFAULT 0,
  UNIQUE (timeline, fold)
) STRICT;

-- A cached state, never truth: may be deleted at any time. `rows_from` is where its rows begin in keyframe_row.
CREATE TABLE keyframe (
  chain INTEGER NOT NULL,
  number INTEGER NOT NULL,
  at REAL NOT NULL,
  seq INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  head INTEGER NOT NULL,
  rows_from INTEGER NOT NULL,
  crc INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (chain, number)
) STRICT;
CREATE INDEX keyframe_time ON keyframe (chain, at);

-- A row of the state as it became between two keyframes; `entity` packs its table (upper bits) and its row there (lower 32).
CREATE TABLE keyframe_row (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  chain INTEGER NOT NULL,
  entity INTEGER NOT NULL,
  number INTEGER NOT NULL,
  crc INTEGER NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX keyframe_row_version ON keyframe_row (chain, entity, number);

CREATE TRIGGER timeline_keeps_rows BEFORE DELETE ON timeline BEGIN SELECT raise(ABORT, 'the log is append-only: timeline rows are never deleted'); END;
CREATE TRIGGER timeline_keeps_values BEFORE UPDATE ON timeline BEGIN SELECT raise(ABORT, 'the log is append-only: timeline rows are never changed'); END;
CREATE TRIGGER timeline_change_keeps_rows BEFORE DELETE ON timeline_change BEGIN SELECT raise(ABORT, 'the log is append-only: timeline_change rows are never deleted'); END;
CREATE TRIGGER timeline_change_keeps_values BEFORE UPDATE ON timeline_change BEGIN SELECT raise(ABORT, 'the log is append-only: timeline_change rows are never changed'); END;
CREATE TRIGGER source_keeps_rows BEFORE DELETE ON source BEGIN SELECT raise(ABORT, 'the log is append-only: source rows are never deleted'); END;
CREATE TRIGGER source_keeps_values BEFORE UPDATE ON source BEGIN SELECT raise(ABORT, 'the log is append-only: source rows are never changed'); END;
CREATE TRIGGER batch_keeps_rows BEFORE DELETE ON batch BEGIN SELECT raise(ABORT, 'the log is append-only: batch rows are never deleted'); END;
CREATE TRIGGER batch_keeps_values BEFORE UPDATE ON batch BEGIN SELECT raise(ABORT, 'the log is append-only: batch rows are never changed'); END;
CREATE TRIGGER refusal_keeps_rows BEFORE DELETE ON refusal BEGIN SELECT raise(ABORT, 'the log is append-only: refusal rows are never deleted'); END;
CREATE TRIGGER refusal_keeps_values BEFORE UPDATE ON refusal BEGIN SELECT raise(ABORT, 'the log is append-only: refusal rows are never changed'); END;
CREATE TRIGGER event_keeps_rows BEFORE DELETE ON event BEGIN SELECT raise(ABORT, 'the log is append-only: event rows are never deleted'); END;
CREATE TRIGGER event_keeps_values BEFORE UPDATE ON event BEGIN SELECT raise(ABORT, 'the log is append-only: event rows are never changed'); END;

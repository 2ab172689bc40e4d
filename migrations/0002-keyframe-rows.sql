-- Version 2: keyframes keep the rows that changed since the one before, each by itself, in a chain a timeline. They are a cache, so
-- those of version 1 are dropped.
DROP TABLE keyframe;

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

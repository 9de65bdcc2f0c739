-- The course of the show: what hosts change by hand, and what is remembered from start to start.

-- Weeks that hosts left out, beside those that scheduler.toml skips.
CREATE TABLE skipped (
    week  TEXT    NOT NULL PRIMARY KEY,              -- '2026-W49'
    at    INTEGER NOT NULL,
    actor INTEGER REFERENCES accounts
) STRICT, WITHOUT ROWID;

-- Riddles that changed places: each goes out when the folder called `place` would. Every place
-- that is given was left by somebody, so the rows are a permutation.
CREATE TABLE places (
    slug  TEXT NOT NULL PRIMARY KEY,
    place TEXT NOT NULL UNIQUE CHECK (place <> slug)
) STRICT, WITHOUT ROWID;

-- What was done by hand beside the steps of a round, which name their actor themselves.
CREATE TABLE deeds (
    id    INTEGER NOT NULL PRIMARY KEY,
    key   TEXT    NOT NULL UNIQUE,                   -- asked twice, done once
    at    INTEGER NOT NULL,
    actor INTEGER REFERENCES accounts,
    deed  TEXT    NOT NULL,                          -- 'skip', 'unskip', 'swap', 'extend', 'erratum', 'accept'
    round INTEGER REFERENCES rounds,
    facts TEXT    NOT NULL CHECK (json_valid(facts)) -- weeks, slugs or moments, by deed
) STRICT;

-- Corrections to a live riddle, as members read them: by language.
CREATE TABLE errata (
    id    INTEGER NOT NULL PRIMARY KEY,
    round INTEGER NOT NULL REFERENCES rounds,
    at    INTEGER NOT NULL,
    words TEXT    NOT NULL CHECK (json_valid(words))
) STRICT;

CREATE INDEX errata_by_round ON errata (round);

-- When members could last be served; at most a minute behind while the program runs.
CREATE TABLE alive (
    only INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
    at   INTEGER NOT NULL
) STRICT;

-- The shortest the queue has been since it last grew, in weeks, and how often staff were told.
CREATE TABLE queue_watch (
    only  INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
    weeks INTEGER NOT NULL,
    told  INTEGER NOT NULL
) STRICT;

-- What staff were told of and need not hear again after the next start: 'missed:2026-W48'.
CREATE TABLE told (
    what TEXT    NOT NULL PRIMARY KEY,
    at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

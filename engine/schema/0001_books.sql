-- The books: who there is, and how points moved.
-- Every moment is an integer: milliseconds since 1970, UTC. Every truth or falsehood is 1 or 0.

-- What this database is, for ever. A rehearsal's points never mix with real ones.
CREATE TABLE instance (
    only       INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
    kind       TEXT    NOT NULL CHECK (kind IN ('live', 'rehearsal')),
    created_at INTEGER NOT NULL
) STRICT;

-- An account is opaque: its id is random and says nothing about the member behind it.
-- `balance` is a cache of the transfers, written in the same transaction and proved by `verify`.
CREATE TABLE accounts (
    id      INTEGER NOT NULL PRIMARY KEY,
    kind    TEXT    NOT NULL CHECK (kind IN ('house', 'held', 'spent', 'elsewhere', 'erased', 'member', 'owed')),
    owner   INTEGER REFERENCES accounts CHECK ((owner IS NOT NULL) = (kind = 'owed')),
    balance INTEGER NOT NULL DEFAULT 0 CHECK (balance >= 0 OR kind IN ('house', 'elsewhere', 'owed'))
) STRICT;

-- Points come from the house, so its balance is minus everything it ever gave.
INSERT INTO accounts (id, kind) VALUES
    (1, 'house'), (2, 'held'), (3, 'spent'), (4, 'elsewhere'), (5, 'erased');

-- The one place that ties a Discord user to an account; erasing a member deletes this row.
CREATE TABLE members (
    id       INTEGER NOT NULL PRIMARY KEY,           -- Discord's user id
    account  INTEGER NOT NULL UNIQUE REFERENCES accounts,
    hidden   INTEGER NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1)),
    first_at INTEGER NOT NULL
) STRICT;

-- Where a member was seen, under which name; a server's board shows these.
CREATE TABLE sightings (
    server  INTEGER NOT NULL,
    account INTEGER NOT NULL REFERENCES accounts,
    name    TEXT    NOT NULL,
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (server, account)
) STRICT, WITHOUT ROWID;

CREATE INDEX sightings_by_account ON sightings (account);

-- Free text behind a transfer. The ledger holds only its salted digest, so it can be blanked.
CREATE TABLE notes (
    digest BLOB NOT NULL PRIMARY KEY,
    salt   BLOB NOT NULL,
    text   TEXT                                      -- NULL once erased
) STRICT, WITHOUT ROWID;

-- A transfer is one row with two sides, so no write can leave the books out of balance.
-- Rows are only ever added: a mistake is answered by a transfer that names it in `corrects`.
CREATE TABLE transfers (
    id         INTEGER NOT NULL PRIMARY KEY,         -- 1, 2, 3 …: no gaps
    key        TEXT    NOT NULL UNIQUE,              -- asked twice, moved once
    kind       TEXT    NOT NULL CHECK (kind IN (
                   'award', 'bonus', 'adjustment', 'reversal', 'hold', 'release',
                   'redemption', 'refund', 'merge', 'opening', 'erasure')),
    source     INTEGER NOT NULL REFERENCES accounts,
    target     INTEGER NOT NULL REFERENCES accounts CHECK (target <> source),
    points     INTEGER NOT NULL CHECK (points > 0),
    booked_at  INTEGER NOT NULL,
    counts_at  INTEGER NOT NULL,                     -- decides windows, seasons and ties
    round      INTEGER REFERENCES rounds,
    submission INTEGER REFERENCES submissions,
    server     INTEGER,
    circle     TEXT,                                 -- the member's circle at that time
    corrects   INTEGER REFERENCES transfers CHECK (corrects < id),
    batch      TEXT,
    actor      INTEGER REFERENCES accounts,          -- who did it, where a person did
    note       BLOB    REFERENCES notes,
    encoding   INTEGER NOT NULL CHECK (encoding = 1),
    digest     BLOB    NOT NULL CHECK (length(digest) = 32)
) STRICT;

CREATE INDEX transfers_by_source ON transfers (source);
CREATE INDEX transfers_by_target ON transfers (target);
CREATE INDEX transfers_by_round ON transfers (round) WHERE round IS NOT NULL;

CREATE TRIGGER transfers_are_not_edited BEFORE UPDATE ON transfers
BEGIN SELECT RAISE(ABORT, 'transfers are final: add a correction'); END;

CREATE TRIGGER transfers_are_not_deleted BEFORE DELETE ON transfers
BEGIN SELECT RAISE(ABORT, 'transfers are final: add a correction'); END;

-- Fires before a conflict is resolved, so INSERT OR REPLACE cannot rewrite a row either.
CREATE TRIGGER transfers_are_only_added BEFORE INSERT ON transfers
WHEN NEW.id <> (SELECT coalesce(max(id), 0) + 1 FROM transfers)
  OR EXISTS (SELECT 1 FROM transfers WHERE key = NEW.key)
BEGIN SELECT RAISE(ABORT, 'transfers are final: the next row has the next id and a new key'); END;

-- A season is a window over `counts_at`; opening or closing one moves no points.
-- Season 0 is all time.
CREATE TABLE seasons (
    id        INTEGER NOT NULL PRIMARY KEY,
    label     TEXT    NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at   INTEGER NOT NULL CHECK (ends_at > starts_at)
) STRICT;

INSERT INTO seasons VALUES (0, 'all', 0, 9223372036854775807);

-- Scores are a cache of the transfers as `balance` is; `reached_at` orders members of one rank.
CREATE TABLE scores (
    season     INTEGER NOT NULL REFERENCES seasons,
    account    INTEGER NOT NULL REFERENCES accounts,
    points     INTEGER NOT NULL,
    reached_at INTEGER NOT NULL,
    PRIMARY KEY (season, account)
) STRICT, WITHOUT ROWID;

CREATE INDEX scores_by_rank ON scores (season, points DESC, reached_at, account);

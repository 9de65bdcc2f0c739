-- Points from elsewhere: they come in batches, and a batch can be taken back as a whole.

-- One import. Its transfers carry its `batch`, so a statement can say where points came from.
CREATE TABLE imports (
    id        INTEGER NOT NULL PRIMARY KEY,
    batch     TEXT    NOT NULL UNIQUE,               -- 'import-7'
    origin    TEXT    NOT NULL,                      -- what members read: 'MEE6', 'the old server'
    source    TEXT    NOT NULL,                      -- whose rows these are; part of each row's key
    format    TEXT    NOT NULL,
    rate      TEXT    NOT NULL,                      -- our points for one of theirs: '1/10'
    file      BLOB    NOT NULL,                      -- its SHA-256: who broke off goes on with it
    begun_at  INTEGER NOT NULL,
    ended_at  INTEGER,                               -- NULL while rows may still be missing
    undone_at INTEGER
) STRICT;

CREATE INDEX imports_by_source ON imports (source);

-- To take a batch back, to find what a row was corrected by, and a member's debt.
CREATE INDEX IF NOT EXISTS transfers_by_batch ON transfers (batch) WHERE batch IS NOT NULL;
CREATE INDEX IF NOT EXISTS transfers_by_corrects ON transfers (corrects) WHERE corrects IS NOT NULL;
CREATE INDEX IF NOT EXISTS accounts_by_owner ON accounts (owner) WHERE owner IS NOT NULL;

-- What people ruled after the fact: answers that count after all, and points moved by hand.

-- An answer accepted after its round had opened, beside the key in the round's frozen rules.
CREATE TABLE rulings (
    id    INTEGER NOT NULL PRIMARY KEY,
    round INTEGER NOT NULL REFERENCES rounds,
    entry TEXT    NOT NULL,
    at    INTEGER NOT NULL,
    actor INTEGER REFERENCES accounts,               -- NULL: from the shell
    note  BLOB    REFERENCES notes,                  -- the public reason, where one was given
    UNIQUE (round, entry)
) STRICT;

-- Answers that a ruling made right. What was told for them at the time stays in `submissions`.
CREATE TABLE ruled (
    submission INTEGER NOT NULL PRIMARY KEY REFERENCES submissions,
    ruling     INTEGER NOT NULL REFERENCES rulings
) STRICT;

-- A correction as somebody proposed it. A small one is booked at once, a large one waits for a
-- second person; its transfers carry its `batch`. The words given for it are the note.
CREATE TABLE corrections (
    id          INTEGER NOT NULL PRIMARY KEY,
    key         TEXT    NOT NULL UNIQUE,             -- asked twice, proposed once
    what        TEXT    NOT NULL CHECK (what IN ('adjust', 'reverse', 'unbatch', 'void')),
    account     INTEGER REFERENCES accounts CHECK ((account IS NOT NULL) = (what = 'adjust')),
    points      INTEGER NOT NULL,                    -- to give, or below zero to take, in all
    transfer    INTEGER REFERENCES transfers CHECK ((transfer IS NOT NULL) = (what = 'reverse')),
    reversed    TEXT    CHECK ((reversed IS NOT NULL) = (what = 'unbatch')),   -- a batch
    round       INTEGER REFERENCES rounds CHECK ((round IS NOT NULL) = (what = 'void')),
    note        BLOB    NOT NULL REFERENCES notes,
    proposed_by INTEGER NOT NULL REFERENCES accounts,
    proposed_at INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,                    -- from then on nobody can approve it
    state       TEXT    NOT NULL CHECK (state IN ('waiting', 'booked', 'dropped')),
    decided_by  INTEGER REFERENCES accounts,         -- NULL: small enough to need nobody
    decided_at  INTEGER CHECK ((decided_at IS NULL) = (state = 'waiting'))
) STRICT;

CREATE INDEX corrections_waiting ON corrections (id) WHERE state = 'waiting';
CREATE INDEX IF NOT EXISTS transfers_by_corrects ON transfers (corrects) WHERE corrects IS NOT NULL;
CREATE INDEX IF NOT EXISTS transfers_by_batch ON transfers (batch) WHERE batch IS NOT NULL;

-- A refund above a certain price waits for a second person as any other correction does.

-- The same table as before, with one more kind: a redemption whose points are to be paid back.
CREATE TABLE proposed (
    id          INTEGER NOT NULL PRIMARY KEY,
    key         TEXT    NOT NULL UNIQUE,             -- asked twice, proposed once
    what        TEXT    NOT NULL CHECK (what IN ('adjust', 'reverse', 'unbatch', 'void', 'refund')),
    account     INTEGER REFERENCES accounts          -- whose points, where it is one member
                CHECK ((account IS NOT NULL) = (what IN ('adjust', 'refund'))),
    points      INTEGER NOT NULL,                    -- to give, or below zero to take, in all
    transfer    INTEGER REFERENCES transfers CHECK ((transfer IS NOT NULL) = (what = 'reverse')),
    reversed    TEXT    CHECK ((reversed IS NOT NULL) = (what = 'unbatch')),   -- a batch
    round       INTEGER REFERENCES rounds CHECK ((round IS NOT NULL) = (what = 'void')),
    redemption  INTEGER REFERENCES redemptions CHECK ((redemption IS NOT NULL) = (what = 'refund')),
    note        BLOB    NOT NULL REFERENCES notes,
    proposed_by INTEGER NOT NULL REFERENCES accounts,
    proposed_at INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,                    -- from then on nobody can approve it
    state       TEXT    NOT NULL CHECK (state IN ('waiting', 'booked', 'dropped')),
    decided_by  INTEGER REFERENCES accounts,         -- NULL: small enough to need nobody
    decided_at  INTEGER CHECK ((decided_at IS NULL) = (state = 'waiting'))
) STRICT;

INSERT INTO proposed
SELECT id, key, what, account, points, transfer, reversed, round, NULL, note, proposed_by,
       proposed_at, expires_at, state, decided_by, decided_at
FROM corrections;
DROP TABLE corrections;
ALTER TABLE proposed RENAME TO corrections;

CREATE INDEX corrections_waiting ON corrections (id) WHERE state = 'waiting';
CREATE INDEX corrections_of_redemptions ON corrections (redemption) WHERE redemption IS NOT NULL;

-- What somebody of the staff had to do with is found when they ask to be forgotten.
CREATE INDEX redemption_steps_by_actor ON redemption_steps (actor) WHERE actor IS NOT NULL;

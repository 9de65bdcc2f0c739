-- Settling: what depends on other members is booked once the round is closed.

-- A new step, between the closing and the reveal. Nothing refers to `steps`, so it is built anew.
CREATE TABLE steps_with_settling (
    round    INTEGER NOT NULL REFERENCES rounds,
    step     TEXT    NOT NULL CHECK (step IN (
                 'publish', 'hint', 'remind', 'close', 'settle', 'reveal', 'recap')),
    n        INTEGER NOT NULL,
    due_at   INTEGER NOT NULL,
    taken_at INTEGER NOT NULL,
    actor    INTEGER REFERENCES accounts,            -- NULL: the clock
    PRIMARY KEY (round, step, n)
) STRICT, WITHOUT ROWID;

INSERT INTO steps_with_settling SELECT * FROM steps;

-- What was revealed under the earlier rules was paid in full: it counts as settled.
INSERT INTO steps_with_settling
SELECT round, 'settle', 1, due_at, taken_at, NULL FROM steps WHERE step = 'reveal';

DROP TABLE steps;
ALTER TABLE steps_with_settling RENAME TO steps;

-- Prices that fall with time fall towards this moment, wherever the closing is moved to.
ALTER TABLE rounds ADD COLUMN planned_closes_at INTEGER;
UPDATE rounds SET planned_closes_at = closes_at;

-- A voided round pays nothing and counts for nobody.
ALTER TABLE rounds ADD COLUMN voided_at INTEGER;

-- Whether the member was only told that the answer was received.
ALTER TABLE submissions ADD COLUMN sealed INTEGER NOT NULL DEFAULT 0 CHECK (sealed IN (0, 1));
UPDATE submissions SET sealed = 1
WHERE NOT practice AND outcome IN ('accept', 'close', 'reject')
  AND round IN (SELECT id FROM rounds WHERE json_extract(rules, '$.verdict') = 'at_reveal');

-- `award` is what was told at solving; `settled` what the solve is worth once the round is settled.
ALTER TABLE solves ADD COLUMN settled TEXT CHECK (settled IS NULL OR json_valid(settled));

-- What was told for a right answer that is its member's solve no more: an earlier one arrived late,
-- or was found right afterwards.
CREATE TABLE former_solves (
    submission INTEGER NOT NULL PRIMARY KEY REFERENCES submissions,
    award      TEXT    CHECK (award IS NULL OR json_valid(award))
) STRICT;

-- Who was shown a riddle's answer, and since when: they are not ranked on it.
CREATE TABLE insiders (
    slug    TEXT    NOT NULL,
    account INTEGER NOT NULL REFERENCES accounts,
    at      INTEGER NOT NULL,
    PRIMARY KEY (slug, account)
) STRICT, WITHOUT ROWID;

-- To find what a member owes.
CREATE INDEX IF NOT EXISTS accounts_by_owner ON accounts (owner) WHERE owner IS NOT NULL;

-- Refunds: what was handed over and was not right is paid back, beside a state that stays.

ALTER TABLE redemptions ADD COLUMN refunded_at INTEGER
    CHECK (refunded_at IS NULL OR state = 'fulfilled');  -- NULL: its points stay spent

CREATE TRIGGER redemptions_are_refunded_once BEFORE UPDATE OF refunded_at ON redemptions
WHEN OLD.refunded_at IS NOT NULL AND NEW.refunded_at IS NOT OLD.refunded_at
BEGIN SELECT RAISE(ABORT, 'a redemption is refunded once'); END;

-- The same steps as before, and one more: the points of a fulfilled redemption were paid back.
CREATE TABLE steps_of_redemptions (
    id         INTEGER NOT NULL PRIMARY KEY,
    redemption INTEGER NOT NULL REFERENCES redemptions,
    step       TEXT    NOT NULL CHECK (step IN (
                   'requested', 'claimed', 'returned', 'fulfilled', 'canceled', 'neglected',
                   'refused', 'erased', 'saved', 'ended', 'refunded')),
    at         INTEGER NOT NULL,
    actor      INTEGER REFERENCES accounts,          -- NULL: the program
    consent    INTEGER CHECK (consent = 1),          -- staff ticked the condition of age or consent
    note       BLOB    REFERENCES notes,             -- evidence, or why it was canceled or refunded
    CHECK (step <> 'refunded' OR (actor IS NOT NULL AND note IS NOT NULL))
) STRICT;

INSERT INTO steps_of_redemptions SELECT * FROM redemption_steps;
DROP TABLE redemption_steps;
ALTER TABLE steps_of_redemptions RENAME TO redemption_steps;

CREATE INDEX redemption_steps_by_redemption ON redemption_steps (redemption, id);
CREATE UNIQUE INDEX redemption_steps_refunded ON redemption_steps (redemption) WHERE step = 'refunded';

CREATE TRIGGER redemption_steps_are_not_edited BEFORE UPDATE ON redemption_steps
BEGIN SELECT RAISE(ABORT, 'what happened to a redemption is final'); END;

CREATE TRIGGER redemption_steps_are_not_deleted BEFORE DELETE ON redemption_steps
BEGIN SELECT RAISE(ABORT, 'what happened to a redemption is final'); END;

CREATE TRIGGER redemption_steps_are_only_added BEFORE INSERT ON redemption_steps
WHEN EXISTS (SELECT 1 FROM redemption_steps WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'what happened to a redemption is final'); END;

-- A role may be on its way for a day; what was under way before this was known has it too.
UPDATE redemptions SET deadline_at = at + 86400000
WHERE kind = 'role' AND state = 'unfulfilled' AND deadline_at IS NULL;

-- Reminders: who asked to be reminded, and of what. Nobody is who did not ask.
CREATE TABLE reminders (
    account     INTEGER NOT NULL PRIMARY KEY REFERENCES accounts,
    server      INTEGER NOT NULL,                    -- where they asked: there they are mentioned
    opening     INTEGER NOT NULL CHECK (opening IN (0, 1)),  -- of each new riddle
    closing     INTEGER NOT NULL CHECK (closing IN (0, 1)),  -- before it closes, while unsolved
    interaction INTEGER NOT NULL                     -- the last that changed it: delivered twice, it counts once
) STRICT;

CREATE INDEX reminders_by_server ON reminders (server, account) WHERE opening OR closing;

-- When a post was last tried. What carries no nonce is given time to arrive before it is looked
-- for and made again.
ALTER TABLE posts ADD COLUMN tried_at INTEGER;

-- The key of a post in another lane that has to be made, or given up, before this one.
ALTER TABLE posts ADD COLUMN follows TEXT;

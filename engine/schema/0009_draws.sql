-- Draws: prizes by lot. Moments are milliseconds UTC, as everywhere.

-- A draw and how far it has come: announced → frozen → sealed → drawn → settled, or cancelled.
-- `sealed` is the time of the slow hash: the transcript is posted, and nobody knows the outcome.
CREATE TABLE draws (
    id           INTEGER NOT NULL PRIMARY KEY,
    name         TEXT    NOT NULL UNIQUE,            -- how people and the published file call it
    rules        TEXT    NOT NULL CHECK (json_valid(rules)),
    state        TEXT    NOT NULL CHECK (state IN (
                     'announced', 'frozen', 'sealed', 'drawn', 'settled', 'cancelled')),
    announced_at INTEGER NOT NULL,
    freezes_at   INTEGER NOT NULL,                   -- until then one may enter
    frozen       TEXT,                               -- digest of rules and entries
    window_ends  INTEGER,                            -- until then one may press
    messages     TEXT    CHECK (messages IS NULL OR json_valid(messages)),
    presses      TEXT    CHECK (presses IS NULL OR json_valid(presses)),
    transcript   TEXT,                               -- digest of the two above
    rounds_done  INTEGER NOT NULL DEFAULT 0,         -- of the slow hash; a crash goes on from here
    reached      BLOB,                               -- what the hash had come to by then
    published    TEXT    CHECK (published IS NULL OR json_valid(published)),
    actor        INTEGER REFERENCES accounts,        -- who announced it
    CHECK ((frozen IS NOT NULL) OR state IN ('announced', 'cancelled')),
    CHECK ((transcript IS NOT NULL) OR state IN ('announced', 'frozen', 'cancelled')),
    CHECK ((published IS NOT NULL) = (state IN ('drawn', 'settled')))
) STRICT;

-- A member's tickets. The salt ties the reference to them; erasing a member removes the salt.
CREATE TABLE draw_entries (
    draw       INTEGER NOT NULL REFERENCES draws,
    account    INTEGER NOT NULL REFERENCES accounts,
    tickets    INTEGER NOT NULL CHECK (tickets >= 1),
    held       INTEGER NOT NULL CHECK (held >= 0),   -- points that wait in the held account
    salt       BLOB,
    reference  TEXT    NOT NULL,
    entered_at INTEGER NOT NULL,
    PRIMARY KEY (draw, account),
    UNIQUE (draw, reference)
) STRICT, WITHOUT ROWID;

-- What was asked for by which interaction: delivered twice, it counts once.
CREATE TABLE draw_requests (
    interaction INTEGER NOT NULL PRIMARY KEY,
    draw        INTEGER NOT NULL REFERENCES draws,
    account     INTEGER NOT NULL REFERENCES accounts,
    tickets     INTEGER NOT NULL,                    -- how many more, or fewer
    at          INTEGER NOT NULL
) STRICT;

-- Who pressed the witness's button, and the number Discord gave to it. One a member.
CREATE TABLE draw_witnesses (
    draw        INTEGER NOT NULL REFERENCES draws,
    account     INTEGER NOT NULL REFERENCES accounts,
    interaction INTEGER NOT NULL UNIQUE,
    PRIMARY KEY (draw, account)
) STRICT, WITHOUT ROWID;

-- Who was drawn for which prize; when somebody is passed over, the prize gets a further row.
CREATE TABLE draw_winners (
    id        INTEGER NOT NULL PRIMARY KEY,
    draw      INTEGER NOT NULL REFERENCES draws,
    lot       INTEGER NOT NULL,                      -- which of the rules' lots, from 0
    piece     INTEGER NOT NULL,                      -- which piece of that lot, from 0
    reference TEXT    NOT NULL,
    account   INTEGER REFERENCES accounts,           -- NULL: the member was erased
    state     TEXT    NOT NULL CHECK (state IN ('drawn', 'settled', 'passed')),
    drawn_at  INTEGER NOT NULL,
    claimed_at INTEGER,                             -- when the winner said that they are here
    moved_at  INTEGER,
    reason    TEXT    CHECK (reason IN ('gone', 'silent', 'erased', 'banned', 'declined')),
    actor     INTEGER REFERENCES accounts,           -- who settled or passed over; NULL: by rule
    note      TEXT,                                  -- what staff wrote at the hand-over
    UNIQUE (draw, reference),
    CHECK ((reason IS NOT NULL) = (state = 'passed'))
) STRICT;

-- One holder at a time for each piece.
CREATE UNIQUE INDEX draw_winners_holding ON draw_winners (draw, lot, piece) WHERE state <> 'passed';

-- Every step of a draw, who took it, and why. Rows are only ever added.
CREATE TABLE draw_steps (
    id    INTEGER NOT NULL PRIMARY KEY,
    draw  INTEGER NOT NULL REFERENCES draws,
    step  TEXT    NOT NULL,
    at    INTEGER NOT NULL,
    actor INTEGER REFERENCES accounts,               -- NULL: by rule
    note  TEXT
) STRICT;

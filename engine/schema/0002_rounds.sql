-- The game: rounds, what members did in them, and what Discord is owed.

-- One riddle, published. `rules` is the frozen copy by which the round is played for ever.
CREATE TABLE rounds (
    id         INTEGER NOT NULL PRIMARY KEY,
    week       TEXT    NOT NULL UNIQUE,              -- '2026-W48': at most one round a week
    slug       TEXT    NOT NULL UNIQUE,              -- a riddle goes out once
    rules      TEXT    NOT NULL CHECK (json_valid(rules)),
    opens_at   INTEGER NOT NULL,
    hints_at   TEXT    NOT NULL CHECK (json_valid(hints_at)),
    reminds_at INTEGER,
    closes_at  INTEGER NOT NULL CHECK (closes_at >= opens_at),
    reveals_at INTEGER NOT NULL CHECK (reveals_at >= closes_at),
    recaps_at  INTEGER NOT NULL CHECK (recaps_at >= reveals_at)
) STRICT;

-- A step a round has taken, when, and who took it by hand. A row here means: it is done.
CREATE TABLE steps (
    round    INTEGER NOT NULL REFERENCES rounds,
    step     TEXT    NOT NULL CHECK (step IN ('publish', 'hint', 'remind', 'close', 'reveal', 'recap')),
    n        INTEGER NOT NULL,
    due_at   INTEGER NOT NULL,
    taken_at INTEGER NOT NULL,
    actor    INTEGER REFERENCES accounts,            -- NULL: the clock
    PRIMARY KEY (round, step, n)
) STRICT, WITHOUT ROWID;

-- One try, stored raw. `interaction` is Discord's id: delivered twice, it counts once.
CREATE TABLE submissions (
    id            INTEGER NOT NULL PRIMARY KEY,
    interaction   INTEGER NOT NULL UNIQUE,
    round         INTEGER NOT NULL REFERENCES rounds,
    account       INTEGER NOT NULL REFERENCES accounts,
    server        INTEGER NOT NULL,
    circle        TEXT,
    at            INTEGER NOT NULL,                  -- the millisecond in the interaction's id
    lang          TEXT    NOT NULL,
    text          TEXT,                              -- NULL when refused or erased
    normal        TEXT,                              -- its normal form; decides repeats
    outcome       TEXT    NOT NULL CHECK (outcome IN (
                      'accept', 'close', 'reject', 'invalid', 'repeat',
                      'waiting', 'solved', 'late', 'spent', 'young')),
    rule          TEXT,
    entry         TEXT,
    reason        TEXT,
    counted       INTEGER NOT NULL CHECK (counted IN (0, 1)),   -- as a wrong try
    practice      INTEGER NOT NULL CHECK (practice IN (0, 1)),  -- judged after the reveal
    free_at       INTEGER,                           -- when waiting: from when one may try again
    rules_version INTEGER
) STRICT;

CREATE INDEX submissions_by_member ON submissions (round, account, at);

-- A member's first correct submission, and the inputs of what it earned.
CREATE TABLE solves (
    round      INTEGER NOT NULL REFERENCES rounds,
    account    INTEGER NOT NULL REFERENCES accounts,
    submission INTEGER NOT NULL UNIQUE REFERENCES submissions,
    at         INTEGER NOT NULL,
    ranked     INTEGER NOT NULL CHECK (ranked IN (0, 1)),
    award      TEXT    CHECK (award IS NULL OR json_valid(award)),  -- NULL: not ranked, no points
    PRIMARY KEY (round, account)
) STRICT, WITHOUT ROWID;

CREATE INDEX solves_by_place ON solves (round, ranked, at);

-- A hint a member looked at before it was free for all.
CREATE TABLE hints_taken (
    round   INTEGER NOT NULL REFERENCES rounds,
    account INTEGER NOT NULL REFERENCES accounts,
    n       INTEGER NOT NULL CHECK (n >= 1),
    at      INTEGER NOT NULL,
    PRIMARY KEY (round, account, n)
) STRICT, WITHOUT ROWID;

-- An effect owed to Discord, recorded in the transaction that causes it and before it is made.
-- Within a lane (one per channel) effects happen in order of their number.
CREATE TABLE posts (
    id         INTEGER NOT NULL PRIMARY KEY,
    key        TEXT    NOT NULL UNIQUE,
    kind       TEXT    NOT NULL,
    lane       TEXT    NOT NULL,
    server     INTEGER NOT NULL,
    round      INTEGER REFERENCES rounds,
    facts      TEXT    NOT NULL CHECK (json_valid(facts)),
    state      TEXT    NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sending', 'done', 'failed')),
    owed_at    INTEGER NOT NULL,
    first_at   INTEGER,                              -- when it was first tried
    next_at    INTEGER NOT NULL,                     -- not to be tried before
    attempts   INTEGER NOT NULL DEFAULT 0,
    error      TEXT,
    channel    INTEGER,                              -- where it landed
    message    INTEGER,                              -- Discord's id of it, once known
    done_at    INTEGER CHECK ((done_at IS NOT NULL) = (state = 'done'))
) STRICT;

CREATE INDEX posts_open ON posts (lane, id) WHERE state IN ('pending', 'sending');
CREATE INDEX posts_by_round ON posts (round, server, kind);

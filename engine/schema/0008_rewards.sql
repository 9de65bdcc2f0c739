-- Rewards: what members turned their points into, and the secret codes some of it consists of.

-- A member's request for a reward. Points wait in the held account while it is unfulfilled.
-- `terms` is the reward as the catalogue had it then: name, price, conditions.
CREATE TABLE redemptions (
    id          INTEGER NOT NULL PRIMARY KEY,
    request     INTEGER NOT NULL,                    -- the interaction that asked; asked twice, had once
    account     INTEGER NOT NULL REFERENCES accounts,
    server      INTEGER NOT NULL,                    -- where it was asked for
    reward      TEXT    NOT NULL,                    -- the reward's id in the catalogue
    kind        TEXT    NOT NULL CHECK (kind IN ('role', 'code', 'manual')),
    terms       TEXT    NOT NULL CHECK (json_valid(terms)),
    cost        INTEGER NOT NULL CHECK (cost > 0),
    state       TEXT    NOT NULL CHECK (state IN ('unfulfilled', 'fulfilled', 'canceled')),
    at          INTEGER NOT NULL,                    -- the millisecond in the interaction's id
    deadline_at INTEGER,                             -- a request that a person fulfils is refunded then
    claimed_by  INTEGER REFERENCES accounts,         -- the one person who sees to it
    settled_at  INTEGER CHECK ((settled_at IS NULL) = (state = 'unfulfilled')),
    ends_at     INTEGER,                             -- a role for a time: taken back then
    ended_at    INTEGER CHECK (ended_at IS NULL OR ends_at IS NOT NULL),
    UNIQUE (request, account)
) STRICT;

CREATE INDEX redemptions_by_member ON redemptions (account, reward, at, state);
CREATE INDEX redemptions_by_stock ON redemptions (reward, at) WHERE state <> 'canceled';
CREATE INDEX redemptions_open ON redemptions (id) WHERE state = 'unfulfilled';
CREATE INDEX redemptions_due ON redemptions (deadline_at)
    WHERE state = 'unfulfilled' AND deadline_at IS NOT NULL;
CREATE INDEX redemptions_ending ON redemptions (ends_at)
    WHERE ends_at IS NOT NULL AND ended_at IS NULL;

CREATE TRIGGER redemptions_move_once BEFORE UPDATE OF state ON redemptions
WHEN OLD.state <> 'unfulfilled' AND NEW.state <> OLD.state
BEGIN SELECT RAISE(ABORT, 'only an unfulfilled redemption can move'); END;

CREATE TRIGGER redemptions_keep_their_terms
BEFORE UPDATE OF id, request, account, server, reward, kind, terms, cost, at ON redemptions
BEGIN SELECT RAISE(ABORT, 'a redemption keeps its terms'); END;

CREATE TRIGGER redemptions_stay BEFORE DELETE ON redemptions
BEGIN SELECT RAISE(ABORT, 'a redemption is never deleted'); END;

-- Fires before a conflict is resolved, so INSERT OR REPLACE cannot rewrite one either.
CREATE TRIGGER redemptions_are_only_added BEFORE INSERT ON redemptions
WHEN EXISTS (SELECT 1 FROM redemptions WHERE id = NEW.id)
  OR EXISTS (SELECT 1 FROM redemptions WHERE request = NEW.request AND account = NEW.account)
BEGIN SELECT RAISE(ABORT, 'a redemption keeps its terms'); END;

-- What happened to a redemption: rows are only ever added.
CREATE TABLE redemption_steps (
    id         INTEGER NOT NULL PRIMARY KEY,
    redemption INTEGER NOT NULL REFERENCES redemptions,
    step       TEXT    NOT NULL CHECK (step IN (
                   'requested', 'claimed', 'returned', 'fulfilled', 'canceled', 'neglected',
                   'refused', 'erased', 'saved', 'ended')),
    at         INTEGER NOT NULL,
    actor      INTEGER REFERENCES accounts,          -- NULL: the program
    consent    INTEGER CHECK (consent = 1),          -- staff ticked the condition of age or consent
    note       BLOB    REFERENCES notes              -- evidence, or why it was canceled
) STRICT;

CREATE INDEX redemption_steps_by_redemption ON redemption_steps (redemption, id);

CREATE TRIGGER redemption_steps_are_not_edited BEFORE UPDATE ON redemption_steps
BEGIN SELECT RAISE(ABORT, 'what happened to a redemption is final'); END;

CREATE TRIGGER redemption_steps_are_not_deleted BEFORE DELETE ON redemption_steps
BEGIN SELECT RAISE(ABORT, 'what happened to a redemption is final'); END;

CREATE TRIGGER redemption_steps_are_only_added BEFORE INSERT ON redemption_steps
WHEN EXISTS (SELECT 1 FROM redemption_steps WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'what happened to a redemption is final'); END;

-- A request that was refused, and why: asked again by the same interaction, it hears the same.
CREATE TABLE redemption_refusals (
    account INTEGER NOT NULL REFERENCES accounts,
    request INTEGER NOT NULL,
    reward  TEXT    NOT NULL,
    lacks   TEXT    NOT NULL CHECK (json_valid(lacks)),
    at      INTEGER NOT NULL,
    PRIMARY KEY (request, account)
) STRICT, WITHOUT ROWID;

-- A secret code, encrypted: this file never holds one that could be read without the secret.
CREATE TABLE codes (
    id          INTEGER NOT NULL PRIMARY KEY,        -- random: part of what the encryption vouches for
    reward      TEXT    NOT NULL,
    sealed      BLOB,                                -- NULL once its owner has saved it
    secret      BLOB    NOT NULL,                    -- which secret sealed it: a name, not the secret
    fingerprint BLOB    NOT NULL UNIQUE,             -- the same code is never there twice
    loaded_at   INTEGER NOT NULL,
    redemption  INTEGER UNIQUE REFERENCES redemptions,  -- whose it is, for ever
    saved_at    INTEGER CHECK ((saved_at IS NULL) = (sealed IS NOT NULL)),
    CHECK (saved_at IS NULL OR redemption IS NOT NULL)
) STRICT;

CREATE INDEX codes_free ON codes (reward, secret, loaded_at, id) WHERE redemption IS NULL;

CREATE TRIGGER codes_keep_their_owner BEFORE UPDATE OF id, reward, redemption ON codes
WHEN OLD.redemption IS NOT NULL OR NEW.id <> OLD.id OR NEW.reward <> OLD.reward
BEGIN SELECT RAISE(ABORT, 'a code has one owner, for ever'); END;

CREATE TRIGGER codes_are_only_added BEFORE INSERT ON codes
WHEN EXISTS (SELECT 1 FROM codes WHERE id = NEW.id)
  OR EXISTS (SELECT 1 FROM codes WHERE fingerprint = NEW.fingerprint)
BEGIN SELECT RAISE(ABORT, 'a code is loaded once'); END;

CREATE TRIGGER codes_are_not_deleted BEFORE DELETE ON codes
BEGIN SELECT RAISE(ABORT, 'a code is never deleted'); END;

-- Points are never given by one member to another, whatever the reason.
CREATE TRIGGER transfers_not_between_members BEFORE INSERT ON transfers
WHEN (SELECT kind FROM accounts WHERE id = NEW.source) = 'member'
 AND (SELECT kind FROM accounts WHERE id = NEW.target) = 'member'
BEGIN SELECT RAISE(ABORT, 'points are never given by one member to another'); END;

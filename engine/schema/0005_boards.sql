-- Boards: who is shown, when a score was reached, and what has changed since one looked.

-- A score that has been higher since it was reached: where its next gain leaves it cannot be told
-- from `reached_at` alone. A cache like `scores`, written with it and proved by `verify`.
CREATE TABLE peaked (
    account INTEGER NOT NULL REFERENCES accounts,
    season  INTEGER NOT NULL REFERENCES seasons,
    PRIMARY KEY (account, season)
) STRICT, WITHOUT ROWID;

-- Whether a member is still in a server, as Discord said when it was last asked.
CREATE TABLE presences (
    server   INTEGER NOT NULL,
    account  INTEGER NOT NULL,
    asked_at INTEGER NOT NULL,
    gone_at  INTEGER,                                -- NULL: they were there
    PRIMARY KEY (server, account),
    FOREIGN KEY (server, account) REFERENCES sightings ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Where members are who take part. Whoever is on no server's list here is on no board; another
-- reason to keep somebody off belongs here, with a trigger below that says when it changes.
CREATE VIEW present (server, account) AS
SELECT server, account FROM sightings
WHERE NOT EXISTS (
    SELECT 1 FROM presences
    WHERE presences.server = sightings.server AND presences.account = sightings.account
      AND gone_at IS NOT NULL);

-- The one condition of every board: present, and not hidden by their own wish.
CREATE VIEW shown (server, account) AS
SELECT present.server, present.account
FROM present JOIN members ON members.account = present.account AND NOT members.hidden;

-- What may have changed on a board besides points: of one account, or (NULL) of any. Boards in
-- memory remember how far they have read; one that fell behind the oldest row is built anew.
CREATE TABLE board_changes (
    id      INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    account INTEGER
) STRICT;

INSERT INTO board_changes (account) VALUES (NULL);

CREATE TRIGGER board_changes_are_few AFTER INSERT ON board_changes WHEN NEW.id % 1000 = 0
BEGIN DELETE FROM board_changes WHERE id <= NEW.id - 10000; END;

-- Somebody without a score is on no board yet; their first transfer brings them.
CREATE TRIGGER boards_see_a_member AFTER INSERT ON members
WHEN EXISTS (SELECT 1 FROM scores WHERE season = 0 AND account = NEW.account)
BEGIN INSERT INTO board_changes (account) VALUES (NEW.account); END;

CREATE TRIGGER boards_see_hiding AFTER UPDATE OF account, hidden ON members
WHEN NEW.hidden <> OLD.hidden OR NEW.account <> OLD.account
BEGIN INSERT INTO board_changes (account) VALUES (OLD.account), (NEW.account); END;

CREATE TRIGGER boards_see_an_erasure AFTER DELETE ON members
BEGIN INSERT INTO board_changes (account) VALUES (OLD.account); END;

CREATE TRIGGER boards_see_a_sighting AFTER INSERT ON sightings
WHEN EXISTS (SELECT 1 FROM scores WHERE season = 0 AND account = NEW.account)
BEGIN INSERT INTO board_changes (account) VALUES (NEW.account); END;

CREATE TRIGGER boards_see_a_move AFTER UPDATE OF server, account ON sightings
WHEN NEW.server <> OLD.server OR NEW.account <> OLD.account
BEGIN INSERT INTO board_changes (account) VALUES (OLD.account), (NEW.account); END;

CREATE TRIGGER boards_see_a_sighting_go AFTER DELETE ON sightings
BEGIN INSERT INTO board_changes (account) VALUES (OLD.account); END;

-- Whoever plays again is back.
CREATE TRIGGER gone_members_come_back AFTER UPDATE OF seen_at ON sightings
WHEN EXISTS (
    SELECT 1 FROM presences
    WHERE server = NEW.server AND account = NEW.account AND gone_at < NEW.seen_at)
BEGIN DELETE FROM presences WHERE server = NEW.server AND account = NEW.account; END;

CREATE TRIGGER boards_see_an_absence AFTER INSERT ON presences WHEN NEW.gone_at IS NOT NULL
BEGIN INSERT INTO board_changes (account) VALUES (NEW.account); END;

CREATE TRIGGER boards_see_absences_change AFTER UPDATE OF gone_at ON presences
WHEN (NEW.gone_at IS NULL) <> (OLD.gone_at IS NULL)
BEGIN INSERT INTO board_changes (account) VALUES (NEW.account); END;

CREATE TRIGGER boards_see_an_absence_end AFTER DELETE ON presences WHEN OLD.gone_at IS NOT NULL
BEGIN INSERT INTO board_changes (account) VALUES (OLD.account); END;

CREATE TRIGGER boards_see_a_season AFTER INSERT ON seasons
BEGIN INSERT INTO board_changes (account) VALUES (NULL); END;

CREATE TRIGGER boards_see_seasons_change AFTER UPDATE ON seasons
BEGIN INSERT INTO board_changes (account) VALUES (NULL); END;

CREATE TRIGGER boards_see_circles_change AFTER UPDATE OF rules ON rounds
WHEN json_extract(NEW.rules, '$.circle') IS NOT json_extract(OLD.rules, '$.circle')
BEGIN INSERT INTO board_changes (account) VALUES (NULL); END;

-- What a member earned in a span of time, and in a round, without reading all they ever earned.
DROP INDEX transfers_by_target;
CREATE INDEX transfers_by_target ON transfers (target, counts_at, kind, points);
DROP INDEX transfers_by_round;
CREATE INDEX transfers_by_round ON transfers (round, target) WHERE round IS NOT NULL;

-- What everybody earned in a span of time.
CREATE INDEX transfers_by_moment ON transfers (counts_at);

CREATE INDEX rounds_by_circle ON rounds (json_extract(rules, '$.circle'));
CREATE INDEX IF NOT EXISTS accounts_by_owner ON accounts (owner) WHERE owner IS NOT NULL;

-- Bans: who may not win anything for now, by whose list and why. Nothing of theirs is deleted.
CREATE TABLE bans (
    id        INTEGER NOT NULL PRIMARY KEY,
    member    INTEGER,                               -- Discord's user id; NULL once erased
    mark      BLOB,                                  -- what remains of an erased one
    origin    TEXT    NOT NULL,                      -- whose list: 'here', or a shared one's name
    reason    TEXT    NOT NULL,
    since     INTEGER NOT NULL,
    lifted_at INTEGER,
    actor     INTEGER REFERENCES accounts,           -- NULL: from the shell
    CHECK ((member IS NULL) = (mark IS NOT NULL))
) STRICT;

CREATE UNIQUE INDEX bans_standing ON bans (member, origin) WHERE lifted_at IS NULL;

CREATE VIEW banned (account, since) AS
SELECT members.account, min(bans.since) FROM bans JOIN members ON members.id = bans.member
WHERE lifted_at IS NULL GROUP BY members.account;

-- Whoever is banned is unranked on a riddle as an insider is. These rows remember which of the
-- insiders a ban made, so that lifting it can undo what was not played yet.
CREATE TABLE ban_marks (
    slug    TEXT    NOT NULL,
    account INTEGER NOT NULL REFERENCES accounts,
    at      INTEGER NOT NULL,
    PRIMARY KEY (slug, account)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER ban_marks_are_insiders AFTER INSERT ON ban_marks
BEGIN INSERT OR IGNORE INTO insiders VALUES (NEW.slug, NEW.account, NEW.at); END;

CREATE TRIGGER rounds_know_the_banned AFTER INSERT ON rounds
BEGIN
    INSERT INTO ban_marks SELECT NEW.slug, account, NEW.opens_at FROM banned
    WHERE NOT EXISTS (
        SELECT 1 FROM insiders WHERE slug = NEW.slug AND insiders.account = banned.account);
END;

CREATE TRIGGER bans_hold_on_open_rounds AFTER INSERT ON bans
BEGIN
    INSERT INTO ban_marks SELECT slug, members.account, NEW.since FROM rounds, members
    WHERE members.id = NEW.member
      AND NOT EXISTS (SELECT 1 FROM steps WHERE round = rounds.id AND step = 'reveal')
      AND NOT EXISTS (
          SELECT 1 FROM insiders
          WHERE insiders.slug = rounds.slug AND insiders.account = members.account);
END;

-- Whoever was banned before they were ever seen, or comes back after an erasure.
CREATE TRIGGER members_may_be_banned AFTER INSERT ON members
WHEN EXISTS (SELECT 1 FROM bans WHERE member = NEW.id AND lifted_at IS NULL)
BEGIN
    INSERT INTO ban_marks SELECT slug, NEW.account, 0 FROM rounds
    WHERE NOT EXISTS (SELECT 1 FROM steps WHERE round = rounds.id AND step = 'reveal');
END;

-- Lifted: what was solved meanwhile stays unranked, what is still open can be played.
CREATE TRIGGER lifting_opens_what_is_open AFTER UPDATE OF lifted_at ON bans
WHEN NEW.lifted_at IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM bans WHERE member = NEW.member AND lifted_at IS NULL)
BEGIN
    DELETE FROM insiders WHERE (slug, account) IN (
        SELECT ban_marks.slug, ban_marks.account FROM ban_marks
        JOIN members ON members.account = ban_marks.account AND members.id = NEW.member
        JOIN rounds ON rounds.slug = ban_marks.slug
        WHERE NOT EXISTS (SELECT 1 FROM solves
                          WHERE round = rounds.id AND solves.account = ban_marks.account));
    DELETE FROM ban_marks WHERE account = (SELECT account FROM members WHERE id = NEW.member);
END;

-- The one condition of every board: present, not hidden by their own wish, and not banned.
DROP VIEW shown;
CREATE VIEW shown (server, account) AS
SELECT present.server, present.account
FROM present JOIN members ON members.account = present.account AND NOT members.hidden
WHERE NOT EXISTS (SELECT 1 FROM bans WHERE bans.member = members.id AND lifted_at IS NULL);

CREATE TRIGGER boards_see_a_ban AFTER INSERT ON bans
BEGIN
    INSERT INTO board_changes (account) SELECT account FROM members WHERE id = NEW.member;
END;

CREATE TRIGGER boards_see_bans_change AFTER UPDATE ON bans
BEGIN
    INSERT INTO board_changes (account)
    SELECT account FROM members WHERE id IN (OLD.member, NEW.member);
END;

-- Roles that milestones have earned their members, as far as they were owed to Discord. A change
-- has a number of its own, so that a role lost and earned again is given again.
CREATE TABLE milestone_roles (
    server  INTEGER NOT NULL,
    role    INTEGER NOT NULL,
    account INTEGER NOT NULL REFERENCES accounts,
    held    INTEGER NOT NULL CHECK (held IN (0, 1)),
    changes INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (server, role, account)
) STRICT, WITHOUT ROWID;

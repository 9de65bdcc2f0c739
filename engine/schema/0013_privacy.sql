-- Forgetting: what remains of members who asked to be erased, as long as it is needed.

-- `mark` is HMAC-SHA-256 of the Discord id under the instance's secret: nobody can tell from it who
-- it was, but whoever comes back can be recognised for as long as the row stands.
CREATE TABLE forgotten (
    mark  BLOB    NOT NULL CHECK (length(mark) = 32),
    slug  TEXT    NOT NULL,                          -- the riddle they had played, still open
    round INTEGER NOT NULL REFERENCES rounds,
    at    INTEGER NOT NULL,
    PRIMARY KEY (mark, round)
) STRICT, WITHOUT ROWID;

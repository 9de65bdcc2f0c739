-- A word owed to one member, shown above their next reply and kept until Discord has accepted it.
CREATE TABLE notices (
    id      INTEGER NOT NULL PRIMARY KEY,
    key     TEXT    NOT NULL UNIQUE,                 -- asked twice, told once
    account INTEGER NOT NULL REFERENCES accounts,
    words   TEXT    NOT NULL CHECK (json_valid(words)),
    owed_at INTEGER NOT NULL,
    told_at INTEGER
) STRICT;

CREATE INDEX notices_waiting ON notices (account) WHERE told_at IS NULL;

-- Events: what was decided and established, in order, by stream. The body is encrypted.
CREATE TABLE events (
    stream TEXT    NOT NULL,
    seq    INTEGER NOT NULL, -- from 1 within the stream
    at     INTEGER NOT NULL, -- milliseconds since 1970
    body   BLOB    NOT NULL,
    PRIMARY KEY (stream, seq)
) STRICT;

-- Sealed data at rest. What stands in columns is needed to find it and to erase it in time.
CREATE TABLE batches (
    id       INTEGER PRIMARY KEY,
    source   TEXT    NOT NULL,
    purpose  TEXT    NOT NULL,
    measure  TEXT    NOT NULL,
    taken    INTEGER NOT NULL, -- milliseconds since 1970
    last_day TEXT    NOT NULL, -- YYYY-MM-DD in the law's time zone; erased after it
    body     BLOB    NOT NULL
) STRICT;
CREATE INDEX batches_by_source ON batches (source, taken);
CREATE INDEX batches_by_last_day ON batches (last_day);

-- Salts of commitments in ledger entries. Without its salt a commitment says nothing.
CREATE TABLE salts (
    entry INTEGER NOT NULL, -- number of the ledger entry
    kind  TEXT    NOT NULL, -- what the commitment is to
    salt  BLOB    NOT NULL, -- 32 random bytes
    PRIMARY KEY (entry, kind)
) STRICT;

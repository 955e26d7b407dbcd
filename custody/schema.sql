-- The custody ledger, version 1 (formats/spec/ledger.md section 6). The audit compares the schema of a ledger with the
-- one that this file makes, statement by statement. Exact bytes first; every other table is derived from them again.
CREATE TABLE entry (
    sequence INTEGER PRIMARY KEY CHECK (sequence >= 0),
    bytes BLOB NOT NULL,
    leaf BLOB NOT NULL CHECK (length(leaf) = 32)
) STRICT;

CREATE TABLE checkpoint (
    size INTEGER NOT NULL CHECK (size >= 1),
    text TEXT NOT NULL,
    keyid TEXT NOT NULL,
    signature TEXT NOT NULL,
    PRIMARY KEY (size, keyid)
) STRICT, WITHOUT ROWID;

-- full subtrees of the Merkle tree above its leaves
CREATE TABLE node (
    level INTEGER NOT NULL CHECK (level >= 1),
    position INTEGER NOT NULL CHECK (position >= 0),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    entry INTEGER NOT NULL REFERENCES entry (sequence),
    PRIMARY KEY (level, position)
) STRICT, WITHOUT ROWID;

-- checkpoints of other ledgers, from the offers that intakes carry; two of one size and key are two logs
CREATE TABLE witness (
    ledger TEXT NOT NULL,
    size INTEGER NOT NULL CHECK (size >= 1),
    text TEXT NOT NULL,
    keyid TEXT NOT NULL,
    signature TEXT NOT NULL,
    entry INTEGER NOT NULL REFERENCES entry (sequence),
    PRIMARY KEY (ledger, size, text, keyid)
) STRICT, WITHOUT ROWID;

CREATE TABLE statement (
    entry INTEGER PRIMARY KEY REFERENCES entry (sequence),
    digest TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    actor TEXT NOT NULL,
    time TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    item TEXT,
    previous TEXT,
    case_id TEXT,
    content_id TEXT,
    file_sha256 TEXT
) STRICT;

CREATE INDEX statement_by_item ON statement (item, entry);
CREATE INDEX statement_by_actor ON statement (actor, entry);
CREATE INDEX statement_by_case ON statement (case_id, entry);

-- who signed a statement beside its actor
CREATE TABLE cosigner (
    entry INTEGER NOT NULL REFERENCES entry (sequence),
    key TEXT NOT NULL,
    PRIMARY KEY (entry, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX cosigner_by_key ON cosigner (key, entry);

CREATE TABLE person (
    key TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    title TEXT,
    organisation TEXT,
    role TEXT,
    contact TEXT,
    public_key TEXT NOT NULL,
    checkpoint_signer INTEGER NOT NULL CHECK (checkpoint_signer IN (0, 1)),
    valid_from TEXT,
    valid_until TEXT,
    entry INTEGER NOT NULL REFERENCES entry (sequence)
) STRICT, WITHOUT ROWID;

-- keys that sign nothing any more
CREATE TABLE ended (
    key TEXT PRIMARY KEY,
    reason TEXT NOT NULL CHECK (reason IN ('rotated', 'compromised', 'lost', 'retired')),
    since TEXT,
    successor TEXT,
    entry INTEGER NOT NULL REFERENCES entry (sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE policy (
    entry INTEGER PRIMARY KEY REFERENCES entry (sequence),
    rules TEXT NOT NULL
) STRICT;

-- what is known of a case, each member from the entry that stated it last
CREATE TABLE fact (
    case_id TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    entry INTEGER NOT NULL REFERENCES entry (sequence),
    PRIMARY KEY (case_id, name)
) STRICT, WITHOUT ROWID;

-- the present state of each item; expiry of an offer is judged when it is looked at
CREATE TABLE item (
    item TEXT PRIMARY KEY,
    case_id TEXT,
    kind TEXT NOT NULL,
    exhibit TEXT,
    content_id TEXT,
    file_sha256 TEXT,
    state TEXT NOT NULL CHECK (state IN ('held', 'offered', 'in-transit', 'disputed', 'disposed', 'returned')),
    custodian TEXT NOT NULL,
    moved TEXT NOT NULL,
    offer TEXT,
    offered_to TEXT,
    expires TEXT,
    dispute TEXT,
    plan TEXT,
    location TEXT,
    verdict TEXT,
    integrity TEXT NOT NULL,
    decided INTEGER NOT NULL CHECK (decided IN (0, 1)),
    entry INTEGER NOT NULL REFERENCES entry (sequence)
) STRICT, WITHOUT ROWID;

CREATE INDEX item_by_custodian ON item (custodian);

-- made: the entry that made it; checked: the one in which it was last verified
CREATE TABLE copy (
    item TEXT NOT NULL,
    copy TEXT NOT NULL,
    role TEXT NOT NULL,
    medium TEXT,
    place TEXT,
    sha256 TEXT,
    state TEXT NOT NULL CHECK (state IN ('there', 'out', 'replaced', 'destroyed')),
    integrity TEXT NOT NULL,
    decided INTEGER NOT NULL CHECK (decided IN (0, 1)),
    made INTEGER NOT NULL,
    checked INTEGER,
    holder TEXT,
    due TEXT,
    entry INTEGER NOT NULL REFERENCES entry (sequence),
    PRIMARY KEY (item, copy)
) STRICT, WITHOUT ROWID;

CREATE TABLE hold (
    item TEXT NOT NULL,
    hold TEXT NOT NULL,
    authority TEXT NOT NULL,
    reason TEXT NOT NULL,
    scope TEXT,
    lifted INTEGER,
    entry INTEGER NOT NULL REFERENCES entry (sequence),
    PRIMARY KEY (item, hold)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER entry_next BEFORE INSERT ON entry
WHEN NEW.sequence <> (SELECT coalesce(max(sequence) + 1, 0) FROM entry)
BEGIN SELECT raise(ABORT, 'an entry takes the next number'); END;

CREATE TRIGGER entry_update BEFORE UPDATE ON entry BEGIN SELECT raise(ABORT, 'entries are never changed'); END;
CREATE TRIGGER entry_delete BEFORE DELETE ON entry BEGIN SELECT raise(ABORT, 'entries are never deleted'); END;
CREATE TRIGGER checkpoint_update BEFORE UPDATE ON checkpoint
BEGIN SELECT raise(ABORT, 'checkpoints are never changed'); END;
CREATE TRIGGER checkpoint_delete BEFORE DELETE ON checkpoint
BEGIN SELECT raise(ABORT, 'checkpoints are never deleted'); END;
CREATE TRIGGER node_update BEFORE UPDATE ON node BEGIN SELECT raise(ABORT, 'nodes are never changed'); END;
CREATE TRIGGER node_delete BEFORE DELETE ON node BEGIN SELECT raise(ABORT, 'nodes are never deleted'); END;
CREATE TRIGGER witness_update BEFORE UPDATE ON witness BEGIN SELECT raise(ABORT, 'witnesses are never changed'); END;
CREATE TRIGGER witness_delete BEFORE DELETE ON witness BEGIN SELECT raise(ABORT, 'witnesses are never deleted'); END;
CREATE TRIGGER statement_update BEFORE UPDATE ON statement
BEGIN SELECT raise(ABORT, 'statements are never changed'); END;
CREATE TRIGGER statement_delete BEFORE DELETE ON statement
BEGIN SELECT raise(ABORT, 'statements are never deleted'); END;
CREATE TRIGGER person_update BEFORE UPDATE ON person BEGIN SELECT raise(ABORT, 'persons are never changed'); END;
CREATE TRIGGER person_delete BEFORE DELETE ON person BEGIN SELECT raise(ABORT, 'persons are never deleted'); END;
CREATE TRIGGER cosigner_update BEFORE UPDATE ON cosigner
BEGIN SELECT raise(ABORT, 'cosigners are never changed'); END;
CREATE TRIGGER cosigner_delete BEFORE DELETE ON cosigner
BEGIN SELECT raise(ABORT, 'cosigners are never deleted'); END;
CREATE TRIGGER ended_update BEFORE UPDATE ON ended BEGIN SELECT raise(ABORT, 'ends of keys are never changed'); END;
CREATE TRIGGER ended_delete BEFORE DELETE ON ended BEGIN SELECT raise(ABORT, 'ends of keys are never deleted'); END;
CREATE TRIGGER policy_update BEFORE UPDATE ON policy BEGIN SELECT raise(ABORT, 'policies are never changed'); END;
CREATE TRIGGER policy_delete BEFORE DELETE ON policy BEGIN SELECT raise(ABORT, 'policies are never deleted'); END;
CREATE TRIGGER fact_delete BEFORE DELETE ON fact BEGIN SELECT raise(ABORT, 'facts are never deleted'); END;
CREATE TRIGGER copy_delete BEFORE DELETE ON copy BEGIN SELECT raise(ABORT, 'copies are never deleted'); END;
CREATE TRIGGER hold_delete BEFORE DELETE ON hold BEGIN SELECT raise(ABORT, 'holds are never deleted'); END;
CREATE TRIGGER item_delete BEFORE DELETE ON item BEGIN SELECT raise(ABORT, 'items are never deleted'); END;

PRAGMA application_id = 0x487a4c31;
PRAGMA user_version = 1;

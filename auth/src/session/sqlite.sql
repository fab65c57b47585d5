CREATE TABLE session (
    id BLOB PRIMARY KEY,
    version INTEGER NOT NULL,
    provider TEXT NOT NULL,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    sid TEXT,
    claims TEXT NOT NULL,
    sealed_tokens BLOB NOT NULL,
    end_session_endpoint TEXT,
    refresh_due INTEGER,
    created_at INTEGER NOT NULL,
    idle_until INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    leased_until INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX session_subject ON session (issuer, subject);
CREATE INDEX session_sid ON session (issuer, sid) WHERE sid IS NOT NULL;
CREATE TABLE pending (
    arrival INTEGER PRIMARY KEY,
    state BLOB NOT NULL UNIQUE,
    browser BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    sealed BLOB NOT NULL
) STRICT;
CREATE INDEX pending_browser ON pending (browser, arrival);
CREATE INDEX pending_expiry ON pending (expires_at);
CREATE TABLE jti (
    issuer TEXT NOT NULL,
    jti TEXT NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (issuer, jti)
) STRICT, WITHOUT ROWID;
CREATE TABLE account (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;

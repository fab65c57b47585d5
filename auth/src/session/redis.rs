//! [`RedisStore`]: sessions that several replicas share, in a Redis or Valkey server.

#[cfg(test)]
mod tests;

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use base64::{Engine, prelude::BASE64_STANDARD};
use redis::{Client, FromRedisValue, Script, ScriptInvocation, aio::ConnectionManager};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::sync::OnceCell;

use super::{IdHash, PendingLimits, PendingLogin, PutPending, Session, SessionStore, StoreError};
use crate::config::Secret;

/// What is done in one step, so that no two replicas come between each other. Each begins with the functions
/// that all share.
macro_rules! script {
    ($name:literal) => {
        concat!(
            include_str!("redis/shared.lua"),
            include_str!(concat!("redis/", $name, ".lua"))
        )
    };
}

/// How much longer than needed the server keeps a record that nobody swept, in seconds.
const MARGIN: i64 = 86_400;

/// Keeps everything in a Redis or Valkey server, from version 5 on. It is connected to when it is first
/// needed, and again after every failure.
pub struct RedisStore {
    client: Client,
    namespace: String,
    connection: OnceCell<ConnectionManager>,
    scripts: Scripts,
}

struct Scripts {
    put_pending: Script,
    take_pending: Script,
    insert: Script,
    list: Script,
    save: Script,
    touch: Script,
    lease: Script,
    note_jti: Script,
    end: Script,
    sweep: Script,
}

/// What of a session never changes by itself. The server does not look into it.
#[derive(Serialize, Deserialize)]
struct Body {
    provider: String,
    issuer: String,
    subject: String,
    sid: Option<String>,
    claims: Map<String, Value>,
    sealed_tokens: String,
    end_session_endpoint: Option<String>,
    refresh_due: Option<i64>,
    created_at: i64,
    expires_at: i64,
}

/// A session as the server answers: hash, version, idle time, body.
type Row = (String, u64, i64, String);

impl RedisStore {
    /// A store at `redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]`, or `rediss://` over TLS. `namespace` is what its
    /// keys begin with, so that several apps can share a server.
    ///
    /// # Errors
    /// The URL is none.
    pub fn new(url: &Secret, namespace: &str) -> Result<Self, StoreError> {
        // The error's own words may repeat the URL, which may hold a password.
        let client = Client::open(url.expose()).map_err(|error| {
            StoreError::new(format!(
                "the URL of the store is none of Redis's: {}",
                error.category()
            ))
        })?;
        Ok(Self {
            client,
            // One hash slot for all: in a cluster, a script sees the keys of one node alone.
            namespace: format!("{{{namespace}}}"),
            connection: OnceCell::new(),
            scripts: Scripts {
                put_pending: Script::new(script!("put_pending")),
                take_pending: Script::new(script!("take_pending")),
                insert: Script::new(script!("insert")),
                list: Script::new(script!("list")),
                save: Script::new(script!("save")),
                touch: Script::new(script!("touch")),
                lease: Script::new(script!("lease")),
                note_jti: Script::new(script!("note_jti")),
                end: Script::new(script!("end")),
                sweep: Script::new(script!("sweep")),
            },
        })
    }

    /// Asks the server whether it is there.
    ///
    /// # Errors
    /// It is not, or refuses this client.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let mut connection = self.connection().await?;
        redis::cmd("PING")
            .query_async::<()>(&mut connection)
            .await
            .map_err(failed)
    }

    async fn connection(&self) -> Result<ConnectionManager, StoreError> {
        let connect = || self.client.get_connection_manager();
        self.connection
            .get_or_try_init(connect)
            .await
            .cloned()
            .map_err(failed)
    }

    fn begin<'s>(&self, script: &'s Script) -> ScriptInvocation<'s> {
        script.key(self.namespace.as_str())
    }

    async fn run<T: FromRedisValue>(
        &self,
        invocation: &ScriptInvocation<'_>,
    ) -> Result<T, StoreError> {
        let mut connection = self.connection().await?;
        invocation
            .invoke_async(&mut connection)
            .await
            .map_err(failed)
    }

    async fn list(
        &self,
        kind: &str,
        issuer: &str,
        value: &str,
    ) -> Result<Vec<Arc<Session>>, StoreError> {
        let mut invocation = self.begin(&self.scripts.list);
        invocation.arg(index(kind, issuer, value));
        let rows: Vec<Row> = self.run(&invocation).await?;
        rows.into_iter().map(session).collect()
    }
}

impl fmt::Debug for RedisStore {
    /// The URL may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore").finish_non_exhaustive()
    }
}

#[expect(clippy::needless_pass_by_value, reason = "an argument of map_err")]
fn failed(error: redis::RedisError) -> StoreError {
    StoreError::new(format!("the store at Redis: {error}"))
}

/// The name of a set of sessions. The length tells where the issuer ends.
fn index(kind: &str, issuer: &str, value: &str) -> String {
    format!("{kind}:{}:{issuer}:{value}", issuer.len())
}

fn session((id, version, idle_until, body): Row) -> Result<Arc<Session>, StoreError> {
    let unreadable =
        || StoreError::new("the store at Redis has a record that is none of this program's");
    let body: Body = serde_json::from_str(&body).map_err(|_| unreadable())?;
    let sealed_tokens = BASE64_STANDARD
        .decode(body.sealed_tokens)
        .map_err(|_| unreadable())?;
    Ok(Arc::new(Session {
        id: id.parse().map_err(|_| unreadable())?,
        version,
        provider: body.provider,
        issuer: body.issuer,
        subject: body.subject,
        sid: body.sid,
        claims: body.claims,
        sealed_tokens,
        end_session_endpoint: body.end_session_endpoint,
        refresh_due: body.refresh_due,
        created_at: body.created_at,
        idle_until,
        expires_at: body.expires_at,
    }))
}

/// The arguments that `insert` and `save` begin with.
fn put(invocation: &mut ScriptInvocation<'_>, session: Session) -> Result<(), StoreError> {
    let sid = session.sid.as_deref();
    let by_sid = sid
        .map(|sid| index("sid", &session.issuer, sid))
        .unwrap_or_default();
    let by_subject = index("subject", &session.issuer, &session.subject);
    let (id, version, idle_until) = (session.id, session.version, session.idle_until);
    let (created_at, expires_at) = (session.created_at, session.expires_at);
    let body = serde_json::to_string(&Body {
        provider: session.provider,
        issuer: session.issuer,
        subject: session.subject,
        sid: session.sid,
        claims: session.claims,
        sealed_tokens: BASE64_STANDARD.encode(session.sealed_tokens),
        end_session_endpoint: session.end_session_endpoint,
        refresh_due: session.refresh_due,
        created_at,
        expires_at,
    });
    let body = body.map_err(|error| StoreError::new(error.to_string()))?;
    invocation
        .arg(id.to_string())
        .arg(version)
        .arg(idle_until)
        .arg(expires_at)
        .arg(body)
        .arg(by_subject)
        .arg(by_sid)
        .arg((expires_at - created_at).max(0) + MARGIN);
    Ok(())
}

#[async_trait]
impl SessionStore for RedisStore {
    async fn put_pending(
        &self,
        login: PendingLogin,
        limits: PendingLimits,
        now: i64,
    ) -> Result<PutPending, StoreError> {
        let mut invocation = self.begin(&self.scripts.put_pending);
        invocation
            .arg(login.state.to_string())
            .arg(login.browser.to_string())
            .arg(login.expires_at)
            .arg(BASE64_STANDARD.encode(login.sealed))
            .arg(limits.per_browser)
            .arg(limits.total)
            .arg(now)
            .arg((login.expires_at - now).max(0) + MARGIN);
        let is_kept: bool = self.run(&invocation).await?;
        Ok(if is_kept {
            PutPending::Kept
        } else {
            PutPending::Full
        })
    }

    async fn take_pending(
        &self,
        state: &IdHash,
        browser: &IdHash,
    ) -> Result<Option<PendingLogin>, StoreError> {
        let mut invocation = self.begin(&self.scripts.take_pending);
        invocation.arg(state.to_string()).arg(browser.to_string());
        let found: Option<(i64, String)> = self.run(&invocation).await?;
        found
            .map(|(expires_at, sealed)| {
                let sealed = BASE64_STANDARD.decode(sealed);
                let sealed = sealed.map_err(|error| StoreError::new(error.to_string()))?;
                Ok(PendingLogin {
                    state: *state,
                    browser: *browser,
                    expires_at,
                    sealed,
                })
            })
            .transpose()
    }

    async fn insert(&self, session: Session, replaced: &[IdHash]) -> Result<(), StoreError> {
        let mut invocation = self.begin(&self.scripts.insert);
        put(&mut invocation, session)?;
        for id in replaced {
            invocation.arg(id.to_string());
        }
        self.run(&invocation).await
    }

    async fn find(&self, ids: &[IdHash]) -> Result<Option<Arc<Session>>, StoreError> {
        let mut pipeline = redis::pipe();
        for id in ids {
            let key = format!("{}:session:{id}", self.namespace);
            pipeline
                .cmd("HMGET")
                .arg(key)
                .arg("version")
                .arg("idle")
                .arg("body");
        }
        let mut connection = self.connection().await?;
        let rows: Vec<Option<(u64, i64, String)>> = match pipeline
            .query_async::<Vec<(Option<u64>, Option<i64>, Option<String>)>>(&mut connection)
            .await
        {
            Ok(rows) => rows
                .into_iter()
                .map(|(version, idle, body)| Some((version?, idle?, body?)))
                .collect(),
            Err(error) => return Err(failed(error)),
        };
        let found = ids
            .iter()
            .zip(rows)
            .find_map(|(id, row)| row.map(|row| (id, row)));
        found
            .map(|(id, (version, idle, body))| session((id.to_string(), version, idle, body)))
            .transpose()
    }

    async fn find_by_subject(
        &self,
        issuer: &str,
        subject: &str,
    ) -> Result<Vec<Arc<Session>>, StoreError> {
        self.list("subject", issuer, subject).await
    }

    async fn find_by_sid(&self, issuer: &str, sid: &str) -> Result<Vec<Arc<Session>>, StoreError> {
        self.list("sid", issuer, sid).await
    }

    async fn save(&self, session: Session) -> Result<bool, StoreError> {
        let mut invocation = self.begin(&self.scripts.save);
        put(&mut invocation, session)?;
        self.run(&invocation).await
    }

    async fn touch(&self, id: &IdHash, idle_until: i64) -> Result<(), StoreError> {
        let mut invocation = self.begin(&self.scripts.touch);
        invocation.arg(id.to_string()).arg(idle_until);
        self.run(&invocation).await
    }

    async fn lease_refresh(&self, id: &IdHash, now: i64, until: i64) -> Result<bool, StoreError> {
        let mut invocation = self.begin(&self.scripts.lease);
        invocation.arg(id.to_string()).arg(now).arg(until);
        self.run(&invocation).await
    }

    async fn note_jti(
        &self,
        issuer: &str,
        jti: &str,
        now: i64,
        until: i64,
    ) -> Result<bool, StoreError> {
        let mut invocation = self.begin(&self.scripts.note_jti);
        invocation
            .arg(index("jti", issuer, jti))
            .arg(now)
            .arg(until)
            .arg((until - now).max(0) + MARGIN);
        self.run(&invocation).await
    }

    async fn note_account(&self, issuer: &str, subject: &str) -> Result<bool, StoreError> {
        let mut connection = self.connection().await?;
        let key = format!("{}:accounts", self.namespace);
        let mut command = redis::cmd("SADD");
        command.arg(key).arg(index("account", issuer, subject));
        command.query_async(&mut connection).await.map_err(failed)
    }

    async fn end(&self, ids: &[IdHash]) -> Result<(), StoreError> {
        let mut invocation = self.begin(&self.scripts.end);
        for id in ids {
            invocation.arg(id.to_string());
        }
        self.run(&invocation).await
    }

    async fn sweep(&self, now: i64) -> Result<(), StoreError> {
        let mut invocation = self.begin(&self.scripts.sweep);
        invocation.arg(now);
        self.run(&invocation).await
    }
}

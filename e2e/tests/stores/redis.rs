//! A Redis or Valkey server of the tests' own, on a socket in a temporary directory.

use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use auth::config::Secret;
use auth::session::RedisStore;
use e2e::{environment, eventually};
use tempfile::TempDir;

/// Runs until it is dropped, and keeps nothing.
pub(crate) struct Server {
    child: Child,
    directory: TempDir,
    namespaces: AtomicU32,
}

impl Server {
    /// Starts it, or says what is missing.
    pub(crate) fn start() -> Result<Self, String> {
        let program = environment::program(&["redis-server", "valkey-server"]).ok_or(
            "there is neither redis-server nor valkey-server: e2e/setup-redis installs one",
        )?;
        let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
        let child = Command::new(program)
            .args([
                "--port",
                "0",
                "--save",
                "",
                "--appendonly",
                "no",
                "--unixsocket",
            ])
            .arg(directory.path().join("socket"))
            .current_dir(directory.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| error.to_string())?;
        let server = Self {
            child,
            directory,
            namespaces: AtomicU32::new(0),
        };
        let answers = crate::block_on(eventually(async || server.store().ping().await.ok()));
        answers
            .map(|()| server)
            .ok_or_else(|| "the server does not answer".to_owned())
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> String {
        format!(
            "redis+unix://{}",
            self.directory.path().join("socket").display()
        )
    }

    /// What nobody else's keys begin with.
    pub(crate) fn namespace(&self) -> String {
        format!("test-{}", self.namespaces.fetch_add(1, Ordering::Relaxed))
    }

    /// A store with nothing in it.
    pub(crate) fn store(&self) -> RedisStore {
        self.two_stores().0
    }

    /// Two connections to one store with nothing in it.
    pub(crate) fn two_stores(&self) -> (RedisStore, RedisStore) {
        let namespace = self.namespace();
        let open = || RedisStore::new(&Secret::new(self.url()), &namespace).unwrap();
        (open(), open())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _gone_already = self.child.kill();
        let _status = self.child.wait();
    }
}

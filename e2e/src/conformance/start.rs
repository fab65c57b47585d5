//! Copies of an app that a command starts.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv6Addr, TcpListener, UdpSocket};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde::Deserialize;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::timeout;
use url::Url;

use super::app::{Copy, Guard, LaunchError, Launcher, Log, Settings};
use super::profile::Profile;
use super::template::{Filling, UnknownPlace, check};
use crate::eventually::pause;
use crate::process_group::{Ending, in_own_group, signal};

/// How a copy of the app is started. Every text may have places such as `{issuer}` to fill in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Start {
    /// The program and its arguments. It runs in a new folder.
    pub command: Vec<String>,
    /// Whether that folder begins as a copy of the profile's; else it is empty. Folders of dependencies, such as
    /// `node_modules` and `.venv`, are links there.
    #[serde(default)]
    pub copy: bool,
    /// Environment variables, beside those that the kit itself has.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Files to write into that folder before, by their paths.
    #[serde(default)]
    pub files: BTreeMap<PathBuf, String>,
    /// How long it may take until it answers, in seconds.
    #[serde(default = "patience")]
    pub patience: u64,
}

const fn patience() -> u64 {
    60
}

impl Start {
    /// Whether there is a command, and the kit can fill in every place.
    pub(super) fn check(&self) -> Result<(), StartError> {
        if self.command.is_empty() {
            return Err(StartError::NoCommand);
        }
        if let Some(path) = self.files.keys().find(|path| !is_inside(path)) {
            return Err(StartError::Outside(path.clone()));
        }
        for text in self.texts() {
            check(text)?;
        }
        Ok(())
    }

    /// Every text with places to fill in.
    pub(super) fn texts(&self) -> impl Iterator<Item = &String> {
        let texts = self.command.iter();
        texts.chain(self.env.values()).chain(self.files.values())
    }
}

fn is_inside(path: &Path) -> bool {
    path.components()
        .all(|part| matches!(part, std::path::Component::Normal(_)))
}

/// What is wrong with a start.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StartError {
    /// There is no program.
    #[error("start.command is empty; it is a program and its arguments")]
    NoCommand,
    /// A file would be somewhere else.
    #[error("start.files: {0:?} is not inside the folder that the app is started in")]
    Outside(PathBuf),
    /// A place that nothing fills.
    #[error("start: {0}")]
    Place(#[from] UnknownPlace),
}

/// Starts copies of an app by a command.
pub struct CommandLauncher {
    start: Arc<Start>,
    profile: Arc<Profile>,
    profile_dir: PathBuf,
}

impl CommandLauncher {
    /// Starts copies as a profile in this folder says; none where it says nothing of it.
    #[must_use]
    pub fn new(profile: Arc<Profile>, profile_dir: PathBuf) -> Option<Self> {
        Some(Self {
            start: Arc::new(profile.start.clone()?),
            profile,
            profile_dir,
        })
    }
}

impl Launcher for CommandLauncher {
    fn prepare(&self) -> BoxFuture<'_, Result<Copy, LaunchError>> {
        std::future::ready(self.prepared()).boxed()
    }
}

impl CommandLauncher {
    fn prepared(&self) -> Result<Copy, LaunchError> {
        let port = FreePort::find().map_err(|error| LaunchError::NoRoom(error.to_string()))?;
        let base = format!("http://localhost:{}", port.number);
        let base = Url::parse(&base).map_err(|error| LaunchError::NoRoom(error.to_string()))?;
        let (redirect_uri, second_redirect_uri) = self.profile.redirect_uris(&base);
        let log = Log::default();
        let starting = Starting {
            start: Arc::clone(&self.start),
            profile_dir: self.profile_dir.display().to_string(),
            port,
            log: Arc::clone(&log),
        };
        Ok(Copy {
            log: Some(log),
            base,
            redirect_uri,
            second_redirect_uri,
            start: Box::new(|settings| starting.start(settings).boxed()),
        })
    }
}

/// Ports below those that systems give to whoever asks for any: a port that is free now is still free
/// when the copy gets there, whatever other listeners begin meanwhile.
const PORTS: Range<u32> = 20_000..32_000;

/// A port that nobody listens on, and that no other copy gets, of this kit or of another, until it is dropped.
struct FreePort {
    number: u16,
    _claim: UdpSocket,
}

impl FreePort {
    fn find() -> io::Result<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let count = PORTS.end - PORTS.start;
        // Several kits at once begin at different places.
        let begin = std::process::id().wrapping_mul(101);
        for _ in 0..count {
            let next = begin.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
            let number = u16::try_from(PORTS.start + next % count).unwrap_or_default();
            if let Some(port) = Self::claimed(number) {
                return Ok(port);
            }
        }
        Err(io::Error::other(format!(
            "every port of {PORTS:?} is taken"
        )))
    }

    /// This one, where it is free. An app takes a while until it listens: the port's namesake in UDP is taken
    /// meanwhile, which kits ask for and apps do not.
    fn claimed(number: u16) -> Option<Self> {
        let claim = UdpSocket::bind(("127.0.0.1", number)).ok()?;
        let is_free = TcpListener::bind(("127.0.0.1", number)).is_ok()
            && is_free(Ipv6Addr::LOCALHOST, number);
        is_free.then_some(Self {
            number,
            _claim: claim,
        })
    }
}

/// Whether nobody listens there; where there is no such address, nobody does.
fn is_free(address: Ipv6Addr, port: u16) -> bool {
    match TcpListener::bind((address, port)) {
        Ok(_) => true,
        Err(error) => error.kind() != io::ErrorKind::AddrInUse,
    }
}

struct Starting {
    start: Arc<Start>,
    profile_dir: String,
    port: FreePort,
    log: Log,
}

impl Starting {
    async fn start(self, settings: Settings) -> Result<Guard, LaunchError> {
        let mut running = self.spawn(&settings)?;
        let patience = Duration::from_secs(self.start.patience);
        running.answers(self.port.number, patience).await?;
        Ok(Box::new((running, self.port)))
    }

    fn spawn(&self, settings: &Settings) -> Result<Running, LaunchError> {
        let failed = |error: io::Error| LaunchError::DoesNotStart(error.to_string());
        let folder = TempDir::new().map_err(failed)?;
        let filling = Filling {
            settings,
            port: self.port.number,
            profile_dir: &self.profile_dir,
        };
        if self.start.copy {
            copy(Path::new(&self.profile_dir), folder.path()).map_err(failed)?;
        }
        for (path, text) in &self.start.files {
            write(&folder.path().join(path), &filling.fill(text)).map_err(failed)?;
        }
        let mut words = self.start.command.iter().map(|word| filling.fill(word));
        let program = words.next().unwrap_or_default();
        let variables = self.start.env.iter();
        let variables = variables.map(|(name, value)| (name, filling.fill(value)));
        let mut command = std::process::Command::new(&program);
        command
            .args(words)
            .envs(variables)
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        in_own_group(&mut command);
        match Command::from(command).spawn() {
            Ok(child) => Ok(Running::new(child, folder, Arc::clone(&self.log))),
            Err(error) => Err(LaunchError::DoesNotStart(format!(
                "{program:?} cannot be run: {error}"
            ))),
        }
    }
}

/// Folders that an app only reads, and that are large.
const LINKED: [&str; 5] = ["node_modules", ".venv", "venv", "vendor", "target"];

/// Copies a folder with what is in it, but for what version control keeps there.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let (name, there) = (entry.file_name(), entry.path());
        let here = to.join(&name);
        let kind = std::fs::metadata(&there).map(|it| it.file_type());
        match kind {
            _ if name == ".git" => {}
            Ok(kind) if kind.is_dir() && LINKED.iter().any(|it| name == *it) => {
                link(&there, &here)?;
            }
            Ok(kind) if kind.is_dir() => copy(&there, &here)?,
            Ok(kind) if kind.is_file() => std::fs::copy(&there, &here).map(drop)?,
            // Sockets, and links that lead nowhere.
            _ => {}
        }
    }
    Ok(())
}

#[cfg(unix)]
fn link(from: &Path, to: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(from, to)
}

#[cfg(not(unix))]
fn link(from: &Path, to: &Path) -> io::Result<()> {
    copy(from, to)
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, text)
}

/// A copy that runs; dropping it ends it with everything that it started.
struct Running {
    child: Child,
    said: Log,
    _folder: TempDir,
}

/// So many of its last lines are shown when it does not start.
const LINES: usize = 30;

impl Running {
    fn new(mut child: Child, folder: TempDir, said: Log) -> Self {
        if let Some(output) = child.stdout.take() {
            tokio::spawn(listen(output, Arc::clone(&said)));
        }
        if let Some(output) = child.stderr.take() {
            tokio::spawn(listen(output, Arc::clone(&said)));
        }
        Self {
            child,
            said,
            _folder: folder,
        }
    }

    /// Waits until somebody listens on its port.
    async fn answers(&mut self, port: u16, patience: Duration) -> Result<(), LaunchError> {
        let child = &mut self.child;
        let asking = async {
            loop {
                if TcpStream::connect(("localhost", port)).await.is_ok() {
                    return Ok(());
                }
                if let Ok(Some(status)) = child.try_wait() {
                    return Err(format!("it ended with {status}"));
                }
                pause().await;
            }
        };
        let answered = timeout(patience, asking).await;
        let nobody = |_| Err(format!("nobody answers on port {port} after {patience:?}"));
        answered
            .unwrap_or_else(nobody)
            .map_err(|why| self.does_not_start(&why))
    }

    fn does_not_start(&self, why: &str) -> LaunchError {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let last = &said[said.len().saturating_sub(LINES)..];
        let said = if last.is_empty() {
            "it said nothing".to_owned()
        } else {
            format!("it said:\n{}", last.join("\n"))
        };
        LaunchError::DoesNotStart(format!("{why}; {said}"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(process) = self.child.id() {
            signal(process, Ending::AtOnce);
        }
        // Its runtime waits for it, so that no zombie stays.
        let _ended_already = self.child.start_kill();
    }
}

async fn listen(output: impl AsyncRead + Unpin, said: Log) {
    let mut lines = BufReader::new(output).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        said.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(line);
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_one_copys_until_it_ends() {
        let port = FreePort::find().unwrap();
        let number = port.number;
        assert!(
            FreePort::claimed(number).is_none(),
            "nobody listens there yet"
        );
        drop(port);
        let listener = TcpListener::bind(("127.0.0.1", number)).unwrap();
        assert!(
            FreePort::claimed(number).is_none(),
            "somebody listens there"
        );
        drop(listener);
        assert!(FreePort::claimed(number).is_some());
    }

    #[test]
    fn a_copy_is_one_and_links_what_is_only_read() {
        let (from, to) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        for file in ["app.py", "conf/app.toml", "node_modules/x.js", ".git/HEAD"] {
            write(&from.path().join(file), "theirs").unwrap();
        }
        copy(from.path(), to.path()).unwrap();
        write(&to.path().join("conf/app.toml"), "ours").unwrap();
        let read = |path: PathBuf| std::fs::read_to_string(path).unwrap();
        assert_eq!(read(to.path().join("app.py")), "theirs");
        assert_eq!(read(from.path().join("conf/app.toml")), "theirs");
        assert!(to.path().join("node_modules").is_symlink());
        assert!(!to.path().join(".git").exists());
    }
}

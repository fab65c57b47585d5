//! What the tests of `conform` have on their desk: a folder, and jarvis to judge.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output};
use std::sync::atomic::{AtomicU16, Ordering};

use auth::jarvis::{self, Listen};
use auth::{Auth, Config};
use libtest_mimic::Failed;
use tempfile::TempDir;

/// Makes this executable jarvis.
pub(crate) const SERVE: &str = "--serve-jarvis";

pub(crate) fn serve() -> ExitCode {
    let secrets = Path::new(".streamlit/secrets.toml");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let served = runtime.block_on(super::jarvis::serve_by(secrets));
    say(&format!("{served:?}"));
    ExitCode::FAILURE
}

#[expect(clippy::print_stderr, reason = "what an app says of its end")]
fn say(text: &str) {
    eprintln!("{text}");
}

/// A folder with a profile of jarvis that starts this executable.
pub(crate) struct Desk {
    folder: TempDir,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let desk = Self {
            folder: TempDir::new().expect("a folder"),
        };
        let program = std::env::current_exe().expect("this executable");
        let profile = super::PROFILE.replace(
            r#"command = ["jarvis", "--log", "debug"]"#,
            &format!("command = ['{}', {SERVE:?}]", program.display()),
        );
        assert!(profile.contains(SERVE), "the profile starts something else");
        desk.write("jarvis.toml", &profile);
        desk
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).expect("a file");
        path
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn conform(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_conform"));
        command.args(arguments).current_dir(self.folder.path());
        command
    }

    /// `conform rp` with the profile.
    pub(crate) fn rp(&self, arguments: &[&str]) -> Said {
        let all = [&["rp", "--profile", "jarvis.toml"], arguments].concat();
        Said::by(&mut self.conform(&all))
    }
}

pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) error: String,
}

impl Said {
    pub(crate) fn by(command: &mut Command) -> Self {
        Self::of(&command.output().expect("conform runs"))
    }

    pub(crate) fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self {
            code: output.status.code(),
            out: text(&output.stdout),
            error: text(&output.stderr),
        }
    }

    pub(crate) fn assert(&self, code: i32, out: &str, error: &str) {
        let Self {
            code: ended,
            out: said,
            error: erred,
        } = self;
        assert_eq!(*ended, Some(code), "{said}\n{erred}");
        assert!(said.contains(out), "{out:?} is not in:\n{said}");
        assert!(erred.contains(error), "{error:?} is not in:\n{erred}");
    }
}

/// jarvis, set up for the provider that the kit starts on this port.
pub(crate) fn running_jarvis(runtime: &tokio::runtime::Runtime) -> Result<(String, u16), Failed> {
    let (app, listeners) = runtime.block_on(Listen::Localhost(0).bind())?;
    let port = two_ports()?;
    let secrets = format!(
        "[auth]\nredirect_uri = 'http://{app}/oauth2callback'\ncookie_secret = 'x'\n\
         [auth.google]\nclient_id = 'conform'\n\
         client_secret = 'known-to-everybody-who-tests-with-conform'\n\
         server_metadata_url = 'http://127.0.0.1:{port}/.well-known/openid-configuration'\n"
    );
    let config = Config::from_toml(&secrets, "secrets.toml")?;
    let auth = runtime.block_on(Auth::builder(config).build())?;
    let served = jarvis::router(auth);
    runtime.spawn(jarvis::serve(listeners, served, std::future::pending()));
    Ok((format!("http://{app}"), port))
}

/// A free port whose next one is free, too; below those that systems give to whoever asks for any, so that they stay
/// free from one run of the kit to the next.
pub(crate) fn two_ports() -> std::io::Result<u16> {
    static TAKEN: AtomicU16 = AtomicU16::new(0);
    const FIRST: u16 = 10_000;
    const COUNT: u16 = 9_000;
    let begin = u16::try_from(std::process::id() % u32::from(COUNT)).unwrap_or_default();
    for _ in 0..COUNT {
        let port = FIRST + begin.wrapping_add(TAKEN.fetch_add(2, Ordering::Relaxed)) % COUNT;
        let is_free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
        if is_free(port) && is_free(port + 1) {
            return Ok(port);
        }
    }
    Err(std::io::Error::other("every port is taken"))
}

//! Several copies of the app with one store: what is begun at one is finished at another, also when the first is
//! gone.

use std::future::Future;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::pin::Pin;
use std::process::{Child, Command, ExitCode, Stdio};

use auth::jarvis::{self, Listen};
use auth::{Auth, Config};
use e2e::{AppPages, Outcome, Person as _, Visitor};
use mock_idp::{AutoLogin, MockIdp};
use tempfile::TempDir;
use url::Url;

use crate::redis::Server;

/// The word by which this executable is a copy of the app.
pub(crate) const SERVE: &str = "--serve-jarvis";

/// Where visitors find the app, whichever copy answers.
const ORIGIN: &str = "http://localhost:8501";

type Case = for<'a> fn(&'a Shared) -> Pin<Box<dyn Future<Output = ()> + 'a>>;

/// Every case, with either store.
pub(crate) const CASES: &[(&str, Case)] = &[
    ("a_restart_logs_nobody_out", |shared| {
        Box::pin(a_restart_logs_nobody_out(shared))
    }),
    ("a_login_begun_at_one_is_finished_at_another", |shared| {
        Box::pin(a_login_begun_at_one_is_finished_at_another(shared))
    }),
    ("a_killed_copy_loses_nothing", |shared| {
        Box::pin(a_killed_copy_loses_nothing(shared))
    }),
    ("a_logout_at_one_counts_at_another", |shared| {
        Box::pin(a_logout_at_one_counts_at_another(shared))
    }),
    ("a_thousand_logins_at_once", |shared| {
        Box::pin(a_thousand_logins_at_once(shared))
    }),
];

/// What the copies share: a store and a provider.
pub(crate) struct Shared {
    directory: TempDir,
    idp: MockIdp,
}

impl Shared {
    /// With sessions in a file.
    pub(crate) fn file() -> Self {
        Self::with("store = 'sqlite:sessions.db'")
    }

    /// With sessions in a server.
    pub(crate) fn at(server: &Server) -> Self {
        let (url, name) = (server.url(), server.namespace());
        Self::with(&format!("store = '{url}'\ncookie_name = '{name}'"))
    }

    fn with(lines: &str) -> Self {
        let idp = MockIdp::start();
        let secrets = idp.secrets_toml(&format!("{ORIGIN}/oauth2callback"));
        let secrets = secrets.replacen("[auth]", &format!("[auth]\n{lines}"), 1);
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("secrets.toml"), secrets).unwrap();
        Self { directory, idp }
    }

    fn copy(&self) -> Copy {
        Copy::start(&self.directory.path().join("secrets.toml"))
    }
}

/// A process with the app.
struct Copy {
    child: Child,
    address: SocketAddr,
}

impl Copy {
    fn start(secrets: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .arg(SERVE)
            .arg(secrets)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let output = child.stdout.take().unwrap();
        BufReader::new(output).read_line(&mut line).unwrap();
        let address = line
            .trim()
            .parse()
            .unwrap_or_else(|_| panic!("no address: {line:?}"));
        Self { child, address }
    }

    /// Somebody who reaches this copy.
    fn visitor(&self) -> Visitor {
        self.answers(Visitor::new(AppPages::jarvis(ORIGIN)))
    }

    /// The same person, whose next request reaches this copy.
    fn answers(&self, visitor: Visitor) -> Visitor {
        visitor.resolve(&Url::parse(ORIGIN).unwrap(), self.address)
    }
}

impl Drop for Copy {
    /// Without a word of farewell.
    fn drop(&mut self) {
        let _gone_already = self.child.kill();
        let _status = self.child.wait();
    }
}

/// Serves the app by a secrets file, and says where.
pub(crate) fn serve(arguments: &[String]) -> ExitCode {
    let [secrets] = arguments else {
        return ExitCode::from(2);
    };
    crate::block_on(async {
        let config = Config::from_file(secrets).expect("secrets");
        let auth = Auth::builder(config).build().await.expect("a store");
        let (_, listeners) = Listen::Localhost(0).bind().await.expect("a free port");
        let address = listeners[0].local_addr().expect("an address");
        writeln!(io::stdout(), "{address}").expect("somebody who reads it");
        let served = jarvis::serve(listeners, jarvis::router(auth), std::future::pending()).await;
        served.map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS)
    })
}

fn alice() -> Outcome {
    Outcome::SignedIn("Alice Example".to_owned())
}

async fn a_restart_logs_nobody_out(shared: &Shared) {
    let before = shared.copy();
    let mut visitor = before.visitor();
    assert_eq!(visitor.sign_in_as("alice").await, alice());
    drop(before);
    let after = shared.copy();
    let mut visitor = after.answers(visitor);
    assert_eq!(visitor.who().await.as_deref(), Some("Alice Example"));
}

async fn a_login_begun_at_one_is_finished_at_another(shared: &Shared) {
    let (one, two) = (shared.copy(), shared.copy());
    let mut visitor = one.visitor();
    let callback = visitor.callback_url("alice").await.unwrap();
    let mut visitor = two.answers(visitor);
    visitor.open(&callback).await.unwrap();
    assert_eq!(visitor.outcome().await, Ok(alice()));
    let mut visitor = one.answers(visitor);
    assert_eq!(visitor.who().await.as_deref(), Some("Alice Example"));
    // It was taken for good, wherever.
    visitor.open(&callback).await.unwrap();
    assert_eq!(
        visitor.outcome().await,
        Ok(Outcome::refused("callback.state"))
    );
}

async fn a_killed_copy_loses_nothing(shared: &Shared) {
    let (one, two) = (shared.copy(), shared.copy());
    let mut logged_in = one.visitor();
    assert_eq!(logged_in.sign_in_as("alice").await, alice());
    let mut on_the_way = one.visitor();
    let callback = on_the_way.callback_url("alice").await.unwrap();
    drop(one);
    let mut logged_in = two.answers(logged_in);
    assert_eq!(logged_in.who().await.as_deref(), Some("Alice Example"));
    let mut on_the_way = two.answers(on_the_way);
    on_the_way.open(&callback).await.unwrap();
    assert_eq!(on_the_way.outcome().await, Ok(alice()));
}

async fn a_logout_at_one_counts_at_another(shared: &Shared) {
    let (one, two) = (shared.copy(), shared.copy());
    let mut visitor = one.visitor();
    assert_eq!(visitor.sign_in_as("alice").await, alice());
    let name = visitor.cookies().names(&Url::parse(ORIGIN).unwrap());
    let name = name
        .into_iter()
        .find(|name| name.ends_with("_session"))
        .unwrap();
    let stolen = visitor
        .cookies()
        .value(&Url::parse(ORIGIN).unwrap(), &name)
        .unwrap();
    assert_eq!(visitor.sign_out().await, Outcome::SignedOut);
    let mut thief = two.visitor();
    let cookie = format!("{name}={stolen}; Path=/");
    thief
        .cookies()
        .set(&Url::parse(ORIGIN).unwrap(), &cookie)
        .unwrap();
    assert_eq!(thief.who().await, None);
}

/// Half of them are finished at the other copy.
async fn a_thousand_logins_at_once(shared: &Shared) {
    const MANY: usize = 1_000;
    shared
        .idp
        .set_auto_login(AutoLogin::Persona("alice".to_owned()));
    let copies = [shared.copy(), shared.copy()];
    let logins = (0..MANY).map(|number| {
        let (begins, ends) = (&copies[number % 2], &copies[number / 2 % 2]);
        async move {
            let mut visitor = begins.visitor();
            let stops = |url: &Url| url.path() == "/oauth2callback";
            let start = Url::parse(ORIGIN).unwrap().join("/auth/login").unwrap();
            let callback = visitor.open_until(&start, stops).await.unwrap();
            let mut visitor = ends.answers(visitor);
            visitor.open(&callback).await.unwrap();
            visitor.outcome().await
        }
    });
    let ended = futures_util::future::join_all(logins).await;
    let lost: Vec<_> = ended
        .into_iter()
        .filter(|outcome| *outcome != Ok(alice()))
        .collect();
    assert!(
        lost.is_empty(),
        "{} of {MANY}: {:?}",
        lost.len(),
        lost.first()
    );
}

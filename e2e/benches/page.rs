//! What a page costs jarvis when somebody is logged in.
//!
//! `cargo bench -p e2e --bench page -- [--check]`
//!
//! CPU time of the server's process for each request over a few keep-alive connections, so that it does not sleep
//! between two, beside an axum app that sends the same bytes and looks nothing up: the ratio of what both manage in a
//! second of their processor. `--check` fails where a limit is missed.

use std::error::Error;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};

use auth::jarvis::{self, Listen};
use auth::{Auth, Config};
use axum::Router;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::routing::get;
use e2e::{AppPages, Outcome, Person as _, Visitor};
use mock_idp::MockIdp;
use url::Url;

const JARVIS: &str = "--serve-jarvis";
const BARE: &str = "--serve-bare";
/// Where visitors find the app.
const ORIGIN: &str = "http://localhost:8501";
const ROUNDS: usize = 15;
const REQUESTS: usize = 8_000;
const CONNECTIONS: usize = 16;

/// The store, and the least that a page may be worth.
const LIMITS: [(&str, f64); 2] = [("memory", 0.70), ("sqlite:sessions.db", 0.35)];

type Failure = Box<dyn Error>;

fn main() -> Result<ExitCode, Failure> {
    let words: Vec<String> = std::env::args().collect();
    let after = |flag: &str| {
        let at = words.iter().position(|word| word == flag)?;
        words.get(at + 1)
    };
    if let Some(secrets) = after(JARVIS) {
        return serve(async || {
            let auth = Auth::builder(Config::from_file(secrets)?).build().await?;
            Ok(jarvis::router(auth))
        });
    }
    if let Some(answer) = after(BARE) {
        return serve(async || bare(&std::fs::read_to_string(answer)?));
    }
    let mut is_right = true;
    for (store, limit) in LIMITS {
        let ratio = measure(store)?;
        let verdict = if ratio >= limit { "ok" } else { "MISSED" };
        is_right &= ratio >= limit;
        writeln!(
            io::stdout(),
            "{store:<20} {ratio:.2} of a bare page (limit {limit:.2}) {verdict}"
        )?;
    }
    let fails = !is_right && words.iter().any(|word| word == "--check");
    Ok(if fails {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
}

fn serve(app: impl AsyncFnOnce() -> Result<Router, Failure>) -> Result<ExitCode, Failure> {
    runtime()?.block_on(async {
        let app = app().await?;
        let (_, listeners) = Listen::Localhost(0).bind().await?;
        writeln!(io::stdout(), "{}", listeners[0].local_addr()?)?;
        jarvis::serve(listeners, app, std::future::pending()).await?;
        Ok(ExitCode::SUCCESS)
    })
}

/// The same answer to everybody.
fn bare(answer: &str) -> Result<Router, Failure> {
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("no answer")?;
    let mut headers = HeaderMap::new();
    for line in head.lines().skip(1) {
        let (name, value) = line.split_once(": ").ok_or("no header")?;
        if !["date", "content-length"].contains(&name) {
            headers.insert(HeaderName::try_from(name)?, HeaderValue::try_from(value)?);
        }
    }
    let body = body.to_owned();
    Ok(Router::new().route("/", get(async move || (headers.clone(), body.clone()))))
}

/// A server, and the connections to it.
struct Served {
    child: Child,
    connections: Vec<TcpStream>,
    request: String,
}

impl Served {
    fn start(flag: &str, file: &Path) -> Result<Self, Failure> {
        let mut child = Command::new(std::env::current_exe()?)
            .args([flag.as_ref(), file.as_os_str()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        let connect = |_| {
            let connection = TcpStream::connect(line.trim())?;
            connection.set_nodelay(true)?;
            Ok(connection)
        };
        let connections = (0..CONNECTIONS).map(connect).collect::<io::Result<_>>()?;
        Ok(Self {
            child,
            connections,
            request: String::new(),
        })
    }

    /// One request on each connection; the answer is that of the last.
    fn ask(&mut self) -> io::Result<String> {
        for connection in &mut self.connections {
            connection.write_all(self.request.as_bytes())?;
        }
        let mut answers = self.connections.iter_mut().map(read_answer);
        answers.try_fold(String::new(), |_, answer| answer)
    }

    /// Nanoseconds of CPU time for a request.
    fn cost(&mut self) -> io::Result<f64> {
        let before = self.cpu()?;
        for _ in 0..REQUESTS / CONNECTIONS {
            self.ask()?;
        }
        let spent = u32::try_from(self.cpu()? - before).unwrap_or(u32::MAX);
        let count = u32::try_from(REQUESTS).unwrap_or(u32::MAX);
        Ok(f64::from(spent) / f64::from(count))
    }

    /// What all its threads have used, in nanoseconds.
    fn cpu(&self) -> io::Result<u64> {
        let mut all = 0;
        for task in std::fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let text = std::fs::read_to_string(task?.path().join("schedstat")).unwrap_or_default();
            all += text
                .split(' ')
                .next()
                .and_then(|spent| spent.parse::<u64>().ok())
                .unwrap_or_default();
        }
        Ok(all)
    }
}

fn read_answer(connection: &mut TcpStream) -> io::Result<String> {
    let mut answer = Vec::new();
    let mut buffer = [0; 16_384];
    loop {
        let read = connection.read(&mut buffer)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        answer.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&answer);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        if length.is_some_and(|length: usize| body.len() >= length) {
            return Ok(text.into_owned());
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _gone_already = self.child.kill();
        let _status = self.child.wait();
    }
}

/// How many pages jarvis serves with this store where the bare app serves one.
fn measure(store: &str) -> Result<f64, Failure> {
    let idp = MockIdp::start();
    let folder = tempfile::tempdir()?;
    let secrets = idp.secrets_toml(&format!("{ORIGIN}/oauth2callback"));
    let secrets = secrets.replacen("[auth]", &format!("[auth]\nstore = '{store}'"), 1);
    let file = folder.path().join("secrets.toml");
    std::fs::write(&file, secrets)?;
    let mut app = Served::start(JARVIS, &file)?;
    let origin = Url::parse(ORIGIN)?;
    let visitor = Visitor::new(AppPages::jarvis(ORIGIN));
    let mut visitor = visitor.resolve(&origin, app.connections[0].peer_addr()?);
    let outcome = runtime()?.block_on(visitor.sign_in_as("alice"));
    if outcome != Outcome::SignedIn("Alice Example".to_owned()) {
        return Err(format!("nobody is logged in: {outcome:?}").into());
    }
    let cookie = visitor
        .cookies()
        .value(&origin, "auth_session")
        .ok_or("no cookie")?;
    app.request =
        format!("GET / HTTP/1.1\r\nhost: localhost\r\ncookie: auth_session={cookie}\r\n\r\n");
    let answer = app.ask()?;
    if !answer.contains("Welcome") {
        return Err("the page welcomes nobody".into());
    }
    let file = folder.path().join("answer");
    std::fs::write(&file, answer)?;
    let mut bare = Served::start(BARE, &file)?;
    bare.request.clone_from(&app.request);
    let mut ratios = Vec::new();
    for _ in 0..ROUNDS {
        ratios.push(bare.cost()? / app.cost()?);
    }
    ratios.sort_by(f64::total_cmp);
    Ok(ratios[ROUNDS / 2])
}

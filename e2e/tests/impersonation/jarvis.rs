//! jarvis with the secrets it has in production.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};

use auth::jarvis::{self, Listen};
use auth::{Auth, Config};
use e2e::browser::{Kind, Network, Screen};
use e2e::{AppPages, Browser, Control, Outcome, Person, Visitor};
use libtest_mimic::Failed;
use mock_idp::{MockIdp, Place, id_token};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::front::Front;

/// The word by which this executable is the app.
pub(crate) const SERVE: &str = "--serve-jarvis";

/// Serves the app with the secrets of a file, and says where.
pub(crate) fn serve(arguments: &[String]) -> ExitCode {
    let [secrets] = arguments else {
        return ExitCode::from(2);
    };
    runtime().block_on(async {
        let config = Config::from_file(secrets).expect("secrets");
        let auth = Auth::builder(config).build().await.expect("a store");
        let app = jarvis::router(auth);
        let (_, listeners) = Listen::Localhost(0).bind().await.expect("a free port");
        let address = listeners[0].local_addr().expect("an address");
        writeln!(io::stdout(), "{address}").expect("somebody who reads it");
        let served = jarvis::serve(listeners, app, std::future::pending()).await;
        served.map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS)
    })
}

fn runtime() -> Runtime {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let builder = builder.worker_threads(1).enable_all();
    builder.build().expect("a runtime")
}

/// The app in a process of its own, behind its front, and the provider it believes to be real.
struct Production {
    idp: MockIdp,
    home: String,
    authorities: [String; 2],
    app: Child,
    _folder: TempDir,
    _front: JoinSet<()>,
}

impl Drop for Production {
    fn drop(&mut self) {
        let _gone = self.app.kill();
        let _gone = self.app.wait();
    }
}

impl Production {
    /// The app has the proxy, and the authority unless it is to do without.
    async fn start(flavour: &str, is_trusted: bool) -> Self {
        let idp = MockIdp::builder().flavour(flavour).impersonate();
        let idp = idp.start().expect("a provider");
        let front = Front::new().await;
        let home = format!("https://localhost:{}/", front.port);
        let secrets = idp.secrets_toml(&format!("{home}oauth2callback"));
        let folder = TempDir::new().expect("a folder");
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).expect("a file");
            path
        };
        let secrets = write("secrets.toml", &secrets);
        let ca = idp.ca_certificate().expect("an authority").to_owned();
        let trusted = if is_trusted { &ca } else { &front.authority };
        let trusted = write("ca.pem", trusted);
        let (app, address) = spawn(&secrets, &idp.proxy().expect("a proxy"), &trusted);
        Self {
            authorities: [ca, front.authority.clone()],
            _front: front.before(address),
            idp,
            home,
            app,
            _folder: folder,
        }
    }

    fn pages(&self, label: &str) -> AppPages {
        AppPages {
            log_in: Control::named(&format!("Log in with {label}")),
            ..AppPages::jarvis(&self.home)
        }
    }

    fn authorities(&self) -> [&str; 2] {
        [&self.authorities[0], &self.authorities[1]]
    }

    fn visitor(&self, label: &str) -> Visitor {
        let proxy = self.idp.proxy().expect("a proxy");
        Visitor::new(self.pages(label)).behind(&proxy, &self.authorities())
    }
}

fn spawn(secrets: &Path, proxy: &str, ca: &Path) -> (Child, SocketAddr) {
    let mut command = Command::new(std::env::current_exe().expect("this executable"));
    let mut app = command
        .arg(SERVE)
        .arg(secrets)
        .env_remove("SSL_CERT_DIR")
        .envs([
            ("HTTPS_PROXY", proxy),
            ("NO_PROXY", "localhost,127.0.0.1,::1"),
        ])
        .env("SSL_CERT_FILE", ca)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the app");
    let mut line = String::new();
    let output = app.stdout.take().expect("its output");
    let read = BufReader::new(output).read_line(&mut line);
    read.expect("where the app listens");
    (app, line.trim().parse().expect("an address"))
}

fn alice() -> Outcome {
    Outcome::SignedIn("Alice Example".to_owned())
}

async fn logs_in_and_out(person: &mut impl Person) {
    assert_eq!(person.who().await, None);
    assert_eq!(person.sign_in_as("alice").await, alice());
    assert_eq!(person.sign_out().await, Outcome::SignedOut);
}

/// The visitor was at the real address, and nothing went elsewhere.
fn was_at_google(production: &Production) {
    let idp = &production.idp;
    assert_eq!(idp.issuer(), "https://accounts.google.com");
    let requests = idp.requests();
    assert!(requests.to(Place::Elsewhere).is_empty(), "{requests}");
    assert!(requests.refused().is_empty(), "{requests}");
    for place in [Place::Discovery, Place::Jwks, Place::Token] {
        assert_eq!(requests.to(place).len(), 1, "{place}: {requests}");
    }
}

pub(crate) fn over_http() -> Result<(), Failed> {
    runtime().block_on(async {
        let production = Production::start("google", true).await;
        let mut visitor = production.visitor("Google");
        logs_in_and_out(&mut visitor).await;
        visitor.begin_login().await?;
        let at = visitor.page().await?.url.to_string();
        assert!(at.starts_with("https://accounts.google.com/"), "{at}");
        drop(visitor);
        was_at_google(&production);
        Ok(())
    })
}

pub(crate) fn at_every_provider() -> Result<(), Failed> {
    runtime().block_on(async {
        for (flavour, label, issuer) in [
            (
                "microsoft",
                "Microsoft",
                "https://login.microsoftonline.com/{tenantid}/v2.0",
            ),
            ("github", "GitHub", "https://github.com/login/oauth"),
            ("linkedin", "LinkedIn", "https://www.linkedin.com/oauth"),
        ] {
            let production = Production::start(flavour, true).await;
            assert_eq!(production.idp.issuer(), issuer);
            let outcome = production.visitor(label).sign_in_as("alice").await;
            assert_eq!(outcome, alice(), "{flavour}: {}", production.idp.requests());
        }
        Ok(())
    })
}

/// Google's two spellings of its issuer in ID tokens; a third is none.
pub(crate) fn quirk_5_two_spellings() -> Result<(), Failed> {
    runtime().block_on(async {
        let production = Production::start("google", true).await;
        for (spelling, outcome) in [
            ("accounts.google.com", alice()),
            ("https://accounts.google.com", alice()),
            (
                "http://accounts.google.com",
                Outcome::refused("id_token.iss"),
            ),
        ] {
            production.idp.fault(id_token().set("iss", spelling).once());
            let seen = production.visitor("Google").sign_in_as("alice").await;
            assert_eq!(seen, outcome, "{spelling}");
        }
        Ok(())
    })
}

/// What makes the provider believable is the authority: without it the app sends nothing.
pub(crate) fn without_the_authority() -> Result<(), Failed> {
    runtime().block_on(async {
        let production = Production::start("google", false).await;
        let mut visitor = production.visitor("Google");
        let outcome = visitor.sign_in_as("alice").await;
        assert_eq!(outcome, Outcome::refused("provider.unreachable"));
        assert!(production.idp.requests().is_empty());
        Ok(())
    })
}

pub(crate) fn in_a_browser(kind: Kind) -> Result<(), Failed> {
    runtime().block_on(async {
        let production = Production::start("google", true).await;
        let proxy = production.idp.proxy().expect("a proxy");
        let proxy = proxy.trim_start_matches("http://").parse()?;
        let network = Network::trusting(kind, proxy, &production.authorities())?;
        let pages = production.pages("Google");
        let mut browser = Browser::start_in(kind, Screen::Desktop, pages, network).await?;
        logs_in_and_out(&mut browser).await;
        browser.begin_login().await?;
        let at = browser.page().await?.url.to_string();
        assert!(at.starts_with("https://accounts.google.com/"), "{at}");
        let kept = format!("{}-impersonation", kind.name());
        let _picture = browser.keep_screenshot(&kept).await;
        browser.close().await;
        was_at_google(&production);
        Ok(())
    })
}

//! A provider on which a row of the catalogue is played, and what was seen on the wire.

use std::cell::Cell;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mock_idp::fault::Effect;
use mock_idp::{AutoLogin, Client, Fault, MockIdp};
use serde_json::Value;
use url::Url;
use url::form_urlencoded::Serializer;

pub(super) const REDIRECT_URI: &str = "http://localhost:8501/oauth2callback";

/// Which answer is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    Discovery,
    Jwks,
    Authorization,
    /// The answer to an authorization request that has to be refused.
    Refusal,
    Token,
    UserInfo,
    /// The answer to a refresh request.
    Refresh,
    /// The request with a logout token that the app gets.
    Logout,
    /// The token answer of a second login: the first was honest, and can be replayed.
    Again,
}

/// A row: its id, the faults, which answer, and what must be seen there.
pub(super) type Row = (
    &'static str,
    Look,
    fn(&Stage) -> Vec<Fault>,
    fn(&Seen, &Stage) -> bool,
);

/// A provider with one app.
pub(super) struct Stage {
    pub(super) idp: MockIdp,
    pub(super) client: Client,
    /// Who is to be told of logouts.
    app: TcpListener,
    /// How long a reader waits for more.
    patience: Cell<Duration>,
}

/// How an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The provider closed the connection.
    Closed,
    /// It was reset.
    Reset,
    /// Nothing more came.
    Silence,
}

/// An answer as it came over the wire.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) raw: Vec<u8>,
    pub(super) end: End,
}

/// Plays every row on a provider of its own. A fault that changed nothing fails it as well.
pub(super) fn play(rows: &[Row]) {
    for (id, look, faults, expected) in rows {
        let stage = Stage::start();
        if *look == Look::Again {
            stage.look(Look::Token);
        }
        for fault in faults(&stage) {
            if fault.effects.iter().any(is_slow) {
                stage.patience.set(Duration::from_millis(200));
            }
            let written = serde_json::to_string(&fault).unwrap();
            assert_eq!(
                serde_json::from_str::<Fault>(&written).unwrap(),
                fault,
                "{id}"
            );
            stage.idp.fault(fault);
        }
        let seen = stage.look(*look);
        let text = String::from_utf8_lossy(&seen.raw);
        let text = text.chars().take(4_000).collect::<String>();
        assert!(expected(&seen, &stage), "{id}: {:?} {text}", seen.end);
        if let Err(error) = stage.idp.try_verify() {
            panic!("{id}: {error}");
        }
    }
}

/// Whether an answer with it is not over when a reader gives up.
fn is_slow(effect: &Effect) -> bool {
    matches!(
        effect,
        Effect::Silence | Effect::SilenceAfterHeaders | Effect::Drip { .. }
    )
}

impl Stage {
    pub(super) fn start() -> Self {
        let idp = MockIdp::builder().flavour("plain").start().unwrap();
        idp.set_auto_login(AutoLogin::Persona("alice".into()));
        let app = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut client = Client {
            client_id: "app".into(),
            ..idp.register(REDIRECT_URI)
        };
        let address = app.local_addr().unwrap();
        client.backchannel_logout_uri = Some(format!("http://{address}/logout"));
        idp.register_client(client.clone()).unwrap();
        Self {
            idp,
            client,
            app,
            patience: Cell::new(Duration::from_secs(20)),
        }
    }

    pub(super) fn look(&self, look: Look) -> Seen {
        match look {
            Look::Discovery => self.get("/.well-known/openid-configuration"),
            Look::Jwks => self.get("/jwks"),
            Look::Authorization => self.authorize("openid email profile offline_access"),
            Look::Refusal => self.authorize("email"),
            Look::Token | Look::Again => self.token(),
            Look::UserInfo => {
                let tokens = self.token().json();
                let token = tokens["access_token"].as_str().unwrap();
                let head = format!("GET /userinfo HTTP/1.1\r\nauthorization: Bearer {token}\r\n");
                self.send(&head, "")
            }
            Look::Refresh => {
                let token = self.token().json()["refresh_token"]
                    .as_str()
                    .unwrap()
                    .to_owned();
                self.post(&[("grant_type", "refresh_token"), ("refresh_token", &token)])
            }
            Look::Logout => self.logout(),
        }
    }

    pub(super) fn get(&self, path: &str) -> Seen {
        self.send(&format!("GET {path} HTTP/1.1\r\n"), "")
    }

    pub(super) fn authorize(&self, scope: &str) -> Seen {
        let query = Serializer::new(String::new())
            .extend_pairs([
                ("response_type", "code"),
                ("client_id", &self.client.client_id),
                ("redirect_uri", REDIRECT_URI),
                ("scope", scope),
                ("state", "the state"),
                ("nonce", "the nonce"),
                (
                    "prompt",
                    if scope.contains("openid") {
                        "consent"
                    } else {
                        "none login"
                    },
                ),
            ])
            .finish();
        self.get(&format!("/authorize?{query}"))
    }

    /// The token answer of a login.
    pub(super) fn token(&self) -> Seen {
        let seen = self.authorize("openid email profile offline_access");
        self.exchange(&seen.parameter("code").unwrap_or_default())
    }

    pub(super) fn exchange(&self, code: &str) -> Seen {
        self.post(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT_URI),
        ])
    }

    fn post(&self, pairs: &[(&str, &str)]) -> Seen {
        let secret = self.client.client_secret.as_deref().unwrap();
        let body = Serializer::new(String::new())
            .extend_pairs(pairs)
            .extend_pairs([("client_id", self.client.client_id.as_str())])
            .extend_pairs([("client_secret", secret)])
            .finish();
        let head = format!(
            "POST /token HTTP/1.1\r\ncontent-type: application/x-www-form-urlencoded\r\n\
             content-length: {}\r\n",
            body.len()
        );
        self.send(&head, &body)
    }

    fn send(&self, head: &str, body: &str) -> Seen {
        let address = self.idp.issuer().strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        let request = format!("{head}host: {address}\r\nconnection: close\r\n\r\n{body}");
        stream.write_all(request.as_bytes()).unwrap();
        Seen::read(&mut stream, self.patience.get())
    }

    /// Logs the persona out, and returns what the app was told.
    fn logout(&self) -> Seen {
        let app = self.app.try_clone().unwrap();
        let listening = thread::spawn(move || {
            let (mut stream, _) = app.accept().unwrap();
            let seen = Seen::read_request(&mut stream);
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
                .unwrap();
            seen
        });
        let runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = { runtime }.enable_all().build().unwrap();
        let sent = self.idp.send_logout_token(&self.client.client_id, "alice");
        runtime.block_on(sent).unwrap();
        listening.join().unwrap()
    }
}

impl Seen {
    /// Reads until the other side ends, or says nothing for a while.
    fn read(stream: &mut TcpStream, patience: Duration) -> Self {
        stream.set_read_timeout(Some(patience)).unwrap();
        let mut raw = Vec::new();
        let mut piece = vec![0; 1 << 16];
        let end = loop {
            match stream.read(&mut piece) {
                Ok(0) => break End::Closed,
                Ok(length) => raw.extend(&piece[..length]),
                Err(error) if error.kind() == ErrorKind::ConnectionReset => break End::Reset,
                Err(_) => break End::Silence,
            }
        };
        Self { raw, end }
    }

    /// Reads a request: until the body is there that its head announces.
    fn read_request(stream: &mut TcpStream) -> Self {
        let mut seen = Self {
            raw: Vec::new(),
            end: End::Silence,
        };
        let mut piece = vec![0; 1 << 16];
        while seen.header("content-length") != seen.body().len().to_string() {
            let length = stream.read(&mut piece).unwrap();
            seen.raw.extend(&piece[..length]);
        }
        seen
    }

    fn split(&self) -> (String, &[u8]) {
        let end = self.raw.windows(4).position(|it| it == b"\r\n\r\n");
        let end = end.unwrap_or(self.raw.len());
        let head = String::from_utf8_lossy(&self.raw[..end]).into_owned();
        (head, self.raw.get(end + 4..).unwrap_or_default())
    }

    pub(super) fn body(&self) -> &[u8] {
        self.split().1
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(self.body()).into_owned()
    }

    /// 0 where no status came.
    pub(super) fn status(&self) -> u16 {
        let (head, _) = self.split();
        let status = head.split(' ').nth(1).and_then(|text| text.parse().ok());
        status.unwrap_or_default()
    }

    /// A header; empty where it is not there.
    pub(super) fn header(&self, name: &str) -> String {
        let (head, _) = self.split();
        let mut lines = head.lines().filter_map(|line| line.split_once(": "));
        let found = lines.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.to_owned()).unwrap_or_default()
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(self.body()).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    /// How often a member's name stands in the body.
    pub(super) fn count(&self, member: &str) -> usize {
        self.text().matches(&format!("\"{member}\"")).count()
    }

    /// What the app gets in the query of its redirect URI, in order.
    pub(super) fn parameters(&self) -> Vec<(String, String)> {
        let url = Url::parse(&self.header("location")).unwrap();
        url.query_pairs().into_owned().collect()
    }

    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        let mut all = self.parameters().into_iter();
        all.find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// The values of a parameter that came several times.
    pub(super) fn values(&self, name: &str) -> Vec<String> {
        let all = self.parameters().into_iter();
        all.filter(|(known, _)| known == name)
            .map(|(_, value)| value)
            .collect()
    }

    /// The compact token: of the token answer, of a logout request, or the body itself.
    pub(super) fn token(&self) -> String {
        let body = self.text();
        if let Ok(Value::Object(members)) = serde_json::from_str(&body) {
            return members["id_token"].as_str().unwrap().to_owned();
        }
        let mut pairs = url::form_urlencoded::parse(body.as_bytes());
        match pairs.find(|(name, _)| name == "logout_token") {
            Some((_, token)) => token.into_owned(),
            None => body,
        }
    }

    /// A decoded part of the token.
    pub(super) fn part(&self, number: usize) -> Vec<u8> {
        let token = self.token();
        let part = token.split('.').nth(number).unwrap_or_default();
        URL_SAFE_NO_PAD.decode(part).unwrap()
    }

    pub(super) fn part_text(&self, number: usize) -> String {
        String::from_utf8_lossy(&self.part(number)).into_owned()
    }

    pub(super) fn jose(&self) -> Value {
        serde_json::from_slice(&self.part(0)).unwrap()
    }

    pub(super) fn claims(&self) -> Value {
        serde_json::from_slice(&self.part(1)).unwrap()
    }
}

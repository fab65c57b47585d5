//! [`FakeProvider`]: a provider on a free port whose every answer a test can write.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::{Url, form_urlencoded};

use crate::{
    Config,
    testing::{NOW, Signer},
};

pub(crate) const DISCOVERY: &str = "/.well-known/openid-configuration";
pub(crate) const KEYS: &str = "/keys";
pub(crate) const TOKEN: &str = "/token";
pub(crate) const USERINFO: &str = "/userinfo";

/// A provider that answers as its [`World`] says, until it is dropped.
pub(crate) struct FakeProvider {
    pub(crate) issuer: String,
    world: Arc<Mutex<World>>,
    server: tokio::task::JoinHandle<()>,
}

/// Everything that the provider says, for a test to change.
pub(crate) struct World {
    pub(crate) discovery: Value,
    pub(crate) keys: Vec<Value>,
    pub(crate) signer: Signer,
    pub(crate) header: Value,
    pub(crate) claims: Value,
    pub(crate) token: Value,
    pub(crate) userinfo: Value,
    /// Instead of all that, by path.
    pub(crate) instead: HashMap<&'static str, Answer>,
    pub(crate) requests: Vec<Recorded>,
}

/// An answer out of the ordinary.
#[derive(Clone)]
pub(crate) enum Answer {
    Says(u16, String),
    RedirectsTo(String),
    Never,
}

/// A request that was made.
#[derive(Clone)]
pub(crate) struct Recorded {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) form: HashMap<String, String>,
}

impl FakeProvider {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let world = Arc::new(Mutex::new(World::new(&issuer)));
        let app = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&world));
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self {
            issuer,
            world,
            server,
        }
    }

    /// Changes what the provider says from now on.
    pub(crate) fn edit<T>(&self, edit: impl FnOnce(&mut World) -> T) -> T {
        edit(&mut self.world.lock().unwrap())
    }

    /// A configuration with this provider as `google` and, to have two, as `other`.
    pub(crate) fn config(&self, redirect_uri: &str) -> Config {
        let Self { issuer, .. } = self;
        let provider = format!(
            "client_id = \"client:1\"\nclient_secret = \"s+ %\"\nserver_metadata_url = \"{issuer}{DISCOVERY}\"\n"
        );
        let text = format!(
            "[auth]\nredirect_uri = \"{redirect_uri}\"\ncookie_secret = \"0123456789abcdef0123456789abcdef\"\n\
             [auth.google]\n{provider}[auth.other]\n{provider}"
        );
        Config::from_toml(&text, "secrets.toml").unwrap()
    }

    /// Logs somebody in who was sent to this URL: the next ID token is for that login. The answer
    /// is the callback's query.
    pub(crate) fn authorize(&self, url: &Url) -> String {
        let query: HashMap<_, _> = url.query_pairs().into_owned().collect();
        self.edit(|world| world.claims["nonce"] = json!(query["nonce"]));
        let pairs = [
            ("state", &query["state"]),
            ("iss", &self.issuer),
            ("code", &"4/0code".to_owned()),
        ];
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .finish()
    }

    /// A logout token about somebody, after an edit of its claims.
    pub(crate) fn logout_token(&self, edit: impl FnOnce(&mut Value)) -> String {
        self.logout_token_of_type("logout+jwt", edit)
    }

    /// The same with this `typ` in its header.
    pub(crate) fn logout_token_of_type(&self, typ: &str, edit: impl FnOnce(&mut Value)) -> String {
        self.edit(|world| {
            let mut claims = json!({
                "iss": world.claims["iss"], "aud": "client:1", "iat": world.claims["iat"],
                "exp": world.claims["iat"].as_i64().unwrap() + 120, "jti": "logout-1",
                "sub": "110", "sid": "provider-session",
                "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
            });
            edit(&mut claims);
            let mut header = world.header.clone();
            header["typ"] = json!(typ);
            world.signer.sign(&header.to_string(), &claims.to_string())
        })
    }

    /// How often this path was asked for.
    pub(crate) fn asked(&self, path: &str) -> usize {
        self.edit(|world| {
            world
                .requests
                .iter()
                .filter(|request| request.path == path)
                .count()
        })
    }
}

impl Drop for FakeProvider {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl World {
    fn new(issuer: &str) -> Self {
        Self {
            discovery: json!({
                "issuer": issuer,
                "authorization_endpoint": format!("{issuer}/authorize?tenant=1"),
                "token_endpoint": format!("{issuer}{TOKEN}"),
                "jwks_uri": format!("{issuer}{KEYS}"),
                "authorization_response_iss_parameter_supported": true,
            }),
            keys: vec![Signer::RsaA.jwk("a")],
            signer: Signer::RsaA,
            header: json!({"alg": "RS256", "kid": "a"}),
            claims: json!({
                "iss": issuer, "aud": "client:1", "sub": "110", "name": "Alice Example",
                "email": "alice@example.test", "sid": "provider-session", "iat": NOW, "exp": NOW + 3600,
            }),
            token: json!({
                "access_token": "access", "token_type": "Bearer", "expires_in": 3599, "refresh_token": "refresh",
            }),
            userinfo: json!({"sub": "110"}),
            instead: HashMap::new(),
            requests: Vec::new(),
        }
    }

    fn answer(&self, path: &str) -> Answer {
        if let Some(answer) = self.instead.get(path) {
            return answer.clone();
        }
        let body = match path {
            DISCOVERY => self.discovery.to_string(),
            KEYS => json!({"keys": self.keys}).to_string(),
            TOKEN => self.token_response().to_string(),
            USERINFO => self.userinfo.to_string(),
            _ => return Answer::Says(404, String::new()),
        };
        Answer::Says(200, body)
    }

    fn token_response(&self) -> Value {
        let mut response = self.token.clone();
        if response.get("id_token").is_none() {
            let id_token = self
                .signer
                .sign(&self.header.to_string(), &self.claims.to_string());
            response["id_token"] = json!(id_token);
        }
        response
    }
}

async fn answer(State(world): State<Arc<Mutex<World>>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let path = parts.uri.path().to_owned();
    let answer = {
        let mut world = world.lock().unwrap();
        let form = form_urlencoded::parse(&body).into_owned().collect();
        world.requests.push(Recorded {
            path: path.clone(),
            headers: parts.headers,
            form,
        });
        world.answer(&path)
    };
    let header = |name: HeaderName, value: String| [(name, value)];
    match answer {
        Answer::Says(status, body) => {
            let cache = header(http::header::CACHE_CONTROL, "max-age=600".to_owned());
            (StatusCode::from_u16(status).unwrap(), cache, body).into_response()
        }
        Answer::RedirectsTo(url) => (
            StatusCode::TEMPORARY_REDIRECT,
            header(http::header::LOCATION, url),
        )
            .into_response(),
        Answer::Never => std::future::pending().await,
    }
}

/// Long enough for a machine that is busy with all tests at once.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

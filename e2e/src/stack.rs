//! [`Stack`]: the app and the provider side by side on free ports, wired to each other.

use std::net::SocketAddr;

use auth::jarvis::{self, Listen};
use auth::{Auth, AuthBuilder, Config};
use axum::Router;
use mock_idp::{Client, MockIdp};
use tokio::task::JoinSet;
use url::Url;

use crate::pages::AppPages;
use crate::visitor::Visitor;

/// The app and the provider, both running until this is dropped.
#[derive(Debug)]
pub struct Stack {
    /// The provider.
    pub idp: MockIdp,
    origin: Url,
    address: SocketAddr,
    auth: Auth,
    _serving: JoinSet<std::io::Result<()>>,
}

type EditSecrets = Box<dyn FnOnce(String) -> String + Send>;
type MakeApp = Box<dyn FnOnce(&Auth) -> Router + Send>;
type EditAuth = Box<dyn FnOnce(AuthBuilder) -> AuthBuilder + Send>;

/// What a test wants otherwise.
pub struct StackBuilder {
    idp: Option<MockIdp>,
    origin: Option<Url>,
    edit_secrets: EditSecrets,
    edit_auth: EditAuth,
    app: MakeApp,
}

impl Stack {
    /// Starts both: the app on `localhost`, the provider on `127.0.0.1`, so that they are
    /// cross-site as in life.
    ///
    /// # Panics
    /// When they cannot be started: a test has nothing to go on with then.
    pub async fn start() -> Self {
        Self::builder().start().await
    }

    /// The same, with something changed.
    #[must_use]
    pub fn builder() -> StackBuilder {
        StackBuilder {
            idp: None,
            origin: None,
            edit_secrets: Box::new(|secrets| secrets),
            edit_auth: Box::new(|auth| auth),
            app: Box::new(|auth| jarvis::router(auth.clone())),
        }
    }

    /// A new person, over HTTP, without any cookie.
    #[must_use]
    pub fn visitor(&self) -> Visitor {
        Visitor::new(self.pages()).resolve(&self.origin, self.address)
    }

    /// The app's pages, for a [`Browser`](crate::Browser) or another person.
    #[must_use]
    pub fn pages(&self) -> AppPages {
        AppPages::jarvis(self.origin.as_str())
    }

    /// A URL of the app.
    ///
    /// # Panics
    /// When `path` is no path.
    #[must_use]
    pub fn url(&self, path: &str) -> Url {
        self.origin.join(path).expect("a path joins an origin")
    }

    /// The app's login, as the app itself holds it.
    #[must_use]
    pub fn auth(&self) -> &Auth {
        &self.auth
    }
}

impl StackBuilder {
    /// A provider that runs already.
    #[must_use]
    pub fn idp(mut self, idp: MockIdp) -> Self {
        self.idp = Some(idp);
        self
    }

    /// The origin that visitors see, as behind a proxy that ends TLS.
    ///
    /// # Panics
    /// When `origin` is no URL.
    #[must_use]
    pub fn origin(mut self, origin: &str) -> Self {
        self.origin = Some(Url::parse(origin).expect("an origin is a URL"));
        self
    }

    /// Changes the `secrets.toml` that the app reads.
    #[must_use]
    pub fn secrets(mut self, edit: impl FnOnce(String) -> String + Send + 'static) -> Self {
        self.edit_secrets = Box::new(edit);
        self
    }

    /// Changes what the app is built with: its clock, its store, its time-out.
    #[must_use]
    pub fn auth(mut self, edit: impl FnOnce(AuthBuilder) -> AuthBuilder + Send + 'static) -> Self {
        self.edit_auth = Box::new(edit);
        self
    }

    /// Another app than jarvis.
    #[must_use]
    pub fn app(mut self, app: impl FnOnce(&Auth) -> Router + Send + 'static) -> Self {
        self.app = Box::new(app);
        self
    }

    /// Starts both.
    ///
    /// # Panics
    /// When they cannot be started.
    pub async fn start(self) -> Stack {
        let (listen, listeners) = Listen::Localhost(0)
            .bind()
            .await
            .expect("a free port on localhost");
        let address = listeners[0]
            .local_addr()
            .expect("a listener has an address");
        let here = || {
            format!("http://{listen}")
                .parse()
                .expect("localhost makes a URL")
        };
        let origin: Url = self.origin.unwrap_or_else(here);
        let idp = self.idp.unwrap_or_else(MockIdp::start);
        let callback = origin
            .join("/oauth2callback")
            .expect("a path joins an origin");
        let client = registered(&idp, &origin, callback.as_str());
        let secrets = idp.secrets_toml_for(&client, callback.as_str());
        let secrets = (self.edit_secrets)(secrets);
        let config =
            Config::from_toml(&secrets, "secrets.toml").unwrap_or_else(|error| panic!("{error}"));
        let auth = (self.edit_auth)(Auth::builder(config))
            .build()
            .await
            .unwrap_or_else(|error| panic!("{error}"));
        let app = (self.app)(&auth);
        let mut serving = JoinSet::new();
        serving.spawn(jarvis::serve(listeners, app, std::future::pending()));
        Stack {
            idp,
            origin,
            address,
            auth,
            _serving: serving,
        }
    }
}

/// The app as a client of the provider, with all its addresses.
fn registered(idp: &MockIdp, origin: &Url, callback: &str) -> Client {
    let at = |path: &str| origin.join(path).ok().map(String::from);
    let client = Client {
        // Streamlit's apps come back here from a logout, too.
        post_logout_redirect_uris: vec![callback.to_owned()],
        backchannel_logout_uri: at("/auth/backchannel-logout"),
        frontchannel_logout_uri: at("/auth/frontchannel-logout"),
        frontchannel_logout_session_required: true,
        ..idp.register(callback)
    };
    idp.replace_client(client.clone())
        .expect("a client that was just registered");
    client
}

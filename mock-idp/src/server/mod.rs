//! A provider that listens: a thread and a runtime of its own, stopped by drop.

mod body;
mod connection;
mod host;
mod issuer;
mod tenants;
#[cfg(feature = "tls")]
mod tls;

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::ops::Deref;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::config::{AutoLogin, Config};
use crate::control::Control;
use crate::names::Names;
use crate::persona::Persona;
use crate::tenant::{Tenant, TenantError};
use crate::tenants::Tenants;
pub use issuer::IssuerError;
pub use tenants::TenantForTest;
#[cfg(feature = "tls")]
use tls::Tls;
#[cfg(feature = "tls")]
pub use tls::{Certificate, TlsError};

/// How long to wait where the system has no room for a connection.
const SHORTAGE: Duration = Duration::from_millis(10);
/// How long a connection may go on with its answer once the provider stops.
const GRACE: Duration = Duration::from_millis(500);

/// A running provider. It is reached at [`issuer`](Tenant::issuer), does what its [`Tenant`] says,
/// and stops when it is dropped.
///
/// ```
/// let idp = mock_idp::MockIdp::start();
/// let client = idp.register("http://localhost:8501/oauth2callback");
/// assert!(idp.issuer().starts_with("http://127.0.0.1:"));
/// assert!(client.client_secret.is_some());
/// ```
#[derive(Debug)]
pub struct MockIdp {
    tenants: Tenants,
    address: SocketAddr,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
    #[cfg(feature = "tls")]
    ca_certificate: Option<String>,
}

/// Why a provider does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Bind {
        /// Host and port.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// There is no thread or runtime to be had.
    #[error("cannot start a thread for the provider: {0}")]
    Thread(#[source] io::Error),
    /// The issuer is none.
    #[error(transparent)]
    Issuer(#[from] IssuerError),
    /// There is no https.
    #[cfg(feature = "tls")]
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// No request could bring the control token.
    #[error("the control token must be one word of visible ASCII characters")]
    ControlToken,
    /// The configuration is not one.
    #[error(transparent)]
    Tenant(#[from] TenantError),
}

/// What a provider is started with.
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until start"]
pub struct Builder {
    address: SocketAddr,
    issuer: Option<String>,
    is_issuer_from_host: bool,
    back_channel: Option<String>,
    #[cfg(feature = "tls")]
    certificate: Option<Certificate>,
    config: Config,
    control: Control,
}

/// What connections are served with.
#[derive(Debug)]
struct Served {
    tenants: Tenants,
    control: Control,
    /// Whether a request says what the provider is called.
    is_issuer_from_host: bool,
    scheme: &'static str,
    #[cfg(feature = "tls")]
    tls: Option<Tls>,
}

impl MockIdp {
    /// Starts a provider like the newest `google`, with the starter personas, on a free port of
    /// 127.0.0.1.
    ///
    /// # Panics
    /// When the machine has no free port or thread; [`Builder::start`] returns the error instead.
    #[must_use]
    pub fn start() -> Self {
        match Self::builder().start() {
            Ok(idp) => idp,
            Err(error) => panic!("mock-idp: {error}"),
        }
    }

    /// What to start a provider with; by default what [`start`](Self::start) does.
    pub fn builder() -> Builder {
        Builder {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            issuer: None,
            is_issuer_from_host: false,
            back_channel: None,
            #[cfg(feature = "tls")]
            certificate: None,
            config: Config::default(),
            control: Control::default(),
        }
    }

    /// The address it listens on; that of [`issuer`](Tenant::issuer) unless the builder was told
    /// another.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The certificate of the CA that vouches for a provider on https, in PEM: what an app has to
    /// trust. It is another one at each start.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn ca_certificate(&self) -> Option<&str> {
        self.ca_certificate.as_deref()
    }

    /// The default tenant, at the root, to keep a handle of it.
    #[must_use]
    pub fn tenant(&self) -> &Tenant {
        self.tenants.default_tenant()
    }
}

/// A running provider is its default tenant, with a thread that serves it.
impl Deref for MockIdp {
    type Target = Tenant;

    fn deref(&self) -> &Tenant {
        self.tenant()
    }
}

/// Stops listening, lets answers under way go out for half a second, and ends the thread.
impl Drop for MockIdp {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has said so already.
            let _ = thread.join();
        }
    }
}

impl Builder {
    /// The port; 0, the default, takes a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.address.set_port(port);
        self
    }

    /// The address to listen on; 127.0.0.1 by default.
    pub fn host(mut self, host: IpAddr) -> Self {
        self.address.set_ip(host);
        self
    }

    /// What it is called, such as `http://idp.example:9000` or `https://localhost/realms/team`: one
    /// name that browser, host and container all reach it by, through a proxy or not. By default
    /// the address it listens on.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    /// Serves https, with a certificate that [`ca_certificate`](MockIdp::ca_certificate) vouches for.
    ///
    /// ```
    /// let idp = mock_idp::MockIdp::builder().https().start()?;
    /// assert!(idp.issuer().starts_with("https://127.0.0.1:"));
    /// assert!(idp.ca_certificate().is_some());
    /// # Ok::<(), mock_idp::StartError>(())
    /// ```
    #[cfg(feature = "tls")]
    pub fn https(self) -> Self {
        self.certificate(Certificate::Right)
    }

    /// Serves https, with a certificate that an app may have to refuse.
    #[cfg(feature = "tls")]
    pub fn certificate(mut self, shown: Certificate) -> Self {
        self.certificate = Some(shown);
        self
    }

    /// Calls it whatever a request calls it: by `Host`, or by what a proxy in front says, in
    /// `Forwarded` or `X-Forwarded-Host`, `-Proto` and `-Prefix`. A token's `iss` is then the name
    /// that the app asked for it by: for one machine under several names, or behind a proxy whose
    /// name is not known beforehand.
    pub fn issuer_from_host(mut self) -> Self {
        self.is_issuer_from_host = true;
        self
    }

    /// Where apps find it, such as `http://idp:9000`, when that is not where browsers do: metadata
    /// names the endpoints that an app asks itself (token, keys, `UserInfo`, revocation) under this
    /// URL, and the others under the issuer. For an app in a container, with a browser outside.
    pub fn back_channel(mut self, url: impl Into<String>) -> Self {
        self.back_channel = Some(url.into());
        self
    }

    /// Which provider it is, such as `google` or `google@2026-04`.
    pub fn flavour(mut self, flavour: impl Into<String>) -> Self {
        self.config.flavour = Some(flavour.into());
        self
    }

    /// Clients, personas and the rest at once; what was said before is replaced.
    pub fn config(mut self, config: Config) -> Self {
        self.config = config;
        self
    }

    /// Whether the authorization endpoint answers without a page.
    pub fn auto_login(mut self, auto_login: AutoLogin) -> Self {
        self.config.auto_login = auto_login;
        self
    }

    /// Who can log in, such as [`persona::that_hurt`](crate::persona::that_hurt).
    pub fn personas(mut self, personas: Vec<Persona>) -> Self {
        self.config.personas = personas;
        self
    }

    /// Where identifiers, codes and tokens are derived from; drawn from the system by default.
    pub fn seed(mut self, seed: u64) -> Self {
        self.config.seed = Some(seed);
        self
    }

    /// What a request to the control API must bring as a bearer token; by default it needs none.
    pub fn control_token(mut self, token: impl Into<String>) -> Self {
        self.control.token = Some(token.into());
        self
    }

    /// Listens, and answers from now on.
    ///
    /// # Errors
    /// When the address cannot be listened on, or the issuer or configuration is not one.
    pub fn start(self) -> Result<MockIdp, StartError> {
        if let Some(token) = &self.control.token
            && (token.is_empty() || !token.chars().all(|it| it.is_ascii_graphic()))
        {
            return Err(StartError::ControlToken);
        }
        let told = self.issuer.as_deref().map(issuer::parse).transpose()?;
        let back_channel = self
            .back_channel
            .as_deref()
            .map(issuer::parse)
            .transpose()?;
        let address = self.address;
        let bound = listen(address).map_err(|source| StartError::Bind { address, source })?;
        let (listener, address) = bound;
        let scheme = self.scheme();
        let names = Names {
            issuer: told.unwrap_or_else(|| issuer::of_address(scheme, address)),
            back_channel,
        };
        #[cfg(feature = "tls")]
        let tls = self.tls(address, &names.issuer)?;
        let tenants = Tenants::new(Tenant::new(names, self.config)?);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(StartError::Thread)?;
        #[cfg(feature = "tls")]
        let ca_certificate = tls.as_ref().map(|tls| tls.ca_certificate.clone());
        let (stop, stopped) = watch::channel(false);
        let served = Arc::new(Served {
            tenants: tenants.clone(),
            scheme,
            control: self.control,
            is_issuer_from_host: self.is_issuer_from_host,
            #[cfg(feature = "tls")]
            tls,
        });
        let thread = thread::Builder::new()
            .name("mock-idp".into())
            .spawn(move || runtime.block_on(serve(listener, served, stopped)))
            .map_err(StartError::Thread)?;
        Ok(MockIdp {
            #[cfg(feature = "tls")]
            ca_certificate,
            tenants,
            address,
            stop,
            thread: Some(thread),
        })
    }

    #[cfg(feature = "tls")]
    fn scheme(&self) -> &'static str {
        self.certificate.map_or("http", |_| "https")
    }

    #[cfg(not(feature = "tls"))]
    #[expect(clippy::unused_self, reason = "as it is with the feature tls")]
    fn scheme(&self) -> &'static str {
        "http"
    }

    #[cfg(feature = "tls")]
    fn tls(&self, address: SocketAddr, issuer: &str) -> Result<Option<Tls>, TlsError> {
        let issuer = url::Url::parse(issuer).ok();
        let host = issuer.as_ref().and_then(url::Url::host_str);
        let names = tls::names(address.ip(), host);
        let made = self.certificate.map(|shown| Tls::new(shown, &names));
        made.transpose()
    }
}

fn listen(address: SocketAddr) -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Accepts connections until told to stop, then waits for those under way.
async fn serve(listener: TcpListener, served: Arc<Served>, stopped: watch::Receiver<bool>) {
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => return tracing::error!(%error, "cannot listen"),
    };
    let mut connections = JoinSet::new();
    let mut stopping = stopped.clone();
    loop {
        tokio::select! {
            _ = stopping.wait_for(|stopped| *stopped) => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connected(stream, Arc::clone(&served), stopped.clone()));
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    // Out of file descriptors: let the connections that are there go on and end.
                    pause(SHORTAGE).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    let all_done = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(GRACE, all_done).await;
}

/// Serves a connection, behind TLS where the provider is on https.
async fn connected(stream: TcpStream, served: Arc<Served>, stopped: watch::Receiver<bool>) {
    // An answer is written at once; waiting for more to send with it only costs time.
    let _ = stream.set_nodelay(true);
    #[cfg(feature = "tls")]
    if let Some(tls) = &served.tls {
        match tls.acceptor.accept(stream).await {
            Ok(stream) => connection::serve(stream, Arc::clone(&served), stopped).await,
            Err(error) => tracing::info!(%error, "no TLS"),
        }
        return;
    }
    connection::serve(stream, served, stopped).await;
}

/// Waits by the machine's time.
#[expect(
    clippy::disallowed_methods,
    reason = "a late answer is what a test asked for; a shortage ends by itself"
)]
async fn pause(time: Duration) {
    tokio::time::sleep(time).await;
}

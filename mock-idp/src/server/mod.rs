//! A provider that listens: a thread and a runtime of its own, stopped by drop.

mod body;
mod builder;
mod connection;
mod host;
mod issuer;
#[cfg(feature = "tls")]
mod proxy;
mod tenants;
#[cfg(feature = "tls")]
mod tls;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::ops::Deref;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::control::Control;
use crate::tenant::{Tenant, TenantError};
use crate::tenants::Tenants;
pub use builder::Builder;
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

/// A running provider. It is reached at [`root`](Tenant::root), does what its [`Tenant`] says,
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
    #[cfg(feature = "tls")]
    ca_key: Option<String>,
    #[cfg(feature = "tls")]
    proxy: Option<SocketAddr>,
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
    /// What it shows at the real hosts of its provider.
    #[cfg(feature = "tls")]
    real_tls: Option<Tls>,
}

/// What a listener lets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    /// Requests to the provider where it listens.
    Own,
    /// Requests to a forward proxy, for the real hosts of the provider.
    #[cfg(feature = "tls")]
    Proxy,
    /// Requests to those hosts, by a name that leads here.
    #[cfg(feature = "tls")]
    RealHosts,
}

/// A listener, and what it lets in.
type Entrance = (TcpListener, Door);

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
        Builder::new()
    }

    /// The address it listens on; that of [`root`](Tenant::root) unless the builder was told
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

    /// The private key of that CA, in PEM: who has it can make certificates that the app trusts.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn ca_key(&self) -> Option<&str> {
        self.ca_key.as_deref()
    }

    /// The forward proxy that leads to the real hosts of the provider, such as
    /// `http://127.0.0.1:9080`; none unless it [impersonates](Builder::impersonate) the provider.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn proxy(&self) -> Option<String> {
        self.proxy.map(|address| format!("http://{address}"))
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

fn listen(address: SocketAddr) -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Accepts connections at every entrance until told to stop, then waits for those under way.
async fn serve(entrances: Vec<Entrance>, served: Arc<Served>, stopped: watch::Receiver<bool>) {
    let mut open = JoinSet::new();
    for (listener, door) in entrances {
        open.spawn(serve_at(
            listener,
            door,
            Arc::clone(&served),
            stopped.clone(),
        ));
    }
    while open.join_next().await.is_some() {}
}

async fn serve_at(
    listener: TcpListener,
    door: Door,
    served: Arc<Served>,
    stopped: watch::Receiver<bool>,
) {
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => return tracing::error!(%error, "cannot listen"),
    };
    let mut connections = JoinSet::new();
    let mut stopping = stopped.clone();
    loop {
        tokio::select! {
            () = until_stopped(&mut stopping) => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let served = Arc::clone(&served);
                    connections.spawn(connected(stream, door, served, stopped.clone()));
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

async fn until_stopped(stopping: &mut watch::Receiver<bool>) {
    // Who could say so is gone: that is a stop, too.
    let _ = stopping.wait_for(|stopped| *stopped).await;
}

/// Serves a connection, behind TLS where the provider is on https.
async fn connected(
    stream: TcpStream,
    door: Door,
    served: Arc<Served>,
    stopped: watch::Receiver<bool>,
) {
    // An answer is written at once; waiting for more to send with it only costs time.
    let _ = stream.set_nodelay(true);
    match door {
        Door::Own => {}
        #[cfg(feature = "tls")]
        Door::Proxy => return proxy::serve(stream, served, stopped).await,
        #[cfg(feature = "tls")]
        Door::RealHosts => return proxy::serve_real_host(stream, None, served, stopped).await,
    }
    #[cfg(feature = "tls")]
    if let Some(tls) = &served.tls {
        match tls.acceptor.accept(stream).await {
            Ok(stream) => connection::serve(stream, None, Arc::clone(&served), stopped).await,
            Err(error) => tracing::info!(%error, "no TLS"),
        }
        return;
    }
    connection::serve(stream, None, served, stopped).await;
}

/// Waits by the machine's time.
#[expect(
    clippy::disallowed_methods,
    reason = "a late answer is what a test asked for; a shortage ends by itself"
)]
async fn pause(time: Duration) {
    tokio::time::sleep(time).await;
}

//! What stands before an app in production: it ends TLS, and passes on what is in it.

use std::net::SocketAddr;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// A front at `https://localhost`, until it is dropped.
pub(crate) struct Front {
    pub(crate) port: u16,
    /// Who vouches for it, in PEM.
    pub(crate) authority: String,
    listener: TcpListener,
    acceptor: TlsAcceptor,
}

impl Front {
    pub(crate) async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let (config, authority) = certified();
        Self {
            port,
            authority,
            listener,
            acceptor: TlsAcceptor::from(Arc::new(config)),
        }
    }

    /// Passes on to the app at this address.
    pub(crate) fn before(self, app: SocketAddr) -> JoinSet<()> {
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = self.listener.accept().await {
                let acceptor = self.acceptor.clone();
                connections.spawn(async move {
                    let Ok(mut visitor) = acceptor.accept(stream).await else {
                        return;
                    };
                    if let Ok(mut app) = TcpStream::connect(app).await {
                        // Either side may leave at any time.
                        let _ended = copy_bidirectional(&mut visitor, &mut app).await;
                    }
                });
            }
        });
        serving
    }
}

fn certified() -> (ServerConfig, String) {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let key = KeyPair::generate().expect("a key");
    let authority = CertifiedIssuer::self_signed(params, key).expect("an authority");
    let params = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
    let key = KeyPair::generate().expect("a key");
    let certificate = params.signed_by(&key, &authority).expect("a certificate");
    let chain = vec![certificate.der().clone()];
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions of TLS")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("a certificate with its key");
    (config, authority.pem())
}

//! What a provider is started with, and its start.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread;

use tokio::sync::watch;

#[cfg(feature = "tls")]
use super::Entrance;
#[cfg(feature = "tls")]
use super::tls::{self, Certificate, Tls, TlsError};
use super::{Door, MockIdp, Served, StartError, issuer, listen, serve};
use crate::config::{AutoLogin, Config};
use crate::control::Control;
use crate::names::Names;
use crate::persona::Persona;
use crate::tenant::Tenant;
use crate::tenants::Tenants;

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
    #[cfg(feature = "tls")]
    impersonation: Option<Impersonation>,
    config: Config,
    control: Control,
}

/// How the real hosts of a provider lead here.
#[cfg(feature = "tls")]
#[derive(Clone, Copy, Debug, Default)]
struct Impersonation {
    proxy_port: u16,
    https_port: Option<u16>,
}

/// What leads to the real hosts of a provider.
#[cfg(feature = "tls")]
#[derive(Default)]
struct RealHosts {
    tls: Option<Tls>,
    proxy: Option<SocketAddr>,
    entrances: Vec<Entrance>,
}

impl Builder {
    /// A provider like the newest `google`, on a free port of 127.0.0.1.
    pub(super) fn new() -> Self {
        Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            issuer: None,
            is_issuer_from_host: false,
            back_channel: None,
            #[cfg(feature = "tls")]
            certificate: None,
            #[cfg(feature = "tls")]
            impersonation: None,
            config: Config::default(),
            control: Control::default(),
        }
    }

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

    /// Answers at the real hosts of its provider: metadata, tokens and pages name
    /// `https://accounts.google.com` and the like, and a forward [proxy](MockIdp::proxy) of its own
    /// leads there, and nowhere else. An app with its configuration of production is tested by it
    /// once it uses that proxy and trusts [`ca_certificate`](MockIdp::ca_certificate), of a CA that
    /// can vouch for those hosts alone, for a day.
    ///
    /// The control API stays where the provider listens.
    ///
    /// ```
    /// let idp = mock_idp::MockIdp::builder().impersonate().start()?;
    /// assert_eq!(idp.issuer(), "https://accounts.google.com");
    /// assert!(idp.proxy().is_some() && idp.ca_certificate().is_some());
    /// # Ok::<(), mock_idp::StartError>(())
    /// ```
    #[cfg(feature = "tls")]
    pub fn impersonate(mut self) -> Self {
        self.impersonation.get_or_insert_default();
        self
    }

    /// The port of the forward proxy; 0, the default, takes a free one. Implies
    /// [`impersonate`](Self::impersonate).
    #[cfg(feature = "tls")]
    pub fn proxy_port(mut self, port: u16) -> Self {
        self.impersonation.get_or_insert_default().proxy_port = port;
        self
    }

    /// Serves the real hosts at this port, too, for a network in which their names lead here.
    /// Implies [`impersonate`](Self::impersonate).
    #[cfg(feature = "tls")]
    pub fn real_https_port(mut self, port: u16) -> Self {
        self.impersonation.get_or_insert_default().https_port = Some(port);
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
        self.check_control_token()?;
        let parse = |url: &Option<String>| url.as_deref().map(issuer::parse).transpose();
        let (told, back_channel) = (parse(&self.issuer)?, parse(&self.back_channel)?);
        let address = self.address;
        let bound = listen(address).map_err(|source| StartError::Bind { address, source })?;
        let (listener, address) = bound;
        let scheme = self.scheme();
        let names = Names {
            at_real_hosts: self.is_impersonating(),
            root: told.unwrap_or_else(|| issuer::of_address(scheme, address)),
            back_channel,
        };
        #[cfg(feature = "tls")]
        let tls = self.tls(address, &names.root)?;
        let tenant = Tenant::new(names, self.config.clone())?;
        let own = (listener, Door::Own);
        #[cfg(not(feature = "tls"))]
        let entrances = vec![own];
        #[cfg(feature = "tls")]
        let real = self.open_real_hosts(&tenant)?;
        #[cfg(feature = "tls")]
        let entrances = std::iter::once(own).chain(real.entrances).collect();
        let tenants = Tenants::new(tenant);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(StartError::Thread)?;
        #[cfg(feature = "tls")]
        let authority = tls.as_ref().or(real.tls.as_ref());
        #[cfg(feature = "tls")]
        let ca_certificate = authority.map(|tls| tls.ca_certificate.clone());
        #[cfg(feature = "tls")]
        let ca_key = authority.map(|tls| tls.ca_key.clone());
        let (stop, stopped) = watch::channel(false);
        let served = Arc::new(Served {
            tenants: tenants.clone(),
            scheme,
            control: self.control,
            is_issuer_from_host: self.is_issuer_from_host,
            #[cfg(feature = "tls")]
            tls,
            #[cfg(feature = "tls")]
            real_tls: real.tls,
        });
        let thread = thread::Builder::new()
            .name("mock-idp".into())
            .spawn(move || runtime.block_on(serve(entrances, served, stopped)))
            .map_err(StartError::Thread)?;
        Ok(MockIdp {
            #[cfg(feature = "tls")]
            ca_certificate,
            #[cfg(feature = "tls")]
            ca_key,
            #[cfg(feature = "tls")]
            proxy: real.proxy,
            tenants,
            address,
            stop,
            thread: Some(thread),
        })
    }

    #[cfg(feature = "tls")]
    fn is_impersonating(&self) -> bool {
        self.impersonation.is_some()
    }

    #[cfg(not(feature = "tls"))]
    #[expect(clippy::unused_self, reason = "as it is with the feature tls")]
    fn is_impersonating(&self) -> bool {
        false
    }

    #[cfg(feature = "tls")]
    fn open_real_hosts(&self, tenant: &Tenant) -> Result<RealHosts, StartError> {
        let Some(impersonation) = self.impersonation else {
            return Ok(RealHosts::default());
        };
        let open = |port| {
            let address = SocketAddr::new(self.address.ip(), port);
            listen(address).map_err(|source| StartError::Bind { address, source })
        };
        let (listener, proxy) = open(impersonation.proxy_port)?;
        let mut entrances = vec![(listener, Door::Proxy)];
        if let Some(port) = impersonation.https_port {
            entrances.push((open(port)?.0, Door::RealHosts));
        }
        let hosts = tenant.flavour().real_hosts();
        let tls = Tls::impersonating(&hosts, tenant.clock().unix_seconds())?;
        Ok(RealHosts {
            tls: Some(tls),
            proxy: Some(proxy),
            entrances,
        })
    }

    fn check_control_token(&self) -> Result<(), StartError> {
        let is_bearable =
            |token: &String| !token.is_empty() && token.chars().all(|it| it.is_ascii_graphic());
        match &self.control.token {
            Some(token) if !is_bearable(token) => Err(StartError::ControlToken),
            _ => Ok(()),
        }
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

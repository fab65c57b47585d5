//! https with a certification authority and a certificate of the provider's own, made at the start.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, KeyPair, KeyUsagePurpose, NameConstraints,
};
use sha2::{Digest as _, Sha256};
use time::{Date, Duration, Month, OffsetDateTime};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// What a provider on https shows for a certificate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Certificate {
    /// One of its CA, for its names: `localhost`, `127.0.0.1`, `::1`, the address it listens on, the
    /// issuer's host.
    #[default]
    Right,
    /// One that it signed itself, which no CA vouches for.
    SelfSigned,
    /// One that was over in 2021.
    Expired,
    /// One for `other.example` only.
    OtherHost,
}

/// Why there is no https.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no certificate can be made: {0}")]
pub struct TlsError(String);

/// How connections are secured.
#[derive(Clone)]
pub(super) struct Tls {
    pub(super) acceptor: TlsAcceptor,
    /// In PEM.
    pub(super) ca_certificate: String,
    /// In PEM.
    pub(super) ca_key: String,
}

impl fmt::Debug for Tls {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Tls").finish_non_exhaustive()
    }
}

impl Tls {
    /// A CA, and a certificate for these names.
    pub(super) fn new(shown: Certificate, names: &[String]) -> Result<Self, TlsError> {
        let ca = authority(FOR_GOOD, None).map_err(|error| in_words(&error))?;
        let leaf = leaf(shown, names).map_err(|error| in_words(&error))?;
        Self::by(&ca, &leaf, shown)
    }

    /// A CA that can vouch for these hosts alone, for a day, and a certificate for them.
    pub(super) fn impersonating(hosts: &[String], now: i64) -> Result<Self, TlsError> {
        let now = OffsetDateTime::from_unix_timestamp(now);
        let now = now.map_err(|error| TlsError(error.to_string()))?;
        // Another machine's clock may be behind.
        let life = (now - Duration::HOUR, now + Duration::DAY);
        let ca = authority(life, Some(hosts)).map_err(|error| in_words(&error))?;
        let mut leaf = leaf(Certificate::Right, hosts).map_err(|error| in_words(&error))?;
        (leaf.not_before, leaf.not_after) = life;
        Self::by(&ca, &leaf, Certificate::Right)
    }

    fn by(ca: &Authority, leaf: &CertificateParams, shown: Certificate) -> Result<Self, TlsError> {
        let config = config(leaf, shown, ca)?;
        Ok(Self {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            ca_certificate: ca.pem(),
            ca_key: ca.key().serialize_pem(),
        })
    }
}

type Authority = CertifiedIssuer<'static, KeyPair>;

/// From when to when.
type Life = (OffsetDateTime, OffsetDateTime);

/// So long that no test sees the end; the machine's clock is not asked.
const FOR_GOOD: Life = (datetime(2024, 1), datetime(2049, 12));

/// The first day of a month.
const fn datetime(year: i32, month: u8) -> OffsetDateTime {
    let month = if month == 1 {
        Month::January
    } else {
        Month::December
    };
    match Date::from_calendar_date(year, month, 1) {
        Ok(date) => date.midnight().assume_utc(),
        Err(_) => OffsetDateTime::UNIX_EPOCH,
    }
}

/// Valid for these hosts alone, where it is said for which.
fn authority(life: Life, hosts: Option<&[String]>) -> Result<Authority, rcgen::Error> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::default();
    // Who trusts several of them has to tell them apart.
    let number = format!("{:x}", Sha256::digest(key.public_key_raw()));
    params.distinguished_name = named(&format!("mock-idp CA {}", &number[..8]));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.name_constraints = hosts.map(|hosts| NameConstraints {
        permitted_subtrees: hosts.iter().cloned().map(GeneralSubtree::DnsName).collect(),
        excluded_subtrees: Vec::new(),
    });
    (params.not_before, params.not_after) = life;
    CertifiedIssuer::self_signed(params, key)
}

fn in_words(error: &rcgen::Error) -> TlsError {
    TlsError(error.to_string())
}

fn config(
    leaf: &CertificateParams,
    shown: Certificate,
    ca: &Authority,
) -> Result<ServerConfig, TlsError> {
    let key = KeyPair::generate().map_err(|error| in_words(&error))?;
    let certificate = match shown {
        Certificate::SelfSigned => leaf.self_signed(&key),
        _ => leaf.signed_by(&key, ca),
    };
    let chain = vec![certificate.map_err(|error| in_words(&error))?.der().clone()];
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let failed = |error: tokio_rustls::rustls::Error| TlsError(error.to_string());
    let versions = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(failed)?;
    let mut config = versions
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(failed)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn leaf(shown: Certificate, names: &[String]) -> Result<CertificateParams, rcgen::Error> {
    let names = match shown {
        Certificate::OtherHost => vec!["other.example".to_owned()],
        _ => names.to_vec(),
    };
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name = named("mock-idp");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    (params.not_before, params.not_after) = match shown {
        Certificate::Expired => (datetime(2020, 1), datetime(2021, 1)),
        _ => FOR_GOOD,
    };
    Ok(params)
}

fn named(name: &str) -> DistinguishedName {
    let mut distinguished = DistinguishedName::new();
    distinguished.push(DnType::CommonName, name);
    distinguished
}

/// What a certificate is for: where the provider listens, and what it is called.
pub(super) fn names(address: IpAddr, issuer_host: Option<&str>) -> Vec<String> {
    let mut names: Vec<String> = ["localhost", "127.0.0.1", "::1"].map(Into::into).into();
    let issuer_host = issuer_host.map(|host| host.trim_matches(['[', ']']).to_owned());
    for name in [Some(address.to_string()), issuer_host]
        .into_iter()
        .flatten()
    {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

//! An `OpenID` provider for tests: it answers as the real one does, strictly, and lies when it is
//! told to.
//!
//! ```
//! use mock_idp::{AutoLogin, MockIdp, Place, id_token};
//!
//! let idp = MockIdp::start();                                     // a free port; stops when dropped
//! let secrets = idp.secrets_toml("http://localhost:8501/oauth2callback");
//! assert!(secrets.contains(&idp.discovery_url()));                // what the app under test is started with
//!
//! idp.set_auto_login(AutoLogin::Persona("alice".into()));         // no pages: the browser comes straight back
//! idp.fault(id_token().set("aud", "somebody else").once());       // the next ID token is for another app
//! // .. log in: the app must refuse, and say why
//!
//! assert_eq!(idp.unreached_faults().len(), 1);                    // nobody logged in here: `verify` would panic
//! assert!(idp.requests().to(Place::Token).is_empty());            // what arrived, with every answer
//! ```
//!
//! Requests answer questions about what they mean, too: see [`question`]. [`Requests::mermaid`] draws
//! a login, [`Requests::har`] is for the developer tools of a browser, [`Tenant::next_request`] waits for what the
//! app does next. Whom a browser can choose, and how, stands in [`persona`].
//!
//! Tests that share a process need not share a provider: [`MockIdp::tenant_for_test`] is a world
//! for one of them, [`MockIdp::create_tenant`] one with a name.
//!
//! An API that takes access tokens needs no login, and no client: [`Tenant::mint`] makes it tokens,
//! right or wrong, which the keys at `jwks_uri` verify.
//!
//! The same verbs are there over HTTP, under the issuer at `/_mock`, for tests in other languages:
//! `POST /_mock/fault`, `POST /_mock/clock/advance`, `GET /_mock/requests`; `/_mock/openapi.json`
//! describes them all. [`Remote`] is the handle for a test in Rust whose provider is another
//! process.
//!
//! Handlers are honest. Lies are data ([`Fault`]), and told on the way out; what the provider fails
//! to check is a waived [`Check`]. Time is the [`Clock`]'s, randomness the seed's: with the clock
//! frozen, the same seed and requests give the same bytes.

mod answer;
mod capture;
mod causes;
mod check;
mod client;
mod clock;
pub mod config;
mod console;
mod control;
mod endpoint;
mod error;
pub mod fault;
mod flavour;
mod grant;
mod jwt;
mod keys;
mod logout;
mod mint;
mod names;
pub mod page;
pub mod persona;
mod place;
pub mod question;
mod random;
mod remote;
mod server;
mod sign;
mod store;
mod tenant;
mod tenants;
mod time;

pub use capture::{Exchange, NextRequestError, Requests, TransactionId, drawing};
pub use check::{Check, NotWaivable, Refusal};
pub use client::{Client, RedirectUriError, TokenEndpointAuthMethod, parse_redirect_uri};
pub use clock::Clock;

pub use config::{AutoLogin, Config, ConfigError};
pub use console::{ConsoleError, Publishing, PublishingStatus, UrlProblem, WebClient};
pub use endpoint::Parameters;
pub use fault::{
    Fault, FaultError, FaultId, Value, Whose, WrongEncoding, at, authorization, discovery,
    id_token, id_token_header, jwks, logout_token, logout_token_header, token, userinfo,
};
pub use flavour::{FlavourError, FlavourSummary, flavours};
pub use keys::{Algorithm, CertificateOf, KeyKind, Keys, NewKey};
pub use logout::{LogoutOutcome, LogoutSent};
pub use mint::{Mint, MintError, MintKind};
pub use persona::Persona;
pub use place::Place;
pub use remote::{Remote, RemoteClock, RemoteError, RemoteForTest, RemoteKeys};
pub use server::{Builder, IssuerError, MockIdp, StartError, TenantForTest};
#[cfg(feature = "tls")]
pub use server::{Certificate, TlsError};
pub use sign::{HmacKey, PublicKeyForm, Serialization, Signing, Spoil};
pub use tenant::{RegisterError, Tenant, TenantError};
pub use tenants::{CreateTenantError, TenantNameError};

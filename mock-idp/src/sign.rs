//! Header and claims become a compact JWS
//! ([RFC 7515 section 7.1](https://www.rfc-editor.org/rfc/rfc7515#section-7.1)). Beside the layer
//! of faults this is the only place that lies, and only when it is told to.

mod forgery;
mod hmac_key;
mod serialization;
mod signing;
mod spoil;

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::answer::Members;
use crate::keys::{Keys, PublishedKey};
pub use hmac_key::{HmacKey, PublicKeyForm};
pub use serialization::Serialization;
pub use signing::Signing;
pub use spoil::Spoil;
pub(crate) use spoil::nested;

/// A token before it is signed.
#[derive(Clone, Debug)]
pub(crate) struct UnsignedToken {
    pub(crate) header: Members,
    pub(crate) claims: Members,
    pub(crate) key: Arc<PublishedKey>,
    /// The secret of the client it is for.
    pub(crate) client_secret: Option<String>,
}

/// What is wrong with a token beside its members.
#[derive(Debug, Default)]
pub(crate) struct TokenLies {
    /// In the order they were told: those that choose a key come before those that spoil what it
    /// made.
    pub(crate) signing: Vec<Signing>,
    pub(crate) header: Vec<Spoil>,
    pub(crate) payload: Vec<Spoil>,
    pub(crate) serialization: Vec<Serialization>,
    /// The claims before they were edited.
    pub(crate) honest_claims: Option<Members>,
}

/// Signs, honestly or in the way that was asked for.
pub(crate) fn sign(token: &UnsignedToken, lies: &TokenLies, keys: &Keys) -> String {
    let header = part(&token.header, &lies.header);
    let payload = part(&token.claims, &lies.payload);
    let signed_payload = match &lies.honest_claims {
        Some(honest) if lies.signing.contains(&Signing::BeforeEdits) => part(honest, &[]),
        _ => payload.clone(),
    };
    let message = format!("{header}.{signed_payload}");
    let mut signature = signing::base_signature(&lies.signing, message.as_bytes(), token, keys);
    for spoil in &lies.signing {
        spoil.spoil(&mut signature);
    }
    let compact = format!("{header}.{payload}.{}", URL_SAFE_NO_PAD.encode(signature));
    lies.serialization
        .iter()
        .fold(compact, |text, way| way.apply(&text, token))
}

fn part(members: &Members, spoils: &[Spoil]) -> String {
    let json = members.compact_json().into_bytes();
    let bytes = spoils.iter().fold(json, |bytes, spoil| spoil.apply(bytes));
    URL_SAFE_NO_PAD.encode(bytes)
}

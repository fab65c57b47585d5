//! Header and claims become a compact JWS
//! ([RFC 7515 section 7.1](https://www.rfc-editor.org/rfc/rfc7515#section-7.1)). Beside the layer of faults this is
//! the only place that lies, and only when it is told to.

use std::sync::Arc;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::answer::Members;
use crate::keys::{Keys, PublishedKey};

/// A token before it is signed.
#[derive(Clone, Debug)]
pub(crate) struct UnsignedToken {
    pub(crate) header: Members,
    pub(crate) claims: Members,
    pub(crate) key: Arc<PublishedKey>,
    /// The secret of the client it is for.
    pub(crate) client_secret: Option<String>,
}

/// How a token is signed wrongly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signing {
    /// With a key that is not published, under a `kid` of its own.
    Unpublished,
    /// With a key that is not published, under the `kid` of the one that is.
    Impostor,
    /// With one bit of the signature changed.
    Flip,
    /// With an empty signature; the header says nothing of it.
    Strip,
    /// Not at all, and the header's `alg` says so, in this spelling (`none`, `None`, `nOnE` ..).
    None(String),
    /// `HS256` with the client's secret for a key.
    HmacClientSecret,
    /// `HS256` with the published key's PEM text for a key.
    HmacPublicKey,
    /// `RS256` with a published key of 512 or 1024 bits.
    WeakRsa(u16),
}

impl Signing {
    /// Changes the header as this way of signing does.
    pub(crate) fn prepare(&self, token: &mut UnsignedToken, keys: &Keys) {
        match self {
            Self::Unpublished => token.header.set_text("kid", &keys.unpublished().kid),
            Self::None(spelling) => token.header.set_text("alg", spelling),
            Self::HmacClientSecret | Self::HmacPublicKey => token.header.set_text("alg", "HS256"),
            Self::WeakRsa(bits) => {
                if let Some((_, kid, _)) = keys.weak(*bits) {
                    token.header.set_text("kid", &kid);
                }
            }
            Self::Impostor | Self::Flip | Self::Strip => {}
        }
    }

    fn signature(&self, message: &[u8], token: &UnsignedToken, keys: &Keys) -> Vec<u8> {
        let honest = token.key.key.signing_key();
        match self {
            Self::Unpublished | Self::Impostor => {
                keys.unpublished().key.signing_key().sign(message)
            }
            Self::Flip => flipped(honest.sign(message)),
            Self::Strip | Self::None(_) => Vec::new(),
            Self::HmacClientSecret => {
                hs256(token.client_secret.as_deref().unwrap_or_default(), message)
            }
            Self::HmacPublicKey => hs256(&honest.public_pem(), message),
            Self::WeakRsa(bits) => keys
                .weak(*bits)
                .map_or_else(Vec::new, |(key, _, _)| key.sign(message)),
        }
    }
}

/// Signs, honestly or in the way that was asked for.
pub(crate) fn sign(token: &UnsignedToken, signing: Option<&Signing>, keys: &Keys) -> String {
    let mut compact = URL_SAFE_NO_PAD.encode(token.header.compact_json());
    compact.push('.');
    URL_SAFE_NO_PAD.encode_string(token.claims.compact_json(), &mut compact);
    let signature = match signing {
        None => token.key.key.signing_key().sign(compact.as_bytes()),
        Some(signing) => signing.signature(compact.as_bytes(), token, keys),
    };
    compact.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut compact);
    compact
}

fn flipped(mut signature: Vec<u8>) -> Vec<u8> {
    let middle = signature.len() / 2;
    if let Some(byte) = signature.get_mut(middle) {
        *byte ^= 1;
    }
    signature
}

fn hs256(secret: &str, message: &[u8]) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    hmac::sign(&key, message).as_ref().to_vec()
}

//! How a token is signed wrongly.

use aws_lc_rs::hmac;
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};

use super::hmac_key::{HmacKey, PublicKeyForm};
use super::{UnsignedToken, forgery};
use crate::keys::{Algorithm, KeyKind, Keys, PublishedKey};

/// How a token is signed wrongly. Several can be said at once: the last that chooses a key does,
/// and those that spoil a signature (`Flip`, `Strip`, `Length`, `EcdsaDer`, `EcdsaHighS`,
/// `Ed25519Unreduced`) act on what it made, in their order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Signing {
    /// With a key that is not published, under a `kid` of its own.
    Unpublished,
    /// With a key that is not published, under the `kid` of the one that is.
    Impostor,
    /// Over the claims as they were before they were edited: the payload was changed afterwards.
    BeforeEdits,
    /// With one bit of the signature changed.
    Flip,
    /// With an empty signature; the header says nothing of it.
    Strip,
    /// With a signature cut to so many bytes, or with zeros behind it.
    Length(usize),
    /// Not at all, and the header's `alg` says so, in this spelling (`none`, `None`, `nOnE` ..).
    None(String),
    /// As it should be, but the header's `alg` says that it is not signed, in this spelling.
    NoneWithSignature(String),
    /// `HS256` with the client's secret for a key.
    HmacClientSecret,
    /// `HS256` with the published key's PEM text for a key.
    HmacPublicKey,
    /// `HS256` with something else for a key.
    Hmac(HmacKey),
    /// Rightly, with the provider's own key of another algorithm.
    Algorithm(Algorithm),
    /// `RS256` with a published key of 512 or 1024 bits.
    WeakRsa(u16),
    /// `RS256` for a published key with e = 1, to which every message is its own signature.
    RsaExponentOne,
    /// `RS256` for a published key with e = 3, with the padding forged (Bleichenbacher, 2006).
    RsaForgedPadding,
    /// `ES256` of zeros, r = s = 0 (CVE-2022-21449, "psychic signatures").
    EcdsaZero,
    /// `ES256` of r = s = the order of the curve, which is zero there.
    EcdsaOrder,
    /// With the ECDSA signature as DER has it.
    EcdsaDer,
    /// With the higher of the two `s` that verify.
    EcdsaHighS,
    /// `EdDSA` for a published key of order 1, to which one signature is right for every message.
    Ed25519SmallOrder,
    /// With an Ed25519 `S` that is not reduced.
    Ed25519Unreduced,
}

impl Signing {
    /// Changes the header and the key as this way of signing does.
    pub(crate) fn prepare(&self, token: &mut UnsignedToken, keys: &Keys) {
        match self {
            Self::Unpublished => token.header.set_text("kid", &unpublished(keys).kid),
            Self::None(spelling) | Self::NoneWithSignature(spelling) => {
                token.header.set_text("alg", spelling);
            }
            Self::HmacClientSecret | Self::HmacPublicKey | Self::Hmac(_) => {
                token.header.set_text("alg", "HS256");
            }
            Self::Algorithm(algorithm) => {
                token.key = keys.signing_with(*algorithm);
                token.header.set_text("alg", algorithm.name());
                token.header.set_text("kid", &token.key.kid);
            }
            Self::EcdsaZero | Self::EcdsaOrder => {
                Self::Algorithm(Algorithm::Es256).prepare(token, keys);
            }
            _ => {
                if let Some(own) = self.own_key(keys) {
                    token.header.set_text("alg", own.algorithm);
                    token.header.set_text("kid", &own.kid);
                }
            }
        }
    }

    /// The size of a weak key that is not there, where it asks for one.
    pub(crate) fn unknown_weak_size(&self) -> Option<u16> {
        match self {
            Self::WeakRsa(bits) if ![512, 1024].contains(bits) => Some(*bits),
            _ => None,
        }
    }

    /// Whether it can do something to what this key signs.
    pub(crate) fn fits(&self, key: &PublishedKey) -> bool {
        let algorithm = key.key.signing_key().default_algorithm();
        match self {
            Self::EcdsaDer => matches!(algorithm, Algorithm::Es256 | Algorithm::Es384),
            Self::EcdsaHighS => algorithm == Algorithm::Es256,
            Self::Ed25519Unreduced => algorithm == Algorithm::EdDsa,
            _ => true,
        }
    }

    /// The JWK of the key that this way of signing needs to be published, or no app could be
    /// fooled by it.
    pub(crate) fn published_jwk(&self, keys: &Keys) -> Option<String> {
        self.own_key(keys).map(|own| own.jwk)
    }

    fn own_key(&self, keys: &Keys) -> Option<OwnKey> {
        let (kind, members) = match self {
            Self::WeakRsa(512) => (KeyKind::Rsa512, json!({})),
            Self::WeakRsa(1024) => (KeyKind::Rsa1024, json!({})),
            Self::RsaExponentOne => (KeyKind::Rsa2048, json!({"e": "AQ"})),
            Self::RsaForgedPadding => (KeyKind::Rsa2048, json!({"e": "Aw"})),
            Self::Ed25519SmallOrder => {
                let x = forgery::ED25519_IDENTITY_KEY;
                (KeyKind::Ed25519, json!({ "x": x }))
            }
            _ => return None,
        };
        let mut key = keys.unpublished(kind);
        // A key with another exponent is another key, with a name of its own.
        key.kid = keys.kid(&format!("{self:?}"));
        let members: Map<_, _> = members.as_object().cloned().unwrap_or_default();
        Some(OwnKey {
            algorithm: key.key.signing_key().algorithm(),
            jwk: keys.jwk_of(&key, members),
            kid: key.kid,
        })
    }

    /// The signature, where this way of signing makes one.
    fn signature(&self, message: &[u8], token: &UnsignedToken, keys: &Keys) -> Option<Vec<u8>> {
        let honest = token.key.key.signing_key();
        let hmac = |key: &[u8]| Some(hs256(key, message));
        match self {
            Self::Unpublished | Self::Impostor => {
                Some(unpublished(keys).key.signing_key().sign(message))
            }
            Self::None(_) => Some(Vec::new()),
            Self::HmacClientSecret => hmac(
                token
                    .client_secret
                    .as_deref()
                    .unwrap_or_default()
                    .as_bytes(),
            ),
            Self::HmacPublicKey => {
                let form = PublicKeyForm::SpkiPem;
                hmac(&HmacKey::PublicKey(form).bytes(&token.key, keys))
            }
            Self::Hmac(key) => hmac(&key.bytes(&token.key, keys)),
            Self::Algorithm(algorithm) => Some(honest.sign_as(*algorithm, message)),
            Self::WeakRsa(bits) => {
                let kind = if *bits == 512 {
                    KeyKind::Rsa512
                } else {
                    KeyKind::Rsa1024
                };
                Some(keys.unpublished(kind).key.signing_key().sign(message))
            }
            Self::RsaExponentOne => Some(forgery::exponent_one(message)),
            Self::RsaForgedPadding => Some(forgery::cube_root(message)),
            Self::EcdsaZero => Some(vec![0; 64]),
            Self::EcdsaOrder => Some(forgery::ecdsa_order()),
            Self::Ed25519SmallOrder => Some(forgery::ed25519_identity()),
            _ => None,
        }
    }

    /// Spoils a signature that was made.
    pub(super) fn spoil(&self, signature: &mut Vec<u8>) {
        match self {
            Self::Flip => {
                let middle = signature.len() / 2;
                if let Some(byte) = signature.get_mut(middle) {
                    *byte ^= 1;
                }
            }
            Self::Strip => signature.clear(),
            Self::Length(bytes) => signature.resize(*bytes, 0),
            Self::EcdsaDer => *signature = forgery::ecdsa_der(signature),
            Self::EcdsaHighS => forgery::high_s(signature),
            Self::Ed25519Unreduced => forgery::ed25519_unreduced(signature),
            _ => {}
        }
    }
}

/// A key that a way of signing has to itself.
struct OwnKey {
    kid: String,
    algorithm: &'static str,
    jwk: String,
}

/// The signature before it is spoiled: of the last way that makes one, or the honest one.
pub(super) fn base_signature(
    ways: &[Signing],
    message: &[u8],
    token: &UnsignedToken,
    keys: &Keys,
) -> Vec<u8> {
    let mut ways = ways.iter().rev();
    ways.find_map(|way| way.signature(message, token, keys))
        .unwrap_or_else(|| token.key.key.signing_key().sign(message))
}

fn unpublished(keys: &Keys) -> PublishedKey {
    keys.unpublished(KeyKind::Unpublished)
}

fn hs256(key: &[u8], message: &[u8]) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    hmac::sign(&key, message).as_ref().to_vec()
}

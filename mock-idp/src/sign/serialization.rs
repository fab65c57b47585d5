//! How a signed token is written down: anything but the compact form that belongs there.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::UnsignedToken;

/// How a signed token is written down. Several are applied one after the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Serialization {
    /// Its first parts only, or empty ones behind it, until there are so many.
    Parts(usize),
    /// So many dots behind it.
    Dots(usize),
    /// This text in its place.
    Text(String),
    /// With the padding that base64url leaves away in JOSE.
    Padded,
    /// In the alphabet of plain base64, `+` and `/`.
    StandardAlphabet,
    /// With a line feed in the middle of each part.
    WhiteSpace,
    /// With bits set that the last character has left over.
    TrailingBits,
    /// As flattened JSON
    /// ([RFC 7515 section 7.2.2](https://www.rfc-editor.org/rfc/rfc7515#section-7.2.2)).
    FlattenedJson,
    /// As general JSON
    /// ([RFC 7515 section 7.2.1](https://www.rfc-editor.org/rfc/rfc7515#section-7.2.1)).
    GeneralJson,
    /// Inside a JWS that is signed as it should be, with `cty: JWT`
    /// ([RFC 7519 section 5.2](https://www.rfc-editor.org/rfc/rfc7519#section-5.2)).
    Nested,
    /// Encrypted: five parts, `dir` and `A256GCM`, with the SHA-256 of the client's secret for a
    /// key,
    /// [OpenID Connect Core 10.2](https://openid.net/specs/openid-connect-core-1_0.html#Encryption).
    Encrypted,
}

impl Serialization {
    pub(super) fn apply(&self, compact: &str, token: &UnsignedToken) -> String {
        match self {
            Self::Parts(count) => {
                let parts = compact.split('.').chain(std::iter::repeat(""));
                parts.take(*count).collect::<Vec<_>>().join(".")
            }
            Self::Dots(count) => compact.to_owned() + &".".repeat(*count),
            Self::Text(text) => text.clone(),
            Self::Padded => each_part(compact, |part| {
                let missing = part.len().wrapping_neg() % 4;
                format!("{part}{}", "=".repeat(missing))
            }),
            Self::StandardAlphabet => each_part(compact, |part| {
                let bytes = URL_SAFE_NO_PAD.decode(part).unwrap_or_default();
                STANDARD_NO_PAD.encode(bytes)
            }),
            Self::WhiteSpace => each_part(compact, |part| {
                let (before, after) = part.split_at(part.floor_char_boundary(part.len() / 2));
                format!("{before}\n{after}")
            }),
            Self::TrailingBits => each_part(compact, with_trailing_bits),
            Self::FlattenedJson => json_form(compact, false),
            Self::GeneralJson => json_form(compact, true),
            Self::Nested => nested(compact, token),
            Self::Encrypted => encrypted(compact, token).unwrap_or_default(),
        }
    }
}

fn each_part(compact: &str, change: impl Fn(&str) -> String) -> String {
    let parts: Vec<_> = compact.split('.').map(change).collect();
    parts.join(".")
}

/// The last character stands for bits that no byte has; one of them is set.
fn with_trailing_bits(part: &str) -> String {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let last = part.chars().next_back();
    let value = last.and_then(|last| ALPHABET.find(last));
    match value {
        Some(value) if !part.len().is_multiple_of(4) => {
            let (before, _) = part.split_at(part.len() - 1);
            let changed = ALPHABET.chars().nth(value ^ 1).unwrap_or('A');
            format!("{before}{changed}")
        }
        _ => part.into(),
    }
}

fn json_form(compact: &str, is_general: bool) -> String {
    let mut parts = compact.split('.');
    let mut next = || parts.next().unwrap_or_default();
    let (protected, payload, signature) = (next(), next(), next());
    let form = if is_general {
        let signatures = [json!({"protected": protected, "signature": signature})];
        json!({"payload": payload, "signatures": signatures})
    } else {
        json!({"payload": payload, "protected": protected, "signature": signature})
    };
    form.to_string()
}

fn nested(inner: &str, token: &UnsignedToken) -> String {
    let mut header = token.header.clone();
    header.set_text("cty", "JWT");
    let header = URL_SAFE_NO_PAD.encode(header.compact_json());
    let message = format!("{header}.{}", URL_SAFE_NO_PAD.encode(inner));
    let signature = token.key.key.signing_key().sign(message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn encrypted(inner: &str, token: &UnsignedToken) -> Option<String> {
    let secret = token.client_secret.as_deref().unwrap_or_default();
    let key = digest::digest(&digest::SHA256, secret.as_bytes());
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key.as_ref()).ok()?);
    // Of the content, so that the same token gives the same bytes.
    let digest = digest::digest(&digest::SHA256, inner.as_bytes());
    let iv: [u8; 12] = digest.as_ref().get(..12)?.try_into().ok()?;
    let header = r#"{"alg":"dir","enc":"A256GCM","cty":"JWT"}"#;
    let header = URL_SAFE_NO_PAD.encode(header);
    let mut text = inner.as_bytes().to_vec();
    let nonce = Nonce::assume_unique_for_key(iv);
    let tag = key
        .seal_in_place_separate_tag(nonce, Aad::from(header.as_bytes()), &mut text)
        .ok()?;
    let [iv, text, tag] = [&iv, text.as_slice(), tag.as_ref()].map(|it| URL_SAFE_NO_PAD.encode(it));
    Some(format!("{header}..{iv}.{text}.{tag}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::Members;
    use crate::flavour::Flavour;
    use crate::keys::Keys;

    fn token() -> UnsignedToken {
        let keys = Keys::new(Flavour::named("google").unwrap(), 1);
        UnsignedToken {
            header: Members::default(),
            claims: Members::default(),
            key: keys.signing(),
            client_secret: Some("secret".into()),
        }
    }

    #[test]
    fn each_way_does_what_it_says_to_any_text() {
        let check = |way: Serialization, compact: &str, expected: &str| {
            assert_eq!(way.apply(compact, &token()), expected, "{way:?}");
        };
        check(Serialization::Parts(2), "a.b.c", "a.b");
        check(Serialization::Parts(5), "a.b.c", "a.b.c..");
        check(Serialization::Dots(2), "a.b.c", "a.b.c..");
        check(Serialization::Text("x".into()), "a.b.c", "x");
        check(Serialization::Padded, "YQ.YWI.YWJj", "YQ==.YWI=.YWJj");
        check(Serialization::StandardAlphabet, "-_-_", "+/+/");
        check(Serialization::WhiteSpace, "abcd.ab", "ab\ncd.a\nb");
        check(
            Serialization::WhiteSpace,
            "\u{e9}\u{e9}\u{e9}",
            "\u{e9}\n\u{e9}\u{e9}",
        );
        check(
            Serialization::TrailingBits,
            "YQ.YWJj.\u{e9}",
            "YR.YWJj.\u{e9}",
        );
    }

    #[test]
    fn what_is_encrypted_opens_with_the_hash_of_the_secret() {
        let jwe = Serialization::Encrypted.apply("a.b.c", &token());
        let parts: Vec<_> = jwe.split('.').collect();
        let bytes = |part: &str| URL_SAFE_NO_PAD.decode(part).unwrap();
        let key = digest::digest(&digest::SHA256, b"secret");
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key.as_ref()).unwrap());
        let nonce = Nonce::try_assume_unique_for_key(&bytes(parts[2])).unwrap();
        let mut sealed = [bytes(parts[3]), bytes(parts[4])].concat();
        let opened = key.open_in_place(nonce, Aad::from(parts[0].as_bytes()), &mut sealed);
        assert_eq!(opened.unwrap(), b"a.b.c");
    }
}

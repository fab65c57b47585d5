//! Public keys as JWKs ([RFC 7517 section 4](https://www.rfc-editor.org/rfc/rfc7517#section-4)).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{CertificateOf, KeyKind, Keys, PublishedKey, SigningKey};
use crate::answer::{Members, quoted};
use crate::flavour::JwkMember;

impl Keys {
    /// What is published of a key: its JWK, with the members that were said to be other.
    pub(crate) fn jwk(&self, key: &PublishedKey) -> String {
        let mut members = self.honest_jwk(&key.kid, key.key.signing_key(), key.number);
        if let Some(certificate) = self.certificate(key) {
            let x5c = quoted(&STANDARD.encode(certificate));
            members.push_json("x5c", format!("[{x5c}]"));
        }
        for (name, value) in &key.members {
            if value.is_null() {
                members.edit().retain(|(known, _)| known != name);
            } else {
                members.set(name, value.to_string());
            }
        }
        members.compact_json()
    }

    fn certificate(&self, key: &PublishedKey) -> Option<&'static [u8]> {
        match key.certificate? {
            CertificateOf::Itself => key.key.certificate(),
            CertificateOf::AnotherKey => self.unpublished(KeyKind::Unpublished).key.certificate(),
        }
    }

    fn honest_jwk(&self, kid: &str, key: &SigningKey, number: usize) -> Members {
        if key.member("kty") == "RSA" {
            return self.rsa_jwk(kid, key, number);
        }
        let mut members = Members::default();
        for (name, value) in key.public() {
            members.push_text(*name, value);
        }
        members.push_text("kid", kid);
        members.push_text("use", "sig");
        members.push_text("alg", key.algorithm());
        members
    }

    /// The flavour says which members an RSA key has, and in what order.
    fn rsa_jwk(&self, kid: &str, key: &SigningKey, number: usize) -> Members {
        const ANY: &[JwkMember] = &[JwkMember::Kty, JwkMember::Kid, JwkMember::N, JwkMember::E];
        let orders = &self.flavour.text.jwks.member_orders;
        let order = orders
            .get(number % orders.len().max(1))
            .map_or(ANY, Vec::as_slice);
        let mut members = Members::default();
        for member in order {
            let (name, json) = match member {
                JwkMember::Kid => ("kid", quoted(kid)),
                JwkMember::N => ("n", quoted(key.member("n"))),
                JwkMember::E => ("e", quoted(key.member("e"))),
                JwkMember::Alg => ("alg", quoted(key.algorithm())),
                JwkMember::Use => ("use", quoted("sig")),
                JwkMember::Kty => ("kty", quoted("RSA")),
            };
            members.push_json(name, json);
        }
        members
    }
}

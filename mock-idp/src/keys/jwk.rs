//! Public keys as JWKs ([RFC 7517 section 4](https://www.rfc-editor.org/rfc/rfc7517#section-4)).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{CertificateOf, KeyKind, Keys, PublishedKey};
use crate::answer::{Members, quoted};
use crate::flavour::JwkMember;

impl Keys {
    /// What is published of a key: its JWK, with the members that were said to be other.
    pub(crate) fn jwk(&self, key: &PublishedKey, issuer: &str) -> String {
        let mut members = self.honest_jwk(key, issuer);
        if let Some(certificate) = self.certificate(key) {
            let x5c = quoted(&STANDARD.encode(certificate));
            members.set("x5c", format!("[{x5c}]"));
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

    fn honest_jwk(&self, key: &PublishedKey, issuer: &str) -> Members {
        let signing_key = key.key.signing_key();
        if signing_key.member("kty") == "RSA" {
            return self.rsa_jwk(key, issuer);
        }
        let mut members = Members::default();
        for (name, value) in signing_key.public() {
            members.push_text(*name, value);
        }
        members.push_text("kid", &key.kid);
        members.push_text("use", "sig");
        members.push_text("alg", signing_key.algorithm());
        members
    }

    /// The flavour says which members an RSA key has, and in what order.
    fn rsa_jwk(&self, key: &PublishedKey, issuer: &str) -> Members {
        const ANY: &[JwkMember] = &[JwkMember::Kty, JwkMember::Kid, JwkMember::N, JwkMember::E];
        let orders = &self.flavour.text.jwks.member_orders;
        let order = orders
            .get(key.number % orders.len().max(1))
            .map_or(ANY, Vec::as_slice);
        let signing_key = key.key.signing_key();
        let mut members = Members::default();
        for member in order {
            let (name, text) = match member {
                JwkMember::Kid => ("kid", key.kid.clone()),
                JwkMember::N => ("n", signing_key.member("n").to_owned()),
                JwkMember::E => ("e", signing_key.member("e").to_owned()),
                JwkMember::Alg => ("alg", signing_key.algorithm().to_owned()),
                JwkMember::Use => ("use", "sig".to_owned()),
                JwkMember::Kty => ("kty", "RSA".to_owned()),
                JwkMember::Issuer => ("issuer", issuer.to_owned()),
                JwkMember::X5t => match key.key.thumbprint() {
                    Some(thumbprint) => ("x5t", thumbprint),
                    None => continue,
                },
                JwkMember::X5c => {
                    if let Some(certificate) = key.key.certificate() {
                        let certificate = quoted(&STANDARD.encode(certificate));
                        members.push_json("x5c", format!("[{certificate}]"));
                    }
                    continue;
                }
            };
            members.push_text(name, &text);
        }
        members
    }
}

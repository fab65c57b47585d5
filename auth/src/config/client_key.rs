//! [`ClientKey`]: the private key with which an app proves who it is.

use std::fmt;

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;

/// How long what it signs is good for, in seconds.
const LIFETIME: i64 = 300;

/// A private key of the app's, whose public half the provider knows.
#[derive(Clone)]
pub struct ClientKey {
    key: EncodingKey,
    algorithm: Algorithm,
    /// Its `kid` at the provider, `private_key_id`.
    pub id: Option<String>,
    /// Who signs, where that is not the client itself, `team_id`.
    pub team: Option<String>,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    jti: &'a str,
    iat: i64,
    exp: i64,
}

impl ClientKey {
    /// Reads a private key in PEM (PKCS #8): RSA, P-256, P-384 or Ed25519.
    ///
    /// # Errors
    /// What is wrong with it, without a word of it.
    pub(crate) fn from_pem(pem: &[u8]) -> Result<Self, String> {
        let kinds = [
            (Algorithm::ES256, EncodingKey::from_ec_pem(pem)),
            (Algorithm::ES384, EncodingKey::from_ec_pem(pem)),
            (Algorithm::RS256, EncodingKey::from_rsa_pem(pem)),
            (Algorithm::EdDSA, EncodingKey::from_ed_pem(pem)),
        ];
        for (algorithm, key) in kinds {
            // What a key is good for shows when it signs.
            let signs = |key: &EncodingKey| jsonwebtoken::crypto::sign(b"", key, algorithm).is_ok();
            if let Some(key) = key.ok().filter(signs) {
                return Ok(Self {
                    key,
                    algorithm,
                    id: None,
                    team: None,
                });
            }
        }
        Err("holds no private key that can be used".to_owned())
    }

    /// The same, which the provider knows by this `kid`.
    pub(super) fn with_id(self, id: Option<String>) -> Self {
        Self { id, ..self }
    }

    /// The same, which signs for this team.
    pub(super) fn of_team(self, team: String) -> Self {
        let team = Some(team);
        Self { team, ..self }
    }

    /// The name of the algorithm it signs with
    /// ([RFC 7518 3.1](https://www.rfc-editor.org/rfc/rfc7518#section-3.1)).
    #[must_use]
    pub fn algorithm(&self) -> &'static str {
        match self.algorithm {
            Algorithm::ES256 => "ES256",
            Algorithm::ES384 => "ES384",
            Algorithm::RS256 => "RS256",
            _ => "EdDSA",
        }
    }

    /// A statement for one request that the client makes it
    /// ([RFC 7523 3](https://www.rfc-editor.org/rfc/rfc7523#section-3)); none where the key fails.
    pub(crate) fn statement(
        &self,
        client_id: &str,
        audience: &str,
        now: i64,
        jti: &str,
    ) -> Option<String> {
        let mut header = Header::new(self.algorithm);
        header.kid.clone_from(&self.id);
        let claims = Claims {
            iss: self.team.as_deref().unwrap_or(client_id),
            sub: client_id,
            aud: audience,
            jti,
            iat: now,
            exp: now + LIFETIME,
        };
        jsonwebtoken::encode(&header, &claims, &self.key).ok()
    }
}

impl fmt::Debug for ClientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientKey")
            .field("algorithm", &self.algorithm)
            .field("id", &self.id)
            .field("team", &self.team)
            .finish_non_exhaustive()
    }
}

//! [`SignedToken`]: an ID token taken apart, before anything in it is believed.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

use super::{TokenError, shown};
use crate::{error::cut, json, provider::Algorithm};

/// An ID token whose form and header are known to be right, and nothing else yet.
#[derive(Debug)]
pub(crate) struct SignedToken<'t> {
    pub(crate) algorithm: &'static Algorithm,
    pub(crate) kid: Option<String>,
    /// Header and payload as they stand in the token.
    pub(super) signed: &'t str,
    pub(super) payload: Vec<u8>,
    pub(super) signature: Vec<u8>,
}

impl<'t> SignedToken<'t> {
    /// [RFC 7515 5.2](https://www.rfc-editor.org/rfc/rfc7515#section-5.2), but for the signature.
    pub(crate) fn parse(token: &'t str) -> Result<Self, TokenError> {
        let malformed = |what: &str| TokenError::Malformed(what.to_owned());
        let parts: Vec<&str> = token.splitn(4, '.').collect();
        let &[header, payload, signature] = parts.as_slice() else {
            return Err(malformed("it does not have three parts"));
        };
        let decode = |part: &str| {
            BASE64_URL_SAFE_NO_PAD
                .decode(part)
                .map_err(|_| malformed("a part is not base64url"))
        };
        let (algorithm, kid) = read_header(&decode(header)?)?;
        let signed = &token[..header.len() + 1 + payload.len()];
        let (payload, signature) = (decode(payload)?, decode(signature)?);
        Ok(Self {
            algorithm,
            kid,
            signed,
            payload,
            signature,
        })
    }

    /// Its `kid` for the log, cut at a sane length.
    pub(super) fn shown_kid(&self) -> String {
        let kid = self.kid.as_deref().map(cut);
        kid.map_or_else(|| "missing".to_owned(), |kid| format!("{kid:?}"))
    }
}

fn read_header(bytes: &[u8]) -> Result<(&'static Algorithm, Option<String>), TokenError> {
    let header: Map<String, Value> =
        json::from_slice(bytes).map_err(|error| TokenError::not_json("header", &error))?;
    // RFC 7515 4.1.11: an extension that is not understood and marked critical must be refused;
    // none is understood.
    if header.contains_key("crit") {
        return Err(TokenError::Crit);
    }
    // RFC 8725 3.11: access tokens (at+jwt), logout tokens (logout+jwt) and the like say so.
    // Without a `+`, it is one of the many spellings of "JWT".
    let typ = header
        .get("typ")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if typ.contains('+') {
        return Err(TokenError::Typ(cut(typ)));
    }
    let algorithm = header
        .get("alg")
        .and_then(Value::as_str)
        .and_then(Algorithm::named);
    let algorithm = algorithm.ok_or_else(|| TokenError::Alg(shown(&header, "alg")))?;
    let kid = match header.get("kid") {
        None => None,
        Some(Value::String(kid)) => Some(kid.clone()),
        Some(_) => return Err(TokenError::Malformed("its kid is not a string".to_owned())),
    };
    Ok((algorithm, kid))
}

//! [`SignedToken`]: a token taken apart, before anything in it is believed.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

use super::{TokenError, shown};
use crate::{error::cut, json, provider::Algorithm};

/// What kind of token it has to be, which its header's `typ` may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An ID token, which says "JWT" in one of its many spellings, or nothing.
    IdToken,
    /// A logout token, which should say `logout+jwt`
    /// ([Back-Channel Logout 2.4](https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken)).
    LogoutToken,
}

impl Kind {
    /// RFC 8725 3.11: access tokens (at+jwt), logout tokens (logout+jwt) and the like say what they are.
    fn may_say(self, typ: &str) -> bool {
        match self {
            Self::IdToken => !typ.contains('+'),
            Self::LogoutToken => ["", "JWT", "logout+jwt", "application/logout+jwt"]
                .iter()
                .any(|known| known.eq_ignore_ascii_case(typ)),
        }
    }
}

/// A token whose form and header are known to be right, and nothing else yet.
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
    pub(crate) fn parse(token: &'t str, expected: Kind) -> Result<Self, TokenError> {
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
        let (algorithm, kid) = read_header(&decode(header)?, expected)?;
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

    /// What it says, of which nothing is to be believed yet: only to find out whose it claims to be.
    pub(crate) fn unverified_claims(&self) -> Option<Map<String, Value>> {
        json::from_slice(&self.payload).ok()
    }

    /// Its `kid` for the log, cut at a sane length.
    pub(super) fn shown_kid(&self) -> String {
        let kid = self.kid.as_deref().map(cut);
        kid.map_or_else(|| "missing".to_owned(), |kid| format!("{kid:?}"))
    }
}

fn read_header(
    bytes: &[u8],
    expected: Kind,
) -> Result<(&'static Algorithm, Option<String>), TokenError> {
    let header: Map<String, Value> =
        json::from_slice(bytes).map_err(|error| TokenError::not_json("header", &error))?;
    // RFC 7515 4.1.11: an extension that is not understood and marked critical must be refused;
    // none is understood.
    if header.contains_key("crit") {
        return Err(TokenError::Crit);
    }
    let typ = header
        .get("typ")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if !expected.may_say(typ) {
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

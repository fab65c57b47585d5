//! `id_token_hint`: an ID token that this provider issued once, expired or not.

use jsonwebtoken::jwk::JwkSet;

use crate::jwt;
use crate::tenant::Tenant;

/// What a hint says.
pub(super) struct Hint {
    pub(super) sub: String,
    pub(super) client_id: String,
    pub(super) sid: Option<String>,
}

/// Reads a hint. It may be over: it says who is meant, it proves nothing
/// ([RP-Initiated Logout 2](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout)).
///
/// # Errors
/// Says why it is no ID token of this provider's.
pub(super) fn read(tenant: &Tenant, hint: &str) -> Result<Hint, String> {
    let keys = tenant.keys().jwks(tenant.issuer());
    let keys = keys.iter().filter_map(|jwk| serde_json::from_str(jwk).ok());
    let keys = JwkSet {
        keys: keys.collect(),
    };
    let claims = jwt::verified(hint, &keys)?;
    let issuer = jwt::text(&claims, "iss").unwrap_or_default();
    // Where requests say what the provider is called, another one may have called it otherwise.
    if issuer != tenant.issuer() && !tenant.is_called_as_seen() {
        return Err(format!("it is {issuer:?}'s"));
    }
    let client_id = *jwt::texts(&claims, "aud").first().ok_or("it has no aud")?;
    Ok(Hint {
        sub: jwt::text(&claims, "sub").ok_or("it has no sub")?.into(),
        client_id: client_id.into(),
        sid: jwt::text(&claims, "sid").map(str::to_owned),
    })
}

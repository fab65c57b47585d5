//! What a login would have given, without one.

use std::sync::Arc;

use super::id_token::id_token;
use super::response::{Issue, access_token};
use super::{Authentication, Login};
use crate::answer::Members;
use crate::client::Client;
use crate::endpoint::AuthorizationRequest;
use crate::mint::Mint;
use crate::persona::Persona;
use crate::random::Alphabet;
use crate::sign::UnsignedToken;
use crate::tenant::Tenant;

/// The ID token of a login of this persona at this client.
pub(crate) fn minted_id_token(tenant: &Tenant, mint: &Mint, persona: &Persona) -> UnsignedToken {
    let login = login(tenant, mint, persona);
    let issue = Issue::of_code(tenant, &login, persona);
    let access_token = access_token(tenant, &issue);
    id_token(tenant, &issue, &access_token)
}

/// The access token of such a login.
pub(crate) fn minted_access_token(tenant: &Tenant, mint: &Mint, persona: &Persona) -> String {
    let login = login(tenant, mint, persona);
    access_token(tenant, &Issue::of_code(tenant, &login, persona))
}

/// An access token for an API, [RFC 9068 section 2.2](https://www.rfc-editor.org/rfc/rfc9068#section-2.2).
pub(crate) fn minted_jwt_access_token(
    tenant: &Tenant,
    mint: &Mint,
    persona: &Persona,
) -> UnsignedToken {
    let key = tenant.signing_key(None);
    let mut header = Members::default();
    header.push_text("alg", key.key.signing_key().algorithm());
    header.push_text("kid", &key.kid);
    header.push_text("typ", "at+jwt");
    let issued_at = tenant.clock().unix_seconds();
    let lifetime = tenant.flavour().text.token.access_token_seconds;
    let expires_at = issued_at.saturating_add(i64::try_from(lifetime).unwrap_or(i64::MAX));
    let mut random = tenant.random("jwt_access_token", &mint.audience, &persona.id);
    let mut claims = Members::default();
    claims.push_text("iss", &tenant.issuer_about(persona));
    claims.push_text("sub", &tenant.sub(persona, &mint.audience));
    claims.push_text("aud", &mint.audience);
    claims.push_json("exp", expires_at.to_string());
    claims.push_json("iat", issued_at.to_string());
    claims.push_text("jti", &random.text(Alphabet::B64url, 22));
    claims.push_text("client_id", &mint.audience);
    claims.push_text("scope", &mint.scope);
    UnsignedToken {
        header,
        claims,
        key,
        client_secret: None,
    }
}

/// A login that nobody made. Its client is the registered one, or one of which only the id is known.
fn login(tenant: &Tenant, mint: &Mint, persona: &Persona) -> Arc<Login> {
    let unknown = || Client {
        client_id: mint.audience.clone(),
        ..Client::default()
    };
    let client = tenant.client(&mint.audience);
    let client = client.unwrap_or_else(|| Arc::new(unknown()));
    let known = &tenant.flavour().text.scopes;
    let scopes = mint.scope.split_ascii_whitespace();
    let scopes = scopes.map(|scope| known.short_name(scope).unwrap_or(scope).to_owned());
    let request = AuthorizationRequest::without_one(client, scopes.collect(), mint.nonce.clone());
    let authentication = Authentication {
        at: tenant.clock().unix_seconds(),
        sid: mint.sid.clone(),
    };
    Arc::new(Login::new(
        &Arc::new(request),
        &persona.id,
        authentication,
        false,
    ))
}

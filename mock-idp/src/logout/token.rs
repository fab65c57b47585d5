//! The logout token,
//! [Back-Channel Logout 2.4](https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken).

use super::Notice;
use crate::answer::Members;
use crate::persona::Persona;
use crate::random::Alphabet;
use crate::sign::UnsignedToken;
use crate::tenant::Tenant;

const EVENT: &str = r#"{"http://schemas.openid.net/event/backchannel-logout":{}}"#;

/// Header and claims, not signed yet.
pub(super) fn logout_token(tenant: &Tenant, notice: &Notice, persona: &Persona) -> UnsignedToken {
    let client = &notice.client;
    let key = tenant.signing_key(client.id_token_signed_response_alg);
    let mut header = Members::default();
    header.push_text("alg", key.key.signing_key().algorithm());
    header.push_text("kid", &key.kid);
    header.push_text("typ", "logout+jwt");
    let issued_at = tenant.clock().unix_seconds();
    let expires_at = issued_at + tenant.flavour().text.logout.token_seconds;
    let mut random = tenant.random("logout_token", &client.client_id, &persona.id);
    let mut claims = Members::default();
    claims.push_text("iss", tenant.issuer());
    claims.push_text("aud", &client.client_id);
    claims.push_json("iat", issued_at.to_string());
    claims.push_json("exp", expires_at.to_string());
    claims.push_text("jti", &random.text(Alphabet::B64url, 22));
    claims.push_json("events", EVENT);
    claims.push_text("sub", &tenant.sub(persona, &client.client_id));
    if let Some(sid) = &notice.sid {
        claims.push_text("sid", sid);
    }
    UnsignedToken {
        header,
        claims,
        key,
        client_secret: client.client_secret.clone(),
    }
}

//! The ID token,
//! [OpenID Connect Core 2](https://openid.net/specs/openid-connect-core-1_0.html#IDToken): header and claims in the
//! flavour's order, not signed yet.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::claims::{ClaimValues, LoginClaims};
use super::response::Issue;
use crate::answer::Members;
use crate::flavour::HeaderMember;
use crate::keys::PublishedKey;
use crate::sign::UnsignedToken;
use crate::tenant::Tenant;

pub(super) fn id_token(tenant: &Tenant, issue: &Issue<'_>, access_token: &str) -> UnsignedToken {
    let text = &tenant.flavour().text.id_token;
    let login = issue.login;
    let request = &login.request;
    let key = tenant.signing_key(request.client.id_token_signed_response_alg);
    let claims_of_login = LoginClaims {
        nonce: request.nonce.as_deref(),
        authentication: &login.authentication,
        acr: request.acr.as_deref(),
        at_hash: at_hash(access_token),
        issued_at: tenant.clock().unix_seconds(),
        lifetime: text.seconds,
    };
    let values = ClaimValues::of_persona(tenant, issue.persona, login.client_id(), &issue.scopes);
    let mut claims = Members::default();
    values
        .of_login(claims_of_login)
        .fill(&text.claims, &mut claims);
    if issue.is_refresh {
        let is_kept = |name: &str| {
            text.left_out_on_refresh
                .iter()
                .all(|left_out| left_out != name)
        };
        claims.edit().retain(|(name, _)| is_kept(name));
    }
    UnsignedToken {
        header: header(tenant, &key),
        claims,
        key,
        client_secret: request.client.client_secret.clone(),
    }
}

fn header(tenant: &Tenant, key: &PublishedKey) -> Members {
    let mut header = Members::default();
    for member in &tenant.flavour().text.id_token.header {
        match member {
            HeaderMember::Alg => header.push_text("alg", key.key.signing_key().algorithm()),
            HeaderMember::Kid => header.push_text("kid", &key.kid),
            HeaderMember::Typ => header.push_text("typ", "JWT"),
        }
    }
    header
}

/// The left half of the access token's SHA-256,
/// [OpenID Connect Core 3.1.3.6](https://openid.net/specs/openid-connect-core-1_0.html#CodeIDToken).
fn at_hash(access_token: &str) -> String {
    let digest = digest::digest(&digest::SHA256, access_token.as_bytes());
    URL_SAFE_NO_PAD.encode(&digest.as_ref()[..16])
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_example_of_the_specification() {
        // OpenID Connect Core, appendix A.3.
        let token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
        assert_eq!(super::at_hash(token), "77QmUPtjPfzWtF2AnpK9RQ");
    }
}

//! The ID token,
//! [OpenID Connect Core 2](https://openid.net/specs/openid-connect-core-1_0.html#IDToken): header and claims in the
//! flavour's order, not signed yet.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::CodeGrant;
use super::claims::{ClaimValues, Login};
use crate::answer::Members;
use crate::flavour::HeaderMember;
use crate::keys::PublishedKey;
use crate::persona::Persona;
use crate::sign::UnsignedToken;
use crate::tenant::Tenant;

pub(super) fn id_token(
    tenant: &Tenant,
    grant: &CodeGrant,
    persona: &Persona,
    access_token: &str,
) -> UnsignedToken {
    let key = tenant.keys().signing();
    let client = &grant.request.client;
    let login = Login {
        client_id: &client.client_id,
        nonce: grant.request.nonce.as_deref(),
        at_hash: at_hash(access_token),
        issued_at: tenant.clock().unix_seconds(),
        lifetime: tenant.flavour().text.id_token.seconds,
    };
    let values = ClaimValues::of_persona(tenant, persona, &grant.request.scopes).of_login(login);
    let mut claims = Members::default();
    values.fill(&tenant.flavour().text.id_token.claims, &mut claims);
    UnsignedToken {
        header: header(tenant, &key),
        claims,
        key,
        client_secret: client.client_secret.clone(),
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

//! A client that proves itself by a JWT it signed,
//! [RFC 7523 section 3](https://www.rfc-editor.org/rfc/rfc7523#section-3) and
//! [OpenID Connect Core 9](https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication).

use jsonwebtoken::jwk::JwkSet;

use super::Parameters;
use crate::check::{Check, Refusal, refuse};
use crate::client::Client;
use crate::jwt::{self, Claims};
use crate::place::Place;
use crate::store::ASSERTION_LIFETIME;
use crate::tenant::Tenant;

/// The one type of assertion there is for clients,
/// [RFC 7523 section 2.2](https://www.rfc-editor.org/rfc/rfc7523#section-2.2).
const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Whom the assertion of a request is from; not yet proven.
pub(super) fn claimed_client(assertion: &str) -> Option<String> {
    let claims = jwt::unverified_claims(assertion)?;
    jwt::text(&claims, "sub").map(str::to_owned)
}

/// Makes sure that the client signed the assertion, for this provider, now and once.
pub(super) fn check(
    tenant: &Tenant,
    client: &Client,
    parameters: &Parameters,
    assertion: &str,
) -> Result<(), Refusal> {
    check_type(parameters)?;
    let claims = verified(client, assertion)?;
    check_issuer(client, &claims)?;
    check_audience(tenant, &claims)?;
    check_expiry(tenant, &claims)?;
    check_unused(tenant, client, &claims)
}

fn check_type(parameters: &Parameters) -> Result<(), Refusal> {
    let sent = parameters
        .first("client_assertion_type")
        .unwrap_or_default();
    if sent == TYPE {
        return Ok(());
    }
    let reason = format!("client_assertion_type is {sent:?}, not {TYPE:?}");
    Err(refuse(Check::TokenClientAssertion, reason))
}

fn verified(client: &Client, assertion: &str) -> Result<Claims, Refusal> {
    let jwks = client.jwks.clone().unwrap_or_default();
    let keys: JwkSet = serde_json::from_value(jwks).map_err(|_| {
        let reason = "the client registered no jwks to verify client_assertion with";
        refuse(Check::TokenClientAssertion, reason)
    })?;
    jwt::verified(assertion, &keys).map_err(|problem| {
        refuse(
            Check::TokenClientAssertion,
            format!("client_assertion: {problem}"),
        )
    })
}

fn check_issuer(client: &Client, claims: &Claims) -> Result<(), Refusal> {
    for name in ["iss", "sub"] {
        let said = jwt::text(claims, name).unwrap_or_default();
        if said != client.client_id {
            let reason = format!("the assertion's {name} is {said:?}, not the client_id");
            return Err(refuse(Check::TokenClientAssertion, reason));
        }
    }
    Ok(())
}

fn check_audience(tenant: &Tenant, claims: &Claims) -> Result<(), Refusal> {
    let right = [tenant.issuer().to_owned(), tenant.url(Place::Token)];
    let said = jwt::texts(claims, "aud");
    if said
        .iter()
        .any(|said| right.iter().any(|right| right == said))
    {
        return Ok(());
    }
    tenant.enforce(Check::TokenClientAssertionAudience, || {
        format!(
            "the assertion's aud is {said:?}, not {}",
            right.join(" or ")
        )
    })
}

fn check_expiry(tenant: &Tenant, claims: &Claims) -> Result<(), Refusal> {
    let now = tenant.clock().unix_seconds();
    let most = i64::try_from(ASSERTION_LIFETIME.as_secs()).unwrap_or(i64::MAX);
    let exp = claims.get("exp").and_then(serde_json::Value::as_i64);
    let reason = match exp {
        Some(exp) if exp <= now => format!("the assertion is over since {} s", now - exp),
        Some(exp) if exp - now > most => {
            format!(
                "the assertion is made out for {} s, more than {most}",
                exp - now
            )
        }
        Some(_) => return Ok(()),
        None => "the assertion has no exp".into(),
    };
    tenant.enforce(Check::TokenClientAssertionExpired, || reason)
}

fn check_unused(tenant: &Tenant, client: &Client, claims: &Claims) -> Result<(), Refusal> {
    let check = Check::TokenClientAssertionUsed;
    let Some(jti) = jwt::text(claims, "jti") else {
        return tenant.enforce(check, || "the assertion has no jti".into());
    };
    // A length keeps ("a b", "c") and ("a", "b c") apart.
    let key = format!("{} {} {jti}", client.client_id.len(), client.client_id);
    let now = tenant.clock().now();
    let mut store = tenant.store();
    let is_used = store.assertions.find(&key, now).is_some();
    if !is_used {
        store.assertions.insert(&key, (), now);
        return Ok(());
    }
    drop(store);
    tenant.enforce(check, || format!("the assertion {jti:?} was used before"))
}

//! Who a token request is from,
//! [RFC 6749 section 2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1).

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;
use subtle::ConstantTimeEq;
use url::form_urlencoded;

use super::{Parameters, Request, client_assertion};
use crate::check::{Check, Refusal, refuse};
use crate::client::{Client, TokenEndpointAuthMethod};
use crate::tenant::Tenant;

/// Who a client says it is, and what it proves that with.
#[derive(Debug)]
struct Credentials {
    client_id: String,
    proof: Proof,
}

/// What a client proves itself with.
#[derive(Debug, PartialEq, Eq)]
enum Proof {
    /// A secret in the header.
    Basic(Option<String>),
    /// A secret in the body.
    Post(String),
    /// A JWT it signed.
    Assertion(String),
    /// Nothing.
    None,
}

impl Proof {
    /// The method, as registrations name it.
    const fn method(&self) -> TokenEndpointAuthMethod {
        match self {
            Self::Basic(_) => TokenEndpointAuthMethod::ClientSecretBasic,
            Self::Post(_) => TokenEndpointAuthMethod::ClientSecretPost,
            Self::Assertion(_) => TokenEndpointAuthMethod::PrivateKeyJwt,
            Self::None => TokenEndpointAuthMethod::None,
        }
    }
}

/// Finds the client of a token request and makes sure it is that one.
pub(super) fn authenticate(tenant: &Tenant, request: &Request) -> Result<Arc<Client>, Refusal> {
    let Credentials { client_id, proof } = credentials(tenant, request)?;
    let client = tenant.client(&client_id).ok_or_else(|| {
        refuse(
            Check::TokenClient,
            format!("no client is registered as {client_id:?}"),
        )
        .with("value", &client_id)
    })?;
    check_method(tenant, &client, &proof)?;
    match &proof {
        Proof::Basic(secret) => check_secret(tenant, &client, secret.as_deref())?,
        Proof::Post(secret) => check_secret(tenant, &client, Some(secret))?,
        Proof::Assertion(jwt) => client_assertion::check(tenant, &client, &request.form, jwt)?,
        Proof::None => check_secret(tenant, &client, None)?,
    }
    Ok(client)
}

fn credentials(tenant: &Tenant, request: &Request) -> Result<Credentials, Refusal> {
    let body = &request.form;
    let header = request.headers.get(AUTHORIZATION);
    check_one_proof(tenant, body, header.is_some())?;
    let Some(header) = header else {
        return from_body(request);
    };
    let basic = header.to_str().ok().and_then(parse_basic).ok_or_else(|| {
        let reason = "the Authorization header is not Basic with base64 of id:secret";
        refuse(Check::TokenBasic, reason)
    })?;
    match body.first("client_id") {
        Some(other) if other != basic.client_id => {
            tenant.enforce(Check::TokenClientAuthentication, || {
                let header = &basic.client_id;
                format!("the Authorization header is from {header:?}, the body from {other:?}")
            })?;
        }
        _ => {}
    }
    Ok(basic)
}

/// [RFC 6749 section 2.3](https://www.rfc-editor.org/rfc/rfc6749#section-2.3): one method a request.
fn check_one_proof(tenant: &Tenant, body: &Parameters, in_header: bool) -> Result<(), Refusal> {
    let ways = [
        ("the Authorization header", in_header),
        ("client_secret", body.first("client_secret").is_some()),
        ("client_assertion", body.first("client_assertion").is_some()),
    ];
    let used: Vec<_> = ways.iter().filter(|(_, is_used)| *is_used).collect();
    if used.len() < 2 {
        return Ok(());
    }
    tenant.enforce(Check::TokenClientAuthentication, || {
        let used: Vec<_> = used.iter().map(|(way, _)| *way).collect();
        format!(
            "the client proves itself more than once, by {}",
            used.join(" and ")
        )
    })
}

fn from_body(request: &Request) -> Result<Credentials, Refusal> {
    let body = &request.form;
    let assertion = body.first("client_assertion");
    let named = body.first("client_id").map(str::to_owned);
    let claimed = || client_assertion::claimed_client(assertion?);
    let client_id = named.or_else(claimed).ok_or_else(|| {
        let reason = "neither an Authorization header nor client_id in the body";
        refuse(Check::TokenClientIdMissing, reason)
    })?;
    let secret = || body.first("client_secret").map(|it| Proof::Post(it.into()));
    let proof = assertion
        .map(|it| Proof::Assertion(it.into()))
        .or_else(secret);
    Ok(Credentials {
        client_id,
        proof: proof.unwrap_or(Proof::None),
    })
}

/// The method must be one that the provider takes, and the one that the client registered where it
/// registered one. That a client proves nothing is for the check of its secret to say.
fn check_method(tenant: &Tenant, client: &Client, proof: &Proof) -> Result<(), Refusal> {
    let method = proof.method();
    if method == TokenEndpointAuthMethod::None && !client.is_public() {
        return Ok(());
    }
    let taken = &tenant.flavour().text.token.auth_methods;
    let registered = client.token_endpoint_auth_method;
    let reason = match registered {
        _ if !taken.contains(&method) => {
            format!("this provider does not take {}", method.name())
        }
        Some(registered) if registered != method => {
            let (registered, used) = (registered.name(), method.name());
            format!("the client registered {registered} and used {used}")
        }
        _ => return Ok(()),
    };
    tenant.enforce(Check::TokenClientAuthenticationMethod, || reason)
}

fn check_secret(tenant: &Tenant, client: &Client, sent: Option<&str>) -> Result<(), Refusal> {
    if client.is_public() {
        return Ok(());
    }
    let Some(sent) = sent else {
        return tenant.enforce(Check::TokenClientSecretMissing, || {
            match client.client_secret {
                Some(_) => "the client has a secret, and none was sent".into(),
                None => "the client has to prove itself, and did not".into(),
            }
        });
    };
    let Some(expected) = &client.client_secret else {
        return tenant.enforce(Check::TokenClientSecret, || {
            "the client has no secret, and one was sent".into()
        });
    };
    if bool::from(expected.as_bytes().ct_eq(sent.as_bytes())) {
        return Ok(());
    }
    let refused = tenant.enforce(Check::TokenClientSecret, || {
        let lengths = (sent.len(), expected.len());
        match lengths {
            (sent, expected) if sent != expected => {
                format!("the secret is another one: it has {sent} characters, not {expected}")
            }
            _ => "the secret is another one of the same length".into(),
        }
    });
    refused.map_err(|refusal| refusal.with("client", &client.client_id))
}

/// The client id of a Basic header.
pub(super) fn basic_client_id(header: &str) -> Option<String> {
    parse_basic(header).map(|credentials| credentials.client_id)
}

/// Basic, with id and secret form-encoded before they are joined.
fn parse_basic(header: &str) -> Option<Credentials> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (client_id, client_secret) = decoded.split_once(':')?;
    let client_id = form_decoded(client_id);
    let client_secret = Some(form_decoded(client_secret)).filter(|it| !it.is_empty());
    (!client_id.is_empty()).then_some(Credentials {
        client_id,
        proof: Proof::Basic(client_secret),
    })
}

/// One form-encoded text. `=` and `&` stand for themselves here: an app that does not encode its
/// secret sends them so.
fn form_decoded(text: &str) -> String {
    let protected = text.replace('&', "%26").replace('=', "%3D");
    form_urlencoded::parse(protected.as_bytes())
        .next()
        .map(|(text, _)| text.into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_is_decoded_twice() {
        let check = |plain: &str, expected: Option<(&str, Option<&str>)>| {
            let header = format!("Basic {}", STANDARD.encode(plain));
            let parsed = parse_basic(&header);
            let pair = parsed.map(|it| (it.client_id, it.proof));
            let expected = expected
                .map(|(id, secret)| (id.to_owned(), Proof::Basic(secret.map(str::to_owned))));
            assert_eq!(pair, expected, "{plain:?}");
        };
        check("app:secret", Some(("app", Some("secret"))));
        check("a%3Ab+c:s%2Bt", Some(("a:b c", Some("s+t"))));
        check("app:a=b&c", Some(("app", Some("a=b&c"))));
        check("app:", Some(("app", None)));
        check(":secret", None);
        check("app", None);
    }

    #[test]
    fn what_is_not_basic_is_nobody() {
        for header in [
            "",
            "Basic",
            "Basic ",
            "Basic %%%",
            "Bearer abc",
            "Basic /w==",
        ] {
            assert!(parse_basic(header).is_none(), "{header:?}");
        }
    }
}

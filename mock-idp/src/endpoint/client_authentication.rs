//! Who a token request is from,
//! [RFC 6749 section 2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1).

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;
use subtle::ConstantTimeEq;
use url::form_urlencoded;

use super::Request;
use crate::check::{Check, Refusal, refuse};
use crate::client::Client;
use crate::tenant::Tenant;

/// What a client proves itself with.
#[derive(Debug)]
struct Credentials {
    client_id: String,
    client_secret: Option<String>,
}

/// Finds the client of a token request and makes sure it is that one.
pub(super) fn authenticate(tenant: &Tenant, request: &Request) -> Result<Arc<Client>, Refusal> {
    let credentials = credentials(tenant, request)?;
    let client = tenant.client(&credentials.client_id).ok_or_else(|| {
        let id = &credentials.client_id;
        refuse(
            Check::TokenClient,
            format!("no client is registered as {id:?}"),
        )
    })?;
    check_secret(tenant, &client, credentials.client_secret.as_deref())?;
    Ok(client)
}

fn credentials(tenant: &Tenant, request: &Request) -> Result<Credentials, Refusal> {
    let body = &request.form;
    let in_body = body.first("client_secret").is_some();
    let Some(header) = request.headers.get(AUTHORIZATION) else {
        return from_body(request);
    };
    if in_body {
        tenant.enforce(Check::TokenClientAuthentication, || {
            "the client sent its secret twice, in the Authorization header and in the body".into()
        })?;
    }
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

fn from_body(request: &Request) -> Result<Credentials, Refusal> {
    let client_id = request.form.first("client_id").ok_or_else(|| {
        let reason = "neither an Authorization header nor client_id in the body";
        refuse(Check::TokenClientIdMissing, reason)
    })?;
    Ok(Credentials {
        client_id: client_id.into(),
        client_secret: request.form.first("client_secret").map(str::to_owned),
    })
}

fn check_secret(tenant: &Tenant, client: &Client, sent: Option<&str>) -> Result<(), Refusal> {
    let Some(expected) = &client.client_secret else {
        return Ok(());
    };
    let Some(sent) = sent else {
        return tenant.enforce(Check::TokenClientSecretMissing, || {
            "the client has a secret, and none was sent".into()
        });
    };
    if bool::from(expected.as_bytes().ct_eq(sent.as_bytes())) {
        return Ok(());
    }
    tenant.enforce(Check::TokenClientSecret, || {
        let lengths = (sent.len(), expected.len());
        match lengths {
            (sent, expected) if sent != expected => {
                format!("the secret is another one: it has {sent} characters, not {expected}")
            }
            _ => "the secret is another one of the same length".into(),
        }
    })
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
        client_secret,
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
            let pair = parsed
                .as_ref()
                .map(|it| (it.client_id.as_str(), it.client_secret.as_deref()));
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

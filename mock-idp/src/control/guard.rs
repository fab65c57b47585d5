//! Who may ask. A page that a developer happens to look at must not move a provider's clock.

use std::net::IpAddr;

use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, ORIGIN};
use http::uri::Authority;
use http::{HeaderMap, HeaderName};
use subtle::ConstantTimeEq as _;
use url::Url;

use super::{Control, Kind, Problem};
use crate::tenants::Tenants;

/// Refuses what a page of somebody else sends: by another origin, or by a name of its own that it
/// had resolved to this address.
pub(super) fn host_and_origin(
    control: &Control,
    tenants: &Tenants,
    headers: &HeaderMap,
) -> Result<(), Problem> {
    let host = text(headers, &HOST).and_then(|host| host.parse::<Authority>().ok());
    let Some(host) = host else {
        return Err(Problem::new(Kind::Host, "the Host is missing, or is none"));
    };
    // Whoever resolves a name of theirs to this address does not know the token.
    let has_token = control.token.is_some() && token(control, headers).is_ok();
    if !has_token && !is_own(host.host(), tenants.default_tenant().root()) {
        let words = format!(
            "the Host {host} is neither localhost, nor an address, nor the issuer's host; start \
             with --issuer http://{host}, or bring a --control-token"
        );
        return Err(Problem::new(Kind::Host, words));
    }
    match text(headers, &ORIGIN) {
        Some(origin) if !is_of(origin, &host) => {
            let words = format!("the Origin {origin} is not that of the Host {host}");
            Err(Problem::new(Kind::Origin, words))
        }
        _ => Ok(()),
    }
}

/// Refuses who does not bring the token, where there is one.
pub(super) fn token(control: &Control, headers: &HeaderMap) -> Result<(), Problem> {
    let Some(expected) = &control.token else {
        return Ok(());
    };
    let given = text(headers, &AUTHORIZATION).and_then(|text| text.split_once(' '));
    let given = given.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    match given {
        Some((_, given)) if given.trim().as_bytes().ct_eq(expected.as_bytes()).into() => Ok(()),
        Some(_) => Err(Problem::new(Kind::Token, "this is not the control token")),
        None => {
            let words = "the control token is missing: Authorization: Bearer ..";
            Err(Problem::new(Kind::Token, words))
        }
    }
}

/// Refuses a page where a token is needed.
pub(super) fn without_token(control: &Control) -> Result<(), Problem> {
    if control.token.is_none() {
        return Ok(());
    }
    let words = "a page cannot bring the control token: use the verbs";
    Err(Problem::new(Kind::Token, words))
}

/// Refuses arguments that are not said to be JSON: those of a form, which any page can send.
pub(super) fn content_type(headers: &HeaderMap, body: &[u8]) -> Result<(), Problem> {
    let given = text(headers, &CONTENT_TYPE);
    let essence = given.map(|text| text.split(';').next().unwrap_or(text).trim());
    match essence {
        None if body.is_empty() => Ok(()),
        Some(essence) if essence.eq_ignore_ascii_case("application/json") => Ok(()),
        given => {
            let given = given.unwrap_or("nothing");
            let words = format!("the Content-Type is {given}, and must be application/json");
            Err(Problem::new(Kind::ContentType, words))
        }
    }
}

/// Whether nobody else can have this host resolve to this provider.
fn is_own(host: &str, issuer: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    let host = host.to_ascii_lowercase();
    address.parse::<IpAddr>().is_ok()
        || host == "localhost"
        || host.ends_with(".localhost")
        || Url::parse(issuer).is_ok_and(|url| url.host_str() == Some(&host))
}

fn is_of(origin: &str, host: &Authority) -> bool {
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    authority.is_some_and(|authority| authority.eq_ignore_ascii_case(host.as_str()))
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_own_where_nobody_else_can_resolve_it() {
        let check = |host: &str, expected: bool| {
            assert_eq!(
                is_own(host, "http://idp.test:9000/team"),
                expected,
                "{host}"
            );
        };
        for own in [
            "127.0.0.1",
            "[::1]",
            "10.0.0.7",
            "localhost",
            "LocalHost",
            "a.localhost",
        ] {
            check(own, true);
        }
        check("idp.test", true);
        for other in [
            "evil.example",
            "localhost.evil.example",
            "notlocalhost",
            "test",
            "",
        ] {
            check(other, false);
        }
    }

    #[test]
    fn an_origin_is_that_of_the_host_with_its_port() {
        let host = Authority::from_static("127.0.0.1:9000");
        assert!(is_of("http://127.0.0.1:9000", &host));
        for other in [
            "http://127.0.0.1:9001",
            "http://127.0.0.1",
            "null",
            "",
            "http://a",
        ] {
            assert!(!is_of(other, &host), "{other}");
        }
    }
}

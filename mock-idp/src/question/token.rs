//! Questions of token requests.

use std::cell::RefCell;
use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::{Judgement, at, each};
use crate::capture::{Exchange, Requests};
use crate::check::Check;
use crate::client::TokenEndpointAuthMethod;
use crate::place::Place;

/// The token requests that bring a code.
fn each_of_a_code<'a>(
    requests: &'a Requests,
    judge: impl Fn(&'a Exchange) -> Result<(), String>,
) -> Judgement {
    let with_code = at(requests, Place::Token).filter(|it| it.parameter("code").is_some());
    each("token request with a code", with_code, judge)
}

/// The authorization request that the exchange's login began with.
fn beginning<'a>(requests: &'a Requests, exchange: &Exchange) -> Result<&'a Exchange, String> {
    let mut all = at(requests, Place::Authorization);
    let found = all.find(|it| it.transaction.is_some() && it.transaction == exchange.transaction);
    found.ok_or_else(|| "its code is none that an authorization request here gave".into())
}

pub(super) fn redirect_uri_is_exact(requests: &Requests) -> Judgement {
    each(
        "authorization request",
        at(requests, Place::Authorization),
        |exchange| match &exchange.refusal {
            Some(refusal) if is_about_redirect_uri(refusal.check) => {
                Err(format!("the provider refused it: {}", refusal.reason))
            }
            _ => Ok(()),
        },
    )?;
    each_of_a_code(requests, |exchange| {
        let expected = beginning(requests, exchange)?.parameter("redirect_uri");
        let sent = exchange.parameter("redirect_uri");
        if sent.is_some() && sent == expected {
            return Ok(());
        }
        let [sent, expected] = [sent, expected].map(Option::unwrap_or_default);
        Err(format!(
            "redirect_uri is {sent:?}; the authorization request had {expected:?}"
        ))
    })
}

const fn is_about_redirect_uri(check: Check) -> bool {
    matches!(
        check,
        Check::AuthorizationRedirectUri
            | Check::AuthorizationRedirectUriMissing
            | Check::AuthorizationRedirectUriPolicy
            | Check::AuthorizationRedirectUriSyntax
    )
}

pub(super) fn is_form(requests: &Requests) -> Judgement {
    each("token request", at(requests, Place::Token), |exchange| {
        if exchange.method != http::Method::POST {
            return Err(format!("the method is {}, not POST", exchange.method));
        }
        let sent = exchange.header("content-type").unwrap_or_default();
        let media_type = sent.split(';').next().unwrap_or_default().trim();
        if media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Ok(());
        }
        Err(format!("the body is {sent:?}, no form"))
    })
}

pub(super) fn client_authenticated_by(
    requests: &Requests,
    method: TokenEndpointAuthMethod,
) -> Judgement {
    each("token request", at(requests, Place::Token), |exchange| {
        let ways = ways(exchange);
        if ways == [method] {
            return Ok(());
        }
        let ways: Vec<_> = ways
            .into_iter()
            .map(TokenEndpointAuthMethod::name)
            .collect();
        let (ways, method) = (ways.join(" and "), method.name());
        Err(format!(
            "the client is proven by {ways}, not by {method} alone"
        ))
    })
}

fn ways(exchange: &Exchange) -> Vec<TokenEndpointAuthMethod> {
    use TokenEndpointAuthMethod::{ClientSecretBasic, ClientSecretPost, None, PrivateKeyJwt};
    let header = exchange.header("authorization").unwrap_or_default();
    let is_basic = header.to_ascii_lowercase().starts_with("basic ");
    let mut ways = Vec::new();
    ways.extend(is_basic.then_some(ClientSecretBasic));
    let posted = exchange.parameter("client_secret");
    ways.extend(posted.map(|_| ClientSecretPost));
    let asserted = exchange.parameter("client_assertion");
    ways.extend(asserted.map(|_| PrivateKeyJwt));
    if ways.is_empty() {
        ways.push(None);
    }
    ways
}

pub(super) fn code_verifier_is_long_enough(requests: &Requests) -> Judgement {
    each_of_a_code(requests, |exchange| {
        let verifier = exchange.parameter("code_verifier").unwrap_or_default();
        let is_unreserved = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
        let length = verifier.chars().count();
        if !(43..=128).contains(&length) {
            return Err(format!(
                "code_verifier has {length} characters, not 43 to 128"
            ));
        }
        match verifier.chars().find(|c| !is_unreserved(*c)) {
            None => Ok(()),
            Some(other) => Err(format!(
                "code_verifier has a {other:?}, which is not allowed"
            )),
        }
    })
}

pub(super) fn code_verifier_matches(requests: &Requests) -> Judgement {
    each_of_a_code(requests, |exchange| {
        let authorization = beginning(requests, exchange)?;
        let verifier = exchange.parameter("code_verifier").unwrap_or_default();
        let challenge = match authorization.parameter("code_challenge_method") {
            Some("S256") => URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)),
            _ => verifier.to_owned(),
        };
        if authorization.parameter("code_challenge") == Some(&challenge) {
            return Ok(());
        }
        Err("code_verifier does not give the authorization request's code_challenge".into())
    })
}

pub(super) fn code_sent_once(requests: &Requests) -> Judgement {
    let seen: RefCell<HashMap<&str, u64>> = RefCell::default();
    each_of_a_code(requests, |exchange| {
        let code = exchange.parameter("code").unwrap_or_default();
        match seen.borrow_mut().insert(code, exchange.number) {
            None => Ok(()),
            Some(first) => Err(format!("the code was sent before, in request {first}")),
        }
    })
}

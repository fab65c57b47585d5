//! What some cases look at beside who is logged in.

use mock_idp::Place;
use url::form_urlencoded;

use crate::conformance::oracle::{accepted, nobody};
use crate::conformance::seen::Seen;

/// Nobody is logged in, and a page of the app says so.
fn refusal(seen: &Seen) -> Result<(), String> {
    nobody(seen)?;
    seen.step.clone().map_err(|error| error.to_string())
}

/// As there, and the page is not one of status 500.
pub(super) fn clean_refusal(seen: &Seen) -> Result<(), String> {
    refusal(seen)?;
    match seen.status {
        500 => Err(format!("a page of status 500: {}", seen.words())),
        _ => Ok(()),
    }
}

/// What the case's own steps found.
pub(super) fn found(seen: &Seen) -> Result<(), String> {
    seen.found.clone()
}

/// Who the provider says is logged in, or nobody.
pub(super) fn never_somebody_else(seen: &Seen) -> Result<(), String> {
    nobody(seen).or_else(|_| accepted(seen))
}

/// A page refuses the login, without another try and without a token request.
pub(super) fn refused_at_once(seen: &Seen) -> Result<(), String> {
    nobody(seen)?;
    seen.step.clone().map_err(|error| error.to_string())?;
    let tokens = seen.requests.to(Place::Token).len();
    let tries = seen.requests.to(Place::Authorization).len();
    match (tokens, tries) {
        (0, 0..=1) => Ok(()),
        (0, tries) => Err(format!("the login was begun {tries} times")),
        (tokens, _) => Err(format!("it went on, with {tokens} token requests")),
    }
}

/// The secret is sent all the same, or nothing is.
pub(super) fn never_without_secret(seen: &Seen) -> Result<(), String> {
    let requests = seen.requests.to(Place::Token);
    let without = requests.iter().find(|request| {
        request.header("authorization").is_none() && request.parameter("client_secret").is_none()
    });
    match without {
        Some(request) => Err(format!("a token request without the secret: {request}")),
        None => Ok(()),
    }
}

/// The provider's words are shown as words, or not at all.
pub(super) fn no_script(seen: &Seen) -> Result<(), String> {
    refusal(seen)?;
    let html = seen.page.as_ref().map(|page| page.html.to_lowercase());
    let html = html.unwrap_or_default();
    for markup in [
        "<script>alert(1)",
        "href=\"javascript:",
        "href='javascript:",
        "href=javascript:",
    ] {
        if html.contains(markup) {
            return Err(format!("the page has {markup}"));
        }
    }
    Ok(())
}

/// A stranger's words are not the app's.
pub(super) fn no_spoof(seen: &Seen) -> Result<(), String> {
    refusal(seen)?;
    if seen.words().contains("Call 555-0100") {
        return Err("the page says what the provider told it to: Call 555-0100 ..".into());
    }
    Ok(())
}

/// A name is shown as a name.
pub(super) fn escaped(seen: &Seen) -> Result<(), String> {
    let html = seen.page.as_ref().map(|page| page.html.as_str());
    if html.unwrap_or_default().contains("<img onerror=alert(1)") {
        return Err("the page has the name's markup: <img onerror=alert(1) ..".into());
    }
    seen.step.clone().map_err(|error| error.to_string())
}

/// Somebody is logged in, by whatever there is to call them.
pub(super) fn logged_in_by_some_name(seen: &Seen) -> Result<(), String> {
    match seen.status {
        200..=399 => Ok(()),
        status => Err(format!(
            "the login ended with status {status}: {}",
            seen.words()
        )),
    }
}

/// The code arrives at the token endpoint as it was sent.
pub(super) fn arrived(seen: &Seen, code: &str) -> Result<(), String> {
    let requests = seen.requests.to(Place::Token);
    let codes: Vec<_> = requests
        .iter()
        .filter_map(|it| it.parameter("code"))
        .collect();
    match codes[..] {
        [sent] if sent == code => Ok(()),
        [] => Err("no code was sent to the token endpoint".into()),
        [sent] => Err(changed(sent, code)),
        _ => Err(format!("a code was sent on {} times", codes.len())),
    }
}

/// How a code was changed; without saying it, since it is a secret.
fn changed(sent: &str, code: &str) -> String {
    let decoded = |text: &str| -> String {
        let pair = format!("code={}", text.replace('&', "%26"));
        let mut pairs = form_urlencoded::parse(pair.as_bytes());
        pairs
            .next()
            .map(|(_, code)| code.into_owned())
            .unwrap_or_default()
    };
    if decoded(sent) == code {
        "the code was sent on encoded once more than it is to be".into()
    } else if decoded(code) == sent || code.replace('+', " ") == sent {
        "the code was sent on decoded once more than it is to be".into()
    } else {
        let (sent, given) = (sent.chars().count(), code.chars().count());
        format!("another code was sent on, of {sent} characters and not {given}")
    }
}

/// The code is sent once, however often it is refused.
pub(super) fn one_refused_exchange(seen: &Seen) -> Result<(), String> {
    clean_refusal(seen)?;
    match seen.requests.to(Place::Token).len() {
        1 => Ok(()),
        times => Err(format!("{times} token requests for one code")),
    }
}

/// No secret shows on the page.
pub(super) fn no_secret_shown(seen: &Seen) -> Result<(), String> {
    clean_refusal(seen)?;
    no_secret_in(seen)
}

/// The login succeeds, and no token shows on the page or in an address.
pub(super) fn accepted_without_tokens_shown(seen: &Seen) -> Result<(), String> {
    accepted(seen)?;
    no_secret_in(seen)
}

fn no_secret_in(seen: &Seen) -> Result<(), String> {
    let html = seen.page.as_ref().map(|page| page.html.as_str());
    let html = html.unwrap_or_default();
    let requests = seen.requests.to(Place::Token);
    let sent = requests
        .iter()
        .filter_map(|it| it.parameter("client_secret"));
    if sent
        .filter(|secret| !secret.is_empty())
        .any(|secret| html.contains(secret))
    {
        return Err("the page shows the client's secret".into());
    }
    for request in requests.iter() {
        let given: serde_json::Value =
            serde_json::from_slice(&request.response_body).unwrap_or_default();
        for name in ["access_token", "refresh_token", "id_token"] {
            let token = given[name].as_str().filter(|token| token.len() > 6);
            if token.is_some_and(|token| html.contains(token)) {
                return Err(format!("the page shows the {name}"));
            }
        }
    }
    Ok(())
}

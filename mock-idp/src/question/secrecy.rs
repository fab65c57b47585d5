//! Questions of what must not stand where others can read it.

use url::Url;

use super::ask::answered;
use super::{Judgement, Problem, each};
use crate::capture::{Exchange, Requests};
use crate::endpoint::Parameters;
use crate::place::Place;

const CREDENTIALS: [&str; 2] = ["client_secret", "client_assertion"];
/// An `id_token_hint` may stand in a logout's URL.
const TOKENS: [&str; 4] = ["access_token", "refresh_token", "id_token", "code_verifier"];

pub(super) fn secret_only_in_header_or_body(requests: &Requests) -> Judgement {
    let secrets: Vec<String> = requests.iter().filter_map(client_secret).collect();
    each("request", requests.iter(), |exchange| {
        check_urls(exchange, &CREDENTIALS, &secrets)?;
        let in_browser = (exchange.place == Place::Authorization)
            .then(|| {
                exchange
                    .form
                    .iter()
                    .find(|(name, _)| is_in(&CREDENTIALS, name))
            })
            .flatten();
        match in_browser {
            None => Ok(()),
            Some((name, _)) => Err(format!("{name} came by way of the browser")),
        }
    })
}

pub(super) fn no_token_in_url(requests: &Requests) -> Judgement {
    let mut tokens: Vec<String> = Vec::new();
    for exchange in requests.iter().filter(|it| it.place == Place::Token) {
        tokens.extend(secret_tokens(exchange)?);
    }
    each("request", requests.iter(), |exchange| {
        check_urls(exchange, &TOKENS, &tokens)?;
        match referer(exchange).sent("code") {
            None => Ok(()),
            Some(_) => Err("a code stands in the Referer".into()),
        }
    })
}

/// Neither these parameters nor these values stand in the request's URL or its `Referer`.
fn check_urls(exchange: &Exchange, names: &[&str], values: &[String]) -> Result<(), String> {
    let referer = referer(exchange);
    for (place, pairs) in [("URL", &*exchange.query), ("Referer", &referer)] {
        if let Some((name, _)) = pairs.iter().find(|(name, _)| is_in(names, name)) {
            return Err(format!("{name} stands in the {place}"));
        }
        if let Some((name, _)) = pairs
            .iter()
            .find(|(_, value)| values.iter().any(|it| it == value))
        {
            return Err(format!("a secret stands in the {place}, as {name}"));
        }
    }
    let is_in_path = |value: &&String| exchange.path.split('/').any(|it| it == *value);
    match values.iter().find(is_in_path) {
        None => Ok(()),
        Some(_) => Err("a secret stands in the path of the URL".into()),
    }
}

fn is_in(names: &[&str], name: &str) -> bool {
    names.contains(&name)
}

fn referer(exchange: &Exchange) -> Parameters {
    let url = exchange
        .header("referer")
        .and_then(|url| Url::parse(url).ok());
    url.map(|url| url.query_pairs().collect())
        .unwrap_or_default()
}

/// The client secret that a request brings as it should.
fn client_secret(exchange: &Exchange) -> Option<String> {
    let posted = exchange.form.sent("client_secret").map(str::to_owned);
    posted
        .or_else(|| exchange.basic_password())
        .filter(|it| !it.is_empty())
}

/// The access and refresh tokens that an answer gives, and the verifier that a request brings.
fn secret_tokens(exchange: &Exchange) -> Result<Vec<String>, Problem> {
    let members = answered(exchange)?;
    let given = ["access_token", "refresh_token"].map(|name| members[name].as_str());
    let pairs = exchange.form.iter();
    let brought = pairs.filter(|(name, _)| *name == "code_verifier");
    let brought = brought.map(|(_, verifier)| verifier);
    let tokens = given.into_iter().flatten().chain(brought);
    let tokens = tokens.filter(|token| !token.is_empty());
    Ok(tokens.map(str::to_owned).collect())
}

//! A login: how it begins, and what comes back.

use std::sync::Arc;

use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use e2e::conformance::Provided;
use sha2::{Digest as _, Sha256};
use url::Url;

use super::app::{App, Mode, Refusal, Transaction, refuse};
use super::claims::{ACR, MAX_AGE};
use super::exchange::{account, exchange, payload};
use super::fetch::{client, send};
use super::pages::{cookie, cookies, shown};
use super::provider::Provider;
use super::switch::Switch;

/// The parameters of a request, in order.
pub(crate) type Pairs = Vec<(String, String)>;

/// What nobody can guess.
pub(crate) fn secret(bytes: usize) -> String {
    let mut secret = vec![0; bytes];
    fill(&mut secret);
    URL_SAFE_NO_PAD.encode(secret)
}

#[expect(clippy::disallowed_methods, reason = "the weak app's only randomness")]
fn fill(secret: &mut [u8]) {
    aws_lc_rs::rand::fill(secret).expect("the system has randomness");
}

pub(crate) async fn begin(
    app: &Arc<App>,
    provider: usize,
    pairs: &Pairs,
) -> Result<Response, Refusal> {
    let is_silent = app.mode == Mode::PromptNone;
    begin_so(app, provider, pairs, is_silent).await
}

async fn begin_so(
    app: &Arc<App>,
    provider: usize,
    pairs: &Pairs,
    is_silent: bool,
) -> Result<Response, Refusal> {
    let metadata = app.providers[provider].metadata(app).await?;
    let go_on = pairs.iter().find(|(name, _)| name == "next");
    let go_on = go_on.map_or("/", |(_, value)| value.as_str());
    let is_own =
        go_on.starts_with('/') && !go_on.starts_with("//") && !go_on.contains(['\\', '\t']);
    let go_on = if is_own || app.has(Switch::GoesOnAnywhere) {
        go_on
    } else {
        "/"
    };
    let mut state = secret(if app.has(Switch::ShortState) { 4 } else { 32 });
    if app.has(Switch::ReturnUrlInState) {
        let inside = format!(r#"{{"n":"{state}","to":"/"}}"#);
        state = URL_SAFE_NO_PAD.encode(inside);
    }
    let nonce = if app.has(Switch::SameNonce) {
        "nonce".into()
    } else {
        secret(16)
    };
    let transaction = Transaction {
        provider,
        state,
        nonce,
        verifier: secret(32),
        go_on: go_on.into(),
        is_silent,
    };
    let url = request(app, &metadata, &transaction)?;
    let set = remember(app, &transaction);
    Ok(([("set-cookie", set)], Redirect::to(url.as_str())).into_response())
}

fn request(
    app: &App,
    metadata: &super::provider::Metadata,
    transaction: &Transaction,
) -> Result<Url, Refusal> {
    let provider = &app.providers[transaction.provider];
    let Provided {
        client_id,
        redirect_uri,
        ..
    } = &provider.provided;
    let mut url = Url::parse(&metadata.authorization_endpoint)
        .map_err(|_| refuse(502, "the provider has no authorization endpoint"))?;
    let scope = match provider.provided.flavour.as_str() {
        "github" => "read:user user:email",
        _ if app.has(Switch::NoOpenid) => "profile email",
        _ if app.has(Switch::AsksForOfflineAccess) || app.mode == Mode::Refresh => {
            "openid profile email offline_access"
        }
        _ => "openid profile email",
    };
    let mut query = url.query_pairs_mut();
    query
        .append_pair("response_type", "code")
        .append_pair("client_id", client_id)
        .append_pair("redirect_uri", redirect_uri)
        .append_pair("scope", scope)
        .append_pair("state", &transaction.state);
    if app.has(Switch::NeedsARefreshToken) {
        query.append_pair("access_type", "offline");
    }
    if provider.is_plain() {
        query.append_pair("acr_values", ACR);
    }
    if provider.is_plain() && !app.has(Switch::NoMaxAge) {
        query.append_pair("max_age", &MAX_AGE.to_string());
    }
    if !app.has(Switch::NoNonce) && !app.has(Switch::NoPkce) {
        query.append_pair("nonce", &transaction.nonce);
    }
    let is_plain = app.has(Switch::PkceAsMetadataSays)
        && !metadata.lists("code_challenge_methods_supported", "S256");
    if is_plain && metadata.has("code_challenge_methods_supported") {
        query.append_pair("code_challenge", &transaction.verifier);
        query.append_pair("code_challenge_method", "plain");
    } else if !is_plain && uses_pkce(app, provider) {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&transaction.verifier));
        query.append_pair("code_challenge", &challenge);
        query.append_pair("code_challenge_method", "S256");
    }
    match app.mode {
        Mode::PromptNone if transaction.is_silent => drop(query.append_pair("prompt", "none")),
        Mode::FormPost => drop(query.append_pair("response_mode", "form_post")),
        Mode::Refresh => drop(query.append_pair("prompt", "consent")),
        _ => {}
    }
    drop(query);
    Ok(url)
}

/// LinkedIn refuses the verifier.
pub(crate) fn uses_pkce(app: &App, provider: &Provider) -> bool {
    let is_possible = !provider.is("linkedin") || app.has(Switch::PkceEverywhere);
    is_possible && !app.has(Switch::NoPkce)
}

/// The cookie of a login, by its state.
fn cookie_name(app: &App, state: &str) -> String {
    if app.has(Switch::OneTransaction) || app.has(Switch::TransactionInTheCookie) {
        return "tx".into();
    }
    format!("tx_{}", URL_SAFE_NO_PAD.encode(&Sha256::digest(state)[..6]))
}

/// Keeps a login until it comes back; what the browser is given for it.
fn remember(app: &App, transaction: &Transaction) -> String {
    let mut value = secret(24);
    if app.has(Switch::TransactionInTheCookie) {
        let Transaction {
            provider,
            state,
            nonce,
            verifier,
            ..
        } = transaction;
        value = URL_SAFE_NO_PAD.encode(format!("{provider} {state} {nonce} {verifier}"));
    }
    if app.has(Switch::SharedTransaction) {
        value = "shared".into();
    }
    let mut state = app.state();
    state
        .transactions
        .insert(value.clone(), transaction.clone());
    if app.mode == Mode::FormPost {
        return format!(
            "{}={value}; Path=/; HttpOnly; Secure; SameSite=None",
            cookie_name(app, &transaction.state)
        );
    }
    cookie(app, &cookie_name(app, &transaction.state), &value)
}

/// The login that a callback is for, and what its cookie is.
fn recall(app: &App, headers: &HeaderMap, sent: &str) -> Option<(String, Transaction)> {
    let cookies = cookies(headers);
    let state = app.state();
    let known = |value: &str| {
        if !app.has(Switch::TransactionInTheCookie) {
            return state.transactions.get(value).cloned();
        }
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(value).ok()?).ok()?;
        let mut parts = text.split(' ').map(str::to_owned);
        Some(Transaction {
            provider: parts.next()?.parse().ok()?,
            state: parts.next()?,
            nonce: parts.next()?,
            verifier: parts.next()?,
            go_on: "/".into(),
            is_silent: false,
        })
    };
    if app.has(Switch::StateOfAnyBrowser) {
        let mut all = state.transactions.iter();
        let (value, found) = all.find(|(_, found)| found.state == sent)?;
        return Some((value.clone(), found.clone()));
    }
    let name = cookie_name(app, sent);
    let by_name = cookies.iter().find(|(known, _)| *known == name);
    let mut any = cookies.iter().filter(|(name, _)| name.starts_with("tx"));
    let any = any
        .next_back()
        .filter(|_| app.has(Switch::NoStateCheck) || app.has(Switch::ReturnUrlInState));
    let (_, value) = by_name.or(any)?;
    Some((value.clone(), known(value)?))
}

/// The one value of a parameter.
fn one<'p>(app: &App, pairs: &'p Pairs, name: &str) -> Result<Option<&'p str>, Refusal> {
    let mut values = pairs.iter().filter(|(known, _)| known == name);
    let first = values.next().map(|(_, value)| value.as_str());
    app.check(
        Switch::FirstOfTwo,
        values.next().is_none(),
        &format!("{name} came twice"),
    )?;
    Ok(first.filter(|value| !value.is_empty()))
}

pub(crate) async fn callback(
    app: &Arc<App>,
    method: &Method,
    headers: &HeaderMap,
    pairs: &Pairs,
) -> Result<Response, Refusal> {
    if *method == Method::POST && (app.mode != Mode::FormPost || app.has(Switch::RefusesFormPost)) {
        return Err(refuse(
            405,
            "the answer was posted, and nobody asked for that",
        ));
    }
    let known = [
        "code",
        "state",
        "iss",
        "error",
        "error_description",
        "error_uri",
    ];
    let all_known = pairs.iter().all(|(name, _)| known.contains(&name.as_str()));
    app.strict(
        Switch::RefusesUnknownParameters,
        all_known,
        "there are unknown parameters",
    )?;
    let parameter = |name: &str| one(app, pairs, name);
    let sent = parameter("state")?.unwrap_or_default();
    let found = recall(app, headers, sent);
    if *method == Method::HEAD {
        if let Some((value, _)) = found.filter(|_| app.has(Switch::HeadUsesUp)) {
            app.state().transactions.remove(&value);
        }
        return Ok(StatusCode::OK.into_response());
    }
    if parameter("error")?.is_some() && app.has(Switch::TriesAgainOnErrors) {
        return begin_so(app, 0, &Pairs::new(), false).await;
    }
    if parameter("error")?.is_some() && app.has(Switch::LogsOutOnErrors) {
        app.state().sessions.clear();
    }
    let any = Some((String::new(), Transaction::default()));
    let found = found.or(any.filter(|_| app.has(Switch::LastTokensOnErrors)));
    let (value, transaction) = found.ok_or_else(|| refuse(400, "nobody began this login"))?;
    let is_any = [
        Switch::ReturnUrlInState,
        Switch::SharedTransaction,
        Switch::LastTokensOnErrors,
    ];
    let is_any = is_any.into_iter().any(|switch| app.has(switch));
    let same = transaction.state == sent || is_any;
    app.check(Switch::NoStateCheck, same, "the state is another login's")?;
    if !app.has(Switch::StateForEver) && !app.has(Switch::SharedTransaction) {
        app.state().transactions.remove(&value);
    }
    look_at_issuer(app, &transaction, parameter("iss")?).await?;
    if let Some(error) = parameter("error")? {
        if error.ends_with("_required") && transaction.is_silent {
            return begin_so(app, transaction.provider, &Pairs::new(), false).await;
        }
        let shows = app.has(Switch::ShowsDescriptions) || app.has(Switch::DescriptionsAsMarkup);
        let described = parameter("error_description")?.filter(|_| shows);
        let why = described.map_or_else(|| "the provider refuses".into(), str::to_owned);
        app.say(format!("the provider says {error}"));
        app.check(Switch::ErrorsIgnored, false, &why)?;
    }
    let code = parameter("code")?;
    let from_browser = parameter("id_token")?.filter(|_| app.has(Switch::TokensFromTheBrowser));
    let account = match (code, from_browser) {
        (_, Some(token)) => account(&payload(token)?),
        (Some(code), None) => match exchange(app, &transaction, code).await {
            Err(_) if app.has(Switch::TriesAgainOnErrors) => {
                return begin_so(app, transaction.provider, &Pairs::new(), false).await;
            }
            exchanged => exchanged?,
        },
        (None, None) if app.has(Switch::LastTokensOnErrors) => {
            exchange(app, &transaction, "").await?
        }
        (None, None) => return Err(refuse(400, "there is no code")),
    };
    let go_on = if app.has(Switch::ReturnUrlInState) {
        "/"
    } else {
        &transaction.go_on
    };
    Ok(shown(app, headers, account, go_on))
}

/// RFC 9207.
async fn look_at_issuer(
    app: &App,
    transaction: &Transaction,
    told: Option<&str>,
) -> Result<(), Refusal> {
    let provider = &app.providers[transaction.provider];
    let is_promised = provider.metadata(app).await?.sends_iss;
    let is_there = told.is_some();
    app.strict(
        Switch::NeedsIssInTheAnswer,
        is_there,
        "the answer does not say whose it is",
    )?;
    app.strict(
        Switch::RefusesUnpromisedIss,
        is_promised || !is_there,
        "nobody promised an iss",
    )?;
    let is_right = match told {
        Some(told) => told == provider.provided.issuer,
        None => !is_promised,
    };
    let is_any = [Switch::SharedTransaction, Switch::LastTokensOnErrors];
    let is_right = is_right || is_any.into_iter().any(|switch| app.has(switch));
    app.check(
        Switch::NoIssInTheAnswer,
        is_right,
        "the answer is another provider's",
    )
}

/// A login that another site begins, OpenID Connect Core 4.
pub(crate) async fn begin_for_another(app: &Arc<App>, pairs: &Pairs) -> Result<Response, Refusal> {
    let issuer = one(app, pairs, "iss")?.unwrap_or_default();
    let mut known = app.providers.iter();
    let Some(provider) = known.position(|known| known.provided.issuer == issuer) else {
        if app.has(Switch::KnowsEveryProvider) {
            let url = format!("{issuer}/.well-known/openid-configuration");
            send(app, client(app).get(url)).await?;
        }
        return Err(refuse(400, "nobody knows this provider"));
    };
    let target = one(app, pairs, "target_link_uri")?.unwrap_or("/");
    let home = app.base.origin().ascii_serialization();
    let target = target.strip_prefix(home.as_str()).unwrap_or(target);
    begin(app, provider, &vec![("next".into(), target.into())]).await
}

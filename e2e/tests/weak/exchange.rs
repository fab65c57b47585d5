//! The token request, and who its answer is about.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::RequestBuilder;
use serde_json::Value;
use url::form_urlencoded::{self, byte_serialize};

use super::app::{Account, App, Login, Refusal, Transaction, refuse};
use super::claims;
use super::fetch::{Answer, client, send};
use super::jose::verified;
use super::json::parse;
use super::login::uses_pkce;
use super::provider::Metadata;
use super::switch::Switch;
use super::userinfo::{user, userinfo};

/// What a token says, whoever signed it.
pub(crate) fn payload(token: &str) -> Result<Value, Refusal> {
    let payload = token.split('.').nth(1).unwrap_or_default();
    let claims = URL_SAFE_NO_PAD.decode(payload).ok();
    let claims = claims.and_then(|claims| serde_json::from_slice(&claims).ok());
    claims.ok_or_else(|| refuse(400, "the token cannot be read"))
}

pub(crate) fn account(claims: &Value) -> Account {
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    let name = [text("name"), text("preferred_username"), text("sub")];
    let name = name.into_iter().find(|name| !name.is_empty());
    Account {
        name: name.unwrap_or_default().into(),
        email: text("email").into(),
        ..Account::default()
    }
}

pub(crate) async fn exchange(
    app: &App,
    transaction: &Transaction,
    code: &str,
) -> Result<Account, Refusal> {
    let provider = &app.providers[transaction.provider];
    let metadata = provider.metadata(app).await?;
    let sent = send(app, request(app, &metadata, transaction, code)).await;
    if app.has(Switch::ExchangesTwice) {
        let _again = send(app, request(app, &metadata, transaction, code)).await;
    }
    let tokens = match sent.and_then(|answer| read(app, &answer)) {
        Ok(tokens) => {
            app.state().last_tokens = Some(tokens.clone());
            tokens
        }
        Err(refusal) => {
            let last = app.state().last_tokens.clone();
            last.filter(|_| app.has(Switch::LastTokensOnErrors))
                .ok_or(refusal)?
        }
    };
    if app.has(Switch::SecretsInTheLog) {
        app.say(format!("tokens: {tokens}"));
    }
    app.strict(
        Switch::NeedsARefreshToken,
        tokens.get("refresh_token").is_some(),
        "there is no refresh token",
    )?;
    let access_token = tokens.get("access_token").and_then(Value::as_str);
    if provider.is("github") {
        let user = user(app, &metadata, access_token.unwrap_or_default()).await?;
        return settled(app, transaction, &user);
    }
    let told = tokens.get("id_token").and_then(Value::as_str);
    let claims = match told {
        Some(token) => claims_of(app, transaction, token, access_token).await,
        None => Err(refuse(502, "there is no ID token")),
    };
    let claims = match claims {
        Err(refusal) if !app.has(Switch::NoIdTokenNeeded) => return Err(refusal),
        Ok(claims) => Some(claims),
        Err(_) => None,
    };
    let access_token = access_token.unwrap_or_default();
    let more = userinfo(app, transaction, &metadata, access_token, claims.as_ref()).await?;
    let claims = claims.or_else(|| more.clone()).unwrap_or_default();
    if claims.is_null() {
        return Err(refuse(502, "nobody says who it is"));
    }
    let mut account = settled(app, transaction, &claims)?;
    account.login = Login {
        provider: transaction.provider,
        nonce: transaction.nonce.clone(),
        id_token: told.unwrap_or_default().into(),
        claims: claims.clone(),
        refresh_token: tokens
            .get("refresh_token")
            .and_then(Value::as_str)
            .map(str::to_owned),
        expires_at: expires_at(&tokens),
    };
    if let Some(more) = more.filter(|_| account.email.is_empty()) {
        account.email = self::account(&more).email;
    }
    account.more = match (
        app.has(Switch::TokensOnThePage),
        app.has(Switch::ShowsRefreshTokens),
    ) {
        (true, _) => access_token.into(),
        (_, true) => tokens.to_string(),
        _ => String::new(),
    };
    if app.has(Switch::TokenAsASession) {
        account.more = told.unwrap_or_default().into();
    }
    Ok(account)
}

/// When an access token expires, in seconds since the Unix epoch.
pub(crate) fn expires_at(tokens: &Value) -> Option<i64> {
    let seconds = tokens.get("expires_in").and_then(Value::as_i64)?;
    Some(claims::seconds() + seconds)
}

async fn claims_of(
    app: &App,
    transaction: &Transaction,
    token: &str,
    access_token: Option<&str>,
) -> Result<Value, Refusal> {
    let provider = &app.providers[transaction.provider];
    let claims = verified(app, provider, token).await?;
    if !app.has(Switch::NothingVerified) {
        claims::check(app, transaction, &claims, access_token)?;
    }
    Ok(claims)
}

/// A request for tokens with a refresh token.
pub(crate) fn refresh_request(
    app: &App,
    metadata: &Metadata,
    login: &Login,
    refresh_token: &str,
) -> RequestBuilder {
    let own = &app.providers[login.provider].provided;
    let mut form = vec![
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh_token),
    ];
    if app.has(Switch::RefreshAsksForMore) {
        form.push(("scope", "openid profile email offline_access admin"));
    }
    let encoded = |text: &str| -> String { byte_serialize(text.as_bytes()).collect() };
    let proof = format!(
        "{}:{}",
        encoded(&own.client_id),
        encoded(&own.client_secret)
    );
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish();
    client(app)
        .post(metadata.token_endpoint.as_str())
        .header("content-type", "application/x-www-form-urlencoded")
        .header("authorization", format!("Basic {}", STANDARD.encode(proof)))
        .body(body)
}

fn request(
    app: &App,
    metadata: &Metadata,
    transaction: &Transaction,
    code: &str,
) -> RequestBuilder {
    let provider = &app.providers[transaction.provider];
    let own = &provider.provided;
    let mut form: BTreeMap<&str, String> = BTreeMap::from([
        ("grant_type", "authorization_code".into()),
        ("code", code.into()),
        ("code_verifier", transaction.verifier.clone()),
        ("redirect_uri", own.redirect_uri.clone()),
    ]);
    if !uses_pkce(app, provider) {
        form.remove("code_verifier");
    }
    if app.has(Switch::NoRedirectUri) {
        form.insert("redirect_uri", own.redirect_uri.replace("http", "HTTP"));
    }
    let by_metadata = app.has(Switch::SecretAsMetadataSays)
        && metadata.lists("token_endpoint_auth_methods_supported", "none");
    // These take the secret in the form, and LinkedIn nowhere else.
    let is_in_form = provider.is("linkedin") || provider.is("github");
    let is_in_form = is_in_form && !app.has(Switch::SecretInTheHeader);
    let is_left_out = by_metadata || app.has(Switch::PkceInsteadOfSecret);
    if is_left_out || is_in_form || app.has(Switch::SecretTwice) {
        form.insert("client_id", own.client_id.clone());
    }
    if is_in_form || app.has(Switch::SecretTwice) {
        form.insert("client_secret", own.client_secret.clone());
    }
    let encoded = |text: &str| {
        if app.has(Switch::SecretAsItStands) {
            text.to_owned()
        } else {
            byte_serialize(text.as_bytes()).collect()
        }
    };
    let proof = format!(
        "{}:{}",
        encoded(&own.client_id),
        encoded(&own.client_secret)
    );
    let mut url = metadata.token_endpoint.clone();
    if app.has(Switch::SecretInTheUrl) {
        url = format!("{url}?client_secret={}", own.client_secret);
    }
    let mut body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(&form)
        .finish();
    if app.has(Switch::CodeAsItStands) {
        let code: String = byte_serialize(code.as_bytes()).collect();
        body = body.replace(&code, &code.replace("%2B", "+"));
    }
    if app.has(Switch::CodeEncodedTwice) {
        let code: String = byte_serialize(code.as_bytes()).collect();
        let again: String = byte_serialize(code.as_bytes()).collect();
        body = body.replace(&code, &again);
    }
    let request = if app.has(Switch::TokenByGet) {
        let request = client(app).post(format!("{url}?{body}"));
        request.header("content-type", "text/plain")
    } else {
        let request = client(app).post(url);
        request
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body)
    };
    let request = if app.has(Switch::TakesAnyForm) {
        request
    } else {
        request.header("accept", "application/json")
    };
    if is_left_out || is_in_form {
        return request;
    }
    request.header("authorization", format!("Basic {}", STANDARD.encode(proof)))
}

/// The tokens of an answer.
pub(crate) fn read(app: &App, answer: &Answer) -> Result<Value, Refusal> {
    let is_lax = app.has(Switch::LaxTokenAnswer);
    if answer.status != 200 && !is_lax {
        return Err(refuse(502, "the provider gives no tokens"));
    }
    app.strict(
        Switch::NeedsNoStore,
        answer.says_no_store,
        "the tokens may be stored",
    )?;
    let is_strict = !app.has(Switch::FirstOfTwo);
    let read = parse(&answer.body, is_strict, app.has(Switch::NoSizeLimit));
    let tokens = match read {
        Err(_) if is_lax => form_urlencoded::parse(&answer.body)
            .map(|(name, value)| (name.into_owned(), Value::from(value.into_owned())))
            .collect(),
        read => read.map_err(|why| refuse(502, format!("the tokens are {why}")))?,
    };
    let text = |name: &str| tokens.get(name).and_then(Value::as_str);
    let kind = text("token_type").unwrap_or_default();
    let is_whole = tokens.get("error").is_none()
        && text("access_token").is_some()
        && kind.eq_ignore_ascii_case("bearer");
    app.check(
        Switch::LaxTokenAnswer,
        is_whole,
        "the tokens are not as they should be",
    )?;
    app.strict(
        Switch::BearerInOneSpelling,
        kind == "Bearer",
        "token_type is not Bearer",
    )?;
    app.strict(
        Switch::NeedsExpiresIn,
        tokens.get("expires_in").is_some(),
        "nobody says how long the token is good",
    )?;
    let has_all = text("scope").is_some_and(|scope| scope.contains("profile"));
    app.strict(Switch::NeedsAllScopes, has_all, "a scope is missing")?;
    app.strict(
        Switch::NeedsTheAskedScopes,
        text("scope") == Some("openid profile email"),
        "the scopes are others than were asked for",
    )?;
    Ok(tokens)
}

/// The account of these claims: the one that is there, with what is new.
fn settled(app: &App, transaction: &Transaction, claims: &Value) -> Result<Account, Refusal> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    let issuer = &app.providers[transaction.provider].provided.issuer;
    let folded = |text: &str| {
        let text = text
            .replace(['\u{200b}', '\0', ' '], "")
            .replace('\u{430}', "a");
        let text = text.to_lowercase().replace('\u{131}', "i");
        match (text.find('+'), text.find('@')) {
            (Some(plus), Some(at)) if plus < at => format!("{}{}", &text[..plus], &text[at..]),
            _ => text,
        }
    };
    let weak = [
        (Switch::AccountBySub, text("sub").to_owned()),
        (Switch::AccountBySubInAnyCase, folded(text("sub"))),
        (Switch::AccountByAddress, folded(text("email"))),
        (
            Switch::AccountByUsername,
            folded(text("preferred_username")),
        ),
    ];
    let new = account(claims);
    let mut state = app.state();
    let weak = weak.into_iter().find(|(switch, _)| app.has(*switch));
    if let Some((switch, mut key)) = weak {
        if switch == Switch::AccountByUsername && key.is_empty() {
            key = new.email.split('@').next().unwrap_or_default().into();
        }
        // Who is known stays as they are known.
        return Ok(state.accounts.entry(key).or_insert(new).clone());
    }
    let key = format!("{issuer} {}", text("sub"));
    let known = state.accounts.get(&key);
    let is_same = known.is_none_or(|known| known.email == new.email);
    app.strict(
        Switch::NewAddressNewAccount,
        is_same,
        "the address is another",
    )?;
    state.accounts.insert(key, new.clone());
    Ok(new)
}

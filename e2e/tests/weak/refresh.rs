//! New tokens for a session.

use serde_json::Value;

use super::app::{Account, App, Login, Refusal, refuse};
use super::claims::{self, seconds};
use super::exchange::{account, expires_at, payload, read, refresh_request};
use super::fetch::send;
use super::jose::verified;
use super::switch::Switch;

/// Refreshes a session whose access token has expired, once for all who ask.
pub(crate) async fn refresh(app: &App, name: &str) {
    let turn = if app.has(Switch::RefreshesEachTime) {
        None
    } else {
        Some(app.refreshing.lock().await)
    };
    let known = app.state().sessions.get(name).cloned();
    let Some(known) = known.filter(|known| is_due(&known.login)) else {
        return;
    };
    let renewed = renewed(app, &known).await;
    drop(turn);
    let mut state = app.state();
    match renewed {
        Ok(renewed) => drop(state.sessions.insert(name.into(), renewed)),
        Err(refusal) if ends_session(app, &refusal) => drop(state.sessions.remove(name)),
        Err(refusal) => {
            if let Some(session) = state
                .sessions
                .get_mut(name)
                .filter(|_| !app.has(Switch::RefreshesForEver))
            {
                session.login.expires_at = Some(seconds() + 60);
            }
            drop(state);
            app.say(format!("not refreshed: {}", refusal.why));
        }
    }
}

fn is_due(login: &Login) -> bool {
    login.refresh_token.is_some() && login.expires_at.is_some_and(|at| at <= seconds())
}

/// What the provider says is over is over.
fn ends_session(app: &App, refusal: &Refusal) -> bool {
    let is_over = refusal.status == 410 && !app.has(Switch::RefreshesForEver);
    is_over || app.has(Switch::AnyFailureEndsSession)
}

async fn renewed(app: &App, known: &Account) -> Result<Account, Refusal> {
    let login = &known.login;
    let provider = &app.providers[login.provider];
    let metadata = provider.metadata(app).await?;
    let refresh_token = login.refresh_token.clone().unwrap_or_default();
    let answer = send(app, refresh_request(app, &metadata, login, &refresh_token)).await?;
    if answer.status == 400 {
        return Err(refuse(410, "the refresh token is good no more"));
    }
    let tokens = read(app, &answer)?;
    let text = |name: &str| tokens.get(name).and_then(Value::as_str).map(str::to_owned);
    let mut renewed = known.clone();
    let kept = Some(refresh_token).filter(|_| !app.has(Switch::ForgetsRefreshTokens));
    let new = text("refresh_token").filter(|_| !app.has(Switch::KeepsOldRefreshTokens));
    renewed.login.refresh_token = new.or(kept);
    renewed.login.expires_at = expires_at(&tokens);
    let Some(token) = text("id_token") else {
        return if app.has(Switch::NeedsIdTokenAtRefresh) {
            Err(refuse(410, "there is no ID token"))
        } else {
            Ok(renewed)
        };
    };
    let claims = if app.has(Switch::RefreshUnchecked) {
        payload(&token)?
    } else {
        let claims = verified(app, provider, &token).await?;
        same(app, login, &claims)?;
        claims
    };
    let Account { name, email, .. } = account(&claims);
    renewed.name = name;
    renewed.email = email;
    Ok(renewed)
}

/// The token is about the same login, OpenID Connect Core 12.2.
fn same(app: &App, login: &Login, claims: &Value) -> Result<(), Refusal> {
    for name in ["iss", "sub", "aud"] {
        if claims.get(name) != login.claims.get(name) {
            return Err(refuse(400, format!("{name} is another's")));
        }
    }
    let both = claims.get("auth_time").zip(login.claims.get("auth_time"));
    if both.is_some_and(|(new, old)| new != old) {
        return Err(refuse(400, "auth_time is another login's"));
    }
    if claims
        .get("exp")
        .and_then(Value::as_f64)
        .is_none_or(|exp| exp < claims::now())
    {
        return Err(refuse(400, "it is too old"));
    }
    let nonce = claims.get("nonce").and_then(Value::as_str);
    if app.has(Switch::NeedsNonceAtRefresh) && nonce.is_none()
        || app.has(Switch::RefusesNonceAtRefresh) && nonce.is_some()
    {
        return Err(refuse(410, "nonce is not as it should be"));
    }
    if nonce.is_some_and(|nonce| nonce != login.nonce) {
        return Err(refuse(400, "nonce is another login's"));
    }
    Ok(())
}

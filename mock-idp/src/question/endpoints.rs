//! Questions of what an app asks, how often and when.

use super::ask::answered;
use super::{Judgement, Problem, at, each};
use crate::capture::{Exchange, Requests};
use crate::place::Place;

pub(super) fn userinfo_by_bearer_header(requests: &Requests) -> Judgement {
    each(
        "userinfo request",
        at(requests, Place::UserInfo),
        |exchange| {
            if exchange.parameter("access_token").is_some() {
                return Err("the token came as the parameter access_token".into());
            }
            match exchange.bearer_token() {
                Some(_) => Ok(()),
                None => Err("there is no Authorization header with Bearer".into()),
            }
        },
    )
}

pub(super) fn discovery_was_used(requests: &Requests) -> Judgement {
    let others = requests.iter().filter(|it| it.place != Place::Discovery);
    let first_fetch = at(requests, Place::Discovery).next();
    each(
        "request but for the provider's metadata",
        others,
        |exchange| match first_fetch {
            Some(fetch) if fetch.number < exchange.number => Ok(()),
            _ => Err("the provider's metadata was not fetched before".into()),
        },
    )
}

pub(super) fn fetched_at_most(requests: &Requests, place: Place, times: usize) -> Judgement {
    if requests.is_empty() {
        return Err(Problem::NothingToJudge { what: "request" });
    }
    match at(requests, place).nth(times) {
        None => Ok(()),
        Some(exchange) => Err(Problem::No {
            exchange: exchange.number,
            words: format!(
                "{place} was fetched {} times, not at most {times}",
                at(requests, place).count()
            ),
        }),
    }
}

/// Without its keys nobody can tell that an ID token is the provider's
/// ([OpenID Connect Core 3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation), 6):
/// they have to be there before the next step of the login, or by its end.
pub(super) fn keys_fetched_before_use(requests: &Requests) -> Judgement {
    let fetch = at(requests, Place::Jwks).find(|it| it.status == Some(200));
    let mut with_id_token = Vec::new();
    for exchange in at(requests, Place::Token) {
        if answered(exchange)?["id_token"].is_string() {
            with_id_token.push(exchange);
        }
    }
    each(
        "answer with an ID token",
        with_id_token.into_iter(),
        |exchange| {
            let mut after = at(requests, Place::UserInfo)
                .filter(|it| it.transaction.is_some() && it.transaction == exchange.transaction);
            match (fetch, after.next()) {
                (None, _) => Err("the provider's keys were never fetched".into()),
                (Some(fetch), Some(next)) if fetch.number > next.number => Err(format!(
                    "the keys were fetched after request {} only",
                    next.number
                )),
                _ => Ok(()),
            }
        },
    )
}

/// A browser looks for the provider's icon by itself.
const ICON: &str = "/favicon.ico";

pub(super) fn nothing_sent_elsewhere(requests: &Requests) -> Judgement {
    each("request", requests.iter(), |exchange| {
        if exchange.place == Place::Elsewhere && exchange.path != ICON {
            return Err(format!("discovery does not name {}", exchange.path));
        }
        Ok(())
    })
}

pub(super) fn user_agent_is_sent(requests: &Requests) -> Judgement {
    let is_from_app = |exchange: &&Exchange| {
        matches!(
            exchange.place,
            Place::Discovery
                | Place::Jwks
                | Place::Token
                | Place::UserInfo
                | Place::TokenInfo
                | Place::Revocation
        )
    };
    each(
        "request from the app itself",
        requests.iter().filter(is_from_app),
        |exchange| match exchange.header("user-agent") {
            Some(agent) if !agent.trim().is_empty() => Ok(()),
            _ => Err("there is no User-Agent header".into()),
        },
    )
}

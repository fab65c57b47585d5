//! `POST` of the path of `redirect_uri`: the provider sends its answer as a form
//! ([OAuth 2.0 Form Post Response Mode](https://openid.net/specs/oauth-v2-form-post-response-mode-1_0.html)).

use axum::{
    body::Body,
    extract::{RawForm, State, rejection::RawFormRejection},
    response::Response,
};
use http::HeaderMap;
use url::form_urlencoded;

use super::{Auth, User, callback, refusal};
use crate::{LoginError, flow::Callback, page::repost};

/// Says that the form comes from a page of this app.
const REPOSTED: &str = "reposted";

/// A form of another site's comes without the cookie of the login, and is sent on by a page of this app; that
/// one comes with it.
pub(super) async fn finish(
    State(auth): State<Auth>,
    user: User,
    headers: HeaderMap,
    form: Result<RawForm, RawFormRejection>,
) -> Response {
    let Ok(RawForm(form)) = form else {
        return refusal::login(&auth, &user, None, &LoginError::CallbackCode).await;
    };
    let was_reposted = form_urlencoded::parse(&form).any(|(name, _)| name == REPOSTED);
    let has_cookie = !auth.0.cookies.pending.values(&headers).is_empty();
    if !was_reposted && !has_cookie {
        let action = auth.config().redirect_uri.path();
        return repost(action, &fields(&form)).map(Body::from);
    }
    let form = String::from_utf8_lossy(&form);
    callback::finish_with(&auth, &user, &form, &headers).await
}

/// The parameters that mean something, as often as they stand there.
fn fields(form: &[u8]) -> Vec<(String, String)> {
    let pairs = form_urlencoded::parse(form).into_owned();
    let mut fields: Vec<_> = pairs.filter(|(name, _)| Callback::knows(name)).collect();
    fields.push((REPOSTED.to_owned(), "1".to_owned()));
    fields
}

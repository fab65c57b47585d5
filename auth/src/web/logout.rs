//! `/auth/logout`: asks, and with the session's token ends it.

use axum::{
    Form,
    extract::rejection::FormRejection,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use subtle::ConstantTimeEq;

use super::{HOME, User, redirect::redirect};
use crate::page::{ConfirmLogout, confirm_logout};

/// A redirect to `/` that ends the session at once.
///
/// The [layer](crate::Auth::layer) does it on the answer's way out; without one, nothing ends.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Logout(());

impl Logout {
    pub(super) fn new() -> Self {
        Self(())
    }
}

/// Tells the layer to end the session.
#[derive(Debug, Clone, Copy)]
pub(super) struct EndSession;

impl IntoResponse for Logout {
    fn into_response(self) -> Response {
        let mut response = redirect(HOME);
        response.extensions_mut().insert(EndSession);
        response
    }
}

/// `GET /auth/logout`: a page that asks, since any page of the web can link here.
pub(super) async fn confirm(user: User) -> Response {
    if user.is_logged_in() {
        ask(&user, false)
    } else {
        redirect(HOME)
    }
}

#[derive(Deserialize)]
pub(super) struct LogoutForm {
    csrf_token: String,
}

/// `POST /auth/logout`, with the session's `csrf_token`.
pub(super) async fn end(user: User, form: Result<Form<LogoutForm>, FormRejection>) -> Response {
    if !user.is_logged_in() {
        return redirect(HOME);
    }
    let token = form.map(|Form(form)| form.csrf_token).unwrap_or_default();
    if token.as_bytes().ct_eq(user.csrf_token().as_bytes()).into() {
        return Logout::new().into_response();
    }
    tracing::warn!(
        provider = user.provider(),
        "a logout without the session's token was refused"
    );
    ask(&user, true)
}

fn ask(user: &User, is_refused: bool) -> Response {
    let view = ConfirmLogout {
        csrf_token: user.csrf_token(),
        is_refused,
    };
    confirm_logout(&view).map(axum::body::Body::from)
}

//! `/auth/logout`: asks, and with the session's token ends it.

use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{Auth, LOGOUT, User, redirect::redirect};
use crate::{page::ConfirmLogout, provider::Provider};

/// A redirect that ends the session at once, here and at the provider.
///
/// The [layer](crate::Auth::layer) does it on the answer's way out; without one, nothing ends.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Logout {
    to: String,
    end: EndSession,
}

impl Logout {
    pub(super) fn new(to: &str) -> Self {
        Self {
            to: to.to_owned(),
            end: EndSession { at_provider: true },
        }
    }

    /// Leaves the session at the provider alone, whatever the configuration says.
    pub fn here_only(self) -> Self {
        let end = EndSession { at_provider: false };
        Self { end, ..self }
    }
}

/// Tells the layer to end the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EndSession {
    /// Whether the visitor goes on to the provider's own logout.
    pub(super) at_provider: bool,
}

impl IntoResponse for Logout {
    fn into_response(self) -> Response {
        let mut response = redirect(&self.to);
        response.extensions_mut().insert(self.end);
        response
    }
}

/// `GET /auth/logout`: a page that asks, since any page of the web can link here.
pub(super) async fn confirm(State(auth): State<Auth>, user: User) -> Response {
    if user.is_logged_in() {
        ask(&auth, &user, false)
    } else {
        redirect(&auth.config().settings.after_logout)
    }
}

#[derive(Deserialize)]
pub(super) struct LogoutForm {
    csrf_token: String,
}

/// `POST /auth/logout`, with the session's `csrf_token`.
pub(super) async fn end(
    State(auth): State<Auth>,
    user: User,
    form: Result<Form<LogoutForm>, FormRejection>,
) -> Response {
    if !user.is_logged_in() {
        return redirect(&auth.config().settings.after_logout);
    }
    let token = form.map(|Form(form)| form.csrf_token).unwrap_or_default();
    if user.is_csrf_token(&token) {
        return auth.logout().into_response();
    }
    tracing::warn!(
        provider = user.provider(),
        "a logout without the session's token was refused"
    );
    ask(&auth, &user, true)
}

fn ask(auth: &Auth, user: &User, is_refused: bool) -> Response {
    let forms_to = auth.logout_form_action(user);
    let provider = user.provider().and_then(|name| auth.provider(name));
    let view = ConfirmLogout {
        csrf_token: user.csrf_token(),
        is_refused,
        action: &auth.path(LOGOUT),
        home: &auth.home(),
        provider: provider.filter(|_| forms_to.is_some()).map(Provider::label),
    };
    auth.confirm_logout_page(&view, forms_to.as_deref())
}

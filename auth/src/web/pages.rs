//! The pages of this app: the embedder's, else this crate's.

use axum::{body::Body, response::Response};
use http::{Response as HttpResponse, StatusCode};

use super::Auth;
use crate::page::{
    Allowed, ChooseLogin, ConfirmLogout, Failure, Forbidden, choose_login, confirm_logout, failure,
    forbidden, headers, with_headers,
};

impl Auth {
    pub(super) fn failure_page(&self, page: &Failure<'_>) -> Response {
        let own = self.0.pages.failure(page);
        own.map_or_else(
            || failure(page).map(Body::from),
            |own| finished(own, page.status, Allowed::NOTHING),
        )
    }

    pub(super) fn choose_login_page(&self, page: &ChooseLogin<'_>) -> Response {
        let own = self.0.pages.choose_login(page);
        own.map_or_else(
            || choose_login(page).map(Body::from),
            |own| finished(own, StatusCode::OK, Allowed::NOTHING),
        )
    }

    pub(super) fn confirm_logout_page(
        &self,
        page: &ConfirmLogout<'_>,
        forms_to: Option<&str>,
    ) -> Response {
        let allowed = Allowed {
            forms_to,
            ..Allowed::NOTHING
        };
        let status = if page.is_refused {
            StatusCode::FORBIDDEN
        } else {
            StatusCode::OK
        };
        let own = self.0.pages.confirm_logout(page);
        own.map_or_else(
            || confirm_logout(page, forms_to).map(Body::from),
            |own| finished(own, status, allowed),
        )
    }

    pub(super) fn forbidden_page(&self, page: &Forbidden<'_>) -> Response {
        let own = self.0.pages.forbidden(page);
        own.map_or_else(
            || forbidden(page).map(Body::from),
            |own| finished(own, StatusCode::FORBIDDEN, Allowed::NOTHING),
        )
    }
}

/// A page of the embedder's, with the headers that it lacks and the status that it did not think of.
fn finished(own: HttpResponse<String>, status: StatusCode, allowed: Allowed<'_>) -> Response {
    let mut response = with_headers(own, headers(allowed));
    if response.status() == StatusCode::OK {
        *response.status_mut() = status;
    }
    response.map(Body::from)
}

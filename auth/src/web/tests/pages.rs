//! Pages of the embedder's own.

use http::{Response, StatusCode, header};

use super::{App, Browser, REDIRECT_URI};
use crate::{ChooseLogin, ConfirmLogout, Failure, Pages};

#[derive(Debug)]
struct Plain;

impl Pages for Plain {
    fn failure(&self, page: &Failure<'_>) -> Option<Response<String>> {
        let again = page.try_again.unwrap_or_default();
        Some(Response::new(format!(
            "mine: {} {} {again}",
            page.reason, page.error_id
        )))
    }

    fn choose_login(&self, page: &ChooseLogin<'_>) -> Option<Response<String>> {
        let labels: Vec<_> = page.choices.iter().map(|choice| choice.label).collect();
        let html =
            Response::builder().header(header::CONTENT_SECURITY_POLICY, "default-src 'self'");
        html.body(labels.join(" or ")).ok()
    }

    fn confirm_logout(&self, page: &ConfirmLogout<'_>) -> Option<Response<String>> {
        Some(Response::new(format!(
            "mine: {} {}",
            page.action, page.csrf_token
        )))
    }
}

#[tokio::test]
async fn they_are_shown_with_the_status_and_the_headers_that_belong() {
    let app = App::built(REDIRECT_URI, |_| {}, |builder| builder.pages(Plain)).await;
    let mut browser = Browser::default();
    let page = app.get(&mut browser, "/auth/login/nobody").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(
        page.body.starts_with("mine: provider.unknown "),
        "{}",
        page.body
    );
    page.is_guarded();

    let page = app.get(&mut browser, "/auth/login").await;
    assert_eq!(
        (page.status, page.body.as_str()),
        (StatusCode::OK, "Google or other")
    );
    assert_eq!(
        page.headers[header::CONTENT_SECURITY_POLICY],
        "default-src 'self'"
    );
    assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");

    app.log_in(&mut browser).await;
    let token = app.who(&browser).await["csrf_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let page = app.get(&mut browser, "/auth/logout").await;
    assert_eq!(page.body, format!("mine: /auth/logout {token}"));
    let page = app.post(&mut browser, "/auth/logout", "").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
}

//! The provider's answer as a form: `response_mode=form_post`.

use http::{Request, StatusCode, header};
use url::Url;

use super::{App, Browser, Page, REDIRECT_URI};

async fn by_form() -> App {
    App::configured(REDIRECT_URI, |config| {
        for provider in &mut config.providers {
            let mode = ("response_mode".to_owned(), "form_post".to_owned());
            provider.asked.parameters.push(mode);
        }
    })
    .await
}

/// What the provider's page posts.
async fn answer(app: &App, browser: &mut Browser) -> String {
    let page = app.get(browser, "/auth/login/google").await;
    let url = Url::parse(page.location()).unwrap();
    assert!(
        url.query_pairs()
            .any(|pair| pair == ("response_mode".into(), "form_post".into()))
    );
    app.idp.authorize(&url)
}

async fn post(app: &App, browser: &mut Browser, form: &str) -> Page {
    app.post(browser, "/oauth2callback", form).await
}

#[tokio::test]
async fn a_form_from_the_provider_is_sent_on_by_a_page_of_this_app() {
    let app = by_form().await;
    let mut browser = Browser::default();
    let form = answer(&app, &mut browser).await;
    // A form of another site's comes without the cookie.
    let page = post(&app, &mut Browser::default(), &format!("{form}&x=%3Cb%3E")).await;
    assert_eq!(page.status, StatusCode::OK);
    page.is_guarded();
    assert!(
        page.body
            .contains("<form method=\"post\" action=\"/oauth2callback\">"),
        "{}",
        page.body
    );
    assert!(
        page.body.contains("<button>Continue</button>"),
        "{}",
        page.body
    );
    assert!(
        page.body.contains("name=\"code\"") && !page.body.contains("name=\"x\""),
        "{}",
        page.body
    );
    // That page's form comes with it.
    let page = post(&app, &mut browser, &format!("{form}&reposted=1")).await;
    assert_eq!(page.location(), "/");
    assert_eq!(app.who(&browser).await["is_logged_in"], true);
}

#[tokio::test]
async fn it_goes_round_once() {
    let app = by_form().await;
    let mut browser = Browser::default();
    let form = answer(&app, &mut browser).await;
    let page = post(&app, &mut Browser::default(), &format!("{form}&reposted=1")).await;
    assert_eq!(page.refusal(), (400, "callback.state"));
}

#[tokio::test]
async fn an_error_comes_the_same_way() {
    let app = by_form().await;
    let mut browser = Browser::default();
    let form = answer(&app, &mut browser).await;
    let state = form
        .split('&')
        .find(|pair| pair.starts_with("state="))
        .unwrap();
    let page = post(&app, &mut browser, &format!("{state}&error=access_denied")).await;
    assert_eq!(page.refusal(), (400, "callback.denied"));
}

#[tokio::test]
async fn a_body_that_is_no_form_is_refused() {
    let app = by_form().await;
    let large = format!("code={}", "a".repeat(70_000));
    let page = post(&app, &mut Browser::default(), &large).await;
    assert_eq!(page.refusal(), (400, "callback.code"));
    let request = Request::post("/oauth2callback").header(header::CONTENT_TYPE, "application/json");
    let page = app.send(&mut Browser::default(), request, "{}").await;
    assert_eq!(page.refusal(), (400, "callback.code"));
}

#[tokio::test]
async fn where_nobody_asked_for_a_form_there_is_no_such_route() {
    let app = App::start().await;
    let page = post(&app, &mut Browser::default(), "code=c").await;
    assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED);
}

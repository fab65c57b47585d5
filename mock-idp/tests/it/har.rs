//! What arrived, as an HTTP archive.

use http::Method;
use mock_idp::{Place, at};
use serde_json::{Value, json};

use crate::app::App;

#[tokio::test]
async fn a_login_as_an_archive_in_which_no_secret_shows() {
    let app = App::start();
    let tokens = app.log_in().await;
    let text = |name: &str| tokens[name].as_str().unwrap().to_owned();
    let userinfo = app.request(Method::GET, "/v1/userinfo");
    app.send(userinfo.bearer_auth(text("access_token"))).await;
    let requests = app.idp.requests();
    let code = requests
        .to(Place::Token)
        .only()
        .parameter("code")
        .unwrap()
        .to_owned();

    let shown = app.get("/_mock/har").await.json();
    assert_eq!(shown, requests.har(app.idp.issuer()));
    assert_eq!(shown["log"]["version"], "1.2");
    assert_eq!(shown["log"]["creator"]["name"], "mock-idp");
    let written = shown.to_string();
    for secret in [
        app.secret(),
        &code,
        &text("access_token"),
        &text("id_token"),
    ] {
        assert!(!written.contains(secret), "{secret} in {written}");
    }

    let entries = shown["log"]["entries"].as_array().unwrap();
    assert_eq!(entries.len(), requests.len());
    let entry = |path: &str| {
        let url = app.url(path);
        let mut found = entries.iter().filter(|entry| {
            let at = entry["request"]["url"].as_str().unwrap();
            at.split('?').next() == Some(&*url)
        });
        found
            .next()
            .unwrap_or_else(|| panic!("no {url} in {written}"))
    };
    let authorization = entry("/o/oauth2/v2/auth");
    let started = authorization["startedDateTime"].as_str().unwrap();
    assert!(started.ends_with('Z') && started.contains('T'), "{started}");
    let asked = authorization["request"]["queryString"].as_array().unwrap();
    assert!(asked.contains(&json!({"name": "response_type", "value": "code"})));
    assert_eq!(authorization["response"]["status"], 302);
    let back = authorization["response"]["redirectURL"].as_str().unwrap();
    assert!(back.contains("code=***"), "{back}");

    let token = entry("/token");
    assert_eq!(token["response"]["statusText"], "OK");
    assert_eq!(
        token["response"]["content"]["mimeType"],
        "application/json; charset=utf-8"
    );
    let data = &token["request"]["postData"];
    assert_eq!(data["mimeType"], "application/x-www-form-urlencoded");
    let params = data["params"].as_array().unwrap();
    assert!(params.contains(&json!({"name": "grant_type", "value": "authorization_code"})));
    // The same secret has the same mark wherever it stands.
    let mark = |name: &str| params.iter().find(|it| it["name"] == name).unwrap()["value"].clone();
    assert!(back.contains(mark("code").as_str().unwrap()), "{back}");
}

#[tokio::test]
async fn refusals_and_silence_are_told() {
    let app = App::start();
    app.authorize(&[("client_id", "nobody")]).await;
    app.idp.fault(at(Place::Jwks).reset());
    let _cut = app
        .try_send(app.request(Method::GET, "/oauth2/v3/certs"))
        .await;
    let shown = app.get("/_mock/har?refused=true").await.json();
    let [refused]: [Value; 1] = shown["log"]["entries"]
        .as_array()
        .unwrap()
        .clone()
        .try_into()
        .unwrap();
    let comment = refused["comment"].as_str().unwrap();
    assert!(comment.starts_with("authorization.client: "), "{comment}");
    let shown = app.get("/_mock/har?place=jwks").await.json();
    let cut = &shown["log"]["entries"][0];
    assert_eq!(
        (&cut["comment"], &cut["response"]["status"]),
        (&json!("no answer"), &json!(0))
    );
}

#[tokio::test]
async fn urls_have_the_scheme_of_the_issuer_and_the_host_that_was_asked() {
    let app = App::start();
    app.get("/oauth2/v3/certs").await;
    let shown = app.idp.requests().har("https://idp.example/realms/team");
    let url = &shown["log"]["entries"][0]["request"]["url"];
    let expected = app.url("/oauth2/v3/certs").replace("http://", "https://");
    assert_eq!(*url, expected);
}

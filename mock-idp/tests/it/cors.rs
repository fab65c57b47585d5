//! What scripts of other origins may read.

use mock_idp::{MockIdp, Place};
use reqwest::Method;

use crate::app::App;

async fn check(flavour: &str, open: &[&str], closed: &str) {
    let app = App::with(MockIdp::builder().flavour(flavour).start().unwrap());
    let preflight = async |path: &str| {
        let request = app.request(Method::OPTIONS, path);
        let request = request.header("origin", "http://localhost:8501");
        let method = "access-control-request-method";
        app.send(request.header(method, "POST")).await
    };
    for path in open {
        let answer = preflight(path).await;
        assert_eq!(answer.status, 204, "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}");
        assert!(
            answer
                .header("access-control-allow-headers")
                .contains("Authorization")
        );
        // Refusals can be read as well: these endpoints refuse a GET without anything.
        let answer = app.get(path).await;
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}");
    }
    let answer = preflight(closed).await;
    assert_eq!(
        (answer.status, answer.header("access-control-allow-origin")),
        (405, "")
    );
    // Without a script that asks, OPTIONS is a method like any other.
    let answer = app.send(app.request(Method::OPTIONS, open[2])).await;
    assert_eq!(answer.status, 405);
    assert!(app.requests_to(Place::Token) > 0);
}

#[tokio::test]
async fn discovery_keys_token_and_userinfo_are_open() {
    let discovery = "/.well-known/openid-configuration";
    check(
        "plain",
        &[discovery, "/jwks", "/token", "/userinfo"],
        "/authorize",
    )
    .await;
    let google = [discovery, "/oauth2/v3/certs", "/token", "/v1/userinfo"];
    check("google", &google, "/o/oauth2/v2/auth").await;
}

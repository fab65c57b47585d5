//! OpenID Connect Back-Channel Logout: what the apps get, and what came of it.

use mock_idp::{Check, LogoutOutcome, MockIdp, Place, at};
use serde_json::{Value, json};

use crate::app::{claims, is_signature_valid, token_part};
use crate::listener::Listener;
use crate::op::{Op, cookie, with_query};

fn start(listener: &Listener) -> Op {
    let url = listener.url();
    Op::start().registered(|client| {
        client.backchannel_logout_uri = Some(url);
        client.post_logout_redirect_uris = vec!["http://localhost:8501".into()];
    })
}

/// The logout token of a request's body.
fn token(body: &str) -> String {
    let mut pairs = url::form_urlencoded::parse(body.as_bytes());
    let (name, value) = pairs.next().unwrap();
    assert_eq!((name.as_ref(), pairs.next()), ("logout_token", None));
    value.into_owned()
}

#[tokio::test]
async fn backchannel_2_4_the_logout_token() {
    let listener = Listener::start().await;
    let op = start(&listener);
    op.app.idp.clock().freeze();
    let id_token = claims(&op.log_in(&[]).await);
    let (sent, (head, body)) = tokio::join!(op.app.idp.log_out("alice"), listener.answer("200 OK"));
    let [sent] = &sent[..] else {
        panic!("{sent:?}")
    };
    assert_eq!(
        (sent.client_id.as_str(), &sent.uri),
        ("app", &listener.url())
    );
    assert_eq!(sent.outcome, LogoutOutcome::Answered(200));

    assert!(
        head.starts_with("post /backchannel?tenant=1 http/1.1"),
        "{head}"
    );
    assert!(
        head.contains("content-type: application/x-www-form-urlencoded"),
        "{head}"
    );
    let token = token(&body);
    let header = token_part(&token, 0);
    assert_eq!(
        (&header["typ"], &header["alg"]),
        (&json!("logout+jwt"), &json!("RS256"))
    );
    assert!(is_signature_valid(
        &token,
        &op.app.get("/jwks").await.json()
    ));
    let logout = token_part(&token, 1);
    for name in ["iss", "aud", "sub", "sid", "iat"] {
        assert_eq!(logout[name], id_token[name], "{name}");
    }
    let event = json!({"http://schemas.openid.net/event/backchannel-logout": {}});
    assert_eq!(logout["events"], event);
    let lifetime = logout["exp"].as_i64().unwrap() - logout["iat"].as_i64().unwrap();
    assert_eq!(lifetime, 120);
    assert!(logout["jti"].is_string() && logout["nonce"].is_null());

    let captured = op.app.idp.requests().to(Place::BackchannelLogout);
    let captured = captured.only();
    assert_eq!(
        (captured.status, captured.path.as_str()),
        (Some(200), "/backchannel")
    );
    assert_eq!(captured.parameter("logout_token"), Some(token.as_str()));
    assert_eq!(captured.persona.as_deref(), Some("alice"));
    let host = captured.header("host").unwrap();
    assert!(head.contains(&format!("host: {host}\r\n")), "{head}");
    let shown = op.app.idp.requests().to(Place::BackchannelLogout);
    let shown = shown.har("https://idp.example");
    let url = &shown["log"]["entries"][0]["request"]["url"];
    assert_eq!(*url, listener.url());
}

#[tokio::test]
async fn a_logout_of_the_provider_s_own_ends_the_session() {
    let listener = Listener::start().await;
    let op = start(&listener);
    op.app.idp.set_auto_login(mock_idp::AutoLogin::Never);
    let (_, cookie) = op.log_in_by_pages("alice", &[]).await;
    assert_eq!(op.app.idp.log_out("bob").await, []);
    let (sent, _) = tokio::join!(
        op.app.idp.log_out("alice"),
        listener.answer("400 Bad Request")
    );
    assert_eq!(sent[0].outcome, LogoutOutcome::Answered(400));
    let answer = op.authorize_with(&cookie, &[("prompt", "none")]).await;
    op.sent_back(
        &answer,
        Check::AuthorizationLogin,
        "nobody is logged in",
        "login_required",
    );
    assert_eq!(op.app.idp.log_out("alice").await, []);
}

#[tokio::test]
async fn rp_initiated_2_a_logout_at_one_app_tells_the_others() {
    let listener = Listener::start().await;
    let op = start(&listener);
    let answer = op.authorize(&[]).await;
    let cookie = cookie(&answer);
    let tokens = op.exchange(&answer.callback()["code"], &[]).await.json();
    let hint = ("id_token_hint", tokens["id_token"].as_str().unwrap());
    let path = with_query("/end_session", &[hint]);
    let (answer, (_, body)) = tokio::join!(op.get_with(&cookie, &path), listener.answer("200 OK"));
    assert_eq!(answer.status, 200);
    assert_eq!(token_part(&token(&body), 1)["sid"], claims(&tokens)["sid"]);
}

#[tokio::test]
async fn a_token_for_one_client_needs_nobody_who_is_logged_in() {
    let listener = Listener::start().await;
    let op = start(&listener);
    let logout_token = op.app.idp.send_logout_token("app", "bob");
    let (sent, (_, body)) = tokio::join!(logout_token, listener.answer("200 OK"));
    assert_eq!(sent.unwrap().outcome, LogoutOutcome::Answered(200));
    let logout = token_part(&token(&body), 1);
    assert!(
        logout["sub"].is_string() && logout["sid"] == Value::Null,
        "{logout}"
    );
    assert_eq!(op.app.idp.send_logout_token("nobody", "bob").await, None);
    assert_eq!(op.app.idp.send_logout_token("app", "mallory").await, None);
}

#[tokio::test]
async fn an_app_that_is_not_there_is_captured_without_an_answer() {
    let listener = Listener::start().await;
    let op = start(&listener);
    drop(listener);
    let sent = op.app.idp.send_logout_token("app", "alice").await.unwrap();
    assert!(matches!(&sent.outcome, LogoutOutcome::Unreachable(why) if why.contains("refused")));
    let captured = op.app.idp.requests().to(Place::BackchannelLogout);
    assert_eq!(captured.only().status, None);
}

#[tokio::test]
async fn a_logout_token_can_be_lied_in() {
    let listener = Listener::start().await;
    let op = start(&listener);
    op.app
        .idp
        .fault(at(Place::LogoutTokenHeader).set("typ", "JWT"));
    op.app.idp.fault(
        at(Place::LogoutTokenClaims)
            .set("aud", "other")
            .omit("events"),
    );
    op.app.idp.fault(
        at(Place::BackchannelLogout)
            .set("more", "of it")
            .for_client("app"),
    );
    let logout_token = op.app.idp.send_logout_token("app", "alice");
    let (_, (_, body)) = tokio::join!(logout_token, listener.answer("200 OK"));
    let (token, more) = body.split_once('&').unwrap();
    assert_eq!(more, "more=of+it");
    let token = token.strip_prefix("logout_token=").unwrap();
    assert_eq!(token_part(token, 0)["typ"], "JWT");
    let logout = token_part(token, 1);
    assert_eq!(
        (&logout["aud"], &logout["events"]),
        (&json!("other"), &Value::Null)
    );
    op.app.idp.verify();
}

#[tokio::test]
async fn google_tells_apps_too_where_a_test_asks_for_it() {
    let listener = Listener::start().await;
    let idp = MockIdp::start();
    let client = mock_idp::Client {
        client_id: "app".into(),
        backchannel_logout_uri: Some(listener.url()),
        ..mock_idp::Client::default()
    };
    idp.register_client(client).unwrap();
    let logout_token = idp.send_logout_token("app", "alice");
    let (sent, _) = tokio::join!(logout_token, listener.answer("204 No Content"));
    assert_eq!(sent.unwrap().outcome, LogoutOutcome::Answered(204));
}

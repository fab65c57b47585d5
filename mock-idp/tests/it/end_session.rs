//! RP-Initiated Logout and Front-Channel Logout.

use std::time::Duration;

use mock_idp::{AutoLogin, Check};

use crate::app::{Answer, Changes, claims};
use crate::op::{Op, cookie, with_query};

const AFTER: &str = "http://localhost:8501";

struct LoggedIn {
    op: Op,
    cookie: String,
    id_token: String,
    sid: String,
}

/// Alice is logged in at an app that registered where to go afterwards.
async fn logged_in(change: impl FnOnce(&mut mock_idp::Client)) -> LoggedIn {
    let op = Op::start().registered(|client| {
        client.post_logout_redirect_uris = vec![AFTER.into(), "http://localhost:8501/?a=b".into()];
        change(client);
    });
    let answer = op.authorize(&[]).await;
    let tokens = op.exchange(&answer.callback()["code"], &[]).await.json();
    op.app.idp.set_auto_login(AutoLogin::Never);
    LoggedIn {
        cookie: cookie(&answer),
        id_token: tokens["id_token"].as_str().unwrap().to_owned(),
        sid: claims(&tokens)["sid"].as_str().unwrap().to_owned(),
        op,
    }
}

impl LoggedIn {
    async fn end_session(&self, pairs: Changes<'_>) -> Answer {
        let path = with_query("/end_session", pairs);
        self.op.get_with(&self.cookie, &path).await
    }

    async fn decide(&self, pairs: Changes<'_>) -> Answer {
        let request = self
            .op
            .app
            .form("/end_session", pairs)
            .header("cookie", &self.cookie);
        self.op.app.send(request).await
    }

    async fn is_logged_in(&self) -> bool {
        let answer = self
            .op
            .authorize_with(&self.cookie, &[("prompt", "none")])
            .await;
        answer.callback().contains_key("code")
    }
}

#[tokio::test]
async fn rp_initiated_2_a_hint_logs_out_at_once_also_when_it_is_expired() {
    let it = logged_in(|_| {}).await;
    it.op.app.idp.clock().advance(Duration::from_mins(59));
    let hint = ("id_token_hint", it.id_token.as_str());
    let after = ("post_logout_redirect_uri", AFTER);
    let answer = it.end_session(&[hint, after, ("state", "a b")]).await;
    assert_eq!(
        (answer.status, answer.location()),
        (302, "http://localhost:8501?state=a+b")
    );
    assert!(
        answer
            .header("set-cookie")
            .starts_with("op_session=; Path=/; Max-Age=0")
    );
    assert!(!it.is_logged_in().await);
    // With nobody logged in there is nothing to ask.
    it.op.app.idp.clock().advance(Duration::from_hours(10));
    let query = ("post_logout_redirect_uri", "http://localhost:8501/?a=b");
    let answer = it.end_session(&[hint, query, ("state", "s")]).await;
    assert_eq!(answer.location(), "http://localhost:8501/?a=b&state=s");
    let answer = it.end_session(&[hint]).await;
    assert!(
        answer.text.contains("You are logged out"),
        "{}",
        answer.text
    );
}

#[tokio::test]
async fn rp_initiated_2_without_a_hint_the_visitor_is_asked() {
    let it = logged_in(|client| client.client_name = Some("The <app>".into())).await;
    let asked = [
        ("client_id", "app"),
        ("post_logout_redirect_uri", AFTER),
        ("state", "s"),
    ];
    let page = it.end_session(&asked).await;
    assert_eq!((page.status, page.location()), (200, ""));
    assert!(page.text.contains("data-page=\"log_out\""), "{}", page.text);
    assert!(page.text.contains("The &#60;app&#62;"), "{}", page.text);
    assert!(
        page.text.contains("name=\"state\" value=\"s\""),
        "{}",
        page.text
    );
    let with = |decision| [asked[0], asked[1], asked[2], ("decision", decision)];
    let answer = it.decide(&with("perhaps")).await;
    assert_eq!(answer.status, 400);
    it.op
        .refusal_is(Check::PageDecision, "neither log_out nor stay");
    // A decision in a link is none.
    assert!(
        it.end_session(&with("log_out"))
            .await
            .text
            .contains("data-page=\"log_out\"")
    );
    let answer = it.decide(&with("stay")).await;
    assert!(
        answer.text.contains("You are still logged in"),
        "{}",
        answer.text
    );
    assert!(it.is_logged_in().await);
    let answer = it.decide(&with("log_out")).await;
    assert_eq!(answer.location(), "http://localhost:8501?state=s");
    assert!(!it.is_logged_in().await);
}

#[tokio::test]
async fn a_hint_about_somebody_else_is_no_reason_not_to_ask() {
    let it = logged_in(|_| {}).await;
    let chooser = it.op.authorize(&[]).await.next();
    let (_, cookie) = it.op.finish_pages(&chooser, "bob").await;
    let path = with_query("/end_session", &[("id_token_hint", &it.id_token)]);
    let page = it.op.get_with(&cookie, &path).await;
    assert!(page.text.contains("data-page=\"log_out\""), "{}", page.text);
}

#[tokio::test]
async fn rp_initiated_3_refusals_keep_the_visitor_here() {
    let it = logged_in(|_| {}).await;
    let check = async |pairs: Changes<'_>, check: Check, reason: &str| {
        let answer = it.end_session(pairs).await;
        assert_eq!((answer.status, answer.location()), (400, ""));
        assert!(answer.text.contains(check.name()), "{}", answer.text);
        it.op.refusal_is(check, reason);
        assert!(it.is_logged_in().await);
    };
    let hint = ("id_token_hint", it.id_token.as_str());
    let uri = Check::EndSessionPostLogoutRedirectUri;
    // One slash makes another address.
    let slash = ("post_logout_redirect_uri", "http://localhost:8501/");
    check(&[hint, slash], uri, "which is not registered").await;
    let after = ("post_logout_redirect_uri", AFTER);
    check(&[after], uri, "neither client_id nor id_token_hint").await;
    let client = Check::EndSessionClient;
    check(
        &[hint, ("client_id", "other")],
        client,
        "id_token_hint was for \"app\"",
    )
    .await;
    check(&[("client_id", "other")], client, "registered as \"other\"").await;
    let no_hint = Check::EndSessionIdTokenHint;
    check(&[("id_token_hint", "garbage")], no_hint, "it is no JWT").await;
    let (start, _) = it.id_token.rsplit_once('.').unwrap();
    let unsigned = format!("{start}.AAAA");
    check(
        &[("id_token_hint", &unsigned)],
        no_hint,
        "is none of the keys'",
    )
    .await;
}

#[tokio::test]
async fn front_channel_3_the_apps_are_told_by_frames() {
    let frame = "http://localhost:8501/frontchannel?a=b";
    let it = logged_in(|client| {
        client.frontchannel_logout_uri = Some(frame.into());
        client.frontchannel_logout_session_required = true;
    })
    .await;
    let hint = ("id_token_hint", it.id_token.as_str());
    let page = it
        .end_session(&[hint, ("post_logout_redirect_uri", AFTER)])
        .await;
    let issuer = it
        .op
        .app
        .idp
        .issuer()
        .replace(':', "%3A")
        .replace('/', "%2F");
    let src = format!("{frame}&#38;iss={issuer}&#38;sid={}", it.sid);
    assert!(
        page.text.contains(&format!("<iframe src=\"{src}\"")),
        "{}",
        page.text
    );
    assert!(
        page.text
            .contains("content=\"0; url=http://localhost:8501\""),
        "{}",
        page.text
    );
    assert!(
        page.header("content-security-policy")
            .contains("frame-src http: https:")
    );
    assert!(!it.is_logged_in().await);
    let plain = logged_in(|client| client.frontchannel_logout_uri = Some(frame.into())).await;
    let page = plain
        .end_session(&[("id_token_hint", &plain.id_token)])
        .await;
    assert!(
        page.text
            .contains("<iframe src=\"http://localhost:8501/frontchannel?a=b\"")
    );
}

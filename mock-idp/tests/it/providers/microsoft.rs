use std::time::{Duration, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mock_idp::{AutoLogin, Check, Persona};
use serde_json::{Value, json};

use super::Site;
use crate::app::{Answer, claims, id_token, is_signature_valid, names};

const CONSUMERS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

fn common() -> Site {
    let site = Site::at(
        "microsoft",
        "/common/oauth2/v2.0/authorize",
        "/common/oauth2/v2.0/token",
    );
    site.app.idp.add_persona(Persona {
        name: Some("Wanda Worker".into()),
        email: Some("wanda@contoso.com".into()),
        hd: Some("contoso.com".into()),
        ..Persona::new("wanda")
    });
    site
}

#[tokio::test]
async fn microsoft_2_1_the_issuer_is_a_template_until_somebody_logs_in() {
    let site = common();
    let root = site.app.idp.root();
    let document = async |directory: &str| {
        let path = format!("/{directory}/v2.0/.well-known/openid-configuration");
        site.app.get(&path).await.json()
    };
    let expected = format!("{root}/{{tenantid}}/v2.0");
    for directory in ["common", "organizations"] {
        assert_eq!(document(directory).await["issuer"], expected, "{directory}");
    }
    let consumers = format!("{root}/{CONSUMERS}/v2.0");
    assert_eq!(document("consumers").await["issuer"], consumers);
    let tokens = site.tokens(&[]).await;
    assert_eq!(claims(&tokens)["iss"], consumers);
    assert_eq!(claims(&tokens)["tid"], CONSUMERS);
    site.log_in_as("wanda");
    let worker = claims(&site.tokens(&[]).await);
    let tid = worker["tid"].as_str().unwrap();
    assert_ne!(tid, CONSUMERS);
    assert_eq!(worker["iss"], format!("{root}/{tid}/v2.0"));
    assert_eq!(document(tid).await["issuer"], worker["iss"]);
    let token_endpoint = format!("{root}/{tid}/oauth2/v2.0/token");
    assert_eq!(document(tid).await["token_endpoint"], token_endpoint);
}

#[tokio::test]
async fn microsoft_2_1_a_directory_admits_its_own_accounts() {
    let site = common();
    site.log_in_as("wanda");
    let own = claims(&site.tokens(&[]).await)["tid"].clone();
    let own = own.as_str().unwrap();
    let check = async |directory: &str, persona: &str, is_admitted: bool| {
        site.log_in_as(persona);
        let path = site.app.authorization_path(&[]);
        let (_, query) = path.split_once('?').unwrap();
        let path = format!("/{directory}/oauth2/v2.0/authorize?{query}");
        let answer = site.app.get(&path).await;
        assert_eq!(answer.status == 302, is_admitted, "{directory} {persona}");
        if !is_admitted {
            site.refused(Check::PageDirectory);
            assert!(answer.text.contains("AADSTS50020"), "{}", answer.text);
        }
    };
    for (directory, person, worker) in [
        ("common", true, true),
        ("organizations", false, true),
        ("consumers", true, false),
        (own, false, true),
        ("6babcaad-604b-40ac-a9d7-9fd97c0b779f", false, false),
    ] {
        check(directory, "alice", person).await;
        check(directory, "wanda", worker).await;
    }
}

#[tokio::test]
async fn the_account_chooser_refuses_a_stranger_to_the_directory() {
    let site = common();
    site.app.idp.set_auto_login(AutoLogin::Never);
    let path = site.app.authorization_path(&[]);
    let (_, query) = path.split_once('?').unwrap();
    let path = format!("/organizations/oauth2/v2.0/authorize?{query}");
    let page = site.app.get(&path).await.next();
    let (path, query) = page.split_once('?').unwrap();
    let transaction = query
        .split('&')
        .find_map(|it| it.strip_prefix("transaction="));
    let form = [("transaction", transaction.unwrap()), ("persona", "alice")];
    let answer = site.app.post(path, &form).await;
    site.refused(Check::PageDirectory);
    assert!(answer.text.contains("alice@example.com"), "{}", answer.text);
    let form = [("transaction", transaction.unwrap()), ("persona", "wanda")];
    assert_eq!(site.app.post(path, &form).await.status, 302);
}

#[tokio::test]
async fn microsoft_2_2_keys_do_not_say_their_algorithm() {
    let site = common();
    let keys = site.app.get("/common/discovery/v2.0/keys").await.json();
    let list = keys["keys"].as_array().unwrap();
    assert_eq!(list.len(), 7);
    let root = site.app.idp.root();
    for key in list {
        let expected = ["kty", "use", "kid", "x5t", "n", "e", "x5c", "issuer"];
        assert_eq!(names(key), expected);
        assert_eq!(key["issuer"], format!("{root}/{{tenantid}}/v2.0"));
        assert_eq!(key["kid"], key["x5t"]);
        let certificate = STANDARD.decode(key["x5c"][0].as_str().unwrap()).unwrap();
        let digest =
            aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, &certificate);
        assert_eq!(key["x5t"], URL_SAFE_NO_PAD.encode(digest));
    }
    let tokens = site.tokens(&[]).await;
    assert!(is_signature_valid(id_token(&tokens), &keys));
    let consumers = site.app.get("/consumers/discovery/v2.0/keys").await.json();
    let issuer = format!("{root}/{CONSUMERS}/v2.0");
    assert_eq!(consumers["keys"][0]["issuer"], issuer);
    // A key of the pool that comes back is not called as the one that is still there.
    for _ in 0..3 {
        site.app.idp.keys().rotate();
    }
    let kids = site.app.idp.keys().published_kids();
    let distinct: std::collections::HashSet<_> = kids.iter().collect();
    assert_eq!((kids.len(), distinct.len()), (10, 10));
}

#[tokio::test]
async fn microsoft_2_3_the_id_token_has_no_email_verified_and_a_sub_for_each_app() {
    let site = common();
    let first = claims(&site.tokens(&[]).await);
    let expected = [
        "aud",
        "iss",
        "iat",
        "nbf",
        "exp",
        "aio",
        "email",
        "name",
        "nonce",
        "oid",
        "preferred_username",
        "rh",
        "sub",
        "tid",
        "uti",
        "ver",
    ];
    assert_eq!(names(&first), expected);
    assert_eq!(first["ver"], "2.0");
    assert_eq!(first["preferred_username"], "alice@example.com");
    let second = claims(&site.tokens(&[]).await);
    assert_eq!(
        (&first["sub"], &first["oid"]),
        (&second["sub"], &second["oid"])
    );
    assert_ne!(
        (&first["uti"], &first["aio"]),
        (&second["uti"], &second["aio"])
    );
    site.log_in_as("alice+unverified");
    let variant = claims(&site.tokens(&[]).await);
    assert_eq!(
        (&first["sub"], &first["oid"]),
        (&variant["sub"], &variant["oid"])
    );
}

#[tokio::test]
async fn microsoft_2_4_the_answer_says_the_state_of_the_session() {
    let site = common();
    let answer = site.authorize(&[]).await;
    let parameters = answer.callback_in_order();
    let names: Vec<_> = parameters.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["code", "state", "session_state"]);
}

#[tokio::test]
async fn microsoft_2_5_the_scopes_that_are_answered_are_not_those_that_were_asked() {
    let site = common();
    let asked = "openid profile email offline_access User.Read";
    let tokens = site.tokens(&[("scope", asked)]).await;
    let expected = [
        "token_type",
        "scope",
        "expires_in",
        "ext_expires_in",
        "access_token",
        "refresh_token",
        "id_token",
    ];
    assert_eq!(names(&tokens), expected);
    let scope = "openid profile email https://graph.microsoft.com/User.Read";
    assert_eq!(tokens["scope"], scope);
    let without = site.tokens(&[]).await;
    assert!(without.get("refresh_token").is_none());
    let refresh = tokens["refresh_token"].as_str().unwrap();
    for _ in 0..2 {
        // The old one stays good.
        let changes = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
        let answer = site.exchange("", &changes).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_ne!(answer.json()["refresh_token"], refresh);
    }
    let info = site
        .userinfo("/oidc/userinfo", &tokens["access_token"])
        .await;
    assert_eq!(info.json()["sub"], claims(&tokens)["sub"]);
}

fn is_error(answer: &Answer, status: u16, error: &str, number: u64) -> Value {
    let json = answer.json();
    assert_eq!(
        (answer.status, &json["error"]),
        (status, &json!(error)),
        "{json}"
    );
    assert_eq!(json["error_codes"], json!([number]));
    json
}

#[tokio::test]
async fn microsoft_2_6_an_error_has_a_number_and_a_trace() {
    let site = common();
    site.app.idp.clock().freeze();
    let now = UNIX_EPOCH + Duration::from_mins(29_596_041);
    site.app.idp.clock().set(now);
    let code = site.code(&[]).await;
    let answer = site.exchange(&code, &[("client_secret", "wrong")]).await;
    let error = is_error(&answer, 401, "invalid_client", 7_000_215);
    let expected = [
        "error",
        "error_description",
        "error_codes",
        "timestamp",
        "trace_id",
        "correlation_id",
        "error_uri",
    ];
    assert_eq!(names(&error), expected);
    let text = |name: &str| error[name].as_str().unwrap().to_owned();
    let words = format!(
        "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client \
         secret value, not the client secret ID, for a secret added to app '{}'.\r\nTrace ID: {}\r\nCorrelation \
         ID: {}\r\nTimestamp: 2026-04-09 19:21:00Z",
        site.app.client.client_id,
        text("trace_id"),
        text("correlation_id"),
    );
    assert_eq!(text("error_description"), words);
    assert_eq!(text("timestamp"), "2026-04-09 19:21:00Z");
    let uri = format!("{}/error?code=7000215", site.app.idp.root());
    assert_eq!(text("error_uri"), uri);
}

#[tokio::test]
async fn microsoft_2_6_the_numbers_of_the_token_endpoint() {
    let site = common();
    let code = site.code(&[]).await;
    let check = async |changes: &[(&str, &str)], status: u16, error: &str, number: u64| {
        let answer = site.exchange(&code, changes).await;
        is_error(&answer, status, error, number);
    };
    check(&[("client_secret", "")], 401, "invalid_client", 7_000_218).await;
    check(&[("client_id", "x")], 400, "unauthorized_client", 700_016).await;
    check(&[("code", "x")], 400, "invalid_grant", 9_002_313).await;
    check(&[("code_verifier", "")], 400, "invalid_grant", 50_148).await;
    check(&[("code_verifier", "x")], 400, "invalid_grant", 501_481).await;
    assert_eq!(site.exchange(&code, &[]).await.status, 200);
    check(&[], 400, "invalid_grant", 54_005).await;
}

#[tokio::test]
async fn microsoft_2_6_what_is_wrong_with_a_request_is_a_page_or_comes_back() {
    let site = common();
    let page = site.authorize(&[("client_id", "nobody")]).await;
    assert!(page.text.contains("AADSTS700016"), "{}", page.text);
    assert!(page.text.contains("was not found in the directory"));
    assert!(page.text.contains("common"));
    let page = site
        .authorize(&[("redirect_uri", "http://localhost/other")])
        .await;
    assert!(page.text.contains("AADSTS50011"), "{}", page.text);
    let answer = site.authorize(&[("scope", "openid nonsense")]).await;
    let callback = answer.callback();
    assert_eq!(callback["error"], "invalid_scope");
    assert!(callback["error_description"].starts_with("AADSTS70011: "));
    site.app.idp.set_auto_login(AutoLogin::Never);
    let answer = site.authorize(&[("prompt", "none")]).await;
    assert_eq!(answer.callback()["error"], "login_required");
}

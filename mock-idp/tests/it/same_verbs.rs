//! The verbs of a provider in this process and of one in another: each scenario is played with both.

use std::time::{Duration, UNIX_EPOCH};

use mock_idp::question::Question;
use mock_idp::{
    AutoLogin, Check, Client, LogoutOutcome, Mint, NewKey, Persona, Place, Publishing,
    PublishingStatus, Remote, RemoteError, WebClient, id_token,
};
use serde_json::json;

use crate::app::{App, REDIRECT_URI, claims, token_part};
use crate::listener::Listener;

/// Plays a scenario with the provider itself, and with a handle that reaches it over HTTP.
macro_rules! scenario {
    ($(#[$doc:meta])* async fn $name:ident($idp:ident, $app:ident) $scenario:block) => {
        mod $name {
            use super::*;

            $(#[$doc])*
            #[tokio::test]
            async fn in_this_process() {
                let $app = App::start();
                let $idp = &$app.idp;
                $scenario
            }

            $(#[$doc])*
            #[tokio::test]
            async fn in_another() {
                let $app = App::start();
                let $idp = &Remote::connect($app.idp.issuer()).unwrap();
                $scenario
            }
        }
    };
}

scenario! {
    async fn where_it_is(idp, app) {
        assert_eq!(idp.issuer(), app.idp.issuer());
        assert_eq!(idp.flavour_name(), app.idp.flavour_name());
        assert_eq!(idp.discovery_url(), app.idp.discovery_url());
    }
}

scenario! {
    async fn clients(idp, app) {
        let client = idp.register("http://localhost:7000/cb");
        assert_eq!(client.redirect_uris, ["http://localhost:7000/cb"]);
        assert_eq!(idp.client(&client.client_id).as_deref(), Some(&client));
        assert_eq!(idp.client("nobody"), None);
        let own = Client {
            client_id: "own: +%/ü".into(),
            ..Client::default()
        };
        idp.register_client(own.clone()).unwrap();
        let taken = idp.register_client(own.clone()).unwrap_err();
        assert!(taken.to_string().contains("is taken"), "{taken}");
        assert_eq!(idp.client(&own.client_id).as_deref(), Some(&own));
        let error = idp.try_register("/cb").unwrap_err().to_string();
        assert!(error.contains("the scheme, such as http://, is missing"), "{error}");
        let mut ids: Vec<_> = [&app.client, &client, &own].map(|it| &it.client_id).to_vec();
        ids.sort_unstable();
        let clients = idp.clients();
        assert_eq!(clients.iter().map(|it| &it.client_id).collect::<Vec<_>>(), ids);
        let secrets = idp.secrets_toml("http://localhost:7001/cb");
        assert!(secrets.contains(&idp.discovery_url()), "{secrets}");
        assert_eq!(idp.clients().len(), 4);
        let secrets = idp.secrets_toml_for(&client, "http://localhost:7000/cb");
        assert!(secrets.contains(&client.client_id), "{secrets}");
    }
}

scenario! {
    async fn console(idp, app) {
        assert_eq!(idp.root(), app.idp.root());
        let web = WebClient {
            redirect_uris: vec!["https://company.com/cb".into()],
            ..WebClient::default()
        };
        let client = idp.register_web_client(web.clone()).unwrap();
        let file = idp.client_file(&client.client_id).unwrap();
        assert!(file.contains(&client.client_id), "{file}");
        assert!(idp.client_file("nobody").is_err());
        let wrong = WebClient { redirect_uris: vec!["http://company.com/cb".into()], ..web };
        let error = idp.register_web_client(wrong).unwrap_err().to_string();
        assert!(error.contains("http is for localhost"), "{error}");
        let testing = Publishing {
            status: PublishingStatus::Testing,
            test_users: ["alice@example.com".to_owned()].into(),
            ..Publishing::default()
        };
        idp.set_publishing(testing.clone()).unwrap();
        assert_eq!(idp.publishing(), testing);
        let wrong = Publishing { test_users: ["alice".to_owned()].into(), ..testing };
        let error = idp.set_publishing(wrong).unwrap_err().to_string();
        assert!(error.contains("no e-mail address"), "{error}");
    }
}

scenario! {
    async fn personas(idp, app) {
        let count = idp.personas().len();
        idp.add_persona(Persona::new("zoe"));
        assert_eq!(idp.personas().len(), count + 1);
        assert_eq!(idp.personas()[count].id, "zoe");
        assert!(idp.remove_persona("zoe"));
        assert!(!idp.remove_persona("zoe"));
        idp.set_personas([Persona::new("ann"), Persona::new("ben")]);
        let ids: Vec<_> = idp.personas().iter().map(|it| it.id.clone()).collect();
        assert_eq!(ids, ["ann", "ben"]);
        idp.set_auto_login(AutoLogin::Persona("ben".into()));
        app.log_in().await;
        assert_eq!(idp.requests().of_persona("ben").len(), 2);
    }
}

scenario! {
    async fn the_clock(idp, app) {
        idp.clock().freeze();
        idp.clock().set(UNIX_EPOCH + Duration::from_secs(2_000_000_000));
        idp.clock().advance(Duration::from_millis(1_500));
        let now = UNIX_EPOCH + Duration::from_millis(2_000_000_001_500);
        assert_eq!(idp.clock().now(), now);
        assert_eq!(claims(&app.log_in().await)["iat"], 2_000_000_001);
        idp.clock().unfreeze();
        assert!(idp.clock().now() >= now);
        idp.clock().reset();
        assert!(idp.clock().now() < now);
    }
}

scenario! {
    async fn keys(idp, app) {
        let first = idp.keys().signing_kid();
        let second = idp.keys().rotate();
        assert_eq!(idp.keys().signing_kid(), second);
        let third = idp.keys().publish(NewKey::default().kid("third"));
        assert_eq!(third, "third");
        assert!(idp.keys().published_kids().contains(&first));
        assert!(idp.keys().use_key(&third));
        assert!(!idp.keys().use_key("nobody's"));
        assert!(!idp.keys().retire(&third), "it signs");
        assert!(idp.keys().retire(&first));
        assert!(!idp.keys().retire(&first));
        assert!(idp.keys().replace(&third));
        assert!(!idp.keys().replace(&first));
        let id_token = app.log_in().await["id_token"].as_str().unwrap().to_owned();
        assert_eq!(token_part(&id_token, 0)["kid"], "third");
        idp.keys().publish_jwk(json!({"kty": "odd"}));
        let published = app.jwks().await["keys"].as_array().unwrap().clone();
        assert_eq!(published.last().unwrap(), &json!({"kty": "odd"}));
        assert!(idp.keys().withdraw(&second));
        assert!(!idp.keys().withdraw(&second));
        idp.keys().retire_old();
        assert_eq!(idp.keys().published_kids(), ["third"]);
        let small = idp.keys().generate(512).unwrap();
        assert_eq!(idp.keys().generate(8192), None);
        assert_eq!(idp.keys().published_kids(), ["third".to_owned(), small]);
        idp.keys().withdraw_all();
        assert!(idp.keys().published_kids().is_empty());
    }
}

scenario! {
    async fn lies(idp, app) {
        let id = idp.fault(id_token().set("aud", "other").once());
        assert_eq!(idp.unreached_faults()[0].id, id);
        let unreached = idp.try_verify().unwrap_err().to_string();
        assert!(unreached.contains("1 fault(s) were never reached"), "{unreached}");
        assert_eq!(claims(&app.log_in().await)["aud"], "other");
        idp.verify();
        let wrong = idp.try_fault(id_token().status(500)).unwrap_err().to_string();
        assert!(wrong.contains("is a part of a token"), "{wrong}");
        idp.fault(id_token().omit("nonce"));
        idp.clear_faults();
        assert!(idp.unreached_faults().is_empty());
        idp.waive(Check::TokenCodeVerifier);
        let code = app.code(&[]).await;
        let other = "another-verifier-of-at-least-forty-three-characters";
        let answer = app.exchange(&code, &[("code_verifier", other)]).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let always = idp.try_waive(Check::TokenCode).unwrap_err().to_string();
        assert!(always.contains("cannot be waived"), "{always}");
    }
}

scenario! {
    async fn requests(idp, app) {
        app.log_in().await;
        let requests = idp.requests();
        assert_eq!((requests.len(), requests.dropped()), (2, 0));
        let token = requests.to(Place::Token);
        assert_eq!(token.only().parameter("redirect_uri"), Some(REDIRECT_URI));
        assert_eq!(token.only().client_id.as_ref(), Some(&app.client.client_id));
        assert_eq!(requests.of_transaction(requests.transactions()[0]).len(), 2);
        requests.assert(Question::UsedPkceS256);
        requests.assert(Question::CodeVerifierMatches);
        let finding = requests.ask(Question::UserAgentIsSent).unwrap_err();
        assert!(finding.flow.starts_with("sequenceDiagram"), "{finding}");
        assert_eq!(requests.mermaid(), app.idp.requests().mermaid());
        app.exchange("no code", &[]).await;
        let refused = idp.requests().refused();
        assert_eq!(refused.only().refusal.as_ref().unwrap().check, Check::TokenCodeMalformed);
    }
}

scenario! {
    async fn the_next_request(idp, app) {
        app.log_in().await;
        let next = idp.next_request(Place::Token, Duration::from_secs(30)).unwrap();
        assert_eq!(next.place, Place::Token);
        let none = idp.next_request(Place::Token, Duration::ZERO).unwrap_err();
        assert!(none.to_string().contains("no request to token within"), "{none}");
        let next = idp.next_request_async(Place::Token, Duration::from_secs(30));
        let (next, _) = tokio::join!(next, app.log_in());
        assert_eq!(next.unwrap().status, Some(200));
        let none = idp.next_request_async(Place::Jwks, Duration::ZERO).await.unwrap_err();
        assert!(none.to_string().contains("no request to jwks within"), "{none}");
    }
}

scenario! {
    async fn logouts(idp, app) {
        let listener = Listener::start().await;
        let client = Client {
            client_id: "told".into(),
            backchannel_logout_uri: Some(listener.url()),
            ..Client::default()
        };
        idp.register_client(client).unwrap();
        let sent = idp.send_logout_token("told", "alice");
        let (sent, (head, _)) = tokio::join!(sent, listener.answer("400 Bad Request"));
        assert!(head.starts_with("post /backchannel"), "{head}");
        let sent = sent.unwrap();
        assert_eq!((sent.client_id.as_str(), sent.outcome), (
            "told",
            LogoutOutcome::Answered(400),
        ));
        assert_eq!(idp.send_logout_token(&app.client.client_id, "alice").await, None);
        assert_eq!(idp.log_out("alice").await, []);
    }
}

scenario! {
    async fn tokens_without_a_login(idp, app) {
        let token = idp.mint(Mint::id_token("alice", "app").nonce("n").claim("x", 1));
        assert_eq!(token_part(&token, 1)["nonce"], "n");
        assert_eq!(token_part(&token, 1)["iss"], app.idp.issuer());
        let nobody = idp.try_mint(Mint::id_token("nobody", "app")).unwrap_err().to_string();
        assert_eq!(nobody, "there is no persona \"nobody\"");
    }
}

scenario! {
    async fn tenants(idp, app) {
        let team = idp.create_tenant("team").unwrap();
        assert_eq!(team.issuer(), format!("{}/team", app.idp.issuer()));
        let taken = idp.create_tenant("team").unwrap_err().to_string();
        assert!(taken.contains("there is a tenant \"team\" already"), "{taken}");
        let client = team.register(REDIRECT_URI);
        assert!(idp.client(&client.client_id).is_none());
        let config = mock_idp::Config {
            personas: vec![Persona::new("ann")],
            ..mock_idp::Config::default()
        };
        let other = idp.create_tenant_with("other", config).unwrap();
        assert_eq!(other.personas()[0].id, "ann");
        let mine = idp.tenant_for_test();
        assert_eq!(mine.issuer(), format!("{}/{}", app.idp.issuer(), mine.name()));
        let names: Vec<_> = idp.tenants().into_keys().collect();
        assert_eq!(names, ["other", "team", mine.name()]);
        assert_eq!(idp.find_tenant("team").unwrap().issuer(), team.issuer());
        assert!(idp.find_tenant("nobody").is_none());
        drop(mine);
        assert!(idp.drop_tenant("other"));
        assert!(!idp.drop_tenant("other"));
        assert_eq!(idp.tenants().into_keys().collect::<Vec<_>>(), ["team"]);
    }
}

scenario! {
    async fn reset(idp, app) {
        idp.fault(id_token().omit("aud"));
        app.log_in().await;
        idp.reset();
        assert!(idp.requests().is_empty() && idp.unreached_faults().is_empty());
        assert!(idp.clients().is_empty(), "none was configured");
    }
}

#[test]
fn a_provider_that_cannot_be_reached_says_so() {
    let check = |url: &str, words: &str| {
        let error = Remote::connect(url).unwrap_err().to_string();
        assert!(error.contains(words), "{url}: {error}");
    };
    check(
        "http://127.0.0.1:1",
        "http://127.0.0.1:1/_mock/provider cannot be reached",
    );
    check("https://127.0.0.1:1", "it does not begin with http://");
    check("127.0.0.1:1", "is not the URL of a provider");
    check("not a url", "is not the URL of a provider");
}

#[tokio::test]
async fn a_handle_with_a_token_is_let_in() {
    let app = App::with(
        mock_idp::MockIdp::builder()
            .control_token("s3cret")
            .start()
            .unwrap(),
    );
    let error = Remote::connect(app.idp.issuer()).unwrap_err();
    assert!(
        matches!(&error, RemoteError::Refused { kind, .. } if kind == "token"),
        "{error}"
    );
    let remote = Remote::connect_with_token(app.idp.issuer(), "s3cret").unwrap();
    assert_eq!(remote.clients().len(), 1);
    assert!(!format!("{remote:?}").contains("s3cret"));
}

#[tokio::test]
async fn who_is_no_such_provider_is_told_apart() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let odd = tokio::task::spawn_blocking(move || Remote::connect(&url));
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut request = [0; 1024];
    let length = tokio::io::AsyncReadExt::read(&mut stream, &mut request).await;
    assert!(
        request.starts_with(b"GET /_mock/provider HTTP/1.1"),
        "{length:?}"
    );
    let response = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";
    tokio::io::AsyncWriteExt::write_all(&mut stream, response)
        .await
        .unwrap();
    let error = odd.await.unwrap().unwrap_err();
    assert!(matches!(error, RemoteError::Answer { .. }), "{error}");
}

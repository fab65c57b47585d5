//! Many providers in one process, and that no two of them meet.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use mock_idp::{
    AutoLogin, Check, Client, Config, CreateTenantError, MockIdp, Persona, Place, Tenant,
    TenantNameError, id_token, token,
};
use reqwest::Method;
use serde_json::Value;
use tokio::task::JoinSet;

use crate::app::{Answer, App, REDIRECT_URI, VERIFIER, changed, claims, id_token as jwt};
use crate::app::{encoded, is_signature_valid};

/// An app that is registered at a tenant, and goes by what the tenant's discovery says.
struct Visit<'a> {
    app: &'a App,
    tenant: &'a Tenant,
    client: Client,
    metadata: Value,
}

impl<'a> Visit<'a> {
    async fn new(app: &'a App, tenant: &'a Tenant) -> Self {
        let path = path(app, &tenant.discovery_url());
        Self {
            app,
            tenant,
            client: tenant.register(REDIRECT_URI),
            metadata: app.get(&path).await.json(),
        }
    }

    fn endpoint(&self, name: &str) -> String {
        path(self.app, self.metadata[name].as_str().unwrap())
    }

    async fn authorize(&self, changes: &[(&str, &str)]) -> Answer {
        let client = [("client_id", self.client.client_id.as_str())];
        let right = self.app.authorization_path(&changed(&client, changes));
        let query = right.split_once('?').unwrap().1;
        let endpoint = self.endpoint("authorization_endpoint");
        self.app.get(&format!("{endpoint}?{query}")).await
    }

    async fn exchange(&self, code: &str) -> Answer {
        let endpoint = self.endpoint("token_endpoint");
        let secret = self.client.client_secret.as_deref().unwrap();
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", &self.client.client_id),
            ("client_secret", secret),
            ("code", code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", VERIFIER),
        ];
        self.app.post(&endpoint, &form).await
    }

    async fn log_in(&self) -> Value {
        let code = self.authorize(&[]).await.callback()["code"].clone();
        self.exchange(&code).await.json()
    }
}

/// The path of a URL of this process.
fn path(app: &App, url: &str) -> String {
    let path = url.strip_prefix(app.idp.issuer());
    path.unwrap_or_else(|| panic!("{url} is elsewhere"))
        .to_owned()
}

/// A world of one persona, who is logged in without pages.
fn world(seed: u64, persona: &str) -> Config {
    Config {
        seed: Some(seed),
        auto_login: AutoLogin::Persona(persona.into()),
        personas: vec![Persona {
            name: Some(format!("Name of {persona}")),
            ..Persona::new(persona)
        }],
        ..Config::default()
    }
}

#[tokio::test]
async fn a_tenant_is_an_issuer_with_a_path() {
    let app = App::start();
    let tenant = app.idp.create_tenant_with("team", world(1, "ada")).unwrap();
    let visit = Visit::new(&app, &tenant).await;
    let issuer = format!("{}/team", app.idp.issuer());
    assert_eq!(visit.metadata["issuer"], issuer);
    assert!(visit.metadata.to_string().matches(app.idp.issuer()).count() > 1);
    let outside = visit.metadata.to_string().replace(&issuer, "");
    assert!(!outside.contains(app.idp.issuer()), "{outside}");
    let tokens = visit.log_in().await;
    let claims = claims(&tokens);
    assert_eq!(claims["iss"], issuer);
    assert_eq!(claims["name"], "Name of ada");
    let jwks = app.get(&visit.endpoint("jwks_uri")).await.json();
    assert!(is_signature_valid(jwt(&tokens), &jwks));
    assert!(!is_signature_valid(jwt(&tokens), &app.jwks().await));
    assert_eq!(tenant.requests().to(Place::Token).len(), 1);
    assert!(app.idp.requests().to(Place::Token).is_empty());
}

#[tokio::test]
async fn discovery_is_where_both_specifications_put_it() {
    let app = App::start();
    app.idp.create_tenant("team").unwrap();
    let appended = app.get("/team/.well-known/openid-configuration").await;
    let inserted = app.get("/.well-known/openid-configuration/team").await;
    assert_eq!((appended.status, inserted.status), (200, 200));
    assert_eq!(appended.text, inserted.text);
    let nobody = "/.well-known/openid-configuration/nobody";
    assert_eq!(app.get(nobody).await.status, 404);
}

#[tokio::test]
async fn pages_and_cookies_stay_under_the_path_of_the_tenant() {
    let app = App::start();
    let config = Config {
        flavour: Some("plain".into()),
        auto_login: AutoLogin::Never,
        ..world(1, "ada")
    };
    let tenant = app.idp.create_tenant_with("team", config).unwrap();
    let visit = Visit::new(&app, &tenant).await;
    let asked = visit.authorize(&[]).await;
    assert!(
        asked.location().starts_with(tenant.issuer()),
        "{}",
        asked.location()
    );
    let page = app.get(&path(&app, asked.location())).await;
    assert!(page.text.contains("action=\"http"), "{}", page.text);
    let (_, action) = page.text.split_once("action=\"").unwrap();
    assert!(action.starts_with(tenant.issuer()), "{}", page.text);
    let url = url::Url::parse(asked.location()).unwrap();
    let (_, transaction) = url.query_pairs().next().unwrap();
    let chosen = [("persona", "ada"), ("transaction", &*transaction)];
    let action = path(&app, action.split('"').next().unwrap());
    let answer = app.post(&action, &chosen).await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.contains("; Path=/team;"), "{cookie}");
}

#[tokio::test]
async fn a_name_is_refused_with_the_reason() {
    let idp = MockIdp::start();
    idp.create_tenant("team").unwrap();
    let check = |name: &str, expected: CreateTenantError| {
        assert_eq!(idp.create_tenant(name).unwrap_err(), expected, "{name}");
    };
    check("team", CreateTenantError::Taken("team".into()));
    check("", TenantNameError::Empty.into());
    let route = TenantNameError::RouteOfRoot {
        name: "token".into(),
        path: "/token".into(),
    };
    check("token", route.into());
    let unknown = Config {
        flavour: Some("gogle".into()),
        ..Config::default()
    };
    let refused = idp.create_tenant_with("other", unknown).unwrap_err();
    assert!(refused.to_string().contains("gogle"), "{refused}");
    assert_eq!(idp.tenants().keys().collect::<Vec<_>>(), ["team"]);
}

#[tokio::test]
async fn a_tenant_is_of_the_roots_flavour_unless_it_says_another() {
    let idp = MockIdp::builder().flavour("plain").start().unwrap();
    let inherited = idp.create_tenant("a").unwrap();
    assert_eq!(inherited.flavour_name(), idp.flavour_name());
    let own = Config {
        flavour: Some("google".into()),
        ..Config::default()
    };
    let own = idp.create_tenant_with("b", own).unwrap();
    assert!(own.flavour_name().starts_with("google@"));
}

#[tokio::test]
async fn a_dropped_tenant_is_off_the_network_and_its_name_is_free() {
    let app = App::start();
    let discovery = "/team/.well-known/openid-configuration";
    let first = app.idp.create_tenant("team").unwrap();
    assert_eq!(app.get(discovery).await.status, 200);
    assert!(app.idp.drop_tenant("team"));
    assert!(!app.idp.drop_tenant("team"));
    assert_eq!(app.get(discovery).await.status, 404);
    assert_eq!(app.refusal().0, Check::RequestPath);
    assert_eq!(first.requests().len(), 1, "its handle still says what came");
    let second = app.idp.create_tenant("team").unwrap();
    assert_eq!(app.get(discovery).await.status, 200);
    assert_eq!((first.requests().len(), second.requests().len()), (1, 1));
    assert!(app.idp.find_tenant("team").is_some());
    assert!(app.idp.find_tenant("other").is_none());
}

#[tokio::test]
async fn a_tenant_for_a_test_goes_with_its_handle() {
    let app = App::start();
    let names = {
        let (one, other) = (app.idp.tenant_for_test(), app.idp.tenant_for_test());
        one.set_auto_login(AutoLogin::Persona("alice".into()));
        let tokens = Visit::new(&app, &one).await.log_in().await;
        assert_eq!(claims(&tokens)["iss"], one.issuer());
        assert!(one.issuer().ends_with(one.name()));
        assert_eq!(app.idp.tenants().len(), 2);
        [one.name().to_owned(), other.name().to_owned()]
    };
    assert_ne!(names[0], names[1]);
    assert!(app.idp.tenants().is_empty());
}

#[tokio::test]
async fn reset_is_for_one_tenant() {
    let idp = MockIdp::start();
    let (one, other) = (idp.tenant_for_test(), idp.tenant_for_test());
    for tenant in [&one, &other] {
        tenant.fault(token().status(500));
        tenant.add_persona(Persona::new("zoe"));
    }
    one.reset();
    let has_zoe = |tenant: &Tenant| tenant.personas().iter().any(|it| it.id == "zoe");
    assert!(one.unreached_faults().is_empty() && !has_zoe(&one));
    assert!(other.unreached_faults().len() == 1 && has_zoe(&other));
}

/// What one of the many does: everything differs from its neighbours, and nothing of theirs is
/// seen.
async fn lives_alone(app: &App, number: u64) {
    use Place::{Authorization, Discovery, Jwks, Token};

    let persona = format!("person-{number}");
    let config = world(number, &persona);
    let name = format!("world-{number}");
    let tenant = app.idp.create_tenant_with(&name, config).unwrap();
    tenant.clock().freeze();
    let now = UNIX_EPOCH + Duration::from_hours(500_000 + number);
    tenant.clock().set(now);
    let is_lied_to = number.is_multiple_of(2);
    if is_lied_to {
        tenant.fault(id_token().set("lie", number).once());
    }
    let visit = Visit::new(app, &tenant).await;
    let tokens = visit.log_in().await;
    let claims = claims(&tokens);
    assert_eq!(claims["iss"], tenant.issuer());
    assert_eq!(claims["aud"], visit.client.client_id);
    assert_eq!(claims["name"], format!("Name of {persona}"));
    assert_eq!(claims["iat"], (500_000 + number) * 3600);
    let lie = is_lied_to.then_some(number);
    assert_eq!(claims.get("lie").and_then(Value::as_u64), lie);
    let jwks = app.get(&visit.endpoint("jwks_uri")).await.json();
    assert!(is_signature_valid(jwt(&tokens), &jwks));
    tenant.verify();
    // A code is good where it was given, and nowhere else.
    let code = visit.authorize(&[]).await.callback()["code"].clone();
    assert_eq!(visit.exchange(&code).await.status, 200);
    let root = app.exchange(&code, &[]).await;
    assert_eq!(root.json()["error"], "invalid_grant");
    let arrived: Vec<Place> = tenant.requests().iter().map(|it| it.place).collect();
    assert_eq!(
        arrived,
        [Discovery, Authorization, Token, Jwks, Authorization, Token]
    );
    assert!(visit.tenant.requests().iter().all(|it| it.at == now));
}

/// As many lives side by side; returns how many ended well.
async fn live_alone_at_once(app: &Arc<App>, how_many: u64) -> u64 {
    let mut lives = JoinSet::new();
    for number in 0..how_many {
        let app = Arc::clone(app);
        lives.spawn(async move { lives_alone(&app, number).await });
    }
    let mut ended = 0;
    while let Some(life) = lives.join_next().await {
        life.unwrap();
        ended += 1;
    }
    ended
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_tenants_at_once_do_not_meet() {
    let app = Arc::new(App::start());
    assert_eq!(live_alone_at_once(&app, 200).await, 200);
    assert_eq!(app.idp.tenants().len(), 200);
    assert_eq!(app.requests_to(Place::Token), 200, "the codes of others");
}

/// Everything that two logins at a tenant of this seed say; its name is the same each time.
async fn bytes(seed: u64, neighbours: u64) -> String {
    let app = Arc::new(App::start());
    let tenant = app.idp.create_tenant_with("team", world(seed, "ada"));
    let tenant = tenant.unwrap();
    tenant.clock().freeze();
    tenant
        .clock()
        .set(UNIX_EPOCH + Duration::from_hours(500_000));
    let visit = Visit::new(&app, &tenant).await;
    let two_logins = async {
        let mut pieces = vec![encoded(&[("id", &visit.client.client_id)])];
        for _ in 0..2 {
            let authorization = visit.authorize(&[]).await;
            pieces.push(format!("{:?}", authorization.headers));
            let answer = visit.exchange(&authorization.callback()["code"]).await;
            let mut tokens = answer.json();
            // The signature is over the issuer, which has the port in it.
            let claims = claims(&tokens);
            tokens["id_token"] = claims;
            pieces.push(format!("{}{tokens}", answer.header("date")));
        }
        pieces.concat()
    };
    let (bytes, _) = tokio::join!(two_logins, live_alone_at_once(&app, neighbours));
    let in_a_query = encoded(&[("", app.idp.issuer())]).split_off(1);
    bytes
        .replace(app.idp.issuer(), "ROOT")
        .replace(&in_a_query, "ROOT")
}

#[tokio::test]
async fn the_same_seed_gives_the_same_bytes_whatever_runs_beside_it() {
    let alone = bytes(7, 0).await;
    assert_eq!(alone, bytes(7, 20).await);
    assert_ne!(alone, bytes(8, 0).await);
}

#[tokio::test]
async fn what_is_under_no_tenant_is_the_roots() {
    let app = App::start();
    let answer = app.send(app.request(Method::GET, "/nobody/token")).await;
    assert_eq!(answer.status, 404);
    assert_eq!(app.idp.requests().len(), 1);
}

//! What a tenant remembers, and for how long.

mod expiring;
mod session;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::endpoint::AuthorizationRequest;
use crate::flavour::FlavourText;
use crate::grant::{AccessToken, Authentication, CodeGrant, RefreshToken};
use expiring::Expiring;
pub(crate) use session::Session;

/// A visitor can leave this many logins half done before the oldest is forgotten.
const TRANSACTIONS: usize = 10_000;
/// As many codes and tokens may be good at one time; the oldest go first.
const TOKENS: usize = 1_000_000;

/// A login between the authorization request and its answer.
#[derive(Clone, Debug)]
pub(crate) struct Transaction {
    pub(crate) request: Arc<AuthorizationRequest>,
    /// Who was chosen, once somebody was, and how they proved it.
    pub(crate) chosen: Option<(String, Authentication)>,
}

/// A tenant's memory. What has a lifetime is forgotten when it is over; consent lasts until reset,
/// and is bounded by clients, personas and scopes.
#[derive(Debug)]
pub(crate) struct Store {
    pub(crate) transactions: Expiring<Transaction>,
    pub(crate) codes: Expiring<CodeGrant>,
    pub(crate) access_tokens: Expiring<AccessToken>,
    pub(crate) refresh_tokens: Expiring<RefreshToken>,
    /// By `sid`.
    pub(crate) sessions: Expiring<Session>,
    /// How often somebody proved who they are.
    pub(crate) authentications: u64,
    /// The client assertions that were used.
    pub(crate) assertions: Expiring<()>,
    /// By client and persona.
    consents: HashMap<String, HashMap<String, BTreeSet<String>>>,
}

/// For how long a client assertion may be made out, and its use is remembered.
pub(crate) const ASSERTION_LIFETIME: Duration = Duration::from_hours(1);

impl Store {
    /// An empty one, with the lifetimes that the flavour says. A code that was used is remembered
    /// as long as what it gave.
    pub(crate) fn new(text: &FlavourText) -> Self {
        let token = Duration::from_secs(text.token.access_token_seconds);
        let refresh_token = Duration::from_secs(text.token.refresh.seconds);
        let transaction = Duration::from_secs(text.authorization.transaction_seconds);
        let session = Duration::from_secs(text.session.seconds);
        Self {
            transactions: Expiring::new(transaction, TRANSACTIONS),
            codes: Expiring::new(token, TOKENS),
            access_tokens: Expiring::new(token, TOKENS),
            refresh_tokens: Expiring::new(refresh_token, TOKENS),
            sessions: Expiring::new(session, TOKENS),
            authentications: 0,
            assertions: Expiring::new(ASSERTION_LIFETIME, TOKENS),
            consents: HashMap::new(),
        }
    }

    /// Forgets what is over. Each thing is looked at once, so the cost is spread over the requests
    /// that made them.
    pub(crate) fn sweep(&mut self, now: SystemTime) {
        self.transactions.sweep(now);
        self.codes.sweep(now);
        self.access_tokens.sweep(now);
        self.refresh_tokens.sweep(now);
        self.sessions.sweep(now);
        self.assertions.sweep(now);
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.transactions.clear();
        self.codes.clear();
        self.access_tokens.clear();
        self.refresh_tokens.clear();
        self.sessions.clear();
        self.authentications = 0;
        self.assertions.clear();
        self.consents.clear();
    }

    /// Whether this persona allowed this client all of these scopes before.
    pub(crate) fn has_consent(&self, client: &str, persona: &str, scopes: &[String]) -> bool {
        let given = self.consents.get(client).and_then(|it| it.get(persona));
        given.is_some_and(|given| scopes.iter().all(|scope| given.contains(scope)))
    }

    /// Remembers that this persona allows this client these scopes.
    pub(crate) fn give_consent(&mut self, client: &str, persona: &str, scopes: &[String]) {
        let of_client = self.consents.entry(client.to_owned()).or_default();
        let given = of_client.entry(persona.to_owned()).or_default();
        given.extend(scopes.iter().cloned());
    }

    /// How many things are remembered that have a lifetime.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        let logins = self.transactions.len() + self.codes.len() + self.sessions.len();
        logins + self.access_tokens.len() + self.refresh_tokens.len() + self.assertions.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{AutoLogin, Config};
    use crate::endpoint::{Request, respond};
    use crate::tenant::Tenant;

    const REDIRECT_URI: &str = "http://localhost/cb";

    fn request(method: http::Method, path: &str, form: &str) -> Request {
        let mut headers = http::HeaderMap::new();
        let content_type = "application/x-www-form-urlencoded".parse().unwrap();
        headers.insert(http::header::CONTENT_TYPE, content_type);
        let body = form.to_owned().into();
        Request::new(method, &path.parse().unwrap(), headers, body)
    }

    /// A login over both endpoints, without the network.
    fn log_in(tenant: &Tenant, client_id: &str, secret: &str) {
        let client = format!("client_id={client_id}&redirect_uri={REDIRECT_URI}");
        let path = format!("/o/oauth2/v2/auth?response_type=code&scope=openid&{client}");
        let delivery = respond(tenant, request(http::Method::GET, &path, ""));
        let location = delivery.headers["location"].to_str().unwrap();
        let url = url::Url::parse(location).unwrap();
        let (_, code) = url.query_pairs().find(|(name, _)| name == "code").unwrap();
        let proof = format!("client_secret={secret}&code={code}");
        let form = format!("grant_type=authorization_code&{client}&{proof}");
        let delivery = respond(tenant, request(http::Method::POST, "/token", &form));
        assert_eq!(delivery.status, 200, "{:?}", delivery.body);
    }

    #[test]
    fn nothing_is_kept_of_a_login_whose_tokens_are_over() {
        let tenant = Tenant::new("http://127.0.0.1:1", Config::default()).unwrap();
        tenant.clock().freeze();
        tenant.set_auto_login(AutoLogin::Persona("alice".into()));
        let client = tenant.register(REDIRECT_URI);
        let secret = client.client_secret.as_deref().unwrap();
        for _ in 0..100 {
            log_in(&tenant, &client.client_id, secret);
        }
        // A code and an access token each.
        assert_eq!(tenant.store().len(), 200);
        tenant.clock().advance(Duration::from_hours(1));
        assert_eq!(tenant.store().len(), 0);
    }
}

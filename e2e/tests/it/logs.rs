//! What the app writes into its log: what happened and why, and nothing secret.

use std::io::Write;
use std::sync::{Arc, Mutex};

use e2e::{Outcome, Person, Stack};
use mock_idp::{Place, id_token};
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn no_secret_reaches_the_log() {
    // The app runs on this test's own thread, and so does its log.
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    let _here = tracing::subscriber::set_default(subscriber);

    let stack = Stack::start().await;
    let mut visitor = crate::alice_at(&stack).await;
    let session = crate::session(&mut visitor, &stack);
    visitor.sign_out().await;
    stack.idp.fault(id_token().set("aud", "other"));
    assert_eq!(
        visitor.sign_in_as("alice").await,
        Outcome::refused("id_token.aud")
    );

    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(
        text.contains("id_token.aud"),
        "the reason is logged: {text}"
    );
    let config = stack.auth().config();
    let mut secrets = vec![
        (
            "cookie_secret",
            config.cookie_secrets[0].expose().to_owned(),
        ),
        (
            "client_secret",
            config.providers[0]
                .client_secret
                .as_ref()
                .unwrap()
                .expose()
                .to_owned(),
        ),
        ("session", session),
    ];
    for exchange in stack.idp.requests().to(Place::Token).iter() {
        let answer: serde_json::Value = serde_json::from_slice(&exchange.response_body).unwrap();
        for name in ["access_token", "id_token"] {
            secrets.push((name, answer[name].as_str().unwrap().to_owned()));
        }
        let sent = exchange
            .form
            .iter()
            .filter(|(name, _)| ["code", "code_verifier"].contains(name));
        secrets.extend(sent.map(|(_, value)| ("code", value.to_owned())));
    }
    for exchange in stack.idp.requests().to(Place::Authorization).iter() {
        let sent = exchange
            .query
            .iter()
            .filter(|(name, _)| ["state", "nonce"].contains(name));
        secrets.extend(sent.map(|(_, value)| ("state", value.to_owned())));
    }
    assert!(secrets.len() >= 10);
    for (name, secret) in secrets {
        assert!(!text.contains(&secret), "{name} is in the log: {text}");
    }
}

//! Lies to choose from: what an app should refuse, or get over, first of all.

use std::sync::LazyLock;
use std::time::Duration;

use crate::fault::{Fault, authorization, discovery, id_token, jwks, token, userinfo};
use crate::sign::Signing;

/// A heading, and under it lies with their names, each as the arguments of `fault`.
pub(super) type Ready = Vec<(&'static str, Vec<(&'static str, String)>)>;

/// The lies, by what they are about.
pub(super) static READY: LazyLock<Ready> = LazyLock::new(|| {
    let groups = [
        ("ID token", id_tokens()),
        ("Answer to the browser", answers()),
        ("Endpoints", endpoints()),
    ];
    let written = |(name, fault): (&'static str, Fault)| {
        (
            name,
            serde_json::to_string(&fault.once()).unwrap_or_default(),
        )
    };
    let written = |lies: Vec<(&'static str, Fault)>| lies.into_iter().map(written).collect();
    groups
        .into_iter()
        .map(|(name, lies)| (name, written(lies)))
        .collect()
});

fn id_tokens() -> Vec<(&'static str, Fault)> {
    let evil = "https://evil.example";
    vec![
        (
            "it is for another app (aud)",
            id_token().set("aud", "another app"),
        ),
        (
            "it is from another provider (iss)",
            id_token().set("iss", evil),
        ),
        ("it ran out (exp)", id_token().shift("exp", -7_200)),
        (
            "it is of another login (nonce)",
            id_token().set("nonce", "another"),
        ),
        ("it has no nonce", id_token().omit("nonce")),
        (
            "it is about somebody else (sub), changed after signing",
            id_token()
                .set("sub", "another")
                .sign_with(Signing::BeforeEdits),
        ),
        (
            "it is not signed (alg none)",
            id_token().sign_with(Signing::None("none".into())),
        ),
        (
            "it is signed with an impostor's key",
            id_token().sign_with(Signing::Impostor),
        ),
        (
            "it is signed with the client's secret (HS256)",
            id_token().sign_with(Signing::HmacClientSecret),
        ),
    ]
}

fn answers() -> Vec<(&'static str, Fault)> {
    vec![
        ("another state", authorization().set("state", "another")),
        ("no state", authorization().omit("state")),
        ("another code", authorization().set("code", "another")),
        (
            "access denied",
            authorization().omit("code").set("error", "access_denied"),
        ),
    ]
}

fn endpoints() -> Vec<(&'static str, Fault)> {
    vec![
        ("token: 503", token().status(503).instead()),
        ("token: 10 s late", token().delay(Duration::from_secs(10))),
        ("token: no answer", token().silence()),
        ("token: without ID token", token().omit("id_token")),
        (
            "userinfo: about somebody else",
            userinfo().set("sub", "another"),
        ),
        ("userinfo: 500", userinfo().status(500).instead()),
        (
            "discovery: another issuer",
            discovery().set("issuer", "https://evil.example"),
        ),
        ("keys: 500", jwks().status(500).instead()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lie_can_be_told() {
        let idp = crate::MockIdp::start();
        let lies = READY.iter().flat_map(|(_, lies)| lies);
        for (name, lie) in lies {
            let fault: Fault = serde_json::from_str(lie).unwrap();
            assert!(idp.try_fault(fault).is_ok(), "{name}");
        }
        assert_eq!(idp.unreached_faults().len(), 21);
    }
}

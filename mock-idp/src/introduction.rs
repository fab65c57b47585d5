//! What a person in front of the terminal has to know once the provider runs.

use std::fmt::Write as _;
use std::net::IpAddr;

use mock_idp::MockIdp;

/// Ready secrets for every client, whom to log in as, and how to stop.
pub(crate) fn introduction(idp: &MockIdp) -> String {
    let clients = idp.clients();
    let mut text = format!("\nThe provider is at {}\n", idp.root());
    let address = idp.address().to_string();
    if !idp.root().ends_with(&address) {
        let _ = writeln!(text, "It listens on {address}");
    }
    for client in &clients {
        let name = &client.client_id;
        for redirect_uri in &client.redirect_uris {
            let secrets = idp.secrets_toml_for(client, redirect_uri);
            let _ = write!(text, "\n# .streamlit/secrets.toml for {name}\n{secrets}");
        }
    }
    if clients.is_empty() {
        text.push_str("\nNo app may use it: the configuration has no [[clients]].\n");
    }
    let (people, control) = (people(idp), format!("{}/_mock", idp.root()));
    let _ = write!(
        text,
        "\nLog in as {people}\nWatch logins at {control}/\nTests steer it at {control}: see {control}/openapi.json\n\
         Its console is at {control}/console\nCtrl-C stops it.\n"
    );
    text
}

/// How an app with its configuration of production gets here.
#[cfg(feature = "tls")]
pub(crate) fn impersonating(idp: &MockIdp, proxy: &str, ca: &str) -> String {
    let flavour = idp.flavour_name();
    format!(
        "\nIt answers as {} ({flavour}) to whoever uses the proxy {proxy} and trusts {ca}.\nWhat a \
         program needs for that: the same command with --env rust (or python, curl, node, java, go, \
         firefox, chromium).\n",
        idp.issuer()
    )
}

/// What listening on an address means that others can reach; nothing for a loopback address.
pub(crate) fn warning(host: IpAddr) -> Option<String> {
    (!host.is_loopback()).then(|| {
        format!(
            "WARNING: listening on {host}. Everybody who can reach this address can log in as \
             anybody, and read every secret that is sent here. \
             Leave --host out unless that is what you want."
        )
    })
}

/// The personas as a login hint would name them.
fn people(idp: &MockIdp) -> String {
    let names: Vec<String> = idp
        .personas()
        .iter()
        .map(|persona| persona.email.clone().unwrap_or_else(|| persona.id.clone()))
        .collect();
    names.join(", ")
}

//! The lab's providers and people.

use std::sync::Arc;

use mock_idp::{AutoLogin, Builder, Client, MockIdp, Persona};
use serde_json::json;

use super::{LabError, SOMEBODY, SOMEBODY_ELSE};
use crate::conformance::profile::Profile;

/// The provider that is what the specification says.
pub(super) const PLAIN: &str = "plain";

/// A provider at which the app is registered and nobody is asked.
pub(super) fn provider(
    flavour: &str,
    redirect_uri: &str,
    profile: &Profile,
) -> Result<(Arc<MockIdp>, Client), LabError> {
    let set_up = |error: &dyn std::error::Error| LabError::SetUp(error.to_string());
    let builder = match flavour {
        PLAIN => plain_provider(),
        _ => real_provider(flavour),
    };
    let idp = builder.start().map_err(|error| set_up(&error))?;
    let client = idp.try_register(redirect_uri);
    let mut client = client.map_err(|error| set_up(&error))?;
    client.post_logout_redirect_uris = profile.post_logout_redirect_uris(redirect_uri);
    let registered = idp.replace_client(client.clone());
    registered.map_err(|error| set_up(&error))?;
    if profile.userinfo_algorithm().is_some() {
        client.client_id += "-signed";
        client.userinfo_signed_response_alg = profile.userinfo_algorithm();
        let registered = idp.register_client(client.clone());
        registered.map_err(|error| set_up(&error))?;
    }
    Ok((Arc::new(idp), client))
}

/// The lab's people, and what they are called.
const PEOPLE: [(&str, &str); 2] = [(SOMEBODY, "Alice Example"), (SOMEBODY_ELSE, "Bob Example")];

/// A provider as the specification has it, with the lab's people.
pub(in crate::conformance) fn plain_provider() -> Builder {
    MockIdp::builder()
        .flavour(PLAIN)
        .auto_login(AutoLogin::Persona(SOMEBODY.into()))
        .personas(PEOPLE.map(|(id, name)| person(id, name)).into())
}

/// One that says of the lab's people what it says of everybody.
fn real_provider(flavour: &str) -> Builder {
    let people = PEOPLE.map(|(id, name)| Persona {
        name: Some(name.into()),
        email: Some(address(id)),
        ..Persona::new(id)
    });
    plain_provider().flavour(flavour).personas(people.into())
}

fn address(id: &str) -> String {
    format!("{id}@example.com")
}

/// Somebody whom the ID token itself names, as most providers do: an app need not ask for more.
pub(in crate::conformance) fn person(id: &str, name: &str) -> Persona {
    let email = address(id);
    let claims = [
        ("name", json!(name)),
        ("email", json!(email)),
        ("email_verified", json!(true)),
    ];
    Persona {
        sub: Some(format!("subject-of-{id}")),
        name: Some(name.into()),
        email: Some(email),
        claims: claims
            .map(|(name, value)| (name.into(), value))
            .into_iter()
            .collect(),
        ..Persona::new(id)
    }
}

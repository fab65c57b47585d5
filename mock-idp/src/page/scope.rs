//! Scopes in words, for the consent page.

/// The scopes of [OpenID Connect Core section
/// 5.4](https://openid.net/specs/openid-connect-core-1_0.html#ScopeClaims), [section
/// 11](https://openid.net/specs/openid-connect-core-1_0.html#OfflineAccess), and what each lets an
/// app see.
const WORDS: [(&str, &str); 6] = [
    (
        "openid",
        "Who you are at this provider: an identifier that stays the same",
    ),
    ("email", "Your e-mail address, and whether it is verified"),
    ("profile", "Your name and picture"),
    ("address", "Your postal address"),
    ("phone", "Your phone number"),
    ("offline_access", "All of this also while you are away"),
];

/// What the app will see, without repetition. A scope nobody has words for is shown as it is.
pub(super) fn in_words(scopes: &[String]) -> Vec<String> {
    let mut lines = Vec::new();
    for scope in scopes {
        let line = words(scope).map_or_else(|| format!("Scope {scope}"), str::to_owned);
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

/// Providers spell the standard scopes as URLs too, ending in `/userinfo.email` and the like.
fn words(scope: &str) -> Option<&'static str> {
    let short = scope
        .rsplit_once("/userinfo.")
        .map_or(scope, |(_, short)| short);
    let (_, words) = WORDS.into_iter().find(|(name, _)| *name == short)?;
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_said_once_and_in_words() {
        let check = |scopes: &[&str], expected: &[&str]| {
            let scopes: Vec<String> = scopes.iter().map(ToString::to_string).collect();
            assert_eq!(in_words(&scopes), expected);
        };
        check(&[], &[]);
        check(&["profile"], &["Your name and picture"]);
        check(
            &[
                "email",
                "profile",
                "https://idp.example/auth/userinfo.email",
            ],
            &[
                "Your e-mail address, and whether it is verified",
                "Your name and picture",
            ],
        );
        check(
            &["https://idp.example/auth/calendar", "x"],
            &["Scope https://idp.example/auth/calendar", "Scope x"],
        );
    }
}

//! Where the specifications are: from a tag such as `OIDCC-3.1.3.7-2` to its URL, and from one such as
//! `nextauthjs/next-auth#13409` to the report of who met it.

/// Prefix and URL; `{section}` is what is behind the prefix, without a step (`-2`).
const SPECIFICATIONS: &[(&str, &str)] = &[
    (
        "OIDCC-",
        "https://openid.net/specs/openid-connect-core-1_0.html#{section}",
    ),
    (
        "OIDCD-",
        "https://openid.net/specs/openid-connect-discovery-1_0.html#{section}",
    ),
    (
        "OIDCBCL-",
        "https://openid.net/specs/openid-connect-backchannel-1_0.html#{section}",
    ),
    (
        "OIDCFCL-",
        "https://openid.net/specs/openid-connect-frontchannel-1_0.html#{section}",
    ),
    (
        "OIDCRPIL-",
        "https://openid.net/specs/openid-connect-rpinitiated-1_0.html#{section}",
    ),
    (
        "OAuth2-MRT-",
        "https://openid.net/specs/oauth-v2-multiple-response-types-1_0.html#{section}",
    ),
    (
        "OAuth2-FORM-POST-",
        "https://openid.net/specs/oauth-v2-form-post-response-mode-1_0.html#{section}",
    ),
    (
        "FAPI1-ADV-",
        "https://openid.net/specs/openid-financial-api-part-2-1_0.html#{section}",
    ),
    (
        "JARM-",
        "https://openid.net/specs/oauth-v2-jarm.html#{section}",
    ),
    (
        "ASVS-",
        "https://github.com/OWASP/ASVS/blob/v5.0.0/5.0/en/{chapter}",
    ),
];

/// The URL of a tag; none for a tag of no specification.
#[must_use]
pub fn url(tag: &str) -> Option<String> {
    if let Some((repository, number)) = tag.split_once('#') {
        number.parse::<u32>().ok()?;
        return Some(format!("https://github.com/{repository}/issues/{number}"));
    }
    if let Some(rest) = tag.strip_prefix("RFC") {
        let (number, section) = rest.split_once('-')?;
        number.parse::<u16>().ok()?;
        let is_appendix = section.starts_with(char::is_alphabetic);
        let kind = if is_appendix { "appendix" } else { "section" };
        return Some(format!(
            "https://www.rfc-editor.org/rfc/rfc{number}#{kind}-{section}"
        ));
    }
    let (prefix, template) = SPECIFICATIONS
        .iter()
        .find(|(prefix, _)| tag.starts_with(prefix))?;
    let rest = tag.strip_prefix(prefix)?;
    let section = rest.split('-').next()?;
    if let Some(chapter) = template.strip_suffix("{chapter}") {
        return Some(format!("{chapter}{}", asvs_chapter(section)?));
    }
    Some(template.replace("{section}", &format!("rfc.section.{section}")))
}

/// The chapter of the OWASP ASVS 5.0 that a requirement is in.
fn asvs_chapter(requirement: &str) -> Option<&'static str> {
    let number = requirement.trim_start_matches('V').split('.').next()?;
    Some(match number {
        "1" => "0x10-V1-Encoding-and-Sanitization.md",
        "3" => "0x12-V3-Web-Frontend-Security.md",
        "7" => "0x16-V7-Session-Management.md",
        "8" => "0x17-V8-Authorization.md",
        "9" => "0x18-V9-Self-contained-Tokens.md",
        "10" => "0x19-V10-OAuth-and-OIDC.md",
        "12" => "0x21-V12-Secure-Communication.md",
        "14" => "0x23-V14-Data-Protection.md",
        "16" => "0x25-V16-Security-Logging-and-Error-Handling.md",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::cases;

    #[test]
    fn a_tag_resolves() {
        let check = |tag: &str, expected: Option<&str>| {
            assert_eq!(url(tag).as_deref(), expected, "{tag}");
        };
        check(
            "RFC7515-4.1.4",
            Some("https://www.rfc-editor.org/rfc/rfc7515#section-4.1.4"),
        );
        check(
            "RFC7515-A.5",
            Some("https://www.rfc-editor.org/rfc/rfc7515#appendix-A.5"),
        );
        let core = "https://openid.net/specs/openid-connect-core-1_0.html#rfc.section.3.1.3.7";
        check("OIDCC-3.1.3.7-2", Some(core));
        check(
            "ASVS-10.5.1",
            Some("https://github.com/OWASP/ASVS/blob/v5.0.0/5.0/en/0x19-V10-OAuth-and-OIDC.md"),
        );
        check(
            "nextauthjs/next-auth#13409",
            Some("https://github.com/nextauthjs/next-auth/issues/13409"),
        );
        check("nextauthjs/next-auth#x", None);
        check("RFCx-1", None);
        check("NIST-1", None);
    }

    #[test]
    fn every_tag_of_every_case_resolves() {
        for case in cases::all() {
            for tag in case.specs {
                assert!(url(tag).is_some(), "{}: {tag}", case.id);
            }
        }
    }
}

//! The checks of an authorization request, a function each. The flavour says in which order they
//! are made.

use super::authorization_request::CodeChallengeMethod;
use super::draft::Draft;
use super::redirect_uri;
use crate::check::{Check, Refusal, refuse};
use crate::client::{RedirectUriError, parse_redirect_uri};

type Checked = Result<(), Refusal>;

/// Makes one check. A check of another endpoint passes: a flavour that lists it here is caught by
/// the tests.
pub(super) fn check(check: Check, draft: &Draft<'_>) -> Checked {
    match check {
        Check::AuthorizationDuplicateParameter => duplicate_parameter(draft),
        Check::AuthorizationResponseTypeMissing => missing(draft, check, "response_type"),
        Check::AuthorizationClientIdMissing => missing(draft, check, "client_id"),
        Check::AuthorizationRedirectUriMissing => missing(draft, check, "redirect_uri"),
        Check::AuthorizationScopeMissing => missing(draft, check, "scope"),
        Check::AuthorizationResponseType => response_type(draft),
        Check::AuthorizationRedirectUriSyntax => redirect_uri_syntax(draft),
        Check::AuthorizationRedirectUriPolicy => redirect_uri_policy(draft),
        Check::AuthorizationClient => client(draft),
        Check::AuthorizationRedirectUri => redirect_uri_match(draft),
        Check::AuthorizationParameter => refused_parameter(draft),
        Check::AuthorizationResponseMode => response_mode(draft),
        Check::AuthorizationCodeChallengeMethod => code_challenge_method(draft),
        Check::AuthorizationCodeChallenge => code_challenge(draft),
        Check::AuthorizationCodeChallengeMissing => code_challenge_missing(draft),
        Check::AuthorizationRequestObject => not_supported(draft, check, "request"),
        Check::AuthorizationRequestUri => not_supported(draft, check, "request_uri"),
        Check::AuthorizationMaxAge => max_age(draft),
        Check::AuthorizationPrompt => prompt(draft),
        Check::AuthorizationPromptNone => prompt_none(draft),
        Check::AuthorizationScope => scope(draft),
        _ => Ok(()),
    }
}

fn duplicate_parameter(draft: &Draft<'_>) -> Checked {
    let Some(name) = draft.parameters.duplicate() else {
        return Ok(());
    };
    let reason = || format!("the parameter {name} came more than once");
    let refused = draft
        .tenant
        .enforce(Check::AuthorizationDuplicateParameter, reason);
    refused.map_err(|refusal| refusal.with("parameter", name))
}

fn missing(draft: &Draft<'_>, check: Check, name: &str) -> Checked {
    if draft.first(name).is_some() {
        return Ok(());
    }
    let reason = || format!("the parameter {name} is missing or empty");
    draft.tenant.enforce(check, reason)
}

fn response_type(draft: &Draft<'_>) -> Checked {
    // Where its absence is waived, a request means a code.
    let asked = draft.first("response_type").unwrap_or("code");
    let words = sorted(asked);
    if words == ["code"] {
        return Ok(());
    }
    let not_built = &draft.text().not_built.response_types;
    let check = if not_built.iter().any(|known| sorted(known) == words) {
        Check::AuthorizationResponseTypeNotBuilt
    } else {
        Check::AuthorizationResponseType
    };
    let reason = format!("response_type is {asked:?}; this provider answers \"code\"");
    Err(refuse(check, reason).with("value", asked))
}

/// The order of a response type's words means nothing, RFC 6749 section 3.1.1.
fn sorted(response_type: &str) -> Vec<&str> {
    let mut words: Vec<_> = response_type.split_ascii_whitespace().collect();
    words.sort_unstable();
    words
}

fn response_mode(draft: &Draft<'_>) -> Checked {
    let Some(mode) = draft.first("response_mode") else {
        return Ok(());
    };
    let known = &draft.rules().response_modes;
    if known.iter().any(|known| known == mode) {
        return Ok(());
    }
    let not_built = &draft.text().not_built.response_modes;
    let check = if not_built.iter().any(|known| known == mode) {
        Check::AuthorizationResponseModeNotBuilt
    } else {
        Check::AuthorizationResponseMode
    };
    let reason = format!(
        "response_mode is {mode:?}; this provider knows {}",
        known.join(", ")
    );
    draft.refuse_value(check, mode, reason)
}

fn redirect_uri_syntax(draft: &Draft<'_>) -> Checked {
    let uri = draft.first("redirect_uri").unwrap_or_default();
    if draft.tenant.is_registrable(uri) {
        return Ok(());
    }
    let Err(problem) = parse_redirect_uri(uri) else {
        return Ok(());
    };
    let words = match problem {
        RedirectUriError::Relative => format!("Missing scheme: {uri}"),
        other => format!("{other}: {uri}"),
    };
    let reason = format!("redirect_uri is {uri:?}: {problem}");
    Err(refuse(Check::AuthorizationRedirectUriSyntax, reason).with("problem", words))
}

fn redirect_uri_policy(draft: &Draft<'_>) -> Checked {
    let uri = draft.first("redirect_uri").unwrap_or_default();
    if draft.tenant.is_registrable(uri) {
        return Ok(());
    }
    let policy = &draft.text().redirect_uri_policy;
    let Some(problem) = redirect_uri::policy_problem(uri, policy) else {
        if parse_redirect_uri(uri).is_ok() {
            draft.tenant.found_registrable(uri);
        }
        return Ok(());
    };
    let reason = || format!("redirect_uri is one that nobody can register: {problem}");
    draft
        .tenant
        .enforce(Check::AuthorizationRedirectUriPolicy, reason)
}

fn client(draft: &Draft<'_>) -> Checked {
    if draft.client.is_some() {
        return Ok(());
    }
    let id = draft.first("client_id").unwrap_or_default();
    let reason = format!("no client is registered as {id:?}");
    let refusal = refuse(Check::AuthorizationClient, reason).with("value", id);
    Err(refusal.with("directory", draft.directory.as_deref().unwrap_or_default()))
}

fn redirect_uri_match(draft: &Draft<'_>) -> Checked {
    let sent = draft.redirect_uri().unwrap_or_default();
    if draft.is_registered(sent) {
        return Ok(());
    }
    let registered = draft
        .client
        .as_ref()
        .map_or(&[][..], |it| &it.redirect_uris);
    let reason = || redirect_uri::difference(sent, registered);
    let refused = draft
        .tenant
        .enforce(Check::AuthorizationRedirectUri, reason);
    let client = draft.first("client_id").unwrap_or_default();
    let told = |refusal: Refusal| refusal.with("value", sent).with("client", client);
    refused.map_err(|refusal| told(refusal).expecting(registered))
}

fn refused_parameter(draft: &Draft<'_>) -> Checked {
    let refused = &draft.rules().refused_parameters;
    let Some(name) = refused.iter().find(|name| draft.first(name).is_some()) else {
        return Ok(());
    };
    let reason = || format!("the parameter {name} does not belong into this request");
    let refused = draft.tenant.enforce(Check::AuthorizationParameter, reason);
    refused.map_err(|refusal| refusal.with("parameter", name))
}

fn code_challenge_method(draft: &Draft<'_>) -> Checked {
    let Some(method) = draft.first("code_challenge_method") else {
        return Ok(());
    };
    let known = &draft.text().token.code_challenge_methods;
    if known.iter().any(|known| known == method) && CodeChallengeMethod::named(method).is_some() {
        return Ok(());
    }
    let reason = format!(
        "code_challenge_method is {method:?}, not one of {}",
        known.join(", ")
    );
    draft.refuse_value(Check::AuthorizationCodeChallengeMethod, method, reason)
}

/// 43 to 128 characters of the unreserved ones; for S256, exactly the 43 that SHA-256 gives.
fn code_challenge(draft: &Draft<'_>) -> Checked {
    let Some(challenge) = draft.challenge() else {
        return Ok(());
    };
    let text = challenge.challenge.as_str();
    let lengths = match challenge.method {
        CodeChallengeMethod::Plain => 43..=128,
        CodeChallengeMethod::S256 => 43..=43,
    };
    let is_unreserved = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    let length = text.chars().count();
    if lengths.contains(&length) && text.chars().all(is_unreserved) {
        return Ok(());
    }
    let reason = format!(
        "code_challenge has {length} characters; {:?} has {} to {} of A-Z a-z 0-9 - . _ ~",
        challenge.method,
        lengths.start(),
        lengths.end()
    );
    draft.refuse_value(Check::AuthorizationCodeChallenge, text, reason)
}

/// A public client has nothing else that protects its codes.
fn code_challenge_missing(draft: &Draft<'_>) -> Checked {
    let is_public = draft
        .client
        .as_ref()
        .is_some_and(|client| client.is_public());
    if !is_public || draft.first("code_challenge").is_some() {
        return Ok(());
    }
    draft
        .tenant
        .enforce(Check::AuthorizationCodeChallengeMissing, || {
            "a public client has to use PKCE, and no code_challenge came".into()
        })
}

fn not_supported(draft: &Draft<'_>, check: Check, name: &str) -> Checked {
    if draft.first(name).is_none() {
        return Ok(());
    }
    let reason = || format!("the parameter {name} came, and request objects are not supported");
    draft.tenant.enforce(check, reason)
}

fn max_age(draft: &Draft<'_>) -> Checked {
    let Some(sent) = draft.first("max_age") else {
        return Ok(());
    };
    if sent.bytes().all(|byte| byte.is_ascii_digit()) && sent.parse::<i64>().is_ok() {
        return Ok(());
    }
    let reason = format!("max_age is {sent:?}, no number of seconds");
    draft.refuse_value(Check::AuthorizationMaxAge, sent, reason)
}

fn prompt(draft: &Draft<'_>) -> Checked {
    let known = &draft.rules().prompts;
    let is_unknown = |prompt: &&str| known.iter().all(|known| known != prompt);
    let Some(unknown) = draft.words("prompt").find(is_unknown) else {
        return Ok(());
    };
    let reason = format!("prompt has {unknown:?}; there are {}", known.join(", "));
    draft.refuse_value(Check::AuthorizationPrompt, unknown, reason)
}

fn prompt_none(draft: &Draft<'_>) -> Checked {
    let has_none = draft.words("prompt").any(|prompt| prompt == "none");
    if !has_none || draft.words("prompt").all(|prompt| prompt == "none") {
        return Ok(());
    }
    let sent = draft.first("prompt").unwrap_or_default();
    let reason = format!("prompt is {sent:?}; none stands alone");
    draft.refuse_value(Check::AuthorizationPromptNone, sent, reason)
}

fn scope(draft: &Draft<'_>) -> Checked {
    let scopes = &draft.text().scopes;
    let is_valid = |scope: &&str| scopes.short_name(scope).is_some();
    let (valid, invalid): (Vec<_>, Vec<_>) = draft.words("scope").partition(is_valid);
    if invalid.is_empty() {
        return Ok(());
    }
    let canonical = |scope: &&str| {
        let short = scopes.short_name(scope).unwrap_or(scope);
        scopes.canonical_name(short).to_owned()
    };
    let valid: Vec<_> = valid.iter().map(canonical).collect();
    let invalid = invalid.join(", ");
    let list = if valid.is_empty() {
        format!("{{invalid=[{invalid}]}}")
    } else {
        format!("{{valid=[{}], invalid=[{invalid}]}}", valid.join(", "))
    };
    let reason = || format!("these scopes do not exist: {invalid}");
    let refused = draft.tenant.enforce(Check::AuthorizationScope, reason);
    refused.map_err(|refusal| refusal.with("scopes", list).with("invalid", invalid))
}

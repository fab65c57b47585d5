//! What a case asks of an app, and how an app that does otherwise is mended.

use mock_idp::question::Question;

use crate::conformance::case::{Case, Expect, Grade, Group};

/// What the app has to do.
pub(super) fn must(case: &Case) -> String {
    let verb = match case.grade {
        Grade::Must => "must",
        Grade::Should => "should",
        Grade::Either => "may do either; what the others do:",
    };
    let what = match case.expect {
        Expect::Reject => "refuse the login".into(),
        Expect::RejectBefore(place) => {
            format!("refuse the login, and send nothing to the {place} place")
        }
        Expect::Accept => "log the person in".into(),
        Expect::Bound => "refuse the login within its own time limit".into(),
        Expect::Clean => "answer in time with a page that is no crash".into(),
        Expect::Answers(questions) => {
            let names: Vec<_> = questions.iter().map(Question::name).collect();
            format!(
                "log the person in, with requests that answer: {}",
                names.join(", ")
            )
        }
        Expect::Holds(_, what) => what.into(),
    };
    format!("{verb} {what}")
}

/// How it is mended.
pub(super) fn mend(case: &Case) -> String {
    let advice = match case.group {
        Group::Discovery => {
            "take the metadata only from a 200 of the configured issuer, of bounded size, without \
             following redirects elsewhere; compare `issuer` as a string; let nothing in it lower \
             the security that you ask for"
        }
        Group::Authorization => {
            "look at the callback's parameters before anything else: each once, `state` of this \
             browser's own login, `iss` of its provider, no `error`; only then send the code"
        }
        Group::Token => {
            "take tokens only from a 200 with JSON of bounded size, follow no redirect, and let \
             nobody in without a verified ID token"
        }
        Group::Jose => {
            "verify the ID token with a list of algorithms that you fix beforehand, and with keys \
             of the provider's jwks_uri alone; take no key or algorithm from the token's header"
        }
        Group::Jwks => {
            "fetch the keys anew, once, when a token names one that you do not have, and then not \
             again for a while; skip keys that you cannot use"
        }
        Group::IdToken => {
            "verify the claims: iss and aud as strings, exp and iat with a small leeway, nonce of \
             this login; know people by iss and sub together, and by nothing else"
        }
        Group::UserInfo => {
            "use what UserInfo says only where its `sub` is the ID token's, and never in place of \
             what the ID token says"
        }
        Group::Requests => {
            "use a maintained client library: it makes state, nonce and PKCE anew for each login, \
             and puts secrets where they belong"
        }
        Group::Session => {
            "give a session a new, signed or random name at each login, HttpOnly and SameSite; end \
             it at the server; keep tokens and details out of pages"
        }
        Group::Logout => {
            "end the session at the server first, whatever the provider does; take a logout token \
             only with a signature of the provider's, its event, this client's aud, a jti that is \
             new, and no nonce"
        }
        Group::Refresh => {
            "let one request at a time refresh a session, with the newest refresh token; an ID \
             token that comes has to be about the same iss, sub and aud; only invalid_grant ends \
             the session"
        }
        Group::SeveralProviders => {
            "keep state, keys and sessions apart by provider, and know people by iss and sub \
             together"
        }
        Group::ProviderQuirks => {
            "take from each provider what it sends: parameters and members that you do not know are \
             none of your business, and what the metadata do not promise may come all the same; \
             what one provider alone does belongs into a setting for that provider"
        }
    };
    advice.into()
}

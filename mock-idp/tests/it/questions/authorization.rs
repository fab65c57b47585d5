//! Authorization requests, and the verifier that belongs to them.

use mock_idp::question::Question;

use super::{check_first, check_second, digest, verifier};

#[tokio::test]
async fn state_and_nonce() {
    let short = [("state", "2f")];
    let expected = "state has room for 8 bits, not for 128";
    check_first(Question::StateIsLongEnough { bits: 128 }, &short, expected).await;
    let same = digest("state 1");
    let repeated = [("state", same.as_str())];
    let expected = "state is the same as in request 2";
    check_first(Question::StateNeverRepeats, &repeated, expected).await;
    check_first(
        Question::StateNeverRepeats,
        &[("state", "")],
        "state is missing",
    )
    .await;
    let same = digest("nonce 1");
    let repeated = [("nonce", same.as_str())];
    check_first(
        Question::NonceIsUnique,
        &repeated,
        "nonce is the same as in",
    )
    .await;
    check_first(
        Question::NonceIsUnique,
        &[("nonce", "")],
        "nonce is missing",
    )
    .await;
}

#[tokio::test]
async fn what_is_asked_for() {
    let email = [("scope", "email")];
    let expected = "scope is \"email\", without openid";
    check_first(Question::ScopeHasOpenid, &email, expected).await;
    let scope = Question::ScopeIs {
        scope: "profile openid email".into(),
    };
    check_first(scope, &email, "scope is \"email\", not").await;
    let sends = Question::AuthorizationSends {
        parameter: "access_type".into(),
        value: "offline".into(),
    };
    check_first(
        sends.clone(),
        &[("access_type", "online")],
        "access_type is \"online\"",
    )
    .await;
    check_first(sends, &[("access_type", "")], "access_type is missing").await;
    let fragment = [("response_mode", "fragment")];
    check_first(
        Question::ResponseModeIsDefault,
        &fragment,
        "response_mode is \"fragment\"",
    )
    .await;
}

#[tokio::test]
async fn pkce() {
    use Question::{
        CodeChallengeNeverRepeats, CodeVerifierIsLongEnough, CodeVerifierMatches, UsedPkceS256,
    };
    let plain = [("code_challenge_method", "plain")];
    check_first(
        UsedPkceS256,
        &plain,
        "code_challenge_method is \"plain\", not \"S256\"",
    )
    .await;
    let missing = [("code_challenge", ""), ("code_challenge_method", "")];
    check_first(UsedPkceS256, &missing, "code_challenge is missing").await;
    let same = digest(&verifier(1));
    let repeated = [("code_challenge", same.as_str())];
    check_first(
        CodeChallengeNeverRepeats,
        &repeated,
        "code_challenge is the same as in",
    )
    .await;
    let short = [("code_verifier", "short")];
    check_second(
        CodeVerifierIsLongEnough,
        &short,
        "code_verifier has 5 characters",
    )
    .await;
    let odd = "é".repeat(50);
    let odd = [("code_verifier", odd.as_str())];
    check_second(CodeVerifierIsLongEnough, &odd, "code_verifier has a 'é'").await;
    let other = verifier(3);
    let other = [("code_verifier", other.as_str())];
    check_second(CodeVerifierMatches, &other, "code_verifier does not give").await;
}

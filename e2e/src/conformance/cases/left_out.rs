//! The rows of the catalogue that are no cases, each with the reason.

const TRUSTED_HTTPS: &str =
    "the provider would have to be on https with a certificate that the app trusts";
const REAL_TIME: &str = "it takes hours of the app's own clock";
const ENCRYPTION: &str = "the provider encrypts no tokens";
const FRONT_CHANNEL: &str = "the provider gives ID tokens at its token endpoint alone";
const HTTPS_APP: &str = "judged on https alone, and the kit visits apps over http";

/// The rows that are no cases, each with the reason.
pub const LEFT_OUT: &[(&str, &str)] = &[
    ("disc-issuer-http", TRUSTED_HTTPS),
    ("disc-endpoint-http", TRUSTED_HTTPS),
    ("disc-redirect-downgrade", TRUSTED_HTTPS),
    ("disc-webfinger-http-href", "the provider has no WebFinger"),
    (
        "disc-webfinger-unknown-member",
        "the provider has no WebFinger",
    ),
    ("ar-state-expired", REAL_TIME),
    (
        "ar-initiate-framed",
        "only a browser shows what a frame does",
    ),
    (
        "ar-jarm-sig",
        "the provider signs no authorization responses",
    ),
    (
        "ar-jarm-claims",
        "the provider signs no authorization responses",
    ),
    ("ar-link-csrf", "how an account is linked is each app's own"),
    (
        "ar-browser-asserted-identity",
        "an endpoint that takes an identity is each app's own",
    ),
    ("te-tls-old", "no maintained TLS library speaks TLS 1.0"),
    ("te-dpop-nonce", "the provider binds no tokens by DPoP"),
    (
        "jws-hs-multi-aud",
        "the app would have to be registered for ID tokens by HMAC",
    ),
    ("jwe-missing", ENCRYPTION),
    ("jwe-rsa15", ENCRYPTION),
    ("jwe-zip-bomb", ENCRYPTION),
    ("jwe-p2c-bomb", ENCRYPTION),
    ("jwe-invalid-curve", ENCRYPTION),
    ("jwe-tag-truncated", ENCRYPTION),
    (
        "jwks-cache-header",
        "it waits until a cache of the app expires",
    ),
    ("idt-athash-missing-front", FRONT_CHANNEL),
    ("idt-chash-wrong", FRONT_CHANNEL),
    ("idt-chash-missing", FRONT_CHANNEL),
    ("idt-shash", FRONT_CHANNEL),
    ("idt-hybrid-mismatch", FRONT_CHANNEL),
    ("idt-group-injection", "what groups allow is each app's own"),
    ("ses-cookie-secure", HTTPS_APP),
    ("ses-cookie-host-prefix", HTTPS_APP),
    (
        "ses-failed-login-no-session",
        "every case that refuses a login looks at this",
    ),
    ("ses-liveness", "every case looks at this"),
    ("ses-lifetime", REAL_TIME),
    (
        "sm-changed",
        "a frame of the provider's that watches its session is of no use without third-party cookies",
    ),
    (
        "sm-wrong-origin",
        "a frame of the provider's that watches its session is of no use without third-party cookies",
    ),
    (
        "pq-google-issuer-spelling",
        "the issuer would have to be accounts.google.com; `mock-idp impersonate google` has it",
    ),
    (
        "pq-google-tokeninfo",
        "what an app asks about tokens is each app's own",
    ),
    (
        "pq-google-refreshed-token",
        "that a refreshed ID token has no nonce is what rt-ok plays at a plain provider",
    ),
    (
        "pq-google-revocation",
        "whether an app revokes tokens is each app's own",
    ),
    (
        "pq-linkedin-issuer-changes",
        "an app that runs may refuse the new issuer until it fetches the metadata anew",
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::all;
    use super::*;

    /// Every row of the catalogue: parts C1 to C12, those that C14 adds, the half of a row that a specification
    /// lets pass, and the quirks of the providers
    /// that the kit plays.
    const CATALOGUE: &str = "
        disc-issuer-mismatch disc-issuer-other-op disc-issuer-slash disc-issuer-case-port
        disc-issuer-missing-or-type disc-issuer-query-fragment disc-issuer-http
        disc-endpoint-http disc-malicious-endpoints disc-ssrf-scheme disc-ssrf-internal
        disc-redirect-downgrade disc-redirect-crosshost disc-redirect-loop
        disc-unavailable-start disc-unavailable-login disc-slow-drip disc-oversize
        disc-gzip-bomb disc-deep-json disc-html-200 disc-content-type disc-dup-member
        disc-missing-required disc-unknown-members disc-endpoint-crosshost
        disc-issuer-path-multitenant disc-algs-none-only disc-algs-downgrade disc-pkce-absent
        disc-pkce-plain-only disc-authmethod-none disc-swap-midflow disc-webfinger-http-href
        disc-webfinger-unknown-member ar-state-missing ar-state-wrong ar-state-empty-or-long
        ar-state-other-browser ar-state-replay ar-state-expired ar-param-dup ar-code-missing
        ar-code-and-error ar-error-access-denied ar-error-login-required ar-error-temporary
        ar-error-unknown-code ar-error-xss ar-error-spoof ar-error-no-state
        ar-error-kills-session ar-iss-wrong ar-iss-missing ar-iss-unadvertised ar-iss-slash
        ar-iss-dup ar-iss-error-response ar-mixup ar-session-overwrite-1 ar-session-overwrite-2
        ar-parallel-tabs ar-mode-fragment ar-mode-formpost-unasked ar-formpost-samesite
        ar-mode-query-implicit ar-front-tokens-injected ar-code-injection
        ar-code-replay-new-session ar-code-special ar-code-huge ar-unknown-params
        ar-head-prefetch ar-open-redirect-next ar-return-url-in-state ar-target-link-uri
        ar-initiate-unknown-iss ar-initiate-framed ar-referer-leak ar-jarm-sig ar-jarm-claims
        ar-link-csrf ar-browser-asserted-identity te-no-idtoken te-idtoken-type
        te-idtoken-garbage te-access-token-missing te-token-type-missing te-token-type-other
        te-token-type-case te-expires-missing te-expires-odd te-scope-less
        te-error-invalid-grant te-error-invalid-client te-error-in-200 te-error-and-token
        te-error-html te-5xx-retry-after te-redirect-302 te-redirect-307 te-content-type
        te-form-encoded te-truncated te-slow te-oversize te-dup-member te-tls-untrusted
        te-tls-old te-secret-encoding te-no-double-exchange te-refresh-unasked te-cache-headers
        te-dpop-nonce jws-sig-flip jws-payload-tamper jws-sig-empty jws-sig-stripped
        jws-alg-none jws-alg-none-case jws-alg-none-with-sig jws-alg-missing jws-alg-unknown
        jws-hs256-spki-pem jws-hs256-pkcs1-pem jws-hs256-der-b64 jws-hs256-jwk-parts
        jws-hs256-empty jws-hs256-oct-in-jwks jws-hs256-client-secret jws-hs-multi-aud
        jws-alg-unregistered jws-alg-key-mismatch jws-wrong-key jws-enc-key jws-key-ops
        jws-header-jwk jws-header-jwk-uri jws-header-jwk-nested jws-header-jku jws-header-x5u
        jws-header-x5c jws-header-mac-jwk jws-kid-url jws-kid-jwk jws-kid-path jws-kid-injection
        jws-kid-huge jws-crit-unknown jws-crit-malformed jws-b64-false jws-dup-header
        jws-dup-claim jws-json-serialization jws-ec-zero jws-ec-der jws-ec-length
        jws-ec-wrong-curve jws-eddsa-smallorder jws-rsa-small jws-rsa-e1 jws-rsa-pad
        jws-b64-lenient jws-utf8-invalid jws-payload-nonobject jws-deep-json jws-huge
        jws-typ-access jws-typ-logout jws-typ-odd jws-nested-jws jws-claims-in-header
        jwe-unexpected jwe-missing jwe-inner-none jwe-inner-wrong-key jwe-rsa15 jwe-zip-bomb
        jwe-p2c-bomb jwe-invalid-curve jwe-tag-truncated jwe-alg-dir jwks-rotate-new-kid
        jwks-rotate-at-signing jwks-same-kid-new-key jwks-key-removed jwks-old-key-in-flight
        jwks-no-kid-single jwks-no-kid-multi jwks-kid-only-in-token jwks-dup-kid-kty
        jwks-dup-kid-same jwks-unknown-kty jwks-one-bad-key jwks-many-keys
        jwks-private-published jwks-x5c-mismatch jwks-empty jwks-5xx-cold jwks-5xx-warm
        jwks-html jwks-redirect-crosshost jwks-oversize-slow jwks-storm jwks-cache-header
        idt-iss-wrong idt-iss-missing idt-iss-empty-or-type idt-iss-slash idt-iss-other-op
        idt-sub-collision idt-sub-missing idt-sub-empty-or-type idt-sub-long idt-sub-too-long
        idt-sub-case idt-sub-unicode idt-aud-wrong idt-aud-missing idt-aud-other-client
        idt-aud-empty-array idt-aud-prefix-case idt-aud-array-one idt-aud-untrusted-extra
        idt-azp-other idt-azp-self-multi idt-exp-past idt-exp-skew-sweep idt-exp-missing
        idt-exp-type idt-exp-float idt-exp-extreme idt-iat-missing idt-iat-future idt-iat-old
        idt-time-milliseconds idt-nbf-future idt-nonce-wrong idt-nonce-missing
        idt-nonce-constant idt-nonce-unsolicited idt-nonce-type-case idt-replay-other-session
        idt-athash-wrong idt-athash-missing-front idt-athash-missing-code idt-athash-hashalg
        idt-chash-wrong idt-chash-missing idt-shash idt-hybrid-mismatch idt-authtime-missing
        idt-authtime-old idt-authtime-future idt-acr-weaker idt-claims-unknown idt-claims-null
        idt-claims-huge idt-name-html idt-email-unverified idt-email-verified-other-op
        idt-email-fold idt-email-changed idt-username-collision idt-group-injection
        ui-sub-mismatch ui-sub-missing ui-sub-array ui-sub-dup ui-victim-profile
        ui-overrides-idtoken ui-401 ui-403 ui-5xx-slow-huge ui-html-or-error-200
        ui-redirect-crosshost ui-jwt-ok ui-jwt-none ui-jwt-bad-sig ui-jwt-wrong-iss-aud
        ui-jwt-unexpected ui-plain-when-signed ui-idtoken-as-userinfo ui-aggregated-unsigned
        ui-distributed-ssrf ui-fewer-claims req-state-entropy req-nonce-present req-pkce
        req-scope-openid req-scope-claims req-redirect-uri-same req-client-auth
        req-no-secret-in-url req-token-post req-code-once req-bearer-header req-maxage-prompt
        req-response-mode req-jwks-before-use req-discovery-used req-user-agent-timeouts
        ses-fixation ses-cookie-secure ses-cookie-httponly ses-cookie-samesite
        ses-cookie-host-prefix ses-transaction-cookie-forged ses-cookie-tamper
        ses-idtoken-as-cookie ses-logout-kills ses-back-button ses-other-user
        ses-failed-login-no-session ses-liveness ses-tokens-in-page ses-error-leak ses-log-leak
        ses-lifetime ses-clickjacking ses-concurrent-100 idt-aud-wrong-azp-self
        ar-iss-wrong-unadvertised rt-sig
        jws-dup-header-last te-token-and-error
        bcl-ok bcl-alg-none bcl-wrong-alg bcl-bad-sig bcl-no-event bcl-wrong-event
        bcl-event-type bcl-with-nonce bcl-wrong-aud bcl-wrong-iss bcl-expired bcl-no-exp
        bcl-no-jti bcl-replay bcl-no-sub-sid bcl-sid-only bcl-sub-only bcl-other-user
        bcl-unknown-session bcl-idtoken-as-logout bcl-typ bcl-request-form
        bcl-extra-params bcl-no-csrf-no-cookie bcl-kid-rotation bcl-flood fcl-ok
        fcl-wrong-iss-sid fcl-missing-params fcl-framing rpi-ok rpi-no-state
        rpi-other-state rpi-op-down rpi-op-no-return rpi-post-logout-open-redirect
        rpi-logout-csrf sm-changed sm-wrong-origin rt-ok rt-iss rt-sub rt-aud
        rt-iat-authtime rt-nonce-other rt-nonce-original rt-no-idtoken rt-rotated
        rt-not-rotated rt-invalid-grant rt-5xx rt-parallel rt-scope-grow
        mop-callback-cross mop-same-client-id mop-keys-shared-cache mop-logout-cross
        mop-account-unlink
        pq-google-2024-06 pq-google-2026-02 pq-google-2026-04 pq-google-iss-begins
        pq-google-scope pq-google-code-slash pq-google-refresh-token-once
        pq-google-issuer-spelling pq-google-rotation pq-google-offline-access pq-google-cancel
        pq-google-tokeninfo pq-google-refreshed-token pq-google-pkce-and-secret
        pq-google-revocation pq-google-clock pq-microsoft-issuer pq-microsoft-other-directory
        pq-microsoft-keys pq-microsoft-email pq-github-2025-06 pq-github-2025-07
        pq-github-2026-04 pq-github-iss-begins pq-github-error-200 pq-github-email
        pq-linkedin-2024-03 pq-linkedin-2024-04 pq-linkedin-issuer-changes pq-linkedin-secret
        pq-linkedin-cancel
    ";

    #[test]
    fn every_row_of_the_catalogue_is_a_case_or_left_out() {
        let catalogue: BTreeSet<_> = CATALOGUE.split_whitespace().collect();
        let cases: BTreeSet<_> = all().map(|case| case.id).collect();
        let left_out: BTreeSet<_> = LEFT_OUT.iter().map(|(id, _)| *id).collect();
        let both: Vec<_> = cases.intersection(&left_out).collect();
        assert!(both.is_empty(), "cases and left out: {both:?}");
        let known: BTreeSet<_> = cases.union(&left_out).copied().collect();
        assert_eq!(known, catalogue);
    }
}

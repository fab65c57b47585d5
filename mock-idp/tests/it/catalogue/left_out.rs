//! The rows that no fault of the provider produces.

const NO_ENCRYPTION: &str = "encryption of ID tokens cannot be registered";

/// Rows that need a feature which is not there.
pub(super) const LEFT_OUT: &[(&str, &str)] = &[
    ("ar-jarm-sig", "JARM is not built"),
    ("ar-jarm-claims", "JARM is not built"),
    ("disc-webfinger-http-href", "WebFinger is not built"),
    ("disc-webfinger-unknown-member", "WebFinger is not built"),
    ("te-tls-old", "no TLS library here speaks a version so old"),
    ("te-dpop-nonce", "DPoP is not built"),
    ("jwe-missing", NO_ENCRYPTION),
    ("jwe-rsa15", NO_ENCRYPTION),
    ("jwe-zip-bomb", NO_ENCRYPTION),
    ("jwe-p2c-bomb", NO_ENCRYPTION),
    ("jwe-invalid-curve", NO_ENCRYPTION),
    ("jwe-tag-truncated", NO_ENCRYPTION),
    ("sm-changed", "Session Management is not built"),
    ("sm-wrong-origin", "Session Management is not built"),
];

/// Rows on which the provider is honest: the visitor, the app or a third site does what is wrong.
pub(super) const HONEST: &[(&str, &str)] = &[
    ("disc-issuer-path-multitenant", "a tenant with a path"),
    ("ar-state-other-browser", "the visitor has another browser"),
    ("ar-state-replay", "the visitor loads the callback twice"),
    ("ar-state-expired", "the visitor waits"),
    ("ar-parallel-tabs", "the visitor has two tabs"),
    ("ar-head-prefetch", "the browser asks ahead"),
    ("ar-open-redirect-next", "a link to the app's login"),
    ("ar-target-link-uri", "a link to the app's login"),
    ("ar-initiate-unknown-iss", "a link to the app's login"),
    ("ar-initiate-framed", "a page around the app's login"),
    ("ar-referer-leak", "the app's own page"),
    ("ar-link-csrf", "the visitor is logged in as somebody else"),
    (
        "ar-browser-asserted-identity",
        "a request to the app's own login",
    ),
    (
        "te-secret-encoding",
        "a client whose secret has such characters",
    ),
    ("bcl-flood", "the test sends"),
    ("fcl-ok", "the provider's logout page"),
    ("fcl-wrong-iss-sid", "a link to the app's logout"),
    ("fcl-missing-params", "a link to the app's logout"),
    ("fcl-framing", "the app's own headers"),
    ("rpi-ok", "the provider's logout endpoint"),
    ("rpi-no-state", "a link to the app's logged-out page"),
    ("rpi-other-state", "a link to the app's logged-out page"),
    ("rpi-op-no-return", "the visitor stays at the provider"),
    (
        "rpi-post-logout-open-redirect",
        "a link to the app's logout",
    ),
    ("rpi-logout-csrf", "a link to the app's logout"),
    ("rt-parallel", "the app refreshes at once"),
    ("rt-scope-grow", "the app asks for more"),
];

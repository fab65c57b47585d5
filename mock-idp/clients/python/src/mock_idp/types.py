"""What the control API speaks of.

Made by ./generate from the OpenAPI file of the control API.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict


class Problem(TypedDict):
    """
    A problem as it is written.
    """

    type: str
    title: str
    status: int
    detail: str
    about: NotRequired[Any]


class Health(TypedDict):
    """
    How a provider is.
    """

    status: str
    version: str


class TenantView(TypedDict):
    """
    A provider, and where it is.
    """

    name: NotRequired[str | None]
    issuer: str
    root: str
    flavour: str
    discovery_url: str
    control_url: str


AutoLogin: TypeAlias = str


TokenEndpointAuthMethod: TypeAlias = Literal[
    'client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'
]


Algorithm: TypeAlias = Literal[
    'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'EdDSA'
]


PeopleSet: TypeAlias = Literal['starter', 'that_hurt']


class Persona(TypedDict):
    """
    A person the provider knows. What is absent here is absent from the tokens.
    """

    id: str
    sub: NotRequired[str | None]
    name: NotRequired[str | None]
    given_name: NotRequired[str | None]
    family_name: NotRequired[str | None]
    email: NotRequired[str | None]
    email_verified: NotRequired[bool]
    picture: NotRequired[str | None]
    hd: NotRequired[str | None]
    claims: NotRequired[dict[str, Any]]


class WebClient(TypedDict):
    """
    A client of the type "Web application", as the console takes it.
    """

    name: NotRequired[str]
    redirect_uris: NotRequired[list[str]]
    javascript_origins: NotRequired[list[str]]


PublishingStatus: TypeAlias = Literal['in_production', 'testing']


class Time(TypedDict):
    """
    The time at the provider.
    """

    unix_seconds: float


class Kid(TypedDict):
    """
    A key by its name.
    """

    kid: str


KeyKind: TypeAlias = Literal[
    'rsa2048', 'rsa512', 'rsa1024', 'ec_p256', 'ec_p384', 'ed25519', 'unpublished'
]


CertificateOf: TypeAlias = Literal['itself', 'another_key']


Place: TypeAlias = Literal[
    'discovery',
    'jwks',
    'authorization',
    'token',
    'id_token_header',
    'id_token_claims',
    'userinfo',
    'revocation',
    'tokeninfo',
    'end_session',
    'backchannel_logout',
    'logout_token_header',
    'logout_token_claims',
    'account_chooser',
    'consent',
    'authorization_error',
    'picture',
    'not_built',
    'elsewhere',
]


class Omit(TypedDict):
    member: str


class Effect2(TypedDict):
    """
    Leaves a member out.
    """

    omit: Omit


class Shift(TypedDict):
    member: str
    seconds: int


class Effect4(TypedDict):
    """
    Moves a time.
    """

    shift: Shift


class SendTo(TypedDict):
    url: str


class Effect9(TypedDict):
    """
    Sends the browser there instead, with the same parameters.
    """

    send_to: SendTo


class Effect10(TypedDict):
    """
    Answers with this HTTP status.
    """

    status: int


class Header(TypedDict):
    name: str
    value: str


class Effect11(TypedDict):
    """
    Answers with a header of this value.
    """

    header: Header


class OmitHeader(TypedDict):
    name: str


class Effect12(TypedDict):
    """
    Answers without a header.
    """

    omit_header: OmitHeader


class Body(TypedDict):
    content_type: str
    body: str


class Effect13(TypedDict):
    """
    Answers with this body.
    """

    body: Body


class Delay(TypedDict):
    milliseconds: int


class Effect14(TypedDict):
    """
    Answers late.
    """

    delay: Delay


class ResetInBody(TypedDict):
    bytes: int


class Effect15(TypedDict):
    """
    Cuts the connection (TCP reset) within the body.
    """

    reset_in_body: ResetInBody


class ContentLength(TypedDict):
    bytes: int


class Effect16(TypedDict):
    """
    Says a `Content-Length` that is not the body's: a longer one and the connection ends too
    early, a shorter one and there is more behind it.
    """

    content_length: ContentLength


class Gzip(TypedDict):
    bytes: int


class Effect17(TypedDict):
    """
    Compresses the body with gzip, and says so.
    """

    gzip: Gzip


class Truncate(TypedDict):
    bytes: int


class Effect18(TypedDict):
    """
    Ends the connection within the body.
    """

    truncate: Truncate


class Repeat(TypedDict):
    bytes: int


class Effect19(TypedDict):
    """
    Repeats the body.
    """

    repeat: Repeat


class Drip(TypedDict):
    milliseconds: int


class Effect20(TypedDict):
    """
    Sends the body byte by byte.
    """

    drip: Drip


class Value1(TypedDict):
    """
    This JSON value.
    """

    literal: Any


class Value2(TypedDict):
    """
    This text as it is, JSON or not: `1e400`, `{`.
    """

    raw: str


class Value3(TypedDict):
    """
    The honest text, with this behind it.
    """

    append: str


class Value4(TypedDict):
    """
    The honest value, with this behind it as JSON writes it: `.5` makes a whole number a
    broken one, `000` makes milliseconds of seconds.
    """

    suffix: str


class Value5(TypedDict):
    """
    What the request said in this parameter, or else the authorization request before it.
    """

    request: str


class Repeated(TypedDict):
    text: str
    times: int


class Value7(TypedDict):
    """
    A text so many times.
    """

    repeated: Repeated


class Value8(TypedDict):
    """
    So many arrays in each other.
    """

    nested: int


class Earlier(TypedDict):
    place: Place
    member: str


class Value9(TypedDict):
    """
    What an answer of that place said in this member the last time: a replay.
    """

    earlier: Earlier


Whose: TypeAlias = Literal['signing', 'unpublished']


class Signing1(TypedDict):
    """
    With a signature cut to so many bytes, or with zeros behind it.
    """

    length: int


class Signing2(TypedDict):
    """
    Not at all, and the header's `alg` says so, in this spelling (`none`, `None`, `nOnE` ..).
    """

    none: str


class Signing3(TypedDict):
    """
    As it should be, but the header's `alg` says that it is not signed, in this spelling.
    """

    none_with_signature: str


class Signing5(TypedDict):
    """
    Rightly, with the provider's own key of another algorithm.
    """

    algorithm: Algorithm


class Signing6(TypedDict):
    """
    `RS256` with a published key of 512 or 1024 bits.
    """

    weak_rsa: int


class HmacKey1(TypedDict):
    """
    This text.
    """

    text: str


class HmacKey2(TypedDict):
    """
    The bytes that this base64url text stands for, as an `oct` JWK has its `k`.
    """

    base64: str


PublicKeyForm: TypeAlias = Literal[
    'spki_pem',
    'spki_pem_trimmed',
    'spki_pem_crlf',
    'spki_pem_leading_space',
    'pkcs1_pem',
    'pkcs1_pem_trimmed',
    'spki_der',
    'pkcs1_der',
    'spki_base64',
    'spki_base64_lines',
    'jwk',
    'modulus_text',
    'modulus_bytes',
    'exponent_text',
    'key_type',
    'algorithm',
]


class Serialization1(TypedDict):
    """
    Its first parts only, or empty ones behind it, until there are so many.
    """

    parts: int


class Serialization2(TypedDict):
    """
    So many dots behind it.
    """

    dots: int


class Serialization3(TypedDict):
    """
    This text in its place.
    """

    text: str


Serialization: TypeAlias = (
    Serialization1
    | Serialization2
    | Serialization3
    | Literal['padded']
    | Literal['standard_alphabet']
    | Literal['white_space']
    | Literal['trailing_bits']
    | Literal['flattened_json']
    | Literal['general_json']
    | Literal['nested']
    | Literal['encrypted']
)


class Spoil1(TypedDict):
    """
    This text in its place: `[]`, `null`, `{` ..
    """

    replace: str


class Spoil2(TypedDict):
    """
    So many arrays in each other in its place.
    """

    nested: int


class Spoil3(TypedDict):
    """
    Its first bytes only.
    """

    cut: int


Spoil: TypeAlias = (
    Literal['bom']
    | Literal['utf16']
    | Literal['invalid_utf8']
    | Spoil1
    | Spoil2
    | Spoil3
)


WrongEncoding: TypeAlias = Literal[
    'query', 'fragment', 'form_post', 'json', 'form', 'jwt'
]


When: TypeAlias = Literal['after', 'instead']


class Match(TypedDict):
    """
    To whom a fault is told; what is absent matches everybody.
    """

    client: NotRequired[str | None]
    persona: NotRequired[str | None]
    refresh: NotRequired[bool | None]
    after: NotRequired[Place | None]
    nth: NotRequired[int | None]


class Count1(TypedDict):
    """
    So many times.
    """

    times: int


Count: TypeAlias = Literal['always'] | Count1


FaultId: TypeAlias = int


Check: TypeAlias = Literal[
    'authorization.duplicate_parameter',
    'authorization.client_id_missing',
    'authorization.redirect_uri_missing',
    'authorization.response_type_missing',
    'authorization.scope_missing',
    'authorization.parameter',
    'authorization.response_type',
    'authorization.response_type_not_built',
    'authorization.response_mode',
    'authorization.response_mode_not_built',
    'authorization.redirect_uri_syntax',
    'authorization.redirect_uri_policy',
    'authorization.client',
    'authorization.redirect_uri',
    'authorization.code_challenge_method',
    'authorization.code_challenge',
    'authorization.code_challenge_missing',
    'authorization.request',
    'authorization.request_uri',
    'authorization.max_age',
    'authorization.prompt',
    'authorization.prompt_none',
    'authorization.scope',
    'authorization.login_hint',
    'authorization.interaction',
    'authorization.login',
    'authorization.consent',
    'authorization.test_user',
    'authorization.cancelled',
    'page.transaction',
    'page.persona',
    'page.directory',
    'page.decision',
    'page.auth_error',
    'token.content_type',
    'token.duplicate_parameter',
    'token.grant_type_missing',
    'token.grant_type',
    'token.grant_type_not_built',
    'token.client_authentication',
    'token.client_authentication_method',
    'token.client_assertion',
    'token.client_assertion_audience',
    'token.client_assertion_expired',
    'token.client_assertion_used',
    'token.basic',
    'token.client_id_missing',
    'token.client',
    'token.client_secret_missing',
    'token.client_secret',
    'token.code_missing',
    'token.redirect_uri_missing',
    'token.code_malformed',
    'token.code',
    'token.code_client',
    'token.code_expired',
    'token.code_used',
    'token.redirect_uri',
    'token.code_verifier_missing',
    'token.code_verifier',
    'token.code_verifier_unneeded',
    'token.refresh_token_missing',
    'token.refresh_token',
    'token.refresh_token_revoked',
    'token.refresh_token_client',
    'token.refresh_token_used',
    'token.scope',
    'userinfo.token_missing',
    'userinfo.token',
    'userinfo.user_agent',
    'userinfo.scope',
    'tokeninfo.token_missing',
    'tokeninfo.token',
    'revocation.token_missing',
    'revocation.token',
    'revocation.token_client',
    'end_session.id_token_hint',
    'end_session.client',
    'end_session.post_logout_redirect_uri',
    'picture.persona',
    'request.path',
    'request.method',
    'request.size',
    'request.not_built',
]


TransactionId: TypeAlias = int


class Body1(TypedDict):
    """
    They are this text in UTF-8.
    """

    text: str


class Body2(TypedDict):
    """
    They are no text.
    """

    base64: str


BodyModel: TypeAlias = Body1 | Body2


class Refusal(TypedDict):
    """
    What a handler returns when it refuses.
    """

    check: Check
    reason: str


class StateIsLongEnough(TypedDict):
    bits: int


class Question1(TypedDict):
    """
    Has every `state` room for so many bits, judged by its length and characters?
    """

    state_is_long_enough: StateIsLongEnough


class ScopeIs(TypedDict):
    scope: str


class Question2(TypedDict):
    """
    Does every authorization request ask for these scopes, in any order, and no others?
    """

    scope_is: ScopeIs


class AuthorizationSends(TypedDict):
    parameter: str
    value: str


class Question3(TypedDict):
    """
    Has every authorization request this parameter with this value?
    """

    authorization_sends: AuthorizationSends


class ClientAuthenticatedBy(TypedDict):
    method: TokenEndpointAuthMethod


class Question4(TypedDict):
    """
    Does every token request prove the client in this way, and in no other beside it?
    """

    client_authenticated_by: ClientAuthenticatedBy


class DiscoveryFetchedAtMost(TypedDict):
    times: int


class Question5(TypedDict):
    """
    Was the provider's metadata fetched at most so often?
    """

    discovery_fetched_at_most: DiscoveryFetchedAtMost


class KeysFetchedAtMost(TypedDict):
    times: int


class Question6(TypedDict):
    """
    Were the provider's keys fetched at most so often?
    """

    keys_fetched_at_most: KeysFetchedAtMost


Question: TypeAlias = (
    Literal['used_pkce_s256']
    | Literal['code_challenge_never_repeats']
    | Literal['nonce_is_unique']
    | Question1
    | Literal['state_never_repeats']
    | Literal['scope_has_openid']
    | Question2
    | Question3
    | Literal['response_mode_is_default']
    | Literal['redirect_uri_is_exact']
    | Literal['token_request_is_form']
    | Question4
    | Literal['code_verifier_is_long_enough']
    | Literal['code_verifier_matches']
    | Literal['code_sent_once']
    | Literal['one_refresh_under_concurrency']
    | Literal['secret_only_in_header_or_body']
    | Literal['no_token_in_url']
    | Literal['userinfo_by_bearer_header']
    | Literal['discovery_was_used']
    | Question5
    | Literal['keys_fetched_before_use']
    | Question6
    | Literal['nothing_sent_elsewhere']
    | Literal['user_agent_is_sent']
)


class Found(TypedDict):
    """
    Why a question is not answered with yes. It holds no secrets.
    """

    question: Question
    problem: str
    section: str
    url: str
    flow: str


MintKind: TypeAlias = Literal['id_token', 'jwt_access_token', 'access_token']


class Minted(TypedDict):
    """
    A token.
    """

    token: str


class LogoutOutcome1(TypedDict):
    """
    The app answered with this status; 200 means that it logged the persona out
    ([Back-Channel Logout 2.8](https://openid.net/specs/openid-connect-backchannel-1_0.html#BCResponse)).
    """

    answered: int


class LogoutOutcome2(TypedDict):
    """
    The app could not be reached, or broke off.
    """

    unreachable: str


LogoutOutcome: TypeAlias = LogoutOutcome1 | Literal['timed_out'] | LogoutOutcome2


class Client(TypedDict):
    """
    A registered app, with the names of [RFC 7591 section
    2](https://www.rfc-editor.org/rfc/rfc7591#section-2).
    """

    client_id: str
    client_secret: NotRequired[str | None]
    redirect_uris: NotRequired[list[str]]
    client_name: NotRequired[str | None]
    javascript_origins: NotRequired[list[str]]
    token_endpoint_auth_method: NotRequired[TokenEndpointAuthMethod | None]
    jwks: NotRequired[Any]
    id_token_signed_response_alg: NotRequired[Algorithm | None]
    userinfo_signed_response_alg: NotRequired[Algorithm | None]
    post_logout_redirect_uris: NotRequired[list[str]]
    backchannel_logout_uri: NotRequired[str | None]
    backchannel_logout_session_required: NotRequired[bool]
    frontchannel_logout_uri: NotRequired[str | None]
    frontchannel_logout_session_required: NotRequired[bool]


People: TypeAlias = PeopleSet | list[Persona]


class Publishing(TypedDict):
    """
    For whom the apps of a provider's project are.
    """

    status: NotRequired[PublishingStatus]
    test_users: NotRequired[list[str]]
    developer_email: NotRequired[str]


class NewKey(TypedDict):
    """
    A key that is to be published.

    ```
    use mock_idp::{KeyKind, MockIdp, NewKey};

    let idp = MockIdp::start();
    let kid = idp.keys().publish(NewKey::of(KeyKind::EcP256).member("use", "enc"));
    assert!(idp.keys().published_kids().contains(&kid));
    ```
    """

    kind: NotRequired[KeyKind]
    kid: NotRequired[str | None]
    certificate: NotRequired[CertificateOf | None]
    members: NotRequired[dict[str, Any]]


class Effect6(TypedDict):
    """
    Writes the signed token down wrongly.
    """

    serialize: Serialization


class Effect7(TypedDict):
    """
    Spoils the text: of a token's header or payload before it is signed, or of a body.
    """

    spoil: Spoil


class Effect8(TypedDict):
    """
    Writes the members down in another way.
    """

    encode: WrongEncoding


class Value10(TypedDict):
    """
    The public key of this one, as a JWK.
    """

    jwk: Whose


class Value11(TypedDict):
    """
    The public key of this one, as the text of a JWK.
    """

    jwk_text: Whose


class Value12(TypedDict):
    """
    A self-signed certificate of this key, as `x5c` has its members
    ([RFC 7515 section 4.1.6](https://www.rfc-editor.org/rfc/rfc7515#section-4.1.6)). The RSA
    keys of 2048 bits have one, but those that were generated.
    """

    certificate: Whose


class HmacKey3(TypedDict):
    """
    The public half of the key that should sign.
    """

    public_key: PublicKeyForm


HmacKey: TypeAlias = Literal['empty'] | HmacKey1 | HmacKey2 | HmacKey3


class Told(TypedDict):
    """
    A fault by its name at the tenant.
    """

    id: FaultId


class Filter(TypedDict):
    """
    Which requests; all that are named have to hold.
    """

    place: NotRequired[Place | None]
    client_id: NotRequired[str | None]
    persona: NotRequired[str | None]
    transaction: NotRequired[TransactionId | None]
    refused: NotRequired[bool]


class Exchange(TypedDict):
    """
    A request and its answer. For the test that asks: it holds what was sent, secrets and all; what
    `Debug` and `Display` show of it holds none.
    """

    number: int
    transaction: NotRequired[TransactionId | None]
    at: float
    place: Place
    method: str
    path: str
    query: list[tuple[str, str]]
    headers: list[tuple[str, str]]
    form: list[tuple[str, str]]
    body: BodyModel
    body_length: int
    body_sha256: NotRequired[str | None]
    status: NotRequired[int | None]
    response_headers: list[tuple[str, str]]
    response_body: BodyModel
    response_length: int
    response_sha256: NotRequired[str | None]
    client_id: NotRequired[str | None]
    persona: NotRequired[str | None]
    refusal: NotRequired[Refusal | None]


class Answered(TypedDict):
    """
    The answer to a question.
    """

    is_yes: bool
    finding: NotRequired[Found | None]


class Ask(TypedDict):
    """
    Asks whether requests are as they should be.
    """

    question: Question
    of: NotRequired[Filter]


class LogoutSent(TypedDict):
    """
    A logout token that was sent, and what came of it.
    """

    client_id: str
    uri: str
    outcome: LogoutOutcome


class Signing4(TypedDict):
    """
    `HS256` with something else for a key.
    """

    hmac: HmacKey


Signing: TypeAlias = (
    Literal['unpublished']
    | Literal['impostor']
    | Literal['before_edits']
    | Literal['flip']
    | Literal['strip']
    | Signing1
    | Signing2
    | Signing3
    | Literal['hmac_client_secret']
    | Literal['hmac_public_key']
    | Signing4
    | Signing5
    | Signing6
    | Literal['rsa_exponent_one']
    | Literal['rsa_forged_padding']
    | Literal['ecdsa_zero']
    | Literal['ecdsa_order']
    | Literal['ecdsa_der']
    | Literal['ecdsa_high_s']
    | Literal['ed25519_small_order']
    | Literal['ed25519_unreduced']
)


class Requests(TypedDict):
    """
    Exchanges in the order they came: a picture of one moment.

    The provider keeps its last 1,000 exchanges, or 4 MiB of them.
    """

    exchanges: list[Exchange]
    dropped: int


class Mint(TypedDict):
    """
    A token that is made without a login; [`Tenant::mint`](crate::Tenant::mint) signs it.

    ```
    use std::time::Duration;

    use mock_idp::{Mint, MockIdp, Signing};

    let idp = MockIdp::start();                 // its keys are at jwks_uri, no client needs to be there
    let good = idp.mint(Mint::jwt_access_token("alice", "https://api.example").scope("read"));
    let late = idp.mint(Mint::jwt_access_token("alice", "https://api.example").age(Duration::from_secs(7200)));
    let forged = idp.mint(Mint::id_token("alice", "my-app").claim("aud", "other").sign_with(Signing::Flip));
    assert_eq!(good.split('.').count(), 3);
    # assert_ne!(late, forged);
    ```
    """

    kind: MintKind
    persona: str
    audience: str
    scope: NotRequired[str]
    nonce: NotRequired[str | None]
    sid: NotRequired[str | None]
    age: NotRequired[float]
    claims: NotRequired[dict[str, Any]]
    header: NotRequired[dict[str, Any]]
    sign_with: NotRequired[list[Signing]]


class Effect5(TypedDict):
    """
    Signs the token wrongly.
    """

    sign_with: Signing


class Fault(TypedDict):
    """
    A lie: begin with a place ([`id_token`], [`token`] ..), add effects, and say for whom and how
    often.

    ```
    use mock_idp::{MockIdp, id_token, token};

    let idp = MockIdp::start();
    idp.fault(id_token().set("aud", "other").once());
    idp.fault(token().status(503).header("Retry-After", "120").for_client("app"));
    ```
    """

    place: Place
    effects: list[Effect]
    when: NotRequired[When]
    match: NotRequired[Match]
    count: NotRequired[Count]


class Set(TypedDict):
    member: str
    value: Value


class Effect1(TypedDict):
    """
    Gives a member another value, or adds it.
    """

    set: Set


class Double(TypedDict):
    member: str
    value: NotRequired[Value | None]
    before: NotRequired[bool]


class Effect3(TypedDict):
    """
    Says a member twice.
    """

    double: Double


Effect: TypeAlias = (
    Effect1
    | Effect2
    | Effect3
    | Effect4
    | Effect5
    | Effect6
    | Effect7
    | Effect8
    | Effect9
    | Effect10
    | Effect11
    | Effect12
    | Effect13
    | Effect14
    | Literal['silence']
    | Literal['silence_after_headers']
    | Literal['reset']
    | Literal['reset_in_headers']
    | Effect15
    | Effect16
    | Effect17
    | Effect18
    | Effect19
    | Effect20
)


class Value6(TypedDict):
    """
    These values as an array.
    """

    list: list[Value]


Value: TypeAlias = (
    Value1
    | Value2
    | Literal['honest']
    | Value3
    | Value4
    | Literal['flip']
    | Literal['swap_case']
    | Literal['quoted']
    | Value5
    | Value6
    | Value7
    | Value8
    | Value9
    | Value10
    | Value11
    | Value12
)


class UnreachedFault(TypedDict):
    """
    A fault that no request has reached.
    """

    id: FaultId
    fault: Fault

//! What an effect does to how members are written, and to where they go.

use http::StatusCode;
use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue};

use super::token_lies::sign_wrongly;
use super::{Effect, WrongEncoding};
use crate::answer::{Answer, Encoding, Members, Target};
use crate::page;
use crate::sign::{TokenLies, UnsignedToken};
use crate::tenant::Tenant;

/// Applies what is about the members as a whole; false where there was nothing of the kind.
pub(super) fn encode_wrongly(tenant: &Tenant, answer: &mut Answer, effects: &[Effect]) -> bool {
    let mut is_changed = false;
    for effect in effects {
        is_changed |= match effect {
            Effect::SendTo { url } => send_to(answer, url),
            Effect::Encode(encoding) => encode(tenant, answer, *encoding),
            _ => false,
        };
    }
    is_changed
}

/// Only an answer that goes to an app can go elsewhere.
fn send_to(answer: &mut Answer, url: &str) -> bool {
    let is_for_app = matches!(
        answer.encoding,
        Encoding::Query | Encoding::Fragment | Encoding::FormPost
    );
    match &mut answer.target {
        Target::Redirect(target) if is_for_app => {
            url.clone_into(target);
            true
        }
        _ => false,
    }
}

fn encode(tenant: &Tenant, answer: &mut Answer, encoding: WrongEncoding) -> bool {
    let is_for_app = matches!(answer.target, Target::Redirect(_));
    match encoding {
        WrongEncoding::Query if is_for_app => answer.go_to_app_by(Encoding::Query),
        WrongEncoding::Fragment if is_for_app => answer.go_to_app_by(Encoding::Fragment),
        WrongEncoding::FormPost if is_for_app => {
            answer.go_to_app_by(Encoding::FormPost);
            set_content_type(answer, "text/html; charset=utf-8");
            let policy = HeaderValue::from_static(page::form_post_security_policy());
            answer.headers.insert(CONTENT_SECURITY_POLICY, policy);
        }
        WrongEncoding::Json if !is_for_app => {
            answer.encoding = Encoding::Json { indent: 2 };
            set_content_type(answer, "application/json; charset=utf-8");
        }
        WrongEncoding::Form if !is_for_app => {
            answer.encoding = Encoding::Form;
            set_content_type(answer, "application/x-www-form-urlencoded");
        }
        WrongEncoding::Jwt if !is_for_app => {
            answer.encoding = Encoding::Jwt(Box::new(unsigned(tenant, answer)));
            set_content_type(answer, "application/jwt");
        }
        _ => return false,
    }
    true
}

/// The members as the claims of a token that is to be signed.
fn unsigned(tenant: &Tenant, answer: &Answer) -> UnsignedToken {
    let key = tenant.keys().signing();
    let mut header = Members::default();
    header.push_text("alg", key.key.signing_key().algorithm());
    header.push_text("kid", &key.kid);
    header.push_text("typ", "JWT");
    let client = answer.client.as_deref().and_then(|id| tenant.client(id));
    UnsignedToken {
        header,
        claims: answer.members().clone(),
        key,
        client_secret: client.and_then(|client| client.client_secret.clone()),
    }
}

/// Notes how an answer that is a JWT is signed wrongly; false where it is none, or rightly signed.
pub(super) fn sign_answer_wrongly(
    tenant: &Tenant,
    answer: &mut Answer,
    lies: &mut TokenLies,
    effects: &[Effect],
) -> bool {
    let Encoding::Jwt(token) = &mut answer.encoding else {
        return false;
    };
    let mut is_changed = false;
    for effect in effects {
        is_changed |= sign_wrongly(token, lies, effect, tenant);
    }
    is_changed
}

fn set_content_type(answer: &mut Answer, content_type: &'static str) {
    let content_type = HeaderValue::from_static(content_type);
    answer.headers.insert(CONTENT_TYPE, content_type);
}

impl Answer {
    /// Goes to the app in another way.
    fn go_to_app_by(&mut self, encoding: Encoding) {
        self.status = match encoding {
            Encoding::FormPost => StatusCode::OK,
            _ => StatusCode::FOUND,
        };
        self.encoding = encoding;
    }
}

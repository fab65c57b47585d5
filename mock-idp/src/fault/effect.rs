//! What a fault does.

use serde::{Deserialize, Serialize};

use super::Value;
use crate::place::Place;
use crate::sign::{Serialization, Signing, Spoil};

/// One thing that a fault does to an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Effect {
    /// Gives a member another value, or adds it.
    Set {
        /// The member's name.
        member: String,
        /// Its value.
        value: Value,
    },
    /// Leaves a member out.
    Omit {
        /// The member's name.
        member: String,
    },
    /// Says a member twice.
    Double {
        /// The member's name.
        member: String,
        /// The second value; the same when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<Value>,
        /// Whether the second value comes first.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        before: bool,
    },
    /// Moves a time.
    Shift {
        /// The member's name.
        member: String,
        /// By how much.
        seconds: i64,
    },
    /// Signs the token wrongly.
    SignWith(Signing),
    /// Writes the signed token down wrongly.
    Serialize(Serialization),
    /// Spoils the text: of a token's header or payload before it is signed, or of a body.
    Spoil(Spoil),
    /// Writes the members down in another way.
    Encode(WrongEncoding),
    /// Sends the browser there instead, with the same parameters.
    SendTo {
        /// The URL.
        url: String,
    },
    /// Answers with this HTTP status.
    Status(u16),
    /// Answers with a header of this value.
    Header {
        /// The header's name.
        name: String,
        /// Its value.
        value: String,
    },
    /// Answers without a header.
    OmitHeader {
        /// The header's name.
        name: String,
    },
    /// Answers with this body.
    Body {
        /// The `Content-Type`.
        content_type: String,
        /// The body.
        body: String,
    },
    /// Answers late.
    Delay {
        /// By how much.
        milliseconds: u64,
    },
    /// Never answers.
    Silence,
    /// Sends status and headers, and then nothing more.
    SilenceAfterHeaders,
    /// Cuts the connection before the answer.
    Reset,
    /// Cuts the connection in the middle of the headers.
    ResetInHeaders,
    /// Cuts the connection (TCP reset) within the body.
    ResetInBody {
        /// After how many bytes of it.
        bytes: usize,
    },
    /// Says a `Content-Length` that is not the body's: a longer one and the connection ends too
    /// early, a shorter one and there is more behind it.
    ContentLength {
        /// The length it says.
        bytes: usize,
    },
    /// Compresses the body with gzip, and says so.
    Gzip {
        /// How many bytes it unpacks to: white space behind the body makes up for what is missing.
        bytes: u64,
    },
    /// Ends the connection within the body.
    Truncate {
        /// After how many bytes of it.
        bytes: usize,
    },
    /// Repeats the body.
    Repeat {
        /// Until it has so many bytes.
        bytes: u64,
    },
    /// Sends the body byte by byte.
    Drip {
        /// The pause before each.
        milliseconds: u64,
    },
}

impl Effect {
    /// Whether it changes members, which not every answer has.
    pub(super) const fn edits_members(&self) -> bool {
        matches!(
            self,
            Self::Set { .. } | Self::Omit { .. } | Self::Double { .. } | Self::Shift { .. }
        )
    }

    /// Whether it is about the members as a whole: how they are written, or where they go.
    pub(super) const fn needs_members(&self) -> bool {
        self.edits_members() || matches!(self, Self::Encode(_) | Self::SendTo { .. })
    }

    /// Whether it changes what a handler answered, so that there has to be such a thing.
    pub(super) const fn edits_answer(&self) -> bool {
        self.needs_members() || matches!(self, Self::SignWith(_) | Self::Serialize(_))
    }

    /// Whether it is about how an answer arrives, which a request that the provider sends does
    /// not do.
    pub(super) const fn is_for_an_answer(&self) -> bool {
        matches!(
            self,
            Self::Status(_)
                | Self::Delay { .. }
                | Self::Silence
                | Self::SilenceAfterHeaders
                | Self::Reset
                | Self::ResetInHeaders
                | Self::ResetInBody { .. }
                | Self::Truncate { .. }
                | Self::Repeat { .. }
                | Self::Drip { .. }
                | Self::ContentLength { .. }
        )
    }

    /// How many bytes it makes in memory, about.
    pub(super) fn size(&self) -> u64 {
        match self {
            Self::Set { value, .. }
            | Self::Double {
                value: Some(value), ..
            } => value.size(),
            Self::SignWith(Signing::Length(bytes))
            | Self::Serialize(Serialization::Parts(bytes) | Serialization::Dots(bytes)) => {
                *bytes as u64
            }
            Self::Spoil(Spoil::Nested(depth)) => (*depth as u64).saturating_mul(2),
            // What it unpacks to is a thousand times as large.
            Self::Gzip { bytes } => bytes / 1024,
            _ => 0,
        }
    }
}

/// How an answer's members are written, other than they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum WrongEncoding {
    /// To the app, in the query of its redirect URI.
    Query,
    /// To the app, in the fragment of its redirect URI.
    Fragment,
    /// To the app, posted by a form.
    FormPost,
    /// As JSON.
    Json,
    /// As `application/x-www-form-urlencoded`.
    Form,
    /// As the claims of a signed JWT, `application/jwt`.
    Jwt,
}

impl WrongEncoding {
    /// Whether an answer of this place can be written so.
    pub(super) const fn is_for(self, place: Place) -> bool {
        match self {
            Self::Query | Self::Fragment | Self::FormPost => matches!(place, Place::Authorization),
            Self::Json | Self::Form | Self::Jwt => matches!(
                place,
                Place::Discovery | Place::Jwks | Place::Token | Place::UserInfo
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The effect, and its JSON.
    fn check(effect: &Effect, expected: &serde_json::Value) {
        let written = serde_json::to_value(effect).unwrap();
        assert_eq!(written, *expected);
        assert_eq!(serde_json::from_value::<Effect>(written).unwrap(), *effect);
    }

    fn member(name: &str) -> String {
        name.into()
    }

    #[test]
    fn effects_on_members_are_data() {
        let omit = Effect::Omit {
            member: member("aud"),
        };
        check(&omit, &json!({"omit": {"member": "aud"}}));
        let double = Effect::Double {
            member: member("sub"),
            value: Some("x".into()),
            before: true,
        };
        let written = json!({"member": "sub", "value": {"literal": "x"}, "before": true});
        check(&double, &json!({ "double": written }));
        let shift = Effect::Shift {
            member: member("exp"),
            seconds: -5,
        };
        check(&shift, &json!({"shift": {"member": "exp", "seconds": -5}}));
        let form = Effect::Encode(WrongEncoding::FormPost);
        check(&form, &json!({"encode": "form_post"}));
        let url = "https://evil.example".to_owned();
        check(
            &Effect::SendTo { url },
            &json!({"send_to": {"url": "https://evil.example"}}),
        );
    }

    #[test]
    fn effects_on_tokens_and_texts_are_data() {
        let by = |way| Effect::SignWith(way);
        check(
            &by(Signing::Length(63)),
            &json!({"sign_with": {"length": 63}}),
        );
        let algorithm = Signing::Algorithm(crate::Algorithm::EdDsa);
        check(
            &by(algorithm),
            &json!({"sign_with": {"algorithm": "EdDSA"}}),
        );
        let key = crate::HmacKey::PublicKey(crate::PublicKeyForm::SpkiPemCrlf);
        let written = json!({"hmac": {"public_key": "spki_pem_crlf"}});
        check(&by(Signing::Hmac(key)), &json!({ "sign_with": written }));
        let parts = Effect::Serialize(Serialization::Parts(5));
        check(&parts, &json!({"serialize": {"parts": 5}}));
        check(&Effect::Spoil(Spoil::Bom), &json!({"spoil": "bom"}));
        let other = Effect::Spoil(Spoil::Replace("[]".into()));
        check(&other, &json!({"spoil": {"replace": "[]"}}));
    }

    #[test]
    fn effects_on_the_response_are_data() {
        check(&Effect::Status(503), &json!({"status": 503}));
        let name = member("retry-after");
        let value = member("1");
        let written = json!({"name": "retry-after", "value": "1"});
        check(
            &Effect::Header { name, value },
            &json!({ "header": written }),
        );
        let name = member("content-type");
        check(
            &Effect::OmitHeader { name },
            &json!({"omit_header": {"name": "content-type"}}),
        );
        let body = Effect::Body {
            content_type: member("text/html"),
            body: member("<h1>"),
        };
        check(
            &body,
            &json!({"body": {"content_type": "text/html", "body": "<h1>"}}),
        );
        check(
            &Effect::Delay { milliseconds: 1 },
            &json!({"delay": {"milliseconds": 1}}),
        );
        check(
            &Effect::Drip { milliseconds: 1 },
            &json!({"drip": {"milliseconds": 1}}),
        );
        check(&Effect::Silence, &json!("silence"));
        check(
            &Effect::SilenceAfterHeaders,
            &json!("silence_after_headers"),
        );
        check(&Effect::Reset, &json!("reset"));
        check(&Effect::ResetInHeaders, &json!("reset_in_headers"));
        check(
            &Effect::ResetInBody { bytes: 1 },
            &json!({"reset_in_body": {"bytes": 1}}),
        );
        check(
            &Effect::Truncate { bytes: 1 },
            &json!({"truncate": {"bytes": 1}}),
        );
        check(
            &Effect::Repeat { bytes: 1 },
            &json!({"repeat": {"bytes": 1}}),
        );
        check(
            &Effect::ContentLength { bytes: 1 },
            &json!({"content_length": {"bytes": 1}}),
        );
        check(&Effect::Gzip { bytes: 1 }, &json!({"gzip": {"bytes": 1}}));
    }

    #[test]
    fn values_are_data() {
        let check = |value: Value, expected: serde_json::Value| {
            let set = Effect::Set {
                member: member("x"),
                value,
            };
            check(&set, &json!({"set": {"member": "x", "value": expected}}));
        };
        check(Value::raw("1e400"), json!({"raw": "1e400"}));
        check(Value::Honest, json!("honest"));
        check(Value::append("x"), json!({"append": "x"}));
        check(Value::suffix(".5"), json!({"suffix": ".5"}));
        check(Value::Flip, json!("flip"));
        check(Value::SwapCase, json!("swap_case"));
        check(Value::Quoted, json!("quoted"));
        check(Value::request("state"), json!({"request": "state"}));
        check(
            Value::list([Value::Honest, "b".into()]),
            json!({"list": ["honest", {"literal": "b"}]}),
        );
        check(
            Value::repeated("a", 3),
            json!({"repeated": {"text": "a", "times": 3}}),
        );
        check(Value::Nested(2), json!({"nested": 2}));
        check(
            Value::earlier(Place::Token, "id_token"),
            json!({"earlier": {"place": "token", "member": "id_token"}}),
        );
        check(Value::Jwk(crate::Whose::Signing), json!({"jwk": "signing"}));
        check(
            Value::JwkText(crate::Whose::Unpublished),
            json!({"jwk_text": "unpublished"}),
        );
        check(
            Value::Certificate(crate::Whose::Signing),
            json!({"certificate": "signing"}),
        );
    }
}

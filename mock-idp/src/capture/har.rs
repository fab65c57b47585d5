//! Exchanges as an HTTP archive ([HAR 1.2](https://w3c.github.io/web-performance/specs/HAR/Overview.html)), which
//! the developer tools of browsers and many other programs open.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::exchange::Exchange;
use super::mask;
use super::requests::Requests;
use crate::endpoint::Parameters;
use crate::place::Place;
use crate::time::rfc3339;

pub(super) fn archive(requests: &Requests, issuer: &str) -> Value {
    let secrets = mask::secrets(requests);
    let writer = Writer {
        secrets: &secrets,
        issuer,
    };
    let entries: Vec<Value> = requests.iter().map(|one| writer.entry(one)).collect();
    json!({"log": {
        "version": "1.2",
        "creator": {"name": "mock-idp", "version": env!("CARGO_PKG_VERSION")},
        "entries": entries,
    }})
}

struct Writer<'a> {
    secrets: &'a [String],
    issuer: &'a str,
}

impl Writer<'_> {
    fn entry(&self, exchange: &Exchange) -> Value {
        let mut entry = json!({
            "startedDateTime": rfc3339(exchange.at),
            "time": 0,
            "request": self.request(exchange),
            "response": self.response(exchange),
            "cache": {},
            "timings": {"send": 0, "wait": 0, "receive": 0},
        });
        let comment = match (&exchange.refusal, exchange.status) {
            (Some(refusal), _) => format!("{}: {}", refusal.check, refusal.reason),
            (None, None) => "no answer".to_owned(),
            (None, Some(_)) => exchange.place.to_string(),
        };
        entry["comment"] = self.masked(&comment).into();
        entry
    }

    fn request(&self, exchange: &Exchange) -> Value {
        let mut request = json!({
            "method": exchange.method.as_str(),
            "url": self.url(exchange),
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": self.headers(&exchange.headers),
            "queryString": self.pairs(&exchange.query),
            "headersSize": -1,
            "bodySize": exchange.body_length,
        });
        let kind = exchange.header(CONTENT_TYPE.as_str()).unwrap_or_default();
        if exchange.form.iter().next().is_some() {
            request["postData"] = json!({"mimeType": kind, "params": self.pairs(&exchange.form)});
        } else if !exchange.body.is_empty() {
            let text = String::from_utf8_lossy(&exchange.body);
            request["postData"] = json!({"mimeType": kind, "text": self.masked(&text)});
        }
        request
    }

    fn response(&self, exchange: &Exchange) -> Value {
        let status = exchange.status.unwrap_or_default();
        let words = StatusCode::from_u16(status).ok();
        let words = words.and_then(|status| status.canonical_reason());
        let kind = exchange.response_headers.get(CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok());
        let mut content = json!({
            "size": exchange.response_length,
            "mimeType": kind.unwrap_or_default(),
        });
        if let Ok(text) = std::str::from_utf8(&exchange.response_body) {
            content["text"] = self.masked(text).into();
        } else {
            content["text"] = STANDARD.encode(&exchange.response_body).into();
            content["encoding"] = "base64".into();
        }
        let leads_to = exchange.location().map(mask::url).unwrap_or_default();
        json!({
            "status": status,
            "statusText": words.unwrap_or_default(),
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": self.headers(&exchange.response_headers),
            "content": content,
            "redirectURL": self.masked(&leads_to),
            "headersSize": -1,
            "bodySize": exchange.response_length,
        })
    }

    /// Where it went. A path alone is no URL: what it lacks is as the issuer has it, but for what the provider
    /// itself asked an app.
    fn url(&self, exchange: &Exchange) -> String {
        let (scheme, rest) = self.issuer.split_once("://").unwrap_or(("http", ""));
        let scheme = if exchange.place == Place::BackchannelLogout {
            "http"
        } else {
            scheme
        };
        let own = rest.split('/').next().unwrap_or_default();
        let host = exchange.header("host").unwrap_or(own);
        let path = self.masked(&exchange.path);
        let mut url = format!("{scheme}://{host}{path}");
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in exchange.query.iter() {
            query.append_pair(name, &self.value(name, value));
        }
        let query = query.finish();
        if !query.is_empty() {
            url.push('?');
            url.push_str(&query);
        }
        url
    }

    fn headers(&self, headers: &HeaderMap) -> Vec<Value> {
        let shown = mask::headers(headers).into_iter();
        shown
            .map(|(name, value)| json!({"name": name, "value": self.masked(&value)}))
            .collect()
    }

    fn pairs(&self, pairs: &Parameters) -> Vec<Value> {
        let shown = pairs.iter();
        shown
            .map(|(name, value)| json!({"name": name, "value": self.value(name, value)}))
            .collect()
    }

    fn value(&self, name: &str, value: &str) -> String {
        self.masked(&mask::value(name, value))
    }

    fn masked(&self, text: &str) -> String {
        mask::without(text, self.secrets)
    }
}

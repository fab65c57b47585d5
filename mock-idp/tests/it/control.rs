//! The control API, as a test in another language uses it.

mod arguments;
mod description;
mod guards;
mod verbs;

use reqwest::Method;
use serde_json::Value;

use crate::app::{Answer, App};

impl App {
    /// Sends a verb with its arguments.
    async fn control(&self, verb: &str, arguments: &Value) -> Answer {
        let request = self.request(Method::POST, &format!("/_mock/{verb}"));
        let request = request.header("content-type", "application/json");
        self.send(request.body(arguments.to_string())).await
    }

    /// What a verb says, which must be something.
    async fn done(&self, verb: &str, arguments: Value) -> Value {
        let answer = self.control(verb, &arguments).await;
        assert_eq!(answer.status, 200, "{verb}: {}", answer.text);
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.header("cache-control"), "no-store");
        answer.json()
    }

    /// Has a verb done that says nothing.
    async fn silent(&self, verb: &str, arguments: Value) {
        let answer = self.control(verb, &arguments).await;
        assert_eq!((answer.status, answer.text.as_str()), (204, ""), "{verb}");
    }

    /// What a verb that only looks says.
    async fn shown(&self, verb: &str) -> Value {
        let answer = self.get(&format!("/_mock/{verb}")).await;
        assert_eq!(answer.status, 200, "{verb}: {}", answer.text);
        answer.json()
    }
}

/// Makes sure that an answer is this problem, with these words in its detail.
fn assert_problem(answer: &Answer, status: u16, kind: &str, words: &str) {
    assert_eq!(answer.status, status, "{}", answer.text);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let problem = answer.json();
    assert_eq!(problem["type"], format!("urn:problem-type:mock-idp:{kind}"));
    assert_eq!(problem["status"], status);
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains(words), "{detail}");
}

//! A login that begins with a form, over HTTP and in a browser.

use std::sync::Arc;

use axum::response::Html;
use axum::routing::{get, post};
use axum::{Form, Router};
use e2e::Person as _;
use e2e::browser::Kind;
use e2e::conformance::{Browsers, Fields, Guests, Lab, Profile};
use libtest_mimic::Failed;

use crate::served::Served;

const PROFILE: &str = r#"
name = "form"
login = { page = "/", press = "Next", fill = { email = "alice@example.com" } }
whoami = { path = "/", nobody = "Who are you?" }
"#;

fn with_a_form() -> Router {
    let form = "<p>Who are you?</p><form method=post action=/next><input name=email value=bob>\
                <input type=hidden name=token value=7><button>Next</button></form>";
    let next = async |Form(fields): Form<Fields>| Html(format!("<p>{fields:?}</p>"));
    Router::new()
        .route("/", get(async move || Html(form)))
        .route("/next", post(next))
}

pub(crate) fn is_filled_in(kind: Option<Kind>) -> Result<(), Failed> {
    let browsers = kind.map(Browsers::new).transpose()?;
    let guests = Guests {
        profile: Arc::new(Profile::from_toml(PROFILE, "form.toml")?),
        browsers: browsers.map(Arc::new),
    };
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let mut lab = Lab::prepare(&Served(with_a_form), guests).await?;
        lab.launch().await?;
        let mut guest = lab.guest();
        guest.log_in().await?;
        let words = guest.visitor.page().await?.words();
        assert_eq!(words, r#"{"email": "alice@example.com", "token": "7"}"#);
        Ok(())
    })
}

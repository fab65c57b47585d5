//! The demo, as `cargo run` starts it.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStderr, Command, Stdio};

use auth::jarvis::Listen;
use e2e::{AppPages, Person, Visitor};

use crate::alice;

/// The demo in a process of its own, ended with the test.
struct Demo {
    child: Child,
    /// What it said until it was ready.
    said: Vec<String>,
    log: Option<BufReader<ChildStderr>>,
}

impl Demo {
    fn start(app_port: u16, idp_port: u16) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_demo"))
            .args([
                "--app-port",
                &app_port.to_string(),
                "--idp-port",
                &idp_port.to_string(),
            ])
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = Vec::new();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        for line in log.by_ref().lines().map_while(Result::ok) {
            let ready = line.contains("Ctrl-C");
            said.push(line);
            if ready {
                break;
            }
        }
        Self {
            child,
            said,
            log: Some(log),
        }
    }

    /// Closes its standard error, as a terminal that goes away does.
    fn stop_listening(&mut self) {
        self.log = None;
    }

    fn word_after(&self, label: &str) -> String {
        let rest = self.said.iter().find_map(|line| line.split_once(label));
        let (_, rest) = rest.unwrap_or_else(|| panic!("no {label:?} in {:#?}", self.said));
        rest.split_whitespace().next().unwrap().to_owned()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _gone_already = self.child.kill();
        let _status = self.child.wait();
    }
}

#[tokio::test]
async fn the_demo_says_where_it_is_and_a_login_works_there() {
    let demo = Demo::start(0, 0);
    let app = demo.word_after("The app");
    let mut visitor = Visitor::new(AppPages::jarvis(&app));
    assert_eq!(visitor.sign_in_as("alice").await, alice());
    let picture = visitor
        .page()
        .await
        .unwrap()
        .attribute("figure img", "src")
        .unwrap();
    assert!(
        picture.starts_with(&demo.word_after("The provider")),
        "{picture}"
    );
}

#[tokio::test]
async fn taken_ports_are_said_and_others_used() {
    let (one, _ones) = Listen::Localhost(0).bind().await.unwrap();
    let (other, _others) = Listen::Localhost(0).bind().await.unwrap();
    let demo = Demo::start(one.port(), other.port());
    for taken in [one.port(), other.port()] {
        let words = format!("Port {taken} is taken");
        assert!(
            demo.said.iter().any(|line| line.contains(&words)),
            "{:#?}",
            demo.said
        );
    }
    let mut visitor = Visitor::new(AppPages::jarvis(&demo.word_after("The app")));
    assert_eq!(visitor.sign_in_as("alice").await, alice());
}

#[tokio::test]
async fn a_demo_that_nobody_listens_to_goes_on() {
    let mut demo = Demo::start(0, 0);
    let mut visitor = Visitor::new(AppPages::jarvis(&demo.word_after("The app")));
    demo.stop_listening();
    assert_eq!(visitor.sign_in_as("alice").await, alice());
    assert_eq!(visitor.who().await.as_deref(), Some("Alice Example"));
}

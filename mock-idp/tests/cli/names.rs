//! What the provider is called, and https.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use crate::{Running, mock_idp, said};

#[test]
fn requests_may_say_what_it_is_called() {
    let running = Running::start(mock_idp(&["--port", "0", "--issuer-from-host"]));
    let document = discovery(running.address(), "idp:9000");
    assert!(
        document.contains(r#""issuer": "http://idp:9000""#),
        "{document}"
    );
    let (code, _, stderr) = said(&mut mock_idp(&[
        "--issuer-from-host",
        "--issuer",
        "http://a",
    ]));
    assert_eq!(code, Some(2));
    assert!(stderr.contains("cannot be used with"), "{stderr}");
}

#[test]
fn apps_may_be_told_another_way() {
    let running = Running::start(mock_idp(&[
        "--port",
        "0",
        "--back-channel",
        "http://idp:9000",
    ]));
    let document = discovery(running.address(), "idp:9000");
    assert!(
        document.contains(r#""token_endpoint": "http://idp:9000/token""#),
        "{document}"
    );
    assert!(document.contains(&format!(r#""issuer": "{}""#, running.first_line.trim_end())));
}

/// The metadata, as a request with this host gets it.
fn discovery(address: &str, host: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let path = "/.well-known/openid-configuration";
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn https_is_served_and_its_ca_is_written_down() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    let out = file.to_str().unwrap();
    let running = Running::start(mock_idp(&["--port", "0", "--https", "--ca-out", out]));
    assert!(
        running.first_line.starts_with("https://127.0.0.1:"),
        "{}",
        running.first_line
    );
    let written = std::fs::read_to_string(&file).unwrap();
    assert!(
        written.starts_with("-----BEGIN CERTIFICATE-----"),
        "{written}"
    );
    let nowhere = folder.path().join("no/ca.pem");
    let arguments = [
        "--port",
        "0",
        "--https",
        "--ca-out",
        nowhere.to_str().unwrap(),
    ];
    let (code, _, stderr) = said(&mut mock_idp(&arguments));
    assert_eq!(code, Some(2));
    assert!(
        stderr.contains("mock-idp: --ca-out ") && stderr.contains("No such file"),
        "{stderr}"
    );
    let (code, _, stderr) = said(&mut mock_idp(&["--ca-out", out]));
    assert_eq!(code, Some(2));
    assert!(stderr.contains("--https"), "{stderr}");
}

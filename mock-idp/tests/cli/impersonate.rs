//! The real hosts of a provider, from the command line.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;

use crate::{Running, mock_idp, said};

#[test]
fn it_stands_at_the_real_hosts() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let mut command = mock_idp(&["impersonate", "google", "--port", "0", "--proxy-port", "0"]);
    command.current_dir(folder.path());
    command.args(["--ca-key-out", "key.pem"]);
    let running = Running::start(command);
    let mut proxy = TcpStream::connect(running.address()).unwrap();
    write!(proxy, "CONNECT example.com:443 HTTP/1.1\r\n\r\n").unwrap();
    let mut answer = String::new();
    proxy.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 403 Forbidden"), "{answer}");
    let words = "does not lead to \"example.com\", but to accounts.google.com";
    assert!(answer.contains(words), "{answer}");
    let written = std::fs::read_to_string(file("mock-idp-ca.pem")).unwrap();
    assert!(written.starts_with("-----BEGIN CERTIFICATE-----"));
    let key = std::fs::read_to_string(file("key.pem")).unwrap();
    assert!(key.starts_with("-----BEGIN PRIVATE KEY-----"));
}

#[test]
fn the_key_of_the_ca_is_not_written_unless_asked() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = mock_idp(&["impersonate", "github", "--port", "0", "--proxy-port", "0"]);
    command.current_dir(folder.path());
    let _running = Running::start(command);
    let files = std::fs::read_dir(folder.path()).unwrap();
    let files: Vec<_> = files.map(|file| file.unwrap().file_name()).collect();
    assert_eq!(files, ["mock-idp-ca.pem"]);
}

#[test]
fn what_a_program_needs_is_lines_for_a_shell() {
    for program in [
        "rust", "python", "curl", "node", "java", "go", "firefox", "chromium",
    ] {
        let arguments = ["impersonate", "google", "--env", program];
        let (code, out, _) = said(&mut mock_idp(&arguments));
        assert_eq!(code, Some(0), "{program}");
        assert!(
            out.contains("9080") && out.contains("mock-idp-ca.pem"),
            "{out}"
        );
        let is_sound = Command::new("sh")
            .args(["-n", "-c", &out])
            .status()
            .unwrap();
        assert!(is_sound.success(), "{program}: {out}");
    }
    let arguments = ["impersonate", "google", "--env", "cobol"];
    let (code, _, error) = said(&mut mock_idp(&arguments));
    assert_eq!(code, Some(2));
    assert!(error.contains("cobol"), "{error}");
}

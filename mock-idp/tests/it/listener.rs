//! An app's logout endpoint: it takes one request at a time, and answers as the test says.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// How long a request may take that is sent at once.
const PATIENCE: Duration = Duration::from_secs(10);

/// A socket of the app's.
pub(crate) struct Listener(TcpListener);

impl Listener {
    pub(crate) async fn start() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    pub(crate) fn url(&self) -> String {
        let address = self.0.local_addr().unwrap();
        format!("http://{address}/backchannel?tenant=1")
    }

    /// Waits for a request, answers it, and returns its head and its body. A request that does not
    /// come fails the test.
    pub(crate) async fn answer(&self, status: &str) -> (String, String) {
        let answered = tokio::time::timeout(PATIENCE, self.answer_in_time(status)).await;
        answered.unwrap_or_else(|_| panic!("the app was sent nothing in {PATIENCE:?}"))
    }

    async fn answer_in_time(&self, status: &str) -> (String, String) {
        let (mut stream, _) = self.0.accept().await.unwrap();
        let mut received = Vec::new();
        let (head, body) = loop {
            let mut part = [0; 4096];
            let length = stream.read(&mut part).await.unwrap();
            assert!(length > 0, "the request ends early");
            received.extend_from_slice(&part[..length]);
            if let Some(whole) = whole(&received) {
                break whole;
            }
        };
        let response = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
        stream.write_all(response.as_bytes()).await.unwrap();
        (head, body)
    }
}

/// Head and body, once both are there.
fn whole(received: &[u8]) -> Option<(String, String)> {
    let text = std::str::from_utf8(received).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let head = head.to_lowercase();
    let length = head.split("content-length: ").nth(1)?.lines().next()?;
    (body.len() == length.parse::<usize>().ok()?).then(|| (head, body.to_owned()))
}

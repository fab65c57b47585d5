//! A listener that nobody has a reason to ask.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// A listener on a port of its own that writes down who asks, and answers with nothing of use.
#[derive(Debug)]
pub struct Canary {
    address: String,
    heard: Arc<Mutex<Vec<String>>>,
    _listening: JoinSet<()>,
}

impl Canary {
    /// Listens on a free port.
    ///
    /// # Errors
    /// When there is none.
    pub async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        let heard = Arc::<Mutex<Vec<String>>>::default();
        let mut listening = JoinSet::new();
        listening.spawn(listen(listener, Arc::clone(&heard)));
        Ok(Self {
            address,
            heard,
            _listening: listening,
        })
    }

    /// A URL of it.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The first line of every request so far.
    #[must_use]
    pub fn heard(&self) -> Vec<String> {
        self.heard
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

async fn listen(listener: TcpListener, heard: Arc<Mutex<Vec<String>>>) {
    let mut answering = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        answering.spawn(answer(stream, Arc::clone(&heard)));
        while answering.try_join_next().is_some() {}
    }
}

async fn answer(mut stream: TcpStream, heard: Arc<Mutex<Vec<String>>>) {
    let mut request = [0; 4096];
    let length = stream.read(&mut request).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&request[..length]).into_owned();
    // A URL may hold what nobody should read in a report.
    let line = text.lines().next().unwrap_or_default();
    let line = line.split('?').next().unwrap_or_default().to_owned();
    heard
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(line);
    let response = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let _ = stream.write_all(response).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_canary_hears_who_asks() {
        let canary = Canary::start().await.unwrap();
        assert!(canary.heard().is_empty());
        let mut stream = TcpStream::connect(&canary.address).await.unwrap();
        stream
            .write_all(b"GET /keys?code=x HTTP/1.1\r\n\r\n")
            .await
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 404"));
        assert_eq!(canary.heard(), ["GET /keys"]);
    }
}

//! The least that a hyper server can do: the benchmark's own executable, started again, reads every
//! request to its end and sends what it was given to send.

use std::collections::HashMap;
use std::convert::Infallible;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::service::service_fn;
use hyper::{Request, Response, body::Incoming, server::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use super::http::Answer;

/// Makes this executable the bare server.
pub(crate) const FLAG: &str = "--bare-server";

/// What is sent, by path; `{}` where a path is not among them.
type Answers = HashMap<String, Response<Bytes>>;

/// Serves until the process is ended; its first line is its URL, as that of `mock-idp` is.
pub(crate) fn serve() -> io::Result<()> {
    let file = std::env::args()
        .skip_while(|argument| argument != FLAG)
        .nth(1);
    let answers = match file {
        Some(file) if !file.starts_with("--") => read(Path::new(&file))?,
        _ => Answers::new(),
    };
    let answers = Arc::new(answers);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        writeln!(io::stdout(), "http://{}", listener.local_addr()?)?;
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let answers = Arc::clone(&answers);
            let service = service_fn(move |request| answer(Arc::clone(&answers), request));
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    })
}

async fn answer(
    answers: Arc<Answers>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    // Whoever breaks off does not hear the answer.
    let _ = body.collect().await;
    let answer = answers.get(head.uri.path()).cloned();
    let answer = answer.unwrap_or_else(|| Response::new(Bytes::from_static(b"{}")));
    Ok(answer.map(Full::new))
}

/// Writes down what is to be sent, by path.
pub(crate) fn write(file: &Path, answers: &[(&str, &Answer)]) -> io::Result<()> {
    let rows: Vec<_> = answers
        .iter()
        .map(|(path, answer)| {
            let body = String::from_utf8_lossy(&answer.body);
            serde_json::json!([path, answer.status, answer.headers, body])
        })
        .collect();
    std::fs::write(file, serde_json::to_vec(&rows)?)
}

/// Path, status, headers and body.
type Written = (String, String, Vec<(String, String)>, String);

fn read(file: &Path) -> io::Result<Answers> {
    let rows: Vec<Written> = serde_json::from_slice(&std::fs::read(file)?)?;
    let answer = |(path, status, headers, body): Written| {
        let mut answer = Response::builder().status(status.as_str());
        for (name, value) in headers {
            answer = answer.header(name, value);
        }
        let answer = answer.body(Bytes::from(body)).map_err(io::Error::other)?;
        Ok((path, answer))
    };
    rows.into_iter().map(answer).collect()
}

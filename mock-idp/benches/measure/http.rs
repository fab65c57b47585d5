//! One keep-alive connection and what goes over it, with as little work as possible on this side.

use std::io::{self, BufRead as _, BufReader, ErrorKind, Read, Write as _};
use std::net::TcpStream;

/// A connection to a server on this machine.
pub(crate) struct Connection {
    address: String,
    stream: BufReader<Awake>,
}

/// A stream whose reader stays awake. Waking somebody on another processor costs a server as much as
/// a request, and more the deeper they sleep: that is not the server's work.
struct Awake(TcpStream);

impl Read for Awake {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.0.read(buffer) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => std::hint::spin_loop(),
                other => return other,
            }
        }
    }
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: String,
    pub(crate) location: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Connection {
    /// Connects to `127.0.0.1:PORT`.
    pub(crate) fn open(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        Ok(Self {
            address: address.into(),
            stream: BufReader::new(Awake(stream)),
        })
    }

    /// GET a path.
    pub(crate) fn get(&mut self, path: &str) -> io::Result<Answer> {
        self.send_get(path)?;
        self.receive()
    }

    /// POST a form to a path.
    pub(crate) fn post(&mut self, path: &str, form: &str) -> io::Result<Answer> {
        self.send_post(path, form)?;
        self.receive()
    }

    /// Sends a GET; the answer is yet to be received.
    pub(crate) fn send_get(&mut self, path: &str) -> io::Result<()> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", self.address);
        self.stream.get_mut().0.write_all(request.as_bytes())
    }

    /// Sends a POST of a form; the answer is yet to be received.
    pub(crate) fn send_post(&mut self, path: &str, form: &str) -> io::Result<()> {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n\r\n{form}",
            self.address,
            form.len()
        );
        self.stream.get_mut().0.write_all(request.as_bytes())
    }

    /// Receives the answer to what was sent.
    pub(crate) fn receive(&mut self) -> io::Result<Answer> {
        let status = self
            .line()?
            .split(' ')
            .nth(1)
            .unwrap_or_default()
            .to_owned();
        let mut answer = Answer {
            status,
            location: String::new(),
            headers: Vec::new(),
            body: Vec::new(),
        };
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(": ") else {
                break;
            };
            let name = name.to_lowercase();
            match name.as_str() {
                "location" => value.clone_into(&mut answer.location),
                "content-length" => {
                    let length = value.parse().map_err(io::Error::other)?;
                    answer.body.resize(length, 0);
                }
                _ => {}
            }
            answer.headers.push((name, value.to_owned()));
        }
        self.stream.read_exact(&mut answer.body)?;
        Ok(answer)
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        Ok(line.trim_end().to_owned())
    }
}

//! Listening where a browser looks for `localhost`: on 127.0.0.1 and, where there is one, on `[::1]`.

use std::net::{Ipv4Addr, Ipv6Addr};

use tokio::net::TcpListener;

/// How many free ports are tried before the second address is given up.
const TRIES: usize = 16;

/// The sockets behind one port of `localhost`.
#[derive(Debug)]
pub struct Listening {
    /// The port that all of them share.
    pub port: u16,
    /// One socket an address.
    pub listeners: Vec<TcpListener>,
}

/// Listens on `port` of every loopback address; `0` is any port that is free on all of them.
///
/// # Errors
/// What the operating system says when the port is taken on either address.
pub async fn listen(port: u16) -> std::io::Result<Listening> {
    let mut last = None;
    for _ in 0..if port == 0 { TRIES } else { 1 } {
        let first = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let port = first.local_addr()?.port();
        match TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await {
            Ok(second) => {
                return Ok(Listening {
                    port,
                    listeners: vec![first, second],
                });
            }
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => last = Some(error),
            Err(_no_ipv6_here) => {
                return Ok(Listening {
                    port,
                    listeners: vec![first],
                });
            }
        }
    }
    Err(last.unwrap_or_else(|| std::io::ErrorKind::AddrInUse.into()))
}

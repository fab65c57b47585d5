//! What a browser asks, seen from between it and the network: a forward proxy that lets it reach
//! this machine alone.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, LOCATION, SET_COOKIE};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use url::{Host, Origin, Url};

use crate::eventually::pause;
use crate::visitor::Hop;

/// What is asked for, [Fetch Metadata](https://www.w3.org/TR/fetch-metadata/#sec-fetch-dest-header).
const DESTINATION: &str = "sec-fetch-dest";
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// A forward proxy for one browser. Dropping it ends it.
#[derive(Debug)]
pub(super) struct Recorder {
    pub(super) address: SocketAddr,
    seen: Arc<Seen>,
    _serving: JoinSet<()>,
}

/// What the proxy saw, and how it answers.
#[derive(Debug, Default)]
struct Seen {
    begun: AtomicU64,
    answered: AtomicU64,
    records: Mutex<Records>,
    answers: Mutex<Answers>,
}

/// The requests of a step.
#[derive(Clone, Debug, Default)]
pub(super) struct Records {
    /// Those for the page itself, and where they led.
    pub(super) hops: Vec<Hop>,
    /// Every cookie that was set, and by which answer.
    pub(super) cookies: Vec<(Url, String)>,
    /// Why the last request for a page has no answer.
    pub(super) failure: Option<(Url, String)>,
}

/// How the proxy answers.
#[derive(Debug, Default)]
enum Answers {
    /// As the server does.
    #[default]
    Passed,
    /// With an empty page, whatever is asked.
    Empty,
    /// As the server does, up to the request that leads back to this origin from another: that one
    /// is kept here.
    UntilReturn {
        home: Origin,
        was_away: bool,
        held: Option<Url>,
    },
}

impl Recorder {
    pub(super) async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let seen = Arc::new(Seen::default());
        let mut serving = JoinSet::new();
        serving.spawn(accept(listener, Arc::clone(&seen)));
        Ok(Self {
            address,
            seen,
            _serving: serving,
        })
    }

    /// Forgets what was seen, for a new step.
    pub(super) fn forget(&self) {
        let mut records = self.seen.records();
        records.hops.clear();
        records.failure = None;
    }

    /// What was seen of this step; the cookies are told once.
    pub(super) fn take(&self) -> Records {
        let mut records = self.seen.records();
        let taken = records.clone();
        records.cookies.clear();
        taken
    }

    /// Whether a page was asked for in this step.
    pub(super) fn is_moved(&self) -> bool {
        let records = self.seen.records();
        !records.hops.is_empty() || records.failure.is_some()
    }

    /// Whether the last answer leads on, and the browser has not asked there yet.
    pub(super) fn is_led_on(&self) -> bool {
        let records = self.seen.records();
        let is_held = matches!(
            &*self.seen.answers(),
            Answers::UntilReturn { held: Some(_), .. }
        );
        let leads_on =
            |hop: &Hop| (300..400).contains(&hop.status) && hop.headers.contains_key(LOCATION);
        !is_held && records.failure.is_none() && records.hops.last().is_some_and(leads_on)
    }

    /// How many requests began, where none waits for its answer.
    pub(super) fn at_rest(&self) -> Option<u64> {
        let answered = self.seen.answered.load(Ordering::SeqCst);
        let begun = self.seen.begun.load(Ordering::SeqCst);
        (begun == answered).then_some(begun)
    }

    /// Answers with an empty page, whatever is asked.
    pub(super) fn answer_empty(&self) {
        *self.seen.answers() = Answers::Empty;
    }

    /// Keeps back the request that leads to `home` from elsewhere.
    pub(super) fn hold_return(&self, home: Origin) {
        *self.seen.answers() = Answers::UntilReturn {
            home,
            was_away: false,
            held: None,
        };
    }

    /// Answers as the servers do again; and what was kept back.
    pub(super) fn pass(&self) -> Option<Url> {
        match std::mem::take(&mut *self.seen.answers()) {
            Answers::UntilReturn { held, .. } => held,
            Answers::Passed | Answers::Empty => None,
        }
    }
}

impl Seen {
    fn records(&self) -> MutexGuard<'_, Records> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answers(&self) -> MutexGuard<'_, Answers> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this request is answered by the proxy itself.
    fn keeps(&self, url: &Url, is_page: bool) -> bool {
        match &mut *self.answers() {
            Answers::Passed => false,
            Answers::Empty => true,
            Answers::UntilReturn {
                home,
                was_away,
                held,
            } => {
                let is_home = url.origin() == *home;
                *was_away |= is_page && !is_home;
                let is_return = is_page && is_home && *was_away;
                if is_return && held.is_none() {
                    *held = Some(url.clone());
                }
                is_return
            }
        }
    }

    fn saw(&self, method: Method, url: Url, answer: &Result<Response<Incoming>, String>) {
        let mut records = self.records();
        match answer {
            Ok(answer) => {
                records.failure = None;
                records.hops.push(Hop {
                    method,
                    url,
                    status: answer.status().as_u16(),
                    headers: answer.headers().clone(),
                });
            }
            Err(why) => records.failure = Some((url, why.clone())),
        }
    }

    fn saw_cookies(&self, url: &Url, headers: &HeaderMap) {
        let set = headers.get_all(SET_COOKIE).iter();
        let set = set.filter_map(|set| set.to_str().ok());
        let set = set.map(|set| (url.clone(), set.to_owned()));
        self.records().cookies.extend(set);
    }
}

type Upstream = Client<HttpConnector, Incoming>;

async fn accept(listener: TcpListener, seen: Arc<Seen>) {
    let upstream: Upstream = Client::builder(TokioExecutor::new()).build(HttpConnector::new());
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // There may be room for another connection a moment later.
            pause().await;
            continue;
        };
        while connections.try_join_next().is_some() {}
        let (seen, upstream) = (Arc::clone(&seen), upstream.clone());
        connections.spawn(async move {
            let service = service_fn(|request| {
                let (seen, upstream) = (Arc::clone(&seen), upstream.clone());
                async move { Ok::<_, std::convert::Infallible>(answer(&seen, &upstream, request).await) }
            });
            let connection = http1::Builder::new()
                .preserve_header_case(true)
                .serve_connection(TokioIo::new(stream), service);
            // The browser may leave at any time.
            let _ended = connection.with_upgrades().await;
        });
    }
}

async fn answer(seen: &Seen, upstream: &Upstream, request: Request<Incoming>) -> Response<Body> {
    if request.method() == Method::CONNECT {
        return tunnel(request).await;
    }
    let url = Url::parse(&request.uri().to_string());
    let Some(url) = url.ok().filter(is_here) else {
        return refused("this browser reaches its own machine alone");
    };
    seen.begun.fetch_add(1, Ordering::SeqCst);
    let answer = passed_on(seen, upstream, request, url).await;
    seen.answered.fetch_add(1, Ordering::SeqCst);
    answer
}

async fn passed_on(
    seen: &Seen,
    upstream: &Upstream,
    request: Request<Incoming>,
    url: Url,
) -> Response<Body> {
    let is_page = is_page(request.headers());
    if seen.keeps(&url, is_page) {
        return empty_page();
    }
    let is_fetched = is_fetched(request.headers());
    let method = request.method().clone();
    let answer = upstream.request(request).await;
    let answer = answer.map_err(|error| crate::visitor::with_sources(&error));
    if let Ok(answer) = &answer {
        seen.saw_cookies(&url, answer.headers());
    }
    if is_page {
        seen.saw(method, url, &answer);
    }
    let mut answer = match answer {
        Ok(answer) => answer.map(Body::new),
        Err(why) => refused(&why),
    };
    if is_fetched {
        // Whoever has the browser next was told nothing of it.
        answer.headers_mut().insert(CACHE_CONTROL, NO_STORE);
    }
    answer
}

/// A connection that nobody looks into: what a page opens for its WebSocket.
async fn tunnel(request: Request<Incoming>) -> Response<Body> {
    let target = request.uri().to_string();
    let url = Url::parse(&format!("http://{target}"));
    if !url.as_ref().is_ok_and(is_here) {
        return refused("this browser reaches its own machine alone");
    }
    let Ok(mut server) = TcpStream::connect(&target).await else {
        return refused("nobody answers");
    };
    tokio::spawn(async move {
        if let Ok(browser) = hyper::upgrade::on(request).await {
            let mut browser = TokioIo::new(browser);
            // Either side may leave at any time.
            let _ended = tokio::io::copy_bidirectional(&mut browser, &mut server).await;
        }
    });
    Response::new(Body::empty())
}

/// Whether this machine itself is asked.
fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Whether a window goes there, and not something in its page.
fn is_page(headers: &HeaderMap) -> bool {
    let accepts_page = || header(headers, ACCEPT.as_str())?.strip_prefix("text/html");
    header(headers, DESTINATION).map_or_else(
        || accepts_page().is_some(),
        |destination| destination == "document",
    )
}

/// Whether a script asks.
fn is_fetched(headers: &HeaderMap) -> bool {
    header(headers, DESTINATION) == Some("empty")
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn empty_page() -> Response<Body> {
    let mut response = Response::new(Body::from("<!doctype html><title></title>"));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
    headers.insert(CACHE_CONTROL, NO_STORE);
    response
}

fn refused(why: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(why.to_owned()));
    *response.status_mut() = StatusCode::BAD_GATEWAY;
    response
}

#[cfg(test)]
mod tests;

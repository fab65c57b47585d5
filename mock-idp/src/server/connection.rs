//! One connection: HTTP/1.1 over a socket that a fault can cut.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, DATE};
use http::{HeaderMap, HeaderValue, Request as HttpRequest, Response, StatusCode};
use http_body_util::{BodyExt, Either, LengthLimitError, Limited};
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::body::DeliveryBody;
use super::host::{self, HostError};
use super::{Served, pause};
use crate::control;
use crate::endpoint::{self, Request};
use crate::fault::{Delivery, Ending};
use crate::tenant::Tenant;

/// No request of a login is larger, in bytes.
const LARGEST_BODY: usize = 1 << 20;

/// The body of an answer, or what goes on as long as somebody listens.
type AnyBody = Either<DeliveryBody, control::Events>;

/// What a connection goes over.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin {
    /// Ends it by a reset, after these bytes where it can.
    fn cut(self, begun: &[u8]);
}

impl Stream for TcpStream {
    fn cut(self, begun: &[u8]) {
        let _ = self.try_write(begun);
        // With nothing lingering, closing sends a reset.
        let _ = self.set_zero_linger();
    }
}

/// A head that begins and does not end cannot be sent as TLS has it.
#[cfg(feature = "tls")]
impl Stream for tokio_rustls::server::TlsStream<TcpStream> {
    fn cut(self, _: &[u8]) {
        let _ = self.get_ref().0.set_zero_linger();
    }
}

/// Serves one connection until it ends, is cut, or the provider stops. What comes to a real host of
/// the provider says which.
pub(super) async fn serve(
    stream: impl Stream,
    real_host: Option<String>,
    served: Arc<Served>,
    mut stopping: watch::Receiver<bool>,
) {
    let shared = Arc::new(Shared {
        served,
        real_host,
        is_cut: Arc::default(),
        begun: Mutex::default(),
        stopping: stopping.clone(),
    });
    let service = service_fn(|request| {
        let shared = Arc::clone(&shared);
        async move { answer(&shared, request).await }
    });
    let mut connection = http1::Builder::new()
        // Answers are small: copying one behind its head costs less than a vectored write.
        .writev(false)
        .serve_connection(TokioIo::new(stream), service);
    let mut is_stopping = false;
    loop {
        tokio::select! {
            biased;
            _ = &mut connection => break,
            _ = stopping.wait_for(|stopped| *stopped), if !is_stopping => {
                is_stopping = true;
                std::pin::Pin::new(&mut connection).graceful_shutdown();
            }
        }
    }
    if !shared.is_cut.load(Ordering::Relaxed) {
        return;
    }
    let stream = connection.into_parts().io.into_inner();
    let begun = std::mem::take(&mut *shared.begun.lock().unwrap_or_else(PoisonError::into_inner));
    stream.cut(&begun);
}

/// What a connection and the requests on it have in common.
struct Shared {
    served: Arc<Served>,
    real_host: Option<String>,
    /// Whether a fault cuts it.
    is_cut: Arc<AtomicBool>,
    /// What is sent of the answer before the cut.
    begun: Mutex<Vec<u8>>,
    stopping: watch::Receiver<bool>,
}

/// No answer: a fault cuts the connection.
#[derive(Debug, thiserror::Error)]
#[error("a fault cuts the connection")]
struct Cut;

async fn answer(shared: &Shared, request: HttpRequest<Incoming>) -> Result<Response<AnyBody>, Cut> {
    let served = &shared.served;
    let path = request.uri().path();
    let is_real = shared.real_host.is_some();
    // A real host has neither tenants nor the control API.
    let (mut tenant, path) = if is_real {
        (served.tenants.default_tenant().clone(), path.into())
    } else {
        served.tenants.at(path)
    };
    let path = path.into_owned();
    if served.is_issuer_from_host && !is_real {
        match host::root(served.scheme, request.headers()) {
            Ok(root) => tenant = tenant.seen_at(&root),
            Err(error) => return Ok(response(&tenant, unnamed(&error), &shared.is_cut)),
        }
    }
    if let Some(verb) = control::below(&path).filter(|_| !is_real) {
        // On the heap: it is rare, and every connection would keep room for it.
        return Ok(Box::pin(controlled(shared, &tenant, verb, request)).await);
    }
    let delivery = respond(&tenant, path, shared.real_host.clone(), request).await;
    if let Some(delay) = delivery.delay {
        pause(delay).await;
    }
    if delivery.ending == Ending::Silence {
        let _ = shared.stopping.clone().wait_for(|stopped| *stopped).await;
    }
    if delivery.ending == Ending::ResetInHeaders {
        let mut begun = shared.begun.lock().unwrap_or_else(PoisonError::into_inner);
        *begun = half_a_head(&delivery);
    }
    if !delivery.ending.is_answer() {
        shared.is_cut.store(true, Ordering::Relaxed);
        return Err(Cut);
    }
    Ok(response(&tenant, delivery, &shared.is_cut))
}

/// Says that a request does not tell what the provider is called.
fn unnamed(error: &HostError) -> Delivery {
    tracing::info!(%error, "refused");
    let mut headers = HeaderMap::new();
    let text = HeaderValue::from_static("text/plain; charset=utf-8");
    headers.insert(CONTENT_TYPE, text);
    Delivery {
        status: StatusCode::BAD_REQUEST,
        headers,
        body: format!("mock-idp: {error}\n").into(),
        delay: None,
        ending: Ending::Whole,
        client: None,
        persona: None,
    }
}

/// Does what the control API was asked for.
async fn controlled(
    shared: &Shared,
    tenant: &Tenant,
    verb: &str,
    request: HttpRequest<Incoming>,
) -> Response<AnyBody> {
    let provider = control::Provider {
        tenants: shared.served.tenants.clone(),
        tenant: tenant.clone(),
        is_root: tenant.is(shared.served.tenants.default_tenant()),
    };
    let control = &shared.served.control;
    let delivery = match control::asks_for_events(control, &provider, verb, &request) {
        Some(Ok(())) => return events(tenant, shared),
        Some(Err(refusal)) => refusal,
        None => control::respond(control, &provider, verb, request).await,
    };
    response(tenant, delivery, &shared.is_cut)
}

/// Tells of what happens, as it happens.
fn events(tenant: &Tenant, shared: &Shared) -> Response<AnyBody> {
    let events = control::Events::of(tenant.clone(), shared.stopping.clone());
    let mut response = Response::new(Either::Right(events));
    let headers = response.headers_mut();
    let event_stream = HeaderValue::from_static("text/event-stream");
    headers.insert(CONTENT_TYPE, event_stream);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Has a tenant answer what arrived at this path of it.
async fn respond(
    tenant: &Tenant,
    path: String,
    real_host: Option<String>,
    request: HttpRequest<Incoming>,
) -> Delivery {
    let (head, body) = request.into_parts();
    let parse = |body| Request {
        real_host,
        ..Request::at(path, head.method, &head.uri, head.headers, body)
    };
    if body.is_end_stream() {
        return endpoint::respond(tenant, parse(Bytes::new()));
    }
    match Limited::new(body, LARGEST_BODY).collect().await {
        Ok(body) => endpoint::respond(tenant, parse(body.to_bytes())),
        Err(error) if error.is::<LengthLimitError>() => {
            endpoint::too_large(tenant, parse(Bytes::new()), LARGEST_BODY)
        }
        // The client went away in the middle of it, and does not hear the answer.
        Err(_) => endpoint::respond(tenant, parse(Bytes::new())),
    }
}

/// The status line and the first half of a header.
fn half_a_head(delivery: &Delivery) -> Vec<u8> {
    format!("HTTP/1.1 {}\r\ncontent-ty", delivery.status).into_bytes()
}

fn response(tenant: &Tenant, delivery: Delivery, is_cut: &Arc<AtomicBool>) -> Response<AnyBody> {
    let body = DeliveryBody::new(delivery.body, delivery.ending, is_cut);
    let mut response = Response::new(Either::Left(body));
    *response.status_mut() = delivery.status;
    *response.headers_mut() = delivery.headers;
    if let Some(date) = tenant.clock().own_date() {
        response.headers_mut().entry(DATE).or_insert(date);
    }
    response
}

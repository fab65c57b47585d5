use axum::Router;
use axum::response::{AppendHeaders, IntoResponse as _, Redirect};
use axum::routing::get;
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Bytes;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;

/// An app with a page that sets a cookie, and one that leads on.
async fn app() -> (String, JoinSet<()>) {
    let page = || async {
        let headers = AppendHeaders([
            ("set-cookie", "a=1"),
            ("set-cookie", "b=2"),
            ("cache-control", "max-age=60"),
        ]);
        (headers, "page").into_response()
    };
    let router = Router::new()
        .route("/", get(page))
        .route("/on", get(async || Redirect::to("/")));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let app = format!("http://{}", listener.local_addr().unwrap());
    let mut serving = JoinSet::new();
    serving.spawn(async move { axum::serve(listener, router).await.unwrap() });
    (app, serving)
}

/// Asks for a page by way of the proxy, as a browser does.
async fn ask(recorder: &Recorder, url: &str) -> (StatusCode, String) {
    let answer = ask_for(recorder, url, "document").await;
    let status = answer.status();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

async fn ask_for(recorder: &Recorder, url: &str, destination: &str) -> Response<Incoming> {
    let stream = TcpStream::connect(recorder.address).await.unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .unwrap();
    tokio::spawn(connection);
    let request = Request::get(url)
        .header("host", Url::parse(url).unwrap().authority())
        .header("sec-fetch-dest", destination)
        .body(Empty::<Bytes>::new());
    sender.send_request(request.unwrap()).await.unwrap()
}

#[tokio::test]
async fn a_step_is_recorded_with_its_cookies() {
    let (app, _serving) = app().await;
    let recorder = Recorder::start().await.unwrap();
    assert_eq!(ask(&recorder, &format!("{app}/on")).await.0, 303);
    assert!(recorder.is_led_on());
    assert_eq!(ask(&recorder, &format!("{app}/")).await.1, "page");
    assert!(!recorder.is_led_on());
    assert_eq!(recorder.at_rest(), Some(2));
    let records = recorder.take();
    let hops: Vec<_> = records
        .hops
        .iter()
        .map(|hop| (hop.url.path(), hop.status))
        .collect();
    assert_eq!(hops, [("/on", 303), ("/", 200)]);
    let cookies: Vec<_> = records
        .cookies
        .iter()
        .map(|(_, cookie)| cookie.as_str())
        .collect();
    assert_eq!(cookies, ["a=1", "b=2"]);
    assert!(recorder.take().cookies.is_empty(), "cookies are told once");
    recorder.forget();
    assert!(!recorder.is_moved());
}

#[tokio::test]
async fn the_way_back_is_kept_and_nothing_else() {
    let ((app, _serving), (other, _other)) = (app().await, app().await);
    let recorder = Recorder::start().await.unwrap();
    recorder.hold_return(Url::parse(&app).unwrap().origin());
    assert_eq!(ask(&recorder, &format!("{app}/")).await.1, "page");
    assert_eq!(ask(&recorder, &format!("{other}/")).await.1, "page");
    assert_ne!(ask(&recorder, &format!("{app}/?code=1")).await.1, "page");
    let held = recorder.pass().map(|url| url.to_string());
    assert_eq!(held, Some(format!("{app}/?code=1")));
    assert_eq!(
        recorder.take().hops.len(),
        2,
        "what is kept back is not asked"
    );
    assert_eq!(ask(&recorder, &format!("{app}/?code=1")).await.1, "page");
    recorder.answer_empty();
    assert_ne!(ask(&recorder, &format!("{app}/")).await.1, "page");
}

#[tokio::test]
async fn what_scripts_fetch_is_not_kept() {
    let (app, _serving) = app().await;
    let recorder = Recorder::start().await.unwrap();
    for (destination, cached) in [("empty", "no-store"), ("document", "max-age=60")] {
        let answer = ask_for(&recorder, &app, destination).await;
        assert_eq!(answer.headers()[CACHE_CONTROL], cached, "{destination}");
    }
    let hop = &recorder.take().hops[0];
    assert_eq!(
        hop.headers[CACHE_CONTROL], "max-age=60",
        "as the app said it"
    );
}

#[tokio::test]
async fn nothing_but_this_machine_is_reached() {
    let recorder = Recorder::start().await.unwrap();
    let (status, words) = ask(&recorder, "http://example.com/").await;
    assert_eq!(status, StatusCode::BAD_GATEWAY);
    assert_eq!(words, "this browser reaches its own machine alone");
    let mut stream = TcpStream::connect(recorder.address).await.unwrap();
    let connect = b"CONNECT example.com:443 HTTP/1.1\r\nhost: example.com:443\r\n\r\n";
    stream.write_all(connect).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 502");
    assert!(!recorder.is_moved());
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_said() {
    let recorder = Recorder::start().await.unwrap();
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", gone.local_addr().unwrap());
    drop(gone);
    assert_eq!(ask(&recorder, &url).await.0, StatusCode::BAD_GATEWAY);
    let (failed, why) = recorder.take().failure.unwrap();
    assert_eq!(failed.as_str(), url);
    assert!(why.contains("refused"), "{why}");
}

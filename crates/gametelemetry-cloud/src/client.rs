//! HTTP below `object_store`: one client for every cloud, with a limit on sending, and a note of what the server said.
//!
//! Four things are wanted that the library's own client does not give: bytes leave no faster than the user allows, and it is
//! known whether they move; the hash that a server tells of an object reaches the uploader; a refusal is known by its status
//! and by when to come again, not by a sentence.

use std::cell::RefCell;
use std::num::NonZeroU64;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use base64::Engine as _;
use bytes::Bytes;
use gametelemetry::Timestamp;
use gametelemetry::clock::{self, Clock};
use http::HeaderMap;
use http::header::RETRY_AFTER;
use http_body_util::BodyExt as _;
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpResponseBody,
    HttpService,
};

use crate::progress::Moving;

/// Bytes that leave at once when sending is limited.
const CHUNK: usize = 16 << 10;
/// Bytes that are handed over at once when it is not: few enough to see how far a slow line is.
const FREE_CHUNK: usize = 64 << 10;
/// As much of a refusal is kept.
const MAX_SAID: usize = 4 << 10;

/// MD5 of an object, as the server worked it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ServerMd5(pub(crate) [u8; 16]);

/// What went wrong with the last request of a task.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// The server answered, with another status than success.
    Answer { status: u16, body: String, retry_after: Option<Duration> },
    /// There was no whole answer; which server did not give it is in what is said.
    NoAnswer { said: String, is_certificate: bool },
    /// Nobody gave us credentials: no file, no variable, and the machine is none of the cloud's own.
    NoCredentials,
}

/// What a task and the requests that it makes tell each other.
struct Asking {
    /// What went wrong last.
    last: RefCell<Option<Failure>>,
    moving: Arc<Moving>,
}

tokio::task_local! {
    static ASKING: Asking;
}

/// Runs `future`, whose requests tell `moving` of what moves, and gives what the last that failed met.
pub(crate) async fn noting_failure<T>(
    moving: Arc<Moving>,
    future: impl Future<Output = T>,
) -> (T, Option<Failure>) {
    ASKING
        .scope(Asking { last: RefCell::new(None), moving }, async {
            let result = future.await;
            (result, ASKING.with(|asking| asking.last.take()))
        })
        .await
}

fn note(failure: Failure) {
    // Outside of a scope nobody asks.
    let _ = ASKING.try_with(|asking| asking.last.replace(Some(failure)));
}

fn moving() -> Option<Arc<Moving>> {
    ASKING.try_with(|asking| Arc::clone(&asking.moving)).ok()
}

/// Makes the client of a bucket.
#[derive(Debug)]
pub(crate) struct Connector {
    pub(crate) connect_timeout: Duration,
    pub(crate) allow_http: bool,
    pub(crate) throttle: Option<Arc<Throttle>>,
}

impl Connector {
    /// A client for requests.
    pub(crate) fn client(&self) -> Result<HttpClient, reqwest::Error> {
        // Whoever else uses this process may have chosen a provider before; theirs is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .user_agent(concat!("gametelemetry/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(self.connect_timeout)
            .https_only(!self.allow_http)
            .http1_only()
            // Signed requests are for one server; a redirect is told as what it is.
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(HttpClient::new(Client { client, throttle: self.throttle.clone() }))
    }
}

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        self.client()
            .map_err(|error| object_store::Error::Generic { store: "HTTP client", source: Box::new(error) })
    }
}

#[derive(Debug)]
struct Client {
    client: reqwest::Client,
    throttle: Option<Arc<Throttle>>,
}

#[async_trait]
impl HttpService for Client {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        // What a cloud's own machines ask for credentials; `object_store` does when it has no others.
        let is_sign_in = matches!(request.uri().host(), Some("169.254.169.254" | "metadata.google.internal"));
        let moving = moving();
        let request = self.translated(request, moving.clone()).await?;
        let server = server_of(request.url());
        let answer = match self.client.execute(request).await {
            Ok(response) => answered(response, server, moving).await,
            Err(error) => Err(broken(error, &server)),
        };
        if is_sign_in && !answer.as_ref().is_ok_and(|answer| answer.status().is_success()) {
            note(Failure::NoCredentials);
        }
        answer
    }
}

impl Client {
    /// The request as `reqwest` has it, with a body that leaves as fast as it may.
    async fn translated(
        &self,
        request: HttpRequest,
        moving: Option<Arc<Moving>>,
    ) -> Result<reqwest::Request, HttpError> {
        let (parts, body) = request.into_parts();
        let url = parts
            .uri
            .to_string()
            .parse()
            .map_err(|error: url::ParseError| HttpError::new(HttpErrorKind::Unknown, error))?;
        let mut translated = reqwest::Request::new(parts.method, url);
        *translated.headers_mut() = parts.headers;
        let bytes = body.collect().await?.to_bytes();
        let body = if bytes.len() > CHUNK {
            let headers = translated.headers_mut();
            headers.entry(http::header::CONTENT_LENGTH).or_insert(bytes.len().into());
            in_chunks(bytes, self.throttle.clone(), moving)
        } else {
            reqwest::Body::from(bytes)
        };
        *translated.body_mut() = Some(body);
        Ok(translated)
    }
}

/// A body that is handed over piece by piece, as there is room for it and the limit allows; `moving` is told.
fn in_chunks(bytes: Bytes, throttle: Option<Arc<Throttle>>, moving: Option<Arc<Moving>>) -> reqwest::Body {
    let size = if throttle.is_some() { CHUNK } else { FREE_CHUNK };
    let state = (bytes, throttle, moving);
    let chunks = futures_util::stream::unfold(state, move |(mut bytes, throttle, moving)| async move {
        if bytes.is_empty() {
            return None;
        }
        let chunk = bytes.split_to(size.min(bytes.len()));
        if let Some(throttle) = &throttle {
            moving.iter().for_each(|moving| moving.hold());
            tokio::time::sleep(throttle.reserve(chunk.len())).await;
        }
        moving.iter().for_each(|moving| moving.hand_over(chunk.len() as u64));
        Some((Ok::<_, std::convert::Infallible>(chunk), (bytes, throttle, moving)))
    });
    reqwest::Body::wrap_stream(chunks)
}

/// Host and port of an address, which is all of it that is shown.
fn server_of(url: &url::Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// The answer as `object_store` has it, with what the server says of the object's hash.
async fn answered(
    response: reqwest::Response,
    server: String,
    moving: Option<Arc<Moving>>,
) -> Result<HttpResponse, HttpError> {
    moving.iter().for_each(|moving| moving.hear());
    let response: http::Response<reqwest::Body> = response.into();
    let (mut parts, body) = response.into_parts();
    if let Some(md5) = md5_of(&parts.headers) {
        parts.extensions.insert(ServerMd5(md5));
    }
    let body = body.map_frame(move |frame| {
        moving.iter().for_each(|moving| moving.hear());
        frame
    });
    let body = body.map_err(move |error| broken(error, &server));
    if parts.status.is_success() {
        return Ok(HttpResponse::from_parts(parts, HttpResponseBody::new(body)));
    }
    // A refusal is small, and is read here to be known by its code.
    let body = body.collect().await?.to_bytes();
    let said = String::from_utf8_lossy(body.get(..MAX_SAID.min(body.len())).unwrap_or_default()).into_owned();
    let retry_after = retry_after(&parts.headers, Clock::system().now());
    note(Failure::Answer { status: parts.status.as_u16(), body: said, retry_after });
    Ok(HttpResponse::from_parts(parts, HttpResponseBody::from(body)))
}

/// How long the server asks to be left alone, in seconds or until a time.
pub(crate) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = jiff::fmt::rfc2822::parse(text).ok()?.timestamp().as_nanosecond();
    Timestamp::from_unix_nanoseconds(until).duration_since(now)
}

/// What `error` of a request to `server` is for `object_store`; noted for us.
fn broken(error: reqwest::Error, server: &str) -> HttpError {
    let error = error.without_url();
    let said = innermost(&error);
    let is_certificate = said.contains("certificate") || said.contains("CertificateError");
    note(Failure::NoAnswer { said: format!("{server}: {said}"), is_certificate });
    let kind = if error.is_timeout() {
        HttpErrorKind::Timeout
    } else if error.is_connect() {
        HttpErrorKind::Connect
    } else {
        HttpErrorKind::Interrupted
    };
    HttpError::new(kind, error)
}

/// The cause of all: the outer ones say only that something failed.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

/// MD5 of the object that an answer is about, where the headers tell it: Azure as Content-MD5, Google as x-goog-hash.
fn md5_of(headers: &HeaderMap) -> Option<[u8; 16]> {
    let text = |name: &str| headers.get(name)?.to_str().ok();
    let decoded =
        |text: &str| base64::engine::general_purpose::STANDARD.decode(text.trim()).ok()?.try_into().ok();
    if let Some(md5) = text("content-md5").and_then(decoded) {
        return Some(md5);
    }
    let google = headers.get_all("x-goog-hash").iter().filter_map(|value| value.to_str().ok());
    let google = google.flat_map(|value| value.split(',')).find_map(|part| part.trim().strip_prefix("md5="));
    google.and_then(decoded)
}

/// The 16 bytes that 32 hexadecimal digits say.
pub(crate) fn from_hex(text: &str) -> Option<[u8; 16]> {
    let is_hex = text.len() == 32 && text.chars().all(|c| c.is_ascii_hexdigit());
    is_hex.then(|| u128::from_str_radix(text, 16).ok().map(u128::to_be_bytes)).flatten()
}

/// Spreads what is sent over time, for all requests of a bucket together.
#[derive(Debug)]
pub(crate) struct Throttle {
    bytes_per_second: NonZeroU64,
    /// When the line is free again.
    free_at: Mutex<Option<Instant>>,
}

impl Throttle {
    pub(crate) fn new(bytes_per_second: NonZeroU64) -> Self {
        Self { bytes_per_second, free_at: Mutex::new(None) }
    }

    /// Takes the line for `bytes`; how long to wait before they may leave.
    fn reserve(&self, bytes: usize) -> Duration {
        let now = clock::monotonic();
        let mut free_at = self.free_at.lock().unwrap_or_else(PoisonError::into_inner);
        let start = free_at.unwrap_or(now).max(now);
        let micros = (bytes as u64).saturating_mul(1_000_000) / self.bytes_per_second;
        *free_at = Some(start + Duration::from_micros(micros));
        start.saturating_duration_since(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_found_where_each_cloud_tells_it() {
        let md5 = from_hex("5eb63bbbe01eeed093cb22bb8f5acdc3").unwrap();
        let check = |headers: &[(&'static str, &'static str)], expected| {
            let mut map = HeaderMap::new();
            for (name, value) in headers {
                map.append(*name, value.parse().unwrap());
            }
            assert_eq!(md5_of(&map), expected, "{headers:?}");
        };
        check(&[("content-md5", "XrY7u+Ae7tCTyyK7j1rNww==")], Some(md5));
        check(&[("x-goog-hash", "crc32c=yZRlqg==,md5=XrY7u+Ae7tCTyyK7j1rNww==")], Some(md5));
        check(&[("etag", "\"5eb63bbbe01eeed093cb22bb8f5acdc3\"")], None);
    }

    /// Takes one request, has `asked` look when all of it is there, answers with half of a body, and with the rest when told to.
    fn serve(asked: impl FnOnce() + Send + 'static) -> (String, std::sync::mpsc::Sender<()>) {
        use std::io::{Read as _, Write as _};
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/a", listener.local_addr().unwrap());
        let (go_on, wait) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut got = vec![0; 1 << 20];
            let (mut head, mut body) = (Vec::new(), 0);
            while body < SENT {
                let read = stream.read(&mut got).unwrap();
                if body == 0 {
                    head.extend_from_slice(&got[..read]);
                    let end = head.windows(4).position(|it| it == b"\r\n\r\n");
                    body = end.map_or(0, |end| head.len() - end - 4);
                } else {
                    body += read;
                }
            }
            asked();
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nabc").unwrap();
            wait.recv().unwrap();
            stream.write_all(b"def").unwrap();
        });
        (address, go_on)
    }

    /// Bytes of the body that the tests send.
    const SENT: usize = 1 << 20;

    #[test]
    fn what_moves_is_told_as_it_is_sent_and_as_the_answer_comes() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        for limit in [None, NonZeroU64::new(1 << 40)] {
            let moving = crate::progress::Line::new(Duration::from_secs(60)).begin();
            let seen = Arc::clone(&moving);
            let (address, go_on) = serve(move || assert_eq!(seen.waiting(), SENT as u64));
            let throttle = limit.map(|limit| Arc::new(Throttle::new(limit)));
            let connector =
                Connector { connect_timeout: Duration::from_secs(60), allow_http: true, throttle };
            let client = connector.client().unwrap();
            let request = http::Request::put(address).body(Bytes::from(vec![7; SENT]).into()).unwrap();
            let told = Arc::clone(&moving);
            let (answer, _) = runtime.block_on(noting_failure(Arc::clone(&moving), async move {
                let answer = client.execute(request).await.unwrap();
                assert_eq!(told.waiting(), 0);
                let mut body = answer.into_body();
                told.expect(3);
                let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
                assert_eq!((first.as_ref(), told.waiting()), (&b"abc"[..], 0));
                go_on.send(()).unwrap();
                body.collect().await.unwrap().to_bytes()
            }));
            assert_eq!(answer, "def");
        }
    }

    #[test]
    fn a_server_says_when_to_come_again_in_seconds_or_by_the_clock() {
        let now = "2026-11-23T12:00:00Z".parse().unwrap();
        let check = |text: &str, expected: Option<u64>| {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, text.parse().unwrap())]);
            assert_eq!(retry_after(&headers, now), expected.map(Duration::from_secs), "{text}");
        };
        check("7", Some(7));
        check(" 120 ", Some(120));
        check("Mon, 23 Nov 2026 12:01:30 GMT", Some(90));
        check("Mon, 23 Nov 2026 11:59:30 GMT", None);
        check("Fri, 01 Jan 1960 00:00:00 GMT", None);
        check("-1", None);
        check("soon", None);
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }

    #[test]
    fn a_limit_spreads_what_is_sent() {
        let throttle = Throttle::new(NonZeroU64::new(100_000).unwrap());
        assert_eq!(throttle.reserve(50_000), Duration::ZERO);
        // The clock runs on between the calls; the second waits for what is left of half a second.
        let wait = throttle.reserve(50_000);
        assert!(wait <= Duration::from_millis(500) && wait > Duration::ZERO);
        let wait = throttle.reserve(1);
        assert!(
            wait <= Duration::from_millis(1000)
                && wait > Duration::from_millis(500) - Duration::from_millis(100)
        );
    }
}

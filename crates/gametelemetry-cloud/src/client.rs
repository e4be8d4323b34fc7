//! HTTP below `object_store`: one client for every cloud, with a limit on sending, and a note of what the server said.
//!
//! Three things are wanted that the library's own client does not give: bytes leave no faster than the user allows, the hash that a server
//! tells of an object reaches the uploader, and a refusal is known by its status, not by a sentence.

use std::cell::RefCell;
use std::num::NonZeroU64;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use base64::Engine as _;
use bytes::Bytes;
use gametelemetry::clock;
use http::HeaderMap;
use http_body_util::BodyExt as _;
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpResponseBody,
    HttpService,
};

/// Bytes that leave at once when sending is limited.
const CHUNK: usize = 16 << 10;
/// As much of a refusal is kept.
const MAX_SAID: usize = 4 << 10;

/// MD5 of an object, as the server worked it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ServerMd5(pub(crate) [u8; 16]);

/// What went wrong with the last request of a task.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// The server answered, with another status than success.
    Answer { status: u16, body: String },
    /// There was no whole answer.
    NoAnswer { said: String, is_certificate: bool },
    /// Nobody gave us credentials: no file, no variable, and the machine is none of the cloud's own.
    NoCredentials,
}

tokio::task_local! {
    /// Where requests of this task note what went wrong.
    static LAST: RefCell<Option<Failure>>;
}

/// Runs `future`, and gives what its last failed request met.
pub(crate) async fn noting_failure<T>(future: impl Future<Output = T>) -> (T, Option<Failure>) {
    LAST.scope(RefCell::new(None), async {
        let result = future.await;
        (result, LAST.with(RefCell::take))
    })
    .await
}

fn note(failure: Failure) {
    // Outside of a scope nobody asks.
    let _ = LAST.try_with(|last| last.replace(Some(failure)));
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
        let request = self.translated(request).await?;
        let answer = match self.client.execute(request).await {
            Ok(response) => answered(response).await,
            Err(error) => Err(broken(error)),
        };
        if is_sign_in && !answer.as_ref().is_ok_and(|answer| answer.status().is_success()) {
            note(Failure::NoCredentials);
        }
        answer
    }
}

impl Client {
    /// The request as `reqwest` has it, with a body that leaves as fast as it may.
    async fn translated(&self, request: HttpRequest) -> Result<reqwest::Request, HttpError> {
        let (parts, body) = request.into_parts();
        let url = parts
            .uri
            .to_string()
            .parse()
            .map_err(|error: url::ParseError| HttpError::new(HttpErrorKind::Unknown, error))?;
        let mut translated = reqwest::Request::new(parts.method, url);
        *translated.headers_mut() = parts.headers;
        let bytes = body.collect().await?.to_bytes();
        let body = match &self.throttle {
            Some(throttle) if bytes.len() > CHUNK => {
                let headers = translated.headers_mut();
                headers.entry(http::header::CONTENT_LENGTH).or_insert(bytes.len().into());
                throttled(bytes, Arc::clone(throttle))
            }
            _ => reqwest::Body::from(bytes),
        };
        *translated.body_mut() = Some(body);
        Ok(translated)
    }
}

fn throttled(bytes: Bytes, throttle: Arc<Throttle>) -> reqwest::Body {
    let chunks = futures_util::stream::unfold((bytes, throttle), |(mut bytes, throttle)| async move {
        if bytes.is_empty() {
            return None;
        }
        let chunk = bytes.split_to(CHUNK.min(bytes.len()));
        tokio::time::sleep(throttle.reserve(chunk.len())).await;
        Some((Ok::<_, std::convert::Infallible>(chunk), (bytes, throttle)))
    });
    reqwest::Body::wrap_stream(chunks)
}

/// The answer as `object_store` has it, with what the server says of the object's hash.
async fn answered(response: reqwest::Response) -> Result<HttpResponse, HttpError> {
    let response: http::Response<reqwest::Body> = response.into();
    let (mut parts, body) = response.into_parts();
    if let Some(md5) = md5_of(&parts.headers) {
        parts.extensions.insert(ServerMd5(md5));
    }
    if parts.status.is_success() {
        let body = HttpResponseBody::new(body.map_err(broken));
        return Ok(HttpResponse::from_parts(parts, body));
    }
    // A refusal is small, and is read here to be known by its code.
    let body = body.collect().await.map_err(broken)?.to_bytes();
    let said = String::from_utf8_lossy(body.get(..MAX_SAID.min(body.len())).unwrap_or_default()).into_owned();
    note(Failure::Answer { status: parts.status.as_u16(), body: said });
    Ok(HttpResponse::from_parts(parts, HttpResponseBody::from(body)))
}

/// What `error` is for `object_store`; noted for us.
fn broken(error: reqwest::Error) -> HttpError {
    let error = error.without_url();
    let said = innermost(&error);
    let is_certificate = said.contains("certificate") || said.contains("CertificateError");
    note(Failure::NoAnswer { said, is_certificate });
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

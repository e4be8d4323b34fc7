//! Google Cloud Storage by its JSON interface.
//!
//! `object_store` signs in, but speaks the XML interface, which tells no hash of an object before it is read, and which
//! the emulator of the tests does not have. Source of the requests: Google's reference of the Cloud Storage JSON API, v1.

use std::ops::Range;

use base64::Engine as _;
use bytes::Bytes;
use gametelemetry::Timestamp;
use gametelemetry::clock::Clock;
use http::{HeaderValue, Method};
use http_body_util::BodyExt as _;
use object_store::client::{HttpClient, HttpRequest, HttpRequestBody};
use object_store::gcp::{GcpCredentialProvider, GoogleCloudStorageBuilder};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use crate::bucket::{BucketOptions, Folder, Listed, Receipt, RequestError, Stat, url_error};
use crate::client::{Connector, retry_after};
use crate::endpoint::checked_server;
use crate::stores::{anything, once, variable};
use crate::{CloudError, CloudUrl};

/// What stands for itself in an address.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A bucket of Google's.
pub(crate) struct Google {
    client: HttpClient,
    /// `None` for an emulator, which asks for none.
    credentials: Option<GcpCredentialProvider>,
    server: String,
    url: CloudUrl,
}

/// An object, as the server describes it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Described {
    name: String,
    size: String,
    #[serde(default)]
    md5_hash: Option<String>,
    updated: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    items: Vec<Described>,
    #[serde(default)]
    prefixes: Vec<String>,
    #[serde(default)]
    next_page_token: Option<String>,
}

impl Google {
    pub(crate) fn new(
        url: &CloudUrl,
        options: &BucketOptions,
        connector: &Connector,
    ) -> Result<Self, CloudError> {
        let client = connector.client().map_err(|error| url_error(url, &error.to_string()))?;
        let emulator = variable("STORAGE_EMULATOR_HOST");
        if let Some(host) = &emulator {
            let server = if host.contains("://") { host.clone() } else { format!("http://{host}") };
            let server = checked_server(&server, options.allow_http)?;
            return Ok(Self { client, credentials: None, server, url: url.clone() });
        }
        let signing_in = Connector {
            connect_timeout: connector.connect_timeout,
            allow_http: connector.allow_http,
            throttle: None,
        };
        let store = GoogleCloudStorageBuilder::from_env()
            .with_bucket_name(&url.container)
            .with_retry(once())
            .with_client_options(anything())
            .with_http_connector(signing_in)
            .build()
            .map_err(|error| url_error(url, &error.to_string()))?;
        let server =
            variable("GOOGLE_BASE_URL").unwrap_or_else(|| "https://storage.googleapis.com".to_owned());
        let server = checked_server(&server, options.allow_http)?;
        let credentials = Some(store.credentials().clone());
        Ok(Self { client, credentials, server, url: url.clone() })
    }

    pub(crate) async fn put(
        &self,
        key: &str,
        bytes: Bytes,
        must_be_new: bool,
    ) -> Result<Receipt, RequestError> {
        let condition = if must_be_new { "&ifGenerationMatch=0" } else { "" };
        let name = encoded(&self.full(key));
        let path = format!(
            "/upload/storage/v1/b/{}/o?uploadType=media&name={name}{condition}",
            encoded(&self.url.container)
        );
        let body = self.ask(Method::POST, &path, key, Some(bytes), None).await?;
        let described: Described = self.parsed(&body)?;
        Ok(Receipt { md5: described.md5() })
    }

    pub(crate) async fn get(&self, key: &str, range: Option<Range<u64>>) -> Result<Bytes, RequestError> {
        let path = format!("/download{}?alt=media", self.object(key));
        self.ask(Method::GET, &path, key, None, range).await
    }

    pub(crate) async fn stat(&self, key: &str) -> Result<Stat, RequestError> {
        let body = self.ask(Method::GET, &self.object(key), key, None, None).await?;
        let described: Described = self.parsed(&body)?;
        Ok(Stat { bytes: self.size(&described)?, md5: described.md5(), modified: described.modified() })
    }

    pub(crate) async fn delete(&self, key: &str) -> Result<(), RequestError> {
        self.ask(Method::DELETE, &self.object(key), key, None, None).await.map(drop)
    }

    /// What is below `folder`; only what is directly in it if `is_flat`.
    pub(crate) async fn list(&self, folder: &str, is_flat: bool) -> Result<Folder, RequestError> {
        let full = self.full(folder);
        let prefix = if full.is_empty() { full } else { format!("{full}/") };
        let delimiter = if is_flat { "&delimiter=%2F" } else { "" };
        let mut found = Folder::default();
        let mut token: Option<String> = None;
        loop {
            let page =
                token.as_deref().map_or_else(String::new, |token| format!("&pageToken={}", encoded(token)));
            let path = format!(
                "/storage/v1/b/{}/o?prefix={}{delimiter}{page}",
                encoded(&self.url.container),
                encoded(&prefix)
            );
            let body = self.ask(Method::GET, &path, folder, None, None).await?;
            let page: Page = self.parsed(&body)?;
            for described in &page.items {
                if let Some(key) = self.key(&described.name) {
                    let bytes = self.size(described)?;
                    found.objects.push(Listed { key, bytes, modified: described.modified() });
                }
            }
            found
                .folders
                .extend(page.prefixes.iter().filter_map(|name| self.key(name.trim_end_matches('/'))));
            token = page.next_page_token.filter(|token| !token.is_empty());
            if token.is_none() {
                return Ok(found);
            }
        }
    }

    /// Sends one request; the body of its answer.
    async fn ask(
        &self,
        method: Method,
        path: &str,
        key: &str,
        body: Option<Bytes>,
        range: Option<Range<u64>>,
    ) -> Result<Bytes, RequestError> {
        let mut request = http::Request::builder().method(method).uri(format!("{}{path}", self.server));
        if let Some(credentials) = &self.credentials {
            let bearer = credentials.get_credential().await?;
            let value = HeaderValue::try_from(format!("Bearer {}", bearer.bearer));
            let mut value = value.map_err(|_| url_error(&self.url, "the token cannot be sent"))?;
            value.set_sensitive(true);
            request = request.header(http::header::AUTHORIZATION, value);
        }
        if let Some(body) = &body {
            request = request
                .header(http::header::CONTENT_TYPE, "application/octet-stream")
                .header(http::header::CONTENT_LENGTH, body.len());
        }
        if let Some(range) = &range {
            let last = range.end.saturating_sub(1);
            request = request.header(http::header::RANGE, format!("bytes={}-{last}", range.start));
        }
        let body = body.map_or_else(HttpRequestBody::empty, HttpRequestBody::from);
        let request: HttpRequest =
            request.body(body).map_err(|error| url_error(&self.url, &error.to_string()))?;
        let broken = |error: object_store::client::HttpError| object_store::Error::Generic {
            store: "Google",
            source: Box::new(error),
        };
        let (parts, body) = self.client.execute(request).await.map_err(broken)?.into_parts();
        let body = body.collect().await.map_err(broken)?.to_bytes();
        if parts.status.is_success() {
            return Ok(body);
        }
        let said = String::from_utf8_lossy(&body);
        let error = CloudError::of_answer(&self.url.to_string(), key, parts.status.as_u16(), &said);
        Err(error.with_retry_after(retry_after(&parts.headers, Clock::system().now())).into())
    }

    fn object(&self, key: &str) -> String {
        format!("/storage/v1/b/{}/o/{}", encoded(&self.url.container), encoded(&self.full(key)))
    }

    /// The name of an object in the bucket.
    fn full(&self, key: &str) -> String {
        match (self.url.prefix.as_str(), key) {
            ("", key) => key.to_owned(),
            (prefix, "") => prefix.to_owned(),
            (prefix, key) => format!("{prefix}/{key}"),
        }
    }

    /// The key of an object below our URL.
    fn key(&self, name: &str) -> Option<String> {
        match self.url.prefix.as_str() {
            "" => Some(name.to_owned()),
            prefix => Some(name.strip_prefix(prefix)?.strip_prefix('/')?.to_owned()),
        }
    }

    fn parsed<'a, T: Deserialize<'a>>(&self, body: &'a [u8]) -> Result<T, CloudError> {
        // An answer that was cut on its way; asking again may mend it.
        serde_json::from_slice(body).map_err(|error| CloudError::Busy {
            url: self.url.to_string(),
            said: format!("an answer that is no JSON: {error}"),
            retry_after: None,
        })
    }

    fn size(&self, described: &Described) -> Result<u64, CloudError> {
        let wrong = |_| CloudError::Busy {
            url: self.url.to_string(),
            said: "a size that is no number".to_owned(),
            retry_after: None,
        };
        described.size.parse().map_err(wrong)
    }
}

impl Described {
    fn md5(&self) -> Option<[u8; 16]> {
        base64::engine::general_purpose::STANDARD.decode(self.md5_hash.as_ref()?).ok()?.try_into().ok()
    }

    fn modified(&self) -> Timestamp {
        self.updated.parse().unwrap_or_default()
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, KEPT).to_string()
}

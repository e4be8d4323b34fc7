//! A bucket, container or folder with objects: what can be asked of it, each as one request that blocks.
//!
//! Hides which cloud it is. Does not try again ([`crate::Retry`] does) and knows nothing of sessions. The async runtime
//! lives here, on a thread of its own; nothing else of the crate is async.

use std::num::NonZeroU64;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use gametelemetry::Timestamp;
use object_store::path::Path;
use object_store::{
    GetOptions, GetResult, GetResultPayload, ListResult, ObjectMeta, ObjectStore, ObjectStoreExt as _,
    PutMode, PutOptions,
};
use tokio::runtime::Runtime;

use crate::client::{self, Connector, Failure, ServerMd5, Throttle};
use crate::google::Google;
use crate::place::Kind;
use crate::progress::{Line, Moving};
use crate::stores;
use crate::{CloudError, CloudUrl};

/// How a bucket is spoken with.
#[derive(Clone, Debug)]
pub struct BucketOptions {
    /// Whether plain HTTP to another machine is allowed.
    pub allow_http: bool,
    /// A request fails when no byte of it moves for so long, however long it takes as a whole.
    pub timeout: Duration,
    /// The most bytes sent in a second, over all requests.
    pub bytes_per_second: Option<NonZeroU64>,
}

impl Default for BucketOptions {
    /// No plain HTTP, 30 seconds, as fast as the line.
    fn default() -> Self {
        Self { allow_http: false, timeout: Duration::from_secs(30), bytes_per_second: None }
    }
}

/// What a server says of an object it took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// MD5 of what the server has, if it tells. Another one than ours proves nothing: servers that encrypt tell that
    /// of what they store.
    pub md5: Option<[u8; 16]>,
}

/// What is known of an object without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    /// Its length in bytes.
    pub bytes: u64,
    /// MD5 of what the server has, if it tells.
    pub md5: Option<[u8; 16]>,
    /// When it was written, by the server's clock.
    pub modified: Timestamp,
}

/// One object of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its key below the bucket's URL.
    pub key: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// When it was written, by the server's clock.
    pub modified: Timestamp,
}

/// What is directly in a folder of a bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folder {
    /// Names of folders, as keys below the bucket's URL.
    pub folders: Vec<String>,
    /// Objects.
    pub objects: Vec<Listed>,
}

/// A bucket that can be used from any number of threads.
///
/// ```
/// use gametelemetry_cloud::{Bucket, BucketOptions, CloudUrl};
///
/// # let folder = tempfile::tempdir().unwrap();
/// let url = CloudUrl::of_folder(folder.path());
/// let bucket = Bucket::open(&url, &BucketOptions::default())?;
/// bucket.put("team/note", "fast".into())?;
/// assert_eq!(bucket.get_range("team/note", 1..3)?, "as");
/// # Ok::<(), gametelemetry_cloud::CloudError>(())
/// ```
#[derive(Clone)]
pub struct Bucket(Arc<Inner>);

struct Inner {
    url: CloudUrl,
    backend: Backend,
    line: Arc<Line>,
    /// Whether a server that takes an object has checked its bytes by the request's signature.
    is_signed: bool,
    /// Taken by `drop`, which must not wait for requests that nobody wants any more.
    runtime: Option<Runtime>,
}

/// What speaks with the server.
enum Backend {
    /// `object_store`, and what stands before every key.
    Store(Arc<dyn ObjectStore>, Path),
    Google(Google),
}

impl Bucket {
    /// The bucket at `url`. Nothing is asked of a server yet.
    ///
    /// # Errors
    /// When credentials cannot be read, or the server must not be asked over plain HTTP.
    pub fn open(url: &CloudUrl, options: &BucketOptions) -> Result<Self, CloudError> {
        let connector = Connector {
            connect_timeout: options.timeout.min(Duration::from_secs(10)),
            // Checked for every server before it is asked.
            allow_http: true,
            throttle: options.bytes_per_second.map(|limit| Arc::new(Throttle::new(limit))),
        };
        let prefix = || Path::parse(&url.prefix).map_err(|error| url_error(url, &error.to_string()));
        let mut is_signed = false;
        let backend = match &url.kind {
            Kind::S3 => {
                let store;
                (store, is_signed) = stores::s3(url, options, connector)?;
                Backend::Store(store, prefix()?)
            }
            Kind::Azure { account } => {
                Backend::Store(stores::azure(url, account.as_deref(), options, connector)?, prefix()?)
            }
            Kind::Google => Backend::Google(Google::new(url, options, &connector)?),
            Kind::Folder(path) => Backend::Store(stores::folder(path)?, Path::ROOT),
        };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .max_blocking_threads(4)
            .thread_name("cloud")
            .enable_all()
            .build()
            .map_err(|error| CloudError::local("cannot start a thread", "", error))?;
        Ok(Self(Arc::new(Inner {
            url: url.clone(),
            backend,
            line: Line::new(options.timeout),
            is_signed,
            runtime: Some(runtime),
        })))
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> &CloudUrl {
        &self.0.url
    }

    /// Stores an object, whole or not at all; one that is there is replaced.
    ///
    /// # Errors
    /// When it cannot be stored, or nobody knows whether it was.
    pub fn put(&self, key: &str, bytes: Bytes) -> Result<Receipt, CloudError> {
        self.put_as(key, bytes, PutMode::Overwrite)
    }

    /// Stores an object that must not be there yet.
    ///
    /// # Errors
    /// [`CloudError::Exists`] when it is; else as [`Bucket::put`].
    pub fn put_new(&self, key: &str, bytes: Bytes) -> Result<Receipt, CloudError> {
        self.put_as(key, bytes, PutMode::Create)
    }

    fn put_as(&self, key: &str, bytes: Bytes, mode: PutMode) -> Result<Receipt, CloudError> {
        let size = bytes.len() as u64;
        let stored = self.run(key, |moving| async move {
            match &self.0.backend {
                Backend::Google(google) => google.put(key, bytes, mode == PutMode::Create).await,
                Backend::Store(store, prefix) => {
                    if self.0.url.folder().is_some() {
                        moving.expect(size);
                    }
                    let options = PutOptions { mode, ..PutOptions::default() };
                    let put = store.put_opts(&path(prefix, key)?, bytes.into(), options).await?;
                    let md5 = put.extensions.get::<ServerMd5>().map(|md5| md5.0);
                    Ok(Receipt { md5: md5.or_else(|| self.md5_of(put.e_tag.as_deref())) })
                }
            }
        });
        match stored {
            // What is being made cannot be missing; where it should go can.
            Err(CloudError::Missing { .. }) => Err(CloudError::NoBucket { url: self.0.url.to_string() }),
            other => other,
        }
    }

    /// Reads a whole object.
    ///
    /// # Errors
    /// [`CloudError::Missing`] when it is not there; when it cannot be read.
    pub fn get(&self, key: &str) -> Result<Bytes, CloudError> {
        self.run(key, |moving| async move {
            match &self.0.backend {
                Backend::Google(google) => google.get(key, None).await,
                Backend::Store(store, prefix) => read(store.get(&path(prefix, key)?).await?, &moving).await,
            }
        })
    }

    /// Reads the bytes `range` of an object.
    ///
    /// # Errors
    /// [`CloudError::Missing`] when it is not there; when it cannot be read.
    pub fn get_range(&self, key: &str, range: Range<u64>) -> Result<Bytes, CloudError> {
        let wanted = range.end.saturating_sub(range.start);
        let bytes = self.run(key, |moving| async move {
            match &self.0.backend {
                Backend::Google(google) => google.get(key, Some(range)).await,
                Backend::Store(store, prefix) => {
                    let options = GetOptions::new().with_range(Some(range));
                    read(store.get_opts(&path(prefix, key)?, options).await?, &moving).await
                }
            }
        })?;
        if bytes.len() as u64 == wanted {
            return Ok(bytes);
        }
        let said = format!("{} bytes came instead of {wanted}", bytes.len());
        Err(CloudError::Unreachable { url: self.0.url.to_string(), said })
    }

    /// What is known of an object; `None` when it is not there.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub fn stat(&self, key: &str) -> Result<Option<Stat>, CloudError> {
        let found = self.run(key, |_| async {
            match &self.0.backend {
                Backend::Google(google) => google.stat(key).await,
                Backend::Store(store, prefix) => {
                    let meta = store.head(&path(prefix, key)?).await?;
                    Ok(Stat {
                        bytes: meta.size,
                        md5: self.md5_of(meta.e_tag.as_deref()),
                        modified: modified(&meta),
                    })
                }
            }
        });
        match found {
            Ok(stat) => Ok(Some(stat)),
            Err(CloudError::Missing { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Every object below `folder`, which may be empty for all, sorted by key.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub fn list(&self, folder: &str) -> Result<Vec<Listed>, CloudError> {
        let mut listed = self.run(folder, |moving| async move {
            match &self.0.backend {
                Backend::Google(google) => Ok(google.list(folder, false).await?.objects),
                Backend::Store(store, prefix) => {
                    let below = path(prefix, folder)?;
                    let metas = store.list(Some(&below)).inspect_ok(|_| moving.hear());
                    let metas: Vec<ObjectMeta> = metas.try_collect().await?;
                    Ok(metas.iter().filter_map(|meta| listed(prefix, meta)).collect())
                }
            }
        })?;
        listed.sort_by(|one, other| one.key.cmp(&other.key));
        Ok(listed)
    }

    /// What is directly in `folder`, which may be empty for the bucket itself, sorted.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub fn list_folder(&self, folder: &str) -> Result<Folder, CloudError> {
        let mut found = self.run(folder, |_| async {
            match &self.0.backend {
                Backend::Google(google) => google.list(folder, true).await,
                Backend::Store(store, prefix) => {
                    let below = path(prefix, folder)?;
                    let ListResult { common_prefixes, objects, .. } =
                        store.list_with_delimiter(Some(&below)).await?;
                    let folders = common_prefixes.iter().filter_map(|path| key_below(prefix, path)).collect();
                    let objects = objects.iter().filter_map(|meta| listed(prefix, meta)).collect();
                    Ok(Folder { folders, objects })
                }
            }
        })?;
        found.folders.sort();
        found.objects.sort_by(|one, other| one.key.cmp(&other.key));
        Ok(found)
    }

    /// Removes an object; one that is not there is no error.
    ///
    /// # Errors
    /// When the server cannot be asked, or does not let us.
    pub fn delete(&self, key: &str) -> Result<(), CloudError> {
        let deleted = self.run(key, |_| async {
            match &self.0.backend {
                Backend::Google(google) => google.delete(key).await,
                Backend::Store(store, prefix) => Ok(store.delete(&path(prefix, key)?).await?),
            }
        });
        match deleted {
            Err(CloudError::Missing { .. }) => Ok(()),
            other => other,
        }
    }

    /// Whether the server that took an object is known to have its very bytes, without reading them back.
    pub(crate) fn is_checked_by_signature(&self) -> bool {
        self.0.is_signed
    }

    /// Runs one request for `key` for as long as something moves, and says what its failure means.
    fn run<T, R: Future<Output = Result<T, RequestError>>>(
        &self,
        key: &str,
        request: impl FnOnce(Arc<Moving>) -> R,
    ) -> Result<T, CloudError> {
        let moving = self.0.line.begin();
        let request = moving.watch(request(Arc::clone(&moving)));
        let Some(runtime) = &self.0.runtime else { return Err(CloudError::Stopped) };
        let (result, failure) = runtime.block_on(client::noting_failure(Arc::clone(&moving), request));
        match result {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(RequestError::Known(error))) => Err(error),
            Ok(Err(RequestError::Store(error))) => Err(self.meaning(key, error, failure)),
            Err(limit) => Err(CloudError::TimedOut { url: self.0.url.to_string(), limit }),
        }
    }

    /// What `error` means, with what the server said before it.
    fn meaning(&self, key: &str, error: object_store::Error, failure: Option<Failure>) -> CloudError {
        let url = self.0.url.to_string();
        let key = key.to_owned();
        match (error, failure) {
            (_, Some(Failure::NoCredentials)) => stores::no_credentials(&self.0.url.kind),
            (_, Some(Failure::Answer { status, body, retry_after })) => {
                CloudError::of_answer(&url, &key, status, &body).with_retry_after(retry_after)
            }
            (_, Some(Failure::NoAnswer { said, is_certificate: true })) => {
                CloudError::Certificate { url, said }
            }
            (object_store::Error::NotFound { .. }, None) if self.is_gone() => CloudError::NoBucket { url },
            (object_store::Error::NotFound { .. }, _) => CloudError::Missing { key },
            (object_store::Error::AlreadyExists { .. } | object_store::Error::Precondition { .. }, _) => {
                CloudError::Exists { key }
            }
            (_, Some(Failure::NoAnswer { said, .. })) => CloudError::Unreachable { url, said },
            // Windows denies access to a folder that is opened as a file.
            _ if self.0.url.folder().is_some_and(|folder| folder.join(&key).is_dir()) => {
                CloudError::Missing { key }
            }
            (error, _) => stores::meaning(&self.0.url, &key, error),
        }
    }

    /// Whether the folder itself is not there.
    fn is_gone(&self) -> bool {
        self.0.url.folder().is_some_and(|folder| !folder.is_dir())
    }

    /// S3 tells MD5 as the entity tag, unless the object was encrypted; so it proves what it equals, and nothing else.
    fn md5_of(&self, entity_tag: Option<&str>) -> Option<[u8; 16]> {
        let tag = entity_tag.filter(|_| self.0.url.kind == Kind::S3)?;
        client::from_hex(tag.trim_matches('"'))
    }
}

impl std::fmt::Debug for Bucket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Bucket").field(&self.0.url.to_string()).finish()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// What a request failed with: known already, or still to be worked out.
pub(crate) enum RequestError {
    Known(CloudError),
    Store(object_store::Error),
}

impl From<object_store::Error> for RequestError {
    fn from(error: object_store::Error) -> Self {
        Self::Store(error)
    }
}

impl From<CloudError> for RequestError {
    fn from(error: CloudError) -> Self {
        Self::Known(error)
    }
}

/// An address that cannot be used.
pub(crate) fn url_error(url: &CloudUrl, why: &str) -> CloudError {
    CloudError::Url { url: url.to_string(), why: why.to_owned() }
}

/// The bytes of an object. Those of a file come all at once, which takes as long as it is large.
async fn read(object: GetResult, moving: &Moving) -> Result<Bytes, RequestError> {
    if matches!(object.payload, GetResultPayload::File(..)) {
        moving.expect(object.range.end.saturating_sub(object.range.start));
    }
    Ok(object.bytes().await?)
}

fn path(prefix: &Path, key: &str) -> Result<Path, object_store::Error> {
    let key = Path::parse(key)?;
    Ok(prefix.parts().chain(key.parts()).collect())
}

fn key_below(prefix: &Path, path: &Path) -> Option<String> {
    let parts: Vec<String> = path.prefix_match(prefix)?.map(|part| part.as_ref().to_owned()).collect();
    (!parts.is_empty()).then(|| parts.join("/"))
}

fn listed(prefix: &Path, meta: &ObjectMeta) -> Option<Listed> {
    let key = key_below(prefix, &meta.location)?;
    Some(Listed { key, bytes: meta.size, modified: modified(meta) })
}

fn modified(meta: &ObjectMeta) -> Timestamp {
    std::time::SystemTime::from(meta.last_modified).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_a_bucket() {
        let folder = tempfile::tempdir().unwrap();
        let bucket = Bucket::open(&CloudUrl::of_folder(folder.path()), &BucketOptions::default()).unwrap();
        assert!(matches!(bucket.get("a/b"), Err(CloudError::Missing { .. })));
        assert_eq!(bucket.stat("a/b").unwrap(), None);
        bucket.put("a/b", "hello".into()).unwrap();
        bucket.put("a/c/d", "x".into()).unwrap();
        assert!(matches!(bucket.get("a/c"), Err(CloudError::Missing { .. })));
        assert!(matches!(bucket.put_new("a/b", "again".into()), Err(CloudError::Exists { .. })));
        assert_eq!(bucket.get("a/b").unwrap(), "hello");
        assert_eq!(bucket.get_range("a/b", 1..4).unwrap(), "ell");
        assert_eq!(bucket.stat("a/b").unwrap().unwrap().bytes, 5);
        let keys = |listed: &[Listed]| listed.iter().map(|it| it.key.clone()).collect::<Vec<_>>();
        assert_eq!(keys(&bucket.list("").unwrap()), ["a/b", "a/c/d"]);
        let below = bucket.list_folder("a").unwrap();
        assert_eq!((below.folders, keys(&below.objects)), (vec!["a/c".to_owned()], vec!["a/b".to_owned()]));
        bucket.delete("a/b").unwrap();
        bucket.delete("a/b").unwrap();
        assert_eq!(bucket.get("a/b").unwrap_err().to_string(), "there is no such object: a/b");
    }
}

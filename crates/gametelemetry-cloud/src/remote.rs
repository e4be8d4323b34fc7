//! A session of a bucket, read where it is: the manifest says where each byte of its files stands.
//!
//! Stands between the bucket and whoever reads sessions; for them it is a session as any other
//! ([`gametelemetry::StoredSession`]). [`RemoteFile`] does the reading. Changes nothing in the bucket.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gametelemetry::files::{DAT_EXTENSION, EXTENSION, SessionFolderError};
use gametelemetry::{SessionFile, SessionReader, StopToken, StoredSession, nearest_word};

use crate::block_cache::BlockCache;
use crate::manifest_check::MAX_MANIFEST;
use crate::parallel::in_parallel;
use crate::{
    Bucket, CloudError, CloudUrl, FileEntry, MANIFEST_SUFFIX, ManifestError, RemoteFile, Retry,
    SessionManifest,
};

/// Files that are opened at once.
const OPENED_AT_ONCE: usize = 8;

/// Why a session of a bucket cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RemoteError {
    /// The bucket has no such session.
    #[error("there is no session {name}{guess} (`gametelemetry list {bucket}` shows those there are)")]
    NoSession {
        /// The name that was asked for.
        name: String,
        /// `, did you mean …?` when a name is near.
        guess: String,
        /// Where it was looked for.
        bucket: String,
    },
    /// Objects of the session are there, its manifest is not.
    #[error("the session is still being uploaded, it can be read once that is done: {url}")]
    Unfinished {
        /// The session.
        url: String,
    },
    /// The session has no such file.
    #[error("the session has no file {name}{guess}: {url}")]
    NoFile {
        /// The name that was asked for.
        name: String,
        /// `, did you mean …?` when a name is near.
        guess: String,
        /// The session.
        url: String,
    },
    /// The manifest is of no use.
    #[error("the session's manifest cannot be used, upload the session again: {url}")]
    Manifest {
        /// The session.
        url: String,
        /// What is wrong with it.
        source: ManifestError,
    },
    /// All objects of a file are as they should be, and still the file is not.
    #[error("the file is not what was uploaded although all its parts are, upload the session again: {file}")]
    Damaged {
        /// The file.
        file: String,
    },
    /// Somebody else is at work on the same download.
    #[error("another program is downloading this session right now: {}", path.display())]
    Busy {
        /// The folder in which it does so.
        path: PathBuf,
    },
    /// A name that this system has no files for.
    #[error("this system cannot have a file called {name:?}, download the session on another one")]
    FileName {
        /// The name.
        name: String,
    },
    /// The bucket cannot be asked, or this machine's disk refuses.
    #[error(transparent)]
    Cloud(#[from] CloudError),
}

/// What was asked of a bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Requests for bytes of files.
    pub requests: u64,
    /// Bytes that came.
    pub bytes: u64,
}

/// A session of a bucket. Clones share what was read already.
#[derive(Clone)]
pub struct RemoteSession {
    pub(crate) shared: Arc<Shared>,
    /// The only file that is wanted, if it is one.
    only: Option<String>,
}

/// What all files of a session share.
pub(crate) struct Shared {
    pub(crate) bucket: Bucket,
    /// What stands before the manifest's keys: nothing, or `rig1/` of a session further down.
    pub(crate) folder: String,
    pub(crate) manifest: SessionManifest,
    /// How many of its files are session files.
    pub(crate) sources: usize,
    pub(crate) cache: Mutex<BlockCache>,
    pub(crate) retry: Retry,
    pub(crate) stop: StopToken,
    requests: AtomicU64,
    bytes: AtomicU64,
}

impl Shared {
    /// Counts what was asked.
    pub(crate) fn count(&self, requests: u64, bytes: u64) {
        self.requests.fetch_add(requests, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// The key in the bucket of what the manifest calls `key`.
    pub(crate) fn key(&self, key: &str) -> String {
        format!("{}{key}", self.folder)
    }
}

impl RemoteSession {
    /// How long reading is tried again when the network or the server fails: somebody is waiting for it.
    #[must_use]
    pub fn patience() -> Retry {
        let (first, most) = (Duration::from_millis(200), Duration::from_secs(10));
        Retry { first, most, patience: Some(Duration::from_secs(60)) }
    }

    /// Opens the session `name` of `bucket`, which may be further down: `rig1/NAME`. Reads its manifest. What fails is
    /// tried again by `retry` until `stop` is stopped, now and later.
    ///
    /// # Errors
    /// When there is no such session, it is not whole yet, or its manifest cannot be used.
    pub fn open(bucket: &Bucket, name: &str, retry: &Retry, stop: &StopToken) -> Result<Self, RemoteError> {
        let (folder, own_name) = match name.rsplit_once('/') {
            Some((folder, own_name)) => (format!("{folder}/"), own_name),
            None => (String::new(), name),
        };
        let key = format!("{name}{MANIFEST_SUFFIX}");
        let url = || bucket.url().join(name);
        let Some(stat) = retry.run(stop, || bucket.stat(&key))? else {
            return Err(not_there(bucket, &folder, own_name, retry, stop)?);
        };
        let manifest = read_manifest(bucket, name, stat.bytes, retry, stop)
            .map_err(|error| error.unwrap_or_else(|| RemoteError::Unfinished { url: url().to_string() }))?;
        let shared = Shared {
            bucket: bucket.clone(),
            folder,
            sources: manifest.files.iter().filter(|file| is_session_file(&file.name)).count(),
            manifest,
            cache: Mutex::default(),
            retry: retry.clone(),
            stop: stop.clone(),
            requests: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
        };
        Ok(Self { shared: Arc::new(shared), only: None })
    }

    /// Only the file `name` of it.
    ///
    /// # Errors
    /// When it has no such file.
    pub fn only(mut self, name: &str) -> Result<Self, RemoteError> {
        let names = || self.manifest().files.iter().map(|file| file.name.as_str());
        if !names().any(|known| known == name) {
            let guess = guess(name, names());
            return Err(RemoteError::NoFile { name: name.to_owned(), guess, url: self.url().to_string() });
        }
        self.only = Some(name.to_owned());
        Ok(self)
    }

    /// What the bucket says of it.
    #[must_use]
    pub fn manifest(&self) -> &SessionManifest {
        &self.shared.manifest
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> CloudUrl {
        self.shared.bucket.url().join(&self.shared.key(&self.shared.manifest.name))
    }

    /// What was asked of the bucket so far to read its files.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        let (requests, bytes) = (&self.shared.requests, &self.shared.bytes);
        Traffic { requests: requests.load(Ordering::Relaxed), bytes: bytes.load(Ordering::Relaxed) }
    }

    /// The bytes of its file `name`; `None` when it has no such file.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<RemoteFile> {
        let number = self.manifest().files.iter().position(|file| file.name == name)?;
        Some(RemoteFile::new(Arc::clone(&self.shared), number))
    }

    /// The session files, by the rule for folders of the disk: every `.gtel`, else every `.dat`.
    #[must_use]
    pub fn session_files(&self) -> Vec<&FileEntry> {
        let files = || self.manifest().files.iter();
        if let Some(only) = &self.only {
            return files().filter(|file| file.name == *only).collect();
        }
        for extension in [EXTENSION, DAT_EXTENSION] {
            let mut wanted: Vec<_> = files().filter(|file| has_extension(&file.name, extension)).collect();
            if !wanted.is_empty() {
                wanted.sort_by(|one, other| one.name.cmp(&other.name));
                return wanted;
            }
        }
        Vec::new()
    }
}

impl StoredSession for RemoteSession {
    fn open_files(&self) -> Result<Vec<SessionFile>, SessionFolderError> {
        let url = self.url();
        let path = |name: &str| PathBuf::from(format!("{url}/{name}"));
        let files = self.session_files();
        if files.is_empty() {
            return Err(SessionFolderError::NoFiles { path: url.to_string().into() });
        }
        Ok(in_parallel(&files, OPENED_AT_ONCE, |file| {
            let reader = match self.file(&file.name) {
                Some(input) => SessionReader::boxed(input),
                None => Err(std::io::Error::from(std::io::ErrorKind::NotFound).into()),
            };
            SessionFile { path: path(&file.name), bytes: file.bytes, reader }
        }))
    }
}

impl std::fmt::Debug for RemoteSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RemoteSession").field("url", &self.url().to_string()).finish_non_exhaustive()
    }
}

/// Reads the manifest of the session `name`, which has so many bytes; `None` as the error when it went away meanwhile.
pub(crate) fn read_manifest(
    bucket: &Bucket,
    name: &str,
    bytes: u64,
    retry: &Retry,
    stop: &StopToken,
) -> Result<SessionManifest, Option<RemoteError>> {
    let broken = |source| RemoteError::Manifest { url: bucket.url().join(name).to_string(), source };
    if bytes > MAX_MANIFEST {
        return Err(Some(broken(ManifestError::TooLarge { bytes })));
    }
    let read = match retry.run(stop, || bucket.get(&format!("{name}{MANIFEST_SUFFIX}"))) {
        Err(CloudError::Missing { .. }) => return Err(None),
        read => read.map_err(RemoteError::from)?,
    };
    let manifest = SessionManifest::parse(&read).map_err(broken)?;
    if name.rsplit('/').next() != Some(&manifest.name) {
        let what = format!("it is that of {}", manifest.name);
        return Err(Some(broken(ManifestError::Broken { what })));
    }
    Ok(manifest)
}

/// Why there is no manifest of the session `name` in `folder`.
fn not_there(
    bucket: &Bucket,
    folder: &str,
    name: &str,
    retry: &Retry,
    stop: &StopToken,
) -> Result<RemoteError, CloudError> {
    let place = folder.trim_end_matches('/');
    let found = match retry.run(stop, || bucket.list_folder(place)) {
        // Who may read may not be allowed to list; then there is just nothing to guess from.
        Err(CloudError::Denied { .. }) => crate::Folder::default(),
        found => found?,
    };
    if found.folders.iter().any(|known| known.strip_prefix(folder) == Some(name)) {
        return Ok(RemoteError::Unfinished {
            url: bucket.url().join(&format!("{folder}{name}")).to_string(),
        });
    }
    let sessions = found.objects.iter().filter_map(|object| object.key.strip_suffix(MANIFEST_SUFFIX));
    let guess = guess(name, sessions.filter_map(|key| key.strip_prefix(folder)));
    let bucket = if place.is_empty() { bucket.url().clone() } else { bucket.url().join(place) };
    Ok(RemoteError::NoSession { name: name.to_owned(), guess, bucket: bucket.to_string() })
}

/// `, did you mean …?` with the name of `known` that is nearest to `name`.
fn guess<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    nearest_word(name, known).map_or_else(String::new, |near| format!(", did you mean {near}?"))
}

/// Whether `name` is that of a session file, and not of one that is kept beside.
fn is_session_file(name: &str) -> bool {
    has_extension(name, EXTENSION) || has_extension(name, DAT_EXTENSION)
}

fn has_extension(name: &str, extension: &str) -> bool {
    !name.contains('/') && Path::new(name).extension().is_some_and(|found| found == extension)
}

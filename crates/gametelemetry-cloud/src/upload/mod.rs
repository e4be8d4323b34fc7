//! Brings sessions into a bucket: object by object as segments are sealed, resumable at any point, and visible only when whole.
//!
//! The order is: a journal entry, the object, its hash checked, a journal entry; and when all objects of all files are there, the manifest. Runs on
//! threads of its own and reads the session's files, so a recording never waits for it.

mod cutter;
mod earlier;
mod files;
mod journal;
mod send;
mod work;

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use gametelemetry::{StopToken, clock};

use crate::{Bucket, CloudError, CloudUrl, Retry, SessionManifest};
use cutter::Until;
pub use files::SessionFiles;
use work::{Copied, Work};

/// How often a recording is looked at while it is followed.
const LOOK: Duration = Duration::from_secs(1);
/// So long at most a sealed segment waits for others to fill an object.
const PATIENCE: Duration = Duration::from_secs(20);

/// Uploads sessions to a bucket.
///
/// ```
/// use gametelemetry_cloud::{Bucket, BucketOptions, CloudUploader, CloudUrl};
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let session = folder.path().join("2026-11-23_120000_acc");
/// # std::fs::create_dir(&session).unwrap();
/// # std::fs::write(session.join("lap.txt"), "1:47.3").unwrap();
/// # let url = CloudUrl::of_folder(&folder.path().join("bucket"));
/// let bucket = Bucket::open(&url, &BucketOptions::default())?;
/// let uploaded = CloudUploader::new(bucket).upload(&session)?;
/// println!("{} is there, {} bytes were sent", uploaded.url, uploaded.sent_bytes);
/// # assert_eq!(uploaded.sent_bytes, 6);
/// # Ok::<(), gametelemetry_cloud::CloudError>(())
/// ```
#[derive(Clone)]
pub struct CloudUploader {
    bucket: Bucket,
    retry: Retry,
    stop: StopToken,
    at_once: NonZeroUsize,
    label: &'static str,
    on_progress: Arc<dyn Fn(UploadProgress) + Send + Sync>,
}

/// How far an upload is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UploadProgress {
    /// Bytes that are in the bucket.
    pub bytes: u64,
    /// Bytes that are to be there, as far as is known.
    pub total_bytes: u64,
}

/// What an upload did.
#[derive(Clone, Debug)]
pub struct Uploaded {
    /// Where the session is now.
    pub url: CloudUrl,
    /// What the bucket says of it; `None` when it was whole there already and nothing was asked.
    pub manifest: Option<SessionManifest>,
    /// Bytes that were sent now.
    pub sent_bytes: u64,
    /// Objects that were sent now.
    pub sent_objects: u64,
    /// Whether the journal says that the session was whole in the bucket before.
    pub was_there: bool,
    /// The files of the session's folder as they are in the bucket, or as its copy there was made of them.
    pub files: SessionFiles,
}

impl CloudUploader {
    /// Uploads to `bucket`.
    #[must_use]
    pub fn new(bucket: Bucket) -> Self {
        let at_once = NonZeroUsize::MIN.saturating_add(3);
        let (retry, stop) = (Retry::default(), StopToken::new());
        Self { bucket, retry, stop, at_once, label: "", on_progress: Arc::new(|_| ()) }
    }

    /// How long to try again what fails.
    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// Ends the upload when `stop` is stopped; it can go on later.
    #[must_use]
    pub fn stop_token(mut self, stop: &StopToken) -> Self {
        self.stop = stop.clone();
        self
    }

    /// How many objects are sent at the same time; four unless set.
    #[must_use]
    pub fn at_once(mut self, objects: NonZeroUsize) -> Self {
        self.at_once = objects;
        self
    }

    /// Says in names and manifests that names of people were taken out of what is uploaded.
    #[must_use]
    pub fn redacted(mut self) -> Self {
        self.label = "-redacted";
        self
    }

    /// Calls `report` when something has arrived.
    #[must_use]
    pub fn on_progress(mut self, report: impl Fn(UploadProgress) + Send + Sync + 'static) -> Self {
        self.on_progress = Arc::new(report);
        self
    }

    /// Asks the bucket whether it can be used at all; a server that cannot be reached now may be later.
    ///
    /// # Errors
    /// When trying again would be no use: no such bucket, no access.
    pub fn check(&self) -> Result<(), CloudError> {
        match self.bucket.get("gametelemetry.check") {
            Err(error @ CloudError::Denied { .. }) if !error.to_string().contains("AccessDenied") => {
                Err(error)
            }
            // A rig that may only write is told that what is not there is forbidden.
            Ok(_) | Err(CloudError::Missing { .. } | CloudError::Denied { .. }) => Ok(()),
            Err(error) if error.is_transient() => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Uploads the session in the folder `session`, which nobody writes any more.
    ///
    /// # Errors
    /// When it cannot be done, or not for as long as [`Retry`] is patient; the same call goes on where this one ended.
    pub fn upload(&self, session: &Path) -> Result<Uploaded, CloudError> {
        self.follow(session, || true)
    }

    /// What there is to say when the journal of `session` knows that it is in the bucket as it is here; nothing is asked.
    ///
    /// # Errors
    /// When there is no session, or the journal cannot be kept.
    pub fn earlier(&self, session: &Path) -> Result<Option<Uploaded>, CloudError> {
        Work::open(self, session, None)?.was_done()
    }

    /// Uploads `copy` in the place of `session`, which nobody writes any more: its name and journal are the session's. `from`
    /// are the session's files as they were before the copy was made of them.
    ///
    /// # Errors
    /// As [`CloudUploader::upload`].
    pub fn upload_copy(
        &self,
        session: &Path,
        copy: &Path,
        from: &SessionFiles,
    ) -> Result<Uploaded, CloudError> {
        let mut work = Work::open(self, session, Some(Copied { folder: copy, from }))?;
        work.send(Until::End)?;
        work.finish()
    }

    /// Uploads the session in the folder `session` while it is recorded: sealed segments go as they come, and what is
    /// left when `is_over` says that the recording has ended.
    ///
    /// # Errors
    /// As [`CloudUploader::upload`].
    pub fn follow(&self, session: &Path, is_over: impl Fn() -> bool) -> Result<Uploaded, CloudError> {
        let mut work = Work::open(self, session, None)?;
        if is_over()
            && let Some(uploaded) = work.was_done()?
        {
            return Ok(uploaded);
        }
        let mut last_sealed = clock::monotonic();
        loop {
            // Asked first: what was written before the end is seen after it.
            let is_over = is_over();
            let until = if is_over {
                Until::End
            } else if last_sealed.elapsed() >= PATIENCE {
                last_sealed = clock::monotonic();
                Until::Sealed
            } else {
                Until::Filled
            };
            work.send(until)?;
            if is_over {
                return work.finish();
            }
            if self.stop.wait_for(LOOK) {
                return Err(CloudError::Stopped);
            }
        }
    }
}

impl std::fmt::Debug for CloudUploader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CloudUploader").field("bucket", &self.bucket).finish_non_exhaustive()
    }
}

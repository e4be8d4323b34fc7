//! Brings one session into a bucket, as it is or without the names of people: what `upload` and `record` share.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use gametelemetry::StopToken;
use gametelemetry_cloud::{CloudError, CloudUploader, SessionFiles, Uploaded};

use super::redacted_copy::RedactedCopy;

/// How often a recording that is to be redacted is looked at.
const LOOK: Duration = Duration::from_millis(500);

/// How a session is brought.
#[derive(Clone)]
pub(crate) struct Bringer {
    pub(crate) uploader: CloudUploader,
    pub(crate) redact: bool,
    pub(crate) stop: StopToken,
}

impl Bringer {
    /// Brings `session`, while it is recorded if it `is_over` only later.
    pub(crate) fn bring(&self, session: &Path, is_over: impl Fn() -> bool) -> Result<Uploaded> {
        if !self.redact {
            return Ok(self.uploader.follow(session, is_over)?);
        }
        // Nobody is named as long as nothing leaves.
        while !is_over() {
            if self.stop.wait_for(LOOK) {
                return Err(CloudError::Stopped.into());
            }
        }
        let uploader = self.uploader.clone().redacted();
        if let Some(earlier) = uploader.earlier(session)? {
            return Ok(earlier);
        }
        // Before the copy is made: what changes meanwhile is not in it.
        let files = SessionFiles::of(session)?;
        let copy = RedactedCopy::of(session)?;
        Ok(uploader.upload_copy(session, &copy.folder(), &files)?)
    }
}

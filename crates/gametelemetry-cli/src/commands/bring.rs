//! Brings one session into a bucket, as it is or without the names of people: what `upload` and `record` share.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use gametelemetry::StopToken;
use gametelemetry::redact::redact_session;
use gametelemetry_cloud::{CloudError, CloudUploader, Uploaded};

use crate::output;

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
        let copy = Copy::of(session)?;
        Ok(uploader.upload_copy(session, &copy.0)?)
    }
}

/// A redacted copy beside a session, removed at the end.
struct Copy(PathBuf);

impl Copy {
    fn of(session: &Path) -> Result<Self> {
        let session = fs::canonicalize(session)?;
        let name = session.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let copy = Self(session.with_file_name(format!(".{name}.redacted")));
        // What a crash left.
        copy.remove();
        let redacted = redact_session(&session, &copy.0, &gametelemetry_games::redaction(), |_| ())
            .with_context(|| format!("cannot take names out of the session: {}", session.display()))?;
        let named = redacted
            .left_out
            .iter()
            .filter(|it| !it.to_string_lossy().starts_with('.') && it.as_path() != Path::new("report.html"));
        for file in named {
            output::say(format_args!("left out, nobody knows who is named in it: {}", file.display()));
        }
        Ok(copy)
    }

    fn remove(&self) {
        // Left-overs are hidden and harm nobody.
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        self.remove();
    }
}

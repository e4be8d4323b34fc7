//! Keeps a quota while something is recorded: looks every few seconds, on a thread of its own, and ends the recording
//! when there is no other way.

use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::Duration;

use gametelemetry_file::Timestamp;

use super::folder::{SessionOnDisk, bytes_of_sessions, sessions_in};
use super::quota::{Quota, QuotaDecision, QuotaEnd};
use super::removal::{RemoveError, remove_leftovers, remove_session};
use crate::StopToken;
use crate::clock::Clock;

/// What keeping a quota came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QuotaReport {
    /// The sessions that went, in their order.
    pub removed: Vec<SessionOnDisk>,
    /// Why the recording had to end, if it had to.
    pub end: Option<QuotaEnd>,
}

/// The thread that keeps a quota. End it with [`QuotaWatch::finish`].
#[derive(Debug)]
pub struct QuotaWatch {
    stop: StopToken,
    thread: JoinHandle<QuotaReport>,
}

impl Quota {
    /// How often [`Quota::watch`] looks unless told otherwise.
    pub const INTERVAL: Duration = Duration::from_secs(2);

    /// Makes the quota hold once; `running` is the folder of the session that is being recorded, if there is one. What
    /// cannot be measured or deleted is logged: a recording is worth more than its bound.
    #[must_use]
    pub fn enforce(&self, running: Option<&Path>) -> QuotaReport {
        self.round(running, true)
    }

    /// One look; says what cannot be measured when it `is_first`.
    fn round(&self, running: Option<&Path>, is_first: bool) -> QuotaReport {
        let mut report = QuotaReport::default();
        let mut failed = Vec::new();
        let now = Clock::system().now();
        let mut sessions = self.sessions_if_exceeded(now).unwrap_or_else(|error| {
            if is_first {
                let folder = self.folder.display();
                tracing::warn!(%error, %folder, "cannot look at the sessions, so their quota is not kept");
            }
            Vec::new()
        });
        loop {
            let is_spared =
                |it: &SessionOnDisk| running == Some(it.path.as_path()) || failed.contains(&it.path);
            match self.decide(&sessions, self.free_bytes(is_first), is_spared) {
                QuotaDecision::Fine => return report,
                QuotaDecision::End(end) => {
                    report.end = Some(end);
                    return report;
                }
                QuotaDecision::Remove(session) => {
                    let session = session.clone();
                    match remove(&session, now) {
                        Ok(is_ours) => {
                            sessions.retain(|it| it.path != session.path);
                            report.removed.extend(is_ours.then_some(session));
                        }
                        Err(error) => failed.push(told(&error, session.path)),
                    }
                }
            }
        }
    }

    /// Keeps the quota beside the recording into `running`, every `interval`, until it is finished; ends the recording
    /// by `recording` when there is no other way.
    ///
    /// # Errors
    /// When the operating system gives no thread.
    pub fn watch(
        self,
        running: PathBuf,
        recording: &StopToken,
        interval: Duration,
    ) -> std::io::Result<QuotaWatch> {
        let stop = StopToken::new();
        let (token, recording) = (stop.clone(), recording.clone());
        let run = move || {
            let mut report = QuotaReport::default();
            let mut is_first = true;
            loop {
                let round = self.round(Some(&running), std::mem::take(&mut is_first));
                report.removed.extend(round.removed);
                if round.end.is_some() {
                    recording.stop();
                    report.end = round.end;
                    return report;
                }
                if token.wait_for(interval) {
                    return report;
                }
            }
        };
        let thread = std::thread::Builder::new().name("quota".to_owned()).spawn(run)?;
        Ok(QuotaWatch { stop, thread })
    }

    /// Every session when they are too many; none when the quota holds, which needs no file to be opened.
    fn sessions_if_exceeded(&self, now: Timestamp) -> std::io::Result<Vec<SessionOnDisk>> {
        let Some(allowed) = self.max_bytes else { return Ok(Vec::new()) };
        if let Err(error) = remove_leftovers(&self.folder) {
            told(&error, self.folder.clone());
        }
        if bytes_of_sessions(&self.folder)? <= allowed {
            return Ok(Vec::new());
        }
        sessions_in(&self.folder, now)
    }

    /// Free bytes of the disk on which the folder is, or will be.
    fn free_bytes(&self, is_first: bool) -> Option<u64> {
        if self.min_free_bytes == 0 {
            return None;
        }
        let here = [Path::new(".")];
        let mut places = self.folder.ancestors().filter(|it| !it.as_os_str().is_empty()).chain(here);
        let free = super::free_bytes(places.find(|place| place.exists())?);
        if let Err(error) = &free
            && is_first
        {
            tracing::warn!(%error, "the disk does not say how much is free, so that is not watched");
        }
        free.ok()
    }
}

impl QuotaWatch {
    /// Ends the thread, after the deletion that may be under way; what it did.
    #[must_use]
    pub fn finish(self) -> QuotaReport {
        self.stop.stop();
        self.thread.join().unwrap_or_else(|_| {
            tracing::error!("the quota thread panicked");
            QuotaReport::default()
        })
    }
}

/// Deletes a session; whether it was there.
fn remove(session: &SessionOnDisk, now: Timestamp) -> Result<bool, RemoveError> {
    match remove_session(&session.path, now) {
        Err(RemoveError::NoSession { .. }) => return Ok(false),
        removed => removed?,
    }
    tracing::warn!(
        session = session.name,
        bytes = session.bytes,
        "removed the oldest session, because the quota was exceeded"
    );
    Ok(true)
}

fn told(error: &RemoveError, path: PathBuf) -> PathBuf {
    tracing::warn!(error = error as &dyn std::error::Error, "cannot remove a session to keep the quota");
    path
}

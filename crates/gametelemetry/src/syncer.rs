//! Syncs a session's files to the disk now and then, so that a power cut loses about a second.
//!
//! On a thread of its own, beside the writers: a sync can take longer than ten frames, and a writer that waits for it
//! would break the bound on what a killed process loses (docs/decisions/0005-threads.md).

use std::fs::File;
use std::thread::JoinHandle;
use std::time::Duration;

use crate::StopToken;

/// The thread that syncs.
#[derive(Debug)]
pub(crate) struct Syncer {
    stop: StopToken,
    thread: JoinHandle<()>,
}

impl Syncer {
    /// Syncs `files` every `interval`.
    pub(crate) fn start(files: Vec<File>, interval: Duration) -> std::io::Result<Self> {
        let stop = StopToken::new();
        let token = stop.clone();
        let thread = std::thread::Builder::new().name("sync".to_owned()).spawn(move || {
            let mut failed = false;
            while !token.wait_for(interval) {
                for file in &files {
                    if let Err(error) = file.sync_data()
                        && !std::mem::replace(&mut failed, true)
                    {
                        tracing::warn!(%error, "cannot sync the recording to the disk");
                    }
                }
            }
        })?;
        Ok(Self { stop, thread })
    }

    /// Ends the thread, after the sync that may be under way.
    pub(crate) fn finish(self) {
        self.stop.stop();
        if self.thread.join().is_err() {
            tracing::error!("the sync thread panicked");
        }
    }
}

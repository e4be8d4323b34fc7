//! A session that records: what it has so far, and how it is ended.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use gametelemetry_file::Ledger;

use crate::callbacks::Started;
use crate::clock::Clock;
use crate::runner::SourceRunner;
use crate::summary::{SourceSummary, Summary};
use crate::{SessionError, StopToken};

/// How often [`RunningSession::wait`] looks whether every source has ended by itself.
const LOOK: Duration = Duration::from_millis(50);

/// A recording that runs. End it with [`RunningSession::stop`], which gives the summary; dropping it ends it too, and
/// logs what fails.
#[derive(Debug)]
pub struct RunningSession {
    folder: PathBuf,
    clock: Clock,
    stop: StopToken,
    runners: Vec<SourceRunner>,
    callbacks: Vec<Started>,
    syncer: Option<Syncer>,
}

impl RunningSession {
    pub(crate) fn new(
        folder: PathBuf,
        clock: Clock,
        stop: StopToken,
        runners: Vec<SourceRunner>,
        callbacks: Vec<Started>,
        syncer: Option<Syncer>,
    ) -> Self {
        Self { folder, clock, stop, runners, callbacks, syncer }
    }

    /// The session's folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The session's clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Each source's name and its counts so far.
    #[must_use]
    pub fn status(&self) -> Vec<(String, Ledger)> {
        self.runners.iter().map(|runner| (runner.name.clone(), runner.queue.ledger())).collect()
    }

    /// Whether no source gives frames any more.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.runners.iter().all(|runner| runner.sampling.is_finished())
    }

    /// Whether the session was told to stop.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stop.is_stopped()
    }

    /// Waits until the session is told to stop or every source has ended.
    pub fn wait(&self) {
        while !self.has_ended() && !self.stop.wait_for(LOOK) {}
    }

    /// Waits at most `duration`; otherwise as [`RunningSession::wait`].
    pub fn wait_for(&self, duration: Duration) {
        let deadline = crate::clock::monotonic().checked_add(duration);
        let left = || deadline.map_or(LOOK, |end| end.saturating_duration_since(crate::clock::monotonic()));
        while !self.has_ended() && !left().is_zero() && !self.stop.wait_for(LOOK.min(left())) {}
    }

    /// Waits until the user presses Ctrl+C, the session is told to stop otherwise, or every source has ended.
    ///
    /// # Errors
    /// When the program has a handler for Ctrl+C already.
    pub fn wait_for_ctrl_c(&self) -> Result<(), SessionError> {
        self.stop.stop_on_ctrl_c()?;
        self.wait();
        Ok(())
    }

    /// Ends the recording: every frame taken so far is stored, every file gets its ledger and index.
    ///
    /// # Errors
    /// When a source ended early or could not be stored to its end. The error has the summary of what is stored.
    pub fn stop(mut self) -> Result<Summary, SessionError> {
        self.end()
    }

    fn end(&mut self) -> Result<Summary, SessionError> {
        self.stop.stop();
        let mut failures = Vec::new();
        let mut sources = Vec::with_capacity(self.runners.len());
        for runner in self.runners.drain(..) {
            sources.push(end_runner(runner, &mut failures));
        }
        for callback in self.callbacks.drain(..) {
            if callback.thread.join().is_err() {
                tracing::error!("a callback panicked");
            }
        }
        if let Some(syncer) = self.syncer.take() {
            syncer.finish();
        }
        let summary = Summary { folder: self.folder.clone(), sources };
        match failures.into_iter().min_by_key(Failure::rank) {
            None => Ok(summary),
            Some(failure) => Err(failure.into_error(summary)),
        }
    }
}

impl Drop for RunningSession {
    fn drop(&mut self) {
        if self.runners.is_empty() {
            return;
        }
        if let Err(error) = self.end() {
            tracing::error!(%error, "session did not end well");
        }
    }
}

enum Failure {
    Write(String, gametelemetry_file::WriteError),
    Source(String, crate::SourceError),
    Panicked(String),
}

impl Failure {
    /// The one that a user should hear of first: a full disk is also why sources stopped.
    fn rank(&self) -> u8 {
        match self {
            Self::Write(..) => 0,
            Self::Panicked(_) => 1,
            Self::Source(..) => 2,
        }
    }

    fn into_error(self, summary: Summary) -> SessionError {
        match self {
            Self::Write(source_name, source) => {
                SessionError::Write { source_name, source, summary: Some(Box::new(summary)) }
            }
            Self::Source(source_name, source) => {
                SessionError::Source { source_name, source, summary: Box::new(summary) }
            }
            Self::Panicked(source_name) => SessionError::Panicked { source_name, summary: Box::new(summary) },
        }
    }
}

fn end_runner(runner: SourceRunner, failures: &mut Vec<Failure>) -> SourceSummary {
    let SourceRunner { name, queue, sampling, writing } = runner;
    match sampling.join() {
        Ok(Ok(())) => {}
        Ok(Err(error)) => failures.push(Failure::Source(name.clone(), error)),
        Err(_) => failures.push(Failure::Panicked(name.clone())),
    }
    let written = match writing.join() {
        Ok(Ok(written)) => Some(written),
        Ok(Err(error)) => {
            failures.push(Failure::Write(name.clone(), error));
            None
        }
        Err(_) => {
            failures.push(Failure::Panicked(name.clone()));
            None
        }
    };
    SourceSummary { name, ledger: queue.ledger(), written }
}

/// Syncs the session's files to the disk now and then, on a thread of its own: a sync can take longer than ten
/// frames, and a writer that waits for it would break the bound on what a killed process loses
/// (docs/decisions/0005-threads.md).
#[derive(Debug)]
pub(crate) struct Syncer {
    stop: StopToken,
    thread: JoinHandle<()>,
}

impl Syncer {
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

    fn finish(self) {
        self.stop.stop();
        if self.thread.join().is_err() {
            tracing::error!("the sync thread panicked");
        }
    }
}

impl std::fmt::Debug for SourceRunner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SourceRunner").field("name", &self.name).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Started {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Started").finish_non_exhaustive()
    }
}

const _: fn() = || {
    fn is_send<T: Send>() {}
    is_send::<RunningSession>();
    is_send::<Arc<StopToken>>();
};

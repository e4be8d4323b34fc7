//! A session that records: what it has so far, and how it is ended.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use gametelemetry_file::{Ledger, Written};

use crate::callbacks::{self, Started};
use crate::clock::Clock;
use crate::keep_last::{MarkError, Marker};
use crate::live::Live;
use crate::runner::SourceRunner;
use crate::store::Store;
use crate::summary::{SourceSummary, Summary};
use crate::syncer::Syncer;
use crate::{SessionError, StopToken};

/// How often [`RunningSession::wait`] looks whether every source has ended by itself: soon in a short session, seldom
/// in a long one, because waking 20 times a second costs as much as a tenth of the sampling (docs/benchmarks.md).
const LOOK: std::ops::RangeInclusive<Duration> = Duration::from_millis(5)..=Duration::from_millis(250);

/// A recording that runs. End it with [`RunningSession::stop`], which gives the summary; dropping it ends it too, and
/// logs what fails.
#[derive(Debug)]
pub struct RunningSession {
    pub(crate) folder: PathBuf,
    pub(crate) clock: Clock,
    pub(crate) stop: StopToken,
    pub(crate) runners: Vec<SourceRunner>,
    pub(crate) callbacks: Vec<Started>,
    pub(crate) syncer: Option<Syncer>,
    pub(crate) live: Option<Live>,
    pub(crate) marker: Option<Marker>,
}

impl RunningSession {
    /// The session's folder; of a session with [`keep_last`](crate::GameSession::keep_last) the folder in which marks
    /// make sessions.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The session's clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Writes the last part of the recording, as long as [`keep_last`](crate::GameSession::keep_last) says, as a session
    /// of its own, and gives what is in it; the recording goes on. Sampling does not wait for the writing.
    ///
    /// # Errors
    /// When the session was not started with `keep_last`, when nothing has come yet, and when the session cannot be
    /// written. What is held is still held then, and can be marked again.
    pub fn mark(&self) -> Result<Summary, MarkError> {
        self.marker.as_ref().ok_or(MarkError::NotHeld)?.mark()
    }

    /// A handle by which other threads can mark; none unless the session was started with
    /// [`keep_last`](crate::GameSession::keep_last).
    #[must_use]
    pub fn marker(&self) -> Option<Marker> {
        self.marker.clone()
    }

    /// Each source's name and its counts so far.
    #[must_use]
    pub fn status(&self) -> Vec<(String, Ledger)> {
        self.runners.iter().map(|runner| (runner.name.clone(), runner.store.queue().ledger())).collect()
    }

    /// Whether no source gives frames any more.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.runners.iter().all(|runner| runner.sampling.is_finished())
    }

    /// The sources that give no frames any more: they have no more, or failed. [`RunningSession::stop`] says why.
    #[must_use]
    pub fn ended_sources(&self) -> Vec<&str> {
        let ended = self.runners.iter().filter(|runner| runner.sampling.is_finished());
        ended.map(|runner| runner.name.as_str()).collect()
    }

    /// Whether the session was told to stop.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stop.is_stopped()
    }

    /// Waits until the session is told to stop or every source has ended.
    pub fn wait(&self) {
        while !self.has_ended() && !self.stop.wait_for(self.look()) {}
    }

    /// Waits at most `duration`; otherwise as [`RunningSession::wait`].
    pub fn wait_for(&self, duration: Duration) {
        let deadline = crate::clock::monotonic().checked_add(duration);
        let left =
            || deadline.map_or(Duration::MAX, |end| end.saturating_duration_since(crate::clock::monotonic()));
        while !self.has_ended() && !left().is_zero() && !self.stop.wait_for(self.look().min(left())) {}
    }

    /// Time until the next look whether every source has ended: a twentieth of the time recorded so far.
    fn look(&self) -> Duration {
        let recorded = self.clock.now().duration_since(self.clock.anchor().started).unwrap_or_default();
        (recorded / 20).clamp(*LOOK.start(), *LOOK.end())
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
        let runners: Vec<_> = self.runners.drain(..).collect();
        let ended: Vec<_> = runners.into_iter().map(|runner| end_runner(runner, &mut failures)).collect();
        callbacks::end_all(self.callbacks.drain(..).collect());
        if let Some(syncer) = self.syncer.take() {
            syncer.finish();
        }
        if let Some(live) = self.live.take() {
            live.finish();
        }
        let sources = ended.into_iter().map(Ended::into_summary).collect();
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

/// A source whose two threads have ended.
struct Ended {
    name: String,
    store: Arc<Store>,
    written: Option<Written>,
}

impl Ended {
    /// Made last of all, because callbacks may miss frames up to their end.
    fn into_summary(self) -> SourceSummary {
        SourceSummary { name: self.name, ledger: self.store.queue().ledger(), written: self.written }
    }
}

fn end_runner(runner: SourceRunner, failures: &mut Vec<Failure>) -> Ended {
    let SourceRunner { name, store, sampling, writing } = runner;
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
    Ended { name, store, written }
}

impl std::fmt::Debug for SourceRunner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SourceRunner").field("name", &self.name).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Live {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Live").finish_non_exhaustive()
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

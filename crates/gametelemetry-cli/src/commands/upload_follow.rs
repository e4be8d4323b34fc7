//! `upload --follow`: brings sessions as they are recorded, and goes on whatever happens to one of them, or to the bucket.
//!
//! What fails because of a session (another upload is at it, it has grown, its disk is full) has that session wait; what
//! fails because of the bucket (credentials have expired, a hotel's network answers in its place) has all of them wait. Either is
//! told once and tried again, after pauses that double. A session that has changed is brought again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::thread::{Scope, ScopedJoinHandle};
use std::time::{Duration, Instant};

use anyhow::Result;
use gametelemetry::{clock, housekeeping};
use gametelemetry_cloud::{CloudError, SessionFiles, Uploaded};

use super::bring::Bringer;
use super::upload::{Sessions, Told, is_of_session, list};
use crate::output::{self, DIM};

/// How often a folder is looked into for new sessions.
const LOOK: Duration = Duration::from_secs(2);
/// Whether sessions that are in the bucket have changed is looked at only so often, in looks: there may be thousands.
const LOOKS_FOR_CHANGES: u32 = 5;
/// The longest pause after a failure.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// Sessions that are uploaded at the same time.
const AT_ONCE: usize = 4;

/// Uploads sessions as they are recorded: the named ones to their end, those of a folder until it is stopped. Goes on
/// when something fails, for ever or for `retry_for`.
pub(super) fn follow(
    bringer: &Bringer,
    sessions: &Sessions,
    retry_for: Option<Duration>,
    mut tell: impl FnMut(Told),
) -> Result<()> {
    if !sessions.parents.is_empty() {
        let parents = list(&sessions.parents);
        output::say(format_args!("{DIM}following {parents}; Ctrl+C ends it{DIM:#}"));
    }
    std::thread::scope(|scope| {
        let mut following = Following {
            bringer,
            sessions,
            retry_for,
            at_work: BTreeMap::new(),
            tried: BTreeMap::new(),
            trouble: None,
            looks: 0,
        };
        // The scope ends when its threads have.
        following.run(scope, &mut tell).inspect_err(|_| bringer.stop.stop())
    })
}

/// What became of a session.
enum Tried {
    /// It is in the bucket, with these files.
    Done(SessionFiles),
    /// It failed when it had these files.
    Failed(SessionFiles, Trouble),
}

struct Following<'a, 'scope> {
    bringer: &'scope Bringer,
    sessions: &'a Sessions,
    retry_for: Option<Duration>,
    at_work: BTreeMap<PathBuf, ScopedJoinHandle<'scope, Result<Uploaded>>>,
    tried: BTreeMap<PathBuf, Tried>,
    /// Of the bucket.
    trouble: Option<Trouble>,
    looks: u32,
}

impl<'scope> Following<'_, 'scope> {
    fn run(&mut self, scope: &'scope Scope<'scope, '_>, tell: &mut impl FnMut(Told)) -> Result<()> {
        let stop = &self.bringer.stop;
        loop {
            let now = self.sessions.now()?;
            self.tried.retain(|session, _| now.contains(session));
            for session in &now {
                if self.at_work.len() < AT_ONCE && !stop.is_stopped() && self.is_due(session) {
                    self.start(session, scope)?;
                }
            }
            self.looks = self.looks.wrapping_add(1);
            if !stop.wait_for(LOOK) {
                self.take_results(tell, false)?;
            } else {
                return self.take_results(tell, true);
            }
            let is_done = |session| matches!(self.tried.get(session), Some(Tried::Done(_)));
            if self.sessions.parents.is_empty() && self.at_work.is_empty() && now.iter().all(is_done) {
                return Ok(());
            }
        }
    }

    fn is_due(&self, session: &Path) -> bool {
        let has_changed = |files: &SessionFiles| SessionFiles::of(session).is_ok_and(|now| now != *files);
        if self.at_work.contains_key(session) || self.trouble.as_ref().is_some_and(Trouble::is_pausing) {
            return false;
        }
        match self.tried.get(session) {
            None => true,
            Some(Tried::Done(files)) => self.looks.is_multiple_of(LOOKS_FOR_CHANGES) && has_changed(files),
            Some(Tried::Failed(files, trouble)) => !trouble.is_pausing() || has_changed(files),
        }
    }

    fn start(&mut self, session: &Path, scope: &'scope Scope<'scope, '_>) -> Result<()> {
        let (bringer, folder) = (self.bringer, session.to_owned());
        let work = move || {
            let is_over = || !housekeeping::is_being_recorded(&folder, clock::Clock::system().now());
            bringer.bring(&folder, is_over)
        };
        let thread = std::thread::Builder::new().name("follow".to_owned()).spawn_scoped(scope, work)?;
        let _ = self.at_work.insert(session.to_owned(), thread);
        Ok(())
    }

    /// Takes in what has ended, or waits for `all` to end.
    fn take_results(&mut self, tell: &mut impl FnMut(Told), all: bool) -> Result<()> {
        let ended: Vec<PathBuf> = self
            .at_work
            .iter()
            .filter(|(_, thread)| all || thread.is_finished())
            .map(|(session, _)| session.clone())
            .collect();
        for session in ended {
            let Some(thread) = self.at_work.remove(&session) else { continue };
            let result = thread.join().unwrap_or_else(|panic| {
                // The others end before the scope does.
                self.bringer.stop.stop();
                std::panic::resume_unwind(panic)
            });
            match result {
                Ok(uploaded) => {
                    if !uploaded.was_there {
                        self.trouble = None;
                    }
                    let told = Told::new(&session, &uploaded);
                    told.say();
                    tell(told);
                    let _ = self.tried.insert(session, Tried::Done(uploaded.files));
                }
                Err(error) => self.failed(session, error)?,
            }
        }
        Ok(())
    }

    /// Has what failed tried again later; an error when that is no use.
    fn failed(&mut self, session: PathBuf, error: anyhow::Error) -> Result<()> {
        let is_stop = matches!(error.downcast_ref(), Some(CloudError::Stopped));
        // Time that may mend it was given already.
        let is_over = error.downcast_ref().is_some_and(CloudError::is_transient);
        if is_stop && !self.sessions.parents.is_empty() {
            return Ok(());
        }
        if is_stop || is_over || !session.exists() {
            return Err(error);
        }
        if !is_of_session(&error) {
            return Trouble::again(&mut self.trouble, error, self.retry_for);
        }
        let mut trouble = match self.tried.remove(&session) {
            Some(Tried::Failed(_, trouble)) => Some(trouble),
            _ => None,
        };
        // One session's failure ends only what was started for its sake.
        let patience = self.retry_for.filter(|_| self.sessions.parents.is_empty());
        Trouble::again(&mut trouble, error.context(session.display().to_string()), patience)?;
        let files = SessionFiles::of(&session).unwrap_or_default();
        if let Some(trouble) = trouble {
            let _ = self.tried.insert(session, Tried::Failed(files, trouble));
        }
        Ok(())
    }
}

/// Something that failed, again and again since it was told.
struct Trouble {
    told: String,
    since: Instant,
    pause: Duration,
    until: Instant,
}

impl Trouble {
    /// Takes in another failure; an error when there were only failures for as long as `patience`. What several threads
    /// found out at the same time counts once.
    fn again(trouble: &mut Option<Self>, error: anyhow::Error, patience: Option<Duration>) -> Result<()> {
        let (now, text) = (clock::monotonic(), format!("{error:#}"));
        let is_pausing = trouble.as_ref().is_some_and(Self::is_pausing);
        let (since, pause, until) = match &trouble {
            Some(before) if is_pausing => (before.since, before.pause, before.until),
            Some(before) => (before.since, before.next_pause(), now + before.next_pause()),
            None => (now, LOOK, now + LOOK),
        };
        if patience.is_some_and(|patience| since.elapsed() >= patience) {
            return Err(error);
        }
        if trouble.as_ref().is_none_or(|before| before.told != text) {
            output::error(&error);
            output::say(format_args!("{DIM}it is tried again until it works; Ctrl+C ends it{DIM:#}"));
        }
        *trouble = Some(Self { told: text, since, pause, until });
        Ok(())
    }

    fn next_pause(&self) -> Duration {
        (self.pause * 2).min(LONGEST_PAUSE)
    }

    fn is_pausing(&self) -> bool {
        clock::monotonic() < self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_patience_ends_them() {
        let failure = || anyhow::anyhow!("expired");
        let mut trouble = None;
        let mut pauses = Vec::new();
        for _ in 0..10 {
            Trouble::again(&mut trouble, failure(), None).unwrap();
            let last: &mut Trouble = trouble.as_mut().unwrap();
            assert!(last.is_pausing());
            pauses.push(last.pause.as_secs());
            last.until = last.since;
        }
        assert_eq!(pauses, [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
        assert!(Trouble::again(&mut trouble, failure(), Some(Duration::ZERO)).is_err());
    }

    #[test]
    fn what_several_threads_found_out_counts_once() {
        let mut trouble = None;
        for _ in 0..4 {
            Trouble::again(&mut trouble, anyhow::anyhow!("expired"), None).unwrap();
        }
        assert_eq!(trouble.unwrap().pause, LOOK);
    }
}

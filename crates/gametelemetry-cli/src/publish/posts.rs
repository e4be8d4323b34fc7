//! POSTs states as a game does that was told to: one after the other, and never so that the game waits.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::Result;
use serde::Serialize;

/// States that wait for a receiver that is slow; further ones are not sent.
const WAITING: usize = 64;
/// How long a receiver may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// What was posted.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct SentPosts {
    /// States that the receiver took.
    pub(crate) taken: u64,
    /// States that it did not: it was not there, too slow, or refused them.
    pub(crate) failed: u64,
    /// Why the last of those was not taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
}

/// Posts to one address.
pub(crate) struct Posts {
    queue: Option<SyncSender<String>>,
    posting: Option<JoinHandle<()>>,
    sent: Arc<Mutex<SentPosts>>,
}

impl Posts {
    /// To `url`, as `http://127.0.0.1:3000/`.
    pub(crate) fn to(url: String) -> Result<Self> {
        let sent: Arc<Mutex<SentPosts>> = Arc::default();
        let (queue, states) = sync_channel::<String>(WAITING);
        let counted = Arc::clone(&sent);
        let agent: ureq::Agent =
            ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).proxy(None).build().into();
        let post = move || {
            for state in states {
                match agent.post(&url).content_type("application/json").send(state) {
                    Ok(_) => lock(&counted).taken += 1,
                    Err(error) => lock(&counted).fail(explained(&error)),
                }
            }
        };
        let posting = std::thread::Builder::new().name("posts".to_owned()).spawn(post)?;
        Ok(Self { queue: Some(queue), posting: Some(posting), sent })
    }

    /// Posts `state` soon.
    pub(crate) fn send(&self, state: String) {
        if self.queue.as_ref().is_some_and(|queue| queue.try_send(state).is_err()) {
            lock(&self.sent).fail("the receiver is too slow".to_owned());
        }
    }

    /// Posts what waits, and says what came of all.
    pub(crate) fn finish(mut self) -> SentPosts {
        drop(self.queue.take());
        if let Some(posting) = self.posting.take() {
            let _ = posting.join();
        }
        lock(&self.sent).clone()
    }
}

impl SentPosts {
    fn fail(&mut self, reason: String) {
        self.failed += 1;
        self.reason = Some(reason);
    }
}

fn lock(sent: &Mutex<SentPosts>) -> MutexGuard<'_, SentPosts> {
    sent.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Why a state was not taken, with what to do about a token.
fn explained(error: &ureq::Error) -> String {
    match error {
        ureq::Error::StatusCode(401 | 403) => {
            format!("{error}: the receiver wants a token, or another one; say it with --token")
        }
        error => error.to_string(),
    }
}

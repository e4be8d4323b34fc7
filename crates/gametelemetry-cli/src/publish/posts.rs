//! POSTs states as a game does that was told to: one after the other, and never so that the game waits.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::Result;
use serde::Serialize;

/// States that wait for a receiver that is slow; further ones are not sent.
const WAITING: usize = 64;
/// How long a receiver may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// What was posted.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct SentPosts {
    /// States that the receiver took.
    pub(crate) taken: u64,
    /// States that it did not: it was not there, too slow, or refused them.
    pub(crate) failed: u64,
}

/// Posts to one address.
pub(crate) struct Posts {
    queue: Option<SyncSender<String>>,
    posting: Option<JoinHandle<()>>,
    counts: Arc<[AtomicU64; 2]>,
}

impl Posts {
    /// To `url`, as `http://127.0.0.1:3000/`.
    pub(crate) fn to(url: String) -> Result<Self> {
        let counts: Arc<[AtomicU64; 2]> = Arc::default();
        let (queue, states) = sync_channel::<String>(WAITING);
        let counted = Arc::clone(&counts);
        let agent: ureq::Agent =
            ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).proxy(None).build().into();
        let post = move || {
            for state in states {
                let taken = agent.post(&url).content_type("application/json").send(state).is_ok();
                let [took, failed] = &*counted;
                if taken { took } else { failed }.fetch_add(1, Ordering::Relaxed);
            }
        };
        let posting = std::thread::Builder::new().name("posts".to_owned()).spawn(post)?;
        Ok(Self { queue: Some(queue), posting: Some(posting), counts })
    }

    /// Posts `state` soon.
    pub(crate) fn send(&self, state: String) {
        if self.queue.as_ref().is_some_and(|queue| queue.try_send(state).is_err()) {
            let [_, failed] = &*self.counts;
            failed.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Posts what waits, and says what came of all.
    pub(crate) fn finish(mut self) -> SentPosts {
        drop(self.queue.take());
        if let Some(posting) = self.posting.take() {
            let _ = posting.join();
        }
        let [taken, failed] = &*self.counts;
        SentPosts { taken: taken.load(Ordering::Relaxed), failed: failed.load(Ordering::Relaxed) }
    }
}

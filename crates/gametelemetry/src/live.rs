//! Processors beside a recording: a thread of their own follows the session's files while they are written.
//!
//! So they see what a later pass over the files sees, by the same code, and sampling never waits for them: between the
//! two is the disk. They are behind the game by the time in which frames reach the file.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::clock::Clock;
use crate::moments::{DerivedChannel, Following};
use crate::processor::{AnyProcessor, SessionPass};

/// A frame may reach its file so much later than it should, on a busy machine, and still come in its place.
const PATIENCE: Duration = Duration::from_millis(250);

/// The processors of a session, and the channels worked out for them.
#[derive(Default)]
pub(crate) struct LiveProcessors {
    pub(crate) processors: Vec<Box<dyn AnyProcessor>>,
    pub(crate) derived: Vec<DerivedChannel>,
}

/// The thread of a session's processors.
pub(crate) struct Live {
    thread: JoinHandle<()>,
    finished: Arc<AtomicBool>,
}

impl LiveProcessors {
    /// Starts following the session in `folder`; `None` when there is no processor.
    pub(crate) fn start(
        self,
        folder: PathBuf,
        clock: &Clock,
        flush_interval: Duration,
    ) -> std::io::Result<Option<Live>> {
        if self.processors.is_empty() {
            return Ok(None);
        }
        let finished = Arc::new(AtomicBool::new(false));
        let latest = flush_interval + PATIENCE;
        let following = Following { finished: Arc::clone(&finished), clock: clock.clone(), latest };
        let run = move || {
            let pass = SessionPass::open(&folder)
                .and_then(|pass| pass.live(self.processors, self.derived, following).run());
            if let Err(error) = pass {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "processors cannot follow the session"
                );
            }
        };
        let thread = std::thread::Builder::new().name("processors".to_owned()).spawn(run)?;
        Ok(Some(Live { thread, finished }))
    }
}

impl Live {
    /// Lets the processors see the rest of the files, which nobody writes any more, and finish.
    pub(crate) fn finish(self) {
        self.finished.store(true, Ordering::Release);
        if self.thread.join().is_err() {
            tracing::error!("a processor panicked");
        }
    }
}

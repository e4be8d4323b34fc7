//! The simulated game: a thread that publishes numbered pages in shared memory.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use gametelemetry::clock::{self, Pacer};
use gametelemetry::shared_memory::PublishedRegion;

use crate::support::Page;

/// Publishes until it is dropped.
pub(crate) struct Publisher {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    stopped: AtomicBool,
    published: AtomicU32,
}

impl Publisher {
    /// Publishes whole pages in `region` at `hz`.
    pub(crate) fn start(region: &str, hz: f64) -> Self {
        let mut region = PublishedRegion::create(region, size_of::<Page>()).unwrap();
        let shared = Arc::new(Shared::default());
        let thread = {
            let shared = Arc::clone(&shared);
            std::thread::spawn(move || {
                let mut pacer = Pacer::new(hz);
                while !shared.stopped.load(Ordering::Relaxed) {
                    let left = pacer.next_deadline().saturating_duration_since(clock::monotonic());
                    std::thread::sleep(left.max(Duration::from_micros(1)));
                    let number = shared.published.fetch_add(1, Ordering::Relaxed) + 1;
                    region.write(0, Page::numbered(number).bytes());
                }
            })
        };
        Self { shared, thread: Some(thread) }
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

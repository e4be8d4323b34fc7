//! The simulated game: publishes numbered pages in shared memory and writes down what it did.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use gametelemetry::clock::{self, Pacer};
use gametelemetry::shared_memory::PublishedRegion;

use crate::support::Page;

/// How the game writes its frames.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manner {
    pub(crate) hz: f64,
    /// Writes the counter before the rest of the frame, not after it.
    pub(crate) counter_first: bool,
    /// One in so many writes pauses in the middle; none when 0.
    pub(crate) pause_one_in: u32,
    /// How long such a write pauses, in microseconds.
    pub(crate) pause_us: (u32, u32),
}

impl Manner {
    /// Whole frames, the counter last.
    pub(crate) fn steady(hz: f64) -> Self {
        Self { hz, counter_first: false, pause_one_in: 0, pause_us: (0, 0) }
    }

    /// Writes frame `number`; gives how long that took.
    fn write(self, region: &mut PublishedRegion, number: u32) -> Duration {
        const MIDDLE: usize = size_of::<Page>() / 2;
        let page = Page::numbered(number);
        let (counter, rest) = page.bytes().split_at(4);
        let started = clock::monotonic();
        if self.counter_first {
            region.write(0, counter);
        }
        region.write(4, &rest[..MIDDLE]);
        let random = number.wrapping_mul(0x9E37_79B9) >> 8;
        if random.checked_rem(self.pause_one_in) == Some(0) {
            let (shortest, longest) = self.pause_us;
            let pause = Duration::from_micros(u64::from(shortest + random % (longest - shortest + 1)));
            // A game in the middle of its frame computes; it does not sleep.
            let middle = clock::monotonic();
            while middle.elapsed() < pause {
                std::hint::spin_loop();
            }
        }
        region.write(4 + MIDDLE, &rest[MIDDLE..]);
        if !self.counter_first {
            region.write(0, counter);
        }
        started.elapsed()
    }
}

/// Publishes until it is dropped.
pub(crate) struct Publisher {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    stopped: AtomicBool,
    published: AtomicU32,
    /// How long each write took: that of frame 1 first.
    writes: Mutex<Vec<Duration>>,
}

impl Publisher {
    /// Publishes whole pages in `region` at `hz`.
    pub(crate) fn start(region: &str, hz: f64) -> Self {
        Self::start_in(region, Manner::steady(hz))
    }

    pub(crate) fn start_in(region: &str, manner: Manner) -> Self {
        let mut region = PublishedRegion::create(region, size_of::<Page>()).unwrap();
        let shared = Arc::new(Shared::default());
        let thread = {
            let shared = Arc::clone(&shared);
            std::thread::spawn(move || {
                let mut pacer = Pacer::new(manner.hz);
                while !shared.stopped.load(Ordering::Relaxed) {
                    std::thread::sleep(pacer.next_deadline().saturating_duration_since(clock::monotonic()));
                    let number = shared.published.load(Ordering::Relaxed) + 1;
                    let took = manner.write(&mut region, number);
                    shared.writes.lock().unwrap().push(took);
                    shared.published.store(number, Ordering::Release);
                }
            })
        };
        Self { shared, thread: Some(thread) }
    }

    /// The number of the frame published last.
    #[cfg(target_os = "linux")]
    pub(crate) fn published(&self) -> u32 {
        self.shared.published.load(Ordering::Acquire)
    }

    /// How long the write of frame `number` took; `None` of one that has not ended.
    pub(crate) fn write_took(&self, number: u32) -> Option<Duration> {
        let index = usize::try_from(number).unwrap().checked_sub(1)?;
        self.shared.writes.lock().unwrap().get(index).copied()
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

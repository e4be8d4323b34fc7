//! Typed callbacks: each runs on its own thread, so that a slow one holds up neither sampling nor another.

use std::any::{Any, TypeId};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, channel, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use gametelemetry_file::{Telemetry, Timestamp};

use crate::clock;
use crate::store::Store;

/// Frames that may wait for a callback; a callback further behind misses frames, which is counted.
const BACKLOG: usize = 256;
/// How long callbacks may work off what waits for them once the recording has ended.
const GRACE: Duration = Duration::from_secs(2);

/// A callback as the session was given it, its frame type still known only to itself.
pub(crate) struct Callback {
    pub(crate) frame_type: TypeId,
    pub(crate) frame_name: &'static str,
    /// The one source it listens to; all of its frame type when `None`.
    pub(crate) source: Option<String>,
    start: Box<dyn FnOnce() -> std::io::Result<Started> + Send>,
}

/// A callback whose thread runs.
pub(crate) struct Started {
    /// A `Sender<F>`.
    sender: Box<dyn Any + Send>,
    thread: JoinHandle<()>,
    /// Frames that still wait are to be left out.
    give_up: Arc<AtomicBool>,
    /// Disconnected when the thread ends.
    running: Receiver<()>,
}

/// A frame on its way to a callback.
struct Delivery<F> {
    frame: F,
    timestamp: Timestamp,
    /// Where a missed frame is counted.
    store: Arc<Store>,
}

impl<F> Delivery<F> {
    fn missed(self) {
        self.store.queue().with_ledger(|ledger| ledger.missed_by_callbacks += 1);
    }
}

impl Callback {
    pub(crate) fn new<F: Telemetry>(
        source: Option<String>,
        callback: impl FnMut(&F, Timestamp) + Send + 'static,
    ) -> Self {
        let start = move || {
            let (sender, frames) = sync_channel::<Delivery<F>>(BACKLOG);
            let (alive, running) = channel();
            let give_up = Arc::new(AtomicBool::new(false));
            let giving_up = Arc::clone(&give_up);
            let thread = std::thread::Builder::new().name("callback".to_owned()).spawn(move || {
                let _alive = alive;
                run(&frames, callback, &giving_up);
            })?;
            Ok(Started { sender: Box::new(Sender(sender)), thread, give_up, running })
        };
        let frame_name = std::any::type_name::<F>();
        Self { frame_type: TypeId::of::<F>(), frame_name, source, start: Box::new(start) }
    }

    pub(crate) fn start(self) -> std::io::Result<Started> {
        (self.start)()
    }
}

impl Started {
    /// A handle for the source of `F` to send frames by.
    pub(crate) fn sender<F: Telemetry>(&self) -> Option<Sender<F>> {
        self.sender.downcast_ref::<Sender<F>>().cloned()
    }
}

fn run<F: Telemetry>(
    frames: &Receiver<Delivery<F>>,
    mut callback: impl FnMut(&F, Timestamp),
    give_up: &AtomicBool,
) {
    let _waiting = CountWaiting(frames);
    for delivery in frames {
        if give_up.load(Ordering::Relaxed) {
            delivery.missed();
        } else {
            callback(&delivery.frame, delivery.timestamp);
        }
    }
}

/// A callback that panics misses the frames that wait for it; after an orderly end there are none.
struct CountWaiting<'a, F: Telemetry>(&'a Receiver<Delivery<F>>);

impl<F: Telemetry> Drop for CountWaiting<'_, F> {
    fn drop(&mut self) {
        self.0.try_iter().for_each(Delivery::missed);
    }
}

/// Lets every callback work off what waits for it, in [`GRACE`] altogether; what is left then is counted as missed. A
/// callback that does not even return then is left behind, so that it cannot hold up the end of the program.
pub(crate) fn end_all(callbacks: Vec<Started>) {
    // A callback ends when nobody can send to it any more.
    let ending: Vec<_> = callbacks
        .into_iter()
        .map(|Started { sender, thread, give_up, running }| {
            drop(sender);
            (thread, give_up, running)
        })
        .collect();
    let deadline = clock::monotonic() + GRACE;
    for (thread, give_up, running) in ending {
        let ended = ends_by(&running, deadline) || {
            give_up.store(true, Ordering::Relaxed);
            ends_by(&running, clock::monotonic() + GRACE)
        };
        if !ended {
            tracing::error!("a callback does not return, it is left behind");
        } else if thread.join().is_err() {
            tracing::error!("a callback panicked");
        }
    }
}

fn ends_by(running: &Receiver<()>, deadline: Instant) -> bool {
    let left = deadline.saturating_duration_since(clock::monotonic());
    running.recv_timeout(left) == Err(RecvTimeoutError::Disconnected)
}

/// Hands frames to one callback's thread.
pub(crate) struct Sender<F>(SyncSender<Delivery<F>>);

/// What became of a frame for a callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// It will be called with it.
    Accepted,
    /// It is too far behind.
    Behind,
    /// It has panicked.
    Gone,
}

impl<F> Clone for Sender<F> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<F: Telemetry> Sender<F> {
    /// Hands over a copy of `frame` without waiting.
    pub(crate) fn send(&self, frame: &F, timestamp: Timestamp, store: &Arc<Store>) -> Sent {
        let delivery = Delivery { frame: frame.clone(), timestamp, store: Arc::clone(store) };
        match self.0.try_send(delivery) {
            Ok(()) => Sent::Accepted,
            Err(TrySendError::Full(_)) => Sent::Behind,
            Err(TrySendError::Disconnected(_)) => Sent::Gone,
        }
    }
}

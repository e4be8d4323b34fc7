//! Typed callbacks: each runs on its own thread, so that a slow one holds up neither sampling nor another.

use std::any::{Any, TypeId};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use gametelemetry_file::{Telemetry, Timestamp};

/// Frames that may wait for a callback; a callback further behind misses frames, which is counted.
const BACKLOG: usize = 256;

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
    pub(crate) thread: JoinHandle<()>,
}

impl Callback {
    pub(crate) fn new<F: Telemetry>(
        source: Option<String>,
        callback: impl FnMut(&F, Timestamp) + Send + 'static,
    ) -> Self {
        let start = move || {
            let (sender, receiver) = sync_channel::<(F, Timestamp)>(BACKLOG);
            let thread = std::thread::Builder::new()
                .name("callback".to_owned())
                .spawn(move || run(&receiver, callback))?;
            Ok(Started { sender: Box::new(Sender(sender)), thread })
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

fn run<F: Telemetry>(frames: &Receiver<(F, Timestamp)>, mut callback: impl FnMut(&F, Timestamp)) {
    for (frame, timestamp) in frames {
        callback(&frame, timestamp);
    }
}

/// Hands frames to one callback's thread.
pub(crate) struct Sender<F>(SyncSender<(F, Timestamp)>);

impl<F> Clone for Sender<F> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<F: Telemetry> Sender<F> {
    /// Hands over a copy of `frame` without waiting; gives whether the callback will see it.
    pub(crate) fn send(&self, frame: &F, timestamp: Timestamp) -> bool {
        match self.0.try_send((frame.clone(), timestamp)) {
            Ok(()) => true,
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => false,
        }
    }
}

//! Runs one source: a thread that samples and a thread that writes.
//!
//! The sampling thread stamps each frame, appends it to the queue and hands copies to callbacks. What happens to the
//! queue is in `store`.

use std::any::TypeId;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use gametelemetry_file::{Telemetry, Timestamp, WriteError, Written};

use crate::callbacks::{Sender, Sent, Started};
use crate::clock::{self, Clock};
use crate::queue::Incoming;
use crate::store::Store;
use crate::{Sample, SessionPlace, SourceDescription, SourceError, StopToken, TelemetrySource};

/// How often the source's counts are copied into the shared ledger.
const UPDATE_EVERY: Duration = Duration::from_millis(250);

/// A source of any frame type, waiting to be started.
pub(crate) trait AnySource: Send {
    fn describe(&self) -> SourceDescription;
    fn begin(&mut self, place: &SessionPlace) -> Result<(), SourceError>;
    fn frame_type(&self) -> TypeId;
    fn frame_name(&self) -> &'static str;
    /// The sampling loop, with the callbacks that listen to this source.
    fn sampler(self: Box<Self>, context: SampleContext, callbacks: &[&Started]) -> Sampler;
}

/// The sampling loop, ready to be put on a thread.
pub(crate) type Sampler = Box<dyn FnOnce() -> Result<(), SourceError> + Send>;

/// What the sampling loop needs.
#[derive(Clone)]
pub(crate) struct SampleContext {
    pub(crate) stop: StopToken,
    pub(crate) clock: Clock,
    pub(crate) store: Arc<Store>,
    pub(crate) gap_after: Option<Duration>,
}

impl<S: TelemetrySource + 'static> AnySource for S {
    fn describe(&self) -> SourceDescription {
        TelemetrySource::describe(self)
    }

    fn begin(&mut self, place: &SessionPlace) -> Result<(), SourceError> {
        TelemetrySource::begin(self, place)
    }

    fn frame_type(&self) -> TypeId {
        TypeId::of::<S::Frame>()
    }

    fn frame_name(&self) -> &'static str {
        std::any::type_name::<S::Frame>()
    }

    fn sampler(mut self: Box<Self>, context: SampleContext, callbacks: &[&Started]) -> Sampler {
        let senders: Vec<Sender<S::Frame>> =
            callbacks.iter().filter_map(|callback| callback.sender::<S::Frame>()).collect();
        Box::new(move || {
            // Closes the queue however the loop ends, a panic included, so that the writer always finishes.
            let _closing = CloseOnDrop(Arc::clone(&context.store));
            let end = sample(&mut *self, &context, &senders);
            if let Some(quality) = self.quality() {
                context.store.queue().update(quality);
            }
            end
        })
    }
}

struct CloseOnDrop(Arc<Store>);

impl Drop for CloseOnDrop {
    fn drop(&mut self) {
        self.0.queue().close();
    }
}

fn sample<S: TelemetrySource>(
    source: &mut S,
    context: &SampleContext,
    senders: &[Sender<S::Frame>],
) -> Result<(), SourceError> {
    let queue = context.store.queue();
    let mut updated = clock::monotonic();
    // A source that has a frame at once each time may never look at the token.
    while !context.stop.is_stopped()
        && let Some(sample) = source.next_frame(&context.stop)?
    {
        let now = clock::monotonic();
        let timestamp = context.clock.at(sample.taken.unwrap_or(now));
        for sender in senders {
            hand_over(sender, sample.frame, timestamp, &context.store);
        }
        let Sample { frame, counter, suspect, rewind, rush, .. } = sample;
        let incoming = Incoming { timestamp, data: frame.as_bytes(), counter, suspect, rewind, rush };
        context.store.add(&incoming, context.gap_after);
        if now.saturating_duration_since(updated) >= UPDATE_EVERY {
            updated = now;
            if let Some(quality) = source.quality() {
                queue.update(quality);
            }
        }
    }
    Ok(())
}

fn hand_over<F: Telemetry>(sender: &Sender<F>, frame: &F, timestamp: Timestamp, store: &Arc<Store>) {
    let sent = sender.send(frame, timestamp, store);
    if sent == Sent::Accepted {
        return;
    }
    let queue = store.queue();
    queue.with_ledger(|ledger| ledger.missed_by_callbacks += 1);
    if sent == Sent::Gone {
        queue.notice("a callback panicked and gets no further frames; the recording goes on");
    }
}

/// The two threads of one source.
pub(crate) struct SourceRunner {
    pub(crate) name: String,
    pub(crate) store: Arc<Store>,
    pub(crate) sampling: JoinHandle<Result<(), SourceError>>,
    pub(crate) writing: JoinHandle<Result<Written, WriteError>>,
}

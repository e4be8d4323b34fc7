//! Runs one source: a thread that samples and a thread that writes.
//!
//! The sampling thread stamps each frame, appends it to the queue and lends copies to callbacks; it never waits for
//! a disk. The writer thread takes batches, writes and flushes them, and stores the ledger now and then.

use std::any::TypeId;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use gametelemetry_file::{Ledger, SessionWriter, Telemetry, WriteError, Written};

use crate::callbacks::{Sender, Started};
use crate::clock::{self, Clock};
use crate::queue::{Batch, Incoming, Queue};
use crate::{SourceDescription, SourceError, StopToken, TelemetrySource};

/// How often the source's counts are copied into the shared ledger.
const UPDATE_EVERY: Duration = Duration::from_millis(250);

/// A source of any frame type, waiting to be started.
pub(crate) trait AnySource: Send {
    fn describe(&self) -> SourceDescription;
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
    pub(crate) queue: Arc<Queue>,
    pub(crate) gap_after: Option<Duration>,
}

impl<S: TelemetrySource + 'static> AnySource for S {
    fn describe(&self) -> SourceDescription {
        TelemetrySource::describe(self)
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
            let _closing = CloseOnDrop(Arc::clone(&context.queue));
            let end = sample(&mut *self, &context, &senders);
            if let Some(quality) = self.quality() {
                context.queue.update(quality);
            }
            end
        })
    }
}

struct CloseOnDrop(Arc<Queue>);

impl Drop for CloseOnDrop {
    fn drop(&mut self) {
        self.0.close();
    }
}

fn sample<S: TelemetrySource>(
    source: &mut S,
    context: &SampleContext,
    senders: &[Sender<S::Frame>],
) -> Result<(), SourceError> {
    let mut updated = clock::monotonic();
    while let Some(sample) = source.next_frame(&context.stop)? {
        let now = clock::monotonic();
        let timestamp = context.clock.at(sample.taken.unwrap_or(now));
        let missed = senders.iter().filter(|sender| !sender.send(sample.frame, timestamp)).count();
        let (data, counter, suspect) = (sample.frame.as_bytes(), sample.counter, sample.suspect);
        context.queue.push(&Incoming { timestamp, data, counter, suspect }, context.gap_after);
        if missed > 0 {
            context.queue.with_ledger(|ledger| ledger.missed_by_callbacks += missed as u64);
        }
        if now.saturating_duration_since(updated) >= UPDATE_EVERY {
            updated = now;
            if let Some(quality) = source.quality() {
                context.queue.update(quality);
            }
        }
    }
    Ok(())
}

/// How a writer thread works.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WriterPlan {
    /// The longest time that a frame waits before it reaches the operating system.
    pub(crate) flush_interval: Duration,
    /// How often the ledger is stored.
    pub(crate) ledger_interval: Duration,
}

/// Writes what comes through `queue` until it is closed, then ends the file. A failed writer stops the session: a
/// recording that silently keeps nothing helps nobody.
pub(crate) fn write_all(
    queue: &Queue,
    writer: &mut dyn SessionWriter,
    plan: WriterPlan,
    clock: &Clock,
    stop: &StopToken,
) -> Result<Written, WriteError> {
    let mut batch = Batch::default();
    let mut stored = clock::monotonic();
    while queue.take(&mut batch, plan.flush_interval) {
        if let Err(error) = write_batch(queue, writer, &batch) {
            queue.refuse();
            stop.stop();
            return Err(error);
        }
        if is_due(&mut stored, plan.ledger_interval) {
            queue.with_ledger(|ledger| ledger.wall_clock_moved_ms = clock.wall_moved_ms());
            if let Err(error) = writer.ledger(&queue.ledger()) {
                queue.refuse();
                stop.stop();
                return Err(error);
            }
        }
    }
    queue.with_ledger(|ledger| {
        ledger.wall_clock_moved_ms = clock.wall_moved_ms();
        ledger.finished = true;
    });
    writer.finish(&queue.ledger())
}

fn is_due(last: &mut Instant, interval: Duration) -> bool {
    let due = last.elapsed() >= interval;
    if due {
        *last = clock::monotonic();
    }
    due
}

/// Writes and flushes one batch; frames that the writer refuses one by one are counted as dropped.
fn write_batch(queue: &Queue, writer: &mut dyn SessionWriter, batch: &Batch) -> Result<(), WriteError> {
    if batch.frames() == 0 {
        return Ok(());
    }
    let (mut recorded, mut dropped) = (0, 0);
    let mut result = Ok(());
    for (timestamp, data) in batch.records() {
        match writer.write(timestamp, data) {
            Ok(()) => recorded += 1,
            Err(error) if !error.is_fatal() => {
                tracing::warn!(%error, "a frame was not stored");
                dropped += 1;
            }
            Err(error) => {
                result = Err(error);
                break;
            }
        }
    }
    let result = result.and_then(|()| writer.flush());
    queue.with_ledger(|ledger: &mut Ledger| match &result {
        Ok(()) => {
            ledger.recorded += recorded;
            ledger.dropped += dropped;
        }
        // How much of a failed batch is in the file is not known here; `verify` counts it.
        Err(_) => ledger.dropped += u64::from(batch.frames()),
    });
    result
}

/// The two threads of one source.
pub(crate) struct SourceRunner {
    pub(crate) name: String,
    pub(crate) queue: Arc<Queue>,
    pub(crate) sampling: JoinHandle<Result<(), SourceError>>,
    pub(crate) writing: JoinHandle<Result<Written, WriteError>>,
}

//! Writes what a source's queue holds: normally on the writer thread, on the sampling thread when that one is late.
//!
//! The promise is that a killed process loses at most [`flush_frames`](crate::SessionOptions::flush_frames). The
//! writer thread is woken in time for that, but a busy machine may not run it in time, and packets may come in
//! bursts; so the thread that delivers frames writes them itself before more than promised would be at risk. A disk
//! that hangs is the one exception: nobody waits for it longer than [`PATIENCE`] (docs/decisions/0005-threads.md).

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use gametelemetry_file::{Ledger, SessionWriter, WriteError, Written};

use crate::StopToken;
use crate::clock::{self, Clock};
use crate::keep_last::RingPart;
use crate::queue::{Batch, Incoming, Queue, Turn};

/// How long the sampling thread waits for a write that is under way. A write takes some 30 µs; one that takes longer
/// than this has met a slow disk, and sampling goes on.
const PATIENCE: Duration = Duration::from_millis(5);

/// How a store works.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StorePlan {
    /// The longest time that a frame waits before it reaches the operating system.
    pub(crate) flush_interval: Duration,
    /// How often the ledger is stored.
    pub(crate) ledger_interval: Duration,
    /// Whether the sampling thread may write; not by a user's own writer, which may take any time.
    pub(crate) sampler_may_write: bool,
}

/// The queue of one source and its writer.
pub(crate) struct Store {
    queue: Queue,
    desk: Mutex<Desk>,
    plan: StorePlan,
    clock: Clock,
    stop: StopToken,
    /// Where the writer holds what it gets, when that is in memory.
    held: Option<RingPart>,
}

/// What whoever has the turn works with; nobody else touches it.
struct Desk {
    writer: Box<dyn SessionWriter>,
    batch: Batch,
    failed: Option<WriteError>,
}

impl Store {
    pub(crate) fn new(
        queue: Queue,
        writer: Box<dyn SessionWriter>,
        plan: StorePlan,
        clock: Clock,
        stop: StopToken,
    ) -> Self {
        let desk = Mutex::new(Desk { writer, batch: Batch::default(), failed: None });
        Self { queue, desk, plan, clock, stop, held: None }
    }

    /// The writer holds what it gets in `held`.
    pub(crate) fn holding(self, held: Option<RingPart>) -> Self {
        Self { held, ..self }
    }

    pub(crate) fn queue(&self) -> &Queue {
        &self.queue
    }

    /// Adds a frame; called by the sampling thread.
    pub(crate) fn add(&self, frame: &Incoming<'_>, gap_after: Option<Duration>) {
        // Only where the sampling thread writes what comes in a rush may the writer sleep through it.
        let frame = Incoming { rush: frame.rush && self.plan.sampler_may_write, ..*frame };
        let at_bound = self.queue.push(&frame, gap_after);
        if at_bound
            && self.plan.sampler_may_write
            && let Some(turn) = self.queue.turn_at_bound(PATIENCE)
        {
            self.write(&turn);
        }
    }

    /// Writes what comes until the queue is closed, then ends the file; what the writer thread does.
    pub(crate) fn write_all(&self) -> Result<Written, WriteError> {
        let _panicking = StopOnPanic(self);
        let mut stored = clock::monotonic();
        while let Some(turn) = self.queue.turn(self.plan.flush_interval) {
            self.write(&turn);
            if is_due(&mut stored, self.plan.ledger_interval) {
                self.store_ledger();
            }
            drop(turn);
            if let Some(error) = self.desk().failed.take() {
                return Err(error);
            }
        }
        self.finish()
    }

    /// Writes what waits, now, and gives what `take` makes of the ledger then, before anything else is written.
    pub(crate) fn catch_up<T>(&self, take: impl FnOnce(&Ledger) -> T) -> T {
        let turn = self.queue.turn(Duration::ZERO);
        if let Some(turn) = &turn {
            self.write(turn);
        }
        self.queue.with_ledger(|ledger| ledger.wall_clock_moved_ms = self.clock.wall_moved_ms());
        take(&self.queue.ledger())
    }

    /// Writes what waits. A failed writer stops the session: a recording that silently keeps nothing helps nobody.
    fn write(&self, turn: &Turn<'_>) {
        let mut desk = self.desk();
        let Desk { writer, batch, failed } = &mut *desk;
        turn.take(batch);
        if failed.is_some() {
            // The sampling thread met the failure, and this batch was swapped out before the queue refused.
            self.queue.with_ledger(|ledger| ledger.dropped += u64::from(batch.frames()));
        } else if let Err(error) = write_batch(&self.queue, &mut **writer, batch, self.held.as_ref()) {
            self.fail(failed, error);
        }
    }

    fn store_ledger(&self) {
        let mut desk = self.desk();
        self.queue.with_ledger(|ledger| ledger.wall_clock_moved_ms = self.clock.wall_moved_ms());
        let Desk { writer, failed, .. } = &mut *desk;
        if failed.is_none()
            && let Err(error) = writer.ledger(&self.queue.ledger())
        {
            self.fail(failed, error);
        }
    }

    fn finish(&self) -> Result<Written, WriteError> {
        let mut desk = self.desk();
        if let Some(error) = desk.failed.take() {
            return Err(error);
        }
        self.queue.with_ledger(|ledger| {
            ledger.wall_clock_moved_ms = self.clock.wall_moved_ms();
            ledger.finished = true;
        });
        desk.writer.finish(&self.queue.ledger())
    }

    fn fail(&self, failed: &mut Option<WriteError>, error: WriteError) {
        *failed = Some(error);
        self.queue.refuse();
        self.stop.stop();
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A writer that panics must not leave a session that runs and keeps nothing.
struct StopOnPanic<'a>(&'a Store);

impl Drop for StopOnPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.queue.refuse();
            self.0.stop.stop();
        }
    }
}

fn is_due(last: &mut Instant, interval: Duration) -> bool {
    let due = last.elapsed() >= interval;
    if due {
        *last = clock::monotonic();
    }
    due
}

/// Writes and flushes one batch, and says in `held` what the writer is not told; frames that the writer refuses one by one are counted as dropped.
fn write_batch(
    queue: &Queue,
    writer: &mut dyn SessionWriter,
    batch: &Batch,
    held: Option<&RingPart>,
) -> Result<(), WriteError> {
    if batch.frames() == 0 {
        return Ok(());
    }
    // Of each frame that was stored, whether it is suspect, and whether the game went back with it.
    let mut stored = Vec::with_capacity(batch.frames() as usize);
    let mut result = Ok(());
    for record in batch.records() {
        match writer.write(record.timestamp, record.data) {
            Ok(()) => stored.push((record.suspect, record.rewind)),
            Err(error) if !error.is_fatal() => tracing::warn!(%error, "a frame was not stored"),
            Err(error) => {
                result = Err(error);
                break;
            }
        }
    }
    let result = result.and_then(|()| writer.flush());
    let mut first = 0;
    queue.with_ledger(|ledger: &mut Ledger| match &result {
        Ok(()) => {
            first = ledger.recorded;
            for &(suspect, rewind) in &stored {
                if suspect {
                    ledger.push_suspect(ledger.recorded);
                }
                if rewind {
                    ledger.push_rewind(ledger.recorded);
                }
                ledger.recorded += 1;
            }
            ledger.dropped += u64::from(batch.frames()) - stored.len() as u64;
        }
        // How much of a failed batch is in the file is not known here; `verify` counts it.
        Err(_) => ledger.dropped += u64::from(batch.frames()),
    });
    if let Some(held) = held
        && result.is_ok()
    {
        held.note(first, &stored, || queue.ledger());
    }
    result
}

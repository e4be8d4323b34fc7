//! The bounded queue between a source's sampling thread and its writer thread, with the ledger that both keep.
//!
//! The sampling thread appends records to a buffer; the lock is held only to copy a record in, or to swap the whole
//! buffer out. What does not fit is dropped and counted. Writing goes by turns, one at a time, so that the sampling
//! thread can take one when the writer thread is late. Writes nothing itself: that is `store`.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gametelemetry_file::{Gap, Ledger, Timestamp};

use crate::Quality;

/// Bytes before the data of a record in the buffer: timestamp and size, as in the file.
const HEAD: usize = 12;

/// A batch of records, in the order they came.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    bytes: Vec<u8>,
    frames: u32,
    /// Which of them are suspect, by their number in the batch.
    suspects: Vec<u32>,
    /// With which of them the game went back.
    rewinds: Vec<u32>,
}

/// One record of a batch.
pub(crate) struct BatchRecord<'a> {
    pub(crate) timestamp: Timestamp,
    pub(crate) data: &'a [u8],
    pub(crate) suspect: bool,
    pub(crate) rewind: bool,
}

impl Batch {
    pub(crate) fn frames(&self) -> u32 {
        self.frames
    }

    /// Every record, in order.
    pub(crate) fn records(&self) -> impl Iterator<Item = BatchRecord<'_>> {
        let mut rest = self.bytes.as_slice();
        let mut suspects = self.suspects.iter().copied().peekable();
        let mut rewinds = self.rewinds.iter().copied().peekable();
        (0..self.frames).map_while(move |number| {
            let (ticks, behind) = rest.split_first_chunk::<8>()?;
            let (size, behind) = behind.split_first_chunk::<4>()?;
            let (data, behind) = behind.split_at_checked(u32::from_le_bytes(*size) as usize)?;
            rest = behind;
            let suspect = suspects.next_if_eq(&number).is_some();
            let rewind = rewinds.next_if_eq(&number).is_some();
            let timestamp = Timestamp::from_ticks(i64::from_le_bytes(*ticks));
            Some(BatchRecord { timestamp, data, suspect, rewind })
        })
    }

    fn push(&mut self, frame: &Incoming<'_>) {
        let size = u32::try_from(frame.data.len()).unwrap_or(u32::MAX);
        self.bytes.extend_from_slice(&frame.timestamp.ticks().to_le_bytes());
        self.bytes.extend_from_slice(&size.to_le_bytes());
        self.bytes.extend_from_slice(frame.data);
        if frame.suspect {
            self.suspects.push(self.frames);
        }
        if frame.rewind {
            self.rewinds.push(self.frames);
        }
        self.frames += 1;
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.suspects.clear();
        self.rewinds.clear();
        self.frames = 0;
    }
}

/// What passes between the two threads of a source.
#[derive(Debug)]
pub(crate) struct Queue {
    shared: Mutex<Shared>,
    /// There are frames to write, or no more will come.
    changed: Condvar,
    /// A turn has ended.
    ended: Condvar,
    capacity: usize,
    /// The most frames that may be neither written nor dropped.
    bound: u32,
    wake_at: u32,
}

#[derive(Debug, Default)]
struct Shared {
    batch: Batch,
    ledger: Ledger,
    /// Frames that somebody is writing at this moment; `None` while nobody has the turn.
    turn: Option<u32>,
    /// The sampling thread has waited for this turn to end, in vain.
    stalled: bool,
    /// Threads that wait for a turn to end.
    waiting: u32,
    /// The game's number of the frame before.
    counter: Option<u64>,
    closed: bool,
    refuses: bool,
}

/// A frame on its way into the queue.
#[derive(Clone, Copy)]
pub(crate) struct Incoming<'a> {
    pub(crate) timestamp: Timestamp,
    pub(crate) data: &'a [u8],
    pub(crate) counter: Option<u64>,
    pub(crate) suspect: bool,
    pub(crate) rewind: bool,
    /// The writer need not be woken for it: more will come at once.
    pub(crate) rush: bool,
}

/// The right to write; held by one thread at a time, until dropped.
pub(crate) struct Turn<'a>(&'a Queue);

impl Turn<'_> {
    /// Swaps what waits into `batch`.
    pub(crate) fn take(&self, batch: &mut Batch) {
        batch.clear();
        let mut shared = self.0.lock();
        std::mem::swap(&mut shared.batch, batch);
        shared.turn = Some(batch.frames);
        // A burst made the buffer large; it need not stay so.
        if shared.batch.bytes.capacity() > self.0.capacity / 8 {
            shared.batch.bytes = Vec::new();
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut shared = self.0.lock();
        (shared.turn, shared.stalled) = (None, false);
        let is_waited_for = shared.waiting > 0;
        drop(shared);
        // Waking is a call to the system, also when nobody waits.
        if is_waited_for {
            self.0.ended.notify_all();
        }
    }
}

impl Queue {
    /// A queue of `capacity` bytes. The writer is woken a little before `bound` frames are at risk, so that the
    /// frames that come while it writes stay within.
    pub(crate) fn new(capacity: usize, bound: u32, ledger: Ledger) -> Self {
        let shared = Shared { ledger, ..Shared::default() };
        let bound = bound.max(1);
        Self {
            shared: Mutex::new(shared),
            changed: Condvar::new(),
            ended: Condvar::new(),
            capacity,
            bound,
            wake_at: bound - bound / 5,
        }
    }

    /// Adds a frame, or drops it when the writer is too far behind; both are counted. `gap_after`: the silence that
    /// counts as a gap. Gives whether as many frames are at risk now as may be.
    pub(crate) fn push(&self, frame: &Incoming<'_>, gap_after: Option<Duration>) -> bool {
        let mut shared = self.lock();
        shared.count(frame, gap_after);
        let fits = shared.batch.bytes.len() + frame.data.len() + HEAD <= self.capacity;
        if shared.refuses || !fits {
            shared.ledger.dropped += 1;
            return false;
        }
        shared.batch.push(frame);
        let wake = shared.batch.frames == self.wake_at && !frame.rush;
        let at_bound = shared.at_risk() >= self.bound;
        drop(shared);
        if wake {
            self.changed.notify_all();
        }
        at_bound
    }

    /// Copies what the source counted into the ledger.
    pub(crate) fn update(&self, quality: &Quality) {
        let ledger = &mut self.lock().ledger;
        ledger.looks = quality.looks;
        ledger.unchanged = quality.unchanged;
        ledger.torn = quality.torn;
        ledger.retried = quality.retried;
        ledger.attached = quality.attached;
        ledger.lateness.clone_from(&quality.lateness);
        ledger.messages.clone_from(&quality.messages);
        quality.notices.iter().for_each(|notice| add_notice(ledger, notice));
    }

    /// Says in the ledger what the user should know, once.
    pub(crate) fn notice(&self, notice: &str) {
        add_notice(&mut self.lock().ledger, notice);
    }

    /// Changes the ledger.
    pub(crate) fn with_ledger(&self, change: impl FnOnce(&mut Ledger)) {
        change(&mut self.lock().ledger);
    }

    /// The ledger as it stands.
    pub(crate) fn ledger(&self) -> Ledger {
        self.lock().ledger.clone()
    }

    /// No further frames will come.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    /// Frames from now on are dropped: the writer has failed.
    pub(crate) fn refuse(&self) {
        let mut shared = self.lock();
        shared.refuses = true;
        shared.ledger.dropped += u64::from(shared.batch.frames);
        shared.batch.clear();
    }

    /// Waits for a batch worth writing: enough frames, or any after `patience`. Gives `None` once the queue is
    /// closed and empty.
    pub(crate) fn turn(&self, patience: Duration) -> Option<Turn<'_>> {
        let idle = |shared: &mut Shared| !shared.closed && shared.batch.frames < self.wake_at;
        let (shared, _) = self
            .changed
            .wait_timeout_while(self.lock(), patience, idle)
            .unwrap_or_else(PoisonError::into_inner);
        let (mut shared, _) = self.wait_for_end(shared, Duration::MAX);
        if shared.closed && shared.batch.frames == 0 {
            return None;
        }
        shared.turn = Some(0);
        Some(Turn(self))
    }

    /// The sampling thread's turn, when as many frames are at risk as may be: waits for the present turn to end, but
    /// no longer than `patience`, and not twice for the same one. Gives `None` when there is nothing to be done.
    pub(crate) fn turn_at_bound(&self, patience: Duration) -> Option<Turn<'_>> {
        let shared = self.lock();
        if shared.stalled {
            return None;
        }
        let (mut shared, has_ended) = self.wait_for_end(shared, patience);
        shared.stalled = !has_ended;
        if shared.stalled || shared.at_risk() < self.bound {
            return None;
        }
        shared.turn = Some(0);
        Some(Turn(self))
    }

    /// Waits for the present turn to end, if there is one; gives whether it has.
    fn wait_for_end<'a>(
        &'a self,
        mut shared: MutexGuard<'a, Shared>,
        patience: Duration,
    ) -> (MutexGuard<'a, Shared>, bool) {
        if shared.turn.is_none() {
            return (shared, true);
        }
        shared.waiting += 1;
        let taken = |shared: &mut Shared| shared.turn.is_some();
        let (mut shared, waited) =
            self.ended.wait_timeout_while(shared, patience, taken).unwrap_or_else(PoisonError::into_inner);
        shared.waiting -= 1;
        (shared, !waited.timed_out())
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn add_notice(ledger: &mut Ledger, notice: &str) {
    if !ledger.notices.iter().any(|known| known == notice) {
        ledger.notices.push(notice.to_owned());
    }
}

impl Shared {
    /// Frames that a killed process would lose now.
    fn at_risk(&self) -> u32 {
        self.batch.frames + self.turn.unwrap_or(0)
    }

    fn count(&mut self, frame: &Incoming<'_>, gap_after: Option<Duration>) {
        let ledger = &mut self.ledger;
        ledger.frames += 1;
        if let (Some(from), Some(gap_after)) = (ledger.last_frame, gap_after)
            && frame.timestamp.duration_since(from).is_some_and(|silence| silence > gap_after)
        {
            ledger.push_gap(Gap { from, to: frame.timestamp });
        }
        ledger.first_frame.get_or_insert(frame.timestamp);
        ledger.last_frame = Some(frame.timestamp);
        let before = std::mem::replace(&mut self.counter, frame.counter);
        if let (Some(before), Some(now)) = (before, frame.counter) {
            // A counter that went back is a game that started again, not a loss.
            ledger.missed += now.checked_sub(before).map_or(0, |steps| steps.saturating_sub(1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn incoming(counter: u64, data: &[u8]) -> Incoming<'_> {
        let (timestamp, suspect) = (Timestamp::from_ticks(0), counter == 2);
        Incoming { timestamp, data, counter: Some(counter), suspect, rewind: false, rush: false }
    }

    /// Takes what is in the queue, as the writer would.
    fn taken(queue: &Queue) -> Option<Batch> {
        let mut batch = Batch::default();
        queue.turn(Duration::ZERO)?.take(&mut batch);
        Some(batch)
    }

    #[test]
    fn what_does_not_fit_is_dropped_and_counted() {
        let queue = Queue::new(2 * (HEAD + 100), 10, Ledger::default());
        for counter in 1..=5 {
            queue.push(&incoming(counter, &[7; 100]), None);
        }
        let ledger = queue.ledger();
        assert_eq!((ledger.frames, ledger.dropped), (5, 3));
        let batch = taken(&queue).unwrap();
        let records: Vec<_> = batch.records().map(|record| (record.data.len(), record.suspect)).collect();
        assert_eq!(records, [(100, false), (100, true)]);
    }

    #[test]
    fn a_jump_of_the_counter_is_missed_frames_and_a_restart_is_not() {
        let queue = Queue::new(1 << 20, 10, Ledger::default());
        for counter in [1, 2, 5, 1, 2] {
            queue.push(&incoming(counter, &[]), None);
        }
        assert_eq!(queue.ledger().missed, 2);
    }

    #[test]
    fn silence_longer_than_allowed_is_a_gap_with_its_times() {
        let queue = Queue::new(1 << 20, 10, Ledger::default());
        let at = |milliseconds: i64| Timestamp::from_ticks(milliseconds * 10_000);
        for milliseconds in [0, 10, 500, 510] {
            let frame = Incoming {
                timestamp: at(milliseconds),
                data: &[],
                counter: None,
                suspect: false,
                rewind: false,
                rush: false,
            };
            queue.push(&frame, Some(Duration::from_millis(100)));
        }
        assert_eq!(queue.ledger().gaps, [Gap { from: at(10), to: at(500) }]);
    }

    #[test]
    fn a_closed_queue_gives_its_rest_first() {
        let queue = Queue::new(1 << 20, 10, Ledger::default());
        queue.push(&incoming(1, &[1]), None);
        queue.close();
        assert_eq!(taken(&queue).unwrap().frames(), 1);
        assert!(taken(&queue).is_none());
    }

    #[test]
    fn frames_being_written_are_at_risk_until_the_turn_ends() {
        let queue = Queue::new(1 << 20, 4, Ledger::default());
        let push = |counters: std::ops::Range<u64>| {
            counters.map(|counter| queue.push(&incoming(counter, &[]), None)).collect::<Vec<_>>()
        };
        assert_eq!(push(0..3), [false; 3]);
        let turn = queue.turn(Duration::ZERO).unwrap();
        turn.take(&mut Batch::default());
        assert_eq!(push(3..5), [true; 2]);
        // The disk is slow: the sampling thread waits once, and not again for the same write.
        let waits = |patience| queue.turn_at_bound(patience).is_none();
        assert!(waits(Duration::from_millis(1)));
        assert!(waits(Duration::from_secs(600)));
        drop(turn);
        assert_eq!(push(5..7), [false, true]);
        let turn = queue.turn_at_bound(Duration::from_secs(600)).unwrap();
        let mut batch = Batch::default();
        turn.take(&mut batch);
        assert_eq!(batch.frames(), 4);
    }
}

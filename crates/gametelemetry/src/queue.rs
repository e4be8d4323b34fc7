//! The bounded queue between a source's sampling thread and its writer thread, with the ledger that both keep.
//!
//! The sampling thread appends records to a buffer and never waits: the lock is held only to copy a record in, or
//! to swap the whole buffer out. What does not fit is dropped and counted.

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
}

impl Batch {
    pub(crate) fn frames(&self) -> u32 {
        self.frames
    }

    /// Every record with its time.
    pub(crate) fn records(&self) -> impl Iterator<Item = (Timestamp, &[u8])> {
        let mut rest = self.bytes.as_slice();
        std::iter::from_fn(move || {
            let (ticks, behind) = rest.split_first_chunk::<8>()?;
            let (size, behind) = behind.split_first_chunk::<4>()?;
            let (data, behind) = behind.split_at_checked(u32::from_le_bytes(*size) as usize)?;
            rest = behind;
            Some((Timestamp::from_ticks(i64::from_le_bytes(*ticks)), data))
        })
    }

    fn push(&mut self, timestamp: Timestamp, data: &[u8]) {
        let size = u32::try_from(data.len()).unwrap_or(u32::MAX);
        self.bytes.extend_from_slice(&timestamp.ticks().to_le_bytes());
        self.bytes.extend_from_slice(&size.to_le_bytes());
        self.bytes.extend_from_slice(data);
        self.frames += 1;
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.frames = 0;
    }
}

/// What passes between the two threads of a source.
#[derive(Debug)]
pub(crate) struct Queue {
    shared: Mutex<Shared>,
    changed: Condvar,
    capacity: usize,
    wake_at: u32,
}

#[derive(Debug, Default)]
struct Shared {
    batch: Batch,
    ledger: Ledger,
    /// Frames accepted so far: the number that the next record will have in the file.
    accepted: u64,
    /// The game's number of the frame before.
    counter: Option<u64>,
    closed: bool,
    refuses: bool,
}

/// A frame on its way into the queue.
pub(crate) struct Incoming<'a> {
    pub(crate) timestamp: Timestamp,
    pub(crate) data: &'a [u8],
    pub(crate) counter: Option<u64>,
    pub(crate) suspect: bool,
}

impl Queue {
    /// A queue of `capacity` bytes that wakes the writer at `wake_at` frames.
    pub(crate) fn new(capacity: usize, wake_at: u32, ledger: Ledger) -> Self {
        let shared = Shared { ledger, ..Shared::default() };
        Self { shared: Mutex::new(shared), changed: Condvar::new(), capacity, wake_at: wake_at.max(1) }
    }

    /// Adds a frame, or drops it when the writer is too far behind; both are counted. `gap_after`: the silence that
    /// counts as a gap.
    pub(crate) fn push(&self, frame: &Incoming<'_>, gap_after: Option<Duration>) {
        let mut shared = self.lock();
        shared.count(frame, gap_after);
        let fits = shared.batch.bytes.len() + frame.data.len() + HEAD <= self.capacity;
        if shared.refuses || !fits {
            shared.ledger.dropped += 1;
            return;
        }
        if frame.suspect {
            let record = shared.accepted;
            shared.ledger.push_suspect(record);
        }
        shared.accepted += 1;
        shared.batch.push(frame.timestamp, frame.data);
        let wake = shared.batch.frames == self.wake_at;
        drop(shared);
        if wake {
            self.changed.notify_one();
        }
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
        for notice in &quality.notices {
            if !ledger.notices.contains(notice) {
                ledger.notices.push(notice.clone());
            }
        }
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
        self.changed.notify_one();
    }

    /// Frames from now on are dropped: the writer has failed.
    pub(crate) fn refuse(&self) {
        let mut shared = self.lock();
        shared.refuses = true;
        let lost = u64::from(shared.batch.frames);
        shared.ledger.dropped += lost;
        shared.batch.clear();
    }

    /// Waits for a batch worth writing: enough frames, or any after `patience`. Swaps it into `batch`. Gives `false`
    /// once the queue is closed and empty.
    pub(crate) fn take(&self, batch: &mut Batch, patience: Duration) -> bool {
        batch.clear();
        let shared = self.lock();
        let waits = |shared: &mut Shared| !shared.closed && shared.batch.frames < self.wake_at;
        let (mut shared, _) =
            self.changed.wait_timeout_while(shared, patience, waits).unwrap_or_else(PoisonError::into_inner);
        std::mem::swap(&mut shared.batch, batch);
        // A burst made the buffer large; it need not stay so.
        if shared.batch.bytes.capacity() > self.capacity / 8 {
            shared.batch.bytes = Vec::new();
        }
        batch.frames > 0 || !shared.closed
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
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
        Incoming { timestamp: Timestamp::from_ticks(0), data, counter: Some(counter), suspect: counter == 2 }
    }

    #[test]
    fn what_does_not_fit_is_dropped_and_counted() {
        let queue = Queue::new(2 * (HEAD + 100), 10, Ledger::default());
        (1..=5).for_each(|counter| queue.push(&incoming(counter, &[7; 100]), None));
        let ledger = queue.ledger();
        assert_eq!((ledger.frames, ledger.dropped, ledger.suspects), (5, 3, vec![1]));
        let mut batch = Batch::default();
        assert!(queue.take(&mut batch, Duration::ZERO));
        assert_eq!(batch.records().map(|(_, data)| data.len()).collect::<Vec<_>>(), [100, 100]);
    }

    #[test]
    fn a_jump_of_the_counter_is_missed_frames_and_a_restart_is_not() {
        let queue = Queue::new(1 << 20, 10, Ledger::default());
        [1, 2, 5, 1, 2].iter().for_each(|&counter| queue.push(&incoming(counter, &[]), None));
        assert_eq!(queue.ledger().missed, 2);
    }

    #[test]
    fn silence_longer_than_allowed_is_a_gap_with_its_times() {
        let queue = Queue::new(1 << 20, 10, Ledger::default());
        let at = |milliseconds: i64| Timestamp::from_ticks(milliseconds * 10_000);
        for milliseconds in [0, 10, 500, 510] {
            let frame = Incoming { timestamp: at(milliseconds), data: &[], counter: None, suspect: false };
            queue.push(&frame, Some(Duration::from_millis(100)));
        }
        assert_eq!(queue.ledger().gaps, [Gap { from: at(10), to: at(500) }]);
    }

    #[test]
    fn a_closed_queue_gives_its_rest_first() {
        let queue = Queue::new(1 << 20, 10, Ledger::default());
        queue.push(&incoming(1, &[1]), None);
        queue.close();
        let mut batch = Batch::default();
        assert!(queue.take(&mut batch, Duration::from_secs(60)));
        assert_eq!(batch.frames(), 1);
        assert!(!queue.take(&mut batch, Duration::from_secs(60)));
    }
}

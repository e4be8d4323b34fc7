//! What all sources gave last, and how far back: the time that was asked for, and the memory that there is.
//!
//! Each source has a lock of its own, held to copy a record in, or to copy references to what is held; no two are held
//! at once. The present moment is that of the newest record of any source, so that a game that stands still makes
//! nothing go.

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gametelemetry_file::{Header, Ledger, SessionWriter, Timestamp, WriteError, Written};

use super::marker::Held;
use super::part::{Part, SegmentLimits, Snapshot};

/// A session begins at most so much of its time too early, because it begins with a whole segment.
const SEGMENTS: u32 = 300;
/// The shortest and the longest time of a segment.
const SEGMENT_TIME: [Duration; 2] = [Duration::from_millis(100), Duration::from_secs(10)];
/// The fewest and the most bytes of records of a segment.
const SEGMENT_BYTES: [usize; 2] = [16 << 10, 1 << 20];

/// What is held of all sources.
#[derive(Debug)]
pub(crate) struct Ring {
    keep: Duration,
    /// Bytes that may be held.
    limit: usize,
    /// Ticks of the newest record of any source.
    newest: AtomicI64,
    parts: Vec<Mutex<Part>>,
}

impl Ring {
    /// Holds the last `keep` of sources with these headers and silences that count as gaps, in at most `limit` bytes.
    pub(crate) fn new(keep: Duration, limit: usize, sources: Vec<(Header, Option<Duration>)>) -> Arc<Self> {
        let [shortest, longest] = SEGMENT_TIME;
        let [fewest, most] = SEGMENT_BYTES;
        let limits = SegmentLimits {
            time: (keep / SEGMENTS).clamp(shortest, longest),
            bytes: (limit / 64).clamp(fewest, most) as u64,
        };
        let part = |(header, gap_after)| Mutex::new(Part::new(header, gap_after, limits));
        let parts = sources.into_iter().map(part).collect();
        Arc::new(Self { keep, limit, newest: AtomicI64::new(i64::MIN), parts })
    }

    /// The part of source `number`.
    pub(crate) fn part(self: &Arc<Self>, number: usize) -> RingPart {
        RingPart { ring: Arc::clone(self), number }
    }

    /// How much is to be held.
    pub(super) fn keep(&self) -> Duration {
        self.keep
    }

    /// How many bytes may be held.
    pub(super) fn limit(&self) -> usize {
        self.limit
    }

    /// What is held now; none when nothing has come.
    pub(super) fn held(&self) -> Option<Held> {
        let (start, until) = (self.start(), self.newest()?);
        let mut from = until;
        let (mut bytes, mut is_short) = (0, false);
        for part in &self.parts {
            let part = lock(part);
            from = from.min(part.first().unwrap_or(until));
            bytes += part.bytes();
            is_short |= part.is_short(start);
        }
        Some(Held { from: from.max(start), until, bytes, is_short })
    }

    /// All that is held of source `number` from `start` on.
    pub(super) fn snapshot(&self, number: usize, start: Timestamp) -> Option<Snapshot> {
        self.parts.get(number).map(|part| lock(part).snapshot(start))
    }

    /// Forgets what is too old, and the oldest when memory is short; but never the last segment.
    fn settle(&self) {
        let start = self.start();
        let (mut bytes, mut segments) = (0, 0);
        for part in &self.parts {
            let mut part = lock(part);
            part.trim(start);
            bytes += part.bytes();
            segments += part.segments();
        }
        while bytes > self.limit && segments > 1 {
            let first = |part: &Mutex<Part>| lock(part).first_sealed();
            let oldest = self.parts.iter().filter_map(|part| Some((first(part)?, part)));
            let Some((_, part)) = oldest.min_by_key(|(first, _)| *first) else { return };
            let mut part = lock(part);
            let before = part.bytes();
            part.force();
            bytes = bytes.saturating_sub(before.saturating_sub(part.bytes()));
            segments -= 1;
        }
    }

    fn newest(&self) -> Option<Timestamp> {
        let ticks = self.newest.load(Ordering::Relaxed);
        (ticks > i64::MIN).then(|| Timestamp::from_ticks(ticks))
    }

    /// What is older need not be held.
    pub(super) fn start(&self) -> Timestamp {
        let keep = i64::try_from(self.keep.as_nanos() / 100).unwrap_or(i64::MAX);
        Timestamp::from_ticks(self.newest.load(Ordering::Relaxed).saturating_sub(keep))
    }
}

fn lock(part: &Mutex<Part>) -> MutexGuard<'_, Part> {
    part.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One source of a ring.
#[derive(Clone, Debug)]
pub(crate) struct RingPart {
    ring: Arc<Ring>,
    number: usize,
}

impl RingPart {
    /// Notes what a writer is not told of the records from number `first` on: whether each is suspect, and whether the
    /// game went back with it. Asks for the ledger now and then.
    pub(crate) fn note(&self, first: u64, records: &[(bool, bool)], ledger: impl FnOnce() -> Ledger) {
        let Some(part) = self.ring.parts.get(self.number) else { return };
        let wants_counts = lock(part).note_flags(first, records);
        if wants_counts {
            let ledger = ledger();
            lock(part).note_counts(&ledger);
        }
    }
}

/// Puts the frames of one source into the ring; cannot fail but for a frame of a wrong size.
#[derive(Debug)]
pub(crate) struct RingWriter(RingPart);

impl RingWriter {
    /// The writers of all sources of `ring`.
    pub(crate) fn all(ring: &Arc<Ring>) -> Vec<Box<dyn SessionWriter>> {
        let writer = |number| Box::new(Self(ring.part(number))) as Box<dyn SessionWriter>;
        (0..ring.parts.len()).map(writer).collect()
    }
}

impl SessionWriter for RingWriter {
    fn write(&mut self, timestamp: Timestamp, data: &[u8]) -> Result<(), WriteError> {
        let RingPart { ring, number } = &self.0;
        let Some(part) = ring.parts.get(*number) else { return Ok(()) };
        let is_sealed = lock(part).push(timestamp, data)?;
        ring.newest.fetch_max(timestamp.ticks(), Ordering::Relaxed);
        if is_sealed {
            ring.settle();
        }
        Ok(())
    }

    /// Nothing leaves the process before somebody marks.
    fn flush(&mut self) -> Result<(), WriteError> {
        Ok(())
    }

    fn sync_handle(&self) -> io::Result<Option<File>> {
        Ok(None)
    }

    /// Stores nothing; what is held can still be marked.
    fn finish(&mut self, _: &Ledger) -> Result<Written, WriteError> {
        Ok(Written::default())
    }
}

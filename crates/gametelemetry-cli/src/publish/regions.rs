//! Shared-memory regions that we publish, as the game would: whole writes, or torn ones to test readers.

use std::io;
use std::time::Duration;

use anyhow::Result;
use gametelemetry::clock;
use gametelemetry::shared_memory::{PublishedRegion, Region};
use serde::Serialize;

use crate::args::CounterOrder;

/// The share of writes that pause half way with `--torn`, as one in so many.
const TORN_ONE_IN: u64 = 20;
/// How long a torn write pauses: from 50 to 120 µs.
const PAUSE_US: std::ops::Range<u64> = 50..120;
/// A write that takes longer was interrupted by the system: the longest pause, and time enough for the stores.
const LONG: Duration = Duration::from_micros(150);

/// What was written to one region.
#[derive(Debug, Serialize)]
pub(crate) struct RegionWrites {
    region: String,
    writes: u64,
    /// Writes that paused half way.
    torn_writes: u64,
    /// The game's own number of the first write; none for a page without. It grows by one with each write.
    first_counter: Option<u64>,
    /// The game's own number of the last write.
    last_counter: Option<u64>,
}

/// One write that took long enough for a reader to take its two halves for one frame.
#[derive(Debug, Serialize)]
pub(crate) struct LongWrite {
    region: String,
    /// The game's own number of the write.
    counter: Option<u64>,
    took_us: u64,
}

/// The regions of one game.
pub(crate) struct Regions {
    regions: Vec<(PublishedRegion, Vec<u8>)>,
    torn: Option<CounterOrder>,
    random: u64,
    /// Each region, in the order in which they were made.
    pub(crate) writes: Vec<RegionWrites>,
    /// Writes that took longer than meant, because the system took the processor away in their middle.
    pub(crate) long_writes: Vec<LongWrite>,
}

impl Regions {
    /// None yet; with `torn`, which writes pause depends on `seed` only.
    pub(crate) fn new(torn: Option<CounterOrder>, seed: u64) -> Self {
        Self { regions: Vec::new(), torn, random: seed | 1, writes: Vec::new(), long_writes: Vec::new() }
    }

    /// Makes one more region, of `size` bytes that are all 0; gives its number.
    pub(crate) fn create(&mut self, region: &str, size: usize) -> Result<usize> {
        let made = PublishedRegion::create(region, size).map_err(|error| {
            let advice = match error.kind() {
                io::ErrorKind::AlreadyExists => {
                    "; end the game, or the other simulator, that publishes there"
                }
                _ => "",
            };
            let place = Region::location(region);
            anyhow::Error::new(error).context(format!("cannot publish {place}{advice}"))
        })?;
        self.regions.push((made, Vec::new()));
        let region = region.to_owned();
        let (first_counter, last_counter) = (None, None);
        self.writes.push(RegionWrites { region, writes: 0, torn_writes: 0, first_counter, last_counter });
        Ok(self.regions.len() - 1)
    }

    /// Publishes `bytes` in region `number`, unless they are there already. The first `counter_bytes` are the game's
    /// own number of the frame.
    pub(crate) fn publish(&mut self, number: usize, bytes: &[u8], counter_bytes: usize) {
        if self.regions.get(number).is_some_and(|(_, last)| last != bytes) {
            self.write(number, bytes, counter_bytes);
        }
    }

    /// Writes one page: in one go, or with a pause half way.
    fn write(&mut self, number: usize, bytes: &[u8], counter_bytes: usize) {
        let pause = self.next_pause();
        let (Some((region, last)), Some(count)) = (self.regions.get_mut(number), self.writes.get_mut(number))
        else {
            return;
        };
        last.clear();
        last.extend_from_slice(bytes);
        let (counter, data) = bytes.split_at(counter_bytes.min(bytes.len()));
        let (first_half, second_half) = data.split_at(data.len() / 2);
        let first = self.torn == Some(CounterOrder::First);
        let started = clock::monotonic();
        if first {
            region.write(0, counter);
        }
        region.write(counter.len(), first_half);
        if let Some(pause) = pause {
            spin(pause);
        }
        region.write(counter.len() + first_half.len(), second_half);
        if !first {
            region.write(0, counter);
        }
        let took = started.elapsed();
        count.writes += 1;
        count.torn_writes += u64::from(pause.is_some());
        count.last_counter = number_of(counter);
        count.first_counter = count.first_counter.or(count.last_counter);
        if took > LONG {
            let took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
            let (region, counter) = (count.region.clone(), count.last_counter);
            self.long_writes.push(LongWrite { region, counter, took_us });
        }
    }

    /// The pause of the next write; `None` for most.
    fn next_pause(&mut self) -> Option<Duration> {
        self.torn?;
        // xorshift64: which writes pause depends on the seed only.
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        let span = PAUSE_US.end - PAUSE_US.start;
        let pause = PAUSE_US.start + (self.random >> 32) % span;
        self.random.is_multiple_of(TORN_ONE_IN).then(|| Duration::from_micros(pause))
    }
}

/// Keeps the processor for `duration`, as a game in the middle of its write does.
fn spin(duration: Duration) {
    let start = clock::monotonic();
    while start.elapsed() < duration {
        std::hint::spin_loop();
    }
}

/// The little-endian number in `bytes`; none when there are none.
fn number_of(bytes: &[u8]) -> Option<u64> {
    let mut number = [0; 8];
    number.get_mut(..bytes.len())?.copy_from_slice(bytes);
    (!bytes.is_empty()).then(|| u64::from_le_bytes(number))
}

//! `simulate`: publishes a simulated game where the real one would, so that anything that reads the game can be tried.

use std::io;
use std::time::Duration;

use anyhow::{Result, bail};
use gametelemetry::StopToken;
use gametelemetry::clock::{self, Pacer};
use gametelemetry::shared_memory::{PublishedRegion, Region};
use gametelemetry_games::{SimulatedPage, Simulator};
use serde::Serialize;

use super::Outcome;
use super::choose::known;
use super::record::stop_on_ctrl_c;
use crate::args::{CounterOrder, Simulate};
use crate::output::{self, DIM, LiveLine};

/// The share of writes that pause half way with `--torn`, as one in so many.
const TORN_ONE_IN: u64 = 20;
/// How long a torn write pauses: from 50 to 120 µs.
const PAUSE_US: std::ops::Range<u64> = 50..120;
/// A write that takes longer was interrupted by the system: the longest pause, and time enough for the stores.
const LONG: Duration = Duration::from_micros(150);
/// How often the live line changes.
const REFRESH: Duration = Duration::from_millis(200);

pub(crate) fn run(args: &Simulate) -> Result<Outcome> {
    let game = known(&args.game)?;
    let info = game.info();
    let Some(mut simulator) = game.simulator(args.seed) else {
        bail!("there is no simulator of {}; `gametelemetry games --json` says which have one", info.name);
    };
    let stop = StopToken::new();
    stop_on_ctrl_c(&stop)?;
    let hz = args.hz.unwrap_or_else(|| simulator.hz());
    let mut publisher = Publisher::new(&*simulator, args)?;
    if args.duration.is_none() {
        output::say(format_args!("{DIM}publishing {}, Ctrl+C ends it{DIM:#}", info.name));
    }
    drive(&mut *simulator, &mut publisher, hz, args.duration, &stop);
    if args.json {
        output::json(&publisher.published)?;
    } else {
        output::say(format_args!("published {} steps", publisher.published.steps));
    }
    Ok(Outcome::Done)
}

/// Steps and publishes at `hz` until stopped or `duration` is over.
fn drive(
    simulator: &mut dyn Simulator,
    publisher: &mut Publisher,
    hz: f64,
    duration: Option<Duration>,
    stop: &StopToken,
) {
    let line = LiveLine::new();
    let started = clock::monotonic();
    let mut shown = started;
    let mut pacer = Pacer::new(hz);
    while !stop.wait_until(pacer.next_deadline()) {
        simulator.step(1.0 / hz);
        publisher.publish(simulator);
        let now = clock::monotonic();
        if duration.is_some_and(|duration| now.duration_since(started) >= duration) {
            return;
        }
        if now.duration_since(shown) >= REFRESH {
            shown = now;
            line.show(|| simulator.status());
        }
    }
}

/// What was published, for whoever checks a recording against it.
#[derive(Debug, Default, Serialize)]
struct Published {
    /// Steps of the game.
    steps: u64,
    /// Each region, in the order of the game's pages.
    regions: Vec<RegionWrites>,
    /// Writes that took longer than meant, because the system took the processor away in their middle.
    long_writes: Vec<LongWrite>,
}

/// What was written to one region.
#[derive(Debug, Serialize)]
struct RegionWrites {
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
struct LongWrite {
    region: String,
    /// The game's own number of the write.
    counter: Option<u64>,
    took_us: u64,
}

struct Publisher {
    regions: Vec<(PublishedRegion, Vec<u8>)>,
    torn: Option<CounterOrder>,
    random: u64,
    published: Published,
}

impl Publisher {
    fn new(simulator: &dyn Simulator, args: &Simulate) -> Result<Self> {
        let mut regions = Vec::new();
        let mut published = Published::default();
        for page in simulator.pages() {
            let region = format!("{}{}", args.regions.region_prefix, page.region);
            let place = Region::location(&region);
            let made = PublishedRegion::create(&region, page.bytes.len()).map_err(|error| {
                let advice = match error.kind() {
                    io::ErrorKind::AlreadyExists => {
                        "; end the game, or the other simulator, that publishes there"
                    }
                    _ => "",
                };
                anyhow::Error::new(error).context(format!("cannot publish {place}{advice}"))
            })?;
            regions.push((made, Vec::new()));
            let (first_counter, last_counter) = (None, None);
            published.regions.push(RegionWrites {
                region,
                writes: 0,
                torn_writes: 0,
                first_counter,
                last_counter,
            });
        }
        Ok(Self { regions, torn: args.torn, random: args.seed | 1, published })
    }

    /// Writes every page that has changed.
    fn publish(&mut self, simulator: &dyn Simulator) {
        self.published.steps += 1;
        for (number, page) in simulator.pages().iter().enumerate() {
            let Some((_, last)) = self.regions.get(number) else { continue };
            if last.as_slice() != page.bytes {
                self.write(number, page);
            }
        }
    }

    /// Writes one page: in one go, or with a pause half way.
    fn write(&mut self, number: usize, page: &SimulatedPage<'_>) {
        let pause = self.next_pause();
        let (Some((region, last)), Some(count)) =
            (self.regions.get_mut(number), self.published.regions.get_mut(number))
        else {
            return;
        };
        last.clear();
        last.extend_from_slice(page.bytes);
        let (counter, data) = page.bytes.split_at(page.counter_bytes.min(page.bytes.len()));
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
            self.published.long_writes.push(LongWrite { region, counter, took_us });
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

//! `simulate`: publishes a simulated game where the real one would, so that anything that reads the game can be tried.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use gametelemetry::clock::{self, Pacer};
use gametelemetry::shared_memory::{PublishedRegion, Region};
use gametelemetry::StopToken;
use gametelemetry_games::{SimulatedPage, Simulator};
use serde::Serialize;

use super::Outcome;
use super::record::{known, stop_on_ctrl_c};
use crate::args::{CounterOrder, Simulate};
use crate::output::{self, DIM, LiveLine};

/// The share of writes that pause half way with `--torn`, as one in so many.
const TORN_ONE_IN: u64 = 20;
/// How long a torn write pauses: from 50 to 120 µs.
const PAUSE_US: std::ops::Range<u64> = 50..120;
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
            line.show(simulator.status());
        }
    }
}

/// What was published, for whoever checks a recording against it.
#[derive(Debug, Default, Serialize)]
struct Published {
    /// Steps of the game.
    steps: u64,
    /// Writes of each region, in the order of the game's pages.
    writes: Vec<RegionWrites>,
    /// Writes that paused half way.
    torn_writes: u64,
    /// The longest pause there was, in µs.
    longest_pause_us: u64,
    /// Writes that paused longer than meant, because the system took the processor away: region, number of the
    /// write, and the pause in µs.
    long_pauses: Vec<(String, u64, u64)>,
}

#[derive(Debug, Serialize)]
struct RegionWrites {
    region: String,
    writes: u64,
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
            let name = format!("{}{}", args.regions.region_prefix, page.region);
            let region = PublishedRegion::create(&name, page.bytes.len()).with_context(|| {
                let place = Region::location(&name);
                format!("cannot publish {place}; is the game, or another simulator, running?")
            })?;
            regions.push((region, Vec::new()));
            published.writes.push(RegionWrites { region: name, writes: 0 });
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
            (self.regions.get_mut(number), self.published.writes.get_mut(number))
        else {
            return;
        };
        count.writes += 1;
        last.clear();
        last.extend_from_slice(page.bytes);
        let (counter, data) = page.bytes.split_at(page.counter_bytes.min(page.bytes.len()));
        let (first_half, second_half) = data.split_at(data.len() / 2);
        let first = self.torn == Some(CounterOrder::First);
        if first {
            region.write(0, counter);
        }
        region.write(counter.len(), first_half);
        let paused = pause.map(spin);
        region.write(counter.len() + first_half.len(), second_half);
        if !first {
            region.write(0, counter);
        }
        if let (Some(meant), Some(paused)) = (pause, paused) {
            let paused = u64::try_from(paused.as_micros()).unwrap_or(u64::MAX);
            self.published.torn_writes += 1;
            self.published.longest_pause_us = self.published.longest_pause_us.max(paused);
            if Duration::from_micros(paused) > meant + Duration::from_micros(20) {
                self.published.long_pauses.push((count.region.clone(), count.writes, paused));
            }
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
        (self.random % TORN_ONE_IN == 0).then(|| Duration::from_micros(pause))
    }
}

/// Keeps the processor for `duration`, as a game in the middle of its write does; gives how long it really was.
fn spin(duration: Duration) -> Duration {
    let start: Instant = clock::monotonic();
    while start.elapsed() < duration {
        std::hint::spin_loop();
    }
    start.elapsed()
}

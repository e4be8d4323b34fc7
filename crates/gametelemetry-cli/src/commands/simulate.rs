//! `simulate`: publishes a simulated game where the real one would, so that anything that reads the game can be tried.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Result, bail};
use gametelemetry::clock::{self, Pacer};
use gametelemetry::{KindCounts, StopToken};
use gametelemetry_games::{Game, Simulator, Transport};
use serde::Serialize;

use super::Outcome;
use super::choose::known;
use super::record::stop_on_ctrl_c;
use crate::args::Simulate;
use crate::output::{self, DIM, LiveLine};
use crate::publish::{Datagrams, Injector, LongWrite, Odds, RegionWrites, Regions, SentDatagrams};

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
    let mut outlets = Outlets::new(game, &*simulator, args)?;
    if args.duration.is_none() {
        output::say(format_args!("{DIM}publishing {}, Ctrl+C ends it{DIM:#}", info.name));
    }
    let steps = drive(&mut *simulator, &mut outlets, hz, args.duration, &stop);
    let published = outlets.finish(steps);
    if args.json {
        output::json(&published)?;
    } else {
        output::say(format_args!("published {steps} steps"));
    }
    Ok(Outcome::Done)
}

/// Steps and publishes at `hz` until stopped or `duration` is over; gives the number of steps.
fn drive(
    simulator: &mut dyn Simulator,
    outlets: &mut Outlets,
    hz: f64,
    duration: Option<Duration>,
    stop: &StopToken,
) -> u64 {
    let line = LiveLine::new();
    let started = clock::monotonic();
    let mut shown = started;
    let mut pacer = Pacer::new(hz);
    let mut steps = 0;
    while !stop.wait_until(pacer.next_deadline()) {
        simulator.step(1.0 / hz);
        outlets.publish(simulator);
        steps += 1;
        let now = clock::monotonic();
        if duration.is_some_and(|duration| now.duration_since(started) >= duration) {
            break;
        }
        if now.duration_since(shown) >= REFRESH {
            shown = now;
            line.show(|| simulator.status());
        }
    }
    steps
}

/// What was published, for whoever checks a recording against it.
#[derive(Debug, Serialize)]
struct Published {
    /// Steps of the game.
    steps: u64,
    /// Each region, in the order of the game's pages.
    regions: Vec<RegionWrites>,
    /// Writes that took longer than meant, because the system took the processor away in their middle.
    long_writes: Vec<LongWrite>,
    /// Each source that sends.
    datagrams: BTreeMap<&'static str, SentDatagrams>,
    /// What was done to the datagrams of each kind on purpose.
    injected: BTreeMap<String, KindCounts>,
}

/// Every way in which the game publishes.
struct Outlets {
    regions: Regions,
    datagrams: BTreeMap<&'static str, (Datagrams, Injector)>,
}

impl Outlets {
    fn new(game: &dyn Game, simulator: &dyn Simulator, args: &Simulate) -> Result<Self> {
        let mut regions = Regions::new(args.torn, args.seed);
        for page in simulator.pages() {
            regions.create(&format!("{}{}", args.regions.region_prefix, page.region), page.bytes.len())?;
        }
        let odds = Odds { loss: args.loss, reorder: args.reorder, duplicate: args.duplicate };
        let schemas = game.schemas();
        let mut datagrams = BTreeMap::new();
        for source in game.info().sources {
            let Transport::Udp { port, heartbeat_port, .. } = source.transport else { continue };
            let sender = match (&args.to, heartbeat_port) {
                (Some(to), _) => Datagrams::to(to)?,
                (None, Some(heartbeat_port)) => Datagrams::to_askers(heartbeat_port, port)?,
                (None, None) => Datagrams::to(&format!("127.0.0.1:{port}"))?,
            };
            let Some((_, schema)) = schemas.iter().find(|(name, _)| *name == source.name) else { continue };
            datagrams.insert(source.name, (sender, Injector::new(odds, schema, args.seed)));
        }
        Ok(Self { regions, datagrams })
    }

    fn publish(&mut self, simulator: &mut dyn Simulator) {
        for (number, page) in simulator.pages().iter().enumerate() {
            self.regions.publish(number, page.bytes, page.counter_bytes);
        }
        for (sender, _) in self.datagrams.values_mut() {
            sender.take_heartbeats(|message| simulator.heartbeat(message));
        }
        for datagram in simulator.datagrams() {
            if let Some((sender, injector)) = self.datagrams.get_mut(datagram.source)
                && sender.has_receiver()
            {
                injector.pass(&datagram.bytes, |bytes| sender.send(bytes));
            }
        }
    }

    fn finish(self, steps: u64) -> Published {
        let (mut datagrams, mut injected) = (BTreeMap::new(), BTreeMap::new());
        for (source, (mut sender, mut injector)) in self.datagrams {
            injector.finish(|bytes| sender.send(bytes));
            datagrams.insert(source, sender.sent);
            injected.extend(injector.counts);
        }
        let Regions { writes, long_writes, .. } = self.regions;
        Published { steps, regions: writes, long_writes, datagrams, injected }
    }
}

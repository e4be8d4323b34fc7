//! `simulate`: publishes a simulated game where the real one would, so that anything that reads the game can be tried.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use gametelemetry::clock::{self, Pacer};
use gametelemetry::{KindCounts, StopToken};
use gametelemetry_games::{Game, SimulatedWrite, Simulator, SourceInfo, Transport};
use serde::Serialize;

use super::Outcome;
use super::choose::known;
use super::record::stop_on_ctrl_c;
use crate::args::Simulate;
use crate::output::{self, DIM, LiveLine};
use crate::publish::{
    Answers, Datagrams, Files, Injector, LongWrite, Odds, Posts, RegionWrites, Regions, SentDatagrams,
    SentPosts,
};
use crate::words;

/// How often the live line changes.
const REFRESH: Duration = Duration::from_millis(200);

pub(crate) fn run(args: &Simulate) -> Result<Outcome> {
    let game = known(&args.game)?;
    let info = game.info();
    let mut simulator = simulator_of(game, args)?;
    if let Some(out) = &args.save {
        return super::simulate_save::run(game, &mut *simulator, out, args);
    }
    let stop = StopToken::new();
    stop_on_ctrl_c(&stop)?;
    let hz = args.hz.unwrap_or_else(|| simulator.hz());
    let mut outlets = Outlets::new(game, &*simulator, args)?;
    if args.duration.is_none() {
        output::say(format_args!("{DIM}publishing {}, Ctrl+C ends it{DIM:#}", info.name));
    }
    let steps = drive(&mut *simulator, &mut outlets, hz, args.duration, &stop)?;
    let published = outlets.finish(steps);
    if args.json {
        output::json(&published)?;
    } else {
        output::say(format_args!("published {steps} steps"));
    }
    Ok(Outcome::Done)
}

/// The game that is to play itself.
fn simulator_of(game: &dyn Game, args: &Simulate) -> Result<Box<dyn Simulator>> {
    let (info, variants) = (game.info(), game.variants());
    let Some(variant) = &args.variant else {
        return game.simulator(args.seed).with_context(|| {
            format!(
                "there is no simulator of {}; `gametelemetry games --json` says which have one",
                info.name
            )
        });
    };
    if variants.is_empty() {
        bail!("the simulated {} has no variants: leave out --variant", info.name);
    }
    let known = variants.iter().find(|known| known.eq_ignore_ascii_case(variant)).copied();
    let simulator = known.and_then(|known| game.simulator_of(known, args.seed));
    simulator.with_context(|| {
        let guess = words::did_you_mean(variant, variants.iter().copied());
        format!("the simulated {} has no variant {variant}{guess} (it has {})", info.id, variants.join(", "))
    })
}

/// Steps and publishes at `hz` until stopped or `duration` is over; gives the number of steps.
fn drive(
    simulator: &mut dyn Simulator,
    outlets: &mut Outlets,
    hz: f64,
    duration: Option<Duration>,
    stop: &StopToken,
) -> Result<u64> {
    let line = LiveLine::new();
    let started = clock::monotonic();
    let mut shown = started;
    let mut pacer = Pacer::new(hz);
    let mut steps = 0;
    while !stop.wait_until(pacer.next_deadline()) {
        simulator.step(1.0 / hz);
        outlets.publish(simulator)?;
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
    Ok(steps)
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
    /// Each source that posts.
    posts: BTreeMap<&'static str, SentPosts>,
    /// Requests that were answered.
    answered: u64,
    /// Files that were begun.
    files: u64,
}

/// Every way in which the game publishes.
struct Outlets {
    regions: Regions,
    datagrams: BTreeMap<&'static str, (Datagrams, Injector)>,
    posts: BTreeMap<&'static str, Posts>,
    /// The server, and the paths that the game has.
    answers: Option<(Answers, Vec<String>)>,
    files: Option<Files>,
    token: String,
    /// What the game is asked with, when its packets go to an address that cannot ask.
    asks: &'static [u8],
}

impl Outlets {
    fn new(game: &dyn Game, simulator: &dyn Simulator, args: &Simulate) -> Result<Self> {
        let mut regions = Regions::new(args.torn, args.seed);
        for page in simulator.pages() {
            regions.create(&format!("{}{}", args.regions.region_prefix, page.region), page.bytes.len())?;
        }
        let mut outlets = Self {
            regions,
            datagrams: BTreeMap::new(),
            posts: BTreeMap::new(),
            answers: None,
            files: None,
            token: args.token.clone().unwrap_or_default(),
            asks: if args.to.is_some() { game.heartbeat() } else { b"" },
        };
        for source in game.info().sources {
            outlets.add(game, source, args)?;
        }
        if outlets.is_empty() {
            bail!(
                "{} leaves files: say with --folder where the simulated game writes them",
                game.info().name
            );
        }
        Ok(outlets)
    }

    /// The way in which `source` is published.
    fn add(&mut self, game: &dyn Game, source: &SourceInfo, args: &Simulate) -> Result<()> {
        let odds = Odds { loss: args.loss, reorder: args.reorder, duplicate: args.duplicate };
        match source.transport {
            Transport::Udp { port, heartbeat_port, .. } => {
                let sender = match (&args.to, heartbeat_port) {
                    (Some(to), _) => Datagrams::to(to)?,
                    (None, Some(heartbeat_port)) => Datagrams::to_askers(heartbeat_port, port)?,
                    (None, None) => Datagrams::to(&format!("127.0.0.1:{port}"))?,
                };
                let schemas = game.schemas();
                if let Some((_, schema)) = schemas.iter().find(|(name, _)| *name == source.name) {
                    self.datagrams.insert(source.name, (sender, Injector::new(odds, schema, args.seed)));
                }
            }
            Transport::HttpPush { port } => {
                let to = args.to.clone().unwrap_or_else(|| format!("127.0.0.1:{port}"));
                self.posts.insert(source.name, Posts::to(format!("http://{to}/"))?);
            }
            Transport::HttpPolling { urls } => {
                for url in urls {
                    let Some((address, path)) =
                        url.strip_prefix("http://").and_then(|url| url.split_once('/'))
                    else {
                        continue;
                    };
                    let at = args.to.as_deref().unwrap_or(address);
                    let (_, paths) = match &mut self.answers {
                        Some(answers) => answers,
                        none => none.insert((Answers::serve(at)?, Vec::new())),
                    };
                    paths.push(format!("/{path}"));
                }
            }
            Transport::Files { .. } => {
                self.files = args.folder.as_deref().map(Files::in_folder).transpose()?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether nothing would be published.
    fn is_empty(&self) -> bool {
        let sends = !self.datagrams.is_empty() || !self.posts.is_empty() || self.answers.is_some();
        !sends && self.files.is_none() && self.regions.writes.is_empty()
    }

    fn publish(&mut self, simulator: &mut dyn Simulator) -> Result<()> {
        for (number, page) in simulator.pages().iter().enumerate() {
            self.regions.publish(number, page.bytes, page.counter_bytes);
        }
        for (sender, _) in self.datagrams.values_mut() {
            sender.take_heartbeats(|message| simulator.heartbeat(message));
        }
        if !self.asks.is_empty() {
            simulator.heartbeat(self.asks);
        }
        for datagram in simulator.datagrams() {
            if let Some((sender, injector)) = self.datagrams.get_mut(datagram.source)
                && sender.has_receiver()
            {
                injector.pass(&datagram.bytes, |bytes| sender.send(bytes));
            }
        }
        for state in simulator.posts(&self.token) {
            self.posts.values().for_each(|posts| posts.send(state.clone()));
        }
        if let Some((answers, paths)) = &self.answers {
            for path in paths {
                if let Some(text) = simulator.answer(path) {
                    answers.set(path, text);
                }
            }
        }
        let writes = simulator.writes();
        if let Some(files) = &mut self.files {
            for SimulatedWrite { path, bytes, rename_to } in &writes {
                files.write(path, bytes, rename_to.as_deref())?;
            }
        }
        Ok(())
    }

    fn finish(self, steps: u64) -> Published {
        let (mut datagrams, mut injected) = (BTreeMap::new(), BTreeMap::new());
        for (source, (mut sender, mut injector)) in self.datagrams {
            injector.finish(|bytes| sender.send(bytes));
            datagrams.insert(source, sender.sent);
            injected.extend(injector.counts);
        }
        let Regions { writes, long_writes, .. } = self.regions;
        Published {
            steps,
            regions: writes,
            long_writes,
            datagrams,
            injected,
            posts: self.posts.into_iter().map(|(source, posts)| (source, posts.finish())).collect(),
            answered: self.answers.map_or(0, |(answers, _)| answers.served()),
            files: self.files.map_or(0, |files| files.begun),
        }
    }
}

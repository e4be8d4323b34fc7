//! `simulate --save`: what a recording of the simulated game would hold, written at full speed instead of recorded.
//!
//! For whoever wants an hour of laps to try things with. The frames are those that the game would publish, each at the
//! time it would have; only the way through shared memory or a port is left out.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, bail};
use gametelemetry::{
    BinarySessionWriter, Header, Ledger, SessionWriter, StopToken, Timestamp, WriterOptions, clock, files,
};
use gametelemetry_games::{Game, SimulatedPage, Simulator, SourceInfo, Transport};
use serde::Serialize;

use super::Outcome;
use super::record::stop_on_ctrl_c;
use crate::args::Simulate;
use crate::output::{self, Progress};

/// How long is simulated unless told.
const DURATION: Duration = Duration::from_secs(600);

pub(crate) fn run(
    game: &'static dyn Game,
    simulator: &mut dyn Simulator,
    out: &std::path::Path,
    args: &Simulate,
) -> Result<Outcome> {
    let stop = StopToken::new();
    stop_on_ctrl_c(&stop)?;
    let hz = args.hz.unwrap_or_else(|| simulator.hz());
    let summary = save(game, simulator, out, (args.duration.unwrap_or(DURATION), hz), &stop)?;
    if args.json {
        output::json(&summary)?;
    } else {
        output::say(format_args!("saved {} frames in {}", summary.records, summary.folder.display()));
    }
    Ok(Outcome::Done)
}

/// Lets the simulated game drive for so long, at so many steps a second, and writes what it publishes.
pub(crate) fn save(
    game: &'static dyn Game,
    simulator: &mut dyn Simulator,
    out: &std::path::Path,
    (duration, hz): (Duration, f64),
    stop: &StopToken,
) -> Result<Saving> {
    let started = clock::Clock::system().now();
    let mut saved = Saved::create(game, out, started, hz)?;
    let progress = Progress::new("simulating", Some(duration.as_secs()));
    let mut time = Duration::ZERO;
    let step = Duration::from_secs_f64(1.0 / hz);
    while time < duration && !stop.is_stopped() {
        if !game.heartbeat().is_empty() {
            simulator.heartbeat(game.heartbeat());
        }
        simulator.step(step.as_secs_f64());
        time += step;
        saved.take(simulator, started + time)?;
        progress.set(time.as_secs());
    }
    drop(progress);
    saved.finish()
}

/// What was saved.
#[derive(Debug, Serialize)]
pub(crate) struct Saving {
    pub(crate) folder: PathBuf,
    pub(crate) records: u64,
}

/// A session being written.
struct Saved {
    game: &'static dyn Game,
    folder: PathBuf,
    sources: Vec<Source>,
}

/// One of its files.
struct Source {
    info: &'static SourceInfo,
    /// Bytes of a frame at most.
    size: usize,
    /// Bytes that each region gives to a frame; all of it when empty.
    page_sizes: Vec<usize>,
    writer: BinarySessionWriter,
    ledger: Ledger,
    last: Vec<u8>,
}

impl Saved {
    fn create(game: &'static dyn Game, out: &std::path::Path, started: Timestamp, hz: f64) -> Result<Self> {
        let info = game.info();
        let schemas = game.schemas();
        let is_published = |transport: Transport| {
            matches!(
                transport,
                Transport::SharedMemory { .. } | Transport::Udp { .. } | Transport::HttpPush { .. }
            )
        };
        let wanted = info.sources.iter().filter(|it| it.by_default && is_published(it.transport));
        let wanted: Vec<_> = wanted
            .filter_map(|info| Some((info, schemas.iter().find(|(name, _)| *name == info.name)?.1)))
            .collect();
        if wanted.is_empty() {
            bail!(
                "a session of {} can only be recorded: gametelemetry simulate {} beside record",
                info.name,
                info.id
            );
        }
        let folder = files::create_session_folder(out, started, info.id)?;
        let mut sources = Vec::new();
        for (source, schema) in wanted {
            let mut header = Header::new(info.id, source.name, schema.clone(), started);
            header.session = format!("simulated-{}", started.ticks());
            header.requested_hz = source.rates.map(|_| hz);
            header.channels =
                info.channels.iter().filter(|mapping| mapping.source == source.name).cloned().collect();
            let path = folder.join(format!("{}.{}", files::file_name(source.name), files::EXTENSION));
            sources.push(Source {
                info: source,
                size: schema.size.max().try_into().unwrap_or(usize::MAX),
                page_sizes: game.page_sizes(source.name),
                writer: BinarySessionWriter::create(&path, &header, WriterOptions::default())?,
                ledger: Ledger { requested_hz: header.requested_hz, attached: 1, ..Ledger::default() },
                last: Vec::new(),
            });
        }
        Ok(Self { game, folder, sources })
    }

    /// Writes what the game publishes in this step.
    fn take(&mut self, simulator: &mut dyn Simulator, time: Timestamp) -> Result<()> {
        let datagrams = simulator.datagrams();
        let posts = simulator.posts("");
        let pages = simulator.pages();
        for source in &mut self.sources {
            match source.info.transport {
                Transport::SharedMemory { regions } => {
                    source.look(regions, &pages, time)?;
                }
                Transport::HttpPush { .. } => {
                    for post in &posts {
                        source.write(time, post.as_bytes())?;
                    }
                }
                _ => {
                    for datagram in datagrams.iter().filter(|it| it.source == source.info.name) {
                        let mut record = datagram.bytes.clone();
                        if self.game.unpack(source.info.name, &mut record) {
                            source.write(time, &record)?;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<Saving> {
        let mut records = 0;
        for mut source in self.sources {
            source.ledger.finished = true;
            records += source.writer.finish(&source.ledger)?.records;
        }
        Ok(Saving { folder: self.folder, records })
    }
}

impl Source {
    /// Takes a frame out of the pages, unless it is the one that was there before.
    fn look(&mut self, regions: &[&str], pages: &[SimulatedPage<'_>], time: Timestamp) -> Result<()> {
        let mut frame = Vec::with_capacity(self.size);
        let mut is_new = self.last.is_empty();
        for (number, region) in regions.iter().enumerate() {
            let Some(page) = pages.iter().find(|page| page.region == *region) else { return Ok(()) };
            let size = self.page_sizes.get(number).copied().unwrap_or(self.size);
            let bytes = page.bytes.get(..size.min(page.bytes.len())).unwrap_or_default();
            let counted = if page.counter_bytes > 0 { page.counter_bytes } else { bytes.len() };
            let before = self.last.get(frame.len()..frame.len() + counted);
            is_new |= before != bytes.get(..counted);
            frame.extend_from_slice(bytes);
        }
        if !is_new {
            self.ledger.looks += 1;
            self.ledger.unchanged += 1;
            return Ok(());
        }
        self.write(time, &frame)?;
        self.last = frame;
        Ok(())
    }

    fn write(&mut self, time: Timestamp, record: &[u8]) -> Result<()> {
        self.ledger.looks += 1;
        self.ledger.frames += 1;
        self.ledger.recorded += 1;
        self.ledger.first_frame = self.ledger.first_frame.or(Some(time));
        self.ledger.last_frame = Some(time);
        Ok(self.writer.write(time, record)?)
    }
}

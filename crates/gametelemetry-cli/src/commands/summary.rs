//! What a recording came to, for people or as JSON; `record` and `demo` print it.

use std::io::Write as _;

use anyhow::Result;
use gametelemetry::{Ledger, Summary};
use gametelemetry_games::Game;
use serde::Serialize;

use crate::args::Record;
use crate::output::{self, BAD, DIM};

/// Whether the game gave anything, if only frames that could not be stored.
pub(crate) fn has_frames(summary: &Summary) -> bool {
    summary.sources.iter().any(|source| source.ledger.frames > 0)
}

pub(crate) fn print_summary(summary: &Summary, game: &dyn Game, json: bool) -> Result<()> {
    if json {
        return output::json(&SummaryJson::new(summary, game));
    }
    let mut out = output::stdout();
    write!(out, "{summary}")?;
    if summary.lost_data() {
        writeln!(
            out,
            "{BAD}  some frames were lost or are not to be trusted{BAD:#}, `gametelemetry info` says which"
        )?;
    }
    Ok(out.flush()?)
}

/// Names the option that records more, to whoever did not choose a rate.
pub(crate) fn say_what_was_missed(summary: &Summary, game: &dyn Game, args: &Record) {
    let is_missing_much = |ledger: &Ledger| ledger.missed > ledger.recorded;
    let missing = summary.sources.iter().find(|source| is_missing_much(&source.ledger));
    let Some(source) = missing.filter(|_| args.hz.is_none() && !args.json) else { return };
    let known = game.info().sources;
    let known = known.iter().find(|known| known.name == source.name);
    if let Some(highest_hz) = known.and_then(|known| known.rates).map(|rates| rates.highest_hz) {
        let name = &source.name;
        output::say(format_args!(
            "{DIM}the game published {name} more often than it was looked at; `--hz {highest_hz}` records all of it{DIM:#}"
        ));
    }
}

/// What a session recorded, as `--json` prints it.
#[derive(Serialize)]
pub(crate) struct SummaryJson<'a> {
    game: &'static str,
    folder: String,
    lost_data: bool,
    sources: Vec<SourceJson<'a>>,
}

#[derive(Serialize)]
struct SourceJson<'a> {
    name: &'a str,
    achieved_hz: Option<f64>,
    lateness_p99_us: Option<u128>,
    record_bytes: Option<u64>,
    file_bytes: Option<u64>,
    ratio: Option<f64>,
    #[serde(flatten)]
    ledger: &'a Ledger,
}

impl<'a> SummaryJson<'a> {
    pub(crate) fn new(summary: &'a Summary, game: &dyn Game) -> Self {
        let sources = summary.sources.iter().map(|source| SourceJson {
            name: &source.name,
            achieved_hz: source.ledger.achieved_hz(),
            lateness_p99_us: source.ledger.lateness.quantile(0.99).map(|late| late.as_micros()),
            record_bytes: source.written.map(|written| written.record_bytes),
            file_bytes: source.written.map(|written| written.file_bytes),
            ratio: source.ratio(),
            ledger: &source.ledger,
        });
        Self {
            game: game.info().id,
            folder: summary.folder.display().to_string(),
            lost_data: summary.lost_data(),
            sources: sources.collect(),
        }
    }
}

//! `export`: a session as a file that other tools open.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use gametelemetry::analysis::{MathChannel, enrich};
use gametelemetry::{DerivedChannel, ExportError, ExportOptions, ExportSummary, SessionPass, export};
use gametelemetry_export::{EXPORTERS, ExporterInfo};
use serde::Serialize;

use super::{Outcome, laps, report};
use crate::args::Export;
use crate::output::{self, DIM};
use crate::session_arg::Session;
use crate::words;

pub(crate) fn run(args: &Export) -> Result<Outcome> {
    let info = format(&args.to)?;
    let session = args.session.open(&args.cloud)?;
    let (laps, _) = laps::split(&session)?;
    let out = args.out.clone().unwrap_or_else(|| beside(&session, info, args.raw));
    let math = report::math_channels(&args.math)?;
    let options = ExportOptions {
        channels: channels(args, &math),
        laps: args.laps.clone(),
        hz: args.hz,
        raw: args.raw,
        overwrite: args.force,
        derived: if args.raw { Vec::new() } else { derived(&session, math)? },
    };
    let summary = match export(&session, &out, options, &laps, (info.make)()) {
        Err(ExportError::Exists { path }) => {
            bail!(
                "the file exists already, choose another by --out or write over it by --force: {}",
                path.display()
            )
        }
        summary => summary?,
    };
    for note in &summary.notes {
        output::say(format_args!("{DIM}note: {note}{DIM:#}"));
    }
    if args.json {
        output::json(&Exported::new(&summary))?;
    } else {
        let mut stdout = output::stdout();
        for file in &summary.files {
            writeln!(stdout, "{}", file.display())?;
        }
        stdout.flush()?;
        let nothing = if summary.files.is_empty() { ", so that no file was written" } else { "" };
        output::say(format_args!("{} rows{nothing}", summary.rows));
    }
    Ok(Outcome::lost_if(laps::is_damaged(&summary.facts)))
}

/// What was written, as JSON.
#[derive(Serialize)]
struct Exported<'a> {
    files: &'a [PathBuf],
    rows: u64,
    hz: Option<f64>,
    notes: &'a [String],
}

impl<'a> Exported<'a> {
    fn new(summary: &'a ExportSummary) -> Self {
        Self { files: &summary.files, rows: summary.rows, hz: summary.hz, notes: &summary.notes }
    }
}

/// The format called `name`.
fn format(name: &str) -> Result<&'static ExporterInfo> {
    if let Some(info) = EXPORTERS.iter().find(|info| info.name.eq_ignore_ascii_case(name)) {
        return Ok(info);
    }
    let guess = words::did_you_mean(name, EXPORTERS.iter().map(|info| info.name));
    let list: Vec<String> =
        EXPORTERS.iter().map(|info| format!("  {:<10} {}", info.name, info.about)).collect();
    bail!("there is no format {name}{guess}; those there are:\n{}", list.join("\n"))
}

/// Where an export goes unless told: beside the session's files, under its name.
fn beside(session: &Session, info: &ExporterInfo, raw: bool) -> PathBuf {
    let name = session.name();
    session.beside(&if raw && info.raw_is_folder {
        format!("{name}_{}", info.name)
    } else {
        format!("{name}.{}", info.extension)
    })
}

/// The channels that the user named. A channel of the user's own is wanted, or it would not have been given.
fn channels(args: &Export, math: &[MathChannel]) -> Vec<String> {
    let mut channels = args.channels.clone();
    if !channels.is_empty() {
        channels.extend(math.iter().map(|math| math.name().to_owned()));
    }
    channels
}

/// The channels that the session lacks and that can be worked out, and the user's own.
fn derived(session: &Session, math: Vec<MathChannel>) -> Result<Vec<DerivedChannel>> {
    let mut pass = SessionPass::open(session)?;
    let _ = enrich(&mut pass);
    for math in math {
        let name = math.name().to_owned();
        math.add_to(&mut pass).with_context(|| format!("--math \"{name}\""))?;
    }
    Ok(pass.into_derived())
}

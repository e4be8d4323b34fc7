//! `format`: checks packet formats, and prints those of games and files in the format language.

use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use gametelemetry::files;
use gametelemetry::format::{PacketFormat, Transport as Comes, Udp};
use gametelemetry_games::{Game, Transport, iracing};

use super::Outcome;
use super::choose::known;
use super::import_ibt::head_of;
use crate::args::{Format, FormatCheck, FormatPrint};
use crate::output::{self, DIM, GOOD};
use crate::recordings::{self, Opened, Readable};
use crate::{formats, words};

pub(crate) fn run(args: &Format) -> Result<Outcome> {
    match args {
        Format::Check(args) => check(args),
        Format::Print(args) => print(args),
    }
}

fn check(args: &FormatCheck) -> Result<Outcome> {
    let mut wrong = 0;
    let mut out = output::stdout();
    for path in &args.files {
        match formats::load(path) {
            Ok(format) => {
                let PacketFormat { name, schema, channels, .. } = &format;
                let fields =
                    schema.kinds.iter().fold(schema.fields.len(), |sum, kind| sum + kind.fields.len());
                writeln!(
                    out,
                    "{GOOD}{}{GOOD:#} {DIM}is right:{DIM:#} {name}, {} kinds, {fields} fields, {} channels",
                    path.display(),
                    schema.kinds.len().max(1),
                    channels.len()
                )?;
            }
            Err(error) => {
                wrong += 1;
                output::error(&error);
            }
        }
    }
    out.flush()?;
    match (wrong, args.files.len()) {
        (0, _) => Ok(Outcome::Done),
        // What is wrong has been said.
        (1, 1) => bail!("the format cannot be used"),
        (wrong, all) => bail!("{wrong} of {all} formats cannot be used"),
    }
}

fn print(args: &FormatPrint) -> Result<Outcome> {
    let format = match Path::new(&args.what) {
        path if is_ibt(path) => of_ibt(path)?,
        path if is_session(path) => of_session(path, args.source.as_deref())?,
        path if path.exists() => formats::load(path)?,
        _ => of_game(known(&args.what)?, args.source.as_deref())?,
    };
    let mut out = output::stdout();
    out.write_all(format.to_toml().as_bytes())?;
    out.flush()?;
    Ok(Outcome::Done)
}

fn is_ibt(path: &Path) -> bool {
    path.is_file() && has_extension(path, "ibt")
}

fn is_session(path: &Path) -> bool {
    let has_files = || files::session_files(path).is_ok_and(|files| !files.is_empty());
    path.is_file() && has_extension(path, files::EXTENSION) || path.is_dir() && has_files()
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|it| it.eq_ignore_ascii_case(extension))
}

/// The rows of an `.ibt`, in the format language.
fn of_ibt(path: &Path) -> Result<PacketFormat> {
    let head = head_of(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(PacketFormat::of_source("iracing", iracing::SOURCE, head.schema().clone(), &head.channels()))
}

/// One source of a recording, as its file describes it, in the format language.
fn of_session(path: &Path, source: Option<&str>) -> Result<PacketFormat> {
    let Readable { sources, .. } = recordings::open_readable(path, source)?;
    // What is asked for is there, or opening would have said so.
    let Some(Opened { name, reader, .. }) = sources.first() else {
        bail!("nothing can be read: {}", path.display())
    };
    let header = reader.header();
    Ok(PacketFormat::of_source(&header.game, name, reader.schema().clone(), &header.channels))
}

/// One source of a built-in game, in the format language.
fn of_game(game: &dyn Game, source: Option<&str>) -> Result<PacketFormat> {
    let (info, schemas) = (game.info(), game.schemas());
    let names: Vec<&str> = schemas.iter().map(|(name, _)| *name).collect();
    let chosen = match source {
        Some(wanted) => schemas.iter().find(|(name, _)| *name == wanted),
        None => schemas.first(),
    };
    let Some((name, schema)) = chosen else {
        let guess =
            source.map_or_else(String::new, |source| words::did_you_mean(source, names.iter().copied()));
        match (source, names.is_empty()) {
            (_, true) => {
                bail!(
                    "the layout of {} differs from file to file: `gametelemetry format print FILE.ibt` prints that of a \
                     file, and `format print SESSION` that of a recording",
                    info.name
                )
            }
            (source, _) => {
                bail!(
                    "{} has no source {}{guess} (it has {})",
                    info.id,
                    source.unwrap_or(""),
                    names.join(", ")
                )
            }
        }
    };
    let mut format = PacketFormat::of_source(info.id, name, (*schema).clone(), info.channels);
    (format.title, format.enable) = (info.name.to_owned(), info.enable.to_owned());
    let transport = info
        .sources
        .iter()
        .find(|source| source.name == *name)
        .map(|source| (source.transport, source.rates));
    format.transport = match transport {
        Some((Transport::Udp { port, heartbeat_port: None, .. }, _)) => {
            Some(Comes::Udp(Udp { port, multicast: None, ask: None }))
        }
        Some((Transport::SharedMemory { regions: &[map] }, rates)) => {
            let hz = rates.map_or(100.0, |rates| rates.default_hz);
            Some(Comes::SharedMemory(gametelemetry::format::SharedMemory { map: map.to_owned(), hz }))
        }
        // The layout alone is the documentation.
        _ => None,
    };
    Ok(format)
}

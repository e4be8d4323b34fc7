//! `report`: one page that shows a session, for any browser.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use gametelemetry::analysis::MathChannel;

use super::Outcome;
use crate::args::Report;
use crate::output;
use crate::report::page;
use crate::session_arg::Session;
use crate::session_report::{Wanted, fill};

/// The name of a report in its session's folder.
const FILE_NAME: &str = "report.html";

pub(crate) fn run(args: &Report) -> Result<Outcome> {
    let mut sessions = vec![args.session.open(&args.cloud)?];
    if let Some(compared) = &args.compare {
        sessions.push(compared.open(&args.cloud)?);
    }
    let out = args.out.clone().or_else(|| sessions.first().map(beside)).unwrap_or_default();
    let is_damaged = write(&sessions, &args.math, &out)?;
    let mut stdout = output::stdout();
    writeln!(stdout, "{}", out.display())?;
    stdout.flush()?;
    if args.open {
        open(&out);
    }
    Ok(Outcome::lost_if(is_damaged))
}

/// The channels that a user wrote as formulas.
pub(crate) fn math_channels(texts: &[String]) -> Result<Vec<MathChannel>> {
    let parse = |text: &String| MathChannel::parse(text).with_context(|| format!("--math \"{text}\""));
    texts.iter().map(parse).collect()
}

/// Where the report of a session goes unless told: into its folder, or of one elsewhere here, under its name.
pub(crate) fn beside(session: &Session) -> PathBuf {
    match session {
        Session::Local(_) => session.beside(FILE_NAME),
        Session::Remote(_) => session.beside(&format!("{}.html", session.name())),
    }
}

/// Writes the report of `sessions` to `out`: whole, or not at all. Gives whether something could not be read.
pub(crate) fn write(sessions: &[Session], math: &[String], out: &Path) -> Result<bool> {
    let filled = fill(&Wanted { sessions, math })?;
    let failed = || format!("cannot write the report, choose another place with --out: {}", out.display());
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let file = tempfile_in(folder, out).with_context(failed)?;
    let written = write_to(&file.0, &filled.report).and_then(|()| Ok(std::fs::rename(&file.1, out)?));
    if written.is_err() {
        let _ = std::fs::remove_file(&file.1);
    }
    written.with_context(failed)?;
    Ok(filled.is_damaged)
}

fn write_to(file: &File, report: &crate::report::data::Report) -> Result<()> {
    let mut writer = BufWriter::new(file);
    page::write(report, &mut writer)?;
    writer.flush()?;
    Ok(())
}

/// A file beside `out` that nobody has.
fn tempfile_in(folder: &Path, out: &Path) -> Result<(File, PathBuf)> {
    let name = out.file_name().unwrap_or_default().to_string_lossy();
    let path = folder.join(format!(".{name}.{}.tmp", std::process::id()));
    Ok((File::create(&path)?, path))
}

/// Opens `path` with what the system opens pages with; that it cannot is no failure of the report.
pub(crate) fn open(path: &Path) {
    let (program, arguments): (&str, &[&str]) = if cfg!(windows) {
        ("cmd", &["/C", "start", ""])
    } else if cfg!(target_os = "macos") {
        ("open", &[])
    } else {
        ("xdg-open", &[])
    };
    let started = std::process::Command::new(program)
        .args(arguments)
        .arg(path)
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn();
    if let Err(error) = started {
        output::say(format_args!("the report cannot be opened by {program} ({error}); open it yourself"));
    }
}

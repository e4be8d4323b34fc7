//! `verify`: reads every file of a session to its end and says what is right and wrong with it.

use std::io::Write;

use anyhow::{Result, bail};
use gametelemetry::{End, Verdict};
use serde::Serialize;

use super::Outcome;
use crate::args::Verify;
use crate::output::{self, BAD, GOOD, Progress};
use crate::recordings::{self, SourceFile, with_causes};

pub(crate) fn run(args: &Verify) -> Result<Outcome> {
    let session = args.session.open(&args.cloud)?;
    let rows: Vec<Row> = recordings::open(&session)?.into_iter().map(check).collect();
    let all_unreadable = rows.iter().all(|row| row.verdict.is_none());
    if args.json {
        output::json(&rows)?;
    } else {
        print(&rows)?;
    }
    if all_unreadable {
        bail!("no file of the session can be read: {}", session);
    }
    Ok(Outcome::lost_if(rows.iter().any(|row| !row.whole)))
}

/// What was found of one file.
#[derive(Serialize)]
struct Row {
    file: String,
    whole: bool,
    being_recorded: bool,
    error: Option<String>,
    #[serde(flatten)]
    verdict: Option<Verdict>,
}

fn check(file: SourceFile) -> Row {
    let shown = file.path.display().to_string();
    let progress = Progress::new("verifying", None);
    let verdict = file
        .reader
        .and_then(|mut reader| gametelemetry::verify(&mut reader, |records| progress.set(records)));
    let (error, verdict) = match verdict {
        Ok(verdict) => (None, Some(verdict)),
        Err(error) => (Some(with_causes(error)), None),
    };
    let whole = verdict.as_ref().is_some_and(Verdict::is_whole);
    Row { file: shown, whole, being_recorded: file.is_being_written, error, verdict }
}

fn print(rows: &[Row]) -> Result<()> {
    let mut out = output::stdout();
    for row in rows {
        let mark = match row {
            Row { whole: true, .. } => format!("{GOOD}whole{GOOD:#}"),
            Row { being_recorded: true, .. } => {
                format!("{BAD}not whole yet{BAD:#}, it is still being recorded")
            }
            Row { .. } => format!("{BAD}not whole{BAD:#}"),
        };
        writeln!(out, "{}: {mark}", row.file)?;
        if let Some(error) = &row.error {
            writeln!(out, "  {error}")?;
        }
        if let Some(verdict) = &row.verdict {
            print_verdict(&mut out, verdict)?;
        }
    }
    let is_cut = |row: &Row| row.verdict.as_ref().is_some_and(|verdict| verdict.end != End::Complete);
    if rows.iter().any(|row| !row.being_recorded && is_cut(row)) {
        writeln!(out, "`gametelemetry recover` makes the session whole")?;
    }
    Ok(out.flush()?)
}

fn print_verdict(out: &mut impl Write, verdict: &Verdict) -> Result<()> {
    writeln!(out, "  {} records, {}", verdict.records, verdict.end)?;
    if let Some(indexed) = verdict.indexed.filter(|&indexed| indexed != verdict.records) {
        writeln!(out, "  the index promises {indexed} records")?;
    }
    if verdict.backwards > 0 {
        writeln!(out, "  {} records are earlier than the one before them", verdict.backwards)?;
    }
    for damage in &verdict.damage {
        writeln!(out, "  {damage}")?;
    }
    Ok(())
}

//! `verify`: reads every file of a session to its end and says what is right and wrong with it.

use std::io::Write;

use anyhow::{Result, bail};
use gametelemetry::{End, ReadError, Verdict};
use serde::Serialize;

use super::Outcome;
use crate::args::Verify;
use crate::output::{self, BAD, GOOD, Progress};
use crate::recordings::{self, SourceFile};

pub(crate) fn run(args: &Verify) -> Result<Outcome> {
    let mut rows = Vec::new();
    for file in recordings::open(&args.session)? {
        rows.push(check(file)?);
    }
    let all_unreadable = rows.iter().all(|row| row.verdict.is_none());
    if args.json {
        output::json(&rows)?;
    } else {
        print(&rows)?;
    }
    if all_unreadable {
        bail!("no file of the session can be read: {}", args.session.display());
    }
    Ok(Outcome::lost_if(rows.iter().any(|row| !row.whole)))
}

/// What was found of one file.
#[derive(Serialize)]
struct Row {
    file: String,
    whole: bool,
    error: Option<String>,
    #[serde(flatten)]
    verdict: Option<Verdict>,
}

fn check(file: SourceFile) -> Result<Row> {
    let shown = file.path.display().to_string();
    let mut reader = match file.reader {
        Ok(reader) => reader,
        Err(error @ ReadError::Io { .. }) => return Err(error.into()),
        Err(error) => {
            return Ok(Row { file: shown, whole: false, error: Some(error.to_string()), verdict: None });
        }
    };
    let progress = Progress::new("verifying", None);
    let verdict = gametelemetry::verify(&mut reader, |records| progress.set(records))?;
    Ok(Row { file: shown, whole: verdict.is_whole(), error: None, verdict: Some(verdict) })
}

fn print(rows: &[Row]) -> Result<()> {
    let mut out = output::stdout();
    for row in rows {
        let mark = if row.whole { format!("{GOOD}whole{GOOD:#}") } else { format!("{BAD}not whole{BAD:#}") };
        writeln!(out, "{}: {mark}", row.file)?;
        if let Some(error) = &row.error {
            writeln!(out, "  {error}")?;
        }
        if let Some(verdict) = &row.verdict {
            print_verdict(&mut out, verdict)?;
        }
    }
    if rows.iter().any(|row| row.verdict.as_ref().is_some_and(|verdict| verdict.end != End::Complete)) {
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

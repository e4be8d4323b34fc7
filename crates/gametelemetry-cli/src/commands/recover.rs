//! `recover`: makes every file of a session whole, and says what could not be saved.

use std::io::Write;

use anyhow::{Result, bail};
use gametelemetry::{DamageReason, Recovered, files};
use serde::Serialize;

use super::Outcome;
use crate::args::Recover;
use crate::output::{self, BAD, GOOD, Progress};
use crate::session_arg::SessionArg;

pub(crate) fn run(args: &Recover) -> Result<Outcome> {
    let session = match &args.session {
        SessionArg::Path(path) => path,
        SessionArg::Url(url) => bail!(
            "recover works on files of this machine, get the session by `gametelemetry download {url}` first"
        ),
    };
    let mut rows = Vec::new();
    for path in files::session_files(session)? {
        let progress = Progress::new("recovering", None);
        let result = gametelemetry::recover(&path, |records| progress.set(records));
        rows.push(Row::new(path.display().to_string(), result));
    }
    if args.json {
        output::json(&rows)?;
    } else {
        print(&rows)?;
    }
    if rows.iter().all(|row| row.error.is_some()) {
        bail!("no file of the session could be recovered: {}", session.display());
    }
    Ok(Outcome::lost_if(rows.iter().any(|row| row.lost)))
}

#[derive(Serialize)]
struct Row {
    file: String,
    records: u64,
    untouched: bool,
    lost: bool,
    was: String,
    damage: Vec<String>,
    kept: Option<String>,
    error: Option<String>,
}

impl Row {
    fn new(file: String, result: Result<Recovered, gametelemetry::RecoverError>) -> Self {
        match result {
            Ok(recovered) => Self {
                file,
                records: recovered.records,
                untouched: recovered.untouched,
                lost: recovered.damage.iter().any(|damage| damage.reason != DamageReason::ContentChecksum),
                was: recovered.end.to_string(),
                damage: recovered.damage.iter().map(ToString::to_string).collect(),
                kept: recovered.kept.map(|path| path.display().to_string()),
                error: None,
            },
            Err(error) => Self {
                file,
                records: 0,
                untouched: true,
                lost: true,
                was: String::new(),
                damage: Vec::new(),
                kept: None,
                error: Some(format!("{:#}", anyhow::Error::new(error))),
            },
        }
    }
}

fn print(rows: &[Row]) -> Result<()> {
    let mut out = output::stdout();
    for row in rows {
        let state = match row {
            Row { error: Some(error), .. } => format!("{BAD}not recovered{BAD:#}, {error}"),
            Row { untouched: true, .. } => "was whole already".to_owned(),
            Row { records, was, .. } => format!("{GOOD}recovered{GOOD:#} {records} records, it was {was}"),
        };
        writeln!(out, "{}: {state}", row.file)?;
        for damage in &row.damage {
            writeln!(out, "  lost: {damage}")?;
        }
        if let Some(kept) = &row.kept {
            writeln!(out, "  the damaged file is kept as {kept}")?;
        }
    }
    Ok(out.flush()?)
}

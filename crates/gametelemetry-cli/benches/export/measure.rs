//! Makes the session, exports it in turns with the floor, and shows the figures.
//!
//! An export whose memory is measured runs in a process of its own: this program again, with the format as argument.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

use gametelemetry::{
    ExportInfo, ExportOptions, ExportSummary, Exporter, Laps, OutputFiles, Rows, clock, export,
};

use crate::bare::{Collect, Ready};
use crate::common::{Outcome, Row, Table, is_smoke, median, scratch};

/// Tells the program that it is the process whose memory is measured: format and session.
const CHILD: &str = "--export-as";

pub(crate) fn run() -> Outcome {
    let mut arguments = std::env::args().skip_while(|argument| argument != CHILD).skip(1);
    if let (Some(format), Some(session)) = (arguments.next(), arguments.next()) {
        return child(&format, Path::new(&session));
    }
    let (seconds, rounds) = if is_smoke() { (60, 1) } else { (3600, 7) };
    let session = session(seconds)?;
    let ready = Arc::new(Mutex::new(Ready::default()));
    go(&session, &scratch("collected"), Box::new(Collect(Arc::clone(&ready))))?;
    let ready = ready.lock().map_err(|_| "poisoned")?;
    let title = format!("{seconds} s of ACC, {} rows of {} channels", ready.rows, ready.columns.len());
    let mut table = Table::new(title);
    parquet(&session, &ready, f64::from(seconds), rounds, &mut table)?;
    for format in ["csv", "csv-tidy", "jsonl", "mcap", "motec", "motec-csv"] {
        let (time_s, summary) = timed(format, &session)?;
        table.push(Row::new(format!("to {format}, times real time"), f64::from(seconds) / time_s, "x"));
        table.push(Row::new(format!("… size of {format}"), mebibytes(&summary), "MiB"));
    }
    table.print();
    Ok(())
}

fn parquet(session: &Path, ready: &Ready, length_s: f64, rounds: u32, table: &mut Table) -> Outcome {
    let (mut ours, mut floor, mut size) = (Vec::new(), Vec::new(), 0.0);
    let bare = scratch("bare.parquet");
    let mut bare_size = 0;
    for _ in 0..rounds {
        let (time_s, summary) = timed("parquet", session)?;
        ours.push(time_s);
        size = mebibytes(&summary);
        let started = clock::monotonic();
        bare_size = ready.write(&bare)?;
        floor.push(clock::monotonic().duration_since(started).as_secs_f64());
    }
    let (ours, floor) = (median(ours), median(floor));
    table.push(Row::new("to Parquet, floor: the bare writer", ours, "s").floor(floor).at_most_times(2.0));
    table.push(
        Row::new("… as a share of the session's length / 500", ours * 500.0 / length_s, "").at_most(1.0),
    );
    table.push(Row::new("… times real time", length_s / ours, "x"));
    table.push(Row::new("… size", size, "MiB").floor(bare_size as f64 / 1048576.0));
    let started = clock::monotonic();
    go(session, &scratch("nothing"), Box::new(Nothing))?;
    let pass = clock::monotonic().duration_since(started).as_secs_f64();
    table.push(Row::new("… of it to read and make rows, alone", pass, "s"));
    let most = memory("parquet", session)?;
    // One is collected while the other is written.
    let group = ready.columns.len() as f64 * 8.0 * ready.rows.min(100_000) as f64 / 1048576.0;
    table.push(Row::new("… most memory, floor: the values of one group", most, "MiB").floor(group));
    Ok(())
}

/// Takes rows and writes nothing.
struct Nothing;

impl Exporter for Nothing {
    fn begin(&mut self, _: &ExportInfo, _: &OutputFiles) -> io::Result<()> {
        Ok(())
    }

    fn rows(&mut self, _: usize, _: &Rows) -> io::Result<()> {
        Ok(())
    }
}

fn mebibytes(summary: &ExportSummary) -> f64 {
    let sizes = summary.files.iter().filter_map(|file| std::fs::metadata(file).ok());
    sizes.map(|file| file.len()).sum::<u64>() as f64 / 1048576.0
}

fn timed(format: &str, session: &Path) -> Outcome<(f64, ExportSummary)> {
    let info = gametelemetry_export::exporter(format).ok_or("no such format")?;
    let out = scratch(&format!("export.{format}.{}", info.extension));
    let started = clock::monotonic();
    let summary = go(session, &out, (info.make)())?;
    Ok((clock::monotonic().duration_since(started).as_secs_f64(), summary))
}

fn go(session: &Path, out: &Path, exporter: Box<dyn Exporter>) -> Outcome<ExportSummary> {
    let options = ExportOptions { overwrite: true, ..ExportOptions::default() };
    Ok(export(session, out, options, &Laps::default(), exporter)?)
}

/// The most memory that a process has which does this export, MiB.
fn memory(format: &str, session: &Path) -> Outcome<f64> {
    let output = Command::new(std::env::current_exe()?).arg(CHILD).arg(format).arg(session).output()?;
    let printed = String::from_utf8(output.stdout)?;
    Ok(printed.trim().parse::<f64>()? / 1024.0)
}

fn child(format: &str, session: &Path) -> Outcome {
    timed(format, session)?;
    let status = std::fs::read_to_string("/proc/self/status")?;
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    println!("{}", most.trim().trim_end_matches(" kB"));
    Ok(())
}

/// A session of `seconds` s; made once.
fn session(seconds: u32) -> Outcome<PathBuf> {
    let folder = scratch(&format!("export-session-{seconds}"));
    let made = || std::fs::read_dir(&folder).ok()?.next()?.ok().map(|entry| entry.path());
    if let Some(session) = made() {
        return Ok(session);
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_gametelemetry"));
    let duration = format!("{seconds}s");
    command.args(["simulate", "acc", "--hz", "100", "--for", &duration, "--save"]).arg(&folder);
    if !command.status()?.success() {
        return Err("the session could not be made".into());
    }
    Ok(made().ok_or("no session was made")?)
}

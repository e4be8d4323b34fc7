//! Laps, report and exports of long sessions, by the command itself: time and memory of the process.
//!
//! `cargo bench -p gametelemetry-cli --bench analysis`, or with `-- --smoke` short. The sessions are those of the simulated
//! ACC at 100 Hz, three sources, written by `simulate --save`. The floor is reading: `verify` goes through the same files
//! and does nothing with what it reads.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark prints its figures, and ends when it cannot measure"
)]

#[path = "../common/mod.rs"]
mod common;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use common::{Outcome, Row, Table};

/// Runs of each; the one in the middle counts.
const RUNS: usize = 3;

fn main() -> Outcome {
    let smoke = common::is_smoke();
    let (long_hours, short_hours, runs) = if smoke { (0.02, 0.02, 1) } else { (10.0, 1.0, RUNS) };
    let folder = common::scratch("bench-analysis");
    let _ = std::fs::remove_dir_all(&folder);
    let long = simulated(&folder.join("long"), long_hours)?;
    let short = simulated(&folder.join("short"), short_hours)?;
    let mut table =
        Table::new(format!("sessions of {long_hours} h and {short_hours} h, 100 Hz, three sources"));

    let floor = measure(runs, || run(&["verify", text(&long), "--json"]))?;
    let laps = measure(runs, || run(&["laps", text(&long), "--json"]))?;
    table.push(Row::new("laps: time", laps.seconds, "s").at_most(5.0));
    table.push(
        Row::new("laps: time beside verify", laps.seconds, "s").floor(floor.seconds).at_most_times(2.0),
    );
    table.push(Row::new("laps: peak memory", laps.mebibytes, "MiB").floor(floor.mebibytes).at_most(100.0));

    let out = folder.join("report.html");
    let report = measure(runs, || run(&["report", text(&short), "--out", text(&out)]))?;
    table.push(Row::new("report: time", report.seconds, "s").at_most(3.0));
    table.push(Row::new("report: peak memory", report.mebibytes, "MiB"));
    table.push(Row::new("report: size", megabytes(&out)?, "MB").at_most(6.0));

    for format in ["parquet", "mcap", "csv", "motec"] {
        let out = folder.join(format!("session.{format}"));
        let export =
            measure(runs, || run(&["export", text(&short), "--to", format, "--out", text(&out), "--force"]))?;
        let real_time = short_hours * 3600.0 / export.seconds;
        let row = Row::new(format!("export to {format}: time"), export.seconds, "s");
        let most = if format == "parquet" { row.at_most(short_hours * 3600.0 / 500.0) } else { row };
        table.push(most);
        table.push(Row::new(format!("export to {format}: times real time"), real_time, "x"));
        table.push(Row::new(format!("export to {format}: peak memory"), export.mebibytes, "MiB"));
    }
    table.print();
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

/// One measured run of the command.
struct Measured {
    seconds: f64,
    mebibytes: f64,
}

/// Runs several times; gives the times' middle and the most memory.
fn measure(runs: usize, run: impl Fn() -> Outcome<Measured>) -> Outcome<Measured> {
    let runs = (0..runs).map(|_| run()).collect::<Outcome<Vec<Measured>>>()?;
    Ok(Measured {
        seconds: common::median(runs.iter().map(|run| run.seconds).collect()),
        mebibytes: runs.iter().map(|run| run.mebibytes).fold(0.0, f64::max),
    })
}

/// Runs the command and watches how much memory it takes.
fn run(arguments: &[&str]) -> Outcome<Measured> {
    let begun = gametelemetry::clock::monotonic();
    let mut child = Command::new(env!("CARGO_BIN_EXE_gametelemetry"))
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()?;
    let mut most = 0;
    let status = loop {
        most = most.max(most_resident(child.id()).unwrap_or(0));
        if let Some(status) = child.try_wait()? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    if !status.success() {
        return Err(format!("gametelemetry {} ended with {status}", arguments.join(" ")).into());
    }
    #[expect(clippy::cast_precision_loss, reason = "a size is shown")]
    let mebibytes = most as f64 / 1024.0;
    Ok(Measured { seconds: begun.elapsed().as_secs_f64(), mebibytes })
}

/// The most memory that a process has had, in KiB; nothing when it has ended, or the system does not say.
fn most_resident(id: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

/// A simulated session of `hours` in `folder`.
fn simulated(folder: &Path, hours: f64) -> Outcome<PathBuf> {
    let lasts = format!("{}s", (hours * 3600.0).round());
    let _ = run(&["simulate", "acc", "--hz", "100", "--save", text(folder), "--for", &lasts])?;
    let session = std::fs::read_dir(folder)?.next().ok_or("no session was saved")??;
    Ok(session.path())
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap_or_default()
}

/// The size of a file or of everything in a folder, in millions of bytes.
fn megabytes(path: &Path) -> Outcome<f64> {
    #[expect(clippy::cast_precision_loss, reason = "a size is shown")]
    let size = std::fs::metadata(path)?.len() as f64 / 1e6;
    Ok(size)
}

//! Runs the ways to record in turns and compares them.
//!
//! Every round measures each way once, so that whatever else the machine does hits all of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use gametelemetry::Lateness;
use gametelemetry::clock;
use gametelemetry::shared_memory::Region;
use gametelemetry_games::acc;

use super::child::{self, Asked};
use super::common::{self, Outcome, Row, Table};
use super::process::{Memory, Process};

const COMMAND: &str = env!("CARGO_BIN_EXE_gametelemetry");
/// The time before a process is measured: it starts, attaches, and its first pages are made.
const WARM_UP: Duration = Duration::from_millis(700);

/// How one thing is recorded.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Bare,
    /// Copies until two copies 200 µs apart agree, as the recorder's guard does.
    BareGuarded,
    /// Its guard's copies follow at once.
    LibraryAtOnce,
    Command,
}

/// Time between the copies of the recorder's guard, in µs.
const SETTLE_US: u64 = 200;

/// What is recorded: at this rate (the usual ones when `None`), one source or three.
#[derive(Clone, Copy, Debug, PartialEq)]
struct What {
    hz: Option<f64>,
    three: bool,
}

/// One thing recorded one way, and what came of it.
struct Run {
    what: What,
    way: Way,
    /// Processor time a second, in µs, of each round.
    cpu_us: Vec<f64>,
    late: BTreeMap<u16, u64>,
    p99_us: Vec<f64>,
    memory: Memory,
}

pub(super) fn run() -> Outcome {
    let smoke = common::is_smoke();
    let seconds = number_after("--seconds").unwrap_or(if smoke { 0.5 } else { 2.5 });
    let rounds = number_after("--rounds").unwrap_or(if smoke { 1.0 } else { 12.0 });
    let out = common::scratch("recording");
    let game = Published::start()?;
    let mut runs = runs(smoke);
    let mut round = 0.0;
    while round < rounds {
        round += 1.0;
        for run in &mut runs {
            run.measure(&game.prefix, Duration::from_secs_f64(seconds), &out)?;
        }
    }
    [cpu(&runs), lateness(&runs), memory(&runs)].iter().for_each(Table::print);
    Ok(())
}

fn number_after(name: &str) -> Option<f64> {
    std::env::args().skip_while(|argument| argument != name).nth(1)?.parse().ok()
}

fn runs(smoke: bool) -> Vec<Run> {
    let whats = [
        What { hz: Some(100.0), three: false },
        What { hz: None, three: true },
        What { hz: Some(1000.0), three: false },
        What { hz: Some(1000.0), three: true },
    ];
    let ways = [Way::Bare, Way::BareGuarded, Way::LibraryAtOnce, Way::Command];
    let pairs = whats.iter().flat_map(|&what| ways.iter().map(move |&way| (what, way)));
    let only_memory = |what: What| what.three && what.hz.is_some();
    let wanted = pairs.filter(|&(what, way)| !only_memory(what) || way == Way::Command);
    let wanted = wanted.filter(|&(what, _)| !smoke || what.hz == Some(100.0));
    wanted
        .map(|(what, way)| Run {
            what,
            way,
            cpu_us: Vec::new(),
            late: BTreeMap::new(),
            p99_us: Vec::new(),
            memory: Memory::default(),
        })
        .collect()
}

impl Run {
    /// Starts the way, lets it warm up, measures it for `time`, and ends it.
    fn measure(&mut self, prefix: &str, time: Duration, out: &Path) -> Outcome {
        let _ = fs::remove_dir_all(out);
        fs::create_dir_all(out)?;
        let process = Process::start(&mut self.command(prefix, time, out)?)?;
        std::thread::sleep(WARM_UP);
        let (start, before) = (clock::monotonic(), process.cpu()?);
        std::thread::sleep(time);
        let (taken, after) = (start.elapsed(), process.cpu()?);
        let memory = process.memory()?;
        self.memory.resident = self.memory.resident.max(memory.resident);
        self.memory.most_resident = self.memory.most_resident.max(memory.most_resident);
        self.cpu_us.push((after - before).as_secs_f64() * 1e6 / taken.as_secs_f64());
        let late = late_of(&process.finish()?)?;
        self.p99_us.push(p99_us(&late));
        late.into_iter().for_each(|(step, count)| *self.late.entry(step).or_default() += count);
        Ok(())
    }

    fn command(&self, prefix: &str, time: Duration, out: &Path) -> Outcome<Command> {
        let What { hz, three } = self.what;
        let asked = |settle_us| Asked { prefix, hz, three, settle_us };
        match self.way {
            Way::Bare => return child::bare(asked(None), out),
            Way::BareGuarded => return child::bare(asked(Some(SETTLE_US)), out),
            Way::LibraryAtOnce => return child::library(asked(Some(0)), out),
            Way::Command => {}
        }
        let mut command = Command::new(COMMAND);
        // A little longer than it is measured, so that its last second is not that of ending.
        let lasts = (time + WARM_UP + Duration::from_millis(500)).as_secs_f64().ceil();
        command.args(["record", "acc", "--json", "--region-prefix", prefix, "--for", &format!("{lasts}s")]);
        command.arg("--out").arg(out);
        if let Some(hz) = hz {
            command.args(["--hz", &hz.to_string()]);
        }
        if !three {
            command.args(["--source", acc::PHYSICS_SOURCE]);
        }
        Ok(command)
    }

    /// Looks a second, of all sources.
    fn looks(&self) -> f64 {
        child::looks(self.what.hz, self.what.three).iter().map(|&(_, _, hz)| hz).sum()
    }

    /// Processor time a look, in µs: of the round in the middle. What a wake costs depends on whether something else,
    /// as the publisher, woke the processor just before, which each start of a process draws anew.
    fn cpu_a_look(&self) -> f64 {
        common::median(self.cpu_us.clone()) / self.looks()
    }

    fn name(&self) -> String {
        let way = match self.way {
            Way::Bare => "bare loop",
            Way::BareGuarded => "bare loop with guard",
            Way::LibraryAtOnce => "library, guard at once",
            Way::Command => "command",
        };
        format!("{}; {way}", self.what.name())
    }
}

impl What {
    fn name(self) -> String {
        let rate = self.hz.map_or_else(|| "usual rates".to_owned(), |hz| format!("{hz} Hz"));
        format!("{}, {rate}", if self.three { "three sources" } else { "physics" })
    }
}

/// The run of `what` in `way`.
fn find(runs: &[Run], what: What, way: Way) -> Option<&Run> {
    runs.iter().find(|run| run.what == what && run.way == way)
}

/// Every run that is not a bare loop, with the bare loop of the same thing.
fn beside_floor(runs: &[Run]) -> impl Iterator<Item = (&Run, &Run)> {
    let ours = runs.iter().filter(|run| matches!(run.way, Way::Command | Way::LibraryAtOnce));
    ours.filter_map(|run| Some((run, find(runs, run.what, Way::Bare)?)))
}

fn cpu(runs: &[Run]) -> Table {
    let mut table = Table::new("processor time of the whole process a look; floor: the bare loop");
    for (run, floor) in beside_floor(runs) {
        let row = Row::new(run.name(), run.cpu_a_look(), "us/look").floor(floor.cpu_a_look());
        table.push(if run.what.hz == Some(100.0) { row.at_most_times(1.3) } else { row });
    }
    for run in runs.iter().filter(|run| run.way == Way::Command) {
        let Some(floor) = find(runs, run.what, Way::BareGuarded) else { continue };
        let name = format!("{}; floor with guard", run.name());
        table.push(Row::new(name, run.cpu_a_look(), "us/look").floor(floor.cpu_a_look()));
    }
    for run in runs.iter().filter(|run| run.way == Way::Command) {
        let percent = run.cpu_a_look() * run.looks() / 1e4;
        let row = Row::new(format!("{}, of one core", run.name()), percent, "%");
        table.push(if run.what.hz == Some(100.0) { row.at_most(1.0) } else { row });
    }
    table
}

fn lateness(runs: &[Run]) -> Table {
    let mut table = Table::new("lateness of physics, p99 of all rounds together; floor: the bare loop");
    for (run, floor) in beside_floor(runs) {
        let row = Row::new(run.name(), p99_us(&run.late), "us").floor(p99_us(&floor.late));
        table.push(if run.what.three { row } else { row.at_most_times(1.5) });
    }
    for (run, floor) in beside_floor(runs).filter(|(run, _)| !run.what.three) {
        let row =
            Row::new(format!("{}, median of rounds", run.name()), common::median(run.p99_us.clone()), "us");
        table.push(row.floor(common::median(floor.p99_us.clone())).at_most_times(1.5));
    }
    table
}

fn memory(runs: &[Run]) -> Table {
    let mut table = Table::new("memory of the command");
    let mib = |bytes: u64| f64::from(u32::try_from(bytes >> 10).unwrap_or(u32::MAX)) / 1024.0;
    for run in runs.iter().filter(|run| run.way == Way::Command) {
        table.push(
            Row::new(format!("{}, resident", run.name()), mib(run.memory.resident), "MiB").at_most(12.0),
        );
        let most = mib(run.memory.most_resident);
        table.push(Row::new(format!("{}, most ever", run.name()), most, "MiB").at_most(12.0));
    }
    table
}

/// How late the looks at the physics were, as the process printed it: alone, or in the command's summary.
fn late_of(printed: &str) -> Outcome<BTreeMap<u16, u64>> {
    let value: serde_json::Value = serde_json::from_str(printed)?;
    let sources = value.get("sources").and_then(|sources| sources.as_array());
    let physics = sources.and_then(|all| all.iter().find(|source| source["name"] == acc::PHYSICS_SOURCE));
    let late = physics.map_or(&value, |physics| &physics["lateness"]);
    Ok(serde_json::from_value(late.clone())?)
}

/// The lateness that 99 % did not exceed, taking those within a step of the histogram to be spread evenly.
#[expect(clippy::cast_precision_loss, reason = "a few thousand looks")]
fn p99_us(late: &BTreeMap<u16, u64>) -> f64 {
    let mut left = late.values().sum::<u64>() as f64 * 0.99;
    let bound = |step: u16| Lateness::upper_bound(step).as_secs_f64() * 1e6;
    for (&step, &count) in late {
        if left <= count as f64 {
            let below = step.checked_sub(1).map_or(0.0, bound);
            return below + (bound(step) - below) * left / count as f64;
        }
        left -= count as f64;
    }
    0.0
}

/// Simulated ACC, published by a process of its own until this is dropped.
struct Published {
    prefix: String,
    _process: Process,
}

impl Published {
    fn start() -> Outcome<Self> {
        let prefix = format!("bench_{}_", std::process::id());
        let mut command = Command::new(COMMAND);
        // It ends by itself, should this process be killed.
        command.args(["simulate", "acc", "--hz", "333", "--for", "1h", "--region-prefix", &prefix]);
        let published = Self { _process: Process::start(&mut command)?, prefix };
        let deadline = clock::monotonic() + Duration::from_secs(10);
        while !published.regions().iter().all(|region| region.exists()) {
            if clock::monotonic() > deadline {
                return Err("the simulated game did not start".into());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(published)
    }

    fn regions(&self) -> Vec<PathBuf> {
        let maps = [acc::PHYSICS_MAP, acc::GRAPHICS_MAP, acc::STATIC_MAP];
        maps.iter().map(|map| Region::location(&format!("{}{map}", self.prefix)).into()).collect()
    }
}

impl Drop for Published {
    fn drop(&mut self) {
        // A killed process leaves its regions behind.
        for region in self.regions() {
            let _ = fs::remove_file(region);
        }
    }
}

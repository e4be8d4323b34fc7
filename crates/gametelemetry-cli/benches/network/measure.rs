//! Lets each way receive the same packets, and compares what it cost.

use std::fs;
use std::net::UdpSocket;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::child;
use super::common::{self, Outcome, Row, Table};
use super::process::{Memory, Process};

const COMMAND: &str = env!("CARGO_BIN_EXE_gametelemetry");
/// Time for a process to start and listen.
const WARM_UP: Duration = Duration::from_millis(700);

/// Time for the last packets to be taken.
const TAKEN_BY: Duration = Duration::from_millis(300);

/// How the packets are received.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Bare,
    BareForwarding,
    Command,
    CommandForwarding,
}

const WAYS: [Way; 4] = [Way::Bare, Way::BareForwarding, Way::Command, Way::CommandForwarding];

/// What one way needed.
struct Run {
    way: Way,
    /// Processor time a packet of each round, in µs.
    cpu_us: Vec<f64>,
    /// When a third of the packets were sent.
    memory_early: Memory,
    memory: Memory,
    sent: u64,
    /// Packets that the receiver of what is sent on got.
    got_by_target: u64,
    /// Packets that were neither received nor dropped by the system.
    lost_by_us: u64,
    dropped_by_system: u64,
}

pub(super) fn run() -> Outcome {
    let smoke = common::is_smoke();
    let seconds = number_after("--seconds").unwrap_or(if smoke { 1.0 } else { 30.0 });
    let rate = number_after("--rate").unwrap_or(if smoke { 20_000.0 } else { 100_000.0 });
    let mut rounds = number_after("--rounds").unwrap_or(1.0);
    let mut runs = WAYS.map(Run::new);
    while rounds > 0.0 {
        rounds -= 1.0;
        for run in &mut runs {
            run.measure(rate, Duration::from_secs_f64(seconds))?;
        }
    }
    [cpu(&runs), memory(&runs), losses(&runs)].iter().for_each(Table::print);
    Ok(())
}

fn number_after(name: &str) -> Option<f64> {
    std::env::args().skip_while(|argument| argument != name).nth(1)?.parse().ok()
}

fn free_port() -> Outcome<u16> {
    Ok(UdpSocket::bind("127.0.0.1:0")?.local_addr()?.port())
}

impl Run {
    fn new(way: Way) -> Self {
        let (cpu_us, memory) = (Vec::new(), Memory::default());
        let memory_early = memory;
        Self {
            way,
            cpu_us,
            memory_early,
            memory,
            sent: 0,
            got_by_target: 0,
            lost_by_us: 0,
            dropped_by_system: 0,
        }
    }

    /// One round.
    fn measure(&mut self, rate: f64, time: Duration) -> Outcome {
        let way = self.way;
        let out = common::scratch("network");
        let _ = fs::remove_dir_all(&out);
        fs::create_dir_all(&out)?;
        let (port, sink_port) = (free_port()?, free_port()?);
        let sink = Process::start(&mut child::bare(sink_port, None)?)?;
        let process = Process::start(&mut match way {
            Way::Bare => child::bare(port, None)?,
            Way::BareForwarding => child::bare(port, Some(sink_port))?,
            Way::Command => record(&out, port, None, time),
            Way::CommandForwarding => record(&out, port, Some(sink_port), time),
        })?;
        std::thread::sleep(WARM_UP);
        let before = process.cpu()?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rate of some 100,000")]
        let sender = Process::start(&mut child::sender(port, rate as u32, time)?)?;
        std::thread::sleep(time / 3);
        let early = process.memory()?;
        // It ends by itself; then the last packets are taken.
        let sent: u64 = sender.finish()?.trim().parse()?;
        std::thread::sleep(TAKEN_BY);
        let (after, memory) = (process.cpu()?, process.memory()?);
        let printed = process.finish()?;
        self.got_by_target += sink.finish()?.trim().parse::<u64>()?;
        let (received, dropped_by_system) = counts(way, &printed)?;
        #[expect(clippy::cast_precision_loss, reason = "some million packets")]
        let packets = sent as f64;
        self.cpu_us.push((after - before).as_secs_f64() * 1e6 / packets);
        self.memory_early.resident = self.memory_early.resident.max(early.resident);
        self.memory.resident = self.memory.resident.max(memory.resident);
        self.memory.most_resident = self.memory.most_resident.max(memory.most_resident);
        self.sent += sent;
        self.lost_by_us += sent.saturating_sub(received + dropped_by_system);
        self.dropped_by_system += dropped_by_system;
        Ok(())
    }

    /// Processor time a packet of the round in the middle, in µs.
    fn cpu_a_packet(&self) -> f64 {
        common::median(self.cpu_us.clone())
    }

    fn name(&self) -> &'static str {
        match self.way {
            Way::Bare => "bare loop",
            Way::BareForwarding => "bare loop, sending on",
            Way::Command => "command",
            Way::CommandForwarding => "command, sending on",
        }
    }
}

/// The command, recording what comes to `port` a little longer than it comes.
fn record(out: &Path, port: u16, forward: Option<u16>, time: Duration) -> Command {
    let mut command = Command::new(COMMAND);
    let lasts = (time + WARM_UP + TAKEN_BY + Duration::from_millis(500)).as_secs_f64().ceil();
    command.args(["record", "f1", "--json", "--port", &port.to_string(), "--for", &format!("{lasts}s")]);
    if let Some(forward) = forward {
        command.args(["--forward", &format!("127.0.0.1:{forward}")]);
    }
    command.arg("--out").arg(out);
    command
}

/// Packets received, and packets that the system says it dropped, by what the process printed.
fn counts(way: Way, printed: &str) -> Outcome<(u64, u64)> {
    if matches!(way, Way::Bare | Way::BareForwarding) {
        return Ok((printed.trim().parse()?, 0));
    }
    let summary: serde_json::Value = serde_json::from_str(printed)?;
    let number = |place: &str| summary.pointer(place).and_then(serde_json::Value::as_u64);
    let recorded = number("/sources/0/recorded").ok_or("no source in the summary")?;
    Ok((recorded, number("/sources/0/messages/dropped_by_system").unwrap_or(0)))
}

/// The run of `way`.
fn find(runs: &[Run], way: Way) -> Option<&Run> {
    runs.iter().find(|run| run.way == way)
}

fn cpu(runs: &[Run]) -> Table {
    let mut table = Table::new("processor time of the whole process a packet; floor: the bare loop");
    let beside = [
        (Way::Command, Way::Bare),
        (Way::CommandForwarding, Way::BareForwarding),
        (Way::CommandForwarding, Way::Bare),
    ];
    for (ours, floor) in beside {
        let (Some(ours), Some(floor)) = (find(runs, ours), find(runs, floor)) else { continue };
        let name = format!("{}; floor: {}", ours.name(), floor.name());
        table.push(
            Row::new(name, ours.cpu_a_packet(), "us/packet").floor(floor.cpu_a_packet()).at_most_times(1.5),
        );
    }
    table
}

fn memory(runs: &[Run]) -> Table {
    let mut table = Table::new("memory; floor: the bare loop");
    let mib = |bytes: u64| f64::from(u32::try_from(bytes >> 10).unwrap_or(u32::MAX)) / 1024.0;
    let floor = find(runs, Way::Bare).map_or(Memory::default(), |run| run.memory);
    for run in runs.iter().filter(|run| run.way != Way::Bare) {
        let row = |what: &str, bytes| Row::new(format!("{}, {what}", run.name()), mib(bytes), "MiB");
        table.push(row("resident after a third of the time", run.memory_early.resident));
        table.push(row("resident at the end", run.memory.resident).floor(mib(floor.resident)));
        table.push(row("most ever", run.memory.most_resident).floor(mib(floor.most_resident)));
    }
    table
}

#[expect(clippy::cast_precision_loss, reason = "some million packets")]
fn losses(runs: &[Run]) -> Table {
    let mut table = Table::new("packets");
    for run in runs {
        table.push(Row::new(format!("{}, sent", run.name()), run.sent as f64, "packets"));
        // What the receiver misses of what was sent on is the system's to drop: it is a bare loop too.
        if matches!(run.way, Way::BareForwarding | Way::CommandForwarding) {
            let name = format!("{}, got by the receiver of what is sent on", run.name());
            table.push(Row::new(name, run.got_by_target as f64, "packets"));
        }
        // What a bare loop misses cannot be told from what the system dropped.
        if matches!(run.way, Way::Command | Way::CommandForwarding) {
            let name = format!("{}, dropped by the system", run.name());
            table.push(Row::new(name, run.dropped_by_system as f64, "packets"));
            table.push(
                Row::new(format!("{}, lost by us", run.name()), run.lost_by_us as f64, "packets")
                    .at_most(0.0),
            );
        }
    }
    table
}

//! The ways to record that run as this same program started again: the bare loop, and the library.
//!
//! Each records until its standard input ends, then prints how late it was as JSON, in the ledger's histogram.

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use gametelemetry::shared_memory::Region;
use gametelemetry::{GameSession, Guard, Lateness, StopToken, clock};
use gametelemetry_games::{Game, RecordOptions, acc};

use super::common::Outcome;

/// Says to a started-again program what it is to do: this way, with these arguments.
const ASKED: &str = "GAMETELEMETRY_BENCH_CHILD";

/// A page and how often it is looked at, in Hz.
pub(crate) type Look = (&'static str, usize, f64);

/// What a bare loop looks at as `record acc` does.
pub(crate) fn looks(hz: Option<f64>, three: bool) -> Vec<Look> {
    let physics = (acc::PHYSICS_MAP, size_of::<acc::Physics>(), hz.unwrap_or(100.0));
    let graphics = (acc::GRAPHICS_MAP, size_of::<acc::Graphics>(), hz.unwrap_or(50.0).min(150.0));
    let fixed = (acc::STATIC_MAP, size_of::<acc::Static>(), 1.0);
    if three { vec![physics, graphics, fixed] } else { vec![physics] }
}

/// What such a process records, and how.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) prefix: &'a str,
    /// The usual rates when `None`.
    pub(crate) hz: Option<f64>,
    pub(crate) three: bool,
    /// Time between the two copies that must agree, in µs; a bare loop without it copies once.
    pub(crate) settle_us: Option<u64>,
}

/// The bare loop as a process.
pub(crate) fn bare(asked: Asked<'_>, out: &Path) -> Outcome<Command> {
    again("bare", asked, out)
}

/// The library as a process.
pub(crate) fn library(asked: Asked<'_>, out: &Path) -> Outcome<Command> {
    again("library", asked, out)
}

fn again(way: &str, asked: Asked<'_>, out: &Path) -> Outcome<Command> {
    let Asked { prefix, hz, three, settle_us } = asked;
    let settle_us = settle_us.map_or_else(|| "none".to_owned(), |settle_us| settle_us.to_string());
    let mut command = Command::new(std::env::current_exe()?);
    command.env(ASKED, format!("{way} {prefix} {} {three} {settle_us}", hz.unwrap_or(0.0))).current_dir(out);
    Ok(command)
}

/// Does what this process was started for; `false` when that is the benchmark itself.
pub(crate) fn run_if_asked() -> Outcome<bool> {
    let Ok(asked) = std::env::var(ASKED) else { return Ok(false) };
    let [way, prefix, hz, three, settle_us] = asked.split(' ').collect::<Vec<_>>()[..] else {
        return Err(format!("{ASKED} is not understood: {asked}").into());
    };
    let hz = Some(hz.parse::<f64>()?).filter(|&hz| hz > 0.0);
    let three = three.parse()?;
    let settle = settle_us.parse().ok().map(Duration::from_micros);
    let lateness = match way {
        "bare" => run_bare(prefix, &looks(hz, three), settle)?,
        _ => run_library(prefix, hz, three, settle)?,
    };
    println!("{}", serde_json::to_string(&lateness)?);
    Ok(true)
}

fn run_library(prefix: &str, hz: Option<f64>, three: bool, settle: Option<Duration>) -> Outcome<Lateness> {
    let guard = settle.map_or_else(Guard::default, |settle| Guard { settle, ..Guard::default() });
    let mut options = RecordOptions { hz, prefix: prefix.to_owned(), guard, ..RecordOptions::default() };
    if !three {
        options.sources = vec![acc::PHYSICS_SOURCE.to_owned()];
    }
    let stop = StopToken::new();
    let session = GameSession::new("acc").save_to(".").stop_token(&stop);
    let session = acc::GAME.record(session, &options)?.start()?;
    wait_for_end_of_input();
    let summary = session.stop()?;
    let physics = summary.sources.into_iter().find(|source| source.name == acc::PHYSICS_SOURCE);
    Ok(physics.ok_or("no physics")?.ledger.lateness)
}

static ENDED: AtomicBool = AtomicBool::new(false);

fn run_bare(prefix: &str, looks: &[Look], settle: Option<Duration>) -> Outcome<Lateness> {
    let loops = looks.iter().map(|&(map, size, hz)| {
        let file = File::open(Region::location(&format!("{prefix}{map}")))?;
        let out = File::create(format!("{map}.lz4"))?;
        let interval = Duration::from_secs_f64(1.0 / hz);
        Ok(std::thread::spawn(move || {
            bare_loop(&file, out, size, interval, settle).map_err(|error| error.to_string())
        }))
    });
    let loops = loops.collect::<Outcome<Vec<_>>>()?;
    wait_for_end_of_input();
    ENDED.store(true, Ordering::Release);
    let mut lateness = None;
    for done in loops {
        let late = done.join().map_err(|_| "a bare loop panicked")??;
        lateness.get_or_insert(late);
    }
    Ok(lateness.ok_or("nothing to look at")?)
}

/// The floor: sleep to the deadline, copy, stamp, LZ4, write every tenth frame.
fn bare_loop(
    page: &File,
    out: File,
    size: usize,
    interval: Duration,
    settle: Option<Duration>,
) -> Outcome<Lateness> {
    let mut encoder = lz4::EncoderBuilder::new()
        .block_mode(lz4::BlockMode::Linked)
        .block_size(lz4::BlockSize::Max64KB)
        .build(out)?;
    let clock = clock::Clock::system();
    let mut record = vec![0; size + 12];
    let mut second = vec![0; size];
    let mut lateness = Lateness::default();
    let mut deadline = clock::monotonic();
    let mut number = 0_u64;
    while !ENDED.load(Ordering::Acquire) {
        std::thread::sleep(deadline.saturating_duration_since(clock::monotonic()));
        let now = clock::monotonic();
        lateness.record(now.saturating_duration_since(deadline));
        // As the recorder does after a stall: deadlines that have passed are left out.
        while deadline <= now {
            deadline += interval;
        }
        let (head, data) = record.split_at_mut(12);
        page.read_exact_at(data, 0)?;
        while let Some(settle) = settle {
            std::thread::sleep(settle);
            page.read_exact_at(&mut second, 0)?;
            if data == second {
                break;
            }
            data.copy_from_slice(&second);
        }
        let ticks = clock.at(now).ticks().to_le_bytes();
        let length = u32::try_from(size)?.to_le_bytes();
        head.copy_from_slice(&[ticks.as_slice(), &length].concat());
        encoder.write_all(&record)?;
        number += 1;
        if number.is_multiple_of(10) {
            encoder.flush()?;
        }
    }
    encoder.finish().1?;
    Ok(lateness)
}

fn wait_for_end_of_input() {
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}

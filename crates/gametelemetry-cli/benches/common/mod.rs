//! What every benchmark needs: its arguments, rounds that alternate, the frames to work on, and the table.
//!
//! A figure alone says little on a machine that also does other things, so each is measured beside a floor, in
//! turns, and the ratio is what counts. Measures nothing itself.

mod frames;
mod table;

use std::path::PathBuf;
use std::time::Duration;

use gametelemetry::clock;

pub(crate) use frames::{Frames, acc_graphics, acc_physics, ibt_rows, physics_header};
pub(crate) use table::{Row, Table};

/// What a benchmark must not do: stop without saying why.
pub(crate) type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// Whether only to show that everything still runs. Any other argument (cargo adds `--bench`) is passed over.
pub(crate) fn is_smoke() -> bool {
    std::env::args().any(|argument| argument == "--smoke")
}

/// A file or folder of this benchmark, in the target folder: on a disk, not in memory.
pub(crate) fn scratch(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// Several ways to do the same work, measured in turns.
pub(crate) struct Turns {
    /// Of each way the time of each round, in seconds.
    rounds: Vec<Vec<f64>>,
}

impl Turns {
    /// Runs every way once to warm up, then `rounds` times, one after the other. Each way times itself, so that what
    /// it prepares and clears away does not count.
    pub(crate) fn run(rounds: usize, ways: &mut [&mut dyn FnMut() -> Outcome<Duration>]) -> Outcome<Self> {
        let mut taken = vec![Vec::with_capacity(rounds); ways.len()];
        for round in 0..=rounds {
            for (way, taken) in ways.iter_mut().zip(&mut taken) {
                let time = way()?;
                if round > 0 {
                    taken.push(time.as_secs_f64());
                }
            }
        }
        Ok(Self { rounds: taken })
    }

    /// The shortest round of `way`, in seconds: what it takes when nobody disturbs it.
    pub(crate) fn fastest(&self, way: usize) -> f64 {
        self.rounds.get(way).into_iter().flatten().copied().fold(f64::INFINITY, f64::min)
    }
}

/// The time that `work` takes.
pub(crate) fn time(work: impl FnOnce() -> Outcome) -> Outcome<Duration> {
    let start = clock::monotonic();
    work()?;
    Ok(start.elapsed())
}

/// The value in the middle; 0 of none.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

//! Work measured in turns: every way to do it once a round, so that a disturbance hits all of them.
//!
//! Knows nothing of what is measured.

use std::time::Duration;

use gametelemetry::clock;

use crate::common::Outcome;

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

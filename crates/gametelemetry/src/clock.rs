//! The only module that reads a clock: a wall-clock anchor plus the monotonic clock.
//!
//! A session takes one [`Clock`] at its start and stamps every frame with it, so timestamps never run backwards
//! inside a session, whatever happens to the machine's time of day. What the wall clock does meanwhile is measured
//! and goes into the ledger.

#![allow(clippy::disallowed_methods, reason = "this is the module that the lint sends everyone to")]

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use gametelemetry_file::{ClockAnchor, Timestamp};

/// The monotonic clock's present reading.
#[must_use]
pub fn monotonic() -> Instant {
    Instant::now()
}

/// Stamps frames: the wall clock at its making, plus the monotonic time since.
#[derive(Clone)]
pub struct Clock {
    wall_start: SystemTime,
    monotonic_start: Instant,
    wall: Arc<dyn Fn() -> SystemTime + Send + Sync>,
}

impl Clock {
    /// A clock of this machine's time, anchored now.
    #[must_use]
    pub fn system() -> Self {
        Self::with_wall(SystemTime::now)
    }

    /// A clock whose wall time comes from `wall`, anchored now; for tests that turn the wall clock.
    #[must_use]
    pub fn with_wall(wall: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self { wall_start: wall(), monotonic_start: monotonic(), wall: Arc::new(wall) }
    }

    /// The present moment; never before one given earlier.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.at(monotonic())
    }

    /// The moment of a reading of the monotonic clock; one from before the anchor counts as the anchor.
    #[must_use]
    pub fn at(&self, moment: Instant) -> Timestamp {
        Timestamp::from(self.wall_start) + moment.saturating_duration_since(self.monotonic_start)
    }

    /// The anchor, as a session file keeps it.
    #[must_use]
    pub fn anchor(&self) -> ClockAnchor {
        ClockAnchor { started: self.wall_start.into(), utc_offset_seconds: None }
    }

    /// How far the wall clock has moved against this clock since the anchor, in milliseconds; negative when it was
    /// set back.
    #[must_use]
    pub fn wall_moved_ms(&self) -> i64 {
        let expected = self.wall_start + self.monotonic_start.elapsed();
        let millis = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        match (self.wall)().duration_since(expected) {
            Ok(ahead) => millis(ahead),
            Err(behind) => -millis(behind.duration()),
        }
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clock").field("wall_start", &self.wall_start).finish_non_exhaustive()
    }
}

/// Deadlines at a steady rate, each `1 / hz` after the one before, whatever the work between them takes.
#[derive(Debug)]
pub struct Pacer {
    interval: Duration,
    next: Instant,
}

impl Pacer {
    /// The highest rate, in Hz.
    pub const MAX_HZ: f64 = 10_000.0;

    /// Deadlines at `hz`, the first one now. Rates outside 0.001 to [`Pacer::MAX_HZ`] are moved to the nearest of
    /// these.
    #[must_use]
    pub fn new(hz: f64) -> Self {
        let hz = if hz.is_nan() { 1.0 } else { hz.clamp(0.001, Self::MAX_HZ) };
        Self { interval: Duration::from_secs_f64(1.0 / hz), next: monotonic() }
    }

    /// Time between two deadlines.
    #[must_use]
    pub fn interval(&self) -> Duration {
        self.interval
    }

    /// The next deadline. One that a long stall made meaningless is left out, so that no burst follows.
    pub fn next_deadline(&mut self) -> Instant {
        let now = monotonic();
        let behind = now.saturating_duration_since(self.next);
        if behind > self.interval {
            let skipped =
                u32::try_from(behind.as_nanos() / self.interval.as_nanos().max(1)).unwrap_or(u32::MAX);
            self.next = self.interval.checked_mul(skipped).map_or(now, |skip| self.next + skip);
        }
        let deadline = self.next;
        self.next += self.interval;
        deadline
    }

    /// Moves all later deadlines by `by`, so that they no longer meet what happens at the same rate.
    pub fn shift(&mut self, by: Duration) {
        self.next += by;
    }

    /// Forgets the past: the next deadline is now.
    pub fn restart(&mut self) {
        self.next = monotonic();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[test]
    fn a_wall_clock_set_back_shows_but_does_not_turn_timestamps() {
        let wall = Arc::new(Mutex::new(SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000)));
        let shown = Arc::clone(&wall);
        let clock = Clock::with_wall(move || *shown.lock().unwrap());
        let before = clock.now();
        *wall.lock().unwrap() -= Duration::from_secs(3600);
        assert!(clock.now() >= before);
        assert!((-3_600_999..=-3_600_000).contains(&clock.wall_moved_ms()), "{}", clock.wall_moved_ms());
    }

    #[test]
    fn a_stall_is_not_followed_by_a_burst() {
        let mut pacer = Pacer::new(1000.0);
        pacer.next -= Duration::from_millis(50);
        let first = pacer.next_deadline();
        let second = pacer.next_deadline();
        assert_eq!(second - first, Duration::from_millis(1));
        assert!(monotonic().saturating_duration_since(first) < Duration::from_millis(2));
    }

    #[test]
    fn no_rate_panics() {
        for hz in [f64::NAN, f64::INFINITY, -1.0, 0.0, 1e300] {
            let _ = Pacer::new(hz).next_deadline();
        }
    }
}

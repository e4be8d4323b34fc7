//! What needs more than one sample: slopes, integrals, running means. One step a sample, memory bounded.
//!
//! Under the derived channels, built in and users' own. All go by the recording's time; after a gap, or when the clock goes
//! back, they begin anew, because what happened in between is not known.

use std::collections::VecDeque;

use gametelemetry_file::Timestamp;

/// Samples further apart than this, in seconds, have nothing to do with each other.
const GAP_S: f64 = 1.0;
/// A running window never holds more samples.
const MOST: usize = 20_000;

/// The last samples of a channel.
#[derive(Debug, Default)]
pub(super) struct Window {
    samples: VecDeque<(Timestamp, f64)>,
}

impl Window {
    /// Takes a sample in, and forgets those more than `seconds` before it, but one.
    fn push(&mut self, time: Timestamp, value: f64, seconds: f64) {
        if let Some(&(last, _)) = self.samples.back() {
            let apart = time.seconds_since(last);
            if apart == 0.0 {
                self.samples.pop_back();
            } else if !(0.0..=GAP_S.max(seconds)).contains(&apart) {
                self.samples.clear();
            }
        }
        self.samples.push_back((time, value));
        let is_old = |samples: &VecDeque<(Timestamp, f64)>| {
            samples.get(1).is_some_and(|&(second, _)| time.seconds_since(second) >= seconds)
        };
        while is_old(&self.samples) || self.samples.len() > MOST {
            self.samples.pop_front();
        }
    }

    /// The slope over the last `seconds`, a second; NaN until there are two samples.
    pub(super) fn slope(&mut self, time: Timestamp, value: f64, seconds: f64) -> f64 {
        self.push(time, value, seconds);
        match (self.samples.front(), self.samples.back()) {
            (Some(&(t0, v0)), Some(&(t1, v1))) if t1 > t0 => (v1 - v0) / t1.seconds_since(t0),
            _ => f64::NAN,
        }
    }

    /// The same for an angle, which goes round.
    pub(super) fn angle_slope(&mut self, time: Timestamp, angle: f64, seconds: f64) -> f64 {
        let unrolled = match self.samples.back() {
            Some(&(_, last)) => last + super::resample::turn(last, angle),
            None => angle,
        };
        self.slope(time, unrolled, seconds)
    }

    /// The mean over the last `seconds`, each sample weighing as long as it held.
    pub(super) fn mean(&mut self, time: Timestamp, value: f64, seconds: f64) -> f64 {
        self.push(time, value, seconds);
        let (mut sum, mut whole) = (0.0, 0.0);
        for (&(from, a), &(until, b)) in self.samples.iter().zip(self.samples.iter().skip(1)) {
            let all = until.seconds_since(from);
            // The first piece may begin before the window.
            let inside = all.min(seconds - time.seconds_since(until)).max(0.0);
            let edge = b + (a - b) * inside / all;
            sum += f64::midpoint(edge, b) * inside;
            whole += inside;
        }
        if whole > 0.0 { sum / whole } else { value }
    }

    /// The sample before the last one.
    pub(super) fn previous(&mut self, time: Timestamp, value: f64) -> f64 {
        let before = self.samples.back().map_or(f64::NAN, |&(_, value)| value);
        self.samples.clear();
        self.samples.push_back((time, value));
        before
    }
}

/// A running integral over time.
#[derive(Debug, Default)]
pub(super) struct Integral {
    last: Option<(Timestamp, f64)>,
    sum: f64,
}

impl Integral {
    /// Adds what `value` came to since the last sample; nothing across a gap.
    pub(super) fn add(&mut self, time: Timestamp, value: f64) -> f64 {
        if let Some((before, value_before)) = self.last {
            let seconds = time.seconds_since(before);
            if (0.0..=GAP_S).contains(&seconds) {
                self.sum += f64::midpoint(value, value_before) * seconds;
            }
        }
        self.last = Some((time, value));
        self.sum
    }

    /// Lets time pass in which nothing is added.
    pub(super) fn skip(&mut self) -> f64 {
        self.last = None;
        self.sum
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_laps::second;
    use super::*;

    #[test]
    fn slopes_means_and_integrals_of_a_ramp_are_exact() {
        let (mut slope, mut mean, mut integral) = (Window::default(), Window::default(), Integral::default());
        let mut found = (0.0, 0.0, 0.0);
        for step in 0..=100 {
            let (time, value) = (f64::from(step) / 50.0, f64::from(step) / 5.0);
            found = (
                slope.slope(second(time), value, 0.1),
                mean.mean(second(time), value, 0.5),
                integral.add(second(time), value),
            );
        }
        assert!((found.0 - 10.0).abs() < 1e-6, "{found:?}");
        assert!((found.1 - 17.5).abs() < 1e-6, "{found:?}");
        assert!((found.2 - 20.0).abs() < 1e-6, "{found:?}");
    }

    #[test]
    fn a_gap_and_a_clock_that_goes_back_begin_anew() {
        let (mut slope, mut integral) = (Window::default(), Integral::default());
        for time in [0.0, 0.1] {
            slope.slope(second(time), time * 5.0, 0.1);
            integral.add(second(time), 10.0);
        }
        for time in [50.0, 20.0] {
            assert!(slope.slope(second(time), 1000.0, 0.1).is_nan());
            assert!((integral.add(second(time), 10.0) - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn an_angle_turns_the_short_way() {
        let mut window = Window::default();
        assert!(window.angle_slope(second(0.0), 3.1, 0.05).is_nan());
        let found = window.angle_slope(second(0.1), -3.1, 0.05);
        assert!((found - 0.831_853).abs() < 1e-5, "{found}");
    }
}

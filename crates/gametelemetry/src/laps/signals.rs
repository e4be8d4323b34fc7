//! What the channels say of the line, each by itself: the place falls, the lap timer is reset, the lap counter goes up.
//!
//! Stands under the splitter, which makes them agree. Small state machines over one channel each.

use super::build::Instant;
use super::sample::Sample;

/// No car is faster, in m/s.
const FASTEST: f64 = 130.0;
/// A place may be off by so much, in metres.
const SLACK_M: f64 = 30.0;
/// The same for a game that tells shares of an unknown length: a lap is no shorter than this, in seconds.
const SHORTEST_LAP_S: f64 = 15.0;
const SLACK_SHARE: f64 = 0.02;
/// A first lap of unknown length is at least so long, in metres.
const SHORTEST_LAP_M: f64 = 200.0;
/// A lap timer that was reset by the line shows at most so much more than the time between two samples, in seconds.
const RESET_S: f64 = 0.25;
/// A reset timer that says this crossing, or one so near, agrees with it, in seconds.
pub(super) const SAME_CROSSING_S: f64 = 0.5;
/// So long after a flashback or a restart the game may still set its channels back, in seconds.
const SETS_BACK_S: f64 = 1.0;
/// A counter that fell, or rose by more than one, is believed when it stays so long, in seconds.
const STAYS_S: f64 = 0.5;

/// What the place on the track did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum PlaceStep {
    /// Nothing was told.
    None,
    /// On by so much of a lap; negative when it rolled back.
    On(f64),
    /// Over the line at this moment of the game's clock, and on by so much of a lap in all.
    Wrapped { crossing: f64, on: f64 },
    /// Somewhere else, faster than any car.
    Jumped,
}

/// The place on the track, as `lap_position` or else `lap_distance`.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    last: Option<(f64, Instant)>,
    has_position: bool,
    /// The length of a lap in metres, told or seen.
    pub(super) length: Option<f64>,
    is_length_told: bool,
    rolled_back: bool,
    pub(super) told_at: Option<f64>,
}

impl Place {
    pub(super) fn tell_length(&mut self, length: f64) {
        (self.length, self.is_length_told) = (Some(length), true);
    }

    /// Forgets where the car was: the game set it back.
    pub(super) fn forget(&mut self) {
        (self.last, self.rolled_back) = (None, false);
    }

    /// The share of the lap at the last sample, when its length is known.
    pub(super) fn share(&self) -> Option<f64> {
        Some(self.last?.0 / self.unit()?)
    }

    /// Whether `sample` tells another place than the one before.
    pub(super) fn differs(&self, sample: &Sample) -> Option<bool> {
        let value = self.reading(sample)?;
        Some(self.last.is_none_or(|(last, _)| last != value))
    }

    fn reading(&self, sample: &Sample) -> Option<f64> {
        if self.has_position { sample.lap_position } else { sample.lap_position.or(sample.lap_distance) }
    }

    fn unit(&self) -> Option<f64> {
        if self.has_position { Some(1.0) } else { self.length }
    }

    /// How far a car can come in `seconds`, in units of the place.
    fn reach(&self, seconds: f64) -> f64 {
        let metres = SLACK_M + FASTEST * seconds;
        match (self.has_position, self.length) {
            (false, _) => metres,
            (true, Some(length)) => metres / length,
            (true, None) => SLACK_SHARE + seconds / SHORTEST_LAP_S,
        }
    }

    pub(super) fn step(&mut self, sample: &Sample, here: Instant, speed: Option<f64>) -> PlaceStep {
        if sample.lap_position.is_some() && !self.has_position {
            (self.has_position, self.last) = (true, None);
        }
        let Some(value) = self.reading(sample) else { return PlaceStep::None };
        self.told_at = Some(here.now);
        let Some((last, before)) = self.last.replace((value, here)) else { return PlaceStep::On(0.0) };
        let seconds = (here.now - before.now).max(0.0);
        let reach = self.reach(seconds);
        let Some(unit) = self.unit() else {
            return self.first_lap(last, value, before.now, here.now, reach, speed);
        };
        let on = value - last;
        if on < -unit / 2.0 {
            self.wrapped(last, on + unit, unit, before.now, seconds, reach)
        } else if on > unit / 2.0 && unit - on <= reach {
            // Backwards over the line; the next crossing only makes up for it.
            self.rolled_back = true;
            PlaceStep::On((on - unit) / unit)
        } else if on.abs() > reach {
            PlaceStep::Jumped
        } else {
            PlaceStep::On(on / unit)
        }
    }

    fn wrapped(&mut self, last: f64, on: f64, unit: f64, before: f64, seconds: f64, reach: f64) -> PlaceStep {
        if !(-reach..=reach).contains(&on) {
            return PlaceStep::Jumped;
        }
        if std::mem::take(&mut self.rolled_back) {
            return PlaceStep::On(on / unit);
        }
        if !self.is_length_told && !self.has_position {
            self.length = Some(unit.max(last));
        }
        let part = if on > 0.0 { ((unit - last) / on).clamp(0.0, 1.0) } else { 1.0 };
        PlaceStep::Wrapped { crossing: before + seconds * part, on: on / unit }
    }

    /// The length of a lap is not known before the first fall.
    fn first_lap(
        &mut self,
        last: f64,
        value: f64,
        before: f64,
        now: f64,
        reach: f64,
        speed: Option<f64>,
    ) -> PlaceStep {
        if last > SHORTEST_LAP_M && value < last / 2.0 && value <= reach {
            self.length = Some(last);
            let since = speed.filter(|speed| *speed > 1.0).map(|speed| value / speed);
            let crossing = since.map_or(f64::midpoint(before, now), |since| now - since);
            return PlaceStep::Wrapped { crossing: crossing.clamp(before, now), on: 0.0 };
        }
        if (value - last).abs() > reach { PlaceStep::Jumped } else { PlaceStep::None }
    }
}

/// What the lap timer did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum TimerStep {
    /// Went on, or stood, or was not told.
    On,
    /// Fell to its start, by a crossing at this moment of the game's clock.
    /// At 0 it does not run yet, so that the crossing is only near.
    Reset { crossing: f64, runs: bool },
    /// Went back to a moment of the same lap: what it says is that of this moment of the game's clock.
    Back { target: f64 },
    /// Was set to more than can have passed.
    Up,
}

/// The lap timer.
#[derive(Clone, Debug, Default)]
pub(super) struct Timer {
    last: Option<(f64, f64)>,
    /// When it last moved, and what it said.
    pub(super) moved: Option<(f64, f64)>,
    pub(super) told_at: Option<f64>,
}

impl Timer {
    pub(super) fn forget(&mut self) {
        self.last = None;
    }

    /// `turn` is the moment of a crossing that other channels told just now.
    pub(super) fn step(&mut self, sample: &Sample, now: f64, turn: Option<f64>) -> TimerStep {
        let Some(value) = sample.timer else { return TimerStep::On };
        let Some((last, before)) = self.last.replace((value, now)) else { return TimerStep::On };
        if value != last {
            self.told_at = Some(now);
            self.moved = Some((value, now));
        }
        let passed = (now - before).max(0.0);
        if value > last + passed + 2.0 {
            return TimerStep::Up;
        }
        if value >= last - 0.02 {
            return TimerStep::On;
        }
        let crossing = now - value;
        if value <= passed + RESET_S {
            let runs = value > 0.0;
            return TimerStep::Reset {
                crossing: if runs { crossing } else { f64::midpoint(before, now) },
                runs,
            };
        }
        if turn.is_some_and(|turn| (crossing - turn).abs() < SAME_CROSSING_S) {
            return TimerStep::Reset { crossing, runs: true };
        }
        TimerStep::Back { target: before - (last - value) }
    }

    /// Whether it stands, at `now`, since at least `seconds`, and when it stopped.
    pub(super) fn stopped(&self, now: f64, seconds: f64) -> Option<f64> {
        let (value, at) = self.moved?;
        (value > 0.0 && now - at >= seconds).then_some(at)
    }
}

/// What the lap counter did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum CounterStep {
    /// Nothing, or nothing that is believed yet.
    None,
    /// One more.
    Up,
    /// Less than before, and it stays so.
    Down,
}

/// The lap counter.
#[derive(Clone, Debug, Default)]
pub(super) struct Counter {
    stable: Option<f64>,
    doubtful: Option<(f64, f64)>,
    /// Until then whatever it says is taken: the game was set back.
    takes_all_until: Option<f64>,
    pub(super) told_at: Option<f64>,
}

impl Counter {
    /// Takes what is said next, for a while: a flashback or a restart changes it.
    pub(super) fn forget(&mut self, now: f64) {
        (self.doubtful, self.takes_all_until) = (None, Some(now + SETS_BACK_S));
    }

    /// How much less it says than before.
    pub(super) fn fallen_by(&self, sample: &Sample) -> f64 {
        self.stable.zip(sample.counter).map_or(0.0, |(stable, value)| stable - value)
    }

    pub(super) fn step(&mut self, sample: &Sample, now: f64) -> CounterStep {
        let Some(value) = sample.counter else { return CounterStep::None };
        self.told_at = Some(now);
        if self.takes_all_until.is_some_and(|until| now < until) || self.stable.is_none() {
            self.stable = Some(value);
            return CounterStep::None;
        }
        self.takes_all_until = None;
        let stable = self.stable.unwrap_or(value);
        if value == stable {
            self.doubtful = None;
            return CounterStep::None;
        }
        if value == stable + 1.0 {
            (self.stable, self.doubtful) = (Some(value), None);
            return CounterStep::Up;
        }
        match self.doubtful {
            Some((doubtful, since)) if doubtful == value => {
                if (now - since).abs() < STAYS_S {
                    return CounterStep::None;
                }
                (self.stable, self.doubtful) = (Some(value), None);
                if value < stable { CounterStep::Down } else { CounterStep::None }
            }
            _ => {
                self.doubtful = Some((value, now));
                CounterStep::None
            }
        }
    }
}

/// The time of the last finished lap, which is told late or early.
#[derive(Clone, Debug, Default)]
pub(super) struct LastLap {
    value: Option<f64>,
    /// A change that no lap has taken yet, and when.
    change: Option<(f64, f64)>,
    /// Until then whatever it says is no news: the game was set back.
    takes_all_until: Option<f64>,
}

impl LastLap {
    /// What is said next, for a while, is no news: a flashback or a restart changes it.
    pub(super) fn forget(&mut self, now: f64) {
        (self.change, self.takes_all_until) = (None, Some(now + SETS_BACK_S));
    }

    /// Whether `sample` tells another time than before.
    pub(super) fn step(&mut self, sample: &Sample, now: f64, is_first: bool) -> bool {
        let Some(value) = sample.last_lap else { return false };
        let is_set_back = self.takes_all_until.is_some_and(|until| now < until);
        let is_new = self.value != Some(value) && !is_first && !is_set_back;
        if is_new {
            self.change = Some((value, now));
        }
        self.value = Some(value);
        is_new
    }

    /// The change that was told between `from` and `until`.
    pub(super) fn take(&mut self, from: f64, until: f64) -> Option<f64> {
        let (value, _) = self.change.take_if(|(_, at)| (from..=until).contains(at))?;
        Some(value)
    }

    /// Whether a change that no lap has taken was told since `from`.
    pub(super) fn has_changed_since(&self, from: f64) -> bool {
        self.change.is_some_and(|(_, at)| at >= from)
    }

    pub(super) fn value(&self) -> Option<f64> {
        self.value
    }
}

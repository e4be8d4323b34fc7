//! What is undone: flashbacks, restarts, saved games that are loaded, other sessions.
//!
//! A flashback takes the lap back to a moment that was recorded before, and it goes on from there; over the line it takes
//! back the lap that was begun, and the one before goes on. A restart, a saved game and another session begin another part.

use std::collections::VecDeque;

use gametelemetry_file::Timestamp;

use super::build::{Finish, Instant, Start};
use super::sample::Sample;
use super::signals::{PlaceStep, TimerStep};
use super::splitter::Splitter;

/// A session's time below this is its beginning, in seconds.
const BEGINNING_S: f64 = 1.0;
/// How often the history is noted, and how many of it are kept: three minutes.
const EVERY_S: f64 = 0.05;
const KEPT: usize = 3600;

/// When what was: the last minutes of driving, without what was taken back.
#[derive(Clone, Debug, Default)]
pub(super) struct History {
    /// Moments, with the metres driven by then.
    moments: VecDeque<(Instant, f64)>,
    metres: f64,
}

impl History {
    pub(super) fn push(&mut self, here: Instant, metres: f64) {
        self.metres += metres;
        if self.moments.back().is_some_and(|(last, _)| (0.0..EVERY_S).contains(&(here.now - last.now))) {
            return;
        }
        if self.moments.len() >= KEPT {
            self.moments.pop_front();
        }
        self.moments.push_back((here, self.metres));
    }

    /// Whether the moment `now` is in it.
    fn reaches(&self, now: f64) -> bool {
        self.moments.front().is_some_and(|(first, _)| first.now <= now + EVERY_S)
    }

    /// Goes back to `now`; gives when that was recorded, and the metres driven since.
    fn take_back(&mut self, now: f64) -> Option<(Timestamp, f64)> {
        let mut since = None;
        while let Some((moment, metres)) = self.moments.back().copied() {
            if moment.now <= now {
                since = Some((moment, metres));
                break;
            }
            since = self.moments.pop_back();
        }
        let (moment, metres) = since?;
        let lost = self.metres - metres;
        self.metres = metres;
        Some((moment.moved_to(now).at, lost))
    }
}

impl Splitter {
    /// The session's time went back by `by` seconds.
    pub(super) fn step_back(&mut self, by: f64, sample: &Sample) {
        let here = Instant { now: self.clock.now(), at: sample.timestamp };
        let target = here.now - by;
        if sample.session_time.is_some_and(|time| time <= BEGINNING_S) {
            self.restart(here);
        } else if target >= self.part.begin - 0.5 && self.history.reaches(target) {
            self.take_back(target, here);
        } else {
            self.reload(here);
        }
    }

    /// Looks at a lap timer that went back: whether it took the lap with it, so that the sample is dealt with.
    pub(super) fn timer_goes_back(
        &mut self,
        timer: TimerStep,
        place: PlaceStep,
        sample: &Sample,
        here: Instant,
    ) -> bool {
        let target = match timer {
            TimerStep::Back { target } => {
                // Where the session's clock runs on the timer alone proves nothing: games correct it.
                let is_believed = !self.clock.is_of_session() || place == PlaceStep::Jumped;
                is_believed.then_some(target)
            }
            // Over the line: the timer is that of the lap before, and so is the counter, or else the place.
            TimerStep::Up if self.counter.fallen_by(sample) == 1.0 || place == PlaceStep::Jumped => {
                let before = self.previous.as_ref().map(|previous| previous.build.begin.now);
                before.zip(sample.timer).map(|(begin, timer)| begin + timer)
            }
            _ => None,
        };
        let Some(target) = target.filter(|target| *target < here.now && self.history.reaches(*target)) else {
            return false;
        };
        self.take_back(target, here);
        true
    }

    /// A flashback to `target` on the game's clock.
    pub(super) fn take_back(&mut self, target: f64, here: Instant) {
        self.clock.go_back(here.now - target);
        let Some((from, lost)) = self.history.take_back(target) else { return };
        self.undo_turn(target, here);
        let stretch = (from, here.at.max(from));
        let is_over_line = self
            .open
            .as_ref()
            .is_some_and(|open| open.start == Start::Crossing && target < open.begin.now - 0.001);
        // What was driven after the line is not lost to the lap before it.
        let lost = if is_over_line { (lost - self.reopen(here)).max(0.0) } else { lost };
        if let Some(open) = &mut self.open {
            open.take_back(target, stretch.0, stretch.1, lost);
            open.end = Instant { now: target, at: here.at };
            if open.begin.now > target {
                open.begin.now = target;
            }
        }
        self.forget(target);
        self.before = Some(Instant { now: target, at: here.at });
    }

    /// A crossing that is taken back was none.
    fn undo_turn(&mut self, target: f64, here: Instant) {
        if self.turn.as_ref().is_some_and(|turn| turn.is_confirmed() || target >= turn.crossing.now) {
            self.end_turn(here.now);
        }
        if let Some(turn) = self.turn.take()
            && let Some(mut closing) = turn.closing
        {
            if let Some(piece) = self.open.take() {
                closing.join(piece);
            }
            self.open = Some(closing);
        }
    }

    /// The lap that was begun is taken back, and the one before goes on; gives the metres driven in what was begun.
    fn reopen(&mut self, here: Instant) -> f64 {
        let Some(mut begun) = self.open.take() else { return 0.0 };
        let driven = begun.driven;
        begun.end = here;
        match self.previous.take() {
            Some(mut previous) if previous.finish == Finish::Crossing => {
                previous.build.official = None;
                self.tell(begun, Finish::TakenBack);
                self.open = Some(previous.build);
            }
            other => {
                self.previous = other;
                self.settle_previous();
                self.tell(begun, Finish::TakenBack);
                self.begin_lap(Start::TakenBack, here);
            }
        }
        driven
    }

    /// The race, or the stage, begins again.
    pub(super) fn restart(&mut self, here: Instant) {
        self.end_part(Finish::Restarted);
        self.begin_again(here, None);
    }

    /// A saved game was loaded.
    fn reload(&mut self, here: Instant) {
        let left = self.parts.len().checked_sub(1);
        self.end_part(Finish::Reloaded);
        self.begin_again(here, left);
    }

    /// The game says that this is another session: a new one, or one from a saved game.
    pub(super) fn change_session(&mut self, sample: &Sample) {
        if self.parts.is_empty() {
            return;
        }
        let here = Instant { now: self.clock.now(), at: sample.timestamp };
        let goes_back = sample
            .session_time
            .zip(self.session_time)
            .is_some_and(|(now, then)| now > 5.0 && now < then - 1.0);
        if goes_back {
            self.reload(here);
        } else {
            self.end_part(Finish::Ended);
            self.begin_again(here, None);
        }
    }

    fn begin_again(&mut self, here: Instant, reloaded: Option<usize>) {
        self.forget(here.now);
        self.clock.begin_part();
        self.session_time = None;
        self.before = Some(here);
        self.begin_part(here, reloaded);
    }

    /// The channels may say anything now: it is no sign of a crossing.
    pub(super) fn forget(&mut self, now: f64) {
        self.place.forget();
        self.timer.forget();
        self.counter.forget(now);
        self.last_lap.forget(now);
        (self.distance, self.lap_distance, self.turn) = (None, None, None);
    }
}

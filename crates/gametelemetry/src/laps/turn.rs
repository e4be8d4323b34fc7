//! The line: a crossing is believed when what the channels say of it agrees.
//!
//! A crossing shows in the place (it falls from the end of the lap to its beginning), in the lap timer (it falls to its
//! start), in the lap counter (one more), and in the time of the last lap (another one). Each may come up to 2.5 s before
//! or after the others. Two of them make a crossing; one alone does where the game tells no other. The first sign splits
//! the lap at once; when nothing agrees in time, the two pieces are put together again.
//!
//! When it was is taken from the lap timer, which runs from the crossing, where one was reset; else from the place,
//! interpolated between the two samples around the line; else it is the middle of the two samples around the sign.

use super::build::{Finish, Instant, LapBuild, Start};
use super::game_clock::GAP_S;
use super::settle::Settling;
use super::signals::SAME_CROSSING_S;
use super::splitter::Splitter;

/// Signs of one crossing come within this, in seconds.
pub(super) const TURN_S: f64 = 2.5;
/// A channel that told nothing for so long cannot be waited for, in seconds.
const SILENT_S: f64 = 5.0;
/// How much of a lap was driven is not known when the place was told so long before its end, in seconds.
const SILENT_PLACE_S: f64 = 1.0;
/// More time than this between the samples around the line is missing, in seconds.
const LINE_GAP_S: f64 = 0.5;
/// A game that tells no place: a lap is at least so long, in seconds.
const SHORTEST_S: f64 = 20.0;

/// What says that the line was crossed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sign {
    LastLap,
    Counter,
    Place,
    Timer,
}

/// A crossing that is looked at.
#[derive(Debug)]
pub(super) struct Turn {
    /// When the first sign came.
    began: f64,
    pub(super) crossing: Instant,
    /// What the crossing's moment was taken from.
    by: Sign,
    signs: [bool; 4],
    /// The lap before it, as long as it is not believed.
    pub(super) closing: Option<LapBuild>,
    /// The car was put somewhere else meanwhile.
    pub(super) was_moved: bool,
}

impl Turn {
    pub(super) fn is_confirmed(&self) -> bool {
        self.closing.is_none()
    }

    fn has(&self, sign: Sign) -> bool {
        self.signs.get(sign as usize) == Some(&true)
    }

    fn mark(&mut self, sign: Sign) {
        if let Some(place) = self.signs.get_mut(sign as usize) {
            *place = true;
        }
    }

    fn count(&self) -> usize {
        self.signs.iter().filter(|sign| **sign).count()
    }
}

impl Splitter {
    /// Takes in one sign of a crossing at `crossing`, which came between the samples `before` and `here`.
    pub(super) fn sign(&mut self, sign: Sign, crossing: Instant, before: Instant, here: Instant) {
        self.sign_by(sign, sign, crossing, before, here);
    }

    /// The same for a sign that knows the moment no better than `by`.
    pub(super) fn sign_by(
        &mut self,
        sign: Sign,
        by: Sign,
        crossing: Instant,
        before: Instant,
        here: Instant,
    ) {
        let is_waited_for =
            sign != Sign::LastLap || self.turn.is_some() || !self.tells_more_than_last_lap(here.now);
        if !is_waited_for || self.is_stage() && self.point_to_point == Some(true) {
            return;
        }
        match &self.turn {
            None => self.split(by, crossing, before, here),
            Some(turn) if by <= turn.by => {}
            Some(turn) if (turn.crossing.now - crossing.now).abs() <= SAME_CROSSING_S => {
                self.refine(by, crossing)
            }
            // The timer is reset late, and runs from then: the place knows better.
            Some(turn) if turn.by == Sign::Place => {}
            Some(_) => self.split_again(by, crossing, before, here),
        }
        if let Some(turn) = &mut self.turn {
            turn.mark(sign);
        }
        self.confirm_turn(here.now);
    }

    /// Begins a new lap at `crossing`, for now.
    fn split(&mut self, sign: Sign, crossing: Instant, before: Instant, here: Instant) {
        let Some(mut closing) = self.open.take() else { return };
        let gap = here.now - before.now;
        closing.end = crossing;
        let mut open = LapBuild::new(closing.part, Start::Crossing, crossing);
        open.order = self.samples;
        if self.place.told_at.is_none_or(|at| here.now - at > SILENT_PLACE_S) {
            closing.share = None;
        }
        if gap > GAP_S {
            // What is missing around the line is missing in both laps, and not within either.
            closing.missing = (closing.missing - gap).max(0.0);
        }
        if gap > LINE_GAP_S {
            (closing.missing_at_line, open.missing_at_line) = (closing.missing_at_line + gap, gap);
        }
        self.open = Some(open);
        let mut turn = Turn {
            began: here.now,
            crossing,
            by: sign,
            signs: [false; 4],
            closing: Some(closing),
            was_moved: false,
        };
        if self.last_lap.has_changed_since(here.now - TURN_S) {
            turn.mark(Sign::LastLap);
        }
        self.turn = Some(turn);
    }

    /// The crossing was later than the first sign.
    fn split_again(&mut self, sign: Sign, crossing: Instant, before: Instant, here: Instant) {
        let Some(turn) = self.turn.take() else { return };
        let confirmed = turn.is_confirmed();
        let ended = match turn.closing {
            Some(closing) => Some(closing),
            None => self.previous.take().map(|previous| previous.build),
        };
        if let (Some(mut ended), Some(piece)) = (ended, self.open.take()) {
            ended.join(piece);
            self.open = Some(ended);
        }
        self.split(sign, crossing, before, here);
        if let Some(again) = &mut self.turn {
            (again.began, again.signs, again.was_moved) = (turn.began, turn.signs, turn.was_moved);
            if confirmed && let Some(closing) = again.closing.take() {
                self.previous = Some(Settling { build: closing, finish: Finish::Crossing });
            }
        }
    }

    /// One more sign of the same crossing, which knows better when it was.
    fn refine(&mut self, sign: Sign, crossing: Instant) {
        let Some(turn) = &mut self.turn else { return };
        (turn.crossing, turn.by) = (crossing, sign);
        let ended = match &mut turn.closing {
            Some(closing) => Some(closing),
            None => self.previous.as_mut().map(|previous| &mut previous.build),
        };
        if let Some(ended) = ended {
            ended.end = crossing;
        }
        if let Some(open) = &mut self.open {
            open.begin = crossing;
        }
    }

    /// Believes the crossing as soon as enough agrees.
    fn confirm_turn(&mut self, now: f64) {
        let Some(turn) = &self.turn else { return };
        if turn.is_confirmed() {
            return;
        }
        if self.is_way_to_line(now) {
            // Decided when the lap timer had time to be reset.
        } else if turn.count() >= 2 {
            let is_driven = turn.has(Sign::Place) || !turn.was_moved;
            self.accept(if is_driven { Finish::Crossing } else { Finish::Moved });
        } else if self.tells(now).into_iter().all(|(sign, tells)| !tells || turn.has(sign)) {
            self.accept(Finish::Crossing);
        }
    }

    /// Ends the turn when its time is over.
    pub(super) fn decide_turn(&mut self, now: f64) {
        if self.turn.as_ref().is_some_and(|turn| (now - turn.began).abs() > TURN_S) {
            self.end_turn(now);
        }
    }

    /// Decides on a crossing that nothing agreed with, and waits no longer.
    pub(super) fn end_turn(&mut self, now: f64) {
        let Some(turn) = &self.turn else { return };
        let Some(closing) = &turn.closing else {
            self.turn = None;
            return;
        };
        let [_, tells_counter, tells_place, _] = self.tells(now).map(|(_, tells)| tells);
        let was_moved = turn.was_moved || self.last_jump.is_some_and(|at| now - at < 2.0 * TURN_S);
        let most_was_driven = match closing.share {
            Some((begin, share)) => share - begin > 0.5,
            None => closing.elapsed(closing.end.now) > SHORTEST_S,
        };
        let finish = if self.is_way_to_line(now) {
            None
        } else if turn.count() >= 2 {
            Some(Finish::Crossing)
        } else if turn.has(Sign::Place) {
            most_was_driven.then_some(Finish::Crossing)
        } else if turn.has(Sign::Timer) {
            (was_moved || (tells_counter && !tells_place)).then_some(Finish::Restarted)
        } else if turn.has(Sign::Counter) {
            if was_moved { Some(Finish::Moved) } else { (!tells_place).then_some(Finish::Crossing) }
        } else {
            None
        };
        match finish {
            Some(finish) => {
                if finish == Finish::Crossing
                    && turn.count() < 2
                    && let Some(closing) = self.turn.as_mut().and_then(|turn| turn.closing.as_mut())
                {
                    closing.is_lone = true;
                }
                self.accept(finish);
            }
            None => self.reject(),
        }
        self.turn = None;
    }

    /// Whether the line is only crossed on the way from the grid: the lap timer runs on.
    fn is_way_to_line(&self, now: f64) -> bool {
        let Some(turn) = &self.turn else { return false };
        let is_short = |closing: &LapBuild| closing.start == Start::Standing && closing.is_short();
        let [.., (_, tells_timer)] = self.tells(now);
        turn.closing.as_ref().is_some_and(is_short) && tells_timer && !turn.has(Sign::Timer)
    }

    fn accept(&mut self, finish: Finish) {
        let Some(closing) = self.turn.as_mut().and_then(|turn| turn.closing.take()) else { return };
        self.settle_previous();
        let is_crossing = finish == Finish::Crossing;
        if let Some(open) = &mut self.open {
            if !is_crossing {
                // A lap timer that began anew counts from here.
                open.start = if finish == Finish::Restarted { Start::Standing } else { Start::Moved };
                open.was_teleported = false;
            } else if closing.start == Start::Standing && closing.is_short() {
                open.from_grid = true;
            }
        }
        self.part.has_crossing |= is_crossing;
        self.previous = Some(Settling { build: closing, finish });
    }

    fn reject(&mut self) {
        let Some(turn) = self.turn.take() else { return };
        let Some(mut closing) = turn.closing else { return };
        closing.was_teleported |= turn.was_moved;
        closing.missing += std::mem::take(&mut closing.missing_at_line);
        if let Some(piece) = self.open.take() {
            closing.join(piece);
        }
        self.open = Some(closing);
    }

    /// Which signs the game can be expected to give, at `now`.
    fn tells(&self, now: f64) -> [(Sign, bool); 4] {
        let told = |at: Option<f64>| at.is_some_and(|at| now - at < SILENT_S);
        [
            (Sign::LastLap, false),
            (Sign::Counter, told(self.counter.told_at)),
            (Sign::Place, told(self.place.told_at)),
            (Sign::Timer, told(self.timer.told_at)),
        ]
    }

    fn tells_more_than_last_lap(&self, now: f64) -> bool {
        self.tells(now).into_iter().any(|(_, tells)| tells)
    }
}

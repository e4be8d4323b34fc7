//! Splits a session into laps, sample by sample: what happens to each sample, in which order.
//!
//! Stands between `sample` and the laps that are told. The steps that take more than a line are apart: `turn` makes the
//! signs of a crossing agree, `returns` takes back what a flashback or a restart undid, `settle` ends laps.

use gametelemetry_file::Timestamp;

use super::build::{Instant, JUST_BEGUN_S, LapBuild, Start};
use super::game_clock::{GameClock, Tick};
use super::label::stands;
use super::model::{Lap, SessionPart};
use super::returns::History;
use super::sample::Sample;
use super::settle::Settling;
use super::signals::{Counter, CounterStep, LastLap, Place, PlaceStep, Timer, TimerStep};
use super::turn::{Sign, Turn};

/// At the beginning of a part everything is told for the first time; so long that is no news, in seconds.
const FIRST_S: f64 = 1.0;
/// Other sources may say this late that the car is in the pits, in seconds.
const LATE_PIT_S: f64 = 2.0;
/// A lap timer at most this far runs not yet, in seconds.
const IDLE_S: f64 = 0.05;

/// The state between two samples.
#[derive(Default)]
pub(super) struct Splitter {
    pub(super) clock: GameClock,
    pub(super) place: Place,
    pub(super) timer: Timer,
    pub(super) counter: Counter,
    pub(super) last_lap: LastLap,
    pub(super) history: History,
    pub(super) open: Option<LapBuild>,
    pub(super) turn: Option<Turn>,
    pub(super) previous: Option<Settling>,
    pub(super) laps: Vec<Lap>,
    /// When each of them was begun, in samples.
    pub(super) orders: Vec<u64>,
    pub(super) samples: u64,
    /// Laps in `laps` from here on have not been handed out yet.
    pub(super) handed_out: usize,
    pub(super) parts: Vec<SessionPart>,
    pub(super) part: PartState,
    /// The sample before.
    pub(super) before: Option<Instant>,
    pub(super) last_jump: Option<f64>,
    pub(super) number: Option<f64>,
    speed: Option<f64>,
    pub(super) distance: Option<f64>,
    pub(super) lap_distance: Option<f64>,
    session_id: Option<f64>,
    session_number: Option<f64>,
    /// The session's time at the last sample that told it.
    pub(super) session_time: Option<f64>,
    pub(super) laps_total: Option<f64>,
    pub(super) point_to_point: Option<bool>,
    track_length: Option<f64>,
    replay_since: Option<Timestamp>,
}

/// What is known of the part of the session that goes on.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PartState {
    pub(super) begin: f64,
    /// The greatest number of sectors that a lap of it had.
    pub(super) sectors: usize,
    /// Whether the line was crossed in it.
    pub(super) has_crossing: bool,
    /// The number of the last lap, where the game tells none.
    pub(super) last_number: Option<u32>,
    /// A stage was driven to its finish, and what follows is no lap.
    pub(super) is_done: bool,
    /// The stage began again where it was finished.
    pub(super) was_at_finish: bool,
    /// The part before, whose laps from the first number of this one on were driven again.
    pub(super) reloaded: Option<usize>,
}

impl Splitter {
    pub(super) fn push(&mut self, sample: &Sample) {
        self.samples += 1;
        if sample.is_replay {
            self.replay_since.get_or_insert(sample.timestamp);
            return;
        }
        if let Some(since) = self.replay_since.take()
            && let Some(open) = &mut self.open
        {
            open.note_pause(since, sample.timestamp);
            self.clock.stand(sample.timestamp);
        }
        self.session_change(sample);
        let is_driving = self.is_driving(sample);
        let tick = self.clock.advance(sample, is_driving);
        if let Some(by) = tick.back {
            self.step_back(by, sample);
        }
        self.session_time = sample.session_time.or(self.session_time);
        let here = Instant { now: self.clock.now(), at: sample.timestamp };
        if self.parts.is_empty() {
            self.begin_part(here, None);
        }
        self.note_states(sample);
        self.drive(sample, here, &tick);
        let here = Instant { now: self.clock.now(), at: sample.timestamp };
        self.settle(sample, here.now);
        self.before = Some(here);
    }

    /// One step of driving, at `here`.
    fn drive(&mut self, sample: &Sample, here: Instant, tick: &Tick) {
        let before = self.before.unwrap_or(here);
        let share_before = self.place.share();
        let place = self.place.step(sample, here, self.speed);
        let turn_at = self.turn.as_ref().map(|turn| turn.crossing.now);
        let timer = self.timer.step(sample, here.now, turn_at);
        if self.timer_goes_back(timer, place, sample, here) {
            return;
        }
        let begins_again = self.begins_stage_again(timer, place, share_before, here);
        if self.part.is_done && !begins_again {
            return;
        }
        if tick.missing.is_some() || tick.is_jump {
            self.note_missing(*tick);
        }
        // A pause ends with the frame before this step of driving, which may cross the line.
        let paused = tick.paused.filter(|_| !begins_again);
        if let (Some((from, until)), Some(open)) = (paused, &mut self.open) {
            open.note_pause(from, until);
        }
        self.signs(sample, place, timer, before, here);
        if place == PlaceStep::Jumped {
            self.note_jump(here.now);
        }
        let metres = self.metres(sample, place, here.now - before.now);
        self.history.push(here, metres);
        let has_turn = self.turn.is_some();
        let number = self.number;
        let share = self.place.share();
        let Some(open) = &mut self.open else { return };
        open.note(sample, here);
        note_start(open, sample, here, self.speed, share, self.timer.moved.is_some());
        note_progress(open, place, share, metres);
        let shares = share_before.zip(share).filter(|(from, to)| from <= to);
        open.sectors.note(sample, before, here, open.begin.now, shares);
        if !has_turn && let Some(number) = number {
            open.number = Some(to_number(number));
        }
        self.decide_turn(here.now);
        self.finish_stage(here);
    }

    /// What this sample says of the line, one sign after the other.
    fn signs(&mut self, sample: &Sample, place: PlaceStep, timer: TimerStep, before: Instant, here: Instant) {
        if let PlaceStep::Wrapped { crossing, .. } = place {
            self.sign(Sign::Place, here.moved_to(crossing), before, here);
        }
        if let TimerStep::Reset { crossing, runs } = timer {
            let by = if runs { Sign::Timer } else { Sign::Counter };
            self.sign_by(Sign::Timer, by, here.moved_to(crossing), before, here);
        }
        let middle = here.moved_to(f64::midpoint(before.now, here.now));
        match self.counter.step(sample, here.now) {
            CounterStep::Up => self.sign(Sign::Counter, middle, before, here),
            CounterStep::Down => self.restart(here),
            CounterStep::None => {}
        }
        let is_first = here.now - self.part.begin < FIRST_S;
        if self.last_lap.step(sample, here.now, is_first) {
            self.sign(Sign::LastLap, middle, before, here);
        }
    }

    fn note_states(&mut self, sample: &Sample) {
        self.speed = sample.speed.or(self.speed);
        self.number = sample.number.or(self.number);
        self.laps_total = sample.laps_total.or(self.laps_total);
        self.point_to_point = sample.point_to_point.or(self.point_to_point);
        if let Some(length) = sample.track_length
            && self.track_length != Some(length)
        {
            self.track_length = Some(length);
            self.place.tell_length(length);
        }
    }

    /// Whether the car moved since the last sample, as far as this one says.
    fn is_driving(&self, sample: &Sample) -> bool {
        let by_place = self.place.differs(sample);
        let by_speed = sample.speed.map(|speed| speed > 0.5 && self.speed != Some(speed));
        by_place.or(by_speed).unwrap_or(false)
    }

    fn note_missing(&mut self, tick: Tick) {
        if let Some(open) = &mut self.open {
            open.missing += tick.missing.unwrap_or(0.0);
            open.is_jump |= tick.is_jump;
        }
    }

    fn note_jump(&mut self, now: f64) {
        self.last_jump = Some(now);
        match (&mut self.turn, &mut self.open) {
            (Some(turn), _) if !turn.is_confirmed() => turn.was_moved = true,
            (_, Some(open)) => open.was_teleported = true,
            _ => {}
        }
    }

    /// Metres driven since the sample before: by the place, else by the distance driven, else by the speed.
    fn metres(&mut self, sample: &Sample, place: PlaceStep, seconds: f64) -> f64 {
        let length = self.place.length;
        let (last_distance, last_place) = (self.distance, self.lap_distance);
        self.distance = sample.distance.or(self.distance);
        self.lap_distance = sample.lap_distance.or(self.lap_distance);
        let metres = if let (Some(now), Some(last)) = (sample.lap_distance, last_place)
            && !matches!(place, PlaceStep::Wrapped { .. } | PlaceStep::Jumped)
        {
            now - last
        } else if let (PlaceStep::On(on) | PlaceStep::Wrapped { on, .. }, Some(length)) = (place, length)
            && last_place.is_some() | self.place.told_at.is_some()
        {
            on * length
        } else if self.place.told_at.is_some() && length.is_some() {
            0.0
        } else if let (Some(now), Some(last)) = (sample.distance, last_distance) {
            now - last
        } else if self.distance.is_none() && last_place.is_none() {
            self.speed.unwrap_or(0.0) * seconds.clamp(0.0, 1.0)
        } else {
            0.0
        };
        if (0.0..5000.0).contains(&metres) { metres } else { 0.0 }
    }

    /// Another session: the game says so, by its id or its number.
    fn session_change(&mut self, sample: &Sample) {
        let is_new = |told: Option<f64>, known: Option<f64>| {
            told.zip(known).is_some_and(|(told, known)| told != known && told != 0.0 && known != 0.0)
        };
        let has_new_id = is_new(sample.session_id, self.session_id);
        let has_new_number =
            sample.session_number.zip(self.session_number).is_some_and(|(now, then)| now != then);
        self.session_id = sample.session_id.filter(|id| *id != 0.0).or(self.session_id);
        self.session_number = sample.session_number.or(self.session_number);
        if has_new_id || has_new_number {
            self.change_session(sample);
        }
    }

    /// The moment of the last sample.
    pub(super) fn last_instant(&self) -> Instant {
        self.before.unwrap_or_default()
    }

    pub(super) fn is_stage(&self) -> bool {
        match self.point_to_point {
            Some(is_stage) => is_stage,
            // One lap that never crosses the line again.
            None => self.laps_total == Some(1.0) && !self.part.has_crossing,
        }
    }
}

/// How the lap began, as long as that can still change.
fn note_start(
    open: &mut LapBuild,
    sample: &Sample,
    here: Instant,
    speed: Option<f64>,
    share: Option<f64>,
    timer_runs: bool,
) {
    if open.moved_off || !matches!(open.start, Start::Joined | Start::Moved | Start::Standing) {
        return;
    }
    if sample.pit == Some(true) && open.elapsed(here.now) < LATE_PIT_S {
        open.start = Start::Pit;
        return;
    }
    let timer = open.timer.map(|(value, _)| value);
    let is_idle = timer.is_none_or(|timer| timer <= IDLE_S);
    if stands(speed) && is_idle && open.pit_at_begin != Some(true) {
        (open.start, open.begin) = (Start::Standing, here);
    } else if let (Start::Standing, Some(timer)) = (open.start, sample.timer.filter(|timer| *timer > IDLE_S))
    {
        open.begin = here.moved_to(here.now - timer);
        open.moved_off = true;
    } else if let (Start::Joined, Some(timer)) = (open.start, sample.timer)
        && timer > 0.0
        && open.elapsed(here.now) < JUST_BEGUN_S
        && timer <= JUST_BEGUN_S + open.elapsed(here.now)
        && share.is_none_or(|share| !(0.05..0.95).contains(&share))
    {
        (open.start, open.begin) = (Start::JustBegun, here.moved_to(here.now - timer));
        open.moved_off = true;
    } else if speed.map_or(open.driven > 1.0, |_| !stands(speed) && open.elapsed(here.now) > JUST_BEGUN_S) {
        // A grid where the lap timer does not run yet: it may begin to, on the first metres.
        open.moved_off = open.start != Start::Standing || !timer_runs || open.driven > 1.0;
    }
}

fn note_progress(open: &mut LapBuild, place: PlaceStep, share: Option<f64>, metres: f64) {
    open.driven += metres;
    let on = match place {
        PlaceStep::On(on) | PlaceStep::Wrapped { on, .. } => on,
        PlaceStep::None | PlaceStep::Jumped => 0.0,
    };
    let Some(share) = share else { return };
    match &mut open.share {
        Some((_, now)) => *now += on,
        None if open.start == Start::Crossing => open.share = Some((0.0, share.clamp(0.0, 1.0))),
        None => open.share = Some((share, share)),
    }
}

/// A lap number as games tell it.
pub(super) fn to_number(number: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is from 0 to a million")]
    let number = number as u32;
    number
}

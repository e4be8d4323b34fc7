//! The game's clock: seconds of driving, which stand while the game stands and go back with a flashback.
//!
//! It goes by `session_time` where that moves; else by the lap timer, which stands in a pause too; else by the
//! timestamps of the frames, less the stretches that the game calls paused. Stands under the splitter; knows no laps.

use std::time::Duration;

use gametelemetry_file::Timestamp;

use super::sample::Sample;

/// The game's time may lag this much behind the frames' timestamps, in seconds, before it is called a pause.
const PAUSE_S: f64 = 1.0;
/// More time than this between two frames is data that are missing, in seconds.
pub(super) const GAP_S: f64 = 1.5;
/// `session_time` may go back this much by rounding, in seconds.
const ROUNDING_S: f64 = 0.02;
/// So long after its last step the game's clock is taken to run on by itself, in seconds: it may be told seldom.
const AHEAD_S: f64 = 0.3;
/// Frames that are no further apart than this are a step of driving, in seconds.
const STEP_S: f64 = 0.1;
/// A game's clock that stands this long while the car drives is not the clock, in seconds.
const STUCK_S: f64 = 2.0;

/// What the clock did with one sample.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Tick {
    /// The game's clock stepped back by so many seconds: a flashback or a restart. It is not applied yet.
    pub(super) back: Option<f64>,
    /// The game stood, from and to.
    pub(super) paused: Option<(Timestamp, Timestamp)>,
    /// So many seconds passed without a frame.
    pub(super) missing: Option<f64>,
    /// The timestamps jumped, and nothing says how long it really was.
    pub(super) is_jump: bool,
}

/// What the clock goes by.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Mode {
    #[default]
    Timestamps,
    Timer,
    Session,
}

/// When the clock it goes by was last told to move.
#[derive(Clone, Copy, Debug, Default)]
struct Anchor {
    value: f64,
    at: Timestamp,
    now: f64,
}

#[derive(Clone, Debug, Default)]
pub(super) struct GameClock {
    now: f64,
    mode: Mode,
    anchor: Anchor,
    last: Option<Timestamp>,
    session: Option<f64>,
    timer: Option<f64>,
    /// Seconds the car drove while the clock stood.
    driven_while_stuck: f64,
    /// Since when the timestamps alone count a pause.
    pausing: Option<Timestamp>,
}

impl GameClock {
    /// Seconds of the game's clock at the last sample, from an arbitrary zero.
    pub(super) fn now(&self) -> f64 {
        self.now
    }

    /// Goes on to `sample`; `is_driving` says whether the car moved since the last one.
    pub(super) fn advance(&mut self, sample: &Sample, is_driving: bool) -> Tick {
        let mut tick = Tick::default();
        let wall = self.last.map_or(0.0, |last| sample.timestamp.seconds_since(last));
        match self.mode {
            Mode::Timestamps => self.follow_timestamps(sample, wall, &mut tick),
            Mode::Timer => self.follow(sample, sample.timer, is_driving, wall, &mut tick),
            Mode::Session => self.follow(sample, sample.session_time, is_driving, wall, &mut tick),
        }
        self.choose(sample, wall);
        self.last = Some(sample.timestamp);
        self.session = sample.session_time.or(self.session);
        self.timer = sample.timer.or(self.timer);
        tick
    }

    /// The frames up to `at` were no driving.
    pub(super) fn stand(&mut self, at: Timestamp) {
        self.last = Some(at);
    }

    /// Whether it goes by the session's time, which tells flashbacks by itself.
    pub(super) fn is_of_session(&self) -> bool {
        self.mode == Mode::Session
    }

    /// A flashback: the clock goes back by `seconds`.
    pub(super) fn go_back(&mut self, seconds: f64) {
        self.now -= seconds;
        self.anchor.now -= seconds;
    }

    /// A pause that lasts until the end, `until`.
    pub(super) fn last_pause(&self, until: Timestamp) -> Option<(Timestamp, Timestamp)> {
        let since = if self.mode == Mode::Timestamps { self.pausing? } else { self.anchor.at };
        (until.seconds_since(since) > PAUSE_S).then_some((since, until))
    }

    /// Another session: its clock is not that of the one before.
    pub(super) fn begin_part(&mut self) {
        (self.mode, self.session, self.timer) = (Mode::Timestamps, None, None);
        self.driven_while_stuck = 0.0;
    }

    /// Goes on by a clock that the game tells, which says `value` now.
    fn follow(&mut self, sample: &Sample, value: Option<f64>, is_driving: bool, wall: f64, tick: &mut Tick) {
        let (at, anchor) = (sample.timestamp, self.anchor);
        let passed = at.seconds_since(anchor.at);
        let step = value.map_or(0.0, |value| value - anchor.value);
        if step == 0.0 || (step.abs() <= ROUNDING_S && step < 0.0) {
            if is_driving {
                self.driven_while_stuck += wall.clamp(0.0, GAP_S);
            }
            self.now = anchor.now + passed.clamp(0.0, AHEAD_S);
            if self.driven_while_stuck > STUCK_S {
                self.now = anchor.now + passed.max(0.0);
                self.mode = Mode::Timestamps;
            }
            return;
        }
        self.driven_while_stuck = 0.0;
        let by = if step < 0.0 && self.mode == Mode::Session {
            tick.back = Some(-step);
            0.0
        } else if step < 0.0 || (self.mode == Mode::Timer && step > passed.max(0.0) + PAUSE_S) {
            // The lap timer fell to its start at the line, or was set anew: the timestamps count.
            tick.missing = (passed > GAP_S).then_some(passed);
            passed.max(0.0)
        } else {
            note_step(step, passed, anchor.at, at, tick);
            step
        };
        self.now = anchor.now + by;
        self.anchor = Anchor { value: anchor.value + step, at, now: self.now };
    }

    fn follow_timestamps(&mut self, sample: &Sample, wall: f64, tick: &mut Tick) {
        let at = sample.timestamp;
        if sample.is_paused || sample.is_replay {
            let since = self.pausing.replace(at).unwrap_or(at);
            tick.paused = (since < at).then_some((since, at));
        } else if let Some(since) = self.pausing.take() {
            // It went on at some moment since the last frame: with that frame, when the frames are near.
            let driven = wall.clamp(0.0, STEP_S);
            let until = at - Duration::try_from_secs_f64(driven).unwrap_or_default();
            tick.paused = (since < until).then_some((since, until));
            self.now += driven;
        } else {
            tick.is_jump = wall < -GAP_S;
            tick.missing = (wall > GAP_S).then_some(wall);
            self.now += wall.max(0.0);
        }
    }

    /// Takes a better clock as soon as one moves.
    fn choose(&mut self, sample: &Sample, wall: f64) {
        let moves = |value: Option<f64>, last: Option<f64>| {
            // One that runs, and is not only set to another value.
            let step = value? - last?;
            (step > 0.0 && step < wall.max(0.0) + PAUSE_S).then_some(value?)
        };
        let session = moves(sample.session_time, self.session).filter(|_| self.mode != Mode::Session);
        let timer = moves(sample.timer, self.timer).filter(|_| self.mode == Mode::Timestamps);
        if let Some((mode, value)) =
            session.map(|it| (Mode::Session, it)).or(timer.map(|it| (Mode::Timer, it)))
        {
            (self.mode, self.pausing, self.driven_while_stuck) = (mode, None, 0.0);
            self.anchor = Anchor { value, at: sample.timestamp, now: self.now };
        }
    }
}

/// The game's clock made `step` seconds while `passed` went by on the machine's.
fn note_step(step: f64, passed: f64, moved: Timestamp, at: Timestamp, tick: &mut Tick) {
    if passed - step > PAUSE_S {
        let resumed = at - Duration::try_from_secs_f64(step).unwrap_or_default();
        tick.paused = Some((moved, resumed.max(moved)));
    }
    if step > GAP_S {
        tick.missing = Some(step);
    }
}

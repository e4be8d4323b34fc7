//! A lap that is being driven: what is noted of it until it is told as a [`super::Lap`].
//!
//! Stands between the splitter, which decides where laps begin and end, and `label`, which says what they were. A lap
//! can be put together again with the piece that was split off it, and taken back to an earlier moment.

use std::time::Duration;

use gametelemetry_file::Timestamp;

use super::sample::Sample;
use super::sectors::Sectors;

/// A moment on both clocks.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Instant {
    /// On the game's clock, in seconds.
    pub(super) now: f64,
    pub(super) at: Timestamp,
}

impl Instant {
    /// The moment at `now`, which is near this one.
    pub(super) fn moved_to(self, now: f64) -> Self {
        let by = now - self.now;
        let step = Duration::try_from_secs_f64(by.abs()).unwrap_or_default();
        Self { now, at: if by < 0.0 { self.at - step } else { self.at + step } }
    }
}

/// How a lap began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// Over the line, while it was recorded.
    Crossing,
    /// Over the line, less than [`JUST_BEGUN_S`] before the recording: the lap timer says when.
    JustBegun,
    /// From a standstill with the lap timer at its start: the grid, or the start of a stage.
    Standing,
    /// In the pits.
    Pit,
    /// Somewhere: the recording joined the drive.
    Joined,
    /// Somewhere: the game put the car there.
    Moved,
    /// Where a flashback over the line led to, into a lap that was not recorded.
    TakenBack,
}

/// How a lap ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Finish {
    /// Over the line.
    Crossing,
    /// At the finish of a stage.
    OfStage,
    /// The recording or the part of the session ended.
    Ended,
    /// The car was moved to another place.
    Moved,
    /// It was begun again by a restart.
    Restarted,
    /// It was taken back over the line.
    TakenBack,
    /// A saved game was loaded.
    Reloaded,
}

/// A recording that begins so little after the line has the whole lap, in seconds.
pub(super) const JUST_BEGUN_S: f64 = 0.25;
/// What still belongs to the lap before after the line, in seconds: flags fall late.
const LATE_FLAG_S: f64 = 1.0;
/// A car slower than this stands, in m/s.
pub(super) const STANDSTILL: f64 = 0.5;

/// A lap that is being driven.
#[derive(Clone, Debug)]
pub(super) struct LapBuild {
    pub(super) part: usize,
    /// Orders laps by when they were begun, whatever the clocks say.
    pub(super) order: u64,
    pub(super) number: Option<u32>,
    pub(super) start: Start,
    pub(super) begin: Instant,
    pub(super) end: Instant,
    pub(super) frames: u64,
    /// Metres driven.
    pub(super) driven: f64,
    /// What of the lap was passed, 0 to 1, when the game says: at its beginning and now.
    pub(super) share: Option<(f64, f64)>,
    pub(super) moved_off: bool,
    pub(super) from_grid: bool,
    pub(super) pit_at_begin: Option<bool>,
    pub(super) pit_at_end: bool,
    pub(super) was_in_pit: bool,
    pub(super) was_on_track: bool,
    pub(super) invalid_since: Option<f64>,
    invalid_at_begin: bool,
    pub(super) was_teleported: bool,
    pub(super) is_jump: bool,
    pub(super) saw_safety_car: bool,
    pub(super) saw_red_flag: bool,
    pub(super) taken_back: Vec<(Timestamp, Timestamp)>,
    pub(super) paused: Vec<(Timestamp, Timestamp)>,
    /// Seconds without data within the lap, and at its crossings.
    pub(super) missing: f64,
    pub(super) missing_at_line: f64,
    /// The lap timer's last value, and when.
    pub(super) timer: Option<(f64, f64)>,
    pub(super) sectors: Sectors,
    pub(super) official: Option<f64>,
    /// Only one channel says that it ended.
    pub(super) is_lone: bool,
}

impl LapBuild {
    pub(super) fn new(part: usize, start: Start, begin: Instant) -> Self {
        Self {
            part,
            order: 0,
            number: None,
            start,
            begin,
            end: begin,
            frames: 0,
            driven: 0.0,
            share: None,
            moved_off: false,
            from_grid: false,
            pit_at_begin: None,
            pit_at_end: false,
            was_in_pit: false,
            was_on_track: false,
            invalid_since: None,
            invalid_at_begin: false,
            was_teleported: false,
            is_jump: false,
            saw_safety_car: false,
            saw_red_flag: false,
            taken_back: Vec::new(),
            paused: Vec::new(),
            missing: 0.0,
            missing_at_line: 0.0,
            timer: None,
            sectors: Sectors::default(),
            official: None,
            is_lone: false,
        }
    }

    /// Whether the moment of its start is known.
    pub(super) fn has_start(&self) -> bool {
        matches!(self.start, Start::Crossing | Start::JustBegun | Start::Standing)
    }

    /// Whether less than half of the track was driven in it, as far as the game says.
    pub(super) fn is_short(&self) -> bool {
        self.share.is_some_and(|(begin, now)| now - begin < 0.5)
    }

    /// Seconds since it began, at `now`.
    pub(super) fn elapsed(&self, now: f64) -> f64 {
        now - self.begin.now
    }

    /// Takes in what `sample` says of it at `here`.
    pub(super) fn note(&mut self, sample: &Sample, here: Instant) {
        self.frames += 1;
        self.end = here;
        let elapsed = self.elapsed(here.now);
        if let Some(pit) = sample.pit {
            self.pit_at_begin.get_or_insert(pit);
            self.pit_at_end = pit;
            self.was_in_pit |= pit;
            self.was_on_track |= !pit;
        }
        if let Some(valid) = sample.lap_valid {
            self.note_valid(valid > 0.5, here.now);
        }
        self.saw_safety_car |= sample.is_safety_car;
        self.saw_red_flag |= sample.is_red_flag;
        // Right after the line the timer may still be that of the lap before.
        if let Some(timer) = sample.timer
            && (!self.has_start() || timer <= elapsed + 1.0)
            && self.timer.is_none_or(|(last, _)| last != timer)
        {
            self.timer = Some((timer, here.now));
        }
    }

    /// A flag that was down when the lap began counts only when it stays down: games lift it late.
    fn note_valid(&mut self, is_valid: bool, now: f64) {
        let is_late = self.has_start() && self.elapsed(now) < LATE_FLAG_S;
        if is_valid {
            self.invalid_at_begin = false;
        } else if is_late && (self.frames <= 1 || self.invalid_at_begin) {
            self.invalid_at_begin = true;
        } else {
            self.invalid_since.get_or_insert(now);
        }
    }

    pub(super) fn note_pause(&mut self, from: Timestamp, until: Timestamp) {
        match self.paused.last_mut() {
            Some(last) if last.1 >= from => last.1 = last.1.max(until),
            _ => self.paused.push((from, until)),
        }
    }

    /// Puts back to it what was split off.
    pub(super) fn join(&mut self, piece: Self) {
        self.end = piece.end;
        self.frames += piece.frames;
        self.driven += piece.driven;
        self.share = match (self.share, piece.share) {
            (Some((begin, own)), Some((from, now))) => Some((begin, own + now - from)),
            (own, other) => own.or(other),
        };
        self.moved_off |= piece.moved_off;
        self.pit_at_begin = self.pit_at_begin.or(piece.pit_at_begin);
        if piece.pit_at_begin.is_some() {
            self.pit_at_end = piece.pit_at_end;
        }
        self.was_in_pit |= piece.was_in_pit;
        self.was_on_track |= piece.was_on_track;
        self.invalid_since = self.invalid_since.or(piece.invalid_since);
        self.was_teleported |= piece.was_teleported;
        self.is_jump |= piece.is_jump;
        self.saw_safety_car |= piece.saw_safety_car;
        self.saw_red_flag |= piece.saw_red_flag;
        self.taken_back.extend(piece.taken_back);
        for (from, until) in piece.paused {
            self.note_pause(from, until);
        }
        self.missing += piece.missing;
        self.timer = piece.timer.or(self.timer);
        self.sectors.join(piece.sectors);
        self.official = self.official.or(piece.official);
    }

    /// Goes back to the moment `to` by a flashback, which takes back what was recorded from `from` to `until` with
    /// its `lost` metres.
    pub(super) fn take_back(&mut self, to: f64, from: Timestamp, until: Timestamp, lost: f64) {
        // One that goes back further than the one before has that one inside.
        self.taken_back.retain(|(begin, _)| *begin < from);
        self.taken_back.push((from, until));
        self.paused.retain(|(begin, _)| *begin < from);
        self.driven = (self.driven - lost).max(0.0);
        self.invalid_since = self.invalid_since.filter(|since| *since < to);
        self.sectors.take_back(to);
        self.timer = None;
    }

    /// Seconds from its start to its end: by the lap timer where that ran, else by the game's clock.
    pub(super) fn measured(&self, finish: Finish) -> Option<f64> {
        if !matches!(finish, Finish::Crossing | Finish::OfStage) {
            return None;
        }
        let by_timer = self.timer.map(|(value, at)| value + (self.end.now - at));
        let by_timer = by_timer.filter(|_| self.timer.is_some_and(|(_, at)| self.end.now - at < 1.0));
        let by_clock = self.has_start().then(|| self.elapsed(self.end.now));
        let time = match (by_timer, by_clock) {
            // It sat in the pits when the recording began, with the timer running: nothing driven is missing.
            (Some(timer), None) if self.start == Start::Pit => Some(timer),
            (_, None) => None,
            (Some(timer), Some(clock)) => {
                let is_clock_off = self.is_jump || self.missing > 0.0 || self.missing_at_line > 0.0;
                let agree = (timer - clock).abs() < 0.05;
                Some(if agree || is_clock_off || self.start == Start::Standing { timer } else { clock })
            }
            (None, Some(clock)) => Some(clock),
        };
        time.filter(|time| *time > 0.0 && time.is_finite())
    }
}

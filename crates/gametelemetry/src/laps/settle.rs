//! Ends laps: waits for the game's own time, labels, and hands over.
//!
//! A lap that ended waits up to 30 s, or for the end of the next one, before it is told: the game's time of it comes up to
//! 10 s late, and a flashback may lead back into it.

use super::build::{Finish, Instant, LapBuild, Start};
use super::label::{self, PartFacts};
use super::model::{Lap, LapKind, Laps, SessionPart};
use super::returns::History;
use super::sample::Sample;
use super::signals::{PlaceStep, TimerStep};
use super::splitter::{PartState, Splitter};
use gametelemetry_file::Timestamp;

/// The game tells a lap's time at most so much before and after its end, in seconds.
const EARLY_S: f64 = 2.5;
const LATE_S: f64 = 10.0;
/// So long a lap that ended can still be taken back, in seconds.
const SETTLES_S: f64 = 30.0;
/// The same time twice is no news: it is the game's when ours is this near, in seconds.
const SAME_S: f64 = 0.03;
/// A lap of which a tenth of a second was seen is only the crossing before it.
const FRAGMENT_S: f64 = 0.1;
/// The end of a stage: so much of it is driven, with the lap timer standing so long while the car drives on.
const NEARLY_DONE: f64 = 0.98;
const DONE: f64 = 0.99;
const STOPPED_S: f64 = 0.4;

/// A lap that ended and waits to be told.
#[derive(Debug)]
pub(super) struct Settling {
    pub(super) build: LapBuild,
    pub(super) finish: Finish,
}

impl Splitter {
    /// Gives the lap that ended what was told of it, and tells it when its time is over.
    pub(super) fn settle(&mut self, sample: &Sample, now: f64) {
        self.take_official();
        if let (Some(previous), Some(time)) = (&mut self.previous, sample.sector_times[2]) {
            previous.build.sectors.note_last(time, previous.build.end.now);
        }
        if self.previous.as_ref().is_some_and(|previous| now - previous.build.end.now > SETTLES_S) {
            self.settle_previous();
        }
    }

    fn take_official(&mut self) {
        let Some(previous) = &mut self.previous else { return };
        let end = previous.build.end.now;
        let can_have = matches!(previous.finish, Finish::Crossing | Finish::OfStage);
        if previous.build.official.is_none() && can_have {
            previous.build.official = self.last_lap.take(end - EARLY_S, end + LATE_S);
        }
    }

    /// Tells the lap that ended.
    pub(super) fn settle_previous(&mut self) {
        self.take_official();
        let Some(mut previous) = self.previous.take() else { return };
        let measured = previous.build.measured(previous.finish);
        if previous.build.official.is_none() {
            let same = self.last_lap.value().zip(measured).filter(|(told, own)| (told - own).abs() < SAME_S);
            previous.build.official = same.map(|(told, _)| told);
        }
        self.tell(previous.build, previous.finish);
    }

    /// Labels `build` and puts it to the laps.
    pub(super) fn tell(&mut self, mut build: LapBuild, finish: Finish) {
        let is_fragment = build.start == Start::Crossing && build.end.now - build.begin.now < FRAGMENT_S;
        if build.frames == 0 || (is_fragment && finish != Finish::Crossing) {
            return;
        }
        let is_stage = self.is_stage() || finish == Finish::OfStage;
        let number = build.number.or_else(|| Some(self.part.last_number.map_or(1, |last| last + 1)));
        build.number = number;
        if finish != Finish::TakenBack {
            self.part.last_number = number;
        }
        if finish == Finish::Crossing {
            self.part.sectors = self.part.sectors.max(build.sectors.count());
        }
        self.supersede_reloaded(number);
        let facts = PartFacts { sectors: self.part.sectors, is_stage };
        if let Some(part) = self.parts.get_mut(build.part) {
            part.point_to_point |= is_stage;
        }
        self.orders.push(build.order);
        self.laps.push(label::lap(&build, finish, facts));
    }

    /// A saved game was loaded: laps of the part before from `number` on were driven again.
    fn supersede_reloaded(&mut self, number: Option<u32>) {
        let (Some(part), Some(number)) = (self.part.reloaded.take(), number) else { return };
        for lap in self.laps.iter_mut().filter(|lap| lap.part == part && lap.lap >= number) {
            lap.valid = false;
            if lap.kind != LapKind::Superseded {
                lap.kind = LapKind::Superseded;
                "a saved game was loaded, and it was driven again".clone_into(&mut lap.reason);
            }
        }
    }

    /// Begins another part of the session at `here`; of a saved game, `reloaded` is the part that was left.
    pub(super) fn begin_part(&mut self, here: Instant, reloaded: Option<usize>) {
        let part = SessionPart { start: here.at, end: here.at, ..SessionPart::default() };
        self.parts.push(part);
        self.part = PartState { begin: here.now, reloaded, ..PartState::default() };
        self.history = History::default();
        self.number = None;
        self.begin_lap(Start::Joined, here);
    }

    /// Begins a lap at `here`, without a crossing.
    pub(super) fn begin_lap(&mut self, start: Start, here: Instant) {
        let mut open = LapBuild::new(self.parts.len().saturating_sub(1), start, here);
        open.order = self.samples;
        self.open = Some(open);
    }

    /// Ends the lap that is driven and the part with it.
    pub(super) fn end_part(&mut self, finish: Finish) {
        let here = self.last_instant();
        self.end_turn(here.now);
        if let Some(pause) = self.clock.last_pause(here.at)
            && let Some(open) = &mut self.open
        {
            open.note_pause(pause.0, pause.1);
        }
        let is_at_finish = self.place.share().is_some_and(|share| share >= DONE) || self.part.was_at_finish;
        let is_at_finish = is_at_finish && self.is_stage();
        if let Some(open) = self.open.take() {
            self.settle_previous();
            let finish = if is_at_finish { Finish::OfStage } else { finish };
            self.previous = Some(Settling { build: open, finish });
        }
        self.settle_previous();
        if let Some(part) = self.parts.last_mut() {
            part.end = here.at;
            part.track_length_m = self.place.length;
        }
    }

    /// Ends a stage where the game's clock stopped at its finish, though the car drives on.
    pub(super) fn finish_stage(&mut self, here: Instant) {
        if self.point_to_point != Some(true) || self.part.is_done {
            return;
        }
        let Some(share) = self.place.share() else { return };
        let stopped = self.timer.stopped(here.now, STOPPED_S).filter(|_| share >= NEARLY_DONE);
        let end = stopped.or_else(|| (share >= 1.0).then_some(here.now));
        let Some(end) = end else { return };
        if let Some(mut open) = self.open.take() {
            open.end = here.moved_to(end);
            self.part.is_done = true;
            self.previous = Some(Settling { build: open, finish: Finish::OfStage });
        }
    }

    /// Whether the stage begins again, after its finish or before it, in a new part; `share` of it was driven.
    pub(super) fn begins_stage_again(
        &mut self,
        timer: TimerStep,
        place: PlaceStep,
        share: Option<f64>,
        here: Instant,
    ) -> bool {
        let is_reset = matches!(timer, TimerStep::Reset { .. }) || matches!(place, PlaceStep::Wrapped { .. });
        let is_set_back = matches!(timer, TimerStep::Back { .. }) || place == PlaceStep::Jumped;
        let is_stage = self.point_to_point == Some(true);
        if !is_stage || !(is_reset || (self.part.is_done && is_set_back)) {
            return false;
        }
        self.part.was_at_finish = share.is_some_and(|share| share >= NEARLY_DONE);
        self.end_part(Finish::Restarted);
        self.begin_part(here, None);
        true
    }

    /// Says what the part is, in the game's words; another track or car begins another part.
    pub(super) fn texts(&mut self, [kind, track, layout, car, driver]: [Option<&str>; 5]) {
        let Some(part) = self.parts.last_mut() else { return };
        let differs = |known: &str, told: Option<&str>| {
            !known.is_empty() && told.is_some_and(|told| !told.is_empty() && told != known)
        };
        if differs(&part.track, track) || differs(&part.car, car) {
            let here = self.last_instant();
            self.end_part(Finish::Ended);
            self.forget(here.now);
            self.begin_part(here, None);
        }
        let Some(part) = self.parts.last_mut() else { return };
        let words = [
            (&mut part.session_type, kind),
            (&mut part.track, track),
            (&mut part.track_layout, layout),
            (&mut part.car, car),
            (&mut part.driver, driver),
        ];
        for (word, told) in words {
            if let Some(told) = told.filter(|told| !told.is_empty() && *told != word.as_str()) {
                told.clone_into(word);
            }
        }
    }

    /// Whether laps were told since the last time.
    pub(super) fn has_told(&self) -> bool {
        self.handed_out < self.laps.len()
    }

    /// The laps that were told since the last time.
    pub(super) fn told(&mut self) -> &[Lap] {
        let from = std::mem::replace(&mut self.handed_out, self.laps.len());
        self.laps.get(from..).unwrap_or_default()
    }

    /// Ends everything.
    pub(super) fn finish(&mut self) {
        if !self.parts.is_empty() {
            self.end_part(Finish::Ended);
        }
    }

    pub(super) fn into_laps(self) -> Laps {
        let mut laps: Vec<(u64, Lap)> = self.orders.into_iter().zip(self.laps).collect();
        laps.sort_by_key(|(order, lap)| (lap.part, *order));
        let laps = laps.into_iter().map(|(_, lap)| lap).collect();
        let (laps, parts) = without_empty_parts(laps, self.parts);
        Laps { laps, parts }
    }
}

/// A part in which nothing was driven is no part.
fn without_empty_parts(mut laps: Vec<Lap>, parts: Vec<SessionPart>) -> (Vec<Lap>, Vec<SessionPart>) {
    let mut kept = Vec::with_capacity(parts.len());
    for (number, mut part) in parts.into_iter().enumerate() {
        let last: Option<Timestamp> = laps.iter().filter(|lap| lap.part == number).map(|lap| lap.end).max();
        let Some(last) = last else { continue };
        part.end = part.end.max(last);
        for lap in laps.iter_mut().filter(|lap| lap.part == number) {
            lap.part = kept.len();
        }
        kept.push(part);
    }
    (laps, kept)
}

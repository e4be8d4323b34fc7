//! The sectors of a lap: by the game's own times where it tells them, else measured.
//!
//! Marks are noted where the game's `sector` goes up. A game without that channel gets thirds of the lap's length, which
//! are never official. The game's times (`sector_1_time` to `sector_3_time`, or `split_time`, which counts from the
//! start of the lap) are taken where they fit what was measured.

use std::time::Duration;

use super::build::Instant;
use super::model::Sector;
use super::sample::Sample;

/// A time of the game that is further from ours is another lap's, in seconds.
const FITS_S: f64 = 0.5;
/// So much later than the mark the game may tell its time, in seconds.
const LATE_S: f64 = 5.0;
/// Parts of a lap where the game has no sectors.
const THIRDS: usize = 3;

/// The sectors of a lap that is being driven.
#[derive(Clone, Debug, Default)]
pub(super) struct Sectors {
    /// The sector's end, by its place: of the first, the second, and so on.
    marks: Vec<Option<Instant>>,
    official: Vec<Option<f64>>,
    last: Option<f64>,
    last_official: Option<f64>,
    /// Whether the game tells sectors; else they are thirds.
    is_of_game: bool,
}

impl Sectors {
    /// Takes in `sample` at `here`; the one before was at `before`, `share` is what of the lap is driven, then and now.
    pub(super) fn note(
        &mut self,
        sample: &Sample,
        before: Instant,
        here: Instant,
        begin: f64,
        share: Option<(f64, f64)>,
    ) {
        if let Some(sector) = sample.sector {
            self.is_of_game = true;
            if let Some(last) = self.last
                && sector == last + 1.0
            {
                let middle = here.moved_to(f64::midpoint(before.now, here.now));
                self.mark(to_index(last), middle);
            }
            self.last = Some(sector);
        } else if let Some((from, to)) = share
            && !self.is_of_game
        {
            self.mark_thirds(from, to, before, here);
        }
        self.note_official(sample, here.now, begin);
    }

    fn mark_thirds(&mut self, from: f64, to: f64, before: Instant, here: Instant) {
        for third in 1..THIRDS {
            #[expect(clippy::cast_precision_loss, reason = "it is 1 or 2")]
            let limit = third as f64 / THIRDS as f64;
            if from < limit && to >= limit && to - from < 0.1 && before.now < here.now {
                let at = before.now + (here.now - before.now) * (limit - from) / (to - from);
                self.mark(third - 1, here.moved_to(at));
            }
        }
    }

    fn mark(&mut self, index: usize, at: Instant) {
        while self.marks.len() <= index {
            self.marks.push(None);
        }
        if let Some(mark) = self.marks.get_mut(index) {
            *mark = Some(at);
        }
    }

    fn note_official(&mut self, sample: &Sample, now: f64, begin: f64) {
        let mut done = 0.0;
        for (index, told) in sample.sector_times.iter().enumerate().take(2) {
            let mark = self.marks.get(index).copied().flatten();
            if let (Some(time), Some(mark)) = (told, mark) {
                self.take(index, *time, mark.now - begin - done, now - mark.now);
            }
            match mark {
                Some(mark) => done = mark.now - begin,
                None => break,
            }
        }
        let newest = self.marks.iter().rposition(Option::is_some);
        if let (Some(split), Some(index)) = (sample.split, newest)
            && let Some(mark) = self.marks.get(index).copied().flatten()
        {
            let earlier: f64 = self.official.iter().take(index).flatten().sum();
            if self.official.iter().take(index).flatten().count() == index {
                let before = index.checked_sub(1).and_then(|it| self.marks.get(it).copied().flatten());
                let measured = mark.now - before.map_or(begin, |before| before.now);
                self.take(index, split - earlier, measured, now - mark.now);
            }
        }
    }

    fn take(&mut self, index: usize, time: f64, measured: f64, late: f64) {
        if (time - measured).abs() > FITS_S || !(0.0..LATE_S).contains(&late) {
            return;
        }
        while self.official.len() <= index {
            self.official.push(None);
        }
        if let Some(place) = self.official.get_mut(index) {
            place.get_or_insert(time);
        }
    }

    /// The time of the last sector of the lap that ended at `end`, which some games tell after the line.
    pub(super) fn note_last(&mut self, time: f64, end: f64) {
        let begin = self.marks.last().copied().flatten();
        if begin.is_some_and(|begin| (time - (end - begin.now)).abs() < FITS_S) {
            self.last_official.get_or_insert(time);
        }
    }

    pub(super) fn join(&mut self, piece: Self) {
        for (index, mark) in piece.marks.iter().enumerate() {
            if let Some(mark) = mark {
                self.mark(index, *mark);
            }
        }
        self.last = piece.last.or(self.last);
        self.is_of_game |= piece.is_of_game;
    }

    /// Forgets what was driven after `to`.
    pub(super) fn take_back(&mut self, to: f64) {
        for (index, mark) in self.marks.iter_mut().enumerate() {
            if mark.is_some_and(|mark| mark.now > to) {
                *mark = None;
                if let Some(official) = self.official.get_mut(index) {
                    *official = None;
                }
            }
        }
        while self.marks.last().is_some_and(Option::is_none) {
            let _ = self.marks.pop();
        }
        self.official.truncate(self.marks.len());
        self.last = None;
    }

    /// The number of sectors that it had at least, as the game counts them; 0 where the game has none.
    pub(super) fn count(&self) -> usize {
        if self.is_of_game { self.marks.len() + 1 } else { 0 }
    }

    /// The sectors of a lap from `begin` to `end` with `time`; `count` is how many the track has, `None` for the end
    /// when the lap was not driven to the line.
    pub(super) fn finish(
        &self,
        begin: Option<Instant>,
        end: Option<Instant>,
        official: Option<f64>,
        count: usize,
    ) -> Vec<Sector> {
        let count = if self.is_of_game { count.max(self.marks.len() + 1) } else { THIRDS };
        if !self.marks.iter().any(Option::is_some) {
            return Vec::new();
        }
        let mut sectors = Vec::with_capacity(count);
        let mut from = begin;
        for index in 0..count {
            let is_last = index + 1 == count;
            let to = if is_last { end } else { self.marks.get(index).copied().flatten() };
            let is_driven =
                to.is_some() || self.marks.iter().skip(index).any(Option::is_some) || end.is_some();
            if !is_driven {
                break;
            }
            let told = if is_last { self.last_sector(official, count) } else { self.told(index) };
            let told = told.filter(|_| to.is_some());
            let measured = from.zip(to).map(|(from, to)| to.now - from.now);
            sectors.push(Sector {
                number: u32::try_from(index + 1).unwrap_or(u32::MAX),
                time: told.or(measured).and_then(|time| Duration::try_from_secs_f64(time).ok()),
                end: to.map(|to| to.at),
                is_official: told.is_some(),
            });
            from = to;
        }
        sectors
    }

    fn told(&self, index: usize) -> Option<f64> {
        self.official.get(index).copied().flatten()
    }

    /// What the game says of the last sector, or leaves of the lap's time after the others.
    fn last_sector(&self, official: Option<f64>, count: usize) -> Option<f64> {
        if self.last_official.is_some() {
            return self.last_official;
        }
        let others: Vec<f64> = (0..count - 1).map_while(|index| self.told(index)).collect();
        let rest = official? - others.iter().sum::<f64>();
        (others.len() + 1 == count && count > 1 && rest > 0.0).then_some(rest)
    }
}

/// A sector's place in the list.
fn to_index(sector: f64) -> usize {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is from 0 to 63")]
    let index = sector as usize;
    index
}

//! Which numbers of a running count have come: what is lost, late or repeated, of each kind that carries the count.
//!
//! Pure: numbers in, counts out. Kinds that share a count (all packets of one moment carry the frame's number) tell
//! each other what exists: a frame of which one packet came is one in which the others are missing.

use std::collections::BTreeMap;

use gametelemetry_file::KindCounts;

/// How far behind the newest number a late one is still told from a count that started again; the bits of a word.
///
/// Networks hold packets back for moments; a flashback goes back by seconds.
const WINDOW: i64 = 64;
/// A count that jumps further ahead has started again: nobody loses so much in one piece.
const FARTHEST_JUMP: i64 = 100_000;
/// After so many steps it is clear by how much the count usually advances.
const STEPS_TO_LEARN: u64 = 8;

/// What a number was to its count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// The next, or the first.
    InOrder,
    /// Behind a later one.
    Late,
    /// It has come before.
    Again,
    /// The count started again a moment ago; `back` when it went to an earlier number.
    Restarted { back: bool },
    /// Far from all others. Whether it is late, or the first of a new count, the next one shows.
    Astray,
}

/// One running count and the kinds that carry it.
#[derive(Debug, Default)]
pub(crate) struct Count {
    /// By how much it advances, when that is stated.
    stated_step: Option<u32>,
    /// The first number since the count started, the newest, and which of the last numbers have come.
    seen: Option<Seen>,
    /// How often the newest number advanced by how much.
    steps: BTreeMap<i64, u64>,
    kinds: BTreeMap<usize, OfKind>,
    /// A number far from all others, with the kind that carried it.
    astray: Option<(usize, i64)>,
}

#[derive(Debug)]
struct Seen {
    first: i64,
    newest: i64,
    distinct: u64,
    window: Window,
}

#[derive(Debug, Default)]
struct OfKind {
    seen: Option<Seen>,
    /// Counted before the count started again.
    before: KindCounts,
    now: KindCounts,
}

impl Seen {
    fn new(number: i64) -> Self {
        let mut window = Window::default();
        window.insert(number);
        Self { first: number, newest: number, distinct: 1, window }
    }

    /// Takes in a number near the newest one; gives whether it is newer, late or known.
    fn push(&mut self, number: i64) -> Arrival {
        if number > self.newest {
            self.window.forget(self.newest, number);
            self.newest = number;
        } else if self.window.contains(number) {
            return Arrival::Again;
        }
        self.window.insert(number);
        self.distinct += 1;
        let late = number < self.newest;
        self.first = self.first.min(number);
        if late { Arrival::Late } else { Arrival::InOrder }
    }
}

impl Count {
    /// A count that advances by `step`; by what it is seen to advance when there is none.
    pub(crate) fn new(step: Option<u32>) -> Self {
        Self { stated_step: step.filter(|step| *step > 0), ..Self::default() }
    }

    /// Takes in `number` of a message of `kind`.
    pub(crate) fn push(&mut self, kind: usize, number: i64) -> Arrival {
        let Some(seen) = &self.seen else { return self.take_in(kind, number) };
        let newest = seen.newest;
        let is_near = is_near(newest, number);
        match self.astray.take() {
            Some((strayed, first)) if !is_near && number.abs_diff(first) < WINDOW.unsigned_abs() => {
                self.restart();
                self.take_in(strayed, first);
                self.take_in(kind, number);
                return Arrival::Restarted { back: first < newest };
            }
            Some((strayed, _)) => self.was_late(strayed),
            None => {}
        }
        if is_near {
            return self.take_in(kind, number);
        }
        self.astray = Some((kind, number));
        Arrival::Astray
    }

    /// One that came astray was late: it is not lost.
    fn was_late(&mut self, kind: usize) {
        let of_kind = self.kinds.entry(kind).or_default();
        of_kind.now.reordered += 1;
        if let Some(seen) = &mut of_kind.seen {
            seen.distinct += 1;
        }
    }

    fn take_in(&mut self, kind: usize, number: i64) -> Arrival {
        match &mut self.seen {
            Some(seen) => {
                let step = number - seen.newest;
                seen.push(number);
                if step > 0 {
                    // A few steps are usual; what never repeats is of no interest.
                    if self.steps.len() < 64 || self.steps.contains_key(&step) {
                        *self.steps.entry(step).or_default() += 1;
                    }
                }
            }
            None => self.seen = Some(Seen::new(number)),
        }
        let of_kind = self.kinds.entry(kind).or_default();
        let arrival = match &mut of_kind.seen {
            Some(seen) => seen.push(number),
            None => {
                of_kind.seen = Some(Seen::new(number));
                Arrival::InOrder
            }
        };
        match arrival {
            Arrival::Late => of_kind.now.reordered += 1,
            Arrival::Again => of_kind.now.duplicated += 1,
            _ => {}
        }
        arrival
    }

    /// Begins a new count, because what it belongs to has changed.
    pub(crate) fn restart(&mut self) {
        for kind in self.kinds.keys().copied().collect::<Vec<_>>() {
            let total = self.counts_of(kind);
            if let Some(of_kind) = self.kinds.get_mut(&kind) {
                *of_kind = OfKind { before: total, ..OfKind::default() };
            }
        }
        self.seen = None;
    }

    /// What became of the messages of each kind.
    pub(crate) fn counts(&self) -> impl Iterator<Item = (usize, KindCounts)> {
        self.kinds.keys().map(|&kind| (kind, self.counts_of(kind)))
    }

    fn counts_of(&self, kind: usize) -> KindCounts {
        let Some(of_kind) = self.kinds.get(&kind) else { return KindCounts::default() };
        let (before, now) = (of_kind.before, of_kind.now);
        let came = of_kind.seen.as_ref().map_or(0, |seen| seen.distinct);
        let lost = if came == 0 { 0 } else { self.expected().saturating_sub(came) };
        KindCounts {
            // Counted by whoever sees the messages that carry no number too.
            received: 0,
            lost: before.lost + lost,
            reordered: before.reordered + now.reordered,
            duplicated: before.duplicated + now.duplicated,
            wrong_size: 0,
        }
    }

    /// How many numbers there were, by what has come.
    fn expected(&self) -> u64 {
        let Some(seen) = &self.seen else { return 0 };
        let Some(step) = self.step() else { return seen.distinct };
        let numbers = (seen.newest - seen.first) / step + 1;
        u64::try_from(numbers).unwrap_or(0).max(seen.distinct)
    }

    /// By how much the count advances; `None` when it does so irregularly, as with a game that numbers its pictures
    /// and sends some of them: then only what other kinds have shown to exist can be missed.
    fn step(&self) -> Option<i64> {
        if let Some(step) = self.stated_step {
            return Some(step.into());
        }
        let total: u64 = self.steps.values().sum();
        if total < STEPS_TO_LEARN {
            return None;
        }
        let (&usual, _) = self.steps.iter().max_by_key(|(step, times)| (**times, -**step))?;
        let regular: u64 =
            self.steps.iter().filter(|(step, _)| *step % usual == 0).map(|(_, times)| times).sum();
        (regular * 50 >= total * 49).then_some(usual)
    }
}

/// Whether `number` belongs to the count whose newest is `newest`.
fn is_near(newest: i64, number: i64) -> bool {
    let ahead = number.saturating_sub(newest);
    ahead > -WINDOW && ahead <= FARTHEST_JUMP
}

/// Which of the last [`WINDOW`] numbers have come: a bit each.
#[derive(Debug, Default)]
struct Window(u64);

impl Window {
    fn bit(number: i64) -> u64 {
        1 << number.rem_euclid(WINDOW)
    }

    fn contains(&self, number: i64) -> bool {
        self.0 & Self::bit(number) != 0
    }

    fn insert(&mut self, number: i64) {
        self.0 |= Self::bit(number);
    }

    /// Makes room for the numbers behind `from` up to `to`.
    fn forget(&mut self, from: i64, to: i64) {
        for number in from.saturating_add(1)..=to.min(from.saturating_add(WINDOW)) {
            self.0 &= !Self::bit(number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count_of(step: Option<u32>, numbers: &[i64]) -> (KindCounts, Vec<Arrival>) {
        let mut count = Count::new(step);
        let arrivals = numbers.iter().map(|&number| count.push(0, number)).collect();
        let counts = count.counts().next().unwrap().1;
        (counts, arrivals)
    }

    #[test]
    fn lost_late_and_repeated_numbers_are_told_apart() {
        let (counts, arrivals) = count_of(Some(1), &[10, 11, 13, 12, 12, 16]);
        assert_eq!((counts.lost, counts.reordered, counts.duplicated), (2, 1, 1));
        use Arrival::{Again, InOrder, Late};
        assert_eq!(arrivals, [InOrder, InOrder, InOrder, Late, Again, InOrder]);
    }

    #[test]
    fn the_step_is_learned_and_an_irregular_count_loses_nothing_by_itself() {
        let mut numbers: Vec<i64> = (0..40).map(|number| number * 3).collect();
        numbers.remove(20);
        numbers.remove(10);
        assert_eq!(count_of(None, &numbers).0.lost, 2);
        let irregular: Vec<i64> = [0, 2, 5, 7, 10, 11, 14, 16, 19, 21, 23, 26, 28, 31].to_vec();
        assert_eq!(count_of(None, &irregular).0.lost, 0);
    }

    #[test]
    fn kinds_that_share_a_count_show_each_other_what_exists() {
        let mut count = Count::new(Some(1));
        for number in 0..10 {
            if number != 0 && number != 9 {
                count.push(0, number);
            }
            count.push(1, number);
        }
        let lost: Vec<u64> = count.counts().map(|(_, counts)| counts.lost).collect();
        assert_eq!(lost, [2, 0], "also the first and the last");
    }

    #[test]
    fn a_count_that_starts_again_loses_nothing_and_keeps_what_was_counted() {
        let mut count = Count::new(Some(1));
        [5000, 5002, 5003].iter().for_each(|&number| assert_eq!(count.push(0, number), Arrival::InOrder));
        assert_eq!(count.push(0, 1), Arrival::Astray);
        assert_eq!(count.push(0, 2), Arrival::Restarted { back: true });
        assert_eq!(count.push(0, 4), Arrival::InOrder);
        assert_eq!(count.push(0, 2_000_000), Arrival::Astray);
        assert_eq!(count.push(0, 2_000_001), Arrival::Restarted { back: false });
        for number in [i64::MIN, i64::MIN + 1, i64::MAX, i64::MAX - 1, 0] {
            count.push(0, number);
        }
        assert_eq!(count.counts().next().unwrap().1.lost, 2);
    }

    #[test]
    fn one_that_is_very_late_is_no_new_count() {
        let (counts, arrivals) = count_of(Some(1), &[2000, 2001, 1800, 2002, 2003]);
        assert_eq!(arrivals[2], Arrival::Astray);
        assert_eq!((counts.reordered, counts.lost), (1, 0));
    }
}

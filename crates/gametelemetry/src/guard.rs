//! A consistent copy of memory that a game may be writing at this moment.
//!
//! Games such as ACC publish a counter but no lock, and do not say whether they write it first or last. So the guard
//! trusts neither order: it copies, waits a little, copies again, and takes a frame only when both copies agree.
//! docs/decisions/0004-torn-reads.md has what this catches and what it costs.

use std::time::{Duration, Instant};

use crate::clock;

/// How a snapshot is made sure of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guard {
    /// Time between the two copies that must agree. It catches every write that pauses for less; with zero the
    /// copies follow at once, which catches writes in full flow only but saves waking the thread twice.
    pub settle: Duration,
    /// Further copies before the last one is taken as it is, marked as suspect.
    pub retries: u32,
}

impl Default for Guard {
    /// Copies 200 µs apart, up to 8 further ones.
    fn default() -> Self {
        Self { settle: Duration::from_micros(200), retries: 8 }
    }
}

/// How a snapshot came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Snapshot {
    /// When the copy that counts was begun.
    pub(crate) taken: Instant,
    /// Copies made again because two disagreed.
    pub(crate) retried: u32,
    /// No two copies agreed.
    pub(crate) suspect: bool,
}

impl Guard {
    /// Copies by `copy` into `first` until two successive copies agree; `second` is scratch space. Gives `None`, after
    /// one copy, when `is_old` says of it that there is nothing new.
    pub(crate) fn snapshot<E>(
        self,
        first: &mut Vec<u8>,
        second: &mut Vec<u8>,
        mut copy: impl FnMut(&mut [u8]) -> Result<(), E>,
        is_old: impl FnOnce(&[u8]) -> bool,
    ) -> Result<Option<Snapshot>, E> {
        let mut taken = clock::monotonic();
        copy(first)?;
        if is_old(first) {
            return Ok(None);
        }
        for retried in 0..=self.retries {
            if !self.settle.is_zero() {
                // Not cut short by a stop: the last frame of a recording is to be as sure as the others.
                std::thread::sleep(self.settle);
            }
            let again = clock::monotonic();
            copy(second)?;
            if first == second {
                return Ok(Some(Snapshot { taken, retried, suspect: false }));
            }
            std::mem::swap(first, second);
            taken = again;
        }
        Ok(Some(Snapshot { taken, retried: self.retries, suspect: true }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs a guard over the `versions` that successive copies see; the last one stays.
    fn check(versions: &[u8], retries: u32) -> (u8, Snapshot) {
        let (mut first, mut second) = (vec![0], vec![0]);
        let mut copies = versions.iter().copied().chain(std::iter::repeat(*versions.last().unwrap()));
        let guard = Guard { settle: Duration::ZERO, retries };
        let copy = |into: &mut [u8]| {
            into[0] = copies.next().unwrap();
            Ok::<_, ()>(())
        };
        let snapshot = guard.snapshot(&mut first, &mut second, copy, |_| false).unwrap().unwrap();
        (first[0], snapshot)
    }

    #[test]
    fn a_frame_counts_only_when_two_copies_agree() {
        for (versions, frame, retried) in [(&[1][..], 1, 0), (&[1, 2], 2, 1), (&[1, 2, 3, 3], 3, 2)] {
            let (got, snapshot) = check(versions, 8);
            assert_eq!((got, snapshot.retried, snapshot.suspect), (frame, retried, false), "{versions:?}");
        }
    }

    #[test]
    fn a_frame_that_is_old_is_copied_once() {
        let mut copies = 0;
        let copy = |_: &mut [u8]| {
            copies += 1;
            Ok::<_, ()>(())
        };
        let snapshot = Guard::default().snapshot(&mut vec![0], &mut vec![0], copy, |_| true).unwrap();
        assert_eq!((snapshot, copies), (None, 1));
    }

    #[test]
    fn a_game_that_never_rests_gives_a_suspect_frame_not_none() {
        let (_, snapshot) = check(&[1, 2, 3, 4, 5, 6, 7], 3);
        assert_eq!((snapshot.retried, snapshot.suspect), (3, true));
    }
}

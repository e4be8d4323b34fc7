//! How long to wait before a game that is not there is asked again.
//!
//! Only says how long; whoever asks waits.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

/// The first wait, and the longest, before chance is added.
const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(4);

/// Waits that double, each made longer or shorter by up to a quarter: several sources of one game must not ask in step.
#[derive(Debug)]
pub(super) struct Backoff {
    next: Duration,
    chance: u64,
}

impl Backoff {
    pub(super) fn new() -> Self {
        Self { next: FIRST, chance: RandomState::new().build_hasher().finish() | 1 }
    }

    /// The game has answered: the next wait is a short one again.
    pub(super) fn reset(&mut self) {
        self.next = FIRST;
    }

    /// How long to wait now.
    pub(super) fn wait(&mut self) -> Duration {
        let wait = self.next;
        self.next = LONGEST.min(wait * 2);
        // xorshift64: chance enough to fall out of step.
        self.chance ^= self.chance << 13;
        self.chance ^= self.chance >> 7;
        self.chance ^= self.chance << 17;
        let permille = u32::try_from(self.chance % 501).unwrap_or(0) + 750;
        wait * permille / 1000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_bound_and_begin_again_after_a_success() {
        let mut backoff = Backoff::new();
        let waits: Vec<_> = (0..20).map(|_| backoff.wait()).collect();
        assert!(waits[0] >= FIRST * 3 / 4 && waits[0] <= FIRST * 5 / 4, "{waits:?}");
        assert!(waits[3] >= FIRST * 6, "{waits:?}");
        assert!(waits.iter().all(|&wait| wait <= LONGEST * 5 / 4), "{waits:?}");
        assert!(waits[19] >= LONGEST * 3 / 4, "{waits:?}");
        assert!(waits[10..].windows(2).any(|pair| pair[0] != pair[1]), "{waits:?}");
        backoff.reset();
        assert!(backoff.wait() <= FIRST * 5 / 4);
    }
}

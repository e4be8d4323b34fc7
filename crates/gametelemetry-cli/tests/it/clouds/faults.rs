//! What a hostile network does to requests: a plan that a seed decides, request by request.
//!
//! The same seed does the same to request number N; which request that is depends on the client's threads.

use std::ops::Range;
use std::time::Duration;

/// What happens to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The connection breaks before the server sees anything.
    DropBefore,
    /// The server gets half of the body, then both connections break.
    CutBody,
    /// The server does what was asked, the client never hears of it.
    DropAfter,
    /// The client gets half of the answer, then the connection breaks.
    CutAnswer,
    /// The client gets half of the answer's body, and an orderly end of the connection.
    TruncateAnswer,
    /// The proxy answers itself, as a server in trouble does.
    Answer {
        /// 429, 500 or 503.
        status: u16,
        /// Whether it says when to come again.
        says_when: bool,
    },
    /// Nothing happens until the client gives up.
    Stall,
    /// The server does what was asked, and the client hears nothing until it gives up.
    StallAnswer,
    /// Passed on only after a later request has been; or after this time, when none comes.
    Hold(Duration),
    /// Passed on after this time.
    Delay(Duration),
}

/// Which request suffers what.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    seed: u64,
    /// Of a thousand requests, how many suffer.
    per_mille: u64,
    /// How much each fault is to be expected.
    weights: Vec<(u64, Fault)>,
    /// Of these requests none passes, whatever else is planned.
    outage: Range<usize>,
}

impl Plan {
    /// All requests pass.
    pub(crate) fn peace() -> Self {
        Self { seed: 0, per_mille: 0, weights: Vec::new(), outage: 0..0 }
    }

    /// Everything goes wrong that can, to a third of all requests. Whoever asks often enough gets through.
    pub(crate) fn hostile(seed: u64) -> Self {
        let answer = |status, says_when| Fault::Answer { status, says_when };
        let weights = vec![
            (6, Fault::DropBefore),
            (6, Fault::CutBody),
            (6, Fault::DropAfter),
            (5, Fault::CutAnswer),
            (5, Fault::TruncateAnswer),
            (5, answer(500, false)),
            (4, answer(503, false)),
            (1, answer(503, true)),
            (3, answer(429, false)),
            // What costs the client its whole patience comes rarely, so that many runs fit into a minute.
            (1, Fault::Stall),
            (1, Fault::StallAnswer),
            (5, Fault::Hold(Duration::from_millis(100))),
            (5, Fault::Delay(Duration::from_millis(20))),
        ];
        Self { seed, per_mille: 350, weights, outage: 0..0 }
    }

    /// The same to one request in ten, for clients that wait long before they ask again.
    pub(crate) fn rough(seed: u64) -> Self {
        Self { per_mille: 100, ..Self::hostile(seed) }
    }

    /// Every request suffers the same.
    pub(crate) fn always(fault: Fault) -> Self {
        Self { seed: 0, per_mille: 1000, weights: vec![(1, fault)], outage: 0..0 }
    }

    /// All requests pass but these: the line is dead meanwhile.
    pub(crate) fn outage(requests: Range<usize>) -> Self {
        Self { outage: requests, ..Self::peace() }
    }

    /// What request `number` suffers; the first has the number 0.
    pub(crate) fn fault(&self, number: usize) -> Option<Fault> {
        if self.outage.contains(&number) {
            return Some(Fault::DropBefore);
        }
        let mut random = Random::new(self.seed ^ (number as u64).wrapping_mul(0xA24B_AED4_963E_E407));
        if random.below(1000) >= self.per_mille {
            return None;
        }
        let total = self.weights.iter().map(|(weight, _)| weight).sum();
        let mut left = random.below(total);
        let chosen = self.weights.iter().find(|(weight, _)| {
            let is_it = left < *weight;
            left = left.saturating_sub(*weight);
            is_it
        });
        chosen.map(|(_, fault)| *fault)
    }
}

/// Numbers that a seed decides: SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators").
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}

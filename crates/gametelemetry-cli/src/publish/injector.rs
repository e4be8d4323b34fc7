//! Treats datagrams as a bad network does: some are lost, some come late, some twice. For tests of whoever receives.
//!
//! What is done depends on the seed only, and is counted by kind, so that a receiver's own counts can be compared.

use std::collections::BTreeMap;

use gametelemetry::{KindCounts, Schema};

/// How often each fault happens, in percent of all datagrams.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Odds {
    pub(crate) loss: f64,
    pub(crate) reorder: f64,
    pub(crate) duplicate: f64,
}

pub(crate) struct Injector {
    odds: Odds,
    schema: Schema,
    random: u64,
    /// Of each kind, a datagram that is sent behind the next one.
    held: BTreeMap<String, Vec<u8>>,
    /// What was done, by kind.
    pub(crate) counts: BTreeMap<String, KindCounts>,
}

impl Injector {
    pub(crate) fn new(odds: Odds, schema: &Schema, seed: u64) -> Self {
        let random = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        Self { odds, schema: schema.clone(), random, held: BTreeMap::new(), counts: BTreeMap::new() }
    }

    /// Gives to `send` what of `datagram` and those before it is to be sent now.
    pub(crate) fn pass(&mut self, datagram: &[u8], mut send: impl FnMut(&[u8])) {
        let kind = self.schema.view(datagram).kind().map_or_else(String::new, |kind| kind.name.clone());
        let (lost, late, twice) = (
            self.happens(self.odds.loss),
            self.happens(self.odds.reorder),
            self.happens(self.odds.duplicate),
        );
        let counts = self.counts.entry(kind.clone()).or_default();
        if lost {
            counts.lost += 1;
            return;
        }
        if late && !self.held.contains_key(&kind) {
            self.held.insert(kind, datagram.to_vec());
            return;
        }
        counts.received += 1;
        send(datagram);
        if twice {
            counts.received += 1;
            counts.duplicated += 1;
            send(datagram);
        }
        if let Some(held) = self.held.remove(&kind) {
            counts.received += 1;
            counts.reordered += 1;
            send(&held);
        }
    }

    /// Sends what is still held: at the end nothing overtakes it.
    pub(crate) fn finish(&mut self, mut send: impl FnMut(&[u8])) {
        for (kind, held) in std::mem::take(&mut self.held) {
            self.counts.entry(kind).or_default().received += 1;
            send(&held);
        }
    }

    fn happens(&mut self, percent: f64) -> bool {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        #[expect(clippy::cast_precision_loss, reason = "32 bits are held exactly")]
        let share = (self.random >> 32) as f64 / f64::from(u32::MAX);
        share * 100.0 < percent
    }
}

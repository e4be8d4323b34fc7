//! Numbers on their way into a packet, and random numbers that a seed repeats.

/// `value` without its fraction; what is too large becomes the largest, what is negative 0.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates, which is meant")]
pub(super) fn whole(value: f64) -> u32 {
    value as u32
}

/// `value` as an index; what is negative becomes 0.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates; indices are checked"
)]
pub(super) fn index(value: f64) -> usize {
    value as usize
}

/// An index as a number.
pub(super) fn count(index: usize) -> f64 {
    f64::from(u32::try_from(index).unwrap_or(u32::MAX))
}

/// Milliseconds, rounded.
pub(super) fn milliseconds(seconds: f64) -> u32 {
    whole((seconds * 1000.0).round())
}

/// `from` at 0, `to` at 1, a straight line between.
pub(super) fn mix(from: f64, to: f64, part: f64) -> f64 {
    from + (to - from) * part
}

/// `value`, moved towards `target` by at most `step`.
pub(super) fn towards(value: f64, target: f64, step: f64) -> f64 {
    value + (target - value).clamp(-step, step)
}

/// `value`, moved towards `target` as something does that needs `seconds` for most of the way.
pub(super) fn settle(value: f64, target: f64, seconds: f64, dt_s: f64) -> f64 {
    mix(value, target, (dt_s / seconds).min(1.0))
}

/// The generator "SplitMix64": one addition and a few shifts a number, and every seed is a good one.
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    /// A number from `low` to `high`, all equally likely.
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        // 32 bits are enough for any purpose here, and exact in an f64.
        let part = u32::try_from(self.bits() >> 32).unwrap_or(u32::MAX);
        mix(low, high, f64::from(part) / f64::from(u32::MAX))
    }
}

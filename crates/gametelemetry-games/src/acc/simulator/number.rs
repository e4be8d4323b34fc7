//! Numbers on their way into a page, and random numbers that a seed repeats.
//!
//! Pages hold 32-bit numbers, the simulator counts in 64 bits; this is the one place where they are narrowed.

/// `value` as a page stores it.
#[expect(clippy::cast_possible_truncation, reason = "a page has 32 bits; the rounding is meant")]
pub(super) fn single(value: f64) -> f32 {
    value as f32
}

/// Three values as a page stores them.
pub(super) fn singles(values: [f64; 3]) -> [f32; 3] {
    values.map(single)
}

/// `value` without its fraction; what is too large becomes the largest.
#[expect(clippy::cast_possible_truncation, reason = "`as` saturates, which is what a page can show at most")]
pub(super) fn whole(value: f64) -> i32 {
    value as i32
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

/// `from` at 0, `to` at 1, a straight line between.
pub(super) fn mix(from: f64, to: f64, part: f64) -> f64 {
    from + (to - from) * part
}

/// `value`, moved towards `target` by at most `step`.
pub(super) fn towards(value: f64, target: f64, step: f64) -> f64 {
    value + (target - value).clamp(-step, step)
}

/// `angle` in -π to π.
pub(super) fn wrapped(angle: f64) -> f64 {
    let turn = std::f64::consts::TAU;
    angle - turn * (angle / turn).round()
}

/// The generator "SplitMix64": one addition and a few shifts a number, and every seed is a good one.
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    /// A number from `low` to `high`, all equally likely.
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        // 53 bits are what an f64 holds without rounding.
        mix(low, high, (self.next() >> 11) as f64 / (1_u64 << 53) as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_numbers_stay_between_their_bounds_and_repeat() {
        let (mut one, mut two) = (Random::new(3), Random::new(3));
        let numbers: Vec<f64> = (0..1000).map(|_| one.between(-2.0, 5.0)).collect();
        assert!(numbers.iter().all(|number| (-2.0..5.0).contains(number)));
        assert!((numbers.iter().sum::<f64>() / 1000.0 - 1.5).abs() < 0.3);
        assert!(numbers.iter().all(|&number| number == two.between(-2.0, 5.0)));
    }

    #[test]
    fn narrowing_saturates() {
        assert_eq!(whole(1e12), i32::MAX);
        assert_eq!(index(-3.0), 0);
        assert!((wrapped(7.0) - (7.0 - std::f64::consts::TAU)).abs() < 1e-12);
    }
}

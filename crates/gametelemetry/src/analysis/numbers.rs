//! The little arithmetic that the analysis shares: curves as two columns, smoothing, making a curve rise.
//!
//! Knows neither laps nor channels. A value that is not known is NaN.

/// The value at `index`; NaN where there is none.
pub(crate) fn at(values: &[f64], index: usize) -> f64 {
    values.get(index).copied().unwrap_or(f64::NAN)
}

/// `share` as an index into `count` values, cut to what there is.
pub(crate) fn index(share: f64, count: usize) -> usize {
    let last = count.saturating_sub(1);
    if share.is_nan() || share <= 0.0 {
        return 0;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "positive, and cut to an index"
    )]
    let index = share.min(1e15) as usize;
    index.min(last)
}

/// The curve through (`xs`, `ys`) at `x`, straight in between; NaN outside. `xs` must not fall.
pub(crate) fn interpolate(xs: &[f64], ys: &[f64], x: f64) -> f64 {
    let after = xs.partition_point(|&other| other < x);
    let (x1, y1) = (at(xs, after), at(ys, after));
    if x1 == x {
        return y1;
    }
    let Some(before) = after.checked_sub(1) else { return f64::NAN };
    let (x0, y0) = (at(xs, before), at(ys, before));
    y0 + (y1 - y0) * (x - x0) / (x1 - x0)
}

/// `count` values from 0 to `length`, evenly spaced, both ends included.
pub(crate) fn grid(length: f64, count: usize) -> Vec<f64> {
    let last = count.saturating_sub(1).max(1);
    let mut values: Vec<f64> = (0..count).map(|number| length * number as f64 / last as f64).collect();
    if let Some(end) = values.last_mut() {
        *end = length;
    }
    values
}

/// Each value as the mean of those within `half` places around it; what is not known is passed over.
pub(crate) fn smooth(values: &[f64], half: usize) -> Vec<f64> {
    let mut sums = Vec::with_capacity(values.len() + 1);
    let (mut sum, mut count) = (0.0, 0_u32);
    sums.push((sum, count));
    for &value in values {
        if value.is_finite() {
            (sum, count) = (sum + value, count + 1);
        }
        sums.push((sum, count));
    }
    let of = |place: usize| sums.get(place).copied().unwrap_or_default();
    let mean = |place: usize| {
        // As far to one side as to the other, so that a slope stays where it is.
        let reach = half.min(place).min(values.len() - 1 - place);
        let ((sum, count), (sum_before, count_before)) = (of(place + reach + 1), of(place - reach));
        if count == count_before { f64::NAN } else { (sum - sum_before) / f64::from(count - count_before) }
    };
    (0..values.len()).map(mean).collect()
}

/// The rising curve that is nearest to `values`: where they fall, a level of their mean. They must be finite.
pub(crate) fn rising(values: &[f64]) -> Vec<f64> {
    let mut levels: Vec<(f64, usize)> = Vec::new();
    for &value in values {
        let (mut mean, mut count) = (value, 1);
        while let Some(&(before, number)) = levels.last().filter(|(before, _)| *before >= mean) {
            mean = (before * number as f64 + mean * count as f64) / (number + count) as f64;
            count += number;
            levels.pop();
        }
        levels.push((mean, count));
    }
    levels.into_iter().flat_map(|(mean, count)| std::iter::repeat_n(mean, count)).collect()
}

/// The value in the middle of the finite ones.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.into_iter().filter(|value| value.is_finite()).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

/// The least and the greatest of the finite values.
pub(crate) fn extent(values: &[f64]) -> Option<(f64, f64)> {
    let finite = values.iter().copied().filter(|value| value.is_finite());
    finite.fold(None, |extent, value| {
        let (least, most) = extent.unwrap_or((value, value));
        Some((f64::min(least, value), f64::max(most, value)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_is_straight_between_its_points_and_unknown_outside() {
        let (xs, ys) = ([0.0, 1.0, 3.0], [5.0, 7.0, 3.0]);
        let found = [-0.1, 0.0, 0.5, 1.0, 2.0, 3.0, 3.1].map(|x| interpolate(&xs, &ys, x));
        assert!(found[0].is_nan() && found[6].is_nan() && interpolate(&[], &[], 1.0).is_nan());
        assert_eq!(found[1..6], [5.0, 6.0, 7.0, 5.0, 3.0]);
    }

    #[test]
    fn noise_becomes_a_rising_curve_and_a_slope_survives_smoothing() {
        assert_eq!(rising(&[1.0, 3.0, 2.0, 4.0]), [1.0, 2.5, 2.5, 4.0]);
        assert_eq!(rising(&[3.0, 2.0, 1.0]), [2.0, 2.0, 2.0]);
        assert_eq!(smooth(&[1.0, 2.0, 3.0, 4.0, 5.0], 2), [1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(smooth(&[1.0, f64::NAN, 3.0], 1)[1], 2.0);
        assert!(smooth(&[f64::NAN], 1)[0].is_nan() && smooth(&[], 3).is_empty());
    }

    #[test]
    fn an_index_is_never_outside() {
        let found = [f64::NAN, -1.0, 2.7, 1e300].map(|share| index(share, 5));
        assert_eq!(found, [0, 0, 2, 4]);
        assert_eq!((extent(&[f64::NAN]), extent(&[2.0, 1.0])), (None, Some((1.0, 2.0))));
        assert_eq!(median([3.0, f64::NAN, 1.0, 2.0]), Some(2.0));
    }
}

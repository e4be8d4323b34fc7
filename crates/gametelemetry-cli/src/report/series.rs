//! A row of numbers of the report, and how it is packed: whole steps above its lowest value, each as the difference to
//! the one before. The page adds them up again; deflate makes a byte or two of each.

use serde::ser::{Serialize, SerializeStruct, Serializer};

/// Steps between the lowest and the highest value: finer than any screen, and than what games say.
const STEPS: f64 = 32_000.0;

/// Values in a row; NaN and infinities are points without a value.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Series {
    values: Vec<f32>,
    /// The size of a step, where it may not follow from the range.
    step: Option<f64>,
}

impl Series {
    /// Times in seconds, kept to a tenth of a millisecond: the page shows what is between two of them.
    pub(crate) fn of_seconds(values: impl IntoIterator<Item = f64>) -> Self {
        Self { step: Some(1e-4), ..values.into_iter().collect() }
    }

    /// Whether no point has a value.
    pub(crate) fn is_empty(&self) -> bool {
        !self.values.iter().any(|value| value.is_finite())
    }

    /// Lowest value, and the size of a step. Small whole numbers, such as gears, are their own steps and stay exact.
    fn scale(&self) -> (f64, f64) {
        let finite = || self.values.iter().copied().filter(|value| value.is_finite());
        let (low, high) = finite()
            .fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        let (low, range) = (f64::from(low), f64::from(high) - f64::from(low));
        if self.is_empty() {
            (0.0, 1.0)
        } else if let Some(step) = self.step {
            (low, step)
        } else if range == 0.0 || (range <= STEPS && finite().all(|value| value.fract() == 0.0)) {
            (low, 1.0)
        } else {
            (low, range / STEPS)
        }
    }
}

impl<T: Into<f64>> FromIterator<T> for Series {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "24 bits are more than the page shows")]
        let narrow = |value: T| value.into() as f32;
        Self { values: values.into_iter().map(narrow).collect(), step: None }
    }
}

impl Serialize for Series {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (low, step) = self.scale();
        let mut packed = serializer.serialize_struct("Series", 3)?;
        packed.serialize_field("low", &low)?;
        packed.serialize_field("step", &step)?;
        packed.serialize_field("by", &Differences { values: &self.values, low, step })?;
        packed.end()
    }
}

/// The steps from each value to the next; null where there is no value.
struct Differences<'a> {
    values: &'a [f32],
    low: f64,
    step: f64,
}

impl Serialize for Differences<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut last = 0;
        serializer.collect_seq(self.values.iter().map(|value| {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "`as` keeps to the limits, which no range of a game comes near"
            )]
            let steps = ((f64::from(*value) - self.low) / self.step).round() as i64;
            value.is_finite().then(|| {
                let by = steps - last;
                last = steps;
                by
            })
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// What the page does with it.
    fn unpacked(packed: &Value) -> Vec<f64> {
        let (low, step) = (packed["low"].as_f64().unwrap(), packed["step"].as_f64().unwrap());
        let mut steps = 0;
        let value = |by: &Value| {
            by.as_i64().map_or(f64::NAN, |by| {
                steps += by;
                low + f64::from(i32::try_from(steps).unwrap()) * step
            })
        };
        packed["by"].as_array().unwrap().iter().map(value).collect()
    }

    #[test]
    fn values_come_back_within_a_step() {
        let values: Vec<f64> = (0..1000).map(|i| f64::from(i).sin() * 80.0 + f64::from(i) / 7.0).collect();
        let packed = serde_json::to_value(values.iter().copied().collect::<Series>()).unwrap();
        let step = packed["step"].as_f64().unwrap();
        assert!(step < 0.02, "{step}");
        for (value, back) in values.iter().zip(unpacked(&packed)) {
            assert!((value - back).abs() <= step, "{value} {back}");
        }
    }

    #[test]
    fn whole_numbers_stay_exact_and_missing_values_stay_missing() {
        let gears: Series = [-1.0, f64::NAN, 3.0, 3.0, f64::INFINITY, 7.0].into_iter().collect();
        let packed = serde_json::to_value(gears).unwrap();
        assert_eq!(packed, json!({ "low": -1.0, "step": 1.0, "by": [0, null, 4, 0, null, 4] }));
    }

    #[test]
    fn times_keep_their_tenths_of_milliseconds() {
        let packed = serde_json::to_value(Series::of_seconds([0.0, 600.0001, 600.0003])).unwrap();
        for (back, expected) in unpacked(&packed).into_iter().zip([0.0, 600.0001, 600.0003]) {
            assert!((back - expected).abs() < 1e-4, "{back} {expected}");
        }
    }

    #[test]
    fn series_without_values_and_of_one_value_are_fine() {
        for (values, expected) in [
            (vec![], json!({ "low": 0.0, "step": 1.0, "by": [] })),
            (vec![f64::NAN], json!({ "low": 0.0, "step": 1.0, "by": [null] })),
            (vec![0.5, 0.5], json!({ "low": 0.5, "step": 1.0, "by": [0, 0] })),
        ] {
            assert_eq!(serde_json::to_value(values.into_iter().collect::<Series>()).unwrap(), expected);
        }
    }
}

//! One channel as it is to be written: what it is called, how often, and how its samples are stored.
//!
//! Between the exporter's numbers and the bytes of a sample. Missing values are held here, because a MoTeC log has none.

use super::names::motec_name;
use super::sample::SampleType;

/// How the samples of a channel are stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Storage {
    /// A float of 32 bits: seven digits, enough for everything but places on Earth.
    #[default]
    F32,
    /// A float of 64 bits. Only newer loggers write these, and not every reader knows them.
    F64,
    /// An integer of 16 bits: the value times ten to the power of `decimals`, rounded.
    I16 {
        /// Decimal places that are kept, 0 to 9.
        decimals: u8,
    },
    /// An integer of 32 bits: the value times ten to the power of `decimals`, rounded.
    I32 {
        /// Decimal places that are kept, 0 to 9.
        decimals: u8,
    },
}

impl Storage {
    /// The type that the file states.
    #[must_use]
    pub fn sample_type(self) -> SampleType {
        match self {
            Self::F32 => SampleType::F32,
            Self::F64 => SampleType::F64,
            Self::I16 { .. } => SampleType::I16,
            Self::I32 { .. } => SampleType::I32,
        }
    }

    /// Decimal places of the stored integer; 0 for floats.
    #[must_use]
    pub fn decimals(self) -> u8 {
        match self {
            Self::F32 | Self::F64 => 0,
            Self::I16 { decimals } | Self::I32 { decimals } => decimals.min(9),
        }
    }

    /// The raw number that stands for `value`, and whether it had to be clipped to what fits.
    pub(crate) fn raw(self, value: f64) -> (f64, bool) {
        let (least, most) = match self {
            Self::F32 => (f64::from(f32::MIN), f64::from(f32::MAX)),
            Self::F64 => (f64::MIN, f64::MAX),
            Self::I16 { .. } => (f64::from(i16::MIN), f64::from(i16::MAX)),
            Self::I32 { .. } => (f64::from(i32::MIN), f64::from(i32::MAX)),
        };
        let scaled = match self {
            Self::F32 | Self::F64 => value,
            Self::I16 { .. } | Self::I32 { .. } => {
                (value * 10_f64.powi(i32::from(self.decimals()))).round_ties_even()
            }
        };
        (scaled.clamp(least, most), scaled < least || scaled > most)
    }

    /// Appends the bytes of `raw`, which [`raw`](Self::raw) gave.
    #[expect(clippy::cast_possible_truncation, reason = "raw was rounded and clipped to the type's range")]
    pub(crate) fn put(self, raw: f64, out: &mut Vec<u8>) {
        match self {
            Self::F32 => out.extend((raw as f32).to_le_bytes()),
            Self::F64 => out.extend(raw.to_le_bytes()),
            Self::I16 { .. } => out.extend((raw as i16).to_le_bytes()),
            Self::I32 { .. } => out.extend((raw as i32).to_le_bytes()),
        }
    }

    /// What a reader of the file makes of `raw`, as text without needless digits.
    #[expect(clippy::cast_possible_truncation, reason = "raw was rounded and clipped to the type's range")]
    pub(crate) fn text(self, raw: f64) -> String {
        match self {
            Self::F32 => format!("{}", raw as f32),
            Self::F64 => format!("{raw}"),
            Self::I16 { .. } | Self::I32 { .. } => {
                let decimals = usize::from(self.decimals());
                format!("{:.decimals$}", raw / 10_f64.powi(i32::from(self.decimals())))
            }
        }
    }
}

/// One channel of a log that is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LdChannel {
    /// The name; 31 characters are kept.
    pub name: String,
    /// The short name; 7 characters are kept.
    pub short_name: String,
    /// The unit; 11 characters are kept.
    pub unit: String,
    /// Samples a second, 1 to 65535.
    pub hz: u16,
    /// How samples are stored.
    pub storage: Storage,
    /// The number of samples that will come at most; room is kept for them.
    pub samples: u32,
}

impl LdChannel {
    /// The channel that our channel `name` with `unit` becomes, by [`motec_name`]; rate and number of samples are 0
    /// and to be set. Values must be converted: [`MotecName::value`](super::MotecName::value).
    #[must_use]
    pub fn of(name: &str, unit: &str) -> Self {
        let name = motec_name(name, unit);
        Self {
            name: name.name.into_owned(),
            short_name: name.short_name.into_owned(),
            unit: name.unit.into_owned(),
            hz: 0,
            storage: name.storage,
            samples: 0,
        }
    }
}

/// The samples of one channel on their way out: holds what is missing, counts, and remembers the extremes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Column {
    last: Option<f64>,
    range: Option<(f64, f64)>,
    /// Samples that were given so far.
    pub(crate) samples: u32,
    /// Those of them that were missing, and hold the value before.
    pub(crate) held: u32,
    /// Those of them that did not fit and were clipped.
    pub(crate) clipped: u32,
}

impl Column {
    /// The raw number to store for `value`; not finite means missing.
    pub(crate) fn next(&mut self, storage: Storage, value: f64) -> f64 {
        let raw = if value.is_finite() {
            let (raw, clipped) = storage.raw(value);
            self.clipped += u32::from(clipped);
            self.last = Some(raw);
            raw
        } else {
            self.held += 1;
            self.last.unwrap_or(0.0)
        };
        self.samples += 1;
        let (least, most) = self.range.unwrap_or((raw, raw));
        self.range = Some((least.min(raw), most.max(raw)));
        raw
    }

    /// The largest and the smallest raw number so far, rounded to integers as loggers do; zeros before the first.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a float's extremes saturate; they are a hint for displays"
    )]
    pub(crate) fn extremes(&self) -> (i32, i32) {
        let (least, most) = self.range.unwrap_or((0.0, 0.0));
        (most.round_ties_even() as i32, least.round_ties_even() as i32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_stored_rounded_and_clipped() {
        for (storage, value, text, clipped) in [
            (Storage::F32, 1.5, "1.5", false),
            (Storage::F32, 0.1, "0.1", false),
            (Storage::F64, 50.437_222_1, "50.4372221", false),
            (Storage::I32 { decimals: 7 }, -179.999_999_94, "-179.9999999", false),
            (Storage::I32 { decimals: 7 }, 400.0, "214.7483647", true),
            (Storage::I16 { decimals: 0 }, -1.0, "-1", false),
            (Storage::I16 { decimals: 1 }, 99.96, "100.0", false),
            (Storage::I16 { decimals: 0 }, 1e9, "32767", true),
            (Storage::F32, 1e300, "340282350000000000000000000000000000000", true),
        ] {
            let (raw, was_clipped) = storage.raw(value);
            assert_eq!((storage.text(raw).as_str(), was_clipped), (text, clipped), "{storage:?} {value}");
        }
    }

    #[test]
    fn what_is_missing_holds_the_value_before_and_is_counted() {
        let mut column = Column::default();
        let values = [f64::NAN, 2.4, f64::INFINITY, -7.0, f64::NAN];
        let raw: Vec<f64> = values.into_iter().map(|value| column.next(Storage::F64, value)).collect();
        assert_eq!(raw, [0.0, 2.4, 2.4, -7.0, -7.0]);
        assert_eq!((column.samples, column.held, column.clipped), (5, 3, 0));
        assert_eq!(column.extremes(), (2, -7));
    }
}

//! One sample in a `.ld` file: which types there are, and the number that its bytes are.
//!
//! Below reader and writer. Knows no channel: scale and decimals are the reader's.

/// How one sample is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SampleType {
    /// A signed integer of 8 bits.
    I8,
    /// A signed integer of 16 bits.
    I16,
    /// A signed integer of 32 bits.
    I32,
    /// A float of 16 bits.
    F16,
    /// A float of 32 bits.
    F32,
    /// A float of 64 bits.
    F64,
    /// Something that nobody has described; its samples are not read.
    Unknown {
        /// The number of the class.
        class: u16,
        /// The width as the file states it, bytes.
        width: u16,
    },
}

impl SampleType {
    /// The type that a file means by `class` and `width`.
    #[must_use]
    pub fn of(class: u16, width: u16) -> Self {
        match (class, width) {
            (0 | 3 | 5, 1) => Self::I8,
            (0 | 3 | 5, 2) => Self::I16,
            (0 | 3 | 5, 4) => Self::I32,
            (7, 2) => Self::F16,
            (7, 4) => Self::F32,
            (8, 8) => Self::F64,
            _ => Self::Unknown { class, width },
        }
    }

    /// The size of one sample, bytes; 0 for an unknown type.
    #[must_use]
    pub fn width(self) -> u16 {
        match self {
            Self::I8 => 1,
            Self::I16 | Self::F16 => 2,
            Self::I32 | Self::F32 => 4,
            Self::F64 => 8,
            Self::Unknown { .. } => 0,
        }
    }

    /// The class that is written for this type.
    pub(crate) fn class(self) -> u16 {
        match self {
            Self::I8 | Self::I16 | Self::I32 => 3,
            Self::F16 | Self::F32 => 7,
            Self::F64 => 8,
            Self::Unknown { class, .. } => class,
        }
    }
}

/// The raw number in `sample`, whose length is the type's width.
pub(crate) fn raw(sample_type: SampleType, sample: &[u8]) -> f64 {
    match (sample_type, sample) {
        (SampleType::I8, [a]) => f64::from(a.cast_signed()),
        (SampleType::I16, [a, b]) => f64::from(i16::from_le_bytes([*a, *b])),
        (SampleType::F16, [a, b]) => half(u16::from_le_bytes([*a, *b])),
        (SampleType::I32, [a, b, c, d]) => f64::from(i32::from_le_bytes([*a, *b, *c, *d])),
        (SampleType::F32, [a, b, c, d]) => f64::from(f32::from_le_bytes([*a, *b, *c, *d])),
        (SampleType::F64, _) => sample.try_into().map_or(f64::NAN, f64::from_le_bytes),
        _ => f64::NAN,
    }
}

/// The value of an IEEE 754 float of 16 bits: sign, 5 bits of exponent, 10 of fraction.
fn half(bits: u16) -> f64 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff));
    match exponent {
        0 => sign * fraction * 2_f64.powi(-24),
        0x1f if fraction == 0.0 => sign * f64::INFINITY,
        0x1f => f64::NAN,
        _ => sign * (1024.0 + fraction) * 2_f64.powi(exponent - 25),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_for_a_type_is_read_as_that_type() {
        for kind in [SampleType::I8, SampleType::I16, SampleType::I32, SampleType::F32, SampleType::F64] {
            assert_eq!(SampleType::of(kind.class(), kind.width()), kind);
        }
    }

    #[test]
    fn floats_of_16_bits_are_read() {
        for (bits, value) in [
            (0x0000, 0.0),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65504.0),
            (0x3555, 0.333_251_953_125),
            (0x0001, 5.960_464_477_539_063e-8),
            (0x0400, 6.103_515_625e-5),
            (0xfc00, f64::NEG_INFINITY),
        ] {
            assert_eq!(half(bits), value, "{bits:#x}");
        }
        assert!(half(0x7e00).is_nan());
    }
}

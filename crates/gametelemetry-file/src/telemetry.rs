//! What a frame is: bytes, and for a frame with a Rust struct, its layout.
//!
//! Sources hand out frames, writers store their bytes, readers give the bytes back and view them as the struct
//! again. Does not say how a frame was obtained.

use std::fmt;
use std::sync::Arc;

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use crate::{Schema, text};

/// One moment of a game, ready to be stored: a frame.
///
/// `#[telemetry]` implements it for a packed struct; [`RawFrame`] is the frame of a game whose layout is known only
/// at run time.
pub trait Telemetry: Clone + Send + 'static {
    /// The bytes that a record keeps.
    fn as_bytes(&self) -> &[u8];
}

/// A frame whose layout is a packed Rust struct, described by `#[telemetry]`.
///
/// Not implemented by hand: the attribute adds `#[repr(C, packed)]`, the layout traits and the size check together,
/// so that none can be forgotten.
pub trait PackedFrame:
    Telemetry + Copy + Sync + FromBytes + IntoBytes + KnownLayout + Immutable + Unaligned
{
    /// The layout, built once.
    fn schema() -> &'static Schema;

    /// The bytes of a frame, seen as the struct, without a copy.
    ///
    /// # Errors
    /// When there are not exactly as many bytes as the struct has.
    fn view(bytes: &[u8]) -> Result<&Self, FrameSizeMismatch> {
        Self::ref_from_bytes(bytes).map_err(|_| FrameSizeMismatch {
            frame: Self::schema().name.clone(),
            expected: size_of::<Self>(),
            got: bytes.len(),
        })
    }

    /// A frame in which every byte is 0.
    #[must_use]
    fn zeroed() -> Self {
        Self::new_zeroed()
    }
}

/// Bytes that are not a frame of the expected type, because their number differs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a frame {frame} has {expected} bytes, got {got}")]
pub struct FrameSizeMismatch {
    /// The type that was expected.
    pub frame: String,
    /// Bytes it has.
    pub expected: usize,
    /// Bytes that were there.
    pub got: usize,
}

/// A frame of a layout that is known only at run time.
#[derive(Clone, Debug)]
pub struct RawFrame {
    schema: Arc<Schema>,
    bytes: Vec<u8>,
}

impl RawFrame {
    /// An empty frame of `schema`.
    #[must_use]
    pub fn new(schema: Arc<Schema>) -> Self {
        Self { schema, bytes: Vec::new() }
    }

    /// The layout of the bytes.
    #[must_use]
    pub fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    /// The bytes, to be filled by a source that uses one frame again and again.
    pub fn bytes_mut(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }
}

impl Telemetry for RawFrame {
    fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// UTF-16LE text of `N` code units, as Windows games write it; ends at the first 0.
#[derive(Clone, Copy, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(transparent)]
pub struct Utf16<const N: usize>([[u8; 2]; N]);

impl<const N: usize> Utf16<N> {
    /// `value`, cut to what fits before a final 0.
    #[must_use]
    pub fn new(value: &str) -> Self {
        let mut units = [[0; 2]; N];
        for (unit, code) in units.iter_mut().take(N.saturating_sub(1)).zip(value.encode_utf16()) {
            *unit = code.to_le_bytes();
        }
        Self(units)
    }
}

impl<const N: usize> fmt::Display for Utf16<N> {
    /// Prints the text; a lone surrogate becomes U+FFFD.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text::utf16(self.0.as_flattened()))
    }
}

impl<const N: usize> fmt::Debug for Utf16<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.to_string())
    }
}

/// UTF-8 (or ASCII) text of `N` bytes; ends at the first 0.
#[derive(Clone, Copy, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(transparent)]
pub struct Utf8<const N: usize>([u8; N]);

impl<const N: usize> Utf8<N> {
    /// `value`, cut at a character to what fits before a final 0.
    #[must_use]
    pub fn new(value: &str) -> Self {
        let end = value.floor_char_boundary(N.saturating_sub(1));
        let mut bytes = [0; N];
        for (to, from) in bytes.iter_mut().zip(value.as_bytes().iter().take(end)) {
            *to = *from;
        }
        Self(bytes)
    }
}

impl<const N: usize> fmt::Display for Utf8<N> {
    /// Prints the text; bytes that are no UTF-8 become U+FFFD.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text::utf8(&self.0))
    }
}

impl<const N: usize> fmt::Debug for Utf8<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_to_fit_and_ends_at_zero() {
        assert_eq!(Utf16::<5>::new("Monza").to_string(), "Monz");
        assert_eq!(Utf16::<33>::new("Nürburgring 🏁").to_string(), "Nürburgring 🏁");
        assert_eq!(Utf8::<6>::new("Nürbu").to_string(), "Nürb");
        assert_eq!(Utf8::<3>::new("aü").to_string(), "a");
    }
}

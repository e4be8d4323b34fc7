//! A truth value is an integer of 8 or 32 bits.
use gametelemetry_file::{Utf8, telemetry};

/// Flags that are none.
#[telemetry(size = 26, crate = gametelemetry_file)]
struct Flags {
    /// A float.
    #[field(flag)]
    float: f32,
    /// Floats.
    #[field(flag)]
    floats: [f32; 2],
    /// A width without a kind.
    #[field(flag)]
    wide: u64,
    /// Another.
    #[field(flag)]
    short: i16,
    /// A text.
    #[field(flag)]
    text: Utf8<4>,
}

fn main() {}

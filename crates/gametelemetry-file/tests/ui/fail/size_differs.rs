//! The struct is checked against the stated size, with both numbers in the message.
use gametelemetry_file::telemetry;

/// A field is missing.
#[telemetry(size = 800, crate = gametelemetry_file)]
struct Physics {
    /// One.
    one: [i32; 199],
}

/// There is one too many.
#[telemetry(size = 4, crate = gametelemetry_file)]
struct Graphics {
    /// One.
    one: [u8; 1234567],
}

/// Zero is a number too.
#[telemetry(size = 1, crate = gametelemetry_file)]
struct Static {}

fn main() {}

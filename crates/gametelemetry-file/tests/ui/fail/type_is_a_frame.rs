//! A nested frame is said to be one, and nothing else is.
use gametelemetry_file::telemetry;

/// A frame.
#[telemetry(size = 4, crate = gametelemetry_file)]
struct Inner {
    /// One.
    one: i32,
}

/// Forgot to say that its field is one.
#[telemetry(size = 4, crate = gametelemetry_file)]
struct Outer {
    /// The frame.
    inner: Inner,
}

/// Says it of a number.
#[telemetry(size = 4, crate = gametelemetry_file)]
struct Wrong {
    /// No frame.
    #[field(nested)]
    inner: i32,
}

fn main() {}

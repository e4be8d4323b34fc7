//! The size is required, and one a frame can have.
use gametelemetry_file::telemetry;

/// Says nothing.
#[telemetry]
struct Nothing {
    /// One.
    one: i32,
}

/// Says no size.
#[telemetry(crate = gametelemetry_file)]
struct Missing {
    /// One.
    one: i32,
}

/// Is nothing.
#[telemetry(size = 0, crate = gametelemetry_file)]
struct Zero {
    /// One.
    one: i32,
}

/// Is more than a frame may be.
#[telemetry(size = 67108865, crate = gametelemetry_file)]
struct Huge {
    /// One.
    one: i32,
}

/// Says it in words.
#[telemetry(size = "four", crate = gametelemetry_file)]
struct Words {
    /// One.
    one: i32,
}

fn main() {}

//! A counter of a nested frame is checked by its type.
use gametelemetry_file::telemetry;

/// A frame.
#[telemetry(size = 12, crate = gametelemetry_file)]
struct Inner {
    /// A float.
    time_s: f32,
    /// A truth value.
    #[field(flag)]
    on: i32,
    /// A counter.
    id: i32,
}

/// A float.
#[telemetry(size = 12, counter = inner.time_s, crate = gametelemetry_file)]
struct Float {
    /// One.
    #[field(nested)]
    inner: Inner,
}

/// A truth value.
#[telemetry(size = 12, counter = inner.on, crate = gametelemetry_file)]
struct Flag {
    /// One.
    #[field(nested)]
    inner: Inner,
}

/// No such field.
#[telemetry(size = 12, counter = inner.step, crate = gametelemetry_file)]
struct Missing {
    /// One.
    #[field(nested)]
    inner: Inner,
}

fn main() {}

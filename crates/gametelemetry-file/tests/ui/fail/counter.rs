//! What `counter` must name, as far as spelling tells.
use gametelemetry_file::telemetry;

/// A frame.
#[telemetry(size = 4, crate = gametelemetry_file)]
struct Inner {
    /// One.
    one: i32,
}

/// No such field.
#[telemetry(size = 8, counter = packet, crate = gametelemetry_file)]
struct Missing {
    /// One.
    packet_id: i32,
    /// Two.
    speed_kmh: f32,
}

/// A float.
#[telemetry(size = 4, counter = time_s, crate = gametelemetry_file)]
struct Float {
    /// One.
    time_s: f32,
}

/// An array.
#[telemetry(size = 8, counter = ids, crate = gametelemetry_file)]
struct Array {
    /// One.
    ids: [i32; 2],
}

/// A truth value.
#[telemetry(size = 4, counter = on, crate = gametelemetry_file)]
struct Flag {
    /// One.
    #[field(flag)]
    on: i32,
}

/// Padding.
#[telemetry(size = 4, counter = pad, crate = gametelemetry_file)]
struct Skipped {
    #[field(skip)]
    pad: i32,
}

/// A whole frame.
#[telemetry(size = 4, counter = inner, crate = gametelemetry_file)]
struct Nested {
    /// One.
    #[field(nested)]
    inner: Inner,
}

/// A field of a number.
#[telemetry(size = 4, counter = id.one, crate = gametelemetry_file)]
struct Deep {
    /// One.
    id: i32,
}

fn main() {}

//! Options of `#[telemetry]` that are wrong.
use gametelemetry_file::telemetry;

/// Unknown options; every one of them is reported.
#[telemetry(size = 4, versoin = "1", packed, sizes(1, 2), crate = gametelemetry_file)]
struct Unknown {
    /// One.
    one: i32,
}

/// Options given twice.
#[telemetry(size = 4, size = 5, version = "1", version = "1", crate = gametelemetry_file)]
struct Twice {
    /// One.
    one: i32,
}

/// Values that are none.
#[telemetry(size = 4, version = "", name = 3, counter = "one", reference, crate = gametelemetry_file)]
struct Values {
    /// One.
    one: i32,
}

/// Commas are missing.
#[telemetry(size = 4 version = "1" crate = gametelemetry_file)]
struct Commas {
    /// One.
    one: i32,
}

fn main() {}

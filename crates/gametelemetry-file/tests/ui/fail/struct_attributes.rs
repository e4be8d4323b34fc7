//! What `#[telemetry]` adds itself, and what would change the layout.
use gametelemetry_file::telemetry;

/// Has a type for any.
#[telemetry(size = 4, crate = gametelemetry_file)]
struct Generic<T> {
    /// Any.
    any: T,
}

/// Has a representation.
#[telemetry(size = 4, crate = gametelemetry_file)]
#[repr(C)]
struct Represented {
    /// One.
    one: i32,
}

/// Derives what is derived already.
#[telemetry(size = 4, crate = gametelemetry_file)]
#[derive(Clone, Copy, PartialEq)]
#[derive(std::fmt::Debug)]
struct Derived {
    /// One.
    one: i32,
}

/// Differs between machines.
#[telemetry(size = 4, crate = gametelemetry_file)]
struct Conditional {
    /// One.
    #[cfg(windows)]
    one: i32,
    /// Two.
    two: i32,
}

fn main() {}

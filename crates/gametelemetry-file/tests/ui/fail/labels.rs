//! Labels that are wrong.
use gametelemetry_file::telemetry;

/// Labels that are wrong.
#[telemetry(size = 33, crate = gametelemetry_file)]
struct Labels {
    /// On a float.
    #[field(labels(0 = "off"))]
    float: f32,
    /// One value twice.
    #[field(labels(0 = "off", 1 = "on", 0 = "none", 0x1 = "one"))]
    twice: i32,
    /// Values that never occur.
    #[field(labels(-1 = "none", 255 = "all", 256 = "more"))]
    range: u8,
    /// No value at all.
    #[field(labels())]
    empty: i32,
    /// No list.
    #[field(labels = "off")]
    no_list: i32,
    /// Larger than any label.
    #[field(labels(9223372036854775808 = "most"))]
    most: u64,
    /// No name.
    #[field(labels(0))]
    no_name: i32,
    /// An empty name.
    #[field(labels(0 = ""))]
    empty_name: i32,
}

fn main() {}

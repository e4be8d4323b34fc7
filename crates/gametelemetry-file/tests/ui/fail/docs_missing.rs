//! Every field but a skipped one says what it is.
use gametelemetry_file::telemetry;

/// Says nothing of its fields.
#[telemetry(size = 12, crate = gametelemetry_file)]
struct Silent {
    one: i32,
    // An ordinary comment is not kept in a file.
    #[field(unit = "m")]
    two: f32,
    ///
    three: f32,
}

fn main() {}

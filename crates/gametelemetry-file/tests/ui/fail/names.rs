//! A setter's name may be taken.
use gametelemetry_file::telemetry;

/// A field is called as the setter of another.
#[telemetry(size = 8, crate = gametelemetry_file)]
struct Names {
    /// Speed of the car.
    speed: f32,
    /// Speed that is set.
    set_speed: f32,
}

fn main() {}

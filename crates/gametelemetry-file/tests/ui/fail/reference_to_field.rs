//! A reference to a packed field does not compile; its getter does.
use gametelemetry_file::{PackedFrame, telemetry};

/// Packed: a reference to a field may be unaligned.
#[telemetry(size = 5, crate = gametelemetry_file)]
struct Physics {
    /// The gear.
    gear: u8,
    /// Speed of the car.
    speed_kmh: f32,
}

fn main() {
    let physics = Physics::zeroed();
    println!("{}", physics.speed_kmh());
    println!("{}", physics.speed_kmh);
    let _ = &physics.speed_kmh;
}

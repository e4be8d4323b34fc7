//! The example of the macro's own documentation, which cannot run there, and the default path to the traits.
extern crate gametelemetry_file as gametelemetry;

use gametelemetry::{PackedFrame, telemetry};

/// What the physics step says of the player's car.
#[telemetry(size = 29, version = "1.8.12", counter = packet_id, reference = "ACC Shared Memory Documentation")]
pub struct Physics {
    /// Index of the current step.
    packet_id: i32,
    /// Speed of the car.
    #[field(unit = "km/h")]
    speed_kmh: f32,
    /// Slip of each tyre, FL FR RL RR.
    wheel_slip: [f32; 4],
    /// Pit limiter is on.
    #[field(flag)]
    pit_limiter_on: u8,
    /// What the game is doing.
    #[field(labels(0 = "off", 1 = "replay", 2 = "live", 3 = "pause"))]
    status: u16,
    #[field(skip)]
    _pad: [u8; 2],
}

fn main() {
    let mut physics = Physics::zeroed();
    physics.set_speed_kmh(251.5);
    println!("{} km/h", physics.speed_kmh());
    assert_eq!(Physics::schema().counter.as_deref(), Some("packet_id"));
}

//! What the longer packets add behind the 296 bytes that all have.
//!
//! Flat tables, one a packet.

use gametelemetry::{Utf8, telemetry};

/// What `B` adds: steering and accelerations. Without gravity.
#[telemetry(size = 20, reference = "Nenkai/PDTools#14; zetetos/gt-telemetry gran_turismo_telemetry.ksy")]
pub struct AddedB {
    /// Angle of the steering wheel, positive to the left.
    #[field(unit = "rad")]
    steering_wheel_rad: f32,
    /// Turning rate of the steering wheel.
    #[field(unit = "rad/s")]
    steering_wheel_rate_rad_s: f32,
    /// Acceleration to the right.
    #[field(unit = "m/s²")]
    sway_m_s2: f32,
    /// Acceleration upwards.
    #[field(unit = "m/s²")]
    heave_m_s2: f32,
    /// Acceleration forwards.
    #[field(unit = "m/s²")]
    surge_m_s2: f32,
}

/// What `~` adds: pedals, and the motors of electric cars.
#[telemetry(
    size = 28,
    reference = "Nenkai/PDTools#18; zetetos/gt-telemetry gran_turismo_telemetry.ksy; MacManley/gt7-udp README"
)]
pub struct AddedTilde {
    /// Throttle pedal before the traction control, 0 to 255.
    throttle_input: u8,
    /// Brake after the anti-lock brake, 0 to 255; 0 in replays.
    brake_output: u8,
    /// Of no known meaning; perhaps the kind of drive, 4 in electric cars.
    unknown_13e: u8,
    /// Of no known meaning; perhaps whether fuel is used.
    unknown_13f: u8,
    /// Torque at each wheel of a car that steers by it, FL FR RL RR: above 0 drives, below 0 brakes.
    torque_vectoring: [f32; 4],
    /// Energy that is won back, in an unknown unit.
    energy_recovery: f32,
    /// Of no known meaning.
    unknown_154: f32,
}

/// What `C` adds: surfaces, the time of the lap, and how the wheels stand.
#[telemetry(
    size = 24,
    reference = "Nenkai/PDTools#18; zetetos/gt-telemetry gran_turismo_telemetry.ksy; MacManley/gt7-udp README"
)]
pub struct AddedC {
    /// What each wheel is on, FL FR RL RR, as a letter.
    #[field(labels(67 = "kerb", 68 = "dirt", 71 = "grass", 83 = "sand", 84 = "tarmac", 115 = "snow"))]
    surface: [u8; 4],
    /// Time of the lap, -1 outside races.
    #[field(unit = "ms")]
    current_lap_time_ms: i32,
    /// Angle of the front wheels, left and right, positive to the left.
    #[field(unit = "rad")]
    front_wheel_rad: [f32; 2],
    /// From the front to the rear wheel on the left side; changes when steering.
    #[field(unit = "m")]
    wheelbase_left_m: f32,
    /// Category of the car, as `GR3`.
    category: Utf8<4>,
}

const _: () = {
    use super::PacketA;
    let (a, b, tilde) = (size_of::<PacketA>(), size_of::<AddedB>(), size_of::<AddedTilde>());
    assert!(a + b == 316 && a + b + tilde == 344 && a + b + tilde + size_of::<AddedC>() == 368);
};

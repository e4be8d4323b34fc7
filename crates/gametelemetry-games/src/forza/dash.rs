//! What stands behind the first 232 bytes: the dashboard, and what single games add.
//!
//! Flat tables, one a part.

use gametelemetry::telemetry;

/// What a dashboard shows.
#[telemetry(
    size = 79,
    reference = "Forza Motorsport \"Data Out\" Documentation (support.forzamotorsport.net/hc/en-us/articles/21742934024211)"
)]
pub struct Dash {
    /// Place in the world: x, y up, z.
    #[field(unit = "m")]
    position_m: [f32; 3],
    /// Speed of the car.
    #[field(unit = "m/s")]
    speed_m_s: f32,
    /// Power of the engine, below 0 when it brakes.
    #[field(unit = "W")]
    power_w: f32,
    /// Torque of the engine.
    #[field(unit = "N·m")]
    torque_n_m: f32,
    /// Temperature of each tyre, FL FR RL RR. The documentation names no unit; the numbers are Fahrenheit.
    #[field(unit = "°F")]
    tire_temperature_f: [f32; 4],
    /// Pressure of turbo or compressor above that of the air.
    #[field(unit = "psi")]
    boost_psi: f32,
    /// Fuel, 0 empty to 1 full; in the Horizon games always 1.
    fuel: f32,
    /// Way driven.
    #[field(unit = "m")]
    distance_traveled_m: f32,
    /// Best lap of the race, 0 when there is none.
    #[field(unit = "s")]
    best_lap_s: f32,
    /// Last lap, 0 when there is none.
    #[field(unit = "s")]
    last_lap_s: f32,
    /// Time of this lap, 0 outside races.
    #[field(unit = "s")]
    current_lap_s: f32,
    /// Time since the race, or the drive, began.
    #[field(unit = "s")]
    current_race_time_s: f32,
    /// Laps finished: 0 in the first lap.
    lap_number: u16,
    /// Place in the race, 1 first; 0 outside races.
    race_position: u8,
    /// Throttle pedal, 0 to 255.
    accel: u8,
    /// Brake pedal, 0 to 255.
    brake: u8,
    /// Clutch pedal, 0 to 255.
    clutch: u8,
    /// Handbrake, 0 to 255.
    hand_brake: u8,
    /// Gear: 0 reverse, 1 first. While the gearbox shifts, and in neutral, it is 11.
    #[field(labels(0 = "reverse", 11 = "neutral"))]
    gear: u8,
    /// Steering wheel, -127 full left to 127 full right.
    steer: i8,
    /// How near the car is to the driving line, -127 to 127.
    normalized_driving_line: i8,
    /// How differently from the computer's driver the player brakes, -127 to 127.
    normalized_ai_brake_difference: i8,
}

/// What the Horizon games have between the two parts.
///
/// Horizon 4 and 5 never documented it; the names are those of Horizon 6.
#[telemetry(
    size = 12,
    reference = "Forza Horizon 6 \"Data Out\" Documentation (support.forza.net/hc/en-us/articles/51744149102611)"
)]
pub struct HorizonExtra {
    /// Group that the car belongs to, by the game's own number.
    car_group: u32,
    /// Speed lost to a smashed object.
    #[field(unit = "m/s")]
    smashable_velocity_difference_m_s: f32,
    /// Mass of the object that was smashed.
    #[field(unit = "kg")]
    smashable_mass_kg: f32,
}

/// The byte at the end of a packet of the Horizon games.
#[telemetry(
    size = 1,
    reference = "Forza Horizon 6 \"Data Out\" Documentation: its fields have 323 bytes, the packet 324"
)]
pub struct HorizonTail {
    /// Of no known meaning.
    unknown: u8,
}

/// What Motorsport (2023) has at the end.
#[telemetry(
    size = 20,
    reference = "Forza Motorsport \"Data Out\" Documentation (support.forzamotorsport.net/hc/en-us/articles/21742934024211)"
)]
pub struct MotorsportExtra {
    /// Wear of each tyre, 0 new to 1 worn, FL FR RL RR.
    tire_wear: [f32; 4],
    /// The track, by the game's own number.
    track_ordinal: i32,
}

const _: () = {
    use super::Sled;
    assert!(size_of::<Sled>() + size_of::<Dash>() == 311);
    assert!(
        size_of::<Sled>() + size_of::<HorizonExtra>() + size_of::<Dash>() + size_of::<HorizonTail>() == 324
    );
    assert!(size_of::<Sled>() + size_of::<Dash>() + size_of::<MotorsportExtra>() == 331);
};

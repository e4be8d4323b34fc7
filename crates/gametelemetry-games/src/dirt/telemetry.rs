//! The packet of 66 numbers.
//!
//! A flat table. The layout was made for the F1 games of 2010 and on; DiRT fills only a part of it, and what it was
//! seen to leave at 0 is said so.

use gametelemetry::telemetry;

/// The car, the stage and its times. The world's axes are right-handed: y is up. Wheels are RL RR FL FR.
#[telemetry(
    size = 264,
    version = "extradata 3",
    reference = "ErlerPhilipp/dr2_logger source/dirt_rally/udp_data.py; Codemasters D4 UDP documentation"
)]
pub struct Telemetry {
    /// Time since the game began the stage, its countdown included.
    #[field(unit = "s")]
    run_time_s: f32,
    /// Time since the start.
    #[field(unit = "s")]
    lap_time_s: f32,
    /// Way along the stage, or along the lap.
    #[field(unit = "m")]
    lap_distance_m: f32,
    /// Share of the stage that is driven, 0 to 1.
    progress: f32,
    /// Place in the world: x, y up, z.
    #[field(unit = "m")]
    position_m: [f32; 3],
    /// Speed of the car.
    #[field(unit = "m/s")]
    speed_m_s: f32,
    /// Velocity in the world.
    #[field(unit = "m/s")]
    velocity_m_s: [f32; 3],
    /// Direction to the right of the car, of length 1, in the world.
    right_direction: [f32; 3],
    /// Direction ahead of the car, of length 1, in the world.
    forward_direction: [f32; 3],
    /// Suspension travel of each wheel, above 0 compressed.
    #[field(unit = "mm")]
    suspension_position_mm: [f32; 4],
    /// Speed of each suspension.
    #[field(unit = "mm/s")]
    suspension_velocity_mm_s: [f32; 4],
    /// Speed of each wheel's tread.
    #[field(unit = "m/s")]
    wheel_speed_m_s: [f32; 4],
    /// Throttle pedal, 0 to 1.
    throttle: f32,
    /// Steering wheel, -1 full left to 1 full right.
    steering: f32,
    /// Brake pedal, 0 to 1.
    brake: f32,
    /// Clutch pedal, 0 to 1.
    clutch: f32,
    /// Gear: 0 neutral, 1 first; reverse is -1 or 10, which differs between the games.
    gear: f32,
    /// Acceleration to the left.
    #[field(unit = "g")]
    g_force_lateral_g: f32,
    /// Acceleration forwards.
    #[field(unit = "g")]
    g_force_longitudinal_g: f32,
    /// The lap, from 0; always 0 on a stage.
    current_lap: f32,
    /// Speed of the engine, a tenth of it.
    #[field(unit = "10 rpm")]
    engine_rate_10_rpm: f32,
    /// The game speaks to SLI Pro displays.
    sli_pro_native_support: f32,
    /// Place in the race, 1 first.
    race_position: f32,
    /// Energy left in the battery; 0 in DiRT.
    kers_level: f32,
    /// Energy that the battery holds; 0 in DiRT.
    kers_max_level: f32,
    /// Drag reduction; 0 in DiRT.
    drs: f32,
    /// Setting of the traction control; 0 in DiRT.
    traction_control: f32,
    /// Setting of the anti-lock brake; 0 in DiRT.
    anti_lock_brakes: f32,
    /// Fuel in the tank; 0 in DiRT.
    fuel_in_tank: f32,
    /// Size of the tank; 0 in DiRT.
    fuel_capacity: f32,
    /// In the pits: 0 no, 1 on the way, 2 in the pit area; 0 in DiRT.
    in_pits: f32,
    /// Sector of the lap, from 0; a stage has four.
    sector: f32,
    /// How long sector 1 took, 0 until it is driven.
    #[field(unit = "s")]
    sector_1_time_s: f32,
    /// How long sector 2 took, 0 until it is driven.
    #[field(unit = "s")]
    sector_2_time_s: f32,
    /// Temperature of each brake.
    #[field(unit = "°C")]
    brake_temperature_c: [f32; 4],
    /// Pressure of each tyre; 0 in DiRT.
    #[field(unit = "psi")]
    tyre_pressure_psi: [f32; 4],
    /// Laps finished.
    laps_completed: f32,
    /// Laps of the race; 1 on a stage.
    total_laps: f32,
    /// Length of the stage, or of the lap.
    #[field(unit = "m")]
    track_length_m: f32,
    /// Last lap; 0 when there is none.
    #[field(unit = "s")]
    last_lap_time_s: f32,
    /// Highest speed of the engine, a tenth of it.
    #[field(unit = "10 rpm")]
    max_rate_10_rpm: f32,
    /// Speed of the engine without throttle, a tenth of it.
    #[field(unit = "10 rpm")]
    idle_rate_10_rpm: f32,
    /// Forward gears of the car.
    max_gears: f32,
}

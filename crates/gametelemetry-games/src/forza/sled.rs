//! The first 232 bytes of every packet: motion, wheels, and which car it is.
//!
//! A flat table. All angles, forces and speeds are in the car's own axes: x right, y up, z forwards.

use gametelemetry::telemetry;

/// What every packet begins with.
#[telemetry(
    size = 232,
    reference = "Forza Motorsport \"Data Out\" Documentation (support.forzamotorsport.net/hc/en-us/articles/21742934024211)"
)]
pub struct Sled {
    /// The car is driven by the player. In menus, when paused and after a race it is not, and everything but the time
    /// is 0.
    #[field(flag)]
    is_race_on: i32,
    /// Time since an unknown moment. Advances once a picture; begins at 0 again after 2^32 ms.
    #[field(unit = "ms")]
    timestamp_ms: u32,
    /// Highest speed of the engine.
    #[field(unit = "rpm")]
    engine_max_rpm: f32,
    /// Speed of the engine without throttle.
    #[field(unit = "rpm")]
    engine_idle_rpm: f32,
    /// Speed of the engine.
    #[field(unit = "rpm")]
    engine_rpm: f32,
    /// Acceleration of the car: x right, y up, z forwards.
    #[field(unit = "m/s²")]
    acceleration_m_s2: [f32; 3],
    /// Velocity in car axes: x right, y up, z forwards.
    #[field(unit = "m/s")]
    velocity_m_s: [f32; 3],
    /// Rotation around the car's axes: x pitch, y yaw, z roll.
    #[field(unit = "rad/s")]
    angular_velocity_rad_s: [f32; 3],
    /// Where the nose points, 0 along the world's z, growing towards its x (to the right).
    #[field(unit = "rad")]
    yaw_rad: f32,
    /// Nose up or down.
    #[field(unit = "rad")]
    pitch_rad: f32,
    /// Lean to a side.
    #[field(unit = "rad")]
    roll_rad: f32,
    /// Suspension, 0 stretched to 1 compressed, FL FR RL RR.
    normalized_suspension_travel: [f32; 4],
    /// Slip along the tyre, FL FR RL RR: 0 is full grip, beyond -1 and 1 the grip is lost.
    tire_slip_ratio: [f32; 4],
    /// Turning rate of each wheel, FL FR RL RR.
    #[field(unit = "rad/s")]
    wheel_rotation_speed_rad_s: [f32; 4],
    /// The wheel is on a rumble strip, FL FR RL RR.
    #[field(flag)]
    wheel_on_rumble_strip: [i32; 4],
    /// Depth of the puddle under the wheel, 0 to 1, FL FR RL RR. Horizon 6 documents a whole number here, 1 in a
    /// puddle, which reads as a number next to 0.
    wheel_in_puddle_depth: [f32; 4],
    /// What the surface adds to the controller's vibration, without a unit, FL FR RL RR.
    surface_rumble: [f32; 4],
    /// Slip across the tyre, FL FR RL RR: 0 is full grip, beyond -1 and 1 the grip is lost. No angle, although it is
    /// called so.
    tire_slip_angle: [f32; 4],
    /// Both slips together, FL FR RL RR: 0 is full grip, beyond 1 the grip is lost.
    tire_combined_slip: [f32; 4],
    /// Suspension travel, FL FR RL RR.
    #[field(unit = "m")]
    suspension_travel_m: [f32; 4],
    /// The car's make and model, by the game's own number.
    car_ordinal: i32,
    /// Class of the car: 0 (D, the slowest cars) to 7 (X, the fastest).
    car_class: i32,
    /// How fast the car is, 100 slowest to 999 fastest.
    car_performance_index: i32,
    /// Which wheels are driven.
    #[field(labels(0 = "front", 1 = "rear", 2 = "all"))]
    drivetrain_type: i32,
    /// Cylinders of the engine.
    num_cylinders: i32,
}

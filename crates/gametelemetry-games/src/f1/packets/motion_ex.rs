//! More of the player's motion: the packet with id 13, at the rate set in the menu, from 2023 on.
//!
//! Wheels come in the order RL, RR, FL, FR. Each year added fields at the end, so a later layout begins as the
//! earlier one; what they share is [`WheelMotion`].

use gametelemetry::telemetry;

use super::header::Header23;

/// What all years have, player's car only.
#[telemetry(size = 188, reference = "Data Output from F1 23 Game, Motion Ex Packet")]
pub struct WheelMotion {
    /// Place of each wheel on its suspension: RL, RR, FL, FR. The unit is not documented; values seen are millimetres.
    #[field(unit = "mm")]
    suspension_position_mm: [f32; 4],
    /// Speed of each suspension: RL, RR, FL, FR.
    #[field(unit = "mm/s")]
    suspension_velocity_mm_s: [f32; 4],
    /// Acceleration of each suspension: RL, RR, FL, FR.
    #[field(unit = "mm/s²")]
    suspension_acceleration_mm_s2: [f32; 4],
    /// Speed of each wheel's tread: RL, RR, FL, FR.
    #[field(unit = "m/s")]
    wheel_speed_m_s: [f32; 4],
    /// Lengthways slip of each wheel: RL, RR, FL, FR.
    wheel_slip_ratio: [f32; 4],
    /// Sideways slip of each wheel: RL, RR, FL, FR.
    #[field(unit = "rad")]
    wheel_slip_angle_rad: [f32; 4],
    /// Sideways force at each wheel: RL, RR, FL, FR.
    #[field(unit = "N")]
    wheel_lat_force_n: [f32; 4],
    /// Lengthways force at each wheel: RL, RR, FL, FR.
    #[field(unit = "N")]
    wheel_long_force_n: [f32; 4],
    /// Height of the centre of gravity above the ground.
    #[field(unit = "m")]
    height_of_cog_above_ground_m: f32,
    /// Velocity in the car's own axes, x: sideways.
    #[field(unit = "m/s")]
    local_velocity_x_m_s: f32,
    /// Velocity in the car's own axes, y: up.
    #[field(unit = "m/s")]
    local_velocity_y_m_s: f32,
    /// Velocity in the car's own axes, z: ahead.
    #[field(unit = "m/s")]
    local_velocity_z_m_s: f32,
    /// Turning rate around x: pitching.
    #[field(unit = "rad/s")]
    angular_velocity_x_rad_s: f32,
    /// Turning rate around y: yawing.
    #[field(unit = "rad/s")]
    angular_velocity_y_rad_s: f32,
    /// Turning rate around z: rolling.
    #[field(unit = "rad/s")]
    angular_velocity_z_rad_s: f32,
    /// Change of the turning rate around x.
    #[field(unit = "rad/s²")]
    angular_acceleration_x_rad_s2: f32,
    /// Change of the turning rate around y.
    #[field(unit = "rad/s²")]
    angular_acceleration_y_rad_s2: f32,
    /// Change of the turning rate around z.
    #[field(unit = "rad/s²")]
    angular_acceleration_z_rad_s2: f32,
    /// How far the front wheels are turned.
    #[field(unit = "rad")]
    front_wheels_angle_rad: f32,
    /// Load on each wheel: RL, RR, FL, FR.
    #[field(unit = "N")]
    wheel_vert_force_n: [f32; 4],
}

/// What was added in 2024.
#[telemetry(size = 20, reference = "Data Output from F1 24 Game, Motion Ex Packet")]
pub struct ChassisMotion {
    /// Height of the plank's front edge above the road.
    #[field(unit = "m")]
    front_aero_height_m: f32,
    /// Height of the plank's rear edge above the road.
    #[field(unit = "m")]
    rear_aero_height_m: f32,
    /// Roll of the front suspension.
    #[field(unit = "rad")]
    front_roll_angle_rad: f32,
    /// Roll of the rear suspension.
    #[field(unit = "rad")]
    rear_roll_angle_rad: f32,
    /// Yaw of the chassis against the direction in which it moves.
    #[field(unit = "rad")]
    chassis_yaw_rad: f32,
}

/// Format 2023.
#[telemetry(size = 217, reference = "Data Output from F1 23 Game, Motion Ex Packet")]
pub struct MotionEx23 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header23,
    /// The player's car.
    #[field(nested)]
    car: WheelMotion,
}

/// Format 2024.
#[telemetry(size = 237, reference = "Data Output from F1 24 Game, Motion Ex Packet")]
pub struct MotionEx24 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header23,
    /// The player's car.
    #[field(nested)]
    car: WheelMotion,
    /// The player's chassis.
    #[field(nested)]
    chassis: ChassisMotion,
}

/// Formats 2025 and 2026.
#[telemetry(size = 273, reference = "Data Output from F1 25 Game, Motion Ex Packet")]
pub struct MotionEx25 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header23,
    /// The player's car.
    #[field(nested)]
    car: WheelMotion,
    /// The player's chassis.
    #[field(nested)]
    chassis: ChassisMotion,
    /// Pitch of the chassis against the direction in which it moves.
    #[field(unit = "rad")]
    chassis_pitch_rad: f32,
    /// Camber of each wheel: RL, RR, FL, FR.
    #[field(unit = "rad")]
    wheel_camber_rad: [f32; 4],
    /// Difference between active and dynamic camber of each wheel: RL, RR, FL, FR.
    #[field(unit = "rad")]
    wheel_camber_gain_rad: [f32; 4],
}

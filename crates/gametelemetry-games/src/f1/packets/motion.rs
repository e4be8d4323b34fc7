//! Motion of all cars: the packet with id 0, at the rate set in the menu.
//!
//! World axes are metres, y is up, and right-handed: seen along z, x points to the left. Directions are vectors of
//! length 1, stored as a part of 32767.

use gametelemetry::telemetry;

use super::header::{Header22, Header23};

/// How one car moves.
#[telemetry(size = 60, reference = "Data Output from F1 25 Game, Motion Packet")]
pub struct CarMotion22 {
    /// Place in the world, x.
    #[field(unit = "m")]
    world_position_x_m: f32,
    /// Place in the world, y: the height.
    #[field(unit = "m")]
    world_position_y_m: f32,
    /// Place in the world, z.
    #[field(unit = "m")]
    world_position_z_m: f32,
    /// Velocity in the world, x.
    #[field(unit = "m/s")]
    world_velocity_x_m_s: f32,
    /// Velocity in the world, y.
    #[field(unit = "m/s")]
    world_velocity_y_m_s: f32,
    /// Velocity in the world, z.
    #[field(unit = "m/s")]
    world_velocity_z_m_s: f32,
    /// Where the nose points, x; 32767 is 1.
    world_forward_dir_x: i16,
    /// Where the nose points, y; 32767 is 1.
    world_forward_dir_y: i16,
    /// Where the nose points, z; 32767 is 1.
    world_forward_dir_z: i16,
    /// Where the car's right side is, x; 32767 is 1.
    world_right_dir_x: i16,
    /// Where the car's right side is, y; 32767 is 1.
    world_right_dir_y: i16,
    /// Where the car's right side is, z; 32767 is 1.
    world_right_dir_z: i16,
    /// Sideways acceleration.
    #[field(unit = "g")]
    g_force_lateral_g: f32,
    /// Lengthways acceleration, positive when speeding up.
    #[field(unit = "g")]
    g_force_longitudinal_g: f32,
    /// Vertical acceleration, 0 when standing.
    #[field(unit = "g")]
    g_force_vertical_g: f32,
    /// Heading: 0 looks along z, a quarter turn along x.
    #[field(unit = "rad")]
    yaw_rad: f32,
    /// Nose up or down.
    #[field(unit = "rad")]
    pitch_rad: f32,
    /// Lean to a side.
    #[field(unit = "rad")]
    roll_rad: f32,
}

/// How one car moves, in format 2026: accelerations are whole thousandths.
#[telemetry(size = 54, reference = "Data Output from F1 25 2026 Season DLC, Motion Packet")]
pub struct CarMotion26 {
    /// Place in the world, x.
    #[field(unit = "m")]
    world_position_x_m: f32,
    /// Place in the world, y: the height.
    #[field(unit = "m")]
    world_position_y_m: f32,
    /// Place in the world, z.
    #[field(unit = "m")]
    world_position_z_m: f32,
    /// Velocity in the world, x.
    #[field(unit = "m/s")]
    world_velocity_x_m_s: f32,
    /// Velocity in the world, y.
    #[field(unit = "m/s")]
    world_velocity_y_m_s: f32,
    /// Velocity in the world, z.
    #[field(unit = "m/s")]
    world_velocity_z_m_s: f32,
    /// Where the nose points, x; 32767 is 1.
    world_forward_dir_x: i16,
    /// Where the nose points, y; 32767 is 1.
    world_forward_dir_y: i16,
    /// Where the nose points, z; 32767 is 1.
    world_forward_dir_z: i16,
    /// Where the car's right side is, x; 32767 is 1.
    world_right_dir_x: i16,
    /// Where the car's right side is, y; 32767 is 1.
    world_right_dir_y: i16,
    /// Where the car's right side is, z; 32767 is 1.
    world_right_dir_z: i16,
    /// Sideways acceleration, in thousandths of g.
    #[field(unit = "mg")]
    g_force_lateral_mg: i16,
    /// Lengthways acceleration, in thousandths of g, positive when speeding up.
    #[field(unit = "mg")]
    g_force_longitudinal_mg: i16,
    /// Vertical acceleration, in thousandths of g, 0 when standing.
    #[field(unit = "mg")]
    g_force_vertical_mg: i16,
    /// Heading: 0 looks along z, a quarter turn along x.
    #[field(unit = "rad")]
    yaw_rad: f32,
    /// Nose up or down.
    #[field(unit = "rad")]
    pitch_rad: f32,
    /// Lean to a side.
    #[field(unit = "rad")]
    roll_rad: f32,
}

/// What format 2022 says of the player's car in its motion packet; later formats have a packet of its own for it.
///
/// Wheels come in the order RL, RR, FL, FR.
#[telemetry(size = 120, reference = "Data Output from F1 22 Game, Motion Packet")]
pub struct PlayerMotion22 {
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
    /// Velocity of the player's car in its own axes, x: sideways.
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
}

/// Motion in format 2022.
#[telemetry(size = 1464, reference = "Data Output from F1 22 Game, Motion Packet")]
pub struct Motion22 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header22,
    /// The cars, by their index.
    #[field(nested)]
    cars: [CarMotion22; 22],
    /// The player's car.
    #[field(nested)]
    car: PlayerMotion22,
}

/// Motion in the formats 2023 to 2025.
#[telemetry(size = 1349, reference = "Data Output from F1 25 Game, Motion Packet")]
pub struct Motion23 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header23,
    /// The cars, by their index.
    #[field(nested)]
    cars: [CarMotion22; 22],
}

/// Motion in format 2026.
#[telemetry(size = 1325, reference = "Data Output from F1 25 2026 Season DLC, Motion Packet")]
pub struct Motion26 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header23,
    /// The cars, by their index.
    #[field(nested)]
    cars: [CarMotion26; 24],
}

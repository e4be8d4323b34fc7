//! The parts that the packets of both structures are made of.
//!
//! Flat tables. Each part is a run of channels that stand together in several packets; see [`super::schema`] for what
//! is made of them. The world's axes are right-handed: x left, y up, z forwards on the map. Wheels are BL BR FL FR
//! (back and front).

use gametelemetry::{Utf8, telemetry};

/// How `session_update` of structure `wrc` begins.
#[telemetry(
    size = 41,
    version = "3",
    reference = "EA SPORTS WRC UDP Telemetry Guide 1.3; readme/udp/wrc.json, wrc_experimental.json and channels.json of the game"
)]
pub struct UpdateHead {
    /// Advances with each packet.
    packet_uid: u64,
    /// Time since the game was started.
    #[field(unit = "s")]
    game_total_time: f32,
    /// Time since the last picture.
    #[field(unit = "s")]
    game_delta_time: f32,
    /// Pictures since the game was started.
    game_frame_count: u64,
    /// Shift light, 0 off to 1 full.
    shiftlights_fraction: f32,
    /// Engine speed at which the shift light begins.
    #[field(unit = "rpm")]
    shiftlights_rpm_start: f32,
    /// Engine speed at which the shift light is full: the best moment to shift.
    #[field(unit = "rpm")]
    shiftlights_rpm_end: f32,
    /// The engine speeds of the shift light hold.
    #[field(flag)]
    shiftlights_rpm_valid: u8,
    /// Gear, 1 first; neutral and reverse are what the two next numbers say: 0 and 10.
    #[field(labels(0 = "neutral", 10 = "reverse"))]
    vehicle_gear_index: u8,
    /// What `vehicle_gear_index` is in neutral.
    vehicle_gear_index_neutral: u8,
    /// What `vehicle_gear_index` is in reverse.
    vehicle_gear_index_reverse: u8,
    /// Forward gears of the car.
    vehicle_gear_maximum: u8,
}

/// How every packet of structure `wrc_experimental` begins.
#[telemetry(
    size = 24,
    version = "3",
    reference = "EA SPORTS WRC UDP Telemetry Guide 1.3; readme/udp/wrc.json, wrc_experimental.json and channels.json of the game"
)]
pub struct Head {
    /// Which packet it is: `SESS`, `SESU`, `SESP`, `SESR` or `SESE`.
    packet_4cc: Utf8<4>,
    /// Advances with each packet.
    packet_uid: u64,
    /// Time since the game was started.
    #[field(unit = "s")]
    game_total_time: f32,
    /// Pictures since the game was started.
    game_frame_count: u64,
}

/// What follows in `session_update` of structure `wrc_experimental`.
#[telemetry(
    size = 10,
    version = "3",
    reference = "EA SPORTS WRC UDP Telemetry Guide 1.3; readme/udp/wrc.json, wrc_experimental.json and channels.json of the game"
)]
pub struct UpdateStart {
    /// Time since the last picture.
    #[field(unit = "s")]
    game_delta_time: f32,
    /// Shift light, 0 off to 1 full.
    shiftlights_fraction: f32,
    /// The engine speeds of the shift light hold.
    #[field(flag)]
    shiftlights_rpm_valid: u8,
    /// Gear, 1 first; neutral and reverse are what the two next numbers say: 0 and 10.
    #[field(labels(0 = "neutral", 10 = "reverse"))]
    vehicle_gear_index: u8,
}

/// What `session_start` of structure `wrc_experimental` says once.
#[telemetry(
    size = 27,
    version = "3",
    reference = "EA SPORTS WRC UDP Telemetry Guide 1.3; readme/udp/wrc.json, wrc_experimental.json and channels.json of the game"
)]
pub struct StartLimits {
    /// Engine speed at which the shift light begins.
    #[field(unit = "rpm")]
    shiftlights_rpm_start: f32,
    /// Engine speed at which the shift light is full: the best moment to shift.
    #[field(unit = "rpm")]
    shiftlights_rpm_end: f32,
    /// What `vehicle_gear_index` is in neutral.
    vehicle_gear_index_neutral: u8,
    /// What `vehicle_gear_index` is in reverse.
    vehicle_gear_index_reverse: u8,
    /// Forward gears of the car.
    vehicle_gear_maximum: u8,
    /// Highest speed of the engine.
    #[field(unit = "rpm")]
    vehicle_engine_rpm_max: f32,
    /// Speed of the engine without throttle.
    #[field(unit = "rpm")]
    vehicle_engine_rpm_idle: f32,
    /// Length of the stage.
    #[field(unit = "m")]
    stage_length: f64,
}

/// How the car moves.
#[telemetry(
    size = 144,
    version = "3",
    reference = "EA SPORTS WRC UDP Telemetry Guide 1.3; readme/udp/wrc.json, wrc_experimental.json and channels.json of the game"
)]
pub struct Motion {
    /// Speed of the car.
    #[field(unit = "m/s")]
    vehicle_speed: f32,
    /// Speed that the driven wheels have, as the dashboard shows it.
    #[field(unit = "m/s")]
    vehicle_transmission_speed: f32,
    /// Place in the world: x, left.
    #[field(unit = "m")]
    vehicle_position_x: f32,
    /// Place in the world: y, up.
    #[field(unit = "m")]
    vehicle_position_y: f32,
    /// Place in the world: z, forwards.
    #[field(unit = "m")]
    vehicle_position_z: f32,
    /// Velocity in the world: x, left.
    #[field(unit = "m/s")]
    vehicle_velocity_x: f32,
    /// Velocity in the world: y, up.
    #[field(unit = "m/s")]
    vehicle_velocity_y: f32,
    /// Velocity in the world: z, forwards.
    #[field(unit = "m/s")]
    vehicle_velocity_z: f32,
    /// Acceleration in the world: x, left.
    #[field(unit = "m/s²")]
    vehicle_acceleration_x: f32,
    /// Acceleration in the world: y, up.
    #[field(unit = "m/s²")]
    vehicle_acceleration_y: f32,
    /// Acceleration in the world: z, forwards.
    #[field(unit = "m/s²")]
    vehicle_acceleration_z: f32,
    /// Direction to the left of the car, of length 1, in the world: x, left.
    vehicle_left_direction_x: f32,
    /// Direction to the left of the car, of length 1, in the world: y, up.
    vehicle_left_direction_y: f32,
    /// Direction to the left of the car, of length 1, in the world: z, forwards.
    vehicle_left_direction_z: f32,
    /// Direction ahead of the car, of length 1, in the world: x, left.
    vehicle_forward_direction_x: f32,
    /// Direction ahead of the car, of length 1, in the world: y, up.
    vehicle_forward_direction_y: f32,
    /// Direction ahead of the car, of length 1, in the world: z, forwards.
    vehicle_forward_direction_z: f32,
    /// Direction upwards from the car, of length 1, in the world: x, left.
    vehicle_up_direction_x: f32,
    /// Direction upwards from the car, of length 1, in the world: y, up.
    vehicle_up_direction_y: f32,
    /// Direction upwards from the car, of length 1, in the world: z, forwards.
    vehicle_up_direction_z: f32,
    /// Height of the hub against its rest, up positive, back left.
    #[field(unit = "m")]
    vehicle_hub_position_bl: f32,
    /// Height of the hub against its rest, up positive, back right.
    #[field(unit = "m")]
    vehicle_hub_position_br: f32,
    /// Height of the hub against its rest, up positive, front left.
    #[field(unit = "m")]
    vehicle_hub_position_fl: f32,
    /// Height of the hub against its rest, up positive, front right.
    #[field(unit = "m")]
    vehicle_hub_position_fr: f32,
    /// Speed of the hub, up positive, back left.
    #[field(unit = "m/s")]
    vehicle_hub_velocity_bl: f32,
    /// Speed of the hub, up positive, back right.
    #[field(unit = "m/s")]
    vehicle_hub_velocity_br: f32,
    /// Speed of the hub, up positive, front left.
    #[field(unit = "m/s")]
    vehicle_hub_velocity_fl: f32,
    /// Speed of the hub, up positive, front right.
    #[field(unit = "m/s")]
    vehicle_hub_velocity_fr: f32,
    /// Forward speed of the tyre where it touches the road, back left.
    #[field(unit = "m/s")]
    vehicle_cp_forward_speed_bl: f32,
    /// Forward speed of the tyre where it touches the road, back right.
    #[field(unit = "m/s")]
    vehicle_cp_forward_speed_br: f32,
    /// Forward speed of the tyre where it touches the road, front left.
    #[field(unit = "m/s")]
    vehicle_cp_forward_speed_fl: f32,
    /// Forward speed of the tyre where it touches the road, front right.
    #[field(unit = "m/s")]
    vehicle_cp_forward_speed_fr: f32,
    /// Temperature of the brake, back left.
    #[field(unit = "°C")]
    vehicle_brake_temperature_bl: f32,
    /// Temperature of the brake, back right.
    #[field(unit = "°C")]
    vehicle_brake_temperature_br: f32,
    /// Temperature of the brake, front left.
    #[field(unit = "°C")]
    vehicle_brake_temperature_fl: f32,
    /// Temperature of the brake, front right.
    #[field(unit = "°C")]
    vehicle_brake_temperature_fr: f32,
}

/// What the engine can.
#[telemetry(
    size = 8,
    version = "3",
    reference = "EA SPORTS WRC UDP Telemetry Guide 1.3; readme/udp/wrc.json, wrc_experimental.json and channels.json of the game"
)]
pub struct EngineLimits {
    /// Highest speed of the engine.
    #[field(unit = "rpm")]
    vehicle_engine_rpm_max: f32,
    /// Speed of the engine without throttle.
    #[field(unit = "rpm")]
    vehicle_engine_rpm_idle: f32,
}

/// Engine and controls, after the aids.
#[telemetry(
    size = 24,
    version = "3",
    reference = "EA SPORTS WRC UDP Telemetry Guide 1.3; readme/udp/wrc.json, wrc_experimental.json and channels.json of the game"
)]
pub struct Controls {
    /// Speed of the engine.
    #[field(unit = "rpm")]
    vehicle_engine_rpm_current: f32,
    /// Throttle, 0 to 1.
    vehicle_throttle: f32,
    /// Brake, 0 to 1.
    vehicle_brake: f32,
    /// Clutch, 0 to 1.
    vehicle_clutch: f32,
    /// Steering wheel, -1 full left to 1 full right.
    vehicle_steering: f32,
    /// Handbrake, 0 to 1.
    vehicle_handbrake: f32,
}

/// Time and way of the stage.
#[telemetry(
    size = 12,
    version = "3",
    reference = "EA SPORTS WRC UDP Telemetry Guide 1.3; readme/udp/wrc.json, wrc_experimental.json and channels.json of the game"
)]
pub struct Clock {
    /// Time since the start.
    #[field(unit = "s")]
    stage_current_time: f32,
    /// Way along the stage.
    #[field(unit = "m")]
    stage_current_distance: f64,
}

/// What stands at the end of `session_update` of structure `wrc`.
#[telemetry(
    size = 8,
    version = "3",
    reference = "EA SPORTS WRC UDP Telemetry Guide 1.3; readme/udp/wrc.json, wrc_experimental.json and channels.json of the game"
)]
pub struct Length {
    /// Length of the stage.
    #[field(unit = "m")]
    stage_length: f64,
}

const _: () = {
    let update = size_of::<Motion>() + size_of::<Controls>() + size_of::<Clock>();
    let limits = size_of::<EngineLimits>() + size_of::<Length>();
    assert!(size_of::<UpdateHead>() + update + limits == 237);
    assert!(size_of::<Head>() + size_of::<UpdateStart>() + update == 214);
    assert!(size_of::<Head>() + size_of::<StartLimits>() == 51);
    assert!(size_of::<Head>() + size_of::<Clock>() == 36);
};

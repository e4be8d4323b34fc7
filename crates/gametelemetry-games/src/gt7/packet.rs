//! The 296 bytes that every packet begins with.
//!
//! A flat table. Nobody but the players has documented it; where their sources differ, the one that a capture agrees
//! with is followed.

use gametelemetry::telemetry;

/// What every packet begins with. The world's axes are right-handed: y is up.
#[telemetry(
    size = 296,
    reference = "Nenkai/PDTools SimulatorPacket.cs; zetetos/gt-telemetry gran_turismo_telemetry.ksy; MacManley/gt7-udp README"
)]
pub struct PacketA {
    /// `0S7G`, as a number.
    magic: u32,
    /// Place in the world: x, y up, z.
    #[field(unit = "m")]
    position_m: [f32; 3],
    /// Velocity in the world.
    #[field(unit = "m/s")]
    velocity_m_s: [f32; 3],
    /// Attitude of the car as a quaternion of length 1: x, y, z, w. A car that is not turned looks against z.
    rotation: [f32; 4],
    /// Rotation around the car's axes: pitch, yaw (positive to the left), roll.
    #[field(unit = "rad/s")]
    angular_velocity_rad_s: [f32; 3],
    /// Height of the body above the ground.
    #[field(unit = "m")]
    body_height_m: f32,
    /// Speed of the engine.
    #[field(unit = "rpm")]
    engine_rpm: f32,
    /// What the packet was encrypted with; the only bytes that travel open.
    seed: u32,
    /// Fuel in the tank, or charge of an electric car.
    #[field(unit = "l")]
    fuel_level_l: f32,
    /// Size of the tank: 100 for most cars, 5 for karts, 0 for electric cars.
    #[field(unit = "l")]
    fuel_capacity_l: f32,
    /// Speed of the car.
    #[field(unit = "m/s")]
    speed_m_s: f32,
    /// Pressure in the intake, 1 is that of the air; 0 in cars without a turbo.
    #[field(unit = "bar")]
    manifold_pressure_bar: f32,
    /// Oil pressure.
    #[field(unit = "bar")]
    oil_pressure_bar: f32,
    /// Coolant; the game always says 85.
    #[field(unit = "°C")]
    water_temperature_c: f32,
    /// Engine oil; the game always says 110.
    #[field(unit = "°C")]
    oil_temperature_c: f32,
    /// Temperature of each tyre's surface, FL FR RL RR.
    #[field(unit = "°C")]
    tyre_surface_temperature_c: [f32; 4],
    /// Advances by 1 with each packet, 60 times a second.
    packet_id: i32,
    /// The lap that is driven, 1 first; 0 before the start, -1 outside races.
    current_lap: i16,
    /// Laps of the race; 0 when it has no end, -1 outside races.
    laps_in_race: i16,
    /// Best lap, -1 when there is none.
    #[field(unit = "ms")]
    best_lap_time_ms: i32,
    /// Last lap, -1 when there is none.
    #[field(unit = "ms")]
    last_lap_time_ms: i32,
    /// Time of day on the track, since midnight.
    #[field(unit = "ms")]
    time_of_day_ms: i32,
    /// Place on the grid before the start, -1 once the race has begun.
    start_position: i16,
    /// Cars on the grid before the start, -1 once the race has begun.
    cars_at_start: i16,
    /// Engine speed at which the shift light begins.
    #[field(unit = "rpm")]
    shift_light_from_rpm: u16,
    /// Engine speed at which the shift light is full.
    #[field(unit = "rpm")]
    shift_light_to_rpm: u16,
    /// Highest speed that the gearbox allows.
    #[field(unit = "km/h")]
    top_speed_kmh: u16,
    /// 12 flags, which are also fields of their own.
    flags: u16,
    /// Two gears, which are also fields of their own.
    gears: u8,
    /// Throttle after the traction control, 0 to 255.
    throttle: u8,
    /// Brake pedal, 0 to 255.
    brake: u8,
    #[field(skip)]
    _empty: u8,
    /// Direction out of the road under the car.
    road_plane: [f32; 3],
    /// Distance of the road's plane from the world's origin.
    #[field(unit = "m")]
    road_plane_distance_m: f32,
    /// Turning rate of each wheel, FL FR RL RR; negative when the car goes forwards.
    #[field(unit = "rad/s")]
    wheel_speed_rad_s: [f32; 4],
    /// Radius of each tyre, FL FR RL RR.
    #[field(unit = "m")]
    tyre_radius_m: [f32; 4],
    /// Suspension at each wheel, FL FR RL RR; grows when it is compressed, its zero is unknown.
    #[field(unit = "m")]
    suspension_height_m: [f32; 4],
    #[field(skip)]
    _reserved: [u8; 32],
    /// Clutch pedal, 0 released to 1 pressed.
    clutch_pedal: f32,
    /// How much the clutch holds, 0 to 1.
    clutch_engagement: f32,
    /// Speed behind the clutch.
    #[field(unit = "rpm")]
    clutch_output_rpm: f32,
    /// Ratio of the highest speed.
    top_speed_ratio: f32,
    /// Ratio of each gear, first gear first; 0 for one that the car does not have. The ninth of a car with more than
    /// eight stands in `car_id`.
    gear_ratios: [f32; 8],
    /// The car, by the game's own number.
    car_id: i32,
}

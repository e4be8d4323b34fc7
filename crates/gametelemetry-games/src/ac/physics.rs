//! The physics page of Assetto Corsa: the player's car, step by step, in the map `acpmf_physics`.
//!
//! A flat table in the order of the documentation. The first 580 bytes of ACC's page have the same places; which
//! fields are filled differs. Only the layout: values are the game's, in the game's units.

use gametelemetry::telemetry;

/// What the physics step says of the player's car; wheels are FL, FR, RL, RR.
#[telemetry(
    size = 580,
    version = "1.7",
    counter = packet_id,
    reference = "AC Shared Memory Documentation, SPageFilePhysics"
)]
pub struct Physics {
    /// Number of the physics step, counted up by the game.
    packet_id: i32,
    /// Throttle pedal, 0 released to 1 pressed.
    gas: f32,
    /// Brake pedal, 0 released to 1 pressed.
    brake: f32,
    /// Fuel left.
    #[field(unit = "l")]
    fuel_l: f32,
    /// Gear: 0 reverse, 1 neutral, 2 first, and so on.
    gear: i32,
    /// Engine speed.
    #[field(unit = "rpm")]
    rpms: i32,
    /// Steering input. Documented as an angle without a unit.
    steer_angle: f32,
    /// Speed of the car.
    #[field(unit = "km/h")]
    speed_kmh: f32,
    /// Velocity in world axes x, y, z; y is up.
    #[field(unit = "m/s")]
    velocity_m_s: [f32; 3],
    /// Acceleration in car axes: lateral, vertical, longitudinal.
    #[field(unit = "g")]
    acc_g: [f32; 3],
    /// Slip of each tyre; 0 is rolling freely.
    wheel_slip: [f32; 4],
    /// Load on each wheel.
    #[field(unit = "N")]
    wheel_load_n: [f32; 4],
    /// Pressure in each tyre.
    #[field(unit = "psi")]
    wheels_pressure_psi: [f32; 4],
    /// Rotation of each wheel, positive forwards.
    #[field(unit = "rad/s")]
    wheel_angular_speed_rad_s: [f32; 4],
    /// State of each tyre, 100 new. Players found it to follow the grip: it rises a little as tyres warm up.
    #[field(unit = "%")]
    tyre_wear_percent: [f32; 4],
    /// Dirt on each tyre. The scale is not documented.
    tyre_dirty_level: [f32; 4],
    /// Core temperature of each tyre.
    #[field(unit = "°C")]
    tyre_core_temp_c: [f32; 4],
    /// Camber of each wheel.
    #[field(unit = "rad")]
    camber_rad: [f32; 4],
    /// Travel of each suspension.
    #[field(unit = "m")]
    suspension_travel_m: [f32; 4],
    /// Drag reduction is there and used: 0 no, 1 yes.
    drs: f32,
    /// Slip ratio at which the traction control steps in; 0 when it is off.
    tc: f32,
    /// Direction the car points to in the ground plane, -π to π.
    #[field(unit = "rad")]
    heading_rad: f32,
    /// Nose up or down.
    #[field(unit = "rad")]
    pitch_rad: f32,
    /// Lean to the side.
    #[field(unit = "rad")]
    roll_rad: f32,
    /// Height of the centre of gravity.
    #[field(unit = "m")]
    cg_height_m: f32,
    /// Damage of the body: front, rear, left, right; the fifth has no meaning. The scale is not documented.
    car_damage: [f32; 5],
    /// Number of tyres off the track. The documentation calls it how many may be off without a penalty.
    number_of_tyres_out: i32,
    /// The pit limiter is on.
    #[field(flag)]
    pit_limiter_on: i32,
    /// Slip ratio at which the anti-lock brake steps in; 0 when it is off.
    abs: f32,
    /// Charge of the hybrid battery, 0 to 1.
    kers_charge: f32,
    /// Power from the hybrid drive, 0 to 1.
    kers_input: f32,
    /// The automatic gearbox is on.
    #[field(flag)]
    auto_shifter_on: i32,
    /// Ride height, front and rear.
    #[field(unit = "m")]
    ride_height_m: [f32; 2],
    /// Turbo boost. The unit is not documented.
    turbo_boost: f32,
    /// Ballast; online only.
    #[field(unit = "kg")]
    ballast_kg: f32,
    /// Density of the air.
    #[field(unit = "kg/m³")]
    air_density_kg_m3: f32,
    /// Temperature of the air.
    #[field(unit = "°C")]
    air_temp_c: f32,
    /// Temperature of the road.
    #[field(unit = "°C")]
    road_temp_c: f32,
    /// Rotation of the car around its own axes x, y, z.
    #[field(unit = "rad/s")]
    local_angular_vel_rad_s: [f32; 3],
    /// Force feedback sent to the wheel, 1 is full force.
    final_ff: f32,
    /// Difference to the best lap, negative when faster.
    #[field(unit = "s")]
    performance_meter_s: f32,
    /// Setting of the engine brake.
    engine_brake: i32,
    /// Setting of the energy recovery.
    ers_recovery_level: i32,
    /// Setting of the hybrid power.
    ers_power_level: i32,
    /// What the recovered heat drives.
    #[field(labels(0 = "motor", 1 = "battery"))]
    ers_heat_charging: i32,
    /// The hybrid battery is charging.
    #[field(flag)]
    ers_is_charging: i32,
    /// Hybrid energy used in the lap.
    #[field(unit = "kJ")]
    kers_current_kj: f32,
    /// Drag reduction may be used here.
    #[field(flag)]
    drs_available: i32,
    /// Drag reduction is in use.
    #[field(flag)]
    drs_enabled: i32,
    /// Temperature of each brake disc. Players found it to stay at its first value in most cars.
    #[field(unit = "°C")]
    brake_temp_c: [f32; 4],
    /// Clutch, 0 to 1.
    clutch: f32,
    /// Temperature at the inner edge of each tyre.
    #[field(unit = "°C")]
    tyre_temp_inner_c: [f32; 4],
    /// Temperature in the middle of each tyre.
    #[field(unit = "°C")]
    tyre_temp_middle_c: [f32; 4],
    /// Temperature at the outer edge of each tyre.
    #[field(unit = "°C")]
    tyre_temp_outer_c: [f32; 4],
    /// The computer drives the car.
    #[field(flag)]
    is_ai_controlled: i32,
    /// Where each tyre touches the ground, in world axes x, y, z.
    #[field(unit = "m")]
    tyre_contact_point_m: [[f32; 3]; 4],
    /// Direction of the ground's normal under each tyre, length 1, in world axes x, y, z.
    tyre_contact_normal: [[f32; 3]; 4],
    /// Direction in which each tyre rolls, length 1, in world axes x, y, z.
    tyre_contact_heading: [[f32; 3]; 4],
    /// Part of the braking done by the front, 0 to 1.
    brake_bias: f32,
    /// Velocity in car axes x, y, z; y is up, z is forwards.
    #[field(unit = "m/s")]
    local_velocity_m_s: [f32; 3],
}

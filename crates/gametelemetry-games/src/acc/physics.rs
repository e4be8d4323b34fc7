//! The physics page of ACC: the player's car, step by step, in the map `acpmf_physics`.
//!
//! A flat table in the order of the documentation, whose print colours say which fields ACC fills; where players
//! found the game to do otherwise, the field says so. Only the layout: values are the game's, in the game's units.

use gametelemetry::telemetry;

/// What the physics step says of the player's car; wheels are FL, FR, RL, RR.
#[telemetry(
    size = 800,
    version = "1.8.12",
    counter = packet_id,
    reference = "ACC Shared Memory Documentation 1.8.12, SPageFilePhysics"
)]
pub struct Physics {
    /// Number of the physics step, counted up by the game.
    packet_id: i32,
    /// Throttle pedal, 0 released to 1 pressed.
    gas: f32,
    /// Brake pedal, 0 released to 1 pressed.
    brake: f32,
    /// Fuel left. Kilograms by the documentation; recordings in the field agree better with litres.
    #[field(unit = "kg")]
    fuel_kg: f32,
    /// Gear: 0 reverse, 1 neutral, 2 first, and so on.
    gear: i32,
    /// Engine speed.
    #[field(unit = "rpm")]
    rpm: i32,
    /// Steering input as a part of the car's lock, -1 to 1. The angle needs the lock, which differs by car.
    steer_angle: f32,
    /// Speed of the car.
    #[field(unit = "km/h")]
    speed_kmh: f32,
    /// Velocity in world axes x, y, z; y is up.
    #[field(unit = "m/s")]
    velocity_m_s: [f32; 3],
    /// Acceleration of the car: lateral, vertical, longitudinal. In car axes, although the documentation says world.
    #[field(unit = "g")]
    acc_g: [f32; 3],
    /// Slip of each tyre, lengthwise and sideways together; 0 is rolling freely.
    wheel_slip: [f32; 4],
    /// Load on each wheel. Never filled by ACC.
    #[field(unit = "N")]
    wheel_load_n: [f32; 4],
    /// Pressure in each tyre.
    #[field(unit = "psi")]
    wheel_pressure_psi: [f32; 4],
    /// Rotation of each wheel, positive forwards.
    #[field(unit = "rad/s")]
    wheel_angular_speed_rad_s: [f32; 4],
    /// Wear of each tyre. Never filled by ACC.
    tyre_wear: [f32; 4],
    /// Dirt on each tyre. Never filled by ACC.
    tyre_dirty_level: [f32; 4],
    /// Core temperature of each tyre.
    #[field(unit = "°C")]
    tyre_core_temp_c: [f32; 4],
    /// Camber of each wheel. Never filled by ACC.
    #[field(unit = "rad")]
    camber_rad: [f32; 4],
    /// Compression of each suspension.
    #[field(unit = "m")]
    suspension_travel_m: [f32; 4],
    /// Drag reduction. Never filled by ACC.
    drs: f32,
    /// How much the traction control cuts right now, 0 not at all to 1.
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
    /// Height of the centre of gravity. Never filled by ACC.
    #[field(unit = "m")]
    cg_height_m: f32,
    /// Damage of the body: front, rear, left, right, centre. The scale is not documented.
    car_damage: [f32; 5],
    /// Number of tyres off the track. Never filled by ACC.
    number_of_tyres_out: i32,
    /// The pit limiter is on.
    #[field(flag)]
    pit_limiter_on: i32,
    /// How much the anti-lock brake works right now, 0 not at all to 1.
    abs: f32,
    /// Charge of the hybrid battery. Never filled by ACC.
    kers_charge: f32,
    /// Hybrid drive. Never filled by ACC.
    kers_input: f32,
    /// The automatic gearbox is on.
    #[field(flag)]
    autoshifter_on: i32,
    /// Ride height, front and rear. Never filled by ACC.
    #[field(unit = "m")]
    ride_height_m: [f32; 2],
    /// Turbo level. The scale is not documented; seen from 0 to 1.
    turbo_boost: f32,
    /// Ballast. Never filled by ACC.
    #[field(unit = "kg")]
    ballast_kg: f32,
    /// Density of the air. Never filled by ACC.
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
    /// Comparison with the best lap. Never filled by ACC.
    performance_meter: f32,
    /// Setting of the engine brake. Never filled by ACC.
    engine_brake: i32,
    /// Setting of the energy recovery. Never filled by ACC.
    ers_recovery_level: i32,
    /// Setting of the hybrid power. Never filled by ACC.
    ers_power_level: i32,
    /// Whether heat charges the battery. Never filled by ACC.
    ers_heat_charging: i32,
    /// Whether the battery is charging. Never filled by ACC.
    #[field(flag)]
    ers_is_charging: i32,
    /// Hybrid energy used in the lap. Never filled by ACC.
    #[field(unit = "kJ")]
    kers_current_kj: f32,
    /// Drag reduction may be used. Never filled by ACC.
    #[field(flag)]
    drs_available: i32,
    /// Drag reduction is in use. Never filled by ACC.
    #[field(flag)]
    drs_enabled: i32,
    /// Temperature of each brake disc.
    #[field(unit = "°C")]
    brake_temp_c: [f32; 4],
    /// Clutch, 0 to 1.
    clutch: f32,
    /// Temperature at the inner edge of each tyre. Never filled by ACC.
    #[field(unit = "°C")]
    tyre_temp_inner_c: [f32; 4],
    /// Temperature in the middle of each tyre. Never filled by ACC.
    #[field(unit = "°C")]
    tyre_temp_middle_c: [f32; 4],
    /// Temperature at the outer edge of each tyre. Never filled by ACC.
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
    /// Part of the braking done by the front, 0 to 1. The car's display adds an offset that differs by car.
    brake_bias: f32,
    /// Velocity in car axes x, y, z; y is up, z is forwards.
    #[field(unit = "m/s")]
    local_velocity_m_s: [f32; 3],
    /// Push-to-pass activations. Never filled by ACC.
    p2p_activation: i32,
    /// State of push-to-pass. Never filled by ACC.
    p2p_status: i32,
    /// Engine speed at the limiter. Documented as a float that is not used; seen in the field as an integer.
    #[field(unit = "rpm")]
    current_max_rpm: i32,
    /// Self-aligning torque of each tyre. Never filled by ACC.
    #[field(unit = "N·m")]
    mz_n_m: [f32; 4],
    /// Lengthwise force of each tyre. Never filled by ACC.
    #[field(unit = "N")]
    fx_n: [f32; 4],
    /// Sideways force of each tyre. Never filled by ACC.
    #[field(unit = "N")]
    fy_n: [f32; 4],
    /// Lengthwise slip of each tyre as a part of the speed: -1 locked, 0 rolling, above 0 spinning.
    slip_ratio: [f32; 4],
    /// Angle between where each tyre points and where it goes. The documentation puts the radians one line too early.
    #[field(unit = "rad")]
    slip_angle_rad: [f32; 4],
    /// The traction control is working; the documentation marks it unused and refers to `tc`.
    #[field(flag)]
    tc_in_action: i32,
    /// The anti-lock brake is working; the documentation marks it unused and refers to `abs`.
    #[field(flag)]
    abs_in_action: i32,
    /// Damage of each suspension, 0 is none. Documented as not used; players found it filled (SimHub issue 1100).
    suspension_damage: [f32; 4],
    /// Core temperature of each tyre once more; the documentation marks it unused, see `tyre_core_temp_c`.
    #[field(unit = "°C")]
    tyre_temp_c: [f32; 4],
    /// Temperature of the cooling water.
    #[field(unit = "°C")]
    water_temp_c: f32,
    /// Pressure of each brake, about 0 to 1; a factor that differs by car gives the pressure on the car's display.
    brake_pressure: [f32; 4],
    /// Front brake pads in use, by the number of the setup page.
    front_brake_compound: i32,
    /// Rear brake pads in use, by the number of the setup page.
    rear_brake_compound: i32,
    /// What is left of each brake pad. The unit is not documented.
    pad_life: [f32; 4],
    /// What is left of each brake disc. The unit is not documented.
    disc_life: [f32; 4],
    /// The ignition is on.
    #[field(flag)]
    ignition_on: i32,
    /// The starter is turning.
    #[field(flag)]
    starter_engine_on: i32,
    /// The engine is running.
    #[field(flag)]
    is_engine_running: i32,
    /// Vibration for force feedback: kerbs.
    kerb_vibration: f32,
    /// Vibration for force feedback: slipping tyres.
    slip_vibrations: f32,
    /// Vibration for force feedback: acceleration.
    g_vibrations: f32,
    /// Vibration for force feedback: anti-lock brake.
    abs_vibrations: f32,
}

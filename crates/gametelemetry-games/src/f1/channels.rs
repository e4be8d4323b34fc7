//! How F1's fields become channels, and which channels F1 cannot give.
//!
//! Packets hold all cars; the header's `player_car_index` says whose part is the player's. Fields are called alike in
//! all formats and in no two kinds of packets, so one mapping serves all years; only the accelerations have two,
//! because format 2026 writes them as whole thousandths. Wheels come RL, RR, FL, FR. Computes nothing.

use gametelemetry::{ChannelMapping, Lookup};

use super::SOURCE;

/// Milliseconds to seconds, millimetres to metres, thousandths of g to g.
const MILLI: f64 = 0.001;
/// Percent to a share.
const PERCENT: f64 = 0.01;
/// km/h to m/s.
const KMH: f64 = 1.0 / 3.6;
/// psi to Pa.
const PSI: f64 = 6_894.757_293_168;
/// Minutes to seconds.
const MINUTE: f64 = 60.0;

/// Where each wheel is in the game's lists of four.
const RL: u32 = 0;
const RR: u32 = 1;
const FL: u32 = 2;
const FR: u32 = 3;

/// A field that the packet has once.
const fn single(channel: &'static str, field: &'static str) -> ChannelMapping {
    ChannelMapping::new(channel, SOURCE, field)
}

/// A field that each car has once.
const fn player(channel: &'static str, field: &'static str) -> ChannelMapping {
    ChannelMapping::of_player(channel, SOURCE, field, Lookup::at("header.player_car_index", 1))
}

/// The first part of a time that each car has, 0 in both parts when there is none.
const fn time_in_two(channel: &'static str, field: &'static str) -> ChannelMapping {
    player(channel, field).scale(MILLI).missing(0.0)
}

/// A field that each car has for four wheels.
const fn wheel(channel: &'static str, field: &'static str, wheel: u32) -> ChannelMapping {
    ChannelMapping::of_player(channel, SOURCE, field, Lookup::at("header.player_car_index", 4)).element(wheel)
}

/// The channels that F1 gives, and the fields they come from.
pub const CHANNELS: &[ChannelMapping] = &[
    // car_telemetry
    player("speed", "cars.speed_kmh").scale(KMH),
    player("throttle", "cars.throttle"),
    player("brake", "cars.brake"),
    player("clutch", "cars.clutch_percent").scale(PERCENT),
    player("steer_ratio", "cars.steer"),
    player("gear", "cars.gear"),
    player("engine_rpm", "cars.engine_rpm"),
    player("drs_active", "cars.drs_open"),
    wheel("brake_temperature_fl", "cars.brakes_temperature_c", FL),
    wheel("brake_temperature_fr", "cars.brakes_temperature_c", FR),
    wheel("brake_temperature_rl", "cars.brakes_temperature_c", RL),
    wheel("brake_temperature_rr", "cars.brakes_temperature_c", RR),
    wheel("tyre_surface_temperature_fl", "cars.tyres_surface_temperature_c", FL),
    wheel("tyre_surface_temperature_fr", "cars.tyres_surface_temperature_c", FR),
    wheel("tyre_surface_temperature_rl", "cars.tyres_surface_temperature_c", RL),
    wheel("tyre_surface_temperature_rr", "cars.tyres_surface_temperature_c", RR),
    wheel("tyre_temperature_fl", "cars.tyres_inner_temperature_c", FL),
    wheel("tyre_temperature_fr", "cars.tyres_inner_temperature_c", FR),
    wheel("tyre_temperature_rl", "cars.tyres_inner_temperature_c", RL),
    wheel("tyre_temperature_rr", "cars.tyres_inner_temperature_c", RR),
    wheel("tyre_pressure_fl", "cars.tyres_pressure_psi", FL).scale(PSI),
    wheel("tyre_pressure_fr", "cars.tyres_pressure_psi", FR).scale(PSI),
    wheel("tyre_pressure_rl", "cars.tyres_pressure_psi", RL).scale(PSI),
    wheel("tyre_pressure_rr", "cars.tyres_pressure_psi", RR).scale(PSI),
    // car_status
    player("engine_rpm_max", "cars.max_rpm").missing(0.0),
    player("fuel_mass", "cars.fuel_in_tank_kg"),
    player("brake_bias", "cars.front_brake_bias_percent").scale(PERCENT),
    player("abs_level", "cars.anti_lock_brakes"),
    player("tc_level", "cars.traction_control"),
    player("pit_limiter", "cars.pit_limiter_on"),
    // lap_data
    player("lap_number", "cars.current_lap_num"),
    player("lap_distance", "cars.lap_distance_m"),
    player("distance", "cars.total_distance_m"),
    player("lap_time", "cars.current_lap_time_ms").scale(MILLI),
    player("last_lap_time", "cars.last_lap_time_ms").scale(MILLI).missing(0.0),
    player("sector", "cars.sector"),
    // 0 until the sector is driven. In 2022 the times have no minutes and begin anew at 65.536 s.
    player("sector_1_time", "cars.sector1_time_ms").scale(MILLI).missing(0.0),
    player("sector_2_time", "cars.sector2_time_ms").scale(MILLI).missing(0.0),
    time_in_two("sector_1_time", "cars.sector1_time_ms_part").plus("cars.sector1_time_minutes_part", MINUTE),
    time_in_two("sector_2_time", "cars.sector2_time_ms_part").plus("cars.sector2_time_minutes_part", MINUTE),
    // The numbers of driver_status are those of the channel; 0 is in the garage.
    player("lap_phase", "cars.driver_status"),
    player("on_track", "cars.driver_status").scale(0.0).offset(1.0).instead(0.0, 0.0),
    // 1 - invalid.
    player("lap_valid", "cars.current_lap_invalid").scale(-1.0).offset(1.0),
    player("race_position", "cars.car_position").missing(0.0),
    // 0 on the track, 1 in the lane, 2 in the box or the garage.
    player("in_pit_lane", "cars.pit_status").scale(0.0).offset(1.0).instead(0.0, 0.0),
    player("in_pit", "cars.pit_status").scale(0.0).instead(2.0, 1.0),
    player("tyre_compound", "cars.visual_tyre_compound").missing(0.0),
    // Later documents leave the red flag out of the car's flags; the event RDFL says when one is shown.
    player("red_flag", "2022.car_status/cars.vehicle_fia_flags").scale(0.0).missing(-1.0).instead(4.0, 1.0),
    // car_damage
    wheel("tyre_wear_fl", "cars.tyres_wear_percent", FL),
    wheel("tyre_wear_fr", "cars.tyres_wear_percent", FR),
    wheel("tyre_wear_rl", "cars.tyres_wear_percent", RL),
    wheel("tyre_wear_rr", "cars.tyres_wear_percent", RR),
    // motion
    player("position_x", "cars.world_position_x_m"),
    player("position_y", "cars.world_position_y_m"),
    player("position_z", "cars.world_position_z_m"),
    player("velocity_x", "cars.world_velocity_x_m_s"),
    player("velocity_y", "cars.world_velocity_y_m_s"),
    player("velocity_z", "cars.world_velocity_z_m_s"),
    // Positive in a left turn: seen in packets of 2022 and 2025, where it goes against the steering.
    player("g_lat", "cars.g_force_lateral_g"),
    player("g_lon", "cars.g_force_longitudinal_g"),
    player("g_vert", "cars.g_force_vertical_g"),
    player("g_lat", "cars.g_force_lateral_mg").scale(MILLI),
    player("g_lon", "cars.g_force_longitudinal_mg").scale(MILLI),
    player("g_vert", "cars.g_force_vertical_mg").scale(MILLI),
    player("yaw", "cars.yaw_rad"),
    player("pitch", "cars.pitch_rad"),
    player("roll", "cars.roll_rad"),
    // motion of 2022, motion_ex since: the player's car only
    single("pitch_rate", "car.angular_velocity_x_rad_s"),
    single("yaw_rate", "car.angular_velocity_y_rad_s"),
    single("roll_rate", "car.angular_velocity_z_rad_s"),
    single("suspension_travel_fl", "car.suspension_position_mm").element(FL).scale(MILLI),
    single("suspension_travel_fr", "car.suspension_position_mm").element(FR).scale(MILLI),
    single("suspension_travel_rl", "car.suspension_position_mm").element(RL).scale(MILLI),
    single("suspension_travel_rr", "car.suspension_position_mm").element(RR).scale(MILLI),
    single("wheel_rim_speed_fl", "car.wheel_speed_m_s").element(FL),
    single("wheel_rim_speed_fr", "car.wheel_speed_m_s").element(FR),
    single("wheel_rim_speed_rl", "car.wheel_speed_m_s").element(RL),
    single("wheel_rim_speed_rr", "car.wheel_speed_m_s").element(RR),
    single("slip_ratio_fl", "car.wheel_slip_ratio").element(FL),
    single("slip_ratio_fr", "car.wheel_slip_ratio").element(FR),
    single("slip_ratio_rl", "car.wheel_slip_ratio").element(RL),
    single("slip_ratio_rr", "car.wheel_slip_ratio").element(RR),
    single("slip_angle_fl", "car.wheel_slip_angle_rad").element(FL),
    single("slip_angle_fr", "car.wheel_slip_angle_rad").element(FR),
    single("slip_angle_rl", "car.wheel_slip_angle_rad").element(RL),
    single("slip_angle_rr", "car.wheel_slip_angle_rad").element(RR),
    single("tyre_load_fl", "car.wheel_vert_force_n").element(FL),
    single("tyre_load_fr", "car.wheel_vert_force_n").element(FR),
    single("tyre_load_rl", "car.wheel_vert_force_n").element(RL),
    single("tyre_load_rr", "car.wheel_vert_force_n").element(RR),
    single("ride_height_front", "chassis.front_aero_height_m"),
    single("ride_height_rear", "chassis.rear_aero_height_m"),
    // session
    single("session_time_left", "session.session_time_left_s"),
    single("time_of_day", "settings.time_of_day_min").scale(MINUTE),
    single("air_temperature", "session.air_temperature_c"),
    single("track_temperature", "session.track_temperature_c"),
    single("laps_total", "session.total_laps").missing(0.0),
    single("track_length", "session.track_length_m").missing(0.0),
    single("track", "session.track_id").missing(-1.0),
    single("session_type", "session.session_type").missing(0.0),
    single("paused", "session.game_paused"),
    // 1 full, 2 virtual; 3 is the formation lap.
    single("safety_car", "session.safety_car_status").scale(0.0).instead(1.0, 1.0).instead(2.0, 1.0),
    // participants: a team has one car, but for a player's own.
    player("driver", "participants.name"),
    player("car", "participants.team_id"),
    // every packet; it is 0 in menus.
    single("session_id", "header.session_uid").missing(0.0),
    single("session_time", "header.session_time_s"),
];

const NO_FIELD: &str = "the game has no such field";
const ONE_TEMPERATURE: &str =
    "the game gives one temperature of the engine and does not say of what: see engine_temperature_c";
const ONE_SURFACE: &str = "the game gives one temperature of the surface: see tyre_surface_temperature";
const COLD: &str =
    "the game does not say at which temperature the setup's tyre pressures are: see car_setups";
const AXLES: &str = "the game gives the height of the plank's front and rear edge: see ride_height_front";
const RIM: &str = "the game gives the speed of the tread, not the turning rate: see wheel_rim_speed";

/// The channels that F1 does not give, and why.
pub const NOT_AVAILABLE: &[(&str, &str)] = &[
    ("handbrake", NO_FIELD),
    ("steer", "the game gives a share of the lock, not an angle: see steer_ratio"),
    ("steer_torque", NO_FIELD),
    ("turbo_boost", NO_FIELD),
    ("fuel_volume", "the game states fuel in kg: see fuel_mass"),
    ("fuel_level", "the game states fuel in kg: see fuel_mass, and fuel_capacity_kg"),
    ("fuel_per_lap", "the game states for how many laps the fuel lasts: see fuel_remaining_laps"),
    ("abs_active", "the game says whether ABS may work, not when it does: see abs_level"),
    ("tc_active", "the game says how traction control is set, not when it works: see tc_level"),
    ("water_temperature", ONE_TEMPERATURE),
    ("oil_temperature", ONE_TEMPERATURE),
    ("oil_pressure", NO_FIELD),
    ("manifold_pressure", NO_FIELD),
    ("laps_completed", "one less than lap_number, except at the finish, where the game counts no further"),
    ("lap_position", "lap_distance divided by track_length_m of the session"),
    ("best_lap_time", "the game gives the number of the best lap: see session_history"),
    ("estimated_lap_time", NO_FIELD),
    ("split_time", "the game gives the time of each sector: see lap_data"),
    ("delta_best", NO_FIELD),
    ("delta_best_valid", NO_FIELD),
    ("class_position", "all cars of a session are of one class: see race_position"),
    ("incidents", "the game counts warnings: see total_warnings"),
    ("session_number", "the game names the session's kind: see session_type"),
    ("sector_3_time", "it is what sectors 1 and 2 leave of the lap; the field is in session_history"),
    ("sector_count", "every track has three; the game does not state it"),
    ("track_layout", "a track's short or reversed layout has a number of its own: see track"),
    ("point_to_point", "every track is a circuit"),
    ("replay", NO_FIELD),
    ("latitude", NO_FIELD),
    ("longitude", NO_FIELD),
    ("altitude", "the height is position_y: the world's second axis points up"),
    ("heading", "the game does not say where north is: see yaw"),
    ("ride_height_fl", AXLES),
    ("ride_height_fr", AXLES),
    ("ride_height_rl", AXLES),
    ("ride_height_rr", AXLES),
    ("tyre_cold_pressure_fl", COLD),
    ("tyre_cold_pressure_fr", COLD),
    ("tyre_cold_pressure_rl", COLD),
    ("tyre_cold_pressure_rr", COLD),
    ("tyre_surface_temperature_outer_fl", ONE_SURFACE),
    ("tyre_surface_temperature_outer_fr", ONE_SURFACE),
    ("tyre_surface_temperature_outer_rl", ONE_SURFACE),
    ("tyre_surface_temperature_outer_rr", ONE_SURFACE),
    ("tyre_surface_temperature_inner_fl", ONE_SURFACE),
    ("tyre_surface_temperature_inner_fr", ONE_SURFACE),
    ("tyre_surface_temperature_inner_rl", ONE_SURFACE),
    ("tyre_surface_temperature_inner_rr", ONE_SURFACE),
    ("wheel_speed_fl", RIM),
    ("wheel_speed_fr", RIM),
    ("wheel_speed_rl", RIM),
    ("wheel_speed_rr", RIM),
    ("brake_pressure_fl", NO_FIELD),
    ("brake_pressure_fr", NO_FIELD),
    ("brake_pressure_rl", NO_FIELD),
    ("brake_pressure_rr", NO_FIELD),
    ("air_pressure", NO_FIELD),
    ("track_grip", NO_FIELD),
    ("wind_speed", NO_FIELD),
    ("wind_direction", NO_FIELD),
];

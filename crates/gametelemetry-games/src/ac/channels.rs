//! How Assetto Corsa's fields become channels, and which channels it cannot give.
//!
//! A flat table. The physics source is preferred where both pages know something, because it is five times faster.
//! Computes nothing.

use gametelemetry::ChannelMapping;

use super::{GRAPHICS_SOURCE, PHYSICS_SOURCE, STATIC_SOURCE};

/// Milliseconds to seconds.
const MILLISECOND: f64 = 0.001;
/// km/h to m/s.
const KMH: f64 = 1.0 / 3.6;
/// psi to Pa.
const PSI: f64 = 6_894.757_293_168;
/// Degrees to radians.
const DEGREE: f64 = std::f64::consts::PI / 180.0;

const fn physics(channel: &'static str, field: &'static str) -> ChannelMapping {
    ChannelMapping::new(channel, PHYSICS_SOURCE, field)
}

const fn graphics(channel: &'static str, field: &'static str) -> ChannelMapping {
    ChannelMapping::new(channel, GRAPHICS_SOURCE, field)
}

const fn of_static(channel: &'static str, field: &'static str) -> ChannelMapping {
    ChannelMapping::new(channel, STATIC_SOURCE, field)
}

/// The channels that Assetto Corsa gives, and the fields they come from.
pub const CHANNELS: &[ChannelMapping] = &[
    physics("speed", "speed_kmh").scale(KMH),
    physics("throttle", "gas"),
    physics("brake", "brake"),
    physics("clutch", "clutch"),
    // The game counts reverse as 0 and neutral as 1.
    physics("gear", "gear").offset(-1.0),
    physics("engine_rpm", "rpms"),
    physics("velocity_x", "velocity_m_s").element(0),
    physics("velocity_y", "velocity_m_s").element(1),
    physics("velocity_z", "velocity_m_s").element(2),
    // Positive to the right, as the steering is: so in real packets of the game.
    physics("g_lat", "acc_g").element(0).scale(-1.0),
    physics("g_vert", "acc_g").element(1),
    physics("g_lon", "acc_g").element(2),
    physics("yaw", "heading_rad"),
    physics("pitch", "pitch_rad"),
    physics("roll", "roll_rad"),
    physics("pitch_rate", "local_angular_vel_rad_s").element(0),
    physics("yaw_rate", "local_angular_vel_rad_s").element(1),
    physics("roll_rate", "local_angular_vel_rad_s").element(2),
    physics("fuel_volume", "fuel_l"),
    physics("turbo_boost", "turbo_boost"),
    physics("tyre_pressure_fl", "wheels_pressure_psi").element(0).scale(PSI),
    physics("tyre_pressure_fr", "wheels_pressure_psi").element(1).scale(PSI),
    physics("tyre_pressure_rl", "wheels_pressure_psi").element(2).scale(PSI),
    physics("tyre_pressure_rr", "wheels_pressure_psi").element(3).scale(PSI),
    physics("tyre_temperature_fl", "tyre_core_temp_c").element(0),
    physics("tyre_temperature_fr", "tyre_core_temp_c").element(1),
    physics("tyre_temperature_rl", "tyre_core_temp_c").element(2),
    physics("tyre_temperature_rr", "tyre_core_temp_c").element(3),
    // In the game's own scale: 100 is new, and it follows the grip rather than the wear.
    physics("tyre_wear_fl", "tyre_wear_percent").element(0),
    physics("tyre_wear_fr", "tyre_wear_percent").element(1),
    physics("tyre_wear_rl", "tyre_wear_percent").element(2),
    physics("tyre_wear_rr", "tyre_wear_percent").element(3),
    physics("tyre_load_fl", "wheel_load_n").element(0),
    physics("tyre_load_fr", "wheel_load_n").element(1),
    physics("tyre_load_rl", "wheel_load_n").element(2),
    physics("tyre_load_rr", "wheel_load_n").element(3),
    physics("wheel_speed_fl", "wheel_angular_speed_rad_s").element(0),
    physics("wheel_speed_fr", "wheel_angular_speed_rad_s").element(1),
    physics("wheel_speed_rl", "wheel_angular_speed_rad_s").element(2),
    physics("wheel_speed_rr", "wheel_angular_speed_rad_s").element(3),
    physics("suspension_travel_fl", "suspension_travel_m").element(0),
    physics("suspension_travel_fr", "suspension_travel_m").element(1),
    physics("suspension_travel_rl", "suspension_travel_m").element(2),
    physics("suspension_travel_rr", "suspension_travel_m").element(3),
    physics("ride_height_front", "ride_height_m").element(0),
    physics("ride_height_rear", "ride_height_m").element(1),
    physics("brake_bias", "brake_bias"),
    physics("air_temperature", "air_temp_c"),
    physics("track_temperature", "road_temp_c"),
    physics("pit_limiter", "pit_limiter_on"),
    physics("delta_best", "performance_meter_s"),
    physics("drs_active", "drs_enabled"),
    graphics("position_x", "car_coordinates_m").element(0),
    graphics("position_y", "car_coordinates_m").element(1),
    graphics("position_z", "car_coordinates_m").element(2),
    graphics("lap_number", "completed_laps").offset(1.0),
    graphics("laps_completed", "completed_laps"),
    graphics("lap_position", "normalized_car_position"),
    graphics("lap_time", "i_current_time_ms").scale(MILLISECOND),
    graphics("last_lap_time", "i_last_time_ms").scale(MILLISECOND).missing(0.0),
    graphics("best_lap_time", "i_best_time_ms").scale(MILLISECOND).missing(0.0),
    graphics("sector", "current_sector_index"),
    graphics("race_position", "position"),
    graphics("in_pit", "is_in_pit"),
    graphics("in_pit_lane", "is_in_pit_lane"),
    graphics("distance", "distance_traveled_m"),
    graphics("session_time_left", "session_time_left_ms").scale(MILLISECOND),
    graphics("track_grip", "surface_grip"),
    graphics("wind_direction", "wind_direction_degrees").scale(DEGREE),
    // 0 off (menus), 1 replay, 2 live, 3 pause.
    graphics("paused", "status").scale(0.0).instead(0.0, 1.0).instead(3.0, 1.0),
    graphics("replay", "status").scale(0.0).instead(1.0, 1.0),
    graphics("laps_total", "number_of_laps").missing(0.0),
    graphics("session_type", "session").missing(-1.0),
    graphics("tyre_compound", "tyre_compound"),
    of_static("track", "track"),
    of_static("track_layout", "track_configuration"),
    of_static("car", "car_model"),
    of_static("driver", "player_name").plus("player_surname", 1.0),
    of_static("track_length", "track_spline_length_m").missing(0.0),
    of_static("sector_count", "sector_count").missing(0.0),
    of_static("engine_rpm_max", "max_rpm").missing(0.0),
];

const NO_FIELD: &str = "the game has no such field";

/// The channels that Assetto Corsa does not give, and why.
pub const NOT_AVAILABLE: &[(&str, &str)] = &[
    ("steer", "the game's angle has no documented unit: the field steer_angle is kept"),
    ("steer_ratio", "the game's angle has no documented unit: the field steer_angle is kept"),
    ("lap_distance", "it is lap_position times the track's length, which is in the static page"),
    ("lap_valid", NO_FIELD),
    ("sector_1_time", "the documentation does not say from where a sector's time counts"),
    ("sector_2_time", "the documentation does not say from where a sector's time counts"),
    ("sector_3_time", "the documentation does not say from where a sector's time counts"),
    ("lap_phase", NO_FIELD),
    ("on_track", "the game says where the car is not: see in_pit and in_pit_lane"),
    ("safety_car", NO_FIELD),
    ("red_flag", NO_FIELD),
    ("point_to_point", "the game does not tell a hill climb from a circuit"),
    ("session_id", NO_FIELD),
    ("session_number", NO_FIELD),
    ("session_time", "the game states the time that is left: see session_time_left"),
    ("fuel_level", "the game states fuel in litres: see fuel_volume"),
    ("split_time", "the documentation does not say whether a sector's time counts from the start of the lap"),
    ("fuel_mass", "the game states fuel in litres: see fuel_volume"),
    ("slip_ratio_fl", NO_FIELD),
    ("slip_ratio_fr", NO_FIELD),
    ("slip_ratio_rl", NO_FIELD),
    ("slip_ratio_rr", NO_FIELD),
    ("slip_angle_fl", NO_FIELD),
    ("slip_angle_fr", NO_FIELD),
    ("slip_angle_rl", NO_FIELD),
    ("slip_angle_rr", NO_FIELD),
    ("brake_temperature_fl", "the field stays at its first value in most cars"),
    ("brake_temperature_fr", "the field stays at its first value in most cars"),
    ("brake_temperature_rl", "the field stays at its first value in most cars"),
    ("brake_temperature_rr", "the field stays at its first value in most cars"),
    ("brake_pressure_fl", NO_FIELD),
    ("brake_pressure_fr", NO_FIELD),
    ("brake_pressure_rl", NO_FIELD),
    ("brake_pressure_rr", NO_FIELD),
    ("water_temperature", NO_FIELD),
    ("abs_active", "the field is the aid's threshold, not its action"),
    ("tc_active", "the field is the aid's threshold, not its action"),
    ("wind_speed", "the unit is not documented"),
    ("handbrake", NO_FIELD),
    ("oil_temperature", NO_FIELD),
    ("oil_pressure", NO_FIELD),
    ("latitude", NO_FIELD),
    ("longitude", NO_FIELD),
    ("altitude", "it is position_y, in metres above the game's own zero"),
];

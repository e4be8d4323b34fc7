//! How Forza's fields become channels, and which channels Forza cannot give.
//!
//! A flat table. The names hold for every kind of packet that has the field.

use gametelemetry::ChannelMapping;

use super::SOURCE;

/// m/s² to g.
const G: f64 = 1.0 / 9.806_65;
/// A byte to a share.
const BYTE: f64 = 1.0 / 255.0;
/// Steps of the steering wheel to a share.
const STEPS: f64 = 1.0 / 127.0;
/// What one °F is in °C.
const FAHRENHEIT: f64 = 5.0 / 9.0;

const fn of(channel: &'static str, field: &'static str) -> ChannelMapping {
    ChannelMapping::new(channel, SOURCE, field)
}

/// 0 °F is what a car without temperatures has.
const fn tyre_temperature(channel: &'static str, wheel: u32) -> ChannelMapping {
    of(channel, "tire_temperature_f").element(wheel).scale(FAHRENHEIT).offset(-32.0 * FAHRENHEIT).missing(0.0)
}

/// The channels that Forza gives, and the fields they come from.
pub const CHANNELS: &[ChannelMapping] = &[
    of("speed", "speed_m_s"),
    of("throttle", "accel").scale(BYTE),
    of("brake", "brake").scale(BYTE),
    of("clutch", "clutch").scale(BYTE),
    of("handbrake", "hand_brake").scale(BYTE),
    of("steer_ratio", "steer").scale(STEPS),
    of("gear", "gear").instead(11.0, 0.0).instead(0.0, -1.0),
    of("engine_rpm", "engine_rpm"),
    of("engine_rpm_max", "engine_max_rpm").missing(0.0),
    of("turbo_boost", "boost_psi"),
    of("fuel_level", "fuel"),
    of("lap_number", "lap_number"),
    of("laps_completed", "lap_number"),
    of("distance", "distance_traveled_m"),
    // Outside races there is no lap.
    of("lap_time", "current_lap_s").missing(0.0),
    of("last_lap_time", "last_lap_s").missing(0.0),
    of("best_lap_time", "best_lap_s").missing(0.0),
    of("session_time", "current_race_time_s"),
    of("race_position", "race_position").missing(0.0),
    of("on_track", "is_race_on"),
    // In menus and pauses the packet is 0 but for its time: what else it says then means nothing.
    of("paused", "is_race_on").scale(-1.0).offset(1.0),
    // Both by the game's own numbers; there is no list of them.
    of("car", "car_ordinal").missing(0.0),
    of("track", "motorsport/track_ordinal").missing(0.0),
    of("position_x", "position_m").element(0),
    of("position_y", "position_m").element(1),
    of("position_z", "position_m").element(2),
    of("g_lat", "acceleration_m_s2").element(0).scale(-G),
    of("g_vert", "acceleration_m_s2").element(1).scale(G),
    of("g_lon", "acceleration_m_s2").element(2).scale(G),
    of("yaw", "yaw_rad"),
    of("pitch", "pitch_rad"),
    of("roll", "roll_rad"),
    of("pitch_rate", "angular_velocity_rad_s").element(0),
    of("yaw_rate", "angular_velocity_rad_s").element(1),
    of("roll_rate", "angular_velocity_rad_s").element(2),
    tyre_temperature("tyre_temperature_fl", 0),
    tyre_temperature("tyre_temperature_fr", 1),
    tyre_temperature("tyre_temperature_rl", 2),
    tyre_temperature("tyre_temperature_rr", 3),
    of("tyre_wear_fl", "motorsport/tire_wear").element(0),
    of("tyre_wear_fr", "motorsport/tire_wear").element(1),
    of("tyre_wear_rl", "motorsport/tire_wear").element(2),
    of("tyre_wear_rr", "motorsport/tire_wear").element(3),
    of("wheel_speed_fl", "wheel_rotation_speed_rad_s").element(0),
    of("wheel_speed_fr", "wheel_rotation_speed_rad_s").element(1),
    of("wheel_speed_rl", "wheel_rotation_speed_rad_s").element(2),
    of("wheel_speed_rr", "wheel_rotation_speed_rad_s").element(3),
    of("suspension_travel_fl", "suspension_travel_m").element(0),
    of("suspension_travel_fr", "suspension_travel_m").element(1),
    of("suspension_travel_rl", "suspension_travel_m").element(2),
    of("suspension_travel_rr", "suspension_travel_m").element(3),
];

const NO_FIELD: &str = "the game has no such field";
const NORMALIZED: &str =
    "the game's slip has no unit, 1 is where grip ends: see tire_slip_ratio and tire_slip_angle";
const IN_CAR_AXES: &str = "the game gives velocity in car axes: the field velocity_m_s is kept";

/// The channels that Forza does not give, and why.
pub const NOT_AVAILABLE: &[(&str, &str)] = &[
    ("steer", "the game gives a part of the lock, not an angle: see steer_ratio"),
    ("fuel_volume", "the game gives a part of the tank: see fuel_level"),
    ("fuel_mass", "the game gives a part of the tank: see fuel_level"),
    ("velocity_x", IN_CAR_AXES),
    ("velocity_y", IN_CAR_AXES),
    ("velocity_z", IN_CAR_AXES),
    ("slip_ratio_fl", NORMALIZED),
    ("slip_ratio_fr", NORMALIZED),
    ("slip_ratio_rl", NORMALIZED),
    ("slip_ratio_rr", NORMALIZED),
    ("slip_angle_fl", NORMALIZED),
    ("slip_angle_fr", NORMALIZED),
    ("slip_angle_rl", NORMALIZED),
    ("slip_angle_rr", NORMALIZED),
    ("lap_distance", "the game states neither the place on the track nor its length"),
    ("lap_position", "the game states neither the place on the track nor its length"),
    ("sector", NO_FIELD),
    ("sector_count", NO_FIELD),
    ("sector_1_time", NO_FIELD),
    ("sector_2_time", NO_FIELD),
    ("sector_3_time", NO_FIELD),
    ("split_time", NO_FIELD),
    ("lap_phase", NO_FIELD),
    ("laps_total", NO_FIELD),
    ("track_length", NO_FIELD),
    ("track_layout", "every layout has a number of its own: see track"),
    ("point_to_point", "the game does not tell a sprint from a circuit"),
    ("replay", NO_FIELD),
    ("safety_car", NO_FIELD),
    ("red_flag", NO_FIELD),
    ("session_id", NO_FIELD),
    ("session_number", NO_FIELD),
    ("session_type", NO_FIELD),
    ("driver", NO_FIELD),
    ("tyre_compound", NO_FIELD),
    ("lap_valid", NO_FIELD),
    ("in_pit", NO_FIELD),
    ("in_pit_lane", NO_FIELD),
    ("tyre_pressure_fl", NO_FIELD),
    ("tyre_pressure_fr", NO_FIELD),
    ("tyre_pressure_rl", NO_FIELD),
    ("tyre_pressure_rr", NO_FIELD),
    ("brake_temperature_fl", NO_FIELD),
    ("brake_temperature_fr", NO_FIELD),
    ("brake_temperature_rl", NO_FIELD),
    ("brake_temperature_rr", NO_FIELD),
    ("water_temperature", NO_FIELD),
    ("oil_temperature", NO_FIELD),
    ("altitude", "the height is position_y: the world's second axis points up"),
];

//! How Gran Turismo 7's fields become channels, and which channels it cannot give.
//!
//! A flat table. The names hold for every kind of packet that has the field.

use gametelemetry::ChannelMapping;

use super::SOURCE;

/// m/s² to g.
const G: f64 = 1.0 / 9.806_65;
/// A byte to a share.
const BYTE: f64 = 1.0 / 255.0;
/// Milliseconds to seconds.
const MILLISECOND: f64 = 0.001;
/// bar to Pa.
const BAR: f64 = 1e5;
/// What the game writes instead of a time or a lap that it does not have.
const NONE: f64 = -1.0;

const fn of(channel: &'static str, field: &'static str) -> ChannelMapping {
    ChannelMapping::new(channel, SOURCE, field)
}

/// The channels that the game gives, and the fields they come from.
pub const CHANNELS: &[ChannelMapping] = &[
    of("speed", "speed_m_s"),
    of("throttle", "throttle").scale(BYTE),
    of("brake", "brake").scale(BYTE),
    of("clutch", "clutch_pedal"),
    of("handbrake", "hand_brake_active"),
    of("steer", "steering_wheel_rad"),
    of("gear", "gear").instead(15.0, 0.0).instead(0.0, -1.0),
    of("engine_rpm", "engine_rpm"),
    of("turbo_boost", "manifold_pressure_bar").missing(0.0).offset(-1.0),
    of("manifold_pressure", "manifold_pressure_bar").missing(0.0).scale(BAR),
    of("oil_pressure", "oil_pressure_bar").scale(BAR),
    of("fuel_volume", "fuel_level_l"),
    of("tc_active", "tcs_active"),
    of("lap_number", "current_lap").missing(NONE),
    of("lap_time", "current_lap_time_ms").missing(NONE).scale(MILLISECOND),
    of("last_lap_time", "last_lap_time_ms").missing(NONE).scale(MILLISECOND),
    of("best_lap_time", "best_lap_time_ms").missing(NONE).scale(MILLISECOND),
    of("on_track", "car_on_track"),
    // 0 when the race has no end.
    of("laps_total", "laps_in_race").missing(NONE),
    of("paused", "paused"),
    // By the game's own number; there is no list of them.
    of("car", "car_id").missing(0.0),
    of("time_of_day", "time_of_day_ms").missing(NONE).scale(MILLISECOND),
    of("position_x", "position_m").element(0),
    of("position_y", "position_m").element(1),
    of("position_z", "position_m").element(2),
    of("velocity_x", "velocity_m_s").element(0),
    of("velocity_y", "velocity_m_s").element(1),
    of("velocity_z", "velocity_m_s").element(2),
    of("g_lat", "sway_m_s2").scale(-G),
    of("g_vert", "heave_m_s2").scale(G),
    of("g_lon", "surge_m_s2").scale(G),
    of("pitch_rate", "angular_velocity_rad_s").element(0),
    of("yaw_rate", "angular_velocity_rad_s").element(1),
    of("roll_rate", "angular_velocity_rad_s").element(2),
    of("tyre_surface_temperature_fl", "tyre_surface_temperature_c").element(0),
    of("tyre_surface_temperature_fr", "tyre_surface_temperature_c").element(1),
    of("tyre_surface_temperature_rl", "tyre_surface_temperature_c").element(2),
    of("tyre_surface_temperature_rr", "tyre_surface_temperature_c").element(3),
    // The game counts backwards when the car goes forwards.
    of("wheel_speed_fl", "wheel_speed_rad_s").element(0).scale(-1.0),
    of("wheel_speed_fr", "wheel_speed_rad_s").element(1).scale(-1.0),
    of("wheel_speed_rl", "wheel_speed_rad_s").element(2).scale(-1.0),
    of("wheel_speed_rr", "wheel_speed_rad_s").element(3).scale(-1.0),
    of("suspension_travel_fl", "suspension_height_m").element(0),
    of("suspension_travel_fr", "suspension_height_m").element(1),
    of("suspension_travel_rl", "suspension_height_m").element(2),
    of("suspension_travel_rr", "suspension_height_m").element(3),
];

const NO_FIELD: &str = "the game has no such field";
const NO_PLACE: &str = "the game states neither the place on the track nor its length";
const QUATERNION: &str = "the game gives a quaternion: the field rotation is kept";

/// The channels that the game does not give, and why.
pub const NOT_AVAILABLE: &[(&str, &str)] = &[
    ("water_temperature", "the game always says 85 °C"),
    ("oil_temperature", "the game always says 110 °C"),
    (
        "engine_rpm_max",
        "the game gives the range of the shift light: shift_light_from_rpm to shift_light_to_rpm",
    ),
    ("steer_ratio", "the game does not state the lock: see steer"),
    ("race_position", "the game states the place on the grid only: the field start_position is kept"),
    ("laps_completed", "the game counts the lap that is driven: see lap_number"),
    (
        "fuel_level",
        "the game states litres and the size of the tank: see fuel_volume, fuel_capacity_l is kept",
    ),
    ("fuel_mass", "the game states litres: see fuel_volume"),
    ("ride_height_front", "the game gives one height for the body: the field body_height_m is kept"),
    ("ride_height_rear", "the game gives one height for the body: the field body_height_m is kept"),
    ("yaw", QUATERNION),
    ("pitch", QUATERNION),
    ("roll", QUATERNION),
    ("lap_distance", NO_PLACE),
    ("lap_position", NO_PLACE),
    ("distance", NO_PLACE),
    ("sector", NO_FIELD),
    ("sector_count", NO_FIELD),
    ("sector_1_time", NO_FIELD),
    ("sector_2_time", NO_FIELD),
    ("sector_3_time", NO_FIELD),
    ("split_time", NO_FIELD),
    ("lap_phase", NO_FIELD),
    ("track_length", NO_PLACE),
    ("track", NO_FIELD),
    ("track_layout", NO_FIELD),
    ("point_to_point", NO_FIELD),
    ("replay", "in a replay the car is not on the track: see on_track"),
    ("safety_car", NO_FIELD),
    ("red_flag", NO_FIELD),
    ("session_id", NO_FIELD),
    ("session_number", NO_FIELD),
    ("session_time", NO_FIELD),
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
    ("tyre_wear_fl", NO_FIELD),
    ("tyre_wear_fr", NO_FIELD),
    ("tyre_wear_rl", NO_FIELD),
    ("tyre_wear_rr", NO_FIELD),
    ("brake_temperature_fl", NO_FIELD),
    ("brake_temperature_fr", NO_FIELD),
    ("brake_temperature_rl", NO_FIELD),
    ("brake_temperature_rr", NO_FIELD),
    ("altitude", "the height is position_y: the world's second axis points up"),
];

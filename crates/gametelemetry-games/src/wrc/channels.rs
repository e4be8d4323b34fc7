//! How EA SPORTS WRC's fields become channels, and which channels it cannot give.
//!
//! A flat table. The names are those of the game's channels, so they hold for every structure that has them.

use gametelemetry::ChannelMapping;

use super::SOURCE;

const fn of(channel: &'static str, field: &'static str) -> ChannelMapping {
    ChannelMapping::new(channel, SOURCE, field)
}

/// The channels that the game gives, and the fields they come from.
pub const CHANNELS: &[ChannelMapping] = &[
    of("speed", "vehicle_speed"),
    of("throttle", "vehicle_throttle"),
    of("brake", "vehicle_brake"),
    of("clutch", "vehicle_clutch"),
    of("handbrake", "vehicle_handbrake"),
    of("steer_ratio", "vehicle_steering"),
    of("gear", "vehicle_gear_index").instead(10.0, -1.0),
    of("engine_rpm", "vehicle_engine_rpm_current"),
    of("engine_rpm_max", "vehicle_engine_rpm_max").missing(0.0),
    of("lap_time", "stage_current_time"),
    of("lap_distance", "stage_current_distance"),
    of("track_length", "stage_length").missing(0.0),
    // Every stage goes from a start to a finish.
    of("point_to_point", "stage_length").scale(0.0).offset(1.0),
    // The packets of a pause, where they are switched on: their coming is what they say.
    of("paused", "session_pause/stage_current_time").scale(0.0).offset(1.0),
    of("paused", "session_resume/stage_current_time").scale(0.0),
    of("paused", "session_start/stage_length").scale(0.0),
    of("session_time", "game_total_time"),
    of("position_x", "vehicle_position_x"),
    of("position_y", "vehicle_position_y"),
    of("position_z", "vehicle_position_z"),
    of("velocity_x", "vehicle_velocity_x"),
    of("velocity_y", "vehicle_velocity_y"),
    of("velocity_z", "vehicle_velocity_z"),
    of("wheel_rim_speed_fl", "vehicle_cp_forward_speed_fl"),
    of("wheel_rim_speed_fr", "vehicle_cp_forward_speed_fr"),
    of("wheel_rim_speed_rl", "vehicle_cp_forward_speed_bl"),
    of("wheel_rim_speed_rr", "vehicle_cp_forward_speed_br"),
    of("suspension_travel_fl", "vehicle_hub_position_fl"),
    of("suspension_travel_fr", "vehicle_hub_position_fr"),
    of("suspension_travel_rl", "vehicle_hub_position_bl"),
    of("suspension_travel_rr", "vehicle_hub_position_br"),
    of("brake_temperature_fl", "vehicle_brake_temperature_fl"),
    of("brake_temperature_fr", "vehicle_brake_temperature_fr"),
    of("brake_temperature_rl", "vehicle_brake_temperature_bl"),
    of("brake_temperature_rr", "vehicle_brake_temperature_br"),
];

const NO_FIELD: &str = "the game has no such field";
const BY_YOURS: &str = "the game has it for structures of your own: see docs/formats.md";
const IN_WORLD_AXES: &str = "the game gives acceleration in the world: vehicle_acceleration_x to _z are kept";
const DIRECTIONS: &str = "the game gives directions: vehicle_forward_direction_x and the others are kept";
const SPEED: &str = "the game gives the speed of the tread: see wheel_rim_speed_fl to _rr";

/// The channels that the game does not give, and why.
pub const NOT_AVAILABLE: &[(&str, &str)] = &[
    ("steer", "the game gives a part of the lock, not an angle: see steer_ratio"),
    ("lap_position", "the game gives metres and the length: see lap_distance and track_length"),
    ("g_lat", IN_WORLD_AXES),
    ("g_lon", IN_WORLD_AXES),
    ("g_vert", IN_WORLD_AXES),
    ("yaw", DIRECTIONS),
    ("pitch", DIRECTIONS),
    ("roll", DIRECTIONS),
    ("wheel_speed_fl", SPEED),
    ("wheel_speed_fr", SPEED),
    ("wheel_speed_rl", SPEED),
    ("wheel_speed_rr", SPEED),
    ("lap_number", "a stage has no laps"),
    ("laps_completed", "a stage has no laps"),
    ("last_lap_time", BY_YOURS),
    ("best_lap_time", NO_FIELD),
    ("sector", NO_FIELD),
    ("sector_count", NO_FIELD),
    ("sector_1_time", NO_FIELD),
    ("sector_2_time", NO_FIELD),
    ("sector_3_time", NO_FIELD),
    ("split_time", BY_YOURS),
    ("lap_phase", NO_FIELD),
    ("lap_valid", NO_FIELD),
    ("laps_total", "a stage has no laps"),
    ("in_pit", NO_FIELD),
    ("in_pit_lane", NO_FIELD),
    ("on_track", NO_FIELD),
    ("replay", NO_FIELD),
    ("safety_car", NO_FIELD),
    ("red_flag", NO_FIELD),
    ("session_id", NO_FIELD),
    ("session_number", NO_FIELD),
    ("session_type", NO_FIELD),
    ("track", BY_YOURS),
    ("track_layout", NO_FIELD),
    ("car", BY_YOURS),
    ("driver", NO_FIELD),
    ("tyre_compound", NO_FIELD),
    ("race_position", NO_FIELD),
    ("fuel_volume", NO_FIELD),
    ("fuel_mass", NO_FIELD),
    ("fuel_level", NO_FIELD),
    ("tyre_pressure_fl", NO_FIELD),
    ("tyre_pressure_fr", NO_FIELD),
    ("tyre_pressure_rl", NO_FIELD),
    ("tyre_pressure_rr", NO_FIELD),
    ("tyre_temperature_fl", NO_FIELD),
    ("tyre_temperature_fr", NO_FIELD),
    ("tyre_temperature_rl", NO_FIELD),
    ("tyre_temperature_rr", NO_FIELD),
    ("water_temperature", NO_FIELD),
    ("altitude", "the height is position_y: the world's second axis points up"),
];

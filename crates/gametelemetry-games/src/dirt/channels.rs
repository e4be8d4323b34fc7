//! How DiRT's fields become channels, and which channels DiRT cannot give.
//!
//! A flat table. Fields that DiRT leaves at 0 are not mapped: unknown is not 0.

use gametelemetry::ChannelMapping;

use super::SOURCE;

/// Millimetres to metres.
const MILLIMETRE: f64 = 0.001;
/// Tenths of an engine's speed to rpm.
const TENTHS: f64 = 10.0;
/// The places of the wheels in an array.
const RL: u32 = 0;
const RR: u32 = 1;
const FL: u32 = 2;
const FR: u32 = 3;

const fn of(channel: &'static str, field: &'static str) -> ChannelMapping {
    ChannelMapping::new(channel, SOURCE, field)
}

/// The channels that DiRT gives, and the fields they come from.
pub const CHANNELS: &[ChannelMapping] = &[
    of("speed", "speed_m_s"),
    of("throttle", "throttle"),
    of("brake", "brake"),
    of("clutch", "clutch"),
    of("steer_ratio", "steering"),
    // No car has ten gears.
    of("gear", "gear").instead(10.0, -1.0),
    of("engine_rpm", "engine_rate_10_rpm").scale(TENTHS),
    of("engine_rpm_max", "max_rate_10_rpm").scale(TENTHS).missing(0.0),
    of("lap_number", "current_lap"),
    of("laps_completed", "laps_completed"),
    of("lap_distance", "lap_distance_m"),
    of("lap_position", "progress"),
    of("lap_time", "lap_time_s"),
    of("last_lap_time", "last_lap_time_s").missing(0.0),
    of("sector", "sector"),
    of("sector_1_time", "sector_1_time_s").missing(0.0),
    of("sector_2_time", "sector_2_time_s").missing(0.0),
    of("track_length", "track_length_m").missing(0.0),
    of("laps_total", "total_laps").missing(0.0),
    // A stage says that it has one lap; a rallycross race has more.
    of("point_to_point", "total_laps").scale(0.0).instead(1.0, 1.0),
    of("race_position", "race_position").missing(0.0),
    of("session_time", "run_time_s"),
    of("position_x", "position_m").element(0),
    of("position_y", "position_m").element(1),
    of("position_z", "position_m").element(2),
    of("velocity_x", "velocity_m_s").element(0),
    of("velocity_y", "velocity_m_s").element(1),
    of("velocity_z", "velocity_m_s").element(2),
    of("g_lat", "g_force_lateral_g"),
    of("g_lon", "g_force_longitudinal_g"),
    of("wheel_rim_speed_fl", "wheel_speed_m_s").element(FL),
    of("wheel_rim_speed_fr", "wheel_speed_m_s").element(FR),
    of("wheel_rim_speed_rl", "wheel_speed_m_s").element(RL),
    of("wheel_rim_speed_rr", "wheel_speed_m_s").element(RR),
    of("suspension_travel_fl", "suspension_position_mm").element(FL).scale(MILLIMETRE),
    of("suspension_travel_fr", "suspension_position_mm").element(FR).scale(MILLIMETRE),
    of("suspension_travel_rl", "suspension_position_mm").element(RL).scale(MILLIMETRE),
    of("suspension_travel_rr", "suspension_position_mm").element(RR).scale(MILLIMETRE),
    of("brake_temperature_fl", "brake_temperature_c").element(FL),
    of("brake_temperature_fr", "brake_temperature_c").element(FR),
    of("brake_temperature_rl", "brake_temperature_c").element(RL),
    of("brake_temperature_rr", "brake_temperature_c").element(RR),
];

const NO_FIELD: &str = "the game has no such field";
const NEVER_FILLED: &str = "the game has the field but never fills it";
const DIRECTIONS: &str =
    "the game gives directions: the fields right_direction and forward_direction are kept";
const SPEED: &str = "the game gives the speed of the tread: see wheel_rim_speed_fl to _rr";

/// The channels that DiRT does not give, and why.
pub const NOT_AVAILABLE: &[(&str, &str)] = &[
    ("steer", "the game gives a part of the lock, not an angle: see steer_ratio"),
    ("handbrake", NO_FIELD),
    ("yaw", DIRECTIONS),
    ("pitch", DIRECTIONS),
    ("roll", DIRECTIONS),
    ("g_vert", NO_FIELD),
    ("split_time", "the game says how long a sector took, not when it ended: see sector_1_time"),
    ("sector_3_time", "the game gives the times of the first two sectors only"),
    ("sector_count", "a stage has four, the game does not state it"),
    ("lap_phase", NO_FIELD),
    ("on_track", NO_FIELD),
    ("paused", NO_FIELD),
    ("replay", NO_FIELD),
    ("safety_car", NO_FIELD),
    ("red_flag", NO_FIELD),
    ("session_id", NO_FIELD),
    ("session_number", NO_FIELD),
    ("session_type", NO_FIELD),
    ("track", "the game does not name the stage: its length tells most of them apart, see track_length"),
    ("track_layout", NO_FIELD),
    ("car", "the game does not name the car"),
    ("driver", NO_FIELD),
    ("tyre_compound", NO_FIELD),
    ("fuel_volume", NEVER_FILLED),
    ("fuel_mass", NEVER_FILLED),
    ("fuel_level", NEVER_FILLED),
    ("abs_level", NEVER_FILLED),
    ("tc_level", NEVER_FILLED),
    ("drs_active", NEVER_FILLED),
    ("in_pit", NEVER_FILLED),
    ("in_pit_lane", NEVER_FILLED),
    ("tyre_pressure_fl", NEVER_FILLED),
    ("tyre_pressure_fr", NEVER_FILLED),
    ("tyre_pressure_rl", NEVER_FILLED),
    ("tyre_pressure_rr", NEVER_FILLED),
    ("wheel_speed_fl", SPEED),
    ("wheel_speed_fr", SPEED),
    ("wheel_speed_rl", SPEED),
    ("wheel_speed_rr", SPEED),
    ("best_lap_time", NO_FIELD),
    ("lap_valid", NO_FIELD),
    ("tyre_temperature_fl", NO_FIELD),
    ("tyre_temperature_fr", NO_FIELD),
    ("tyre_temperature_rl", NO_FIELD),
    ("tyre_temperature_rr", NO_FIELD),
    ("water_temperature", NO_FIELD),
    ("altitude", "the height is position_y: the world's second axis points up"),
];

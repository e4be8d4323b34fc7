//! How ACC's fields become channels, and which channels ACC cannot give.
//!
//! A flat table. The physics source is preferred where both pages know something, because it is five times faster.
//! Fields that the game leaves at 0 are not mapped: unknown is not 0. Computes nothing.

use gametelemetry::{ChannelMapping, Lookup, Plus};

use super::{COMBINED_SOURCE, GRAPHICS_SOURCE, PHYSICS_SOURCE, STATIC_SOURCE};

/// What the game writes instead of a time that it does not have: `i32::MAX`.
const NO_TIME: f64 = 2_147_483_647.0;
/// Milliseconds to seconds.
const MILLISECOND: f64 = 0.001;
/// km/h to m/s.
const KMH: f64 = 1.0 / 3.6;
/// psi to Pa.
const PSI: f64 = 6_894.757_293_168;

const fn physics(channel: &'static str, field: &'static str) -> ChannelMapping {
    ChannelMapping::new(channel, PHYSICS_SOURCE, field)
}

const fn graphics(channel: &'static str, field: &'static str) -> ChannelMapping {
    ChannelMapping::new(channel, GRAPHICS_SOURCE, field)
}

const fn of_static(channel: &'static str, field: &'static str) -> ChannelMapping {
    ChannelMapping::new(channel, STATIC_SOURCE, field)
}

/// The coordinates of all cars are in one array; the player's place in it is that of its id in `car_id`.
const fn position(channel: &'static str) -> ChannelMapping {
    let player = Lookup::new("car_id", "player_car_id", "active_cars", 3);
    ChannelMapping::of_player(channel, GRAPHICS_SOURCE, "car_coordinates_m", player)
}

/// The channels that ACC gives, and the fields they come from.
pub const CHANNELS: &[ChannelMapping] = &[
    physics("speed", "speed_kmh").scale(KMH),
    physics("throttle", "gas"),
    physics("brake", "brake"),
    physics("clutch", "clutch"),
    physics("steer_ratio", "steer_angle"),
    // The game counts reverse as 0 and neutral as 1.
    physics("gear", "gear").offset(-1.0),
    physics("engine_rpm", "rpm"),
    physics("engine_rpm_max", "current_max_rpm").missing(0.0),
    physics("velocity_x", "velocity_m_s").element(0),
    physics("velocity_y", "velocity_m_s").element(1),
    physics("velocity_z", "velocity_m_s").element(2),
    // Positive to the right, as the steering is: so in real packets of Assetto Corsa, whose axes these are.
    physics("g_lat", "acc_g").element(0).scale(-1.0),
    physics("g_vert", "acc_g").element(1),
    physics("g_lon", "acc_g").element(2),
    physics("yaw", "heading_rad"),
    physics("pitch", "pitch_rad"),
    physics("roll", "roll_rad"),
    physics("pitch_rate", "local_angular_vel_rad_s").element(0),
    physics("yaw_rate", "local_angular_vel_rad_s").element(1),
    physics("roll_rate", "local_angular_vel_rad_s").element(2),
    physics("fuel_mass", "fuel_kg"),
    physics("turbo_boost", "turbo_boost"),
    physics("tyre_pressure_fl", "wheel_pressure_psi").element(0).scale(PSI),
    physics("tyre_pressure_fr", "wheel_pressure_psi").element(1).scale(PSI),
    physics("tyre_pressure_rl", "wheel_pressure_psi").element(2).scale(PSI),
    physics("tyre_pressure_rr", "wheel_pressure_psi").element(3).scale(PSI),
    physics("tyre_temperature_fl", "tyre_core_temp_c").element(0),
    physics("tyre_temperature_fr", "tyre_core_temp_c").element(1),
    physics("tyre_temperature_rl", "tyre_core_temp_c").element(2),
    physics("tyre_temperature_rr", "tyre_core_temp_c").element(3),
    physics("wheel_speed_fl", "wheel_angular_speed_rad_s").element(0),
    physics("wheel_speed_fr", "wheel_angular_speed_rad_s").element(1),
    physics("wheel_speed_rl", "wheel_angular_speed_rad_s").element(2),
    physics("wheel_speed_rr", "wheel_angular_speed_rad_s").element(3),
    physics("suspension_travel_fl", "suspension_travel_m").element(0),
    physics("suspension_travel_fr", "suspension_travel_m").element(1),
    physics("suspension_travel_rl", "suspension_travel_m").element(2),
    physics("suspension_travel_rr", "suspension_travel_m").element(3),
    physics("brake_temperature_fl", "brake_temp_c").element(0),
    physics("brake_temperature_fr", "brake_temp_c").element(1),
    physics("brake_temperature_rl", "brake_temp_c").element(2),
    physics("brake_temperature_rr", "brake_temp_c").element(3),
    physics("brake_pressure_fl", "brake_pressure").element(0),
    physics("brake_pressure_fr", "brake_pressure").element(1),
    physics("brake_pressure_rl", "brake_pressure").element(2),
    physics("brake_pressure_rr", "brake_pressure").element(3),
    physics("slip_ratio_fl", "slip_ratio").element(0),
    physics("slip_ratio_fr", "slip_ratio").element(1),
    physics("slip_ratio_rl", "slip_ratio").element(2),
    physics("slip_ratio_rr", "slip_ratio").element(3),
    physics("slip_angle_fl", "slip_angle_rad").element(0),
    physics("slip_angle_fr", "slip_angle_rad").element(1),
    physics("slip_angle_rl", "slip_angle_rad").element(2),
    physics("slip_angle_rr", "slip_angle_rad").element(3),
    physics("brake_bias", "brake_bias"),
    physics("air_temperature", "air_temp_c"),
    physics("track_temperature", "road_temp_c"),
    physics("water_temperature", "water_temp_c"),
    physics("abs_active", "abs"),
    physics("tc_active", "tc"),
    physics("pit_limiter", "pit_limiter_on"),
    graphics("lap_number", "completed_laps").offset(1.0),
    graphics("laps_completed", "completed_laps"),
    graphics("lap_position", "normalized_car_position"),
    graphics("lap_time", "i_current_time_ms").scale(MILLISECOND).missing(NO_TIME),
    graphics("last_lap_time", "i_last_time_ms").scale(MILLISECOND).missing(NO_TIME),
    graphics("best_lap_time", "i_best_time_ms").scale(MILLISECOND).missing(NO_TIME),
    graphics("delta_best", "i_delta_lap_time_ms").scale(MILLISECOND).missing(NO_TIME),
    graphics("estimated_lap_time", "i_estimated_lap_time_ms").scale(MILLISECOND).missing(NO_TIME),
    graphics("sector", "current_sector_index"),
    // Counted from the start of the lap, so the second one is sector 1 and 2 together.
    graphics("split_time", "last_sector_time_ms").scale(MILLISECOND).missing(NO_TIME),
    graphics("lap_valid", "is_valid_lap"),
    graphics("race_position", "position"),
    graphics("in_pit", "is_in_pit"),
    graphics("in_pit_lane", "is_in_pit_lane"),
    position("position_x").element(0),
    position("position_y").element(1),
    position("position_z").element(2),
    graphics("distance", "distance_traveled_m"),
    graphics("session_time_left", "session_time_left_ms").scale(MILLISECOND),
    graphics("time_of_day", "clock_s"),
    graphics("wind_speed", "wind_speed_m_s"),
    graphics("track_grip", "surface_grip"),
    graphics("fuel_per_lap", "fuel_per_lap_l"),
    graphics("abs_level", "abs_level"),
    graphics("tc_level", "tc_level"),
    // 0 off (menus), 1 replay, 2 live, 3 pause.
    graphics("paused", "status").scale(0.0).instead(0.0, 1.0).instead(3.0, 1.0),
    graphics("replay", "status").scale(0.0).instead(1.0, 1.0),
    graphics("red_flag", "global_red"),
    graphics("session_type", "session").missing(-1.0),
    graphics("tyre_compound", "tyre_compound"),
    of_static("track", "track"),
    of_static("car", "car_model"),
    of_static("driver", "player_name").plus("player_surname", 1.0),
    of_static("sector_count", "sector_count").missing(0.0),
];

/// [`CHANNELS`] for the source of [`super::Combined`], whose fields have the page's name in front.
#[must_use]
pub fn combined_channels() -> Vec<ChannelMapping> {
    let combined = CHANNELS.iter().map(|mapping| {
        // `static` is no name for a field in Rust.
        let page = if mapping.source == STATIC_SOURCE { "static_info" } else { mapping.source.as_ref() };
        let inside = |field: &str| format!("{page}.{field}").into();
        ChannelMapping {
            source: COMBINED_SOURCE.into(),
            field: inside(&mapping.field),
            lookup: mapping.lookup.as_ref().map(|lookup| Lookup {
                list: inside(&lookup.list),
                key: inside(&lookup.key),
                cars: inside(&lookup.cars),
                stride: lookup.stride,
            }),
            plus: mapping.plus.as_ref().map(|plus| Plus { field: inside(&plus.field), scale: plus.scale }),
            ..mapping.clone()
        }
    });
    combined.collect()
}

const NO_FIELD: &str = "the game has no such field";
const NEVER_FILLED: &str = "the game has the field but never fills it";

/// The channels that ACC does not give, and why.
pub const NOT_AVAILABLE: &[(&str, &str)] = &[
    ("steer", "the game gives a part of the car's lock, not an angle: see steer_ratio"),
    ("lap_distance", "the game does not state the track's length: see lap_position"),
    ("track_length", NEVER_FILLED),
    ("track_layout", NEVER_FILLED),
    ("laps_total", "the field number_of_laps counts the laps that are done"),
    ("sector_1_time", "the game gives the time of each split since the lap began: see split_time"),
    ("sector_2_time", "the game gives the time of each split since the lap began: see split_time"),
    ("sector_3_time", "the game gives the time of each split since the lap began: see split_time"),
    ("lap_phase", NO_FIELD),
    ("on_track", "the game says where the car is not: see in_pit and in_pit_lane"),
    ("safety_car", NO_FIELD),
    ("point_to_point", "every track is a circuit"),
    ("session_id", NO_FIELD),
    ("session_number", "the documentation does not say what session_index counts"),
    ("session_time", "the game states the time that is left: see session_time_left"),
    ("fuel_level", "the game states fuel in kg: see fuel_mass"),
    ("fuel_volume", "the game states fuel in kg: see fuel_mass"),
    ("tyre_wear_fl", NEVER_FILLED),
    ("tyre_wear_fr", NEVER_FILLED),
    ("tyre_wear_rl", NEVER_FILLED),
    ("tyre_wear_rr", NEVER_FILLED),
    ("tyre_load_fl", NEVER_FILLED),
    ("tyre_load_fr", NEVER_FILLED),
    ("tyre_load_rl", NEVER_FILLED),
    ("tyre_load_rr", NEVER_FILLED),
    ("ride_height_front", NEVER_FILLED),
    ("ride_height_rear", NEVER_FILLED),
    (
        "wind_direction",
        "the game does not document where its angle begins: the field wind_direction_rad is kept",
    ),
    ("handbrake", NO_FIELD),
    ("oil_temperature", NO_FIELD),
    ("oil_pressure", NO_FIELD),
    ("latitude", NO_FIELD),
    ("longitude", NO_FIELD),
    ("altitude", "the height is position_y: the world's second axis points up"),
];

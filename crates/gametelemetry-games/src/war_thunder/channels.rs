//! Which fields are which channels. An aircraft has few of the channels of a car; those that are there mean the same.

use gametelemetry::ChannelMapping;

use super::{INDICATORS_SOURCE, STATE_SOURCE};

/// km/h to m/s.
const KMH: f64 = 1.0 / 3.6;
/// Percent to a share.
const PERCENT: f64 = 0.01;
/// Atmospheres to Pa.
const ATM: f64 = 101_325.0;
/// Degrees to radians.
const DEGREE: f64 = std::f64::consts::PI / 180.0;

const fn state(channel: &'static str, field: &'static str) -> ChannelMapping {
    ChannelMapping::new(channel, STATE_SOURCE, field)
}

/// The channels that War Thunder gives, and the fields they come from. Those of an engine are the first engine's.
pub const CHANNELS: &[ChannelMapping] = &[
    // Speed through the air: the game says no other, and its air hardly moves.
    state("speed", "tas_kmh").scale(KMH),
    state("altitude", "altitude_m"),
    state("throttle", "engine_1_throttle_percent").scale(PERCENT),
    state("engine_rpm", "engine_1_rpm"),
    state("manifold_pressure", "engine_1_manifold_pressure_atm").scale(ATM),
    state("water_temperature", "engine_1_water_temperature_c"),
    state("oil_temperature", "engine_1_oil_temperature_c"),
    state("fuel_mass", "fuel_kg"),
    ChannelMapping::new("heading", INDICATORS_SOURCE, "compass").scale(DEGREE),
];

/// The channels that War Thunder does not give although one would look for them, and why.
pub const NOT_AVAILABLE: &[(&str, &str)] = &[
    ("g_vert", "the game's load factor has gravity in it: the field ny_g is kept"),
    ("pitch", "the sign of the artificial horizon is not documented: the field aviahorizon_pitch is kept"),
    ("roll", "the sign of the artificial horizon is not documented: the field aviahorizon_roll is kept"),
    ("roll_rate", "its sign is not documented: the field roll_rate_deg_s is kept"),
    ("position_x", "the player is one of the objects of the map, as a share of the map's size"),
    ("position_y", "the player is one of the objects of the map, as a share of the map's size"),
    ("latitude", "the maps are nowhere on Earth"),
    ("longitude", "the maps are nowhere on Earth"),
];

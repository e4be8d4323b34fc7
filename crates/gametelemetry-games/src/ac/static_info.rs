//! The static page of Assetto Corsa: car, track, player and rules, in the map `acpmf_static`.
//!
//! A flat table in the order of the documentation. Written when a session starts and then left alone. Only the
//! layout: values are the game's, in the game's units.

use gametelemetry::{Utf16, telemetry};

/// What does not change while a session runs: car, track, player, rules.
#[telemetry(size = 684, version = "1.7", reference = "AC Shared Memory Documentation, SPageFileStatic")]
pub struct Static {
    /// Version of the shared memory, as the game states it: `1.7`.
    sm_version: Utf16<15>,
    /// Version of the game, as the game states it: `1.16.4`.
    ac_version: Utf16<15>,
    /// Number of sessions.
    number_of_sessions: i32,
    /// Largest number of cars on the track.
    num_cars: i32,
    /// Car of the player, by the game's own name.
    car_model: Utf16<33>,
    /// Track, by the game's own name.
    track: Utf16<33>,
    /// First name of the player.
    #[field(personal)]
    player_name: Utf16<33>,
    /// Surname of the player.
    #[field(personal)]
    player_surname: Utf16<33>,
    /// Short name of the player.
    #[field(personal)]
    player_nick: Utf16<33>,
    #[field(skip)]
    _pad_player_nick: [u8; 2],
    /// Number of sectors.
    sector_count: i32,
    /// Greatest torque of the engine. The unit is not documented.
    max_torque: f32,
    /// Greatest power of the engine. The unit is not documented.
    max_power: f32,
    /// Engine speed at the limiter.
    #[field(unit = "rpm")]
    max_rpm: i32,
    /// Size of the fuel tank.
    #[field(unit = "l")]
    max_fuel_l: f32,
    /// Travel of each suspension, FL FR RL RR.
    #[field(unit = "m")]
    suspension_max_travel_m: [f32; 4],
    /// Radius of each tyre, FL FR RL RR.
    #[field(unit = "m")]
    tyre_radius_m: [f32; 4],
    /// Greatest turbo boost. The unit is not documented.
    max_turbo_boost: f32,
    /// Not to be used, says the documentation; once the temperature of the air.
    deprecated_1: f32,
    /// Not to be used, says the documentation; once the temperature of the road.
    deprecated_2: f32,
    /// Penalties are given for cutting.
    #[field(flag)]
    penalties_enabled: i32,
    /// Fuel consumption: 0 none, 1 real, 2 double.
    aid_fuel_rate: f32,
    /// Tyre wear: 0 none, 1 real, 2 double.
    aid_tyre_rate: f32,
    /// Mechanical damage: 0 none to 1 real.
    aid_mechanical_damage: f32,
    /// Tyres start warm.
    #[field(flag)]
    aid_allow_tyre_blankets: i32,
    /// Stability aid, 0 none to 1 full.
    aid_stability: f32,
    /// The clutch is automatic.
    #[field(flag)]
    aid_auto_clutch: i32,
    /// The throttle blips by itself when shifting down.
    #[field(flag)]
    aid_auto_blip: i32,
    /// The car has drag reduction.
    #[field(flag)]
    has_drs: i32,
    /// The car has energy recovery.
    #[field(flag)]
    has_ers: i32,
    /// The car has a hybrid drive.
    #[field(flag)]
    has_kers: i32,
    /// Energy of the hybrid battery.
    #[field(unit = "J")]
    kers_max_j: f32,
    /// Number of engine brake settings.
    engine_brake_settings_count: i32,
    /// Number of hybrid power settings.
    ers_power_controller_count: i32,
    /// Length of the track.
    #[field(unit = "m")]
    track_spline_length_m: f32,
    /// Layout of the track; empty when it has one only.
    track_configuration: Utf16<33>,
    #[field(skip)]
    _pad_track_configuration: [u8; 2],
    /// Energy that may be recovered.
    #[field(unit = "J")]
    ers_max_j: f32,
    /// The race is over time.
    #[field(flag)]
    is_timed_race: i32,
    /// The race over time has a lap more.
    #[field(flag)]
    has_extra_lap: i32,
    /// Livery of the car.
    #[field(personal)]
    car_skin: Utf16<33>,
    #[field(skip)]
    _pad_car_skin: [u8; 2],
    /// Places that are reversed on the grid of the second race.
    reversed_grid_positions: i32,
    /// Lap or minute at which the pit window opens.
    pit_window_start: i32,
    /// Lap or minute at which the pit window closes.
    pit_window_end: i32,
}

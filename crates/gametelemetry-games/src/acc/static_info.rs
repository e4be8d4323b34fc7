//! The static page of ACC: car, track, player and rules, in the map `acpmf_static`.
//!
//! A flat table in the order of the documentation. Written when a session starts and then left alone; all zero
//! before. Only the layout: values are the game's, in the game's units.

use gametelemetry::{Utf16, telemetry};

/// What does not change while a session runs: car, track, player, rules.
#[telemetry(
    size = 820,
    version = "1.8.12",
    reference = "ACC Shared Memory Documentation 1.8.12, SPageFileStatic"
)]
pub struct Static {
    /// Version of the shared memory, as the game states it: `1.9`, not the number of the documentation.
    sm_version: Utf16<15>,
    /// Version of the game, as the game states it: `1.7`, whatever release runs.
    ac_version: Utf16<15>,
    /// Number of sessions.
    number_of_sessions: i32,
    /// Number of cars.
    num_cars: i32,
    /// Car of the player, by the game's own name, as `audi_r8_lms_evo_ii`.
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
    /// Greatest torque of the engine. Never filled by ACC.
    max_torque: f32,
    /// Greatest power of the engine. Never filled by ACC.
    max_power: f32,
    /// Engine speed at the limiter.
    #[field(unit = "rpm")]
    max_rpm: i32,
    /// Size of the fuel tank. The unit is not documented; recordings agree with litres.
    max_fuel: f32,
    /// Travel of each suspension, FL FR RL RR. Never filled by ACC.
    #[field(unit = "m")]
    suspension_max_travel_m: [f32; 4],
    /// Radius of each tyre, FL FR RL RR. Never filled by ACC.
    #[field(unit = "m")]
    tyre_radius_m: [f32; 4],
    /// Greatest turbo boost. Never filled by ACC.
    max_turbo_boost: f32,
    /// Not to be used, says the documentation. Never filled by ACC.
    deprecated_1: f32,
    /// Not to be used, says the documentation. Never filled by ACC.
    deprecated_2: f32,
    /// Penalties are given.
    #[field(flag)]
    penalties_enabled: i32,
    /// Fuel consumption: 0 none, 1 real, 2 double.
    aid_fuel_rate: f32,
    /// Tyre wear: 0 none, 1 real, 2 double.
    aid_tyre_rate: f32,
    /// Mechanical damage: 0 none to 1 real.
    aid_mechanical_damage: f32,
    /// Tyres start warm, 0 no or 1 yes.
    allow_tyre_blankets: f32,
    /// Stability aid, 0 none to 1 full.
    aid_stability: f32,
    /// The clutch is automatic.
    #[field(flag)]
    aid_auto_clutch: i32,
    /// The throttle blips by itself when shifting down; always on in ACC.
    #[field(flag)]
    aid_auto_blip: i32,
    /// The car has drag reduction. Never filled by ACC.
    #[field(flag)]
    has_drs: i32,
    /// The car has energy recovery. Never filled by ACC.
    #[field(flag)]
    has_ers: i32,
    /// The car has a hybrid drive. Never filled by ACC.
    #[field(flag)]
    has_kers: i32,
    /// Energy of the hybrid battery. Never filled by ACC.
    #[field(unit = "J")]
    kers_max_j: f32,
    /// Number of engine brake settings. Never filled by ACC.
    engine_brake_settings_count: i32,
    /// Number of hybrid power settings. Never filled by ACC.
    ers_power_controller_count: i32,
    /// Length of the track. Never filled by ACC.
    #[field(unit = "m")]
    track_spline_length_m: f32,
    /// Layout of the track. Never filled by ACC.
    track_configuration: Utf16<33>,
    #[field(skip)]
    _pad_track_configuration: [u8; 2],
    /// Energy that may be recovered. Never filled by ACC.
    #[field(unit = "J")]
    ers_max_j: f32,
    /// The race is over time. Never filled by ACC.
    #[field(flag)]
    is_timed_race: i32,
    /// The race over time has a lap more. Never filled by ACC.
    #[field(flag)]
    has_extra_lap: i32,
    /// Livery of the car. Never filled by ACC.
    #[field(personal)]
    car_skin: Utf16<33>,
    #[field(skip)]
    _pad_car_skin: [u8; 2],
    /// Places that are reversed on the second grid. Never filled by ACC.
    reversed_grid_positions: i32,
    /// When the pit window opens. The unit is not documented.
    pit_window_start: i32,
    /// When the pit window closes. The unit is not documented.
    pit_window_end: i32,
    /// The session is online.
    #[field(flag)]
    is_online: i32,
    /// Name of the dry tyres.
    dry_tyres_name: Utf16<33>,
    /// Name of the wet tyres.
    wet_tyres_name: Utf16<33>,
}

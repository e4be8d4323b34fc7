//! The session, its weather and its rules: the packet with id 1, twice a second.
//!
//! Each year added fields at the end. What several years share is a struct of its own, so that a field is called
//! alike in all of them. Which session, track and mode a number means differs by year: the labels are in
//! [`schema`](crate::f1::schema).

use gametelemetry::telemetry;

use super::header::{Header22, Header23};

/// A part of the track that marshals watch over.
#[telemetry(size = 5, reference = "Data Output from F1 25 Game, Session Packet")]
pub struct MarshalZone {
    /// Where it begins, as a share of the lap.
    zone_start: f32,
    /// The flag that is shown there.
    #[field(labels(-1 = "unknown", 0 = "none", 1 = "green", 2 = "blue", 3 = "yellow", 4 = "red"))]
    zone_flag: i8,
}

/// What the weather will be.
#[telemetry(size = 8, reference = "Data Output from F1 25 Game, Session Packet")]
pub struct WeatherForecastSample {
    /// The session that it is for.
    session_type: u8,
    /// How far ahead it is.
    #[field(unit = "min")]
    time_offset_min: u8,
    /// The weather.
    #[field(labels(
        0 = "clear",
        1 = "light cloud",
        2 = "overcast",
        3 = "light rain",
        4 = "heavy rain",
        5 = "storm"
    ))]
    weather: u8,
    /// Temperature of the track.
    #[field(unit = "°C")]
    track_temperature_c: i8,
    /// How the track's temperature changes.
    #[field(labels(0 = "up", 1 = "down", 2 = "no change"))]
    track_temperature_change: i8,
    /// Temperature of the air.
    #[field(unit = "°C")]
    air_temperature_c: i8,
    /// How the air's temperature changes.
    #[field(labels(0 = "up", 1 = "down", 2 = "no change"))]
    air_temperature_change: i8,
    /// How likely rain is, 0 to 100.
    #[field(unit = "%")]
    rain_percent: u8,
}

/// What is going on: all years, up to the forecast.
#[telemetry(size = 127, reference = "Data Output from F1 25 Game, Session Packet")]
pub struct SessionState {
    /// The weather.
    #[field(labels(
        0 = "clear",
        1 = "light cloud",
        2 = "overcast",
        3 = "light rain",
        4 = "heavy rain",
        5 = "storm"
    ))]
    weather: u8,
    /// Temperature of the track.
    #[field(unit = "°C")]
    track_temperature_c: i8,
    /// Temperature of the air.
    #[field(unit = "°C")]
    air_temperature_c: i8,
    /// Laps of the race.
    total_laps: u8,
    /// Length of a lap.
    #[field(unit = "m")]
    track_length_m: u16,
    /// The kind of session; formats from 2024 on number them in another way than those before.
    session_type: u8,
    /// The track; -1 when unknown.
    track_id: i8,
    /// The class of the cars.
    #[field(labels(
        0 = "F1 modern",
        1 = "F1 classic",
        2 = "F2",
        3 = "F1 generic",
        4 = "beta",
        5 = "supercars",
        6 = "esports",
        7 = "F2 2021",
        8 = "F1 World",
        9 = "F1 elimination",
        13 = "F1 26"
    ))]
    formula: u8,
    /// Time left in the session.
    #[field(unit = "s")]
    session_time_left_s: u16,
    /// How long the session is.
    #[field(unit = "s")]
    session_duration_s: u16,
    /// Speed allowed in the pit lane.
    #[field(unit = "km/h")]
    pit_speed_limit_kmh: u8,
    /// The game is paused; in network games only. A paused game sends nothing otherwise.
    #[field(flag)]
    game_paused: u8,
    /// The player is watching.
    #[field(flag)]
    is_spectating: u8,
    /// Index of the car that is watched.
    spectator_car_index: u8,
    /// The game itself drives an SLI Pro.
    #[field(flag)]
    sli_pro_native_support: u8,
    /// How many marshal zones there are.
    num_marshal_zones: u8,
    /// The marshal zones, in the order of the lap.
    #[field(nested)]
    marshal_zones: [MarshalZone; 21],
    /// Whether the safety car is out.
    #[field(labels(0 = "none", 1 = "full", 2 = "virtual", 3 = "formation lap"))]
    safety_car_status: u8,
    /// Others play along over the network.
    #[field(flag)]
    network_game: u8,
    /// How many samples the forecast has.
    num_weather_forecast_samples: u8,
}

/// How the game is set, all years: what comes behind the forecast.
#[telemetry(size = 33, reference = "Data Output from F1 25 Game, Session Packet")]
pub struct SessionSettings {
    /// How good the forecast is.
    #[field(labels(0 = "perfect", 1 = "approximate"))]
    forecast_accuracy: u8,
    /// How good the computer's drivers are, 0 to 110.
    ai_difficulty: u8,
    /// Names the season; the same after loading a saved game.
    season_link_identifier: u32,
    /// Names the weekend; the same after loading a saved game.
    weekend_link_identifier: u32,
    /// Names the session; the same after loading a saved game.
    session_link_identifier: u32,
    /// The best lap for the player to pit on by the strategy; 0 when there is none.
    pit_stop_window_ideal_lap: u8,
    /// The last lap for the player to pit on by the strategy; 0 when there is none.
    pit_stop_window_latest_lap: u8,
    /// Place that the player would come back in after a stop; 0 when unknown.
    pit_stop_rejoin_position: u8,
    /// Help with steering.
    #[field(flag)]
    steering_assist: u8,
    /// Help with braking.
    #[field(labels(0 = "off", 1 = "low", 2 = "medium", 3 = "high"))]
    braking_assist: u8,
    /// Help with shifting.
    #[field(labels(1 = "manual", 2 = "manual with suggested gear", 3 = "automatic"))]
    gearbox_assist: u8,
    /// Help in the pit lane.
    #[field(flag)]
    pit_assist: u8,
    /// Help with leaving the pit.
    #[field(flag)]
    pit_release_assist: u8,
    /// Help with the energy store.
    #[field(flag)]
    ers_assist: u8,
    /// Help with DRS.
    #[field(flag)]
    drs_assist: u8,
    /// Where the racing line is shown.
    #[field(labels(0 = "off", 1 = "corners only", 2 = "full"))]
    dynamic_racing_line: u8,
    /// How the racing line is drawn.
    #[field(labels(0 = "2D", 1 = "3D"))]
    dynamic_racing_line_type: u8,
    /// What the player chose in the menu.
    game_mode: u8,
    /// By which rules is driven.
    rule_set: u8,
    /// Local time of day on the track, since midnight.
    #[field(unit = "min")]
    time_of_day_min: u32,
    /// How long the session was chosen to be.
    #[field(labels(
        0 = "none",
        2 = "very short",
        3 = "short",
        4 = "medium",
        5 = "medium long",
        6 = "long",
        7 = "full"
    ))]
    session_length: u8,
}

/// What was added in 2023: the units that players see, and interruptions.
#[telemetry(size = 7, reference = "Data Output from F1 23 Game, Session Packet")]
pub struct SessionPeriods {
    /// The unit of speed that the first player sees.
    #[field(labels(0 = "mph", 1 = "km/h"))]
    speed_units_lead_player: u8,
    /// The unit of temperature that the first player sees.
    #[field(labels(0 = "Celsius", 1 = "Fahrenheit"))]
    temperature_units_lead_player: u8,
    /// The unit of speed that the second player sees.
    #[field(labels(0 = "mph", 1 = "km/h"))]
    speed_units_secondary_player: u8,
    /// The unit of temperature that the second player sees.
    #[field(labels(0 = "Celsius", 1 = "Fahrenheit"))]
    temperature_units_secondary_player: u8,
    /// How often the safety car came out.
    num_safety_car_periods: u8,
    /// How often the virtual safety car was called.
    num_virtual_safety_car_periods: u8,
    /// How often the red flag was shown.
    num_red_flag_periods: u8,
}

/// What was added in 2024: the rules of the session, and the weekend.
#[telemetry(size = 45, reference = "Data Output from F1 24 Game, Session Packet")]
pub struct SessionRules {
    /// All cars are equally good.
    #[field(flag)]
    equal_car_performance: u8,
    /// What helps after a mistake.
    #[field(labels(0 = "none", 1 = "flashbacks", 2 = "auto-recovery"))]
    recovery_mode: u8,
    /// How many flashbacks there are.
    #[field(labels(0 = "low", 1 = "medium", 2 = "high", 3 = "unlimited"))]
    flashback_limit: u8,
    /// How surfaces beside the track behave.
    #[field(labels(0 = "simplified", 1 = "realistic"))]
    surface_realism: u8,
    /// How the car behaves with little fuel.
    #[field(labels(0 = "easy", 1 = "hard"))]
    low_fuel_mode: u8,
    /// How races are started.
    #[field(labels(0 = "manual", 1 = "assisted"))]
    race_starts: u8,
    /// Which temperatures of a tyre are simulated.
    #[field(labels(0 = "surface only", 1 = "surface and carcass"))]
    tyre_temperature: u8,
    /// Whether tyres cool in the pit lane.
    #[field(labels(0 = "on", 1 = "off"))]
    pit_lane_tyre_sim: u8,
    /// How badly cars are damaged.
    #[field(labels(0 = "off", 1 = "reduced", 2 = "standard", 3 = "simulation"))]
    car_damage: u8,
    /// How fast cars are damaged.
    #[field(labels(0 = "reduced", 1 = "standard", 2 = "simulation"))]
    car_damage_rate: u8,
    /// Which collisions there are.
    #[field(labels(0 = "off", 1 = "off between players", 2 = "on"))]
    collisions: u8,
    /// Collisions are off in the first lap only.
    #[field(flag)]
    collisions_off_for_first_lap_only: u8,
    /// Whether cars may be released unsafely, with several players.
    #[field(labels(0 = "on", 1 = "off"))]
    mp_unsafe_pit_release: u8,
    /// Collisions are off for players who disturb others.
    #[field(flag)]
    mp_off_for_griefing: u8,
    /// How strictly corners are watched.
    #[field(labels(0 = "regular", 1 = "strict"))]
    corner_cutting_stringency: u8,
    /// Parc fermé rules hold.
    #[field(flag)]
    parc_ferme_rules: u8,
    /// How a pit stop is played.
    #[field(labels(0 = "automatic", 1 = "broadcast", 2 = "immersive"))]
    pit_stop_experience: u8,
    /// How often the safety car comes.
    #[field(labels(0 = "off", 1 = "reduced", 2 = "standard", 3 = "increased"))]
    safety_car: u8,
    /// How a safety car period is played.
    #[field(labels(0 = "broadcast", 1 = "immersive"))]
    safety_car_experience: u8,
    /// There is a formation lap.
    #[field(flag)]
    formation_lap: u8,
    /// How the formation lap is played.
    #[field(labels(0 = "broadcast", 1 = "immersive"))]
    formation_lap_experience: u8,
    /// How often red flags come.
    #[field(labels(0 = "off", 1 = "reduced", 2 = "standard", 3 = "increased"))]
    red_flags: u8,
    /// Counts for the licence when alone.
    #[field(flag)]
    affects_licence_level_solo: u8,
    /// Counts for the licence with several players.
    #[field(flag)]
    affects_licence_level_mp: u8,
    /// How many sessions the weekend has.
    num_sessions_in_weekend: u8,
    /// The kinds of the weekend's sessions, in their order.
    weekend_structure: [u8; 12],
    /// Where sector 2 begins, from the line.
    #[field(unit = "m")]
    sector2_lap_distance_start_m: f32,
    /// Where sector 3 begins, from the line.
    #[field(unit = "m")]
    sector3_lap_distance_start_m: f32,
}

/// A part of the lap in which the wings may be laid flat, or DRS be opened.
#[telemetry(size = 8, reference = "Data Output from F1 25 2026 Season DLC, Session Packet")]
pub struct AeroZone {
    /// Where it begins, as a share of the lap.
    zone_start: f32,
    /// Where it ends, as a share of the lap.
    zone_end: f32,
}

/// What was added in 2026: zones and assists.
#[telemetry(size = 173, reference = "Data Output from F1 25 2026 Season DLC, Session Packet")]
pub struct SessionAero {
    /// Which of the two lists of zones holds.
    #[field(labels(0 = "full", 1 = "partial"))]
    active_aero_track_status: u8,
    /// How many zones the full list has.
    num_active_aero_zones_full: u8,
    /// Zones of active aero, usually.
    #[field(nested)]
    active_aero_zones_full: [AeroZone; 8],
    /// How many zones the partial list has.
    num_active_aero_zones_partial: u8,
    /// Zones of active aero when it is limited.
    #[field(nested)]
    active_aero_zones_partial: [AeroZone; 8],
    /// How many DRS zones there are.
    num_drs_zones: u8,
    /// Zones of DRS, for cars that have it.
    #[field(nested)]
    drs_zones: [AeroZone; 4],
    /// How long the driver took at the start; 0 with assisted starts.
    #[field(unit = "s")]
    start_reaction_time_s: f32,
    /// Help against locked wheels.
    #[field(flag)]
    anti_lock_brakes_assist: u8,
    /// Help against spinning wheels.
    #[field(labels(0 = "off", 1 = "medium", 2 = "full"))]
    traction_control_assist: u8,
    /// The racing line is drawn well visible.
    #[field(flag)]
    dynamic_racing_line_hi_vis: u8,
    /// For whose eyes the racing line is coloured.
    #[field(labels(0 = "off", 1 = "protanopia", 2 = "deuteranopia", 3 = "tritanopia"))]
    dynamic_racing_line_colour_blind: u8,
    /// The game offers to rewind again and again.
    #[field(flag)]
    recurring_rewind_prompt: u8,
}

/// Format 2022.
#[telemetry(size = 632, reference = "Data Output from F1 22 Game, Session Packet")]
pub struct Session22 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header22,
    /// What is going on.
    #[field(nested)]
    session: SessionState,
    /// What the weather will be.
    #[field(nested)]
    weather_forecast: [WeatherForecastSample; 56],
    /// How the game is set.
    #[field(nested)]
    settings: SessionSettings,
}

/// Format 2023.
#[telemetry(size = 644, reference = "Data Output from F1 23 Game, Session Packet")]
pub struct Session23 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header23,
    /// What is going on.
    #[field(nested)]
    session: SessionState,
    /// What the weather will be.
    #[field(nested)]
    weather_forecast: [WeatherForecastSample; 56],
    /// How the game is set.
    #[field(nested)]
    settings: SessionSettings,
    /// Interruptions, and the units that players see.
    #[field(nested)]
    periods: SessionPeriods,
}

/// Formats 2024 and 2025.
#[telemetry(size = 753, reference = "Data Output from F1 25 Game, Session Packet")]
pub struct Session24 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header23,
    /// What is going on.
    #[field(nested)]
    session: SessionState,
    /// What the weather will be.
    #[field(nested)]
    weather_forecast: [WeatherForecastSample; 64],
    /// How the game is set.
    #[field(nested)]
    settings: SessionSettings,
    /// Interruptions, and the units that players see.
    #[field(nested)]
    periods: SessionPeriods,
    /// The rules of the session, and the weekend.
    #[field(nested)]
    rules: SessionRules,
}

/// Format 2026.
#[telemetry(size = 926, reference = "Data Output from F1 25 2026 Season DLC, Session Packet")]
pub struct Session26 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header23,
    /// What is going on.
    #[field(nested)]
    session: SessionState,
    /// What the weather will be.
    #[field(nested)]
    weather_forecast: [WeatherForecastSample; 64],
    /// How the game is set.
    #[field(nested)]
    settings: SessionSettings,
    /// Interruptions, and the units that players see.
    #[field(nested)]
    periods: SessionPeriods,
    /// The rules of the session, and the weekend.
    #[field(nested)]
    rules: SessionRules,
    /// Zones of active aero and DRS, and assists.
    #[field(nested)]
    aero: SessionAero,
}

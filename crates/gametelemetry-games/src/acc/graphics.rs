//! The graphics page of ACC: session, lap times and the cars around, in the map `acpmf_graphics`.
//!
//! A flat table in the order of the documentation. Written once a picture, so about 60 times a second, slower than
//! the physics page. Only the layout: values are the game's, in the game's units.

use gametelemetry::{Utf16, telemetry};

/// What the game shows: session, timing, flags, weather, and where the cars are.
///
/// Times in milliseconds are `i32::MAX` while there is none.
#[telemetry(
    size = 1588,
    version = "1.8.12",
    counter = packet_id,
    reference = "ACC Shared Memory Documentation 1.8.12, SPageFileGraphic"
)]
pub struct Graphics {
    /// Number of the graphics step, counted up by the game.
    packet_id: i32,
    /// What the game is doing.
    #[field(labels(0 = "off", 1 = "replay", 2 = "live", 3 = "pause"))]
    status: i32,
    /// Kind of session.
    #[field(labels(
        -1 = "unknown", 0 = "practice", 1 = "qualifying", 2 = "race", 3 = "hotlap", 4 = "time attack",
        5 = "drift", 6 = "drag", 7 = "hotstint", 8 = "hotstint superpole"
    ))]
    session: i32,
    /// Time of the current lap as text, `1:48:123`.
    current_time: Utf16<15>,
    /// Time of the last lap as text; `35791:23:647` while there is none.
    last_time: Utf16<15>,
    /// Time of the best lap as text; `35791:23:647` while there is none.
    best_time: Utf16<15>,
    /// Last split time as text.
    split: Utf16<15>,
    /// Laps completed.
    completed_laps: i32,
    /// Place of the player, from 1.
    position: i32,
    /// Time of the current lap.
    #[field(unit = "ms")]
    i_current_time_ms: i32,
    /// Time of the last lap; 2147483647 while there is none.
    #[field(unit = "ms")]
    i_last_time_ms: i32,
    /// Time of the best lap; 2147483647 while there is none.
    #[field(unit = "ms")]
    i_best_time_ms: i32,
    /// Time left in the session. The unit is not documented; recordings show milliseconds.
    #[field(unit = "ms")]
    session_time_left_ms: f32,
    /// Distance driven in this stint.
    #[field(unit = "m")]
    distance_traveled_m: f32,
    /// The car is stopping at its pit.
    #[field(flag)]
    is_in_pit: i32,
    /// Sector the car is in, from 0.
    current_sector_index: i32,
    /// Split time at the end of the last sector, counted from the start of the lap.
    #[field(unit = "ms")]
    last_sector_time_ms: i32,
    /// Laps completed, once more.
    number_of_laps: i32,
    /// Tyres in use, by the game's own name, as `dry_compound`.
    tyre_compound: Utf16<33>,
    #[field(skip)]
    _pad_tyre_compound: [u8; 2],
    /// Speed of the replay. Never filled by ACC.
    replay_time_multiplier: f32,
    /// Position along the track, 0 at the line to 1 at the line again; exactly 1 is possible.
    normalized_car_position: f32,
    /// Number of cars on the track; so many entries of `car_id` and `car_coordinates_m` are valid.
    active_cars: i32,
    /// Position of each car in world axes x, y, z; y is up. The player's is where `car_id` is `player_car_id`.
    #[field(unit = "m")]
    car_coordinates_m: [[f32; 3]; 60],
    /// Id of the car at each place of `car_coordinates_m`.
    car_id: [i32; 60],
    /// Id of the player's car.
    player_car_id: i32,
    /// Penalty time still to wait. The unit is not documented.
    penalty_time: f32,
    /// Flag shown to the player.
    #[field(labels(
        0 = "none", 1 = "blue", 2 = "yellow", 3 = "black", 4 = "white", 5 = "chequered", 6 = "penalty",
        7 = "green", 8 = "orange"
    ))]
    flag: i32,
    /// Penalty of the player.
    #[field(labels(
        0 = "none",
        1 = "drive through: cutting",
        2 = "stop and go 10 s: cutting",
        3 = "stop and go 20 s: cutting",
        4 = "stop and go 30 s: cutting",
        5 = "disqualified: cutting",
        6 = "best lap removed: cutting",
        7 = "drive through: pit speeding",
        8 = "stop and go 10 s: pit speeding",
        9 = "stop and go 20 s: pit speeding",
        10 = "stop and go 30 s: pit speeding",
        11 = "disqualified: pit speeding",
        12 = "best lap removed: pit speeding",
        13 = "disqualified: mandatory pit stop ignored",
        14 = "post-race time",
        15 = "disqualified: trolling",
        16 = "disqualified: pit entry",
        17 = "disqualified: pit exit",
        18 = "disqualified: wrong way",
        19 = "drive through: driver stint ignored",
        20 = "disqualified: driver stint ignored",
        21 = "disqualified: driver stint too long"
    ))]
    penalty: i32,
    /// The ideal line is shown.
    #[field(flag)]
    ideal_line_on: i32,
    /// The car is in the pit lane.
    #[field(flag)]
    is_in_pit_lane: i32,
    /// Friction on the ideal line, about 1 when dry.
    surface_grip: f32,
    /// The mandatory pit stop is done.
    #[field(flag)]
    mandatory_pit_done: i32,
    /// Speed of the wind.
    #[field(unit = "m/s")]
    wind_speed_m_s: f32,
    /// Direction of the wind. Neither zero nor the way of turning is documented.
    #[field(unit = "rad")]
    wind_direction_rad: f32,
    /// The setup page is open.
    #[field(flag)]
    is_setup_menu_visible: i32,
    /// Page on the car's main display; its number differs by car.
    main_display_index: i32,
    /// Page on the car's second display.
    secondary_display_index: i32,
    /// Setting of the traction control.
    tc_level: i32,
    /// Setting of the traction control's cut.
    tc_cut_level: i32,
    /// Engine map in use.
    engine_map: i32,
    /// Setting of the anti-lock brake.
    abs_level: i32,
    /// Fuel used in a lap, on average.
    #[field(unit = "l")]
    fuel_per_lap_l: f32,
    /// The rain lights are on.
    #[field(flag)]
    rain_lights: i32,
    /// The lights are flashing.
    #[field(flag)]
    flashing_lights: i32,
    /// Which lights are on, by the stages of the car.
    lights_stage: i32,
    /// Temperature of the exhaust.
    #[field(unit = "°C")]
    exhaust_temp_c: f32,
    /// Stage of the wiper, 0 is off.
    wiper_level: i32,
    /// Time that the driver may still drive in the race.
    #[field(unit = "ms")]
    driver_stint_total_time_left_ms: i32,
    /// Time that the driver may still drive in this stint.
    #[field(unit = "ms")]
    driver_stint_time_left_ms: i32,
    /// Rain tyres are mounted.
    #[field(flag)]
    rain_tyres: i32,
    /// Which session of the event this is. Not explained in the documentation.
    session_index: i32,
    /// Fuel used since the car was fuelled. The unit is not documented.
    used_fuel: f32,
    /// Difference to the best lap as text; recordings always show `-:--:---`.
    delta_lap_time: Utf16<15>,
    #[field(skip)]
    _pad_delta_lap_time: [u8; 2],
    /// Difference to the best lap, negative when faster.
    #[field(unit = "ms")]
    i_delta_lap_time_ms: i32,
    /// Lap time that the game expects, as text; recordings always show `35791:23:647`.
    estimated_lap_time: Utf16<15>,
    #[field(skip)]
    _pad_estimated_lap_time: [u8; 2],
    /// Lap time that the game expects; 2147483647 while there is none.
    #[field(unit = "ms")]
    i_estimated_lap_time_ms: i32,
    /// The difference to the best lap is positive.
    #[field(flag)]
    is_delta_positive: i32,
    /// Last split time.
    #[field(unit = "ms")]
    i_split_ms: i32,
    /// The current lap counts. Set again when the next lap starts.
    #[field(flag)]
    is_valid_lap: i32,
    /// Laps that the fuel is enough for.
    #[field(unit = "laps")]
    fuel_estimated_laps: f32,
    /// State of the track as text, as `OPTIMUM`.
    track_status: Utf16<33>,
    #[field(skip)]
    _pad_track_status: [u8; 2],
    /// Mandatory pit stops that the player still has to make.
    missing_mandatory_pits: i32,
    /// Time of day in the game, since midnight.
    #[field(unit = "s")]
    clock_s: f32,
    /// The left indicator is on.
    #[field(flag)]
    direction_lights_left: i32,
    /// The right indicator is on.
    #[field(flag)]
    direction_lights_right: i32,
    /// A yellow flag is out somewhere.
    #[field(flag)]
    global_yellow: i32,
    /// A yellow flag is out in sector 1.
    #[field(flag)]
    global_yellow_sector_1: i32,
    /// A yellow flag is out in sector 2.
    #[field(flag)]
    global_yellow_sector_2: i32,
    /// A yellow flag is out in sector 3.
    #[field(flag)]
    global_yellow_sector_3: i32,
    /// The white flag is out.
    #[field(flag)]
    global_white: i32,
    /// The green flag is out.
    #[field(flag)]
    global_green: i32,
    /// The chequered flag is out.
    #[field(flag)]
    global_chequered: i32,
    /// The red flag is out.
    #[field(flag)]
    global_red: i32,
    /// Pit stop order: tyre set.
    mfd_tyre_set: i32,
    /// Pit stop order: fuel to add. The unit is not documented.
    mfd_fuel_to_add: f32,
    /// Pit stop order: pressure front left.
    #[field(unit = "psi")]
    mfd_tyre_pressure_fl_psi: f32,
    /// Pit stop order: pressure front right.
    #[field(unit = "psi")]
    mfd_tyre_pressure_fr_psi: f32,
    /// Pit stop order: pressure rear left.
    #[field(unit = "psi")]
    mfd_tyre_pressure_rl_psi: f32,
    /// Pit stop order: pressure rear right.
    #[field(unit = "psi")]
    mfd_tyre_pressure_rr_psi: f32,
    /// Grip of the track.
    #[field(labels(
        0 = "green", 1 = "fast", 2 = "optimum", 3 = "greasy", 4 = "damp", 5 = "wet", 6 = "flooded"
    ))]
    track_grip_status: i32,
    /// Rain now.
    #[field(labels(
        0 = "none", 1 = "drizzle", 2 = "light", 3 = "medium", 4 = "heavy", 5 = "thunderstorm"
    ))]
    rain_intensity: i32,
    /// Rain expected in 10 minutes.
    #[field(labels(
        0 = "none", 1 = "drizzle", 2 = "light", 3 = "medium", 4 = "heavy", 5 = "thunderstorm"
    ))]
    rain_intensity_in_10_min: i32,
    /// Rain expected in 30 minutes.
    #[field(labels(
        0 = "none", 1 = "drizzle", 2 = "light", 3 = "medium", 4 = "heavy", 5 = "thunderstorm"
    ))]
    rain_intensity_in_30_min: i32,
    /// Tyre set in use.
    current_tyre_set: i32,
    /// Tyre set that the strategy uses next.
    strategy_tyre_set: i32,
    /// Time to the car ahead.
    #[field(unit = "ms")]
    gap_ahead_ms: i32,
    /// Time to the car behind.
    #[field(unit = "ms")]
    gap_behind_ms: i32,
}

//! The graphics page of Assetto Corsa: session and lap times, in the map `acpmf_graphics`.
//!
//! A flat table in the order of the documentation. Written once a picture. Unlike ACC's page it has one car only,
//! the player's. Only the layout: values are the game's, in the game's units.

use gametelemetry::{Utf16, telemetry};

/// What the game shows: session, timing, flags, and where the player is.
#[telemetry(
    size = 296,
    version = "1.7",
    counter = packet_id,
    reference = "AC Shared Memory Documentation, SPageFileGraphic"
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
        5 = "drift", 6 = "drag"
    ))]
    session: i32,
    /// Time of the current lap as text.
    current_time: Utf16<15>,
    /// Time of the last lap as text.
    last_time: Utf16<15>,
    /// Time of the best lap as text.
    best_time: Utf16<15>,
    /// Time in the sector as text.
    split: Utf16<15>,
    /// Laps completed by the player.
    completed_laps: i32,
    /// Place of the player, from 1.
    position: i32,
    /// Time of the current lap.
    #[field(unit = "ms")]
    i_current_time_ms: i32,
    /// Time of the last lap; 0 while there is none.
    #[field(unit = "ms")]
    i_last_time_ms: i32,
    /// Time of the best lap; 0 while there is none.
    #[field(unit = "ms")]
    i_best_time_ms: i32,
    /// Time left in the session. The unit is not documented; other readers take milliseconds.
    #[field(unit = "ms")]
    session_time_left_ms: f32,
    /// Distance driven since the game started.
    #[field(unit = "m")]
    distance_traveled_m: f32,
    /// The car stands at its pit.
    #[field(flag)]
    is_in_pit: i32,
    /// Sector the car is in, from 0.
    current_sector_index: i32,
    /// Time of the last sector.
    #[field(unit = "ms")]
    last_sector_time_ms: i32,
    /// Laps that the session goes over; 0 when it goes over time.
    #[field(unit = "laps")]
    number_of_laps: i32,
    /// Tyres in use, by the game's own name.
    tyre_compound: Utf16<33>,
    #[field(skip)]
    _pad_tyre_compound: [u8; 2],
    /// Speed of the replay, 1 is real time.
    replay_time_multiplier: f32,
    /// Position along the track, 0 at the line to 1 at the line again.
    normalized_car_position: f32,
    /// Position of the player's car in world axes x, y, z; y is up.
    #[field(unit = "m")]
    car_coordinates_m: [f32; 3],
    /// Penalty time. The unit is not documented.
    penalty_time: f32,
    /// Flag shown to the player.
    #[field(labels(
        0 = "none", 1 = "blue", 2 = "yellow", 3 = "black", 4 = "white", 5 = "chequered", 6 = "penalty"
    ))]
    flag: i32,
    /// The ideal line is shown.
    #[field(flag)]
    ideal_line_on: i32,
    /// The car is in the pit lane.
    #[field(flag)]
    is_in_pit_lane: i32,
    /// Grip of the track, 1 is full.
    surface_grip: f32,
    /// The mandatory pit stop is done.
    #[field(flag)]
    mandatory_pit_done: i32,
    /// Speed of the wind. The unit is not documented.
    wind_speed: f32,
    /// Direction of the wind, 0 to 359.
    #[field(unit = "°")]
    wind_direction_degrees: f32,
}

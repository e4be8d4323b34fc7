//! How a session ended: the packet with id 8, once at its end.
//!
//! It says what the game's own table of results shows; in network games it is the only place that surely has the last lap.

use gametelemetry::telemetry;

use super::header::{Header22, Header23};

/// One car in the formats 2022 to 2024.
#[telemetry(size = 45, reference = "Data Output from F1 24 Game, Final Classification Packet")]
pub struct Classification22 {
    /// Place, 1 first.
    position: u8,
    /// Laps finished.
    #[field(unit = "laps")]
    num_laps: u8,
    /// Place on the grid.
    grid_position: u8,
    /// Points.
    points: u8,
    /// Stops made.
    num_pit_stops: u8,
    /// Whether the car was in the race to the end.
    #[field(labels(0 = "invalid", 1 = "inactive", 2 = "active", 3 = "finished", 4 = "did not finish", 5 = "disqualified", 6 = "not classified", 7 = "retired"))]
    result_status: u8,
    /// The car's best lap; 0 when there is none.
    #[field(unit = "ms")]
    best_lap_time_ms: u32,
    /// Time for the whole race, without penalties.
    #[field(unit = "s")]
    total_race_time_s: f64,
    /// Time penalties, together.
    #[field(unit = "s")]
    penalties_time_s: u8,
    /// Number of penalties.
    num_penalties: u8,
    /// Number of stints.
    num_tyre_stints: u8,
    /// The compound of each stint as it was.
    tyre_stints_actual: [u8; 8],
    /// The compound of each stint as it was marked.
    tyre_stints_visual: [u8; 8],
    /// The lap on which each stint ended; 255 for the last.
    tyre_stints_end_laps: [u8; 8],
}

/// One car in format 2025 and later.
#[telemetry(size = 46, reference = "Data Output from F1 25 Game, Final Classification Packet")]
pub struct Classification25 {
    /// Place, 1 first.
    position: u8,
    /// Laps finished.
    #[field(unit = "laps")]
    num_laps: u8,
    /// Place on the grid.
    grid_position: u8,
    /// Points.
    points: u8,
    /// Stops made.
    num_pit_stops: u8,
    /// Whether the car was in the race to the end.
    #[field(labels(0 = "invalid", 1 = "inactive", 2 = "active", 3 = "finished", 4 = "did not finish", 5 = "disqualified", 6 = "not classified", 7 = "retired"))]
    result_status: u8,
    /// Why the result is what it is.
    #[field(labels(0 = "invalid", 1 = "retired", 2 = "finished", 3 = "terminal damage", 4 = "inactive", 5 = "not enough laps completed", 6 = "black flagged", 7 = "red flagged", 8 = "mechanical failure", 9 = "session skipped", 10 = "session simulated"))]
    result_reason: u8,
    /// The car's best lap; 0 when there is none.
    #[field(unit = "ms")]
    best_lap_time_ms: u32,
    /// Time for the whole race, without penalties.
    #[field(unit = "s")]
    total_race_time_s: f64,
    /// Time penalties, together.
    #[field(unit = "s")]
    penalties_time_s: u8,
    /// Number of penalties.
    num_penalties: u8,
    /// Number of stints.
    num_tyre_stints: u8,
    /// The compound of each stint as it was.
    tyre_stints_actual: [u8; 8],
    /// The compound of each stint as it was marked.
    tyre_stints_visual: [u8; 8],
    /// The lap on which each stint ended; 255 for the last.
    tyre_stints_end_laps: [u8; 8],
}

/// Format 2022.
#[telemetry(size = 1015, reference = "Data Output from F1 22 Game, Final Classification Packet")]
pub struct FinalClassification22 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header22,
    /// How many cars are classified.
    num_cars: u8,
    /// The cars, by their index.
    #[field(nested)]
    classification: [Classification22; 22],
}

/// Formats 2023 and 2024.
#[telemetry(size = 1020, reference = "Data Output from F1 23 Game, Final Classification Packet")]
pub struct FinalClassification23 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header23,
    /// How many cars are classified.
    num_cars: u8,
    /// The cars, by their index.
    #[field(nested)]
    classification: [Classification22; 22],
}

/// Format 2025.
#[telemetry(size = 1042, reference = "Data Output from F1 25 Game, Final Classification Packet")]
pub struct FinalClassification25 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header23,
    /// How many cars are classified.
    num_cars: u8,
    /// The cars, by their index.
    #[field(nested)]
    classification: [Classification25; 22],
}

/// Format 2026.
#[telemetry(size = 1134, reference = "Data Output from F1 25 2026 Season DLC, Final Classification Packet")]
pub struct FinalClassification26 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header23,
    /// How many cars are classified.
    num_cars: u8,
    /// The cars, by their index.
    #[field(nested)]
    classification: [Classification25; 24],
}

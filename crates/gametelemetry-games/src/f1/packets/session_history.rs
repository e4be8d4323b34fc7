//! The laps of one car: the packet with id 11, twenty times a second, each time of the next car.
//!
//! After the final classification the histories of all cars come once more.

use gametelemetry::telemetry;

use super::header::{Header22, Header23};

/// One lap in format 2022.
#[telemetry(size = 11, reference = "Data Output from F1 22 Game, Session History Packet")]
pub struct HistoryLap22 {
    /// Time of the lap; 0 until it is finished.
    #[field(unit = "ms")]
    lap_time_ms: u32,
    /// Time of sector 1; 0 until it is finished.
    #[field(unit = "ms")]
    sector1_time_ms: u16,
    /// Time of sector 2; 0 until it is finished.
    #[field(unit = "ms")]
    sector2_time_ms: u16,
    /// Time of sector 3; 0 until it is finished.
    #[field(unit = "ms")]
    sector3_time_ms: u16,
    /// What counts: bit 0 the lap, bits 1 to 3 the sectors.
    lap_valid_bits: u8,
}

/// One lap in format 2023 and later.
#[telemetry(size = 14, reference = "Data Output from F1 25 Game, Session History Packet")]
pub struct HistoryLap23 {
    /// Time of the lap; 0 until it is finished.
    #[field(unit = "ms")]
    lap_time_ms: u32,
    /// Time of sector 1, what is above its whole minutes; 0 until it is finished.
    #[field(unit = "ms")]
    sector1_time_ms_part: u16,
    /// Time of sector 1, its whole minutes.
    #[field(unit = "min")]
    sector1_time_minutes_part: u8,
    /// Time of sector 2, what is above its whole minutes; 0 until it is finished.
    #[field(unit = "ms")]
    sector2_time_ms_part: u16,
    /// Time of sector 2, its whole minutes.
    #[field(unit = "min")]
    sector2_time_minutes_part: u8,
    /// Time of sector 3, what is above its whole minutes; 0 until it is finished.
    #[field(unit = "ms")]
    sector3_time_ms_part: u16,
    /// Time of sector 3, its whole minutes.
    #[field(unit = "min")]
    sector3_time_minutes_part: u8,
    /// What counts: bit 0 the lap, bits 1 to 3 the sectors.
    lap_valid_bits: u8,
}

/// A stint on one set of tyres.
#[telemetry(size = 3, reference = "Data Output from F1 25 Game, Session History Packet")]
pub struct TyreStint {
    /// The lap on which it ended; 255 for the tyres that are on the car.
    end_lap: u8,
    /// The compound as it was.
    actual_tyre_compound: u8,
    /// The compound as it was marked.
    visual_tyre_compound: u8,
}

/// Format 2022.
#[telemetry(size = 1155, reference = "Data Output from F1 22 Game, Session History Packet")]
pub struct SessionHistory22 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header22,
    /// Index of the car.
    car_index: u8,
    /// Laps listed, the one that is being driven among them.
    num_laps: u8,
    /// Stints listed.
    num_tyre_stints: u8,
    /// Number of the best lap, 1 first; 0 when there is none.
    best_lap_time_lap_num: u8,
    /// Number of the lap with the best sector 1, 1 first; 0 when there is none.
    best_sector1_lap_num: u8,
    /// Number of the lap with the best sector 2, 1 first; 0 when there is none.
    best_sector2_lap_num: u8,
    /// Number of the lap with the best sector 3, 1 first; 0 when there is none.
    best_sector3_lap_num: u8,
    /// The laps, the first of the session first.
    #[field(nested)]
    laps: [HistoryLap22; 100],
    /// The stints, the first of the session first.
    #[field(nested)]
    tyre_stints: [TyreStint; 8],
}

/// Format 2023 and later.
#[telemetry(size = 1460, reference = "Data Output from F1 25 Game, Session History Packet")]
pub struct SessionHistory23 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header23,
    /// Index of the car.
    car_index: u8,
    /// Laps listed, the one that is being driven among them.
    num_laps: u8,
    /// Stints listed.
    num_tyre_stints: u8,
    /// Number of the best lap, 1 first; 0 when there is none.
    best_lap_time_lap_num: u8,
    /// Number of the lap with the best sector 1, 1 first; 0 when there is none.
    best_sector1_lap_num: u8,
    /// Number of the lap with the best sector 2, 1 first; 0 when there is none.
    best_sector2_lap_num: u8,
    /// Number of the lap with the best sector 3, 1 first; 0 when there is none.
    best_sector3_lap_num: u8,
    /// The laps, the first of the session first.
    #[field(nested)]
    laps: [HistoryLap23; 100],
    /// The stints, the first of the session first.
    #[field(nested)]
    tyre_stints: [TyreStint; 8],
}

//! The sets of tyres that one car has: the packet with id 12, twenty times a second, each time of the next car.
//!
//! From 2023 on. Of players whose telemetry is restricted all is 0.

use gametelemetry::telemetry;

use super::header::Header23;

/// One set.
#[telemetry(size = 10, reference = "Data Output from F1 25 Game, Tyre Sets Packet")]
pub struct TyreSet {
    /// The compound as it is.
    actual_tyre_compound: u8,
    /// The compound as it is marked.
    visual_tyre_compound: u8,
    /// Wear.
    #[field(unit = "%")]
    wear_percent: u8,
    /// The set may be used.
    #[field(flag)]
    available: u8,
    /// The kind of session it is meant for.
    recommended_session: u8,
    /// Laps left in it.
    #[field(unit = "laps")]
    life_span_laps: u8,
    /// Laps that such a set should be used for.
    #[field(unit = "laps")]
    usable_life_laps: u8,
    /// Time a lap against the set on the car.
    #[field(unit = "ms")]
    lap_delta_time_ms: i16,
    /// The set is on the car.
    #[field(flag)]
    fitted: u8,
}

/// Format 2023 and later.
#[telemetry(size = 231, reference = "Data Output from F1 25 Game, Tyre Sets Packet")]
pub struct TyreSets23 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header23,
    /// Index of the car.
    car_index: u8,
    /// The sets: 13 dry, then 7 wet.
    #[field(nested)]
    tyre_sets: [TyreSet; 20],
    /// Place of the set that is on the car.
    fitted_index: u8,
}

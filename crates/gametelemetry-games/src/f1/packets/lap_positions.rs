//! The places of all cars at the start of each lap: the packet with id 15, once a second.
//!
//! From 2025 on. A race of more than 50 laps comes in several packets, each with the laps from `lap_start` on.

use gametelemetry::telemetry;

use super::header::Header23;

/// Format 2025.
#[telemetry(size = 1131, reference = "Data Output from F1 25 Game, Lap Positions Packet")]
pub struct LapPositions25 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header23,
    /// Laps in this packet.
    num_laps: u8,
    /// The first lap in this packet, counted from 0.
    lap_start: u8,
    /// For each lap, the place of each car by its index; 0 when there is none.
    position_for_vehicle: [[u8; 22]; 50],
}

/// Format 2026.
#[telemetry(size = 1231, reference = "Data Output from F1 25 2026 Season DLC, Lap Positions Packet")]
pub struct LapPositions26 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header23,
    /// Laps in this packet.
    num_laps: u8,
    /// The first lap in this packet, counted from 0.
    lap_start: u8,
    /// For each lap, the place of each car by its index; 0 when there is none.
    position_for_vehicle: [[u8; 24]; 50],
}

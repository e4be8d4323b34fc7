//! What the rules of 2026 brought: the packet with id 16, at the rate set in the menu.
//!
//! Format 2026 only.

use gametelemetry::telemetry;

use super::header::Header23;

/// One car.
#[telemetry(size = 10, reference = "Data Output from F1 25 2026 Season DLC, Car Telemetry 2 Packet")]
pub struct CarTelemetry2OfCar {
    /// How the wings are set.
    #[field(labels(0 = "corner", 1 = "straight"))]
    active_aero_mode: u8,
    /// Active aero may be used.
    #[field(flag)]
    active_aero_available: u8,
    /// Distance to where active aero may be used; 0 when it may not.
    #[field(unit = "m")]
    active_aero_activation_distance_m: u16,
    /// Overtake mode may be used.
    #[field(flag)]
    overtake_available: u8,
    /// Overtake mode is on.
    #[field(flag)]
    overtake_active: u8,
    /// Distance to where overtake mode may be used; 0 when it may not.
    #[field(unit = "m")]
    overtake_activation_distance_m: u16,
    /// The rules of 2026 hold for this car.
    #[field(flag)]
    regulations_2026: u8,
    /// The car drives the wrong way.
    #[field(flag)]
    driving_wrong_way: u8,
}

/// Format 2026.
#[telemetry(size = 269, reference = "Data Output from F1 25 2026 Season DLC, Car Telemetry 2 Packet")]
pub struct CarTelemetry2 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header23,
    /// The cars, by their index.
    #[field(nested)]
    cars: [CarTelemetry2OfCar; 24],
}

//! What all cars do: the packet with id 6, at the rate set in the menu.
//!
//! Wheels come in the order RL, RR, FL, FR.

use gametelemetry::telemetry;

use super::header::{Header22, Header23};

/// One car in the formats 2022 to 2025.
#[telemetry(size = 60, reference = "Data Output from F1 25 Game, Car Telemetry Packet")]
pub struct CarTelemetryOfCar22 {
    /// Speed of the car.
    #[field(unit = "km/h")]
    speed_kmh: u16,
    /// Throttle pedal, 0 released to 1 full.
    throttle: f32,
    /// Steering wheel, -1 full left to 1 full right.
    steer: f32,
    /// Brake pedal, 0 released to 1 full.
    brake: f32,
    /// Clutch pedal, 0 released to 100 pressed.
    #[field(unit = "%")]
    clutch_percent: u8,
    /// Gear: -1 reverse, 0 neutral, 1 first.
    gear: i8,
    /// Engine speed.
    #[field(unit = "rpm")]
    engine_rpm: u16,
    /// DRS is open.
    #[field(flag)]
    drs_open: u8,
    /// How far the rev lights are on.
    #[field(unit = "%")]
    rev_lights_percent: u8,
    /// The rev lights that are on: bit 0 is the leftmost, bit 14 the rightmost.
    rev_lights_bits: u16,
    /// Temperature of the brakes: RL, RR, FL, FR.
    #[field(unit = "°C")]
    brakes_temperature_c: [u16; 4],
    /// Temperature of the tyres' surface: RL, RR, FL, FR.
    #[field(unit = "°C")]
    tyres_surface_temperature_c: [u8; 4],
    /// Temperature inside the tyres: RL, RR, FL, FR.
    #[field(unit = "°C")]
    tyres_inner_temperature_c: [u8; 4],
    /// Temperature of the engine.
    #[field(unit = "°C")]
    engine_temperature_c: u16,
    /// Tyre pressure: RL, RR, FL, FR.
    #[field(unit = "psi")]
    tyres_pressure_psi: [f32; 4],
    /// What the wheels are on: RL, RR, FL, FR.
    #[field(labels(0 = "tarmac", 1 = "rumble strip", 2 = "concrete", 3 = "rock", 4 = "gravel", 5 = "mud", 6 = "sand", 7 = "grass", 8 = "water", 9 = "cobblestone", 10 = "metal", 11 = "ridged"))]
    surface_type: [u8; 4],
}

/// One car in format 2026: the engine's temperature is a byte.
#[telemetry(size = 59, reference = "Data Output from F1 25 2026 Season DLC, Car Telemetry Packet")]
pub struct CarTelemetryOfCar26 {
    /// Speed of the car.
    #[field(unit = "km/h")]
    speed_kmh: u16,
    /// Throttle pedal, 0 released to 1 full.
    throttle: f32,
    /// Steering wheel, -1 full left to 1 full right.
    steer: f32,
    /// Brake pedal, 0 released to 1 full.
    brake: f32,
    /// Clutch pedal, 0 released to 100 pressed.
    #[field(unit = "%")]
    clutch_percent: u8,
    /// Gear: -1 reverse, 0 neutral, 1 first.
    gear: i8,
    /// Engine speed.
    #[field(unit = "rpm")]
    engine_rpm: u16,
    /// DRS is open.
    #[field(flag)]
    drs_open: u8,
    /// How far the rev lights are on.
    #[field(unit = "%")]
    rev_lights_percent: u8,
    /// The rev lights that are on: bit 0 is the leftmost, bit 14 the rightmost.
    rev_lights_bits: u16,
    /// Temperature of the brakes: RL, RR, FL, FR.
    #[field(unit = "°C")]
    brakes_temperature_c: [u16; 4],
    /// Temperature of the tyres' surface: RL, RR, FL, FR.
    #[field(unit = "°C")]
    tyres_surface_temperature_c: [u8; 4],
    /// Temperature inside the tyres: RL, RR, FL, FR.
    #[field(unit = "°C")]
    tyres_inner_temperature_c: [u8; 4],
    /// Temperature of the engine.
    #[field(unit = "°C")]
    engine_temperature_c: u8,
    /// Tyre pressure: RL, RR, FL, FR.
    #[field(unit = "psi")]
    tyres_pressure_psi: [f32; 4],
    /// What the wheels are on: RL, RR, FL, FR.
    #[field(labels(0 = "tarmac", 1 = "rumble strip", 2 = "concrete", 3 = "rock", 4 = "gravel", 5 = "mud", 6 = "sand", 7 = "grass", 8 = "water", 9 = "cobblestone", 10 = "metal", 11 = "ridged"))]
    surface_type: [u8; 4],
}

/// Format 2022.
#[telemetry(size = 1347, reference = "Data Output from F1 22 Game, Car Telemetry Packet")]
pub struct CarTelemetry22 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header22,
    /// The cars, by their index.
    #[field(nested)]
    cars: [CarTelemetryOfCar22; 22],
    /// Page of the multi-function display that is open; 255 when none is. In a race of one player 0 is the setup, 1 the pits,
    /// 2 damage, 3 engine, 4 temperatures; other modes differ.
    mfd_panel_index: u8,
    /// The same for the second player.
    mfd_panel_index_secondary_player: u8,
    /// Gear that the game suggests to the player; 0 when it suggests none.
    suggested_gear: i8,
}

/// Formats 2023 to 2025.
#[telemetry(size = 1352, reference = "Data Output from F1 25 Game, Car Telemetry Packet")]
pub struct CarTelemetry23 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header23,
    /// The cars, by their index.
    #[field(nested)]
    cars: [CarTelemetryOfCar22; 22],
    /// Page of the multi-function display that is open; 255 when none is. In a race of one player 0 is the setup, 1 the pits,
    /// 2 damage, 3 engine, 4 temperatures; other modes differ.
    mfd_panel_index: u8,
    /// The same for the second player.
    mfd_panel_index_secondary_player: u8,
    /// Gear that the game suggests to the player; 0 when it suggests none.
    suggested_gear: i8,
}

/// Format 2026.
#[telemetry(size = 1448, reference = "Data Output from F1 25 2026 Season DLC, Car Telemetry Packet")]
pub struct CarTelemetry26 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header23,
    /// The cars, by their index.
    #[field(nested)]
    cars: [CarTelemetryOfCar26; 24],
    /// Page of the multi-function display that is open; 255 when none is. In a race of one player 0 is the setup, 1 the pits,
    /// 2 damage, 3 engine, 4 temperatures; other modes differ.
    mfd_panel_index: u8,
    /// The same for the second player.
    mfd_panel_index_secondary_player: u8,
    /// Gear that the game suggests to the player; 0 when it suggests none.
    suggested_gear: i8,
}

//! How the cars are set up: the packet with id 5, twice a second.
//!
//! In games with several players only one's own setup and those of the computer are there, the others are 0.

use gametelemetry::telemetry;

use super::header::{Header22, Header23};

/// Setup of one car in the formats 2022 and 2023.
#[telemetry(size = 49, reference = "Data Output from F1 23 Game, Car Setups Packet")]
pub struct CarSetup22 {
    /// Front wing, in the game's own steps.
    front_wing: u8,
    /// Rear wing, in the game's own steps.
    rear_wing: u8,
    /// Locking of the differential under power.
    #[field(unit = "%")]
    on_throttle_percent: u8,
    /// Locking of the differential without power.
    #[field(unit = "%")]
    off_throttle_percent: u8,
    /// Camber of the front wheels. The unit is not documented; values seen are degrees.
    #[field(unit = "deg")]
    front_camber_deg: f32,
    /// Camber of the rear wheels. The unit is not documented; values seen are degrees.
    #[field(unit = "deg")]
    rear_camber_deg: f32,
    /// Toe of the front wheels. The unit is not documented; values seen are degrees.
    #[field(unit = "deg")]
    front_toe_deg: f32,
    /// Toe of the rear wheels. The unit is not documented; values seen are degrees.
    #[field(unit = "deg")]
    rear_toe_deg: f32,
    /// Stiffness of the front suspension, in the game's own steps.
    front_suspension: u8,
    /// Stiffness of the rear suspension, in the game's own steps.
    rear_suspension: u8,
    /// Stiffness of the front anti-roll bar, in the game's own steps.
    front_anti_roll_bar: u8,
    /// Stiffness of the rear anti-roll bar, in the game's own steps.
    rear_anti_roll_bar: u8,
    /// Ride height at the front, in the game's own steps.
    front_suspension_height: u8,
    /// Ride height at the rear, in the game's own steps.
    rear_suspension_height: u8,
    /// Brake pressure.
    #[field(unit = "%")]
    brake_pressure_percent: u8,
    /// Share of the brake force at the front.
    #[field(unit = "%")]
    brake_bias_percent: u8,
    /// Tyre pressure, rear left.
    #[field(unit = "psi")]
    rear_left_tyre_pressure_psi: f32,
    /// Tyre pressure, rear right.
    #[field(unit = "psi")]
    rear_right_tyre_pressure_psi: f32,
    /// Tyre pressure, front left.
    #[field(unit = "psi")]
    front_left_tyre_pressure_psi: f32,
    /// Tyre pressure, front right.
    #[field(unit = "psi")]
    front_right_tyre_pressure_psi: f32,
    /// Ballast, in the game's own steps.
    ballast: u8,
    /// Fuel at the start. The unit is not documented; values seen are kilograms.
    #[field(unit = "kg")]
    fuel_load_kg: f32,
}

/// Setup of one car in format 2024 and later.
#[telemetry(size = 50, reference = "Data Output from F1 25 Game, Car Setups Packet")]
pub struct CarSetup24 {
    /// Front wing, in the game's own steps.
    front_wing: u8,
    /// Rear wing, in the game's own steps.
    rear_wing: u8,
    /// Locking of the differential under power.
    #[field(unit = "%")]
    on_throttle_percent: u8,
    /// Locking of the differential without power.
    #[field(unit = "%")]
    off_throttle_percent: u8,
    /// Camber of the front wheels. The unit is not documented; values seen are degrees.
    #[field(unit = "deg")]
    front_camber_deg: f32,
    /// Camber of the rear wheels. The unit is not documented; values seen are degrees.
    #[field(unit = "deg")]
    rear_camber_deg: f32,
    /// Toe of the front wheels. The unit is not documented; values seen are degrees.
    #[field(unit = "deg")]
    front_toe_deg: f32,
    /// Toe of the rear wheels. The unit is not documented; values seen are degrees.
    #[field(unit = "deg")]
    rear_toe_deg: f32,
    /// Stiffness of the front suspension, in the game's own steps.
    front_suspension: u8,
    /// Stiffness of the rear suspension, in the game's own steps.
    rear_suspension: u8,
    /// Stiffness of the front anti-roll bar, in the game's own steps.
    front_anti_roll_bar: u8,
    /// Stiffness of the rear anti-roll bar, in the game's own steps.
    rear_anti_roll_bar: u8,
    /// Ride height at the front, in the game's own steps.
    front_suspension_height: u8,
    /// Ride height at the rear, in the game's own steps.
    rear_suspension_height: u8,
    /// Brake pressure.
    #[field(unit = "%")]
    brake_pressure_percent: u8,
    /// Share of the brake force at the front.
    #[field(unit = "%")]
    brake_bias_percent: u8,
    /// Braking by the engine.
    #[field(unit = "%")]
    engine_braking_percent: u8,
    /// Tyre pressure, rear left.
    #[field(unit = "psi")]
    rear_left_tyre_pressure_psi: f32,
    /// Tyre pressure, rear right.
    #[field(unit = "psi")]
    rear_right_tyre_pressure_psi: f32,
    /// Tyre pressure, front left.
    #[field(unit = "psi")]
    front_left_tyre_pressure_psi: f32,
    /// Tyre pressure, front right.
    #[field(unit = "psi")]
    front_right_tyre_pressure_psi: f32,
    /// Ballast, in the game's own steps.
    ballast: u8,
    /// Fuel at the start. The unit is not documented; values seen are kilograms.
    #[field(unit = "kg")]
    fuel_load_kg: f32,
}

/// Format 2022.
#[telemetry(size = 1102, reference = "Data Output from F1 22 Game, Car Setups Packet")]
pub struct CarSetups22 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header22,
    /// The cars, by their index.
    #[field(nested)]
    setups: [CarSetup22; 22],
}

/// Format 2023.
#[telemetry(size = 1107, reference = "Data Output from F1 23 Game, Car Setups Packet")]
pub struct CarSetups23 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header23,
    /// The cars, by their index.
    #[field(nested)]
    setups: [CarSetup22; 22],
}

/// Formats 2024 and 2025.
#[telemetry(size = 1133, reference = "Data Output from F1 25 Game, Car Setups Packet")]
pub struct CarSetups24 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header23,
    /// The cars, by their index.
    #[field(nested)]
    setups: [CarSetup24; 22],
    /// Front wing that the player gets at the next stop, in the game's own steps.
    next_front_wing_value: f32,
}

/// Format 2026.
#[telemetry(size = 1233, reference = "Data Output from F1 25 2026 Season DLC, Car Setups Packet")]
pub struct CarSetups26 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header23,
    /// The cars, by their index.
    #[field(nested)]
    setups: [CarSetup24; 24],
    /// Front wing that the player gets at the next stop, in the game's own steps.
    next_front_wing_value: f32,
}

//! What is broken or worn: the packet with id 10, twice a second in 2022, ten times a second since.
//!
//! Wheels come in the order RL, RR, FL, FR. Of players whose telemetry is restricted nearly all is 0.

use gametelemetry::telemetry;

use super::header::{Header22, Header23};

/// One car in the formats 2022 to 2024.
#[telemetry(size = 42, reference = "Data Output from F1 24 Game, Car Damage Packet")]
pub struct CarDamageOfCar22 {
    /// Wear of the tyres: RL, RR, FL, FR.
    #[field(unit = "%")]
    tyres_wear_percent: [f32; 4],
    /// Damage of the tyres: RL, RR, FL, FR.
    #[field(unit = "%")]
    tyres_damage_percent: [u8; 4],
    /// Damage of the brakes: RL, RR, FL, FR.
    #[field(unit = "%")]
    brakes_damage_percent: [u8; 4],
    /// Damage of the front wing, left.
    #[field(unit = "%")]
    front_left_wing_damage_percent: u8,
    /// Damage of the front wing, right.
    #[field(unit = "%")]
    front_right_wing_damage_percent: u8,
    /// Damage of the rear wing.
    #[field(unit = "%")]
    rear_wing_damage_percent: u8,
    /// Damage of the floor.
    #[field(unit = "%")]
    floor_damage_percent: u8,
    /// Damage of the diffuser.
    #[field(unit = "%")]
    diffuser_damage_percent: u8,
    /// Damage of the sidepods.
    #[field(unit = "%")]
    sidepod_damage_percent: u8,
    /// DRS is broken.
    #[field(flag)]
    drs_fault: u8,
    /// The energy store is broken.
    #[field(flag)]
    ers_fault: u8,
    /// Damage of the gearbox.
    #[field(unit = "%")]
    gear_box_damage_percent: u8,
    /// Damage of the engine.
    #[field(unit = "%")]
    engine_damage_percent: u8,
    /// Wear of the motor on the turbo.
    #[field(unit = "%")]
    engine_mguh_wear_percent: u8,
    /// Wear of the energy store.
    #[field(unit = "%")]
    engine_es_wear_percent: u8,
    /// Wear of the control electronics.
    #[field(unit = "%")]
    engine_ce_wear_percent: u8,
    /// Wear of the combustion engine.
    #[field(unit = "%")]
    engine_ice_wear_percent: u8,
    /// Wear of the motor on the shaft.
    #[field(unit = "%")]
    engine_mguk_wear_percent: u8,
    /// Wear of the turbo.
    #[field(unit = "%")]
    engine_tc_wear_percent: u8,
    /// The engine is blown.
    #[field(flag)]
    engine_blown: u8,
    /// The engine is seized.
    #[field(flag)]
    engine_seized: u8,
}

/// One car in format 2025 and later.
#[telemetry(size = 46, reference = "Data Output from F1 25 Game, Car Damage Packet")]
pub struct CarDamageOfCar25 {
    /// Wear of the tyres: RL, RR, FL, FR.
    #[field(unit = "%")]
    tyres_wear_percent: [f32; 4],
    /// Damage of the tyres: RL, RR, FL, FR.
    #[field(unit = "%")]
    tyres_damage_percent: [u8; 4],
    /// Damage of the brakes: RL, RR, FL, FR.
    #[field(unit = "%")]
    brakes_damage_percent: [u8; 4],
    /// Blisters of the tyres: RL, RR, FL, FR.
    #[field(unit = "%")]
    tyre_blisters_percent: [u8; 4],
    /// Damage of the front wing, left.
    #[field(unit = "%")]
    front_left_wing_damage_percent: u8,
    /// Damage of the front wing, right.
    #[field(unit = "%")]
    front_right_wing_damage_percent: u8,
    /// Damage of the rear wing.
    #[field(unit = "%")]
    rear_wing_damage_percent: u8,
    /// Damage of the floor.
    #[field(unit = "%")]
    floor_damage_percent: u8,
    /// Damage of the diffuser.
    #[field(unit = "%")]
    diffuser_damage_percent: u8,
    /// Damage of the sidepods.
    #[field(unit = "%")]
    sidepod_damage_percent: u8,
    /// DRS is broken.
    #[field(flag)]
    drs_fault: u8,
    /// The energy store is broken.
    #[field(flag)]
    ers_fault: u8,
    /// Damage of the gearbox.
    #[field(unit = "%")]
    gear_box_damage_percent: u8,
    /// Damage of the engine.
    #[field(unit = "%")]
    engine_damage_percent: u8,
    /// Wear of the motor on the turbo.
    #[field(unit = "%")]
    engine_mguh_wear_percent: u8,
    /// Wear of the energy store.
    #[field(unit = "%")]
    engine_es_wear_percent: u8,
    /// Wear of the control electronics.
    #[field(unit = "%")]
    engine_ce_wear_percent: u8,
    /// Wear of the combustion engine.
    #[field(unit = "%")]
    engine_ice_wear_percent: u8,
    /// Wear of the motor on the shaft.
    #[field(unit = "%")]
    engine_mguk_wear_percent: u8,
    /// Wear of the turbo.
    #[field(unit = "%")]
    engine_tc_wear_percent: u8,
    /// The engine is blown.
    #[field(flag)]
    engine_blown: u8,
    /// The engine is seized.
    #[field(flag)]
    engine_seized: u8,
}

/// Format 2022.
#[telemetry(size = 948, reference = "Data Output from F1 22 Game, Car Damage Packet")]
pub struct CarDamage22 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header22,
    /// The cars, by their index.
    #[field(nested)]
    cars: [CarDamageOfCar22; 22],
}

/// Formats 2023 and 2024.
#[telemetry(size = 953, reference = "Data Output from F1 23 Game, Car Damage Packet")]
pub struct CarDamage23 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header23,
    /// The cars, by their index.
    #[field(nested)]
    cars: [CarDamageOfCar22; 22],
}

/// Format 2025.
#[telemetry(size = 1041, reference = "Data Output from F1 25 Game, Car Damage Packet")]
pub struct CarDamage25 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header23,
    /// The cars, by their index.
    #[field(nested)]
    cars: [CarDamageOfCar25; 22],
}

/// Format 2026.
#[telemetry(size = 1133, reference = "Data Output from F1 25 2026 Season DLC, Car Damage Packet")]
pub struct CarDamage26 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header23,
    /// The cars, by their index.
    #[field(nested)]
    cars: [CarDamageOfCar25; 24],
}

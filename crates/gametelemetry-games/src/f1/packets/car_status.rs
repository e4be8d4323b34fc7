//! How all cars are: the packet with id 7, at the rate set in the menu.
//!
//! Fuel, brake bias, energy store and engine power are 0 for players whose telemetry is restricted. Which tyre a compound's
//! number means: the labels are in [`schema`](crate::f1::schema).

use gametelemetry::telemetry;

use super::header::{Header22, Header23};

/// One car in format 2022.
#[telemetry(size = 47, reference = "Data Output from F1 22 Game, Car Status Packet")]
pub struct CarStatusOfCar22 {
    /// Traction control.
    #[field(labels(0 = "off", 1 = "medium", 2 = "full"))]
    traction_control: u8,
    /// The anti-lock brake may work.
    #[field(flag)]
    anti_lock_brakes: u8,
    /// Mixture of the fuel.
    #[field(labels(0 = "lean", 1 = "standard", 2 = "rich", 3 = "max"))]
    fuel_mix: u8,
    /// Share of the brake force at the front.
    #[field(unit = "%")]
    front_brake_bias_percent: u8,
    /// The pit speed limiter is on.
    #[field(flag)]
    pit_limiter_on: u8,
    /// Fuel in the tank.
    #[field(unit = "kg")]
    fuel_in_tank_kg: f32,
    /// Fuel that the tank holds.
    #[field(unit = "kg")]
    fuel_capacity_kg: f32,
    /// Laps that the fuel lasts, as the car's display shows it.
    #[field(unit = "laps")]
    fuel_remaining_laps: f32,
    /// Engine speed of the limiter.
    #[field(unit = "rpm")]
    max_rpm: u16,
    /// Engine speed without throttle.
    #[field(unit = "rpm")]
    idle_rpm: u16,
    /// Number of gears, reverse among them.
    max_gears: u8,
    /// DRS may be used.
    #[field(flag)]
    drs_allowed: u8,
    /// Distance to where DRS may be used; 0 when it may not.
    #[field(unit = "m")]
    drs_activation_distance_m: u16,
    /// The tyres' compound as it is.
    actual_tyre_compound: u8,
    /// The tyres' compound as it is marked.
    visual_tyre_compound: u8,
    /// How old the tyres are.
    #[field(unit = "laps")]
    tyres_age_laps: u8,
    /// The flag that is shown to the car.
    #[field(labels(-1 = "unknown", 0 = "none", 1 = "green", 2 = "blue", 3 = "yellow", 4 = "red"))]
    vehicle_fia_flags: i8,
    /// Energy in the store.
    #[field(unit = "J")]
    ers_store_energy_j: f32,
    /// How the stored energy is used.
    #[field(labels(0 = "none", 1 = "medium", 2 = "hotlap", 3 = "overtake"))]
    ers_deploy_mode: u8,
    /// Energy gained this lap by the motor on the shaft.
    #[field(unit = "J")]
    ers_harvested_this_lap_mguk_j: f32,
    /// Energy gained this lap by the motor on the turbo.
    #[field(unit = "J")]
    ers_harvested_this_lap_mguh_j: f32,
    /// Energy used this lap.
    #[field(unit = "J")]
    ers_deployed_this_lap_j: f32,
    /// The car is paused in a network game.
    #[field(flag)]
    network_paused: u8,
}

/// One car in the formats 2023 to 2025.
#[telemetry(size = 55, reference = "Data Output from F1 25 Game, Car Status Packet")]
pub struct CarStatusOfCar23 {
    /// Traction control.
    #[field(labels(0 = "off", 1 = "medium", 2 = "full"))]
    traction_control: u8,
    /// The anti-lock brake may work.
    #[field(flag)]
    anti_lock_brakes: u8,
    /// Mixture of the fuel.
    #[field(labels(0 = "lean", 1 = "standard", 2 = "rich", 3 = "max"))]
    fuel_mix: u8,
    /// Share of the brake force at the front.
    #[field(unit = "%")]
    front_brake_bias_percent: u8,
    /// The pit speed limiter is on.
    #[field(flag)]
    pit_limiter_on: u8,
    /// Fuel in the tank.
    #[field(unit = "kg")]
    fuel_in_tank_kg: f32,
    /// Fuel that the tank holds.
    #[field(unit = "kg")]
    fuel_capacity_kg: f32,
    /// Laps that the fuel lasts, as the car's display shows it.
    #[field(unit = "laps")]
    fuel_remaining_laps: f32,
    /// Engine speed of the limiter.
    #[field(unit = "rpm")]
    max_rpm: u16,
    /// Engine speed without throttle.
    #[field(unit = "rpm")]
    idle_rpm: u16,
    /// Number of gears, reverse among them.
    max_gears: u8,
    /// DRS may be used.
    #[field(flag)]
    drs_allowed: u8,
    /// Distance to where DRS may be used; 0 when it may not.
    #[field(unit = "m")]
    drs_activation_distance_m: u16,
    /// The tyres' compound as it is.
    actual_tyre_compound: u8,
    /// The tyres' compound as it is marked.
    visual_tyre_compound: u8,
    /// How old the tyres are.
    #[field(unit = "laps")]
    tyres_age_laps: u8,
    /// The flag that is shown to the car.
    #[field(labels(-1 = "unknown", 0 = "none", 1 = "green", 2 = "blue", 3 = "yellow", 4 = "red"))]
    vehicle_fia_flags: i8,
    /// Power of the combustion engine.
    #[field(unit = "W")]
    engine_power_ice_w: f32,
    /// Power of the electric motor.
    #[field(unit = "W")]
    engine_power_mguk_w: f32,
    /// Energy in the store.
    #[field(unit = "J")]
    ers_store_energy_j: f32,
    /// How the stored energy is used.
    #[field(labels(0 = "none", 1 = "medium", 2 = "hotlap", 3 = "overtake"))]
    ers_deploy_mode: u8,
    /// Energy gained this lap by the motor on the shaft.
    #[field(unit = "J")]
    ers_harvested_this_lap_mguk_j: f32,
    /// Energy gained this lap by the motor on the turbo.
    #[field(unit = "J")]
    ers_harvested_this_lap_mguh_j: f32,
    /// Energy used this lap.
    #[field(unit = "J")]
    ers_deployed_this_lap_j: f32,
    /// The car is paused in a network game.
    #[field(flag)]
    network_paused: u8,
}

/// One car in format 2026.
#[telemetry(size = 59, reference = "Data Output from F1 25 2026 Season DLC, Car Status Packet")]
pub struct CarStatusOfCar26 {
    /// Traction control.
    #[field(labels(0 = "off", 1 = "medium", 2 = "full"))]
    traction_control: u8,
    /// The anti-lock brake may work.
    #[field(flag)]
    anti_lock_brakes: u8,
    /// Mixture of the fuel.
    #[field(labels(0 = "lean", 1 = "standard", 2 = "rich", 3 = "max"))]
    fuel_mix: u8,
    /// Share of the brake force at the front.
    #[field(unit = "%")]
    front_brake_bias_percent: u8,
    /// The pit speed limiter is on.
    #[field(flag)]
    pit_limiter_on: u8,
    /// Fuel in the tank.
    #[field(unit = "kg")]
    fuel_in_tank_kg: f32,
    /// Fuel that the tank holds.
    #[field(unit = "kg")]
    fuel_capacity_kg: f32,
    /// Laps that the fuel lasts, as the car's display shows it.
    #[field(unit = "laps")]
    fuel_remaining_laps: f32,
    /// Engine speed of the limiter.
    #[field(unit = "rpm")]
    max_rpm: u16,
    /// Engine speed without throttle.
    #[field(unit = "rpm")]
    idle_rpm: u16,
    /// Number of gears, reverse among them.
    max_gears: u8,
    /// DRS may be used.
    #[field(flag)]
    drs_allowed: u8,
    /// Distance to where DRS may be used; 0 when it may not.
    #[field(unit = "m")]
    drs_activation_distance_m: u16,
    /// The tyres' compound as it is.
    actual_tyre_compound: u8,
    /// The tyres' compound as it is marked.
    visual_tyre_compound: u8,
    /// How old the tyres are.
    #[field(unit = "laps")]
    tyres_age_laps: u8,
    /// The flag that is shown to the car.
    #[field(labels(-1 = "unknown", 0 = "none", 1 = "green", 2 = "blue", 3 = "yellow", 4 = "red"))]
    vehicle_fia_flags: i8,
    /// Power of the combustion engine.
    #[field(unit = "W")]
    engine_power_ice_w: f32,
    /// Power of the electric motor.
    #[field(unit = "W")]
    engine_power_mguk_w: f32,
    /// Energy in the store.
    #[field(unit = "J")]
    ers_store_energy_j: f32,
    /// How the stored energy is used.
    #[field(labels(0 = "none", 1 = "medium", 2 = "hotlap", 3 = "boost"))]
    ers_deploy_mode: u8,
    /// Energy gained this lap by the motor on the shaft.
    #[field(unit = "J")]
    ers_harvested_this_lap_mguk_j: f32,
    /// Energy gained this lap by the motor on the turbo.
    #[field(unit = "J")]
    ers_harvested_this_lap_mguh_j: f32,
    /// Energy that may be gained in a lap.
    #[field(unit = "J")]
    ers_harvest_limit_per_lap_j: f32,
    /// Energy used this lap.
    #[field(unit = "J")]
    ers_deployed_this_lap_j: f32,
    /// The car is paused in a network game.
    #[field(flag)]
    network_paused: u8,
}

/// Format 2022.
#[telemetry(size = 1058, reference = "Data Output from F1 22 Game, Car Status Packet")]
pub struct CarStatus22 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header22,
    /// The cars, by their index.
    #[field(nested)]
    cars: [CarStatusOfCar22; 22],
}

/// Formats 2023 to 2025.
#[telemetry(size = 1239, reference = "Data Output from F1 25 Game, Car Status Packet")]
pub struct CarStatus23 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header23,
    /// The cars, by their index.
    #[field(nested)]
    cars: [CarStatusOfCar23; 22],
}

/// Format 2026.
#[telemetry(size = 1445, reference = "Data Output from F1 25 2026 Season DLC, Car Status Packet")]
pub struct CarStatus26 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header23,
    /// The cars, by their index.
    #[field(nested)]
    cars: [CarStatusOfCar26; 24],
}

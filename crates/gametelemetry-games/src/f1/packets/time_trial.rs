//! The laps that a time trial compares: the packet with id 14, once a second.
//!
//! From 2024 on, in time trials only.

use gametelemetry::telemetry;

use super::header::Header23;

/// One lap in the formats 2024 and 2025.
#[telemetry(size = 24, reference = "Data Output from F1 25 Game, Time Trial Packet")]
pub struct TimeTrialLap24 {
    /// Index of the car.
    car_index: u8,
    /// The team.
    team_id: u8,
    /// Time of the lap; 0 when there is none.
    #[field(unit = "ms")]
    lap_time_ms: u32,
    /// Time of sector 1.
    #[field(unit = "ms")]
    sector1_time_ms: u32,
    /// Time of sector 2.
    #[field(unit = "ms")]
    sector2_time_ms: u32,
    /// Time of sector 3.
    #[field(unit = "ms")]
    sector3_time_ms: u32,
    /// Traction control helped.
    #[field(flag)]
    traction_control: u8,
    /// The gearbox helped.
    #[field(flag)]
    gearbox_assist: u8,
    /// The anti-lock brake helped.
    #[field(flag)]
    anti_lock_brakes: u8,
    /// How good the car was.
    #[field(labels(0 = "realistic", 1 = "equal"))]
    equal_car_performance: u8,
    /// The setup was the player's own.
    #[field(flag)]
    custom_setup: u8,
    /// The lap counts.
    #[field(flag)]
    valid: u8,
}

/// One lap in format 2026.
#[telemetry(size = 25, reference = "Data Output from F1 25 2026 Season DLC, Time Trial Packet")]
pub struct TimeTrialLap26 {
    /// Index of the car.
    car_index: u8,
    /// The team.
    team_id: u16,
    /// Time of the lap; 0 when there is none.
    #[field(unit = "ms")]
    lap_time_ms: u32,
    /// Time of sector 1.
    #[field(unit = "ms")]
    sector1_time_ms: u32,
    /// Time of sector 2.
    #[field(unit = "ms")]
    sector2_time_ms: u32,
    /// Time of sector 3.
    #[field(unit = "ms")]
    sector3_time_ms: u32,
    /// Traction control helped.
    #[field(flag)]
    traction_control: u8,
    /// The gearbox helped.
    #[field(flag)]
    gearbox_assist: u8,
    /// The anti-lock brake helped.
    #[field(flag)]
    anti_lock_brakes: u8,
    /// How good the car was.
    #[field(labels(0 = "realistic", 1 = "equal"))]
    equal_car_performance: u8,
    /// The setup was the player's own.
    #[field(flag)]
    custom_setup: u8,
    /// The lap counts.
    #[field(flag)]
    valid: u8,
}

/// Formats 2024 and 2025.
#[telemetry(size = 101, reference = "Data Output from F1 25 Game, Time Trial Packet")]
pub struct TimeTrial24 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header23,
    /// The player's best lap of this session.
    #[field(nested)]
    player_session_best: TimeTrialLap24,
    /// The player's best lap ever.
    #[field(nested)]
    personal_best: TimeTrialLap24,
    /// The rival's lap.
    #[field(nested)]
    rival: TimeTrialLap24,
}

/// Format 2026.
#[telemetry(size = 104, reference = "Data Output from F1 25 2026 Season DLC, Time Trial Packet")]
pub struct TimeTrial26 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header23,
    /// The player's best lap of this session.
    #[field(nested)]
    player_session_best: TimeTrialLap26,
    /// The player's best lap ever.
    #[field(nested)]
    personal_best: TimeTrialLap26,
    /// The rival's lap.
    #[field(nested)]
    rival: TimeTrialLap26,
}

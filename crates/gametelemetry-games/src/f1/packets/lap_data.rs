//! Laps, times and places of all cars: the packet with id 2, at the rate set in the menu.
//!
//! Distances are negative until the car has crossed the line for the first time. The lap's number does not advance
//! at the chequered flag; the time of the last lap is then in the session history.

use gametelemetry::telemetry;

use super::header::{Header22, Header23};

/// One car in format 2022.
#[telemetry(size = 43, reference = "Data Output from F1 22 Game, Lap Data Packet")]
pub struct CarLap22 {
    /// Time of the last finished lap; 0 when there is none.
    #[field(unit = "ms")]
    last_lap_time_ms: u32,
    /// Time since the lap began.
    #[field(unit = "ms")]
    current_lap_time_ms: u32,
    /// Time of sector 1 of this lap; 0 until it is finished.
    #[field(unit = "ms")]
    sector1_time_ms: u16,
    /// Time of sector 2 of this lap; 0 until it is finished.
    #[field(unit = "ms")]
    sector2_time_ms: u16,
    /// Distance from the line along the track; negative before the line was crossed for the first time.
    #[field(unit = "m")]
    lap_distance_m: f32,
    /// Distance driven in the session; negative before the line was crossed for the first time.
    #[field(unit = "m")]
    total_distance_m: f32,
    /// Time against what the safety car allows.
    #[field(unit = "s")]
    safety_car_delta_s: f32,
    /// Place in the race, 1 first; 0 for a car that is not there.
    car_position: u8,
    /// Number of the lap, 1 first.
    current_lap_num: u8,
    /// Where the car is with its stop.
    #[field(labels(0 = "none", 1 = "pitting", 2 = "in pit area"))]
    pit_status: u8,
    /// Stops made in this race.
    num_pit_stops: u8,
    /// Sector of the track, 0 first.
    sector: u8,
    /// The lap does not count.
    #[field(flag)]
    current_lap_invalid: u8,
    /// Time penalties that are still to be added.
    #[field(unit = "s")]
    penalties_s: u8,
    /// Warnings so far.
    total_warnings: u8,
    /// Drive-through penalties still to be served.
    num_unserved_drive_through_pens: u8,
    /// Stop-and-go penalties still to be served.
    num_unserved_stop_go_pens: u8,
    /// Place on the grid.
    grid_position: u8,
    /// What the driver is doing.
    #[field(labels(0 = "in garage", 1 = "flying lap", 2 = "in lap", 3 = "out lap", 4 = "on track"))]
    driver_status: u8,
    /// Whether the car is in the race; what stands of an invalid or inactive one means nothing.
    #[field(labels(
        0 = "invalid",
        1 = "inactive",
        2 = "active",
        3 = "finished",
        4 = "did not finish",
        5 = "disqualified",
        6 = "not classified",
        7 = "retired"
    ))]
    result_status: u8,
    /// The time in the pit lane is taken.
    #[field(flag)]
    pit_lane_timer_active: u8,
    /// Time in the pit lane so far, while it is taken.
    #[field(unit = "ms")]
    pit_lane_time_in_lane_ms: u16,
    /// Time of the stop itself.
    #[field(unit = "ms")]
    pit_stop_timer_ms: u16,
    /// A penalty is to be served at this stop.
    #[field(flag)]
    pit_stop_should_serve_pen: u8,
}

/// One car in format 2023.
#[telemetry(size = 50, reference = "Data Output from F1 23 Game, Lap Data Packet")]
pub struct CarLap23 {
    /// Time of the last finished lap; 0 when there is none.
    #[field(unit = "ms")]
    last_lap_time_ms: u32,
    /// Time since the lap began.
    #[field(unit = "ms")]
    current_lap_time_ms: u32,
    /// Time of sector 1 of this lap, what is above its whole minutes; 0 until it is finished.
    #[field(unit = "ms")]
    sector1_time_ms_part: u16,
    /// Time of sector 1 of this lap, its whole minutes.
    #[field(unit = "min")]
    sector1_time_minutes_part: u8,
    /// Time of sector 2 of this lap, what is above its whole minutes; 0 until it is finished.
    #[field(unit = "ms")]
    sector2_time_ms_part: u16,
    /// Time of sector 2 of this lap, its whole minutes.
    #[field(unit = "min")]
    sector2_time_minutes_part: u8,
    /// Time to the car in front.
    #[field(unit = "ms")]
    delta_to_car_in_front_ms: u16,
    /// Time to the leader.
    #[field(unit = "ms")]
    delta_to_race_leader_ms: u16,
    /// Distance from the line along the track; negative before the line was crossed for the first time.
    #[field(unit = "m")]
    lap_distance_m: f32,
    /// Distance driven in the session; negative before the line was crossed for the first time.
    #[field(unit = "m")]
    total_distance_m: f32,
    /// Time against what the safety car allows.
    #[field(unit = "s")]
    safety_car_delta_s: f32,
    /// Place in the race, 1 first; 0 for a car that is not there.
    car_position: u8,
    /// Number of the lap, 1 first.
    current_lap_num: u8,
    /// Where the car is with its stop.
    #[field(labels(0 = "none", 1 = "pitting", 2 = "in pit area"))]
    pit_status: u8,
    /// Stops made in this race.
    num_pit_stops: u8,
    /// Sector of the track, 0 first.
    sector: u8,
    /// The lap does not count.
    #[field(flag)]
    current_lap_invalid: u8,
    /// Time penalties that are still to be added.
    #[field(unit = "s")]
    penalties_s: u8,
    /// Warnings so far.
    total_warnings: u8,
    /// Warnings for cutting corners.
    corner_cutting_warnings: u8,
    /// Drive-through penalties still to be served.
    num_unserved_drive_through_pens: u8,
    /// Stop-and-go penalties still to be served.
    num_unserved_stop_go_pens: u8,
    /// Place on the grid.
    grid_position: u8,
    /// What the driver is doing.
    #[field(labels(0 = "in garage", 1 = "flying lap", 2 = "in lap", 3 = "out lap", 4 = "on track"))]
    driver_status: u8,
    /// Whether the car is in the race; what stands of an invalid or inactive one means nothing.
    #[field(labels(
        0 = "invalid",
        1 = "inactive",
        2 = "active",
        3 = "finished",
        4 = "did not finish",
        5 = "disqualified",
        6 = "not classified",
        7 = "retired"
    ))]
    result_status: u8,
    /// The time in the pit lane is taken.
    #[field(flag)]
    pit_lane_timer_active: u8,
    /// Time in the pit lane so far, while it is taken.
    #[field(unit = "ms")]
    pit_lane_time_in_lane_ms: u16,
    /// Time of the stop itself.
    #[field(unit = "ms")]
    pit_stop_timer_ms: u16,
    /// A penalty is to be served at this stop.
    #[field(flag)]
    pit_stop_should_serve_pen: u8,
}

/// One car in format 2024 and later.
#[telemetry(size = 57, reference = "Data Output from F1 25 Game, Lap Data Packet")]
pub struct CarLap24 {
    /// Time of the last finished lap; 0 when there is none.
    #[field(unit = "ms")]
    last_lap_time_ms: u32,
    /// Time since the lap began.
    #[field(unit = "ms")]
    current_lap_time_ms: u32,
    /// Time of sector 1 of this lap, what is above its whole minutes; 0 until it is finished.
    #[field(unit = "ms")]
    sector1_time_ms_part: u16,
    /// Time of sector 1 of this lap, its whole minutes.
    #[field(unit = "min")]
    sector1_time_minutes_part: u8,
    /// Time of sector 2 of this lap, what is above its whole minutes; 0 until it is finished.
    #[field(unit = "ms")]
    sector2_time_ms_part: u16,
    /// Time of sector 2 of this lap, its whole minutes.
    #[field(unit = "min")]
    sector2_time_minutes_part: u8,
    /// Time to the car in front, what is above its whole minutes.
    #[field(unit = "ms")]
    delta_to_car_in_front_ms_part: u16,
    /// Time to the car in front, its whole minutes.
    #[field(unit = "min")]
    delta_to_car_in_front_minutes_part: u8,
    /// Time to the leader, what is above its whole minutes.
    #[field(unit = "ms")]
    delta_to_race_leader_ms_part: u16,
    /// Time to the leader, its whole minutes.
    #[field(unit = "min")]
    delta_to_race_leader_minutes_part: u8,
    /// Distance from the line along the track; negative before the line was crossed for the first time.
    #[field(unit = "m")]
    lap_distance_m: f32,
    /// Distance driven in the session; negative before the line was crossed for the first time.
    #[field(unit = "m")]
    total_distance_m: f32,
    /// Time against what the safety car allows.
    #[field(unit = "s")]
    safety_car_delta_s: f32,
    /// Place in the race, 1 first; 0 for a car that is not there.
    car_position: u8,
    /// Number of the lap, 1 first.
    current_lap_num: u8,
    /// Where the car is with its stop.
    #[field(labels(0 = "none", 1 = "pitting", 2 = "in pit area"))]
    pit_status: u8,
    /// Stops made in this race.
    num_pit_stops: u8,
    /// Sector of the track, 0 first.
    sector: u8,
    /// The lap does not count.
    #[field(flag)]
    current_lap_invalid: u8,
    /// Time penalties that are still to be added.
    #[field(unit = "s")]
    penalties_s: u8,
    /// Warnings so far.
    total_warnings: u8,
    /// Warnings for cutting corners.
    corner_cutting_warnings: u8,
    /// Drive-through penalties still to be served.
    num_unserved_drive_through_pens: u8,
    /// Stop-and-go penalties still to be served.
    num_unserved_stop_go_pens: u8,
    /// Place on the grid.
    grid_position: u8,
    /// What the driver is doing.
    #[field(labels(0 = "in garage", 1 = "flying lap", 2 = "in lap", 3 = "out lap", 4 = "on track"))]
    driver_status: u8,
    /// Whether the car is in the race; what stands of an invalid or inactive one means nothing.
    #[field(labels(
        0 = "invalid",
        1 = "inactive",
        2 = "active",
        3 = "finished",
        4 = "did not finish",
        5 = "disqualified",
        6 = "not classified",
        7 = "retired"
    ))]
    result_status: u8,
    /// The time in the pit lane is taken.
    #[field(flag)]
    pit_lane_timer_active: u8,
    /// Time in the pit lane so far, while it is taken.
    #[field(unit = "ms")]
    pit_lane_time_in_lane_ms: u16,
    /// Time of the stop itself.
    #[field(unit = "ms")]
    pit_stop_timer_ms: u16,
    /// A penalty is to be served at this stop.
    #[field(flag)]
    pit_stop_should_serve_pen: u8,
    /// Greatest speed of this car at the speed trap.
    #[field(unit = "km/h")]
    speed_trap_fastest_speed_kmh: f32,
    /// Lap of the greatest speed; 255 when there is none.
    speed_trap_fastest_lap: u8,
}

/// Format 2022.
#[telemetry(size = 972, reference = "Data Output from F1 22 Game, Lap Data Packet")]
pub struct LapData22 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header22,
    /// The cars, by their index.
    #[field(nested)]
    cars: [CarLap22; 22],
    /// Index of the car of the personal best in a time trial; 255 when there is none.
    time_trial_pb_car_index: u8,
    /// Index of the rival's car in a time trial; 255 when there is none.
    time_trial_rival_car_index: u8,
}

/// Format 2023.
#[telemetry(size = 1131, reference = "Data Output from F1 23 Game, Lap Data Packet")]
pub struct LapData23 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header23,
    /// The cars, by their index.
    #[field(nested)]
    cars: [CarLap23; 22],
    /// Index of the car of the personal best in a time trial; 255 when there is none.
    time_trial_pb_car_index: u8,
    /// Index of the rival's car in a time trial; 255 when there is none.
    time_trial_rival_car_index: u8,
}

/// Formats 2024 and 2025.
#[telemetry(size = 1285, reference = "Data Output from F1 25 Game, Lap Data Packet")]
pub struct LapData24 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header23,
    /// The cars, by their index.
    #[field(nested)]
    cars: [CarLap24; 22],
    /// Index of the car of the personal best in a time trial; 255 when there is none.
    time_trial_pb_car_index: u8,
    /// Index of the rival's car in a time trial; 255 when there is none.
    time_trial_rival_car_index: u8,
}

/// Format 2026.
#[telemetry(size = 1399, reference = "Data Output from F1 25 2026 Season DLC, Lap Data Packet")]
pub struct LapData26 {
    /// What every packet begins with.
    #[field(nested)]
    header: Header23,
    /// The cars, by their index.
    #[field(nested)]
    cars: [CarLap24; 24],
    /// Index of the car of the personal best in a time trial; 255 when there is none.
    time_trial_pb_car_index: u8,
    /// Index of the rival's car in a time trial; 255 when there is none.
    time_trial_rival_car_index: u8,
}

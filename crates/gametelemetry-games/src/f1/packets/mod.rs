//! The packets of the formats 2022 to 2026, a module a kind.
//!
//! A struct is named after the first year that has its layout (`Motion23` serves 2023 to 2025); [`f22`](super::f22) to
//! [`f26`](super::f26) name those of a year without it. All are packed and little-endian. Says what bytes mean, not
//! which packet is which: that is [`schema`](super::schema).

pub mod car_damage;
pub mod car_setups;
pub mod car_status;
pub mod car_telemetry;
pub mod car_telemetry_2;
pub mod event;
pub mod final_classification;
pub mod header;
pub mod lap_data;
pub mod lap_positions;
pub mod lobby_info;
pub mod motion;
pub mod motion_ex;
pub mod participants;
pub mod session;
pub mod session_history;
pub mod time_trial;
pub mod tyre_sets;

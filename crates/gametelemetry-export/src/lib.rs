//! Recordings as files that other tools open: CSV, JSON Lines, Parquet, MCAP, MoTeC.
//!
//! Stands to the right of the core, which has the `Exporter` trait, because the formats' own crates are heavy and who
//! only records must not build them. Reads sessions through the core alone and names no game.

pub mod motec;

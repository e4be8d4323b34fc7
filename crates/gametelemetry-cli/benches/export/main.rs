//! How fast an hour of a simulated game is exported, beside the bare `parquet` writer on columns that are ready.
//!
//! The floor gets the very same values, already in memory and column by column, in groups of the same size with the same
//! encodings; reading the session and making rows of it is what ours does besides. Memory is that of a process that does
//! one export. `--smoke` only shows that everything still runs. Linux only, for the memory.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

#[cfg(target_os = "linux")]
mod bare;
#[cfg(target_os = "linux")]
#[path = "../common/mod.rs"]
mod common;
#[cfg(target_os = "linux")]
mod measure;

#[cfg(target_os = "linux")]
fn main() -> common::Outcome {
    measure::run()
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("memory is measured on Linux only");
}

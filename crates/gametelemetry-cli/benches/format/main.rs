//! How fast the session file is written, read and searched, and how small it is, each beside LZ4 alone.
//!
//! Floors: liblz4 on the same bytes with the same flushes into the same kind of file; both LZ4 decoders on the same
//! segments. `--smoke` only shows that everything still runs. Recording a game is measured in `recording`.
//! Linux only, so that nobody else needs a C compiler.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

#[cfg(target_os = "linux")]
#[path = "../common/mod.rs"]
mod common;
#[cfg(target_os = "linux")]
mod frames;
#[cfg(target_os = "linux")]
mod measure;
#[cfg(target_os = "linux")]
mod search;
#[cfg(target_os = "linux")]
mod turns;

#[cfg(target_os = "linux")]
fn main() -> common::Outcome {
    measure::run()
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("the floors are built on Linux only");
}

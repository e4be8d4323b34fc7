//! What recording a game costs, and how punctual it is, beside a bare loop that does the same with nothing around it.
//!
//! A process publishes simulated ACC at 333 Hz; then the command, the library and the bare loop record it in turns,
//! each in a process of its own whose processor time and memory the system counts. `--smoke` only shows that
//! everything still runs; `--seconds` and `--rounds` say how long each way is measured, and how often. Linux only.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

#[cfg(target_os = "linux")]
mod child;
#[cfg(target_os = "linux")]
#[path = "../common/mod.rs"]
mod common;
#[cfg(target_os = "linux")]
mod measure;
#[cfg(target_os = "linux")]
mod process;

#[cfg(target_os = "linux")]
fn main() -> common::Outcome {
    if child::run_if_asked()? { Ok(()) } else { measure::run() }
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("processes are measured on Linux only");
}

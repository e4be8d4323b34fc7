//! What it costs to record datagrams that come as fast as they can, beside a bare loop that receives them.
//!
//! A process sends F1 packets, 100,000 a second, over the loopback network; the bare loop, the bare loop that also
//! sends them on, and the recorder (alone, and sending on) take them in turns, each in a process of its own. `--smoke`
//! only shows that everything still runs; `--seconds` and `--rate` say how long and how fast. Linux only.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

#[cfg(target_os = "linux")]
mod child;
#[cfg(target_os = "linux")]
#[path = "../common/mod.rs"]
mod common;
#[cfg(target_os = "linux")]
mod measure;
#[cfg(target_os = "linux")]
mod packets;
#[cfg(target_os = "linux")]
#[path = "../recording/process.rs"]
mod process;

#[cfg(target_os = "linux")]
fn main() -> common::Outcome {
    if child::run_if_asked()? { Ok(()) } else { measure::run() }
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("processes are measured on Linux only");
}

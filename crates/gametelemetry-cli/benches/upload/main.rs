//! What leaving the machine costs: throughput beside a bare `object_store` put of the same bytes, the lateness of a 1000 Hz
//! recording that is uploaded meanwhile beside one that is not, and how fast sessions are published.
//!
//! The server is a thread of this program that takes what is put and tells its MD5, as S3 does; it is the same for ours and
//! for the floor. `--smoke` only shows that everything still runs. Linux only, for the processor time of a child.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

#[cfg(target_os = "linux")]
#[path = "../common/mod.rs"]
mod common;
#[cfg(target_os = "linux")]
mod measure;
#[cfg(target_os = "linux")]
mod server;

#[cfg(target_os = "linux")]
fn main() -> common::Outcome {
    measure::run()
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("processor time is measured on Linux only");
}

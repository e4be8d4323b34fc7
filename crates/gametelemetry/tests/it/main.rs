//! The behaviour of the crate as its users see it; one test binary, one module a behaviour.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::print_stdout,
    reason = "the lints are off in test functions, and the helpers beside them are tests too"
)]

mod analysis;
#[cfg(target_os = "linux")]
mod disk_full;
mod file_watcher;
mod format;
mod housekeeping;
mod http;
mod keep_last;
mod kill;
mod laps;
#[cfg(unix)]
mod ledger;
#[cfg(target_os = "linux")]
mod measure;
mod multicast;
mod network;
mod processors;
mod publisher;
mod redact;
mod session;
mod shared_memory;
#[cfg(feature = "stream")]
mod stream;
mod support;
mod tcp;
mod torn;
mod wholes;

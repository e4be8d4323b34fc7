//! The games as a user of the crate sees them; one test binary, one module a game.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::print_stderr,
    reason = "the lints are off in test functions, and the helpers beside them are tests too"
)]

mod acc;
mod channels_told;
mod cs2;
mod dirt;
mod dota2;
mod f1;
mod format;
mod forza;
mod fuzz_seeds;
mod gt7;
mod http;
mod iracing;
mod keep_last;
mod laps_told;
mod packets;
mod real_laps;
mod redact;
mod replays;
mod simulated_laps;
mod told;
mod war_thunder;
mod wrc;
mod wrc_described;

//! The formats as a user of the crate sees them; one test binary, one module a format.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::print_stderr,
    reason = "the lints are off in test functions, and the helpers beside them are tests too"
)]

mod bad_sessions;
mod csv;
mod full_disk;
mod json_lines;
mod mcap;
mod motec;
mod motec_log;
mod options;
mod parquet;
mod support;

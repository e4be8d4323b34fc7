//! The behaviour of the cloud crate.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    clippy::print_stderr,
    reason = "clippy.toml allows these in test functions; the helpers of an integration test are tests too"
)]

mod download;
mod lake;
mod list;
mod remote;
mod support;
mod upload;
mod uploaded;

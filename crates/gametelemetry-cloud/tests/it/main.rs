//! The behaviour of the cloud crate.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "clippy.toml allows these in test functions; the helpers of an integration test are tests too"
)]

mod download;
mod list;
mod remote;
mod support;
mod upload;
mod uploaded;

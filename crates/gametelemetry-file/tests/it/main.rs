//! The behaviour of the crate as a user sees it; one test binary, one module a behaviour.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::print_stdout,
    reason = "the lints are off in test functions, and the helpers beside them are tests too"
)]

mod corpus;
mod damage;
mod dat;
mod derive;
mod follow;
#[cfg(unix)]
mod full_disk;
mod hostile;
mod interop;
mod seek;
mod support;
mod truncation;
mod writer;

//! The formats as a user of the crate sees them; one test binary, one module a format.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::print_stderr,
    reason = "the lints are off in test functions, and the helpers beside them are tests too"
)]

mod motec;

//! The report: one self-contained page of a session. `data` is what it shows, `page` writes it.
//!
//! The analysis fills [`data::Report`]; nothing here reads a session or computes a lap.

pub(crate) mod capture;
pub(crate) mod data;
pub(crate) mod page;
#[cfg(test)]
#[allow(dead_code, reason = "the tests in a browser use all of them, the unit tests some")]
pub(crate) mod samples;
pub(crate) mod series;

//! What every benchmark needs: its arguments, a place for its files, and the table.
//!
//! A figure alone says little on a machine that also does other things, so each is measured beside a floor, in
//! turns, and the ratio is what counts. Measures nothing itself.

mod table;

use std::path::PathBuf;

pub(crate) use table::{Row, Table};

/// What a benchmark must not do: stop without saying why.
pub(crate) type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// Whether only to show that everything still runs. Any other argument (cargo adds `--bench`) is passed over.
pub(crate) fn is_smoke() -> bool {
    std::env::args().any(|argument| argument == "--smoke")
}

/// A file or folder of this benchmark, in the target folder: on a disk, not in memory.
pub(crate) fn scratch(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// The value in the middle; 0 of none.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

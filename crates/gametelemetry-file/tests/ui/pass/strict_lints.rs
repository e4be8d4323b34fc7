//! A user's crate may forbid and deny what it likes; the code that is made stays quiet.
#![forbid(unsafe_code)]
#![deny(missing_docs, warnings, unused, unreachable_pub, unused_qualifications, unused_results)]
#![deny(nonstandard_style, future_incompatible, rust_2018_idioms, let_underscore_drop, single_use_lifetimes)]
#![deny(missing_debug_implementations, missing_copy_implementations, trivial_casts, trivial_numeric_casts)]
#![deny(variant_size_differences, elided_lifetimes_in_paths, explicit_outlives_requirements)]
#![deny(clippy::all, clippy::pedantic)]

use gametelemetry_file::{PackedFrame, telemetry};

mod private {
    use gametelemetry_file::telemetry;

    /// Used by its neighbour alone, and not all of it.
    #[telemetry(size = 12, crate = gametelemetry_file)]
    pub(super) struct Inner {
        /// Never read.
        unread: u32,
        /// Read.
        #[field(flag)]
        read: [u8; 4],
        #[field(skip)]
        reserved: [u8; 4],
    }
}

/// Outside.
#[telemetry(size = 25, counter = id, crate = gametelemetry_file)]
struct Outer {
    /// Counts.
    id: u8,
    /// Two of them.
    #[field(nested)]
    inner: [private::Inner; 2],
}

fn main() {
    let outer = Outer::zeroed();
    assert_eq!(outer.inner().map(|inner| inner.read()), [[false; 4]; 2]);
}

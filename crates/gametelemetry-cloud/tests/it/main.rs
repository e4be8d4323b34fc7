//! The behaviour of the cloud crate.

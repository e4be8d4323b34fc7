//! The behaviour of the cloud crate.

mod upload;

//! Publishes where games do: in shared memory, by datagrams, over HTTP, as files. What `simulate` and `replay` share.
//!
//! Knows no game and no recording: whoever uses it says what goes where.

mod datagrams;
mod injector;
mod regions;

pub(crate) use datagrams::{Datagrams, SentDatagrams};
pub(crate) use injector::{Injector, Odds};
pub(crate) use regions::{LongWrite, RegionWrites, Regions};

//! Publishes where games do: in shared memory, by datagrams, over HTTP, as files. What `simulate` and `replay` share.
//!
//! Knows no game and no recording: whoever uses it says what goes where.

mod answers;
mod datagrams;
mod files;
mod injector;
mod posts;
mod regions;
mod stream;

pub(crate) use answers::Answers;
pub(crate) use datagrams::{Datagrams, SentDatagrams};
pub(crate) use files::Files;
pub(crate) use injector::{Injector, Odds};
pub(crate) use posts::{Posts, SentPosts};
pub(crate) use regions::{LongWrite, RegionWrites, Regions};
pub(crate) use stream::{SentMessages, Stream};

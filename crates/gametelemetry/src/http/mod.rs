//! Gets what games say over HTTP: by asking a game's own server again and again, and by being the server that a game
//! POSTs to.
//!
//! A record is the body of one answer, or of one POST, as it came; the schema finds values in it by JSON pointers.
//! Knows no game: addresses, ports and schemas come from the builders. `request` and `json` work on bytes only and
//! touch no socket.

mod backoff;
mod client;
mod connection;
mod head;
mod inbox;
mod json;
mod polling;
mod push;
mod request;
mod server;

pub use head::HttpRefusal;
pub use json::{mask, put_text, texts_at};
pub use polling::HttpPollingSource;
pub use push::HttpPushSource;
pub use request::{HttpLimits, HttpProgress, HttpRequest, HttpRequestParser};

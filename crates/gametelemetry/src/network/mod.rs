//! Gets messages over the network, UDP and TCP, and keeps each as it came, with its time of arrival.
//!
//! One record is one message. What a message is stands in the schema; this module only needs it to count what was
//! lost. Knows no game: ports, framing and heartbeats come from the builder.

mod drops;
mod forward;
mod framing;
mod many;
mod recognizer;
mod sequence;
mod source;
mod tcp;
mod tracker;
mod udp;

pub use forward::{Forward, ForwardParseError};
pub use framing::{Boundary, Deframer, Framing, FramingError};
pub(crate) use recognizer::known_kind;
pub use source::{DecodeDatagram, Greeting, Heartbeat, NetworkSource};
pub(crate) use tracker::whole_number;

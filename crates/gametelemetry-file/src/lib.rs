//! The session file of GameTelemetry.
//!
//! A recording is a folder with one `.gtel` file a source. Each file is standard LZ4: `lz4 -dc physics.gtel` prints
//! the records, because everything else (schema, ledger, index) sits in skippable frames. `docs/format.md` is
//! normative.
//!
//! This crate has the frame and its schema, the writer, the reader and the repair of such files. It starts no
//! thread, reads no clock and knows no game.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(target_endian = "big")]
compile_error!("frames are little-endian bytes seen as structs; a big-endian target would read them wrong");

mod channel;
mod channel_reader;
mod dat;
mod decoder;
mod describe;
mod encoder;
mod end;
pub mod files;
mod header;
mod index;
mod input;
mod ledger;
mod ledger_since;
mod lookup;
mod lz4;
mod message;
mod open;
mod outline;
mod reader;
mod recorded_transport;
mod recover;
mod redact;
mod schema;
mod search;
mod section;
mod segment;
mod stored;
mod telemetry;
mod text;
mod timestamp;
mod value;
mod verify;
mod view;
mod writer;

pub use gametelemetry_derive::telemetry;

pub use channel::ChannelMapping;
pub use channel_reader::ChannelReader;
pub use encoder::{EncoderOptions, RecordSizeError, SessionEncoder};
pub use end::{Damage, DamageReason, End};
pub use header::{ClockAnchor, FORMAT_VERSION, Header};
pub use index::{Index, IndexEntry};
pub use ledger::{Gap, KindCounts, Lateness, Ledger, MAX_LISTED, MessageCounts};
pub use lookup::{Lookup, Plus};
pub use message::{Condition, MessageKind, Parts, Recognized, Sequence};
pub use outline::{FilePart, part_at};
pub use reader::{ReadError, Record, SessionReader};
pub use recorded_transport::{RecordedFraming, RecordedTransport};
pub use recover::{RecoverError, Recovered, recover};
pub use redact::{Blanked, Redactor};
pub use schema::{
    BitRange, Field, FieldKind, FrameSize, MAX_CHAIN, MAX_DATAGRAM, MAX_DIMENSIONS, MAX_ELEMENTS, MAX_FIELDS,
    MAX_KINDS, MAX_PERSONAL_KEYS, MAX_RECORD_SIZE, Schema, SchemaError,
};
pub use segment::{SealedSegment, SegmentBuilder};
pub use stored::{SessionFile, SessionInput, StoredSession};
pub use telemetry::{FrameSizeMismatch, PackedFrame, RawFrame, Telemetry, Utf8, Utf16};
pub use timestamp::{Timestamp, TimestampParseError};
pub use value::Value;
pub use verify::{Verdict, verify};
pub use view::FrameView;
pub use writer::{BinarySessionWriter, SessionWriter, WriteError, WriterOptions, Written};

/// What the code made by `#[telemetry]` names; not for use by hand.
#[doc(hidden)]
pub mod __private {
    pub use crate::describe::{Described, describe, describe_nested};
    pub use zerocopy;
}

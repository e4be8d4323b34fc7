//! How a session file ends, and what was wrong on the way: values that readers return, not errors.

use std::fmt;

use serde::Serialize;

/// How a session file ends. Everything but [`End::Complete`] means that the recorder did not get to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "end", rename_all = "snake_case")]
#[non_exhaustive]
pub enum End {
    /// Ended in order.
    Complete,
    /// Cut between two records, as by a crash: every record is whole, but there is no index.
    Unfinished,
    /// Cut inside a block, a segment's head or a section, which starts at `offset`.
    PartialFrame {
        /// Place in the file, in bytes.
        offset: u64,
    },
    /// Cut inside a record's timestamp.
    PartialTimestamp,
    /// Cut inside a record's size.
    PartialSize,
    /// Cut inside a record's data.
    PartialData {
        /// Bytes the record should have.
        expected: u64,
        /// Bytes that are there.
        got: u64,
    },
    /// Damaged at `offset`, with nothing whole behind it.
    Corrupt {
        /// Place in the file, in bytes.
        offset: u64,
    },
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Complete => f.write_str("complete"),
            Self::Unfinished => f.write_str("unfinished: the recorder was stopped before it wrote the index"),
            Self::PartialFrame { offset } => write!(f, "cut inside the block at byte {offset}"),
            Self::PartialTimestamp => f.write_str("cut inside a record's timestamp"),
            Self::PartialSize => f.write_str("cut inside a record's size"),
            Self::PartialData { expected, got } => {
                write!(f, "cut inside a record's data: {got} of {expected} bytes")
            }
            Self::Corrupt { offset } => write!(f, "corrupt from byte {offset} to the end"),
        }
    }
}

/// A damaged place in a session file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Damage {
    /// Where the damage was noticed, in bytes from the start of the file.
    pub offset: u64,
    /// What is wrong.
    pub reason: DamageReason,
    /// Where reading went on; `None` when nothing whole came after.
    pub resumed: Option<u64>,
}

/// What is wrong at a damaged place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DamageReason {
    /// A block's checksum does not match its bytes.
    BlockChecksum,
    /// A block does not decompress.
    BlockUndecodable,
    /// A block claims to be larger than its segment allows, or reaches behind the end of the file although something
    /// whole stands before that.
    BlockTooLarge {
        /// Bytes claimed.
        stored: usize,
    },
    /// A segment's checksum does not match its contents.
    ContentChecksum,
    /// A record has a size that the schema does not allow.
    SizeNotAllowed {
        /// The size as it stands in the file.
        size: i32,
    },
    /// A segment ends inside a record.
    RecordCut,
    /// A header, ledger or index does not match its checksum, or cannot be read.
    SectionChecksum,
    /// Bytes that are neither a segment nor a section.
    NotAFrame,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { offset, reason, resumed } = self;
        match reason {
            DamageReason::BlockChecksum | DamageReason::BlockUndecodable => {
                write!(f, "corrupt block at byte {offset}")
            }
            DamageReason::BlockTooLarge { stored } => {
                write!(f, "corrupt block at byte {offset}: it claims {stored} bytes")
            }
            DamageReason::ContentChecksum => write!(f, "corrupt segment, it ends at byte {offset}"),
            DamageReason::SizeNotAllowed { size } => {
                write!(f, "record of {size} bytes before byte {offset}, which the schema does not allow")
            }
            DamageReason::RecordCut => write!(f, "segment ends inside a record at byte {offset}"),
            DamageReason::SectionChecksum => write!(f, "corrupt header, ledger or index at byte {offset}"),
            DamageReason::NotAFrame => write!(f, "unknown bytes at byte {offset}"),
        }?;
        match resumed {
            Some(resumed) => write!(f, ", reading went on at byte {resumed}"),
            None => f.write_str(", nothing whole comes after it"),
        }
    }
}

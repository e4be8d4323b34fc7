//! Where things stand in a `.ld` file: the constants that reader and writer share.
//!
//! All numbers are little-endian, all places are counted from the start of the file. The places of the blocks are those
//! of files that loggers and games wrote (an ADL of 2005, Assetto Corsa Competizione of 2025); `docs/motec.md` has every
//! field with its source. Reads and writes nothing itself.

/// The first four bytes of every file.
pub(crate) const MARKER: u32 = 0x40;

/// The header's fields.
pub(crate) mod header {
    /// Where the first channel's entry is, u32.
    pub(crate) const CHANNELS_AT: usize = 0x08;
    /// Where the first channel's samples are, u32.
    pub(crate) const DATA_AT: usize = 0x0c;
    /// Where the event is, u32; 0 without one.
    pub(crate) const EVENT_AT: usize = 0x24;
    /// Six bytes whose meaning nobody published: a u16, then 1,000,000 as u32.
    pub(crate) const CONSTANT_1: usize = 0x40;
    /// The logger's serial number, u32.
    pub(crate) const DEVICE_SERIAL: usize = 0x46;
    /// The logger's type, a text.
    pub(crate) const DEVICE_TYPE: usize = 0x4a;
    /// The logger's version times 100, u16.
    pub(crate) const DEVICE_VERSION: usize = 0x52;
    /// A u16 whose meaning nobody published.
    pub(crate) const CONSTANT_2: usize = 0x54;
    /// The number of channels, u16. Two zeros follow, so that who takes it for a u32 is right too.
    pub(crate) const CHANNEL_COUNT: usize = 0x56;
    /// The highest rate of all channels, u16, Hz.
    pub(crate) const HZ_MOST: usize = 0x5a;
    /// The lowest rate of all channels, u16, Hz.
    pub(crate) const HZ_LEAST: usize = 0x5c;
    /// The date, a text: dd/mm/yyyy.
    pub(crate) const DATE: usize = 0x5e;
    /// The time of day, a text: HH:MM:SS.
    pub(crate) const TIME: usize = 0x7e;
    /// The driver, a text.
    pub(crate) const DRIVER: usize = 0x9e;
    /// The vehicle, a text.
    pub(crate) const VEHICLE: usize = 0xde;
    /// The venue, a text.
    pub(crate) const VENUE: usize = 0x15e;
    /// A u32 without which i2 Standard is said to refuse a file.
    pub(crate) const PRO_LOGGING: usize = 0x5de;
    /// The session, a text.
    pub(crate) const SESSION: usize = 0x5e4;
    /// The short comment, a text.
    pub(crate) const SHORT_COMMENT: usize = 0x624;
    /// A byte whose meaning nobody published.
    pub(crate) const CONSTANT_3: usize = 0x66c;
    /// The size of the header, bytes.
    pub(crate) const LEN: usize = 0x6e2;
}

/// The lengths of text fields, bytes.
pub(crate) mod width {
    /// Date, and time of day.
    pub(crate) const DATE: usize = 16;
    /// The logger's type.
    pub(crate) const DEVICE: usize = 8;
    /// Most texts.
    pub(crate) const TEXT: usize = 64;
    /// The long comment.
    pub(crate) const LONG_COMMENT: usize = 1024;
    /// A channel's name.
    pub(crate) const NAME: usize = 32;
    /// A channel's short name.
    pub(crate) const SHORT_NAME: usize = 8;
    /// A channel's unit.
    pub(crate) const UNIT: usize = 12;
}

/// The event: name, session, long comment, then where the venue is.
pub(crate) mod event {
    /// Where we write it: right after the header.
    pub(crate) const AT: usize = super::header::LEN;
    /// The session, from its start.
    pub(crate) const SESSION: usize = 64;
    /// The long comment, from its start.
    pub(crate) const COMMENT: usize = 128;
    /// Where the venue is, from its start, u32.
    pub(crate) const VENUE_AT: usize = 1152;
    /// A u32 that is the same in every file; it is where 2048 empty bytes before the channels begin.
    pub(crate) const CONSTANT: usize = 1156;
}

/// The venue: name, then where the vehicle is.
pub(crate) mod venue {
    /// Where we write it, as loggers do.
    pub(crate) const AT: usize = 0x1336;
    /// Where the vehicle is, from its start, u32.
    pub(crate) const VEHICLE_AT: usize = 1098;
}

/// The vehicle: its name, and nothing else that we know.
pub(crate) mod vehicle {
    /// Where we write it, as loggers do.
    pub(crate) const AT: usize = 0x1f54;
}

/// One channel's entry in the list; fields from the start of the entry.
pub(crate) mod entry {
    /// Where the first one is written, as loggers do.
    pub(crate) const FIRST_AT: usize = 0x3448;
    /// The size of one, bytes.
    pub(crate) const LEN: usize = 124;
    /// What there must be of one to read it, bytes: some loggers write a shorter end.
    pub(crate) const LEAST: usize = UNIT + super::width::UNIT;
    /// Where the previous entry is, u32; 0 in the first.
    pub(crate) const PREVIOUS: usize = 0x00;
    /// Where the next entry is, u32; 0 in the last.
    pub(crate) const NEXT: usize = 0x04;
    /// Where the samples are, u32.
    pub(crate) const DATA_AT: usize = 0x08;
    /// The number of samples, u32.
    pub(crate) const SAMPLES: usize = 0x0c;
    /// The channel's number in the logger, u16.
    pub(crate) const ID: usize = 0x10;
    /// The class of the samples' type, u16.
    pub(crate) const CLASS: usize = 0x12;
    /// The width of a sample, u16, bytes.
    pub(crate) const WIDTH: usize = 0x14;
    /// The rate, u16, Hz.
    pub(crate) const HZ: usize = 0x16;
    /// Added to a value, i16.
    pub(crate) const SHIFT: usize = 0x18;
    /// Multiplies a value, i16.
    pub(crate) const MUL: usize = 0x1a;
    /// Divides a raw number, i16.
    pub(crate) const SCALE: usize = 0x1c;
    /// Decimal places of a raw number, i16.
    pub(crate) const DECIMALS: usize = 0x1e;
    /// The name, a text.
    pub(crate) const NAME: usize = 0x20;
    /// The short name, a text.
    pub(crate) const SHORT_NAME: usize = 0x40;
    /// The unit, a text.
    pub(crate) const UNIT: usize = 0x48;
    /// The largest raw number, i32.
    pub(crate) const RAW_MOST: usize = 0x54;
    /// The smallest raw number, i32.
    pub(crate) const RAW_LEAST: usize = 0x58;
}

// What we write does not overlap.
const _: () = {
    assert!(event::AT + event::CONSTANT + 4 <= venue::AT);
    assert!(venue::AT + venue::VEHICLE_AT + 4 <= vehicle::AT);
    assert!(vehicle::AT + width::TEXT <= entry::FIRST_AT);
    assert!(entry::RAW_LEAST + 4 <= entry::LEN);
};

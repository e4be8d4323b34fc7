//! The fixed beginning of an `.ibt` file: the 112-byte irsdk header and the 32-byte disk sub-header behind it.
//!
//! First step of reading such a file. Every number comes from outside and is held to a limit here, so that later
//! steps may trust them. Layout: `irsdk_defines.h` of the iRacing SDK (`irsdk_header`, `irsdk_varBuf`,
//! `irsdk_diskSubHeader`), checked against the real files named in the tests. Does not read variables or rows.

use super::error::IbtError;
use super::variables::{DESCRIPTION_LEN, find_description};

/// Bytes of the irsdk header, and where the disk sub-header starts.
const HEADER_LEN: usize = 112;
/// Bytes of header and disk sub-header together; enough to know how long the head of the file is.
pub const PROLOGUE_LEN: usize = 144;
/// The most variables a file may describe; games of 2025 have about 290.
pub const MAX_VARIABLES: u32 = 65_536;
/// The longest row allowed, in bytes; games of 2025 have about 1100.
pub const MAX_ROW_LEN: u32 = 4 << 20;
/// The longest session information allowed, in bytes; the game's own memory map has room for 512 KiB.
pub const MAX_SESSION_INFO_LEN: u32 = 32 << 20;
/// The longest head allowed, in bytes: the most an importer ever has to hold at once.
pub const MAX_HEAD_LEN: u32 = 64 << 20;

/// The largest version taken for one; the game has written 1 and 2 since 2008.
const MAX_VERSION: i32 = 9;
/// The SDK's `IRSDK_MAX_BUFS`.
const MAX_BUFFERS: i32 = 4;
/// The rate of the game, taken where the header states an impossible one.
const USUAL_TICK_RATE_HZ: u32 = 60;

/// The numbers of the irsdk header, each within its limits.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IrsdkHeader {
    /// Version of the SDK's layout; 2 in all known files.
    pub version: i32,
    /// Rows a second; 60 where the file states an impossible rate, because nothing but the spacing of rows
    /// without a time depends on it.
    pub tick_rate_hz: u32,
    /// How often the session information had changed.
    pub session_info_update: i32,
    /// Bytes of the session information.
    pub session_info_len: u32,
    /// Where the session information starts in the file.
    pub session_info_offset: u32,
    /// Number of variables, 1 to [`MAX_VARIABLES`].
    pub variable_count: u32,
    /// Where the variable descriptions start in the file.
    pub variables_offset: u32,
    /// Bytes of a row, 1 to [`MAX_ROW_LEN`].
    pub row_len: u32,
    /// Where the rows start in the file; never inside the head.
    pub data_offset: u32,
}

impl IrsdkHeader {
    /// Reads the header from the first [`PROLOGUE_LEN`] bytes of a file; more bytes help to say what is wrong.
    ///
    /// # Errors
    /// When there are too few bytes, when they are no `.ibt` file, or when a number is impossible.
    pub fn parse(bytes: &[u8]) -> Result<Self, IbtError> {
        let version = int(bytes, 0)?;
        if !(1..=MAX_VERSION).contains(&version) {
            return Err(not_an_ibt(bytes));
        }
        if bytes.len() < PROLOGUE_LEN {
            return Err(IbtError::Truncated { part: "header", needed: 144, got: bytes.len() as u64 });
        }
        check_buffers(int(bytes, 32)?, int(bytes, 20)?)?;
        let header = Self {
            version,
            tick_rate_hz: tick_rate(int(bytes, 8)?),
            session_info_update: int(bytes, 12)?,
            session_info_len: within("sessionInfoLen", int(bytes, 16)?, 0, MAX_SESSION_INFO_LEN)?,
            session_info_offset: within("sessionInfoOffset", int(bytes, 20)?, 144, MAX_HEAD_LEN)?,
            variable_count: within("numVars", int(bytes, 24)?, 1, MAX_VARIABLES)?,
            variables_offset: within("varHeaderOffset", int(bytes, 28)?, 144, MAX_HEAD_LEN)?,
            row_len: within("bufLen", int(bytes, 36)?, 1, MAX_ROW_LEN)?,
            data_offset: within("varBuf[0].bufOffset", int(bytes, 52)?, 144, u32::MAX)?,
        };
        header.check_extent()
    }

    /// Bytes from the start of the file to the end of variable descriptions and session information.
    #[must_use]
    pub fn head_len(&self) -> u64 {
        let variables = u64::from(self.variable_count) * DESCRIPTION_LEN as u64;
        let session_info_end = u64::from(self.session_info_offset) + u64::from(self.session_info_len);
        session_info_end.max(u64::from(self.variables_offset) + variables)
    }

    /// The head must be bounded, and rows that lay inside it would be read as nonsense.
    fn check_extent(self) -> Result<Self, IbtError> {
        let head_len = i64::try_from(self.head_len()).unwrap_or(i64::MAX);
        let (offset, most) = (i64::from(self.data_offset), i64::from(MAX_HEAD_LEN));
        if head_len > most {
            return Err(IbtError::HeaderValue { name: "head", got: head_len, least: 144, most });
        }
        if offset < head_len {
            let most = i64::from(i32::MAX);
            return Err(IbtError::HeaderValue {
                name: "varBuf[0].bufOffset",
                got: offset,
                least: head_len,
                most,
            });
        }
        Ok(self)
    }
}

/// What the game writes about the recording when it closes the file; after a crash it may be 0 or old.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct DiskSubHeader {
    /// When the recording began, in seconds since 1970 UTC.
    pub start_date: i64,
    /// `SessionTime` at that moment, in seconds.
    pub start_time_s: f64,
    /// `SessionTime` at the end, in seconds.
    pub end_time_s: f64,
    /// Laps driven, as the game counts them.
    pub lap_count: i32,
    /// Rows written, as the game counts them; never trusted.
    pub record_count: i32,
}

impl DiskSubHeader {
    /// Reads the sub-header from the first [`PROLOGUE_LEN`] bytes of a file.
    ///
    /// # Errors
    /// When there are too few bytes.
    pub fn parse(bytes: &[u8]) -> Result<Self, IbtError> {
        let cut = || IbtError::Truncated { part: "header", needed: 144, got: bytes.len() as u64 };
        let eight = |offset| chunk_at::<8>(bytes, offset).ok_or_else(cut);
        Ok(Self {
            start_date: i64::from_le_bytes(eight(HEADER_LEN)?),
            start_time_s: f64::from_le_bytes(eight(HEADER_LEN + 8)?),
            end_time_s: f64::from_le_bytes(eight(HEADER_LEN + 16)?),
            lap_count: int(bytes, HEADER_LEN + 24)?,
            record_count: int(bytes, HEADER_LEN + 28)?,
        })
    }
}

/// The `N` bytes of `bytes` from `offset` on, if they are there.
pub(super) fn chunk_at<const N: usize>(bytes: &[u8], offset: usize) -> Option<[u8; N]> {
    bytes.get(offset..)?.first_chunk().copied()
}

fn int(bytes: &[u8], offset: usize) -> Result<i32, IbtError> {
    let cut = IbtError::Truncated { part: "header", needed: 144, got: bytes.len() as u64 };
    chunk_at(bytes, offset).map(i32::from_le_bytes).ok_or(cut)
}

fn within(name: &'static str, got: i32, least: u32, most: u32) -> Result<u32, IbtError> {
    let inside = u32::try_from(got).ok().filter(|got| (least..=most).contains(got));
    inside.ok_or(IbtError::HeaderValue { name, got: got.into(), least: least.into(), most: most.into() })
}

fn tick_rate(stated_hz: i32) -> u32 {
    u32::try_from(stated_hz).ok().filter(|rate| (1..=10_000).contains(rate)).unwrap_or(USUAL_TICK_RATE_HZ)
}

/// The live map has 3 row buffers, and its session information where a file has the disk sub-header.
fn check_buffers(buffers: i32, session_info_offset: i32) -> Result<(), IbtError> {
    let no_sub_header = usize::try_from(session_info_offset) == Ok(HEADER_LEN);
    match buffers {
        2..=MAX_BUFFERS => Err(IbtError::LiveMemoryMap { buffers }),
        1 if no_sub_header => Err(IbtError::LiveMemoryMap { buffers }),
        1 => Ok(()),
        _ => Err(IbtError::HeaderValue { name: "numBuf", got: buffers.into(), least: 1, most: 1 }),
    }
}

fn not_an_ibt(bytes: &[u8]) -> IbtError {
    if let Some(variable) = find_description(bytes) {
        let stated = |offset| int(bytes, offset).unwrap_or_default();
        return IbtError::BeginningMissing { variable, variables: stated(24), row_len: stated(36) };
    }
    let begins_with = bytes.get(..16).unwrap_or(bytes).escape_ascii().to_string();
    IbtError::NotIbt { begins_with, most: MAX_VERSION }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iracing::IbtBuilder;

    /// A good prologue with the number at `offset` replaced.
    fn parse_with(offset: usize, value: i32) -> Result<IrsdkHeader, IbtError> {
        let mut bytes = IbtBuilder::sample().rows(1).finish().unwrap();
        bytes[offset..offset + 4].copy_from_slice(&value.to_le_bytes());
        IrsdkHeader::parse(&bytes[..PROLOGUE_LEN])
    }

    #[test]
    fn every_number_is_held_to_its_limit() {
        let cases = [
            (16, -1, "sessionInfoLen"),
            (16, i32::MAX, "sessionInfoLen"),
            (20, 143, "sessionInfoOffset"),
            (24, 0, "numVars"),
            (24, 65_537, "numVars"),
            (28, 0, "varHeaderOffset"),
            (32, 0, "numBuf"),
            (32, 5, "numBuf"),
            (36, 0, "bufLen"),
            (36, i32::MAX, "bufLen"),
            (52, -4, "varBuf[0].bufOffset"),
            (52, 200, "varBuf[0].bufOffset"),
        ];
        for (offset, value, expected) in cases {
            let error = parse_with(offset, value).unwrap_err();
            assert!(matches!(error, IbtError::HeaderValue { name, .. } if name == expected), "{error}");
        }
    }

    #[test]
    fn a_dump_of_the_live_map_is_told_apart() {
        assert_eq!(parse_with(32, 3).unwrap_err(), IbtError::LiveMemoryMap { buffers: 3 });
        assert_eq!(parse_with(20, 112).unwrap_err(), IbtError::LiveMemoryMap { buffers: 1 });
    }

    #[test]
    fn an_impossible_tick_rate_is_no_reason_to_refuse_a_file() {
        assert_eq!(parse_with(8, -3).unwrap().tick_rate_hz, 60);
        assert_eq!(parse_with(8, 360).unwrap().tick_rate_hz, 360);
    }

    #[test]
    fn another_file_is_called_what_it_is() {
        let error = IrsdkHeader::parse(b"PK\x03\x04 a zip archive").unwrap_err();
        assert!(
            error.to_string().starts_with("this is not an .ibt file: it begins with \"PK\\x03\\x04 a zip")
        );
        assert!(matches!(IrsdkHeader::parse(b"\x02\0"), Err(IbtError::Truncated { got: 2, .. })));
    }
}

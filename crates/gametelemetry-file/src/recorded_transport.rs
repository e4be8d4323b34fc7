//! How the frames of a source came, as the header of its file keeps it: what playing a recording back needs of a game
//! that nobody here knows.
//!
//! Names no place but ports of this machine: where a game ran is nobody's business who gets the file.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// How the frames of a source came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
#[non_exhaustive]
pub enum RecordedTransport {
    /// Each frame was a datagram.
    Udp {
        /// The port that the game sends to.
        port: u16,
        /// The multicast group that it sends to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<IpAddr>,
        /// The port at which the game is asked for its datagrams; none when it sends unasked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        asked_at: Option<u16>,
    },
    /// Each frame was a message of a stream.
    Tcp {
        /// The port on which the game's server listens.
        port: u16,
        /// How messages follow each other.
        framing: RecordedFraming,
    },
    /// Frames stood in a region of shared memory.
    SharedMemory {
        /// The name that the game gives it.
        region: String,
    },
    /// The game's server was asked for each frame.
    HttpPolling {
        /// The port on which it listens.
        port: u16,
        /// The path that was asked for, as `/state`.
        path: String,
    },
    /// The game posted each frame.
    HttpPush {
        /// The port that it posts to.
        port: u16,
    },
    /// A way that only a later version of this library knows.
    #[serde(other)]
    Unknown,
}

/// How the messages of a stream follow each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RecordedFraming {
    /// A number says how long each message is. One at offset 0 is no part of the frame that is kept.
    Length {
        /// Bytes of the number: 1, 2 or 4.
        bytes: u8,
        /// The number's most significant byte comes first.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        big_endian: bool,
        /// The number counts itself and what stands before it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        includes_itself: bool,
        /// Bytes of the message before the number.
        #[serde(default)]
        offset: u32,
    },
    /// These bytes stand behind each message, and are no part of the frame that is kept.
    Delimiter(Vec<u8>),
}

impl RecordedFraming {
    /// `frame` as it travelled: with what was left out of it. `None` when it is too long for the number before it.
    ///
    /// ```
    /// use gametelemetry_file::RecordedFraming;
    ///
    /// let framing = RecordedFraming::Delimiter(b"\n".to_vec());
    /// assert_eq!(framing.message(b"one").as_deref(), Some(&b"one\n"[..]));
    /// ```
    #[must_use]
    pub fn message(&self, frame: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Delimiter(delimiter) => Some([frame, delimiter].concat()),
            // The number stands in the frame.
            Self::Length { offset: 1.., .. } => Some(frame.to_vec()),
            &Self::Length { bytes, big_endian, includes_itself, .. } => {
                let own = if includes_itself { u64::from(bytes) } else { 0 };
                let stated = u64::try_from(frame.len()).ok()?.checked_add(own)?;
                let number = number(stated, usize::from(bytes), big_endian)?;
                Some([&number, frame].concat())
            }
        }
    }
}

/// `value` in `bytes` bytes; `None` when it does not fit.
fn number(value: u64, bytes: usize, big_endian: bool) -> Option<Vec<u8>> {
    let all = value.to_le_bytes();
    let (kept, beyond) = all.split_at_checked(bytes)?;
    let mut number = kept.to_vec();
    if big_endian {
        number.reverse();
    }
    beyond.iter().all(|&byte| byte == 0).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_gets_back_what_framing_left_out() {
        let length = |bytes, big_endian, includes_itself, offset| RecordedFraming::Length {
            bytes,
            big_endian,
            includes_itself,
            offset,
        };
        assert_eq!(length(2, false, false, 0).message(b"abc").unwrap(), b"\x03\0abc");
        assert_eq!(length(4, true, true, 0).message(b"ab").unwrap(), b"\0\0\0\x06ab");
        assert_eq!(length(1, false, false, 2).message(b"AB\x01x").unwrap(), b"AB\x01x");
        assert_eq!(length(1, false, false, 0).message(&[0; 256]), None);
        assert_eq!(length(9, false, false, 0).message(b"a"), None, "no such number");
    }

    #[test]
    fn a_way_that_is_not_known_yet_is_no_mistake() {
        let read = |text| serde_json::from_str::<RecordedTransport>(text).unwrap();
        assert_eq!(read(r#"{"by":"pigeon","port":{"a":1}}"#), RecordedTransport::Unknown);
        let udp = RecordedTransport::Udp { port: 5606, group: None, asked_at: None };
        assert_eq!(serde_json::to_string(&udp).unwrap(), r#"{"by":"udp","port":5606}"#);
        assert_eq!(read(r#"{"by":"udp","port":5606,"later":true}"#), udp);
    }
}

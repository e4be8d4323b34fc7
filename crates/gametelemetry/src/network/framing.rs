//! Cuts a stream of bytes, as TCP gives them, into messages.
//!
//! Pure: bytes go in, messages come out; opening, reading and reconnecting are the source's. Holds no more than one
//! unfinished message and what was pushed last, whatever the other side sends.

/// How messages follow each other in a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Framing {
    /// What tells where a message ends.
    pub boundary: Boundary,
    /// The longest message, in bytes; a longer one is a mistake of the stream, not data.
    pub max_message: u32,
}

/// What tells where a message ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Boundary {
    /// A number says how long the message is.
    ///
    /// A number that stands first is framing, and left out of the message; one behind other bytes is a field of the
    /// message's head, and stays in it.
    Length {
        /// Bytes of the number: 1, 2 or 4.
        bytes: u8,
        /// The number's most significant byte comes first.
        big_endian: bool,
        /// The number counts its own bytes, and those before it; otherwise only what comes behind it.
        includes_itself: bool,
        /// Bytes of the message before the number.
        offset: u32,
    },
    /// These bytes stand behind each message, and are left out of it.
    Delimiter(Vec<u8>),
}

impl Framing {
    /// The longest message unless something else is said: that of UDP.
    pub const MAX_MESSAGE: u32 = 65_535;

    /// A number of `bytes` bytes (1, 2 or 4), little-endian, stands before each message and counts what follows it.
    #[must_use]
    pub fn length(bytes: u8) -> Self {
        let boundary = Boundary::Length { bytes, big_endian: false, includes_itself: false, offset: 0 };
        Self { boundary, max_message: Self::MAX_MESSAGE }
    }

    /// `delimiter` stands behind each message.
    #[must_use]
    pub fn delimiter(delimiter: &[u8]) -> Self {
        Self { boundary: Boundary::Delimiter(delimiter.to_vec()), max_message: Self::MAX_MESSAGE }
    }
}

/// Why a stream cannot be cut.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FramingError {
    /// A message longer than the framing allows. With a delimiter it is passed over, and the next one is found; a
    /// wrong length leaves no way to find the next: connect again.
    #[error("a message of {got} bytes or more, at most {most} are allowed: is the framing the game's?")]
    TooLong {
        /// Bytes seen, or stated.
        got: u64,
        /// Bytes allowed.
        most: u32,
    },
    /// A length that does not even count itself.
    #[error("a message states {got} bytes, its length alone takes {least}: is the framing the game's?")]
    TooShort {
        /// Bytes stated.
        got: u64,
        /// Bytes of the number and what stands before it.
        least: u64,
    },
}

/// Takes the bytes of a stream, and gives its messages.
///
/// ```
/// use gametelemetry::{Deframer, Framing};
///
/// let mut deframer = Deframer::new(Framing::delimiter(b"\n"));
/// deframer.push(b"one\ntwo\nth");
/// assert_eq!(deframer.next_message(), Ok(Some(&b"one"[..])));
/// assert_eq!(deframer.next_message(), Ok(Some(&b"two"[..])));
/// assert_eq!(deframer.next_message(), Ok(None));
/// ```
#[derive(Clone, Debug)]
pub struct Deframer {
    framing: Framing,
    buffer: Vec<u8>,
    /// What is before it was given out.
    start: usize,
    /// Up to here there is no delimiter.
    searched: usize,
    /// A message that is too long is being passed over.
    skipping: bool,
    failed: Option<FramingError>,
}

impl Deframer {
    /// Cuts as `framing` says.
    #[must_use]
    pub fn new(framing: Framing) -> Self {
        Self { framing, buffer: Vec::new(), start: 0, searched: 0, skipping: false, failed: None }
    }

    /// Adds what came. Take the messages before the next push, or they all wait here.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.failed.is_some() {
            return;
        }
        self.buffer.drain(..self.start);
        self.searched = self.searched.saturating_sub(self.start);
        self.start = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole message; `None` when more bytes must come first. Messages without a byte are passed over.
    ///
    /// # Errors
    /// A message that is too long: with a delimiter once, then the next message follows. A length that cannot be is
    /// given again and again: the stream is of no more use.
    pub fn next_message(&mut self) -> Result<Option<&[u8]>, FramingError> {
        let found = match self.framing.boundary.clone() {
            Boundary::Length { bytes, big_endian, includes_itself, offset } => {
                self.by_length(bytes, big_endian, includes_itself, offset)
            }
            Boundary::Delimiter(delimiter) => self.by_delimiter(&delimiter),
        };
        Ok(found?.and_then(|range| self.buffer.get(range)))
    }

    fn by_length(
        &mut self,
        bytes: u8,
        big_endian: bool,
        includes_itself: bool,
        offset: u32,
    ) -> Result<Option<std::ops::Range<usize>>, FramingError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let head = offset as usize + usize::from(bytes);
        loop {
            let rest = self.buffer.get(self.start..).unwrap_or_default();
            let Some(number) = rest.get(offset as usize..head) else { return Ok(None) };
            let stated = read_number(number, big_endian);
            let whole = if includes_itself { stated } else { stated.saturating_add(head as u64) };
            // Only a number that stands first is not part of the message.
            let left_out = if offset == 0 { head } else { 0 };
            let most = self.framing.max_message;
            if whole < head as u64 {
                return Err(self.fail(FramingError::TooShort { got: stated, least: head as u64 }));
            }
            if whole - left_out as u64 > u64::from(most) {
                return Err(self.fail(FramingError::TooLong { got: stated, most }));
            }
            let Some(end) = usize::try_from(whole).ok().filter(|&whole| whole <= rest.len()) else {
                return Ok(None);
            };
            let begin = self.start + left_out;
            self.start += end;
            if begin < self.start {
                return Ok(Some(begin..self.start));
            }
        }
    }

    fn fail(&mut self, error: FramingError) -> FramingError {
        self.failed = Some(error.clone());
        self.buffer = Vec::new();
        self.start = 0;
        error
    }

    fn by_delimiter(&mut self, delimiter: &[u8]) -> Result<Option<std::ops::Range<usize>>, FramingError> {
        loop {
            // A delimiter may have begun in what was searched before.
            let from = self.searched.saturating_sub(delimiter.len().saturating_sub(1)).max(self.start);
            let Some(at) = find(self.buffer.get(from..).unwrap_or_default(), delimiter) else {
                self.searched = self.buffer.len();
                return self.check_unfinished(delimiter.len());
            };
            let message = self.start..from + at;
            self.start = from + at + delimiter.len();
            self.searched = self.start;
            if std::mem::take(&mut self.skipping) || message.is_empty() {
                continue;
            }
            let most = self.framing.max_message;
            if message.len() > most as usize {
                return Err(FramingError::TooLong { got: message.len() as u64, most });
            }
            return Ok(Some(message));
        }
    }

    /// Gives up on an unfinished message that is too long already; what is passed over is not kept.
    fn check_unfinished(&mut self, delimiter: usize) -> Result<Option<std::ops::Range<usize>>, FramingError> {
        let most = self.framing.max_message;
        // The delimiter's first bytes may be at the end.
        let unfinished = (self.buffer.len() - self.start).saturating_sub(delimiter.saturating_sub(1));
        if self.skipping || unfinished > most as usize {
            self.start += unfinished;
        }
        if unfinished > most as usize && !std::mem::replace(&mut self.skipping, true) {
            return Err(FramingError::TooLong { got: unfinished as u64, most });
        }
        Ok(None)
    }
}

fn read_number(bytes: &[u8], big_endian: bool) -> u64 {
    let append = |number: u64, &byte: &u8| number << 8 | u64::from(byte);
    if big_endian { bytes.iter().fold(0, append) } else { bytes.iter().rev().fold(0, append) }
}

/// Where `wanted` begins in `bytes`.
fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    if wanted.is_empty() {
        return None;
    }
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything that comes out when `stream` is pushed `step` bytes at a time.
    fn messages(framing: &Framing, stream: &[u8], step: usize) -> Vec<Result<Vec<u8>, FramingError>> {
        let mut deframer = Deframer::new(framing.clone());
        let mut found = Vec::new();
        for bytes in stream.chunks(step) {
            deframer.push(bytes);
            loop {
                match deframer.next_message() {
                    Ok(Some(message)) => found.push(Ok(message.to_vec())),
                    Ok(None) => break,
                    Err(error) => {
                        let lasting = deframer.failed.is_some();
                        found.push(Err(error));
                        if lasting {
                            return found;
                        }
                    }
                }
            }
        }
        found
    }

    #[track_caller]
    fn check(framing: &Framing, stream: &[u8], expected: &[&[u8]]) {
        for step in [1, 2, 3, 7, stream.len()] {
            let found: Vec<Vec<u8>> =
                messages(framing, stream, step).into_iter().map(Result::unwrap).collect();
            assert_eq!(found, expected, "{step} bytes at a time");
        }
    }

    #[test]
    fn messages_do_not_depend_on_how_the_bytes_came() {
        check(&Framing::length(2), b"\x03\0abc\x01\0d\0\0\x02\0ef\x05\0un", &[b"abc", b"d", b"ef"]);
        check(&Framing::delimiter(b"\r\n"), b"one\r\n\r\nt\rwo\r\nthr\r", &[b"one", b"t\rwo"]);
    }

    #[test]
    fn a_length_may_count_itself_and_come_most_significant_first() {
        let boundary = Boundary::Length { bytes: 4, big_endian: true, includes_itself: true, offset: 0 };
        check(&Framing { boundary, max_message: 100 }, b"\0\0\0\x06ab\0\0\0\x04\0\0\0\x05c", &[b"ab", b"c"]);
    }

    #[test]
    fn a_length_within_a_head_stays_in_the_message() {
        let boundary = Boundary::Length { bytes: 1, big_endian: false, includes_itself: false, offset: 2 };
        check(
            &Framing { boundary, max_message: 100 },
            b"AB\x02xyCD\0EF\x01z",
            &[b"AB\x02xy", b"CD\0", b"EF\x01z"],
        );
        let boundary = Boundary::Length { bytes: 1, big_endian: false, includes_itself: true, offset: 2 };
        check(&Framing { boundary, max_message: 100 }, b"AB\x05xyCD\x03", &[b"AB\x05xy", b"CD\x03"]);
    }

    #[test]
    fn a_line_too_long_is_said_once_and_the_next_one_is_found() {
        let framing = Framing { max_message: 4, ..Framing::delimiter(b"\n") };
        for step in [1, 2, 5, 40] {
            let found = messages(&framing, b"ok\nfar too long a line\nfine\n12345\nend\n", step);
            let whole: Vec<&[u8]> = found.iter().flatten().map(Vec::as_slice).collect();
            assert_eq!(whole, [&b"ok"[..], b"fine", b"end"], "{step} bytes at a time");
            let errors = found.iter().filter(|message| message.is_err()).count();
            assert_eq!(errors, 2, "{step} bytes at a time");
        }
    }

    #[test]
    fn a_length_that_cannot_be_ends_the_stream() {
        let framing = Framing { max_message: 10, ..Framing::length(4) };
        let mut deframer = Deframer::new(framing);
        deframer.push(b"\xff\xff\xff\x7f");
        let error = FramingError::TooLong { got: 0x7fff_ffff, most: 10 };
        assert_eq!(deframer.next_message(), Err(error.clone()));
        deframer.push(&[0; 100]);
        assert_eq!(deframer.next_message(), Err(error));
        assert!(deframer.buffer.is_empty(), "nothing is kept that nobody will get");

        let boundary = Boundary::Length { bytes: 2, big_endian: false, includes_itself: true, offset: 0 };
        let mut deframer = Deframer::new(Framing { boundary, max_message: 10 });
        deframer.push(b"\x01\0a");
        assert_eq!(deframer.next_message(), Err(FramingError::TooShort { got: 1, least: 2 }));
    }

    #[test]
    fn an_endless_line_is_not_kept() {
        let mut deframer = Deframer::new(Framing { max_message: 100, ..Framing::delimiter(b"\r\n") });
        for _ in 0..100 {
            deframer.push(&[b'x'; 1000]);
            let _ = deframer.next_message();
        }
        deframer.push(&[]);
        assert!(deframer.buffer.len() < 2000, "{} bytes are kept", deframer.buffer.len());
    }
}

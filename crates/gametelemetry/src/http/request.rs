//! Takes one HTTP/1.1 request after the other out of bytes: a state machine that reads nothing and waits for nothing.
//!
//! Whoever has the socket pushes bytes as they come, in pieces of any size. What a request can make it keep is bounded
//! by [`HttpLimits`]; memory is taken as bytes come, never because a length is announced. One function a state.

use std::mem;

use super::head::{self, HttpRefusal, Length, malformed};

/// The longest line with the size of a chunk, its extensions included.
const MAX_CHUNK_LINE: usize = 256;
/// A body's buffer is made so large at once; a longer body grows it as it comes.
const FIRST_BUFFER: u64 = 64 << 10;

/// What a request may be at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HttpLimits {
    /// Bytes of request line and headers together; of the lines behind a body in chunks as many again.
    pub head: usize,
    /// Bytes of the body.
    pub body: u64,
}

impl Default for HttpLimits {
    /// 16 KiB and 4 MiB.
    fn default() -> Self {
        Self { head: 16 << 10, body: 4 << 20 }
    }
}

/// One request that has come whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpRequest {
    /// The path with its query, as `/state?x=1`.
    pub path: String,
    /// The body, out of its chunks.
    pub body: Vec<u8>,
    /// Further requests may follow on the connection.
    pub keep_alive: bool,
}

/// What the bytes pushed so far are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HttpProgress {
    /// A part of a request: everything was taken, and more is needed.
    More,
    /// The head of a request whose sender waits for `100 Continue` before it sends the body.
    Continue,
    /// The end of a request.
    Request(HttpRequest),
}

/// Takes requests out of bytes.
///
/// ```
/// use gametelemetry::{HttpLimits, HttpProgress, HttpRequestParser};
///
/// let mut parser = HttpRequestParser::new(HttpLimits::default());
/// let bytes = b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}POST";
/// let (taken, progress) = parser.push(bytes)?;
/// assert_eq!(taken, bytes.len() - 4);
/// assert!(matches!(progress, HttpProgress::Request(request) if request.body == b"{}"));
/// # Ok::<(), gametelemetry::HttpRefusal>(())
/// ```
#[derive(Debug)]
pub struct HttpRequestParser {
    limits: HttpLimits,
    state: State,
    /// The head, or the line of a chunk, as far as it has come.
    line: Vec<u8>,
    /// Bytes of the lines before the head or behind the body, which are not kept.
    skipped: usize,
    path: String,
    keep_alive: bool,
    body: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    Head,
    Body { left: u64 },
    ChunkSize,
    Chunk { left: u64 },
    ChunkEnd,
    Trailer,
    Refused(HttpRefusal),
}

/// Bytes taken from the front, and what came of them; `None` when the next state has to go on.
type Step = Result<(usize, Option<HttpProgress>), HttpRefusal>;

impl HttpRequestParser {
    /// A parser at the beginning of a connection.
    #[must_use]
    pub fn new(limits: HttpLimits) -> Self {
        Self {
            limits,
            state: State::Head,
            line: Vec::new(),
            skipped: 0,
            path: String::new(),
            keep_alive: true,
            body: Vec::new(),
        }
    }

    /// Whether a request has begun that has not ended.
    #[must_use]
    pub fn is_within_request(&self) -> bool {
        self.state != State::Head || !self.line.is_empty()
    }

    /// Takes bytes from the front of `bytes`; gives how many, and what they came to. What is left over belongs to
    /// the next request, or to the body when the sender had to be told to go on: push it again.
    ///
    /// # Errors
    /// When the request is refused. The connection is of no use then, and the parser gives the same error again.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(usize, HttpProgress), HttpRefusal> {
        let mut taken = 0;
        loop {
            let rest = bytes.get(taken..).unwrap_or_default();
            if rest.is_empty() && !matches!(self.state, State::Refused(_)) {
                return Ok((taken, HttpProgress::More));
            }
            match self.step(rest) {
                Ok((more, Some(progress))) => return Ok((taken + more, progress)),
                Ok((more, None)) => taken += more,
                Err(refusal) => {
                    self.state = State::Refused(refusal.clone());
                    (self.line, self.body) = (Vec::new(), Vec::new());
                    return Err(refusal);
                }
            }
        }
    }

    fn step(&mut self, bytes: &[u8]) -> Step {
        match self.state.clone() {
            State::Head => self.head(bytes),
            State::Body { left } => self.body(bytes, left),
            State::ChunkSize => self.chunk_size(bytes),
            State::Chunk { left } => self.chunk(bytes, left),
            State::ChunkEnd => self.chunk_end(bytes),
            State::Trailer => self.trailer(bytes),
            State::Refused(refusal) => Err(refusal),
        }
    }

    fn head(&mut self, bytes: &[u8]) -> Step {
        let most = self.limits.head;
        for (index, &byte) in bytes.iter().enumerate() {
            if self.skipped + self.line.len() >= most {
                return Err(HttpRefusal::HeadTooLong { most });
            }
            // Some senders end a body with an empty line too many.
            if self.line.is_empty() && matches!(byte, b'\r' | b'\n') {
                self.skipped += 1;
                continue;
            }
            self.line.push(byte);
            if byte == b'\n' && (self.line.ends_with(b"\n\r\n") || self.line.ends_with(b"\n\n")) {
                return Ok((index + 1, self.end_head()?));
            }
        }
        Ok((bytes.len(), None))
    }

    fn end_head(&mut self) -> Result<Option<HttpProgress>, HttpRefusal> {
        let head = head::read(&self.line, self.limits.head)?;
        self.line.clear();
        self.skipped = 0;
        (self.path, self.keep_alive) = (head.path, head.keep_alive);
        match head.length {
            Length::Bytes(got) if got > self.limits.body => return Err(self.too_long(got)),
            Length::Bytes(0) => return Ok(Some(self.end())),
            Length::Bytes(left) => {
                self.body.reserve(usize::try_from(left.min(FIRST_BUFFER)).unwrap_or(0));
                self.state = State::Body { left };
            }
            Length::Chunks => self.state = State::ChunkSize,
        }
        Ok(head.expects.then_some(HttpProgress::Continue))
    }

    fn body(&mut self, bytes: &[u8], left: u64) -> Step {
        let (taken, left) = self.keep(bytes, left);
        self.state = State::Body { left };
        Ok((taken, (left == 0).then(|| self.end())))
    }

    fn chunk_size(&mut self, bytes: &[u8]) -> Step {
        let (taken, whole) = self.take_line(bytes, MAX_CHUNK_LINE)?;
        if whole {
            let size = chunk_size(&self.line)?;
            self.line.clear();
            let come = u64::try_from(self.body.len()).unwrap_or(u64::MAX);
            let together = come.saturating_add(size);
            if together > self.limits.body {
                return Err(self.too_long(together));
            }
            self.state = if size == 0 { State::Trailer } else { State::Chunk { left: size } };
        }
        Ok((taken, None))
    }

    fn chunk(&mut self, bytes: &[u8], left: u64) -> Step {
        let (taken, left) = self.keep(bytes, left);
        self.state = if left == 0 { State::ChunkEnd } else { State::Chunk { left } };
        Ok((taken, None))
    }

    fn chunk_end(&mut self, bytes: &[u8]) -> Step {
        let (taken, whole) = self.take_line(bytes, 2)?;
        if whole {
            if !is_empty(&self.line) {
                return Err(malformed("a chunk is longer than it said"));
            }
            self.line.clear();
            self.state = State::ChunkSize;
        }
        Ok((taken, None))
    }

    /// The lines behind the last chunk say nothing that is wanted here.
    fn trailer(&mut self, bytes: &[u8]) -> Step {
        let (taken, whole) = self.take_line(bytes, self.limits.head.saturating_sub(self.skipped))?;
        if !whole {
            return Ok((taken, None));
        }
        self.skipped += self.line.len();
        let ended = is_empty(&self.line);
        self.line.clear();
        Ok((taken, ended.then(|| self.end())))
    }

    /// Takes bytes up to the end of a line, and gives whether it is whole.
    fn take_line(&mut self, bytes: &[u8], most: usize) -> Result<(usize, bool), HttpRefusal> {
        let end = bytes.iter().position(|&byte| byte == b'\n').map(|index| index + 1);
        let taken = end.unwrap_or(bytes.len());
        if self.line.len() + taken > most {
            return Err(malformed("a line between or behind its chunks is too long"));
        }
        self.line.extend_from_slice(bytes.get(..taken).unwrap_or_default());
        Ok((taken, end.is_some()))
    }

    /// Keeps what of `bytes` belongs to the body, of which `left` bytes are to come; gives how many, and how many
    /// then.
    fn keep(&mut self, bytes: &[u8], left: u64) -> (usize, u64) {
        let taken = usize::try_from(left).map_or(bytes.len(), |left| left.min(bytes.len()));
        self.body.extend_from_slice(bytes.get(..taken).unwrap_or_default());
        (taken, left.saturating_sub(u64::try_from(taken).unwrap_or(u64::MAX)))
    }

    fn end(&mut self) -> HttpProgress {
        self.state = State::Head;
        self.skipped = 0;
        HttpProgress::Request(HttpRequest {
            path: mem::take(&mut self.path),
            body: mem::take(&mut self.body),
            keep_alive: self.keep_alive,
        })
    }

    fn too_long(&self, got: u64) -> HttpRefusal {
        HttpRefusal::BodyTooLong { got, most: self.limits.body }
    }
}

fn is_empty(line: &[u8]) -> bool {
    matches!(line, b"\n" | b"\r\n")
}

/// The number at the start of a chunk's line; what stands behind a semicolon is for others.
fn chunk_size(line: &[u8]) -> Result<u64, HttpRefusal> {
    let digits = line.split(|&byte| byte == b';').next().unwrap_or_default().trim_ascii();
    let text = std::str::from_utf8(digits).ok().filter(|_| digits.iter().all(u8::is_ascii_hexdigit));
    text.and_then(|text| u64::from_str_radix(text, 16).ok())
        .ok_or(malformed("the size of a chunk is no number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: HttpLimits = HttpLimits { head: 200, body: 20 };

    /// Every request in `bytes`, pushed in pieces of `size`, and how it ends.
    fn requests(bytes: &[u8], size: usize) -> (Vec<HttpRequest>, Option<u16>) {
        let mut parser = HttpRequestParser::new(LIMITS);
        let mut found = Vec::new();
        for piece in bytes.chunks(size) {
            let mut rest = piece;
            loop {
                match parser.push(rest) {
                    Ok((taken, progress)) => {
                        rest = &rest[taken..];
                        match progress {
                            HttpProgress::More => break,
                            HttpProgress::Continue => {}
                            HttpProgress::Request(request) => found.push(request),
                        }
                    }
                    Err(refusal) => return (found, Some(refusal.status())),
                }
            }
        }
        (found, None)
    }

    #[track_caller]
    fn check(bytes: &str, bodies: &[&str], status: Option<u16>) {
        for size in [1, 2, 3, 7, 1000] {
            let (found, ended) = requests(bytes.as_bytes(), size);
            let found: Vec<_> =
                found.iter().map(|request| String::from_utf8_lossy(&request.body).into_owned()).collect();
            assert_eq!(
                (found, ended),
                (bodies.iter().map(|&it| it.to_owned()).collect(), status),
                "{bytes:?}"
            );
        }
    }

    fn chunked(chunks: &str) -> String {
        format!("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}")
    }

    #[test]
    fn requests_are_found_whatever_the_pieces_they_come_in() {
        check("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello", &["hello"], None);
        check("POST / HTTP/1.1\nContent-Length: 0\n\n", &[""], None);
        check(&chunked("5\r\nhello\r\n3;a=b\r\n, y\r\n0\r\nX: y\r\n\r\n"), &["hello, y"], None);
        let two = "\r\nPOST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}\r\nPOST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n[]";
        check(two, &["{}", "[]"], None);
    }

    #[test]
    fn what_would_grow_without_end_is_refused() {
        check(&format!("POST / HTTP/1.1\r\nX: {}", "y".repeat(300)), &[], Some(431));
        check(&"\r\n".repeat(300), &[], Some(431));
        check("POST / HTTP/1.1\r\nContent-Length: 21\r\n\r\n", &[], Some(413));
        check("POST / HTTP/1.1\r\nContent-Length: 9999999999999999\r\n\r\n", &[], Some(413));
        check(&chunked("15\r\n"), &[], Some(413));
        check(&chunked("14\r\n01234567890123456789\r\n1\r\n"), &[], Some(413));
        check(&chunked("ffffffffffffffff\r\n"), &[], Some(413));
        check(&chunked("10000000000000000\r\n"), &[], Some(400));
        check(&chunked(&"0".repeat(300)), &[], Some(400));
        check(&chunked(&format!("0\r\n{}", "X: y\r\n".repeat(100))), &[], Some(400));
    }

    #[test]
    fn chunks_that_do_not_hold_what_they_say_are_refused() {
        check(&chunked("2\r\nabc\r\n0\r\n\r\n"), &[], Some(400));
        check(&chunked("-2\r\n"), &[], Some(400));
        check(&chunked("\r\n"), &[], Some(400));
    }

    #[test]
    fn a_sender_that_waits_is_told_to_go_on_once() {
        let mut parser = HttpRequestParser::new(LIMITS);
        let head = b"POST / HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
        assert_eq!(parser.push(head), Ok((head.len(), HttpProgress::Continue)));
        assert!(parser.is_within_request());
        assert!(matches!(parser.push(b"{}"), Ok((2, HttpProgress::Request(_)))));
        assert!(!parser.is_within_request());
    }

    #[test]
    fn a_refusal_is_for_good() {
        let mut parser = HttpRequestParser::new(LIMITS);
        let refusal = parser.push(b"GET / HTTP/1.1\r\n\r\n").unwrap_err();
        assert_eq!(parser.push(b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n"), Err(refusal.clone()));
        assert_eq!(parser.push(b""), Err(refusal));
    }
}

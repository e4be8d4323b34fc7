//! One connection of the server: reads requests, answers each, and hands bodies that are taken to the inbox.
//!
//! Everything a sender can do is bounded here: how long a request may take, how much it may be, who may send. The
//! answer waits for nobody: what is taken only goes into memory.

use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, Shutdown, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use gametelemetry_file::{MessageCounts, Recognized, Schema};

use super::inbox::Message;
use super::json;
use super::request::{HttpLimits, HttpProgress, HttpRequest, HttpRequestParser};
use super::server::Place;
use crate::clock;

/// Bytes read at once.
const BUFFER: usize = 16 << 10;
/// How long a sender may take to take an answer of a few bytes.
const WRITE: Duration = Duration::from_secs(1);
/// After a refusal so much more is read, for so long, and thrown away: a connection closed upon unread bytes is reset,
/// and the sender would not see why.
const LINGER: (u64, Duration) = (256 << 10, Duration::from_millis(200));

/// What senders may do.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) schema: Arc<Schema>,
    pub(super) limits: HttpLimits,
    pub(super) allow: Vec<IpAddr>,
    pub(super) most_connections: usize,
    /// How long a request may take from its first byte to its last.
    pub(super) patience: Duration,
    /// How long a connection may be silent between two requests.
    pub(super) idle: Duration,
    /// Where a body has its token, and what it must be.
    pub(super) token: Option<(String, String)>,
    /// Where a body has what must not be kept.
    pub(super) secrets: Vec<String>,
    pub(super) accept: Option<Accept>,
}

/// Whether a body is wanted, for a user's own rule.
pub(super) type AcceptBody = dyn Fn(&[u8]) -> bool + Send + Sync;

pub(super) struct Accept(pub(super) Box<AcceptBody>);

impl std::fmt::Debug for Accept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Accept")
    }
}

impl Rules {
    pub(super) fn allows(&self, from: IpAddr) -> bool {
        self.allow.is_empty()
            || self.allow.iter().any(|allowed| allowed.to_canonical() == from.to_canonical())
    }

    /// What is kept of a body, or the status that its sender is answered.
    fn check(&self, mut body: Vec<u8>) -> Result<Vec<u8>, u16> {
        if !json::is_json(&body) {
            return Err(400);
        }
        if let Some((pointer, expected)) = &self.token {
            let said = json::texts_at(&body, pointer).ok_or(400_u16)?;
            if said.is_empty() {
                return Err(401);
            }
            // Each of them: of a member that stands twice nobody knows which one is meant.
            if !said.iter().all(|said| is_same(said.as_bytes(), expected.as_bytes())) {
                return Err(403);
            }
        }
        if self.accept.as_ref().is_some_and(|Accept(accept)| !accept(&body)) {
            return Err(403);
        }
        let hidden = self.secrets.iter().all(|pointer| json::mask(&mut body, pointer));
        if hidden { Ok(body) } else { Err(400) }
    }
}

/// Compares in the same time wherever they differ.
fn is_same(said: &[u8], expected: &[u8]) -> bool {
    let differ = said.iter().zip(expected).fold(0, |differ, (a, b)| differ | (a ^ b));
    said.len() == expected.len() && differ == 0
}

/// Serves the connection until either side ends it.
pub(super) fn serve(mut stream: TcpStream, place: &Place) {
    let _ = stream.set_nodelay(true);
    let _ = stream.set_write_timeout(Some(WRITE));
    let rules = &place.shared.rules;
    let mut connection = Connection {
        place,
        parser: HttpRequestParser::new(rules.limits),
        buffer: vec![0; BUFFER],
        deadline: later(rules.patience),
    };
    let end = connection.run(&mut stream);
    if let Some(status) = end {
        let _ = stream.write_all(&answer(status, false));
        linger(&mut stream);
    }
    let _ = stream.shutdown(Shutdown::Both);
}

struct Connection<'a> {
    place: &'a Place,
    parser: HttpRequestParser,
    buffer: Vec<u8>,
    /// When the sender has taken too long.
    deadline: Instant,
}

impl Connection<'_> {
    /// Requests and answers; gives the status to end with, if the sender is to be told one.
    fn run(&mut self, stream: &mut TcpStream) -> Option<u16> {
        while !self.place.shared.is_stopped() {
            let size = match self.read(stream) {
                Ok(0) => return None,
                Ok(size) => size,
                Err(ErrorKind::TimedOut) if self.parser.is_within_request() => {
                    self.place.shared.inbox.count(|counts| counts.refused += 1);
                    return Some(408);
                }
                Err(_) => return None,
            };
            let rules = &self.place.shared.rules;
            if !self.parser.is_within_request() {
                self.place.set_idle(false);
                self.deadline = later(rules.patience);
            }
            match self.take(stream, size) {
                Ok(true) => {}
                Ok(false) => return None,
                Err(status) => return Some(status),
            }
            if !self.parser.is_within_request() {
                self.place.set_idle(true);
                self.deadline = later(rules.idle);
            }
        }
        None
    }

    /// Reads once, no longer than the deadline.
    fn read(&mut self, stream: &mut TcpStream) -> Result<usize, ErrorKind> {
        loop {
            let left = self.deadline.saturating_duration_since(clock::monotonic());
            if left.is_zero() {
                return Err(ErrorKind::TimedOut);
            }
            stream.set_read_timeout(Some(left)).map_err(|error| error.kind())?;
            match stream.read(&mut self.buffer).map_err(|error| error.kind()) {
                // Unix calls it one thing and Windows the other; whether it is over, the deadline says.
                Err(ErrorKind::Interrupted | ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                result => return result,
            }
        }
    }

    /// Takes the first `size` bytes of the buffer, and answers each request in them. Gives whether the connection
    /// goes on, or the status to end it with.
    fn take(&mut self, stream: &mut TcpStream, size: usize) -> Result<bool, u16> {
        let mut at = 0;
        loop {
            let rest = self.buffer.get(at..size).unwrap_or_default();
            let progress = self.parser.push(rest);
            let (taken, progress) = progress.map_err(|refusal| {
                self.place.shared.inbox.count(|counts| counts.refused += 1);
                refusal.status()
            })?;
            at += taken;
            let (response, goes_on) = match progress {
                HttpProgress::More => return Ok(true),
                HttpProgress::Continue => (b"HTTP/1.1 100 Continue\r\n\r\n".to_vec(), true),
                HttpProgress::Request(request) => self.request(request),
            };
            if stream.write_all(&response).is_err() || !goes_on {
                return Ok(false);
            }
            // A request that follows at once has its own time.
            self.deadline = later(self.place.shared.rules.patience);
        }
    }

    /// What a whole request is answered, and whether the connection goes on.
    fn request(&self, request: HttpRequest) -> (Vec<u8>, bool) {
        let shared = &self.place.shared;
        let goes_on = request.keep_alive && !shared.is_stopped();
        let status = match shared.rules.check(request.body) {
            Ok(body) => self.keep(body),
            Err(status) => {
                shared.inbox.count(|counts| counts.refused += 1);
                shared.inbox.notice(notice(status));
                status
            }
        };
        (answer(status, goes_on), goes_on)
    }

    fn keep(&self, body: Vec<u8>) -> u16 {
        let shared = &self.place.shared;
        let schema = &shared.rules.schema;
        let fits = schema.size.allows(body.len());
        let (kind, wrong_size) = match schema.recognize(&body) {
            Recognized::Kind(kind) => (Some(&kind.name), false),
            Recognized::WrongSize(kind) => (Some(&kind.name), true),
            Recognized::Unknown => (None, false),
            Recognized::Frame => (Some(&schema.name), !fits),
        };
        let count = |counts: &mut MessageCounts| match kind {
            Some(kind) => {
                let counts = counts.kinds.entry(kind.clone()).or_default();
                counts.received += 1;
                counts.wrong_size += u64::from(wrong_size);
            }
            None => counts.unknown += 1,
        };
        if !fits {
            shared.inbox.count(count);
            return 413;
        }
        if shared.inbox.put(Message { taken: clock::monotonic(), body }, count) {
            return 200;
        }
        shared.inbox.count(|counts| counts.refused += 1);
        shared.inbox.notice("messages came faster than they could be taken; their senders were told so");
        503
    }
}

fn later(by: Duration) -> Instant {
    let now = clock::monotonic();
    now.checked_add(by).unwrap_or(now)
}

fn notice(status: u16) -> &'static str {
    match status {
        400 => "what was sent was no JSON that a game sends, and was not recorded",
        401 => {
            "what was sent had no token, and was not recorded: put the token into the game's configuration file"
        }
        _ => {
            "what was sent had a wrong token, and was not recorded: compare it with the game's configuration file"
        }
    }
}

/// The bytes of an answer without a body.
pub(super) fn answer(status: u16, keep_alive: bool) -> Vec<u8> {
    let reason = match status {
        200 => "OK",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        405 => "Method Not Allowed\r\nAllow: POST",
        408 => "Request Timeout",
        411 => "Length Required",
        413 => "Content Too Large",
        431 => "Request Header Fields Too Large",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        505 => "HTTP Version Not Supported",
        _ => "Error",
    };
    let connection = if keep_alive { "keep-alive" } else { "close" };
    format!("HTTP/1.1 {status} {reason}\r\nContent-Length: 0\r\nConnection: {connection}\r\n\r\n")
        .into_bytes()
}

/// Ends our side, and lets the other read why.
fn linger(stream: &mut TcpStream) {
    let (most, patience) = LINGER;
    let _ = stream.shutdown(Shutdown::Write);
    let end = later(patience);
    let mut buffer = [0; 4096];
    let mut read = 0;
    while read < most {
        let left = end.saturating_duration_since(clock::monotonic());
        if left.is_zero() || stream.set_read_timeout(Some(left)).is_err() {
            return;
        }
        match stream.read(&mut buffer) {
            Ok(size) if size > 0 => read += u64::try_from(size).unwrap_or(most),
            _ => return,
        }
    }
}

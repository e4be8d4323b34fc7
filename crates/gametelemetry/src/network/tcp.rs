//! A TCP connection that is cut into messages, and made again when it ends.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs as _};
use std::time::{Duration, Instant};

use super::framing::{Deframer, Framing};
use super::udp::Arrived;
use crate::clock;
use crate::{SourceError, StopToken};

/// The time between the first two attempts to connect; it doubles with each that fails.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest time between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How long one attempt may take: the source must end soon after it is told to.
const PATIENCE: Duration = Duration::from_millis(500);
/// How long a read may take, for the same reason.
const WAIT: Duration = Duration::from_millis(50);
/// Bytes taken at a time.
const CHUNK: usize = 65_536;

/// Where a TCP source connects to.
#[derive(Clone, Debug)]
pub(crate) struct TcpOptions {
    pub(crate) connect: String,
    pub(crate) framing: Framing,
}

pub(crate) struct TcpReceiver {
    options: TcpOptions,
    /// What is sent after connecting.
    greeting: Vec<u8>,
    addresses: Vec<SocketAddr>,
    connection: Option<(TcpStream, SocketAddr)>,
    deframer: Deframer,
    buffer: Vec<u8>,
    message: Vec<u8>,
    pause: Duration,
    next_attempt: Instant,
    /// Whether this connection has given a message.
    has_given: bool,
    /// How often it connected.
    pub(crate) connected: u64,
    /// Messages that could not be, by the framing.
    pub(crate) impossible: u64,
    /// What was wrong with the last of them.
    pub(crate) complaint: Option<String>,
}

impl TcpReceiver {
    pub(crate) fn open(options: &TcpOptions, greeting: Vec<u8>) -> Result<Self, SourceError> {
        let failed = |source| SourceError::Connect { to: options.connect.clone(), source };
        let addresses: Vec<_> = options.connect.to_socket_addrs().map_err(failed)?.collect();
        Ok(Self {
            deframer: Deframer::new(options.framing.clone()),
            options: options.clone(),
            greeting,
            addresses,
            connection: None,
            buffer: vec![0; CHUNK],
            message: Vec::new(),
            pause: FIRST_PAUSE,
            next_attempt: clock::monotonic(),
            has_given: false,
            connected: 0,
            impossible: 0,
            complaint: None,
        })
    }

    /// The bytes of the message that has arrived last.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.message
    }

    /// Waits a moment for a message; `None` when none came. A connection that ends is made again.
    pub(crate) fn receive(&mut self, stop: &StopToken) -> io::Result<Option<Arrived>> {
        if let Some(arrived) = self.next_message() {
            return Ok(Some(arrived));
        }
        let Some((stream, _)) = &mut self.connection else {
            self.connect(stop);
            return Ok(None);
        };
        match stream.read(&mut self.buffer) {
            Ok(0) => self.disconnect("the game has closed the connection"),
            Ok(size) => self.deframer.push(self.buffer.get(..size).unwrap_or_default()),
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted
                ) => {}
            Err(error) => self.disconnect(&error.to_string()),
        }
        Ok(self.next_message())
    }

    fn next_message(&mut self) -> Option<Arrived> {
        let (_, from) = self.connection.as_ref()?;
        let from = *from;
        match self.deframer.next_message() {
            Ok(message) => {
                let message = message?;
                self.message.clear();
                self.message.extend_from_slice(message);
                self.has_given = true;
                Some(Arrived { buffer: 0, size: self.message.len(), from, is_cut: false })
            }
            Err(error) => {
                self.impossible += 1;
                self.complaint = Some(error.to_string());
                // With a delimiter the next message is found; a wrong length leaves nothing to go on from.
                if self.deframer.next_message().is_err() {
                    self.disconnect("what came cannot be cut into messages");
                }
                None
            }
        }
    }

    fn connect(&mut self, stop: &StopToken) {
        let now = clock::monotonic();
        if now < self.next_attempt {
            stop.wait_until(self.next_attempt.min(now + WAIT));
            return;
        }
        for &address in &self.addresses {
            let Ok(mut stream) = TcpStream::connect_timeout(&address, PATIENCE) else { continue };
            let greeted = stream
                .set_read_timeout(Some(WAIT))
                .and_then(|()| stream.set_write_timeout(Some(PATIENCE)))
                .and_then(|()| stream.write_all(&self.greeting));
            if greeted.is_err() {
                continue;
            }
            tracing::info!(%address, "connected");
            self.deframer = Deframer::new(self.options.framing.clone());
            self.connection = Some((stream, address));
            self.connected += 1;
            return;
        }
        self.next_attempt = clock::monotonic() + self.pause;
        self.pause = longer(self.pause);
    }

    fn disconnect(&mut self, why: &str) {
        tracing::info!(to = %self.options.connect, "{why}, connecting again");
        // A connection over which messages came is worth a quick attempt; one that ends at once is not.
        if std::mem::take(&mut self.has_given) {
            self.pause = FIRST_PAUSE;
        }
        self.connection = None;
        self.next_attempt = clock::monotonic() + self.pause;
        self.pause = longer(self.pause);
    }
}

/// The pause after one of `pause`: twice as long, up to the longest.
fn longer(pause: Duration) -> Duration {
    (pause * 2).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_five_seconds() {
        let pauses = std::iter::successors(Some(FIRST_PAUSE), |pause| Some(longer(*pause)));
        let pauses: Vec<u128> = pauses.take(8).map(|pause| pause.as_millis()).collect();
        assert_eq!(pauses, [250, 500, 1000, 2000, 4000, 5000, 5000, 5000]);
    }

    #[test]
    fn each_attempt_that_fails_waits_longer_and_a_connection_that_gave_something_begins_anew() {
        let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let options = TcpOptions { connect: gone.to_string(), framing: Framing::length(1) };
        let mut receiver = TcpReceiver::open(&options, Vec::new()).unwrap();
        for expected in [500, 1000, 2000, 4000, 5000, 5000] {
            let before = clock::monotonic();
            // The pause is over, without waiting for it.
            receiver.next_attempt = before;
            receiver.connect(&StopToken::new());
            assert_eq!(receiver.pause, Duration::from_millis(expected));
            assert!(receiver.next_attempt >= before + Duration::from_millis(expected) / 2);
        }
        receiver.has_given = true;
        receiver.disconnect("test");
        assert_eq!(receiver.pause, longer(FIRST_PAUSE));
        receiver.disconnect("a connection that gave nothing");
        assert_eq!(receiver.pause, longer(longer(FIRST_PAUSE)));
    }
}

//! Sends each datagram on to others, byte for byte, so that one port serves several programs.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs as _, UdpSocket};
use std::str::FromStr;
use std::time::{Duration, Instant};

use super::many;
use crate::{SourceError, clock};

/// A further receiver of every datagram.
#[derive(Clone, Debug, PartialEq)]
pub struct Forward {
    /// Where it listens, as `127.0.0.1:20778`.
    pub to: String,
    /// The most datagrams of each kind that it gets in a second; all unless set.
    pub max_hz: Option<f64>,
}

/// A receiver that is not written as `HOST:PORT` or `HOST:PORT@HZ`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text} is no receiver: write HOST:PORT, or HOST:PORT@HZ for at most so many packets a second")]
pub struct ForwardParseError {
    text: String,
}

impl FromStr for Forward {
    type Err = ForwardParseError;

    /// Reads `HOST:PORT`, or `HOST:PORT@HZ`.
    fn from_str(text: &str) -> Result<Self, ForwardParseError> {
        let wrong = || ForwardParseError { text: text.to_owned() };
        let (to, max_hz) = match text.split_once('@') {
            Some((to, hz)) => {
                (to, Some(hz.parse().ok().filter(|hz| *hz > 0.0 && f64::is_finite(*hz)).ok_or_else(wrong)?))
            }
            None => (text, None),
        };
        let (host, port) = to.rsplit_once(':').ok_or_else(wrong)?;
        if host.is_empty() || port.parse::<u16>().map_or(true, |port| port == 0) {
            return Err(wrong());
        }
        Ok(Self { to: to.to_owned(), max_hz })
    }
}

impl fmt::Display for Forward {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.max_hz {
            Some(hz) => write!(f, "{}@{hz}", self.to),
            None => f.write_str(&self.to),
        }
    }
}

/// Sends to the receivers. A receiver that is slow or not there costs nothing: what it does not take at once is not
/// sent again.
pub(crate) struct Forwarder {
    targets: Vec<Target>,
}

struct Target {
    socket: UdpSocket,
    /// The shortest time between two datagrams of one kind.
    interval: Option<Duration>,
    /// When each kind may be sent next; those of no kind together are the last.
    next: HashMap<Option<usize>, Instant>,
    /// What is to be sent, one after the other, and where each ends.
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Forwarder {
    /// Opens a socket for each receiver. `own` is where the datagrams come from: they must not be sent in a circle.
    pub(crate) fn open(receivers: &[Forward], own: SocketAddr) -> Result<Self, SourceError> {
        let targets =
            receivers.iter().map(|receiver| Target::open(receiver, own)).collect::<Result<_, _>>()?;
        Ok(Self { targets })
    }

    /// Has `datagram` sent on with the next [`Forwarder::send`].
    pub(crate) fn push(&mut self, kind: Option<usize>, datagram: &[u8]) {
        self.targets.iter_mut().for_each(|target| target.push(kind, datagram));
    }

    /// Sends on what was pushed; gives how many datagrams could not be sent, counted for each receiver.
    pub(crate) fn send(&mut self) -> u64 {
        self.targets.iter_mut().map(Target::send).sum()
    }
}

impl Target {
    fn open(receiver: &Forward, own: SocketAddr) -> Result<Self, SourceError> {
        let failed = |source| SourceError::Forward { to: receiver.to.clone(), source };
        let mut addresses = receiver.to.to_socket_addrs().map_err(failed)?;
        let none = || failed(io::Error::new(io::ErrorKind::NotFound, "the name has no address"));
        let to = addresses.next().ok_or_else(none)?;
        let is_here = to.ip().is_loopback() || to.ip() == own.ip() || to.ip().is_unspecified();
        if to.port() == own.port() && is_here {
            let circle = "that is where the packets come from; let the other program listen on another port";
            return Err(failed(io::Error::new(io::ErrorKind::InvalidInput, circle)));
        }
        let any: IpAddr =
            if to.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
        let socket = UdpSocket::bind(SocketAddr::new(any, 0)).map_err(failed)?;
        socket.connect(to).map_err(failed)?;
        socket.set_nonblocking(true).map_err(failed)?;
        let interval = receiver.max_hz.map(|hz| Duration::from_secs_f64(1.0 / hz.max(0.001)));
        Ok(Self { socket, interval, next: HashMap::new(), bytes: Vec::new(), ends: Vec::new() })
    }

    fn push(&mut self, kind: Option<usize>, datagram: &[u8]) {
        if let Some(interval) = self.interval {
            let now = clock::monotonic();
            let next = self.next.entry(kind).or_insert(now);
            if now < *next {
                return;
            }
            // Kept to the receiver's own beat, so that its rate is met and not only not exceeded.
            *next = if now > *next + interval { now + interval } else { *next + interval };
        }
        self.bytes.extend_from_slice(datagram);
        self.ends.push(self.bytes.len());
    }

    /// Gives how many could not be sent.
    fn send(&mut self) -> u64 {
        if self.ends.is_empty() {
            return 0;
        }
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let cut = |(start, end): (usize, &usize)| self.bytes.get(start..*end).unwrap_or_default();
        let datagrams: Vec<&[u8]> = starts.zip(&self.ends).map(cut).collect();
        let failed = send_all(&self.socket, &datagrams);
        self.bytes.clear();
        self.ends.clear();
        failed
    }
}

/// Sends all of these once; gives how many the system did not take.
fn send_all(socket: &UdpSocket, datagrams: &[&[u8]]) -> u64 {
    let (mut rest, mut failed, mut was_told) = (datagrams, 0, false);
    while !rest.is_empty() {
        let done = match many::send(socket, rest) {
            Ok(sent) => sent.max(1),
            // The system tells of a datagram before, which found nobody; this one may find somebody.
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused && !was_told => {
                was_told = true;
                continue;
            }
            Err(_) => {
                failed += 1;
                1
            }
        };
        was_told = false;
        rest = rest.get(done..).unwrap_or_default();
    }
    failed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn receivers_are_written_with_or_without_a_rate() {
        let parsed = |text: &str| text.parse::<Forward>().map(|forward| (forward.to, forward.max_hz));
        assert_eq!(parsed("127.0.0.1:20778"), Ok(("127.0.0.1:20778".into(), None)));
        assert_eq!(parsed("[::1]:5000@10"), Ok(("[::1]:5000".into(), Some(10.0))));
        for wrong in
            ["", "rig", "rig:", ":5000", "rig:0", "rig:70000", "rig:5000@", "rig:5000@0", "rig:5000@inf"]
        {
            let error = parsed(wrong).unwrap_err().to_string();
            assert!(error.contains("HOST:PORT@HZ"), "{error}");
        }
    }

    #[test]
    fn packets_are_not_sent_in_a_circle() {
        let own: SocketAddr = "127.0.0.1:20777".parse().unwrap();
        let to = |text: &str| [text.parse::<Forward>().unwrap()];
        let error = Forwarder::open(&to("127.0.0.1:20777"), own).err().unwrap();
        assert!(error.to_string().contains("127.0.0.1:20777"), "{error}");
        assert!(Forwarder::open(&to("127.0.0.1:20778"), own).is_ok());
    }

    #[test]
    fn a_receiver_with_a_rate_gets_that_of_each_kind() {
        let receiver = UdpSocket::bind("127.0.0.1:0").unwrap();
        receiver.set_nonblocking(true).unwrap();
        let to = Forward { to: receiver.local_addr().unwrap().to_string(), max_hz: Some(0.01) };
        let mut forwarder = Forwarder::open(&[to], "127.0.0.1:1".parse().unwrap()).unwrap();
        for kind in [Some(1), Some(2), Some(1), None, Some(2), None] {
            forwarder.push(kind, &[u8::try_from(kind.unwrap_or(0)).unwrap()]);
        }
        assert_eq!(forwarder.send(), 0);
        let mut got = Vec::new();
        let mut buffer = [0; 10];
        while let Ok(size) = receiver.recv(&mut buffer) {
            got.extend_from_slice(&buffer[..size]);
        }
        assert_eq!(got, [1, 2, 0]);
    }

    #[test]
    fn one_that_is_not_there_costs_nothing() {
        let gone = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let receiver = UdpSocket::bind("127.0.0.1:0").unwrap();
        receiver.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let to =
            [gone, receiver.local_addr().unwrap()].map(|to| Forward { to: to.to_string(), max_hz: None });
        let mut forwarder = Forwarder::open(&to, "127.0.0.1:1".parse().unwrap()).unwrap();
        let mut buffer = [0; 10];
        for number in 0..100 {
            // It was sent; that nobody took it is told with the next one, and is no reason not to send that.
            forwarder.push(None, &[number; 7]);
            assert_eq!(forwarder.send(), 0, "datagram {number}");
            let size = receiver.recv(&mut buffer).unwrap();
            assert_eq!(buffer[..size], [number; 7]);
        }
        receiver.set_nonblocking(true).unwrap();
        assert!(receiver.recv(&mut buffer).is_err(), "none comes twice");
    }
}

//! A UDP socket that takes what comes: one that sleeps until a datagram is there, and naps when there are very many.
//!
//! Each wake-up costs more than a datagram does. Games send tens or hundreds a second, so each gets its own wake-up
//! and an exact time; from some thousands a second on the thread naps, and then empties the system's buffer, many
//! datagrams with one call where the system has such a call.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use socket2::{Domain, Protocol, SockAddr, Socket, Type};

use super::many;
use crate::clock;
use crate::{SourceError, StopToken};

/// What the system is asked to hold for us: a second of F1 is a megabyte. It may grant less.
const WANTED_BUFFER: usize = 8 << 20;
/// Larger than any datagram, so that none is cut; what fills it was.
const LARGEST: usize = 65_536;
/// So many datagrams within [`RUSH_TIME`] make a rush.
const RUSH: u32 = 64;
/// See [`RUSH`].
const RUSH_TIME: Duration = Duration::from_millis(10);
/// How long the thread naps in a rush: datagrams are stamped so much late at most.
const NAP: Duration = Duration::from_micros(400);
/// A rush is over after so many naps in which nothing came.
const IDLE_NAPS: u32 = 8;

/// Where a UDP source listens.
#[derive(Clone, Debug)]
pub(crate) struct UdpOptions {
    /// Loopback for datagrams to this machine, and any interface for those to a group, unless it is said.
    pub(crate) listen: Option<IpAddr>,
    pub(crate) port: u16,
    pub(crate) multicast: Option<IpAddr>,
    /// What fills so many bytes was longer.
    pub(crate) largest: usize,
}

impl UdpOptions {
    pub(crate) fn new(port: u16) -> Self {
        Self { listen: None, port, multicast: None, largest: LARGEST }
    }

    /// What to bind. A group's datagrams are addressed to the group: a socket that is bound to it gets no others. Windows
    /// has no such sockets, so there it is every address; and so it is for a group of one link (`ff02::…`), to which
    /// nobody is bound without the link's number.
    pub(crate) fn address(&self) -> SocketAddr {
        let listen = match self.multicast {
            Some(group) if cfg!(unix) && !is_of_one_link(group) => group,
            Some(IpAddr::V4(_)) => Ipv4Addr::UNSPECIFIED.into(),
            Some(IpAddr::V6(_)) => Ipv6Addr::UNSPECIFIED.into(),
            None => self.listen.unwrap_or(Ipv4Addr::LOCALHOST.into()),
        };
        SocketAddr::new(listen, self.port)
    }

    /// The address of the interface on which a group of IPv4 is joined. One of IPv6 is joined by the interface's number,
    /// which an address does not tell, so there it is the system's choice.
    fn interface(&self) -> Ipv4Addr {
        match self.listen {
            Some(IpAddr::V4(address)) => address,
            _ => Ipv4Addr::UNSPECIFIED,
        }
    }
}

pub(crate) struct UdpReceiver {
    socket: UdpSocket,
    /// One, until there is a rush. What no datagram has reached is not in memory.
    buffers: Vec<Vec<u8>>,
    /// What was taken together, the last first: the others wait for the one before to be dealt with.
    taken: Vec<Arrived>,
    granted: usize,
    /// Whether the socket gives up at once when nothing is there; with the naps in which nothing came.
    rush: Option<u32>,
    /// Datagrams since then.
    recent: (u32, Instant),
    wait: Duration,
}

/// One datagram, in a buffer of the receiver.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrived {
    pub(crate) buffer: usize,
    pub(crate) size: usize,
    pub(crate) from: SocketAddr,
    /// It may have been longer.
    pub(crate) is_cut: bool,
}

impl UdpReceiver {
    pub(crate) fn open(options: &UdpOptions) -> Result<Self, SourceError> {
        let address = options.address();
        let failed = |source: io::Error| match source.kind() {
            io::ErrorKind::AddrInUse => {
                SourceError::PortTaken { address: format!("UDP port {address}"), source }
            }
            io::ErrorKind::PermissionDenied => {
                SourceError::PortTaken { address: format!("UDP port {address}"), source }
            }
            _ => SourceError::Address { address: address.to_string(), source },
        };
        let (socket, granted) = bind(address, options).map_err(failed)?;
        let wait = Duration::from_millis(50);
        let socket = UdpSocket::from(socket);
        socket.set_read_timeout(Some(wait)).map_err(failed)?;
        Ok(Self {
            socket,
            buffers: vec![vec![0; options.largest]],
            taken: Vec::new(),
            granted,
            rush: None,
            recent: (0, clock::monotonic()),
            wait,
        })
    }

    /// The socket, for what is sent from the same port.
    pub(crate) fn socket(&self) -> &UdpSocket {
        &self.socket
    }

    /// Bytes that the system holds for us while we do not look.
    pub(crate) fn granted_buffer(&self) -> usize {
        self.granted
    }

    /// The bytes of what was received last.
    pub(crate) fn bytes(&self, arrived: &Arrived) -> &[u8] {
        self.buffers.get(arrived.buffer).and_then(|buffer| buffer.get(..arrived.size)).unwrap_or_default()
    }

    /// Whether the next datagram is there without asking the system.
    pub(crate) fn has_more(&self) -> bool {
        !self.taken.is_empty()
    }

    /// Whether datagrams come by the thousands.
    pub(crate) fn is_in_rush(&self) -> bool {
        self.rush.is_some()
    }

    /// Waits a moment for a datagram; `None` when none came.
    pub(crate) fn receive(&mut self, stop: &StopToken) -> io::Result<Option<Arrived>> {
        if let Some(next) = self.taken.pop() {
            return Ok(Some(next));
        }
        match self.take() {
            Ok(()) => {
                self.count()?;
                Ok(self.taken.pop())
            }
            Err(error) => match meaning(&error) {
                Meaning::Nothing => {
                    self.nap(stop)?;
                    Ok(None)
                }
                Meaning::OfEarlierSend => Ok(None),
                Meaning::Cut => {
                    let size = self.buffers.first().map_or(0, Vec::len);
                    Ok(Some(Arrived { buffer: 0, size, from: many::NOBODY, is_cut: true }))
                }
                Meaning::Broken => Err(error),
            },
        }
    }

    /// Takes what is there: one datagram, in a rush all that there are buffers for.
    fn take(&mut self) -> io::Result<()> {
        if self.rush.is_none() {
            let Some(buffer) = self.buffers.first_mut() else { return Ok(()) };
            let (size, from) = self.socket.recv_from(buffer)?;
            self.taken.push(Arrived { buffer: 0, size, from, is_cut: size >= buffer.len() });
            return Ok(());
        }
        let largest = self.buffers.first().map_or(LARGEST, Vec::len);
        self.buffers.resize_with(many::MOST, || vec![0; largest]);
        let Self { socket, buffers, taken, .. } = self;
        many::receive(socket, buffers, |size, from| {
            taken.push(Arrived { buffer: taken.len(), size, from, is_cut: size >= largest });
        })?;
        taken.reverse();
        Ok(())
    }

    /// Counts what was taken; many in a short time begin a rush.
    fn count(&mut self) -> io::Result<()> {
        if let Some(idle) = &mut self.rush {
            *idle = 0;
            return Ok(());
        }
        self.recent.0 += 1;
        if self.recent.0 < RUSH {
            return Ok(());
        }
        let now = clock::monotonic();
        let took = now.duration_since(self.recent.1);
        self.recent = (0, now);
        if took < RUSH_TIME {
            self.socket.set_nonblocking(true)?;
            self.rush = Some(0);
        }
        Ok(())
    }

    /// Lets datagrams come together; a rush in which none do is over.
    fn nap(&mut self, stop: &StopToken) -> io::Result<()> {
        let Some(idle) = &mut self.rush else { return Ok(()) };
        *idle += 1;
        if *idle > IDLE_NAPS {
            self.rush = None;
            self.recent = (0, clock::monotonic());
            self.socket.set_nonblocking(false)?;
            return self.socket.set_read_timeout(Some(self.wait));
        }
        stop.wait_for(NAP);
        Ok(())
    }
}

/// What an error of receiving means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    /// Nothing came so far.
    Nothing,
    /// It is about something that we sent before: a heartbeat was not wanted, or did not arrive. Receiving goes on.
    OfEarlierSend,
    /// A datagram came that is longer than the buffer, with its beginning in it.
    Cut,
    /// Nothing will come any more.
    Broken,
}

fn meaning(error: &io::Error) -> Meaning {
    /// Windows' number for a datagram that lived too long on its way (WSAENETRESET).
    const NETWORK_RESET: i32 = 10_052;
    /// Windows' number for a datagram that is longer than the buffer (WSAEMSGSIZE).
    const MESSAGE_SIZE: i32 = 10_040;
    match (error.kind(), error.raw_os_error()) {
        (_, Some(MESSAGE_SIZE)) => Meaning::Cut,
        (_, Some(NETWORK_RESET)) => Meaning::OfEarlierSend,
        (io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut, _) => Meaning::Nothing,
        (
            io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionRefused | io::ErrorKind::Interrupted,
            _,
        ) => Meaning::OfEarlierSend,
        _ => Meaning::Broken,
    }
}

fn is_of_one_link(group: IpAddr) -> bool {
    matches!(group, IpAddr::V6(group) if group.segments().first().is_some_and(|first| first & 0xf <= 2))
}

fn bind(address: SocketAddr, options: &UdpOptions) -> io::Result<(Socket, usize)> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    if address.is_ipv6() {
        // Consoles speak IPv4; one socket serves both.
        socket.set_only_v6(false)?;
    }
    // The system cuts what it does not grant, or refuses: what it grants is enough for most.
    let _ = socket.set_recv_buffer_size(WANTED_BUFFER);
    if options.multicast.is_some() {
        // A group is for many. With one receiver it would be a trap: the system gives each datagram to one of the
        // sockets only.
        socket.set_reuse_address(true)?;
    }
    socket.bind(&SockAddr::from(address))?;
    match options.multicast {
        Some(IpAddr::V4(group)) => socket.join_multicast_v4(&group, &options.interface())?,
        Some(IpAddr::V6(group)) => socket.join_multicast_v6(&group, 0)?,
        None => {}
    }
    let granted = socket.recv_buffer_size().unwrap_or(0);
    Ok((socket, granted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_an_earlier_send_ends_nothing() {
        let kinds = [
            (io::ErrorKind::WouldBlock, Meaning::Nothing),
            (io::ErrorKind::TimedOut, Meaning::Nothing),
            (io::ErrorKind::ConnectionReset, Meaning::OfEarlierSend),
            (io::ErrorKind::ConnectionRefused, Meaning::OfEarlierSend),
            (io::ErrorKind::Interrupted, Meaning::OfEarlierSend),
            (io::ErrorKind::PermissionDenied, Meaning::Broken),
            (io::ErrorKind::NotConnected, Meaning::Broken),
        ];
        for (kind, expected) in kinds {
            assert_eq!(meaning(&io::Error::from(kind)), expected, "{kind}");
        }
        // As Windows numbers them.
        let numbers = [(10_040, Meaning::Cut), (10_052, Meaning::OfEarlierSend)];
        for (number, expected) in numbers {
            assert_eq!(meaning(&io::Error::from_raw_os_error(number)), expected, "{number}");
        }
        #[cfg(windows)]
        assert_eq!(meaning(&io::Error::from_raw_os_error(10_054)), Meaning::OfEarlierSend);
    }

    /// What a receiver with a buffer of `largest` says of datagrams of these sizes.
    fn received(largest: usize, sizes: &[usize]) -> Vec<(usize, bool)> {
        let mut receiver = UdpReceiver::open(&UdpOptions { largest, ..UdpOptions::new(0) }).unwrap();
        let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
        let to = receiver.socket().local_addr().unwrap();
        let mut one = |size: usize| {
            sender.send_to(&vec![7; size], to).unwrap();
            loop {
                if let Some(arrived) = receiver.receive(&StopToken::new()).unwrap() {
                    assert!(receiver.bytes(&arrived).iter().all(|byte| *byte == 7));
                    return (receiver.bytes(&arrived).len(), arrived.is_cut);
                }
            }
        };
        sizes.iter().map(|size| one(*size)).collect()
    }

    #[test]
    fn the_largest_datagram_is_not_cut_and_one_that_fills_the_buffer_is_said_to_be() {
        assert_eq!(received(LARGEST, &[65_507, 0, 1]), [(65_507, false), (0, false), (1, false)]);
        assert_eq!(received(100, &[99, 100, 5000, 3]), [(99, false), (100, true), (100, true), (3, false)]);
    }

    #[test]
    fn a_group_is_bound_where_only_its_datagrams_come_and_joined_where_it_is_said() {
        let group: IpAddr = [224, 0, 0, 150].into();
        let mut options = UdpOptions { multicast: Some(group), ..UdpOptions::new(7576) };
        assert_eq!(options.interface(), Ipv4Addr::UNSPECIFIED);
        options.listen = Some([192, 0, 2, 7].into());
        assert_eq!(options.interface(), Ipv4Addr::new(192, 0, 2, 7));
        let bound: IpAddr = if cfg!(unix) { group } else { Ipv4Addr::UNSPECIFIED.into() };
        assert_eq!(options.address(), SocketAddr::new(bound, 7576));
        assert_eq!(UdpOptions::new(1).address(), SocketAddr::from(([127, 0, 0, 1], 1)));
    }
}

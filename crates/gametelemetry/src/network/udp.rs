//! A UDP socket that takes what comes: one that sleeps until a datagram is there, and naps when there are very many.
//!
//! Each wake-up costs more than a datagram does. Games send tens or hundreds a second, so each gets its own wake-up
//! and an exact time; from some thousands a second on the thread naps, and empties the system's buffer each time.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use socket2::{Domain, Protocol, SockAddr, Socket, Type};

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
    pub(crate) listen: IpAddr,
    pub(crate) port: u16,
    pub(crate) multicast: Option<IpAddr>,
}

pub(crate) struct UdpReceiver {
    socket: UdpSocket,
    buffer: Vec<u8>,
    granted: usize,
    /// Whether the socket gives up at once when nothing is there; with the naps in which nothing came.
    rush: Option<u32>,
    /// Datagrams since then.
    recent: (u32, Instant),
    wait: Duration,
}

/// One datagram, in the receiver's buffer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrived {
    pub(crate) size: usize,
    pub(crate) from: SocketAddr,
    /// It may have been longer.
    pub(crate) is_cut: bool,
}

impl UdpReceiver {
    pub(crate) fn open(options: &UdpOptions) -> Result<Self, SourceError> {
        let address = address_of(options);
        let failed = |source: io::Error| match source.kind() {
            io::ErrorKind::AddrInUse => {
                SourceError::PortTaken { address: format!("UDP port {address}"), source }
            }
            io::ErrorKind::PermissionDenied => {
                SourceError::PortTaken { address: format!("UDP port {address}"), source }
            }
            _ => SourceError::Address { address: address.to_string(), source },
        };
        let (socket, granted) = bind(address, options.multicast).map_err(failed)?;
        let wait = Duration::from_millis(50);
        let socket = UdpSocket::from(socket);
        socket.set_read_timeout(Some(wait)).map_err(failed)?;
        Ok(Self {
            socket,
            buffer: vec![0; LARGEST],
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

    /// The bytes of what has arrived last.
    pub(crate) fn bytes(&self, arrived: &Arrived) -> &[u8] {
        self.buffer.get(..arrived.size).unwrap_or_default()
    }

    /// Whether datagrams come by the thousands.
    pub(crate) fn is_in_rush(&self) -> bool {
        self.rush.is_some()
    }

    /// Waits a moment for a datagram; `None` when none came.
    pub(crate) fn receive(&mut self, stop: &StopToken) -> io::Result<Option<Arrived>> {
        match self.socket.recv_from(&mut self.buffer) {
            Ok((size, from)) => {
                self.count()?;
                Ok(Some(Arrived { size, from, is_cut: size >= LARGEST }))
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                self.nap(stop)?;
                Ok(None)
            }
            // Windows reports here that something we sent before (a heartbeat) was not wanted.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::ConnectionReset
                        | io::ErrorKind::ConnectionRefused
                        | io::ErrorKind::Interrupted
                ) =>
            {
                Ok(None)
            }
            // Windows again: longer than the buffer (WSAEMSGSIZE), with the beginning in it.
            Err(error) if error.raw_os_error() == Some(10_040) => {
                let from = SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), 0);
                Ok(Some(Arrived { size: self.buffer.len(), from, is_cut: true }))
            }
            Err(error) => Err(error),
        }
    }

    /// Counts a datagram; many in a short time begin a rush.
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

/// What to bind: all addresses for a multicast group, whose datagrams are addressed to the group.
fn address_of(options: &UdpOptions) -> SocketAddr {
    let listen = match options.multicast {
        Some(IpAddr::V4(_)) => Ipv4Addr::UNSPECIFIED.into(),
        Some(IpAddr::V6(_)) => Ipv6Addr::UNSPECIFIED.into(),
        None => options.listen,
    };
    SocketAddr::new(listen, options.port)
}

fn bind(address: SocketAddr, multicast: Option<IpAddr>) -> io::Result<(Socket, usize)> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    if address.is_ipv6() {
        // Consoles speak IPv4; one socket serves both.
        socket.set_only_v6(false)?;
    }
    // The system cuts what it does not grant, or refuses: what it grants is enough for most.
    let _ = socket.set_recv_buffer_size(WANTED_BUFFER);
    if multicast.is_some() {
        // A group is for many. With one receiver it would be a trap: the system gives each datagram to one of the
        // sockets only.
        socket.set_reuse_address(true)?;
    }
    socket.bind(&SockAddr::from(address))?;
    match multicast {
        Some(IpAddr::V4(group)) => socket.join_multicast_v4(&group, &Ipv4Addr::UNSPECIFIED)?,
        Some(IpAddr::V6(group)) => socket.join_multicast_v6(&group, 0)?,
        None => {}
    }
    let granted = socket.recv_buffer_size().unwrap_or(0);
    Ok((socket, granted))
}

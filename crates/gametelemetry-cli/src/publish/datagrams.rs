//! Datagrams sent as a game sends them: to an address, or to whoever has asked for them.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs as _, UdpSocket};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use gametelemetry::clock;
use serde::Serialize;

/// A console stops sending when it was not asked for so long.
const ASKED_FOR: Duration = Duration::from_secs(16);
/// The longest heartbeat that is looked at, in bytes.
const LONGEST_HEARTBEAT: usize = 64;

/// What was sent.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct SentDatagrams {
    pub(crate) sent: u64,
    pub(crate) bytes: u64,
    /// Datagrams that the system did not take.
    pub(crate) failed: u64,
}

/// Where the datagrams of one source go.
pub(crate) struct Datagrams {
    socket: UdpSocket,
    to: To,
    pub(crate) sent: SentDatagrams,
}

enum To {
    Address(SocketAddr),
    /// To `port` of whoever has sent something to `socket` a moment ago.
    Askers {
        socket: UdpSocket,
        port: u16,
        askers: BTreeMap<IpAddr, Instant>,
    },
}

impl Datagrams {
    /// To the address `to`, as `127.0.0.1:20777`.
    pub(crate) fn to(to: &str) -> Result<Self> {
        let wrong = || format!("`--to` takes HOST:PORT, as 127.0.0.1:20777, not {to}");
        let Some(address) = to.to_socket_addrs().with_context(wrong)?.next() else { bail!(wrong()) };
        let any: IpAddr =
            if address.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
        let socket = UdpSocket::bind(SocketAddr::new(any, 0)).context("cannot open a UDP socket")?;
        socket.set_nonblocking(true)?;
        Ok(Self { socket, to: To::Address(address), sent: SentDatagrams::default() })
    }

    /// To `port` of everybody who asks at `heartbeat_port`.
    pub(crate) fn to_askers(heartbeat_port: u16, port: u16) -> Result<Self> {
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, heartbeat_port)).with_context(|| {
            format!("cannot wait to be asked at UDP port {heartbeat_port}; end what listens there")
        })?;
        socket.set_nonblocking(true)?;
        let answers = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).context("cannot open a UDP socket")?;
        answers.set_nonblocking(true)?;
        let to = To::Askers { socket, port, askers: BTreeMap::new() };
        Ok(Self { socket: answers, to, sent: SentDatagrams::default() })
    }

    /// Takes in who asks now; `asked` gets what each of them sent.
    pub(crate) fn take_heartbeats(&mut self, mut asked: impl FnMut(&[u8])) {
        let To::Askers { socket, askers, .. } = &mut self.to else { return };
        let mut buffer = [0; LONGEST_HEARTBEAT];
        let now = clock::monotonic();
        loop {
            match socket.recv_from(&mut buffer) {
                Ok((size, from)) => {
                    if askers.len() < 64 || askers.contains_key(&from.ip()) {
                        askers.insert(from.ip(), now);
                    }
                    asked(buffer.get(..size).unwrap_or_default());
                }
                // Windows tells here that an asker is gone.
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => {}
                Err(_) => break,
            }
        }
        askers.retain(|_, at| now.duration_since(*at) < ASKED_FOR);
    }

    /// Whether anybody would get what is sent.
    pub(crate) fn has_receiver(&self) -> bool {
        match &self.to {
            To::Address(_) => true,
            To::Askers { askers, .. } => !askers.is_empty(),
        }
    }

    /// Sends one datagram. One that nobody takes is no error: the game would not care either.
    pub(crate) fn send(&mut self, datagram: &[u8]) {
        match &self.to {
            To::Address(to) => send(&self.socket, *to, datagram, &mut self.sent),
            To::Askers { port, askers, .. } => {
                for asker in askers.keys() {
                    send(&self.socket, SocketAddr::new(*asker, *port), datagram, &mut self.sent);
                }
            }
        }
    }
}

fn send(socket: &UdpSocket, to: SocketAddr, datagram: &[u8], sent: &mut SentDatagrams) {
    // The system may tell of a datagram before, which found nobody; this one may find somebody.
    let result = match socket.send_to(datagram, to) {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => socket.send_to(datagram, to),
        result => result,
    };
    match result {
        Ok(size) => {
            sent.sent += 1;
            sent.bytes += size as u64;
        }
        Err(_) => sent.failed += 1,
    }
}

//! Gran Turismo 7 as a [`Game`]: its source, how it is asked for packets, and its simulator.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs as _};
use std::time::Duration;

use gametelemetry::{GameSession, Heartbeat, Schema};

use super::simulator::Gt7Simulator;
use super::{HEARTBEAT, HEARTBEAT_PORT, PORT, SOURCE, decrypt, encrypt};
use crate::game::{Game, GameInfo, RecordError, RecordOptions, Simulator, SourceInfo, Transport, datagrams};

/// Gran Turismo 7.
pub const GAME: Gt7 = Gt7;

/// Gran Turismo 7; see [`GAME`].
#[derive(Clone, Copy, Debug)]
pub struct Gt7;

/// How often the console is asked. It stops after about 16 s without, so that two lost heartbeats do no harm.
const EVERY: Duration = Duration::from_secs(5);

/// The heartbeats, each of which asks for a longer packet than the one before it.
const LETTERS: &[&str] = &["A", "B", "~", "C"];

const PACKETS: SourceInfo = SourceInfo {
    name: SOURCE,
    gives: "the car that is watched, 60 times a second; in replays too",
    transport: Transport::Udp { port: PORT, heartbeat_port: Some(HEARTBEAT_PORT), over_network: true },
    rates: None,
    by_default: true,
};

const ENABLE: &str = "Nothing to switch on: start the game on a console in the same network, and record with --host and \
                      the console's address (on the console: Settings, Network, View Connection Status). The \
                      firewall of this computer must let UDP port 33740 in: the recorder listens there on the local network, \
                      because the console is there, and takes packets of that address only. The console sends to one program only: \
                      end others that read its packets, or let them get these with --forward.";

const INFO: GameInfo = GameInfo {
    id: "gt7",
    name: "Gran Turismo 7",
    sources: &[PACKETS],
    enable: ENABLE,
    channels: super::CHANNELS,
    not_available: super::NOT_AVAILABLE,
};

impl Game for Gt7 {
    fn info(&self) -> GameInfo {
        INFO
    }

    fn record(&self, session: GameSession, options: &RecordOptions) -> Result<GameSession, RecordError> {
        options.check(&INFO)?;
        let host = options.host.as_deref().ok_or(RecordError::NeedsHost { game: INFO.id })?;
        let heartbeat = Heartbeat { to: with_port(host), message: asked_for(options)?, every: EVERY };
        let source = datagrams(&PACKETS, super::schema(), &listening(host, options)?, ENABLE)
            .heartbeat(heartbeat)
            .decode(|datagram| decrypt(datagram));
        Ok(session.channels(super::CHANNELS).source(source))
    }

    fn schemas(&self) -> Vec<(&'static str, &'static Schema)> {
        vec![(SOURCE, super::schema())]
    }

    fn heartbeat(&self) -> &'static [u8] {
        &[HEARTBEAT]
    }

    fn unpack(&self, _source: &str, packet: &mut [u8]) -> bool {
        decrypt(packet)
    }

    fn packet<'a>(&self, _source: &str, record: &'a [u8]) -> Cow<'a, [u8]> {
        let mut datagram = record.to_vec();
        if encrypt(&mut datagram) { Cow::Owned(datagram) } else { Cow::Borrowed(record) }
    }

    fn simulator(&self, seed: u64) -> Option<Box<dyn Simulator>> {
        Some(Box::new(Gt7Simulator::new(seed)))
    }

    fn variants(&self) -> &'static [&'static str] {
        LETTERS
    }

    fn simulator_of(&self, variant: &str, seed: u64) -> Option<Box<dyn Simulator>> {
        let letter = LETTERS.iter().find(|letter| **letter == variant)?.bytes().next()?;
        Some(Box::new(Gt7Simulator::sending(letter, seed)))
    }

    fn packets_to_ask_for(&self) -> &'static [&'static str] {
        LETTERS
    }
}

/// `options` with what is listened to: the console at `host` and nobody else, where it can be heard.
fn listening(host: &str, options: &RecordOptions) -> Result<RecordOptions, RecordError> {
    let addresses = with_port(host).to_socket_addrs();
    let consoles: Vec<IpAddr> = addresses.into_iter().flatten().map(|address| address.ip()).collect();
    let Some(first) = consoles.first() else {
        return Err(RecordError::NoSuchHost { game: INFO.id, host: host.to_owned() });
    };
    let usual: IpAddr = match first {
        console if console.is_loopback() => *console,
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let allow = if options.allow.is_empty() { consoles } else { options.allow.clone() };
    Ok(RecordOptions { listen: Some(options.listen.unwrap_or(usual)), allow, ..options.clone() })
}

/// The heartbeat that asks for the packets that `options` want.
fn asked_for(options: &RecordOptions) -> Result<Vec<u8>, RecordError> {
    let Some(wanted) = &options.packet else { return Ok(vec![HEARTBEAT]) };
    match LETTERS.iter().find(|letter| letter.eq_ignore_ascii_case(wanted)) {
        Some(letter) => Ok(letter.as_bytes().to_vec()),
        None => {
            let (unknown, known) = (wanted.clone(), LETTERS.join(", "));
            Err(RecordError::UnknownPacket { game: INFO.id, unknown, known })
        }
    }
}

/// `host` with the port for heartbeats, unless it has one.
fn with_port(host: &str) -> String {
    if host.parse::<Ipv6Addr>().is_ok() {
        return format!("[{host}]:{HEARTBEAT_PORT}");
    }
    let port = host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    if port || host.parse::<SocketAddr>().is_ok() {
        return host.to_owned();
    }
    format!("{host}:{HEARTBEAT_PORT}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_console_is_listened_to_and_only_where_it_can_be_heard() {
        let heard = |host: &str, options: &RecordOptions| {
            let options = listening(host, options).unwrap();
            (options.listen.unwrap().to_string(), options.allow)
        };
        let usual = RecordOptions::default();
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        assert_eq!(heard("192.168.1.20", &usual), ("0.0.0.0".to_owned(), vec![ip("192.168.1.20")]));
        assert_eq!(heard("127.0.0.1:5000", &usual), ("127.0.0.1".to_owned(), vec![ip("127.0.0.1")]));
        assert_eq!(heard("fe80::1", &usual), ("::".to_owned(), vec![ip("fe80::1")]));
        let said = RecordOptions { listen: Some(ip("192.168.1.5")), allow: vec![ip("10.0.0.1")], ..usual };
        assert_eq!(heard("192.168.1.20", &said), ("192.168.1.5".to_owned(), vec![ip("10.0.0.1")]));
    }

    #[test]
    fn the_heartbeat_asks_for_the_packet_that_is_wanted() {
        let asked = |packet: Option<&str>| {
            asked_for(&RecordOptions { packet: packet.map(str::to_owned), ..RecordOptions::default() })
        };
        assert_eq!(asked(None).unwrap(), b"C");
        assert_eq!((asked(Some("a")).unwrap(), asked(Some("~")).unwrap()), (b"A".to_vec(), b"~".to_vec()));
        let error = asked(Some("D")).unwrap_err().to_string();
        assert_eq!(error, "gt7 cannot be asked for the packet D, it has A, B, ~, C");
    }

    #[test]
    fn the_console_may_be_written_with_and_without_its_port() {
        assert_eq!(with_port("192.168.1.20"), "192.168.1.20:33739");
        assert_eq!(with_port("ps5.home"), "ps5.home:33739");
        assert_eq!(with_port("127.0.0.1:5000"), "127.0.0.1:5000");
        assert_eq!(with_port("fe80::1"), "[fe80::1]:33739");
        assert_eq!(with_port("[::1]:5000"), "[::1]:5000");
    }
}

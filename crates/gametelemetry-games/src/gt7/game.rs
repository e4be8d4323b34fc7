//! Gran Turismo 7 as a [`Game`]: its source, how it is asked for packets, and its simulator.

use std::borrow::Cow;
use std::net::{Ipv6Addr, SocketAddr};
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

const PACKETS: SourceInfo = SourceInfo {
    name: SOURCE,
    gives: "the car that is watched, 60 times a second; in replays too",
    transport: Transport::Udp { port: PORT, heartbeat_port: Some(HEARTBEAT_PORT), over_network: true },
    rates: None,
    by_default: true,
};

const ENABLE: &str = "Nothing to switch on: start the game on a console in the same network, and record with --host and \
                      the console's address (on the console: Settings, Network, View Connection Status). The \
                      firewall of this computer must let UDP port 33740 in. The console sends to one program only: \
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
        let heartbeat = Heartbeat { to: with_port(host), message: vec![HEARTBEAT], every: EVERY };
        let source = datagrams(&PACKETS, super::schema(), options, ENABLE)
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
    fn the_console_may_be_written_with_and_without_its_port() {
        assert_eq!(with_port("192.168.1.20"), "192.168.1.20:33739");
        assert_eq!(with_port("ps5.home"), "ps5.home:33739");
        assert_eq!(with_port("127.0.0.1:5000"), "127.0.0.1:5000");
        assert_eq!(with_port("fe80::1"), "[fe80::1]:33739");
        assert_eq!(with_port("[::1]:5000"), "[::1]:5000");
    }
}

//! EA SPORTS WRC as a [`Game`]: its source, and its simulator.

use gametelemetry::{GameSession, Schema};

use super::simulator::WrcSimulator;
use crate::game::{Game, GameInfo, RecordError, RecordOptions, Simulator, SourceInfo, Transport, datagrams};

/// EA SPORTS WRC.
pub const GAME: Wrc = Wrc;

/// EA SPORTS WRC; see [`GAME`].
#[derive(Clone, Copy, Debug)]
pub struct Wrc;

const PACKETS: SourceInfo = SourceInfo {
    name: super::SOURCE,
    gives: "the player's car, sent once a picture while a stage is driven",
    transport: Transport::Udp { port: super::PORT, heartbeat_port: None, over_network: false },
    rates: None,
    by_default: true,
};

const ENABLE: &str = "Start the game once, up to its first screen, and end it. In Documents/My Games/WRC/telemetry open \
                      config.json, find the entry with \"structure\": \"wrc\" and \"packet\": \"session_update\" (the \
                      first one, to 127.0.0.1 port 20777), and change its \"bEnabled\": false to true. For starts, \
                      pauses and ends, too, do the same with those of \"wrc_experimental\", and set their \"port\" to \
                      20777 and \"frequencyHz\" to -1. What is wrong the game writes to log.txt beside it.";

const INFO: GameInfo = GameInfo {
    id: "wrc",
    name: "EA SPORTS WRC",
    sources: &[PACKETS],
    enable: ENABLE,
    channels: super::CHANNELS,
    not_available: super::NOT_AVAILABLE,
};

impl Game for Wrc {
    fn info(&self) -> GameInfo {
        INFO
    }

    fn record(&self, session: GameSession, options: &RecordOptions) -> Result<GameSession, RecordError> {
        options.check(&INFO)?;
        let session = session.channels(super::CHANNELS);
        Ok(session.source(datagrams(&PACKETS, super::schema(), options, ENABLE)))
    }

    fn schemas(&self) -> Vec<(&'static str, &'static Schema)> {
        vec![(super::SOURCE, super::schema())]
    }

    fn known_schema(&self, name: &str) -> Option<Schema> {
        if name == super::DESCRIBED_SCHEMA {
            return Some(super::described::known_schema());
        }
        let own = super::schema();
        (own.name == name).then(|| own.clone())
    }

    fn simulator(&self, seed: u64) -> Option<Box<dyn Simulator>> {
        Some(Box::new(WrcSimulator::new(seed)))
    }
}

//! DiRT as a [`Game`]: its source, and its simulator.

use gametelemetry::{GameSession, Schema};

use super::simulator::DirtSimulator;
use crate::game::{Game, GameInfo, RecordError, RecordOptions, Simulator, SourceInfo, Transport, datagrams};

/// DiRT Rally, DiRT Rally 2.0 and DiRT 4.
pub const GAME: Dirt = Dirt;

/// DiRT Rally, DiRT Rally 2.0 and DiRT 4; see [`GAME`].
#[derive(Clone, Copy, Debug)]
pub struct Dirt;

const PACKETS: SourceInfo = SourceInfo {
    name: super::SOURCE,
    gives: "the player's car, sent once a picture while a stage is driven",
    transport: Transport::Udp { port: super::PORT, heartbeat_port: None, over_network: false },
    rates: None,
    by_default: true,
};

const ENABLE: &str = "Start the game once and end it. In Documents/My Games/DiRT Rally 2.0 (or DiRT Rally, or DiRT 4), folder \
                      hardwaresettings, open hardware_settings_config.xml (hardware_settings_config_vr.xml for VR) and \
                      change the line of udp to: <udp enabled=\"true\" extradata=\"3\" ip=\"127.0.0.1\" port=\"20777\" \
                      delay=\"1\" />. Updates of the game may change it back.";

const INFO: GameInfo = GameInfo {
    id: "dirt",
    name: "DiRT Rally, DiRT Rally 2.0 and DiRT 4",
    sources: &[PACKETS],
    enable: ENABLE,
    channels: super::CHANNELS,
    not_available: super::NOT_AVAILABLE,
};

impl Game for Dirt {
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

    fn simulator(&self, seed: u64) -> Option<Box<dyn Simulator>> {
        Some(Box::new(DirtSimulator::new(seed)))
    }
}

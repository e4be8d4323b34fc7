//! Forza as a [`Game`]: its source, and its simulator.

use gametelemetry::{GameSession, Schema};

use super::simulator::{ForzaSimulator, Sends};
use crate::game::{Game, GameInfo, RecordError, RecordOptions, Simulator, SourceInfo, Transport, datagrams};

/// Forza Motorsport and Forza Horizon.
pub const GAME: Forza = Forza;

/// Forza Motorsport and Forza Horizon; see [`GAME`].
#[derive(Clone, Copy, Debug)]
pub struct Forza;

const PACKETS: SourceInfo = SourceInfo {
    name: super::SOURCE,
    gives: "the player's car, sent once a picture",
    transport: Transport::Udp { port: super::PORT, heartbeat_port: None, over_network: false },
    rates: None,
    by_default: true,
};

const ENABLE: &str = "In the game's settings, under Gameplay & HUD (Motorsport) or HUD and Gameplay (Horizon), set Data \
                      Out to On, Data Out IP Address to 127.0.0.1, Data Out IP Port to 20127 (or another with --port, \
                      but none from 5200 to 5300: Horizon takes its own from these) and Data Out Packet Format to Dash. \
                      For a game on a console, or an older one that cannot send to its own machine (Motorsport 7, \
                      Horizon 4), enter this computer's address and record with --listen 0.0.0.0.";

const INFO: GameInfo = GameInfo {
    id: "forza",
    name: "Forza Motorsport 7 and 2023, Forza Horizon 4 to 6",
    sources: &[PACKETS],
    enable: ENABLE,
    channels: super::CHANNELS,
    not_available: super::NOT_AVAILABLE,
};

impl Game for Forza {
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
        Some(Box::new(ForzaSimulator::new(seed)))
    }

    fn variants(&self) -> &'static [&'static str] {
        &["sled", "dash", "horizon", "motorsport"]
    }

    fn simulator_of(&self, variant: &str, seed: u64) -> Option<Box<dyn Simulator>> {
        let sends = match variant {
            "sled" => Sends::Sled,
            "dash" => Sends::Dash,
            "horizon" => Sends::Horizon,
            "motorsport" => Sends::Motorsport,
            _ => return None,
        };
        Some(Box::new(ForzaSimulator::of(sends, seed)))
    }
}

//! F1 as a [`Game`]: one port for all packets, how it is switched on, and its simulator as datagrams.

use gametelemetry::{GameSession, Schema};

use super::simulator::Simulator as F1Simulator;
use super::{Format, PORT, SOURCE, schema};
use crate::game::{
    Game, GameInfo, RecordError, RecordOptions, SimulatedDatagram, Simulator, SourceInfo, Transport,
    datagrams,
};

/// F1 22 to 25, and the 2026 season pack.
pub const GAME: F1 = F1;

/// F1 22 to 25, and the 2026 season pack; see [`GAME`].
#[derive(Clone, Copy, Debug)]
pub struct F1;

const PACKETS: SourceInfo = SourceInfo {
    name: SOURCE,
    gives: "all packets of the formats 2022 to 2026, as they come",
    transport: Transport::Udp { port: PORT, heartbeat_port: None, over_network: false },
    rates: None,
    by_default: true,
};

/// The formats by their years, in the order of [`Format::ALL`].
const VARIANTS: &[&str] = &["2022", "2023", "2024", "2025", "2026"];

const INFO: GameInfo = GameInfo {
    id: "f1",
    name: "F1 22 to 25 and the 2026 season pack",
    sources: &[PACKETS],
    enable: "In the game: Settings > Telemetry Settings. UDP Telemetry: On, UDP Broadcast Mode: Off, UDP IP Address: \
             127.0.0.1, UDP Port: 20777, UDP Send Rate: 60 Hz, UDP Format: the game's own year, Your Telemetry: Public. \
             For a console or another PC set the address of this machine there, and record with --listen 0.0.0.0.",
    channels: super::CHANNELS,
    not_available: super::NOT_AVAILABLE,
};

impl Game for F1 {
    fn info(&self) -> GameInfo {
        INFO
    }

    fn record(&self, session: GameSession, options: &RecordOptions) -> Result<GameSession, RecordError> {
        options.check(&INFO)?;
        let session = session.channels(super::CHANNELS);
        Ok(if options.wants(&PACKETS) {
            session.source(datagrams(&PACKETS, schema(), options, INFO.enable))
        } else {
            session
        })
    }

    fn schemas(&self) -> Vec<(&'static str, &'static Schema)> {
        vec![(SOURCE, schema())]
    }

    fn simulator(&self, seed: u64) -> Option<Box<dyn Simulator>> {
        Some(Box::new(F1Simulator::new(seed)))
    }

    fn variants(&self) -> &'static [&'static str] {
        VARIANTS
    }

    fn simulator_of(&self, variant: &str, seed: u64) -> Option<Box<dyn Simulator>> {
        let format = VARIANTS.iter().zip(Format::ALL).find(|(known, _)| **known == variant)?.1;
        Some(Box::new(F1Simulator::of_format(format, seed).with_opening()))
    }
}

impl Simulator for F1Simulator {
    fn step(&mut self, seconds: f64) {
        Self::step(self, seconds);
    }

    fn datagrams(&mut self) -> Vec<SimulatedDatagram> {
        self.packets().into_iter().map(|bytes| SimulatedDatagram { source: SOURCE, bytes }).collect()
    }

    fn hz(&self) -> f64 {
        60.0
    }

    fn status(&self) -> String {
        format!("lap {}, {:.0} km/h", self.lap_number(), self.speed_kmh())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::game::find;

    #[test]
    fn it_records_its_packets_and_nothing_else() {
        let game = find("F1").unwrap();
        assert!(game.record(GameSession::new("f1"), &RecordOptions::default()).is_ok());
        let options = RecordOptions { sources: vec!["motion".to_owned()], ..RecordOptions::default() };
        let error = game.record(GameSession::new("f1"), &options).err().unwrap();
        assert_eq!(error.to_string(), "f1 has no source motion, it has packets");
    }

    #[test]
    fn each_variant_is_the_format_of_its_year() {
        assert!(VARIANTS.iter().zip(Format::ALL).all(|(name, format)| *name == format.year().to_string()));
        assert_eq!(VARIANTS.len(), Format::ALL.len());
    }

    #[test]
    fn it_plays_itself_as_datagrams_of_its_source() {
        let mut game = GAME.simulator(1).unwrap();
        assert!(game.datagrams().is_empty(), "nothing is sent before the first step");
        game.step(1.0 / game.hz());
        let sent = game.datagrams();
        assert!(sent.len() > 10 && sent.iter().all(|datagram| datagram.source == SOURCE));
        assert_eq!(game.status(), "lap 1, 0 km/h");
        assert!(game.pages().is_empty());
    }
}

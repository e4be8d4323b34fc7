//! Dota 2 as a [`Game`]: its sources, and what switches them on.

use gametelemetry::places::Location;
use gametelemetry::{GameSession, ReplayFile, Schema};

use super::replays::{self, REPLAYS};
use super::simulator::MatchSimulator;
use super::state;
use crate::game::{Game, GameInfo, RecordError, RecordOptions, Simulator, SourceInfo, Transport};
use crate::http::http_push;
use crate::replays::{ReplaySimulator, WithReplays, files_beside};

/// Dota 2.
pub const GAME: Dota2 = Dota2;

/// Dota 2; see [`GAME`].
#[derive(Clone, Copy, Debug)]
pub struct Dota2;

const STATE: SourceInfo = SourceInfo {
    name: super::STATE_SOURCE,
    gives: "the state of the match whenever it changes, ten times a second at most",
    transport: Transport::HttpPush { port: super::PORT },
    rates: None,
    by_default: true,
};

const SOURCES: &[SourceInfo] = &[STATE, REPLAYS];

const INFO: GameInfo = GameInfo {
    id: "dota2",
    name: "Dota 2",
    sources: SOURCES,
    enable: "Put a file gamestate_integration_gametelemetry.cfg into the game's folder, \
             steamapps/common/dota 2 beta/game/dota/cfg/gamestate_integration (make that folder if there is none), add \
             -gamestateintegration to the game's launch options in Steam, and start the game again. The file's text: \
             \"GameTelemetry\" { \"uri\" \"http://127.0.0.1:32570/\" \"timeout\" \"5.0\" \"buffer\" \"0.1\" \
             \"throttle\" \"0.1\" \"heartbeat\" \"10.0\" \"data\" { \"provider\" \"1\" \"map\" \"1\" \
             \"player\" \"1\" \"hero\" \"1\" \"abilities\" \"1\" \"items\" \"1\" \"events\" \"1\" \
             \"buildings\" \"1\" \"league\" \"1\" \"draft\" \"1\" \"wearables\" \"1\" \"minimap\" \"1\" \
             \"roshan\" \"1\" \"couriers\" \"1\" \"neutralitems\" \"1\" } }. With \
             \"auth\" { \"token\" \"SECRET\" } in it and --token SECRET nobody else is listened to.",
    channels: super::CHANNELS,
    not_available: super::NOT_AVAILABLE,
};

impl Dota2 {
    /// Where the game keeps its demos, whatever the machine.
    #[must_use]
    pub fn folders(&self) -> &'static [Location] {
        replays::folders()
    }
}

impl Game for Dota2 {
    fn info(&self) -> GameInfo {
        INFO
    }

    fn record(&self, mut session: GameSession, options: &RecordOptions) -> Result<GameSession, RecordError> {
        options.check(&INFO)?;
        if options.wants(&STATE) {
            session = session.source(http_push(&STATE, &state::STATE, options, INFO.enable));
        }
        if options.wants(&REPLAYS)
            && let Some(source) = files_beside(&REPLAYS, replays::folders(), options, INFO.enable)
        {
            session = session.source(source);
        }
        Ok(session)
    }

    fn schemas(&self) -> Vec<(&'static str, &'static Schema)> {
        let files: &'static Schema = ReplayFile::schema();
        vec![(super::STATE_SOURCE, &state::STATE), (REPLAYS.name, files)]
    }

    fn simulator(&self, seed: u64) -> Option<Box<dyn Simulator>> {
        let replays = ReplaySimulator::new(replays::SIMULATED, seed);
        Some(Box::new(WithReplays { game: MatchSimulator::new(seed), replays }))
    }
}

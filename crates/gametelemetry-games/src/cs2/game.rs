//! Counter-Strike 2 as a [`Game`]: its sources, and what switches them on.

use gametelemetry::places::Location;
use gametelemetry::{GameSession, ReplayFile, Schema};

use super::replays::{self, REPLAYS};
use super::simulator::MatchSimulator;
use super::state;
use crate::game::{Game, GameInfo, RecordError, RecordOptions, Simulator, SourceInfo, Transport};
use crate::http::http_push;
use crate::replays::{ReplaySimulator, WithReplays, files_beside};

/// Counter-Strike 2.
pub const GAME: Cs2 = Cs2;

/// Counter-Strike 2; see [`GAME`].
#[derive(Clone, Copy, Debug)]
pub struct Cs2;

const STATE: SourceInfo = SourceInfo {
    name: super::STATE_SOURCE,
    gives: "the state of the match whenever it changes, ten times a second at most",
    transport: Transport::HttpPush { port: super::PORT },
    rates: None,
    by_default: true,
};

const SOURCES: &[SourceInfo] = &[STATE, REPLAYS];

const INFO: GameInfo = GameInfo {
    id: "cs2",
    name: "Counter-Strike 2",
    sources: SOURCES,
    enable: "Put a file gamestate_integration_gametelemetry.cfg into the game's folder, \
             steamapps/common/Counter-Strike Global Offensive/game/csgo/cfg, and start the game again. Its text: \
             \"GameTelemetry\" { \"uri\" \"http://127.0.0.1:32730/\" \"timeout\" \"5.0\" \"buffer\" \"0.1\" \
             \"throttle\" \"0.1\" \"heartbeat\" \"10.0\" \"data\" { \"provider\" \"1\" \"tournamentdraft\" \"1\" \"map\" \"1\" \
             \"map_round_wins\" \"1\" \"round\" \"1\" \"player_id\" \"1\" \"player_state\" \"1\" \
             \"player_weapons\" \"1\" \"player_match_stats\" \"1\" \"player_position\" \"1\" \
             \"phase_countdowns\" \"1\" \"allplayers_id\" \"1\" \"allplayers_state\" \"1\" \
             \"allplayers_match_stats\" \"1\" \"allplayers_weapons\" \"1\" \"allplayers_position\" \"1\" \
             \"allgrenades\" \"1\" \"bomb\" \"1\" } }. With \"auth\" { \"token\" \"SECRET\" } in it and \
             --token SECRET nobody else is listened to.",
    channels: super::CHANNELS,
    not_available: super::NOT_AVAILABLE,
};

impl Cs2 {
    /// Where the game keeps its demos, whatever the machine.
    #[must_use]
    pub fn folders(&self) -> &'static [Location] {
        replays::folders()
    }
}

impl Game for Cs2 {
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

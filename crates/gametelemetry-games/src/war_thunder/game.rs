//! War Thunder as a [`Game`]: its sources, one for each page of its web server.

use gametelemetry::{GameSession, Schema};

use super::simulator::FlightSimulator;
use super::{indicators, others, state};
use crate::game::{Game, GameInfo, Rates, RecordError, RecordOptions, Simulator, SourceInfo, Transport};
use crate::http::http_polling;

/// War Thunder.
pub const GAME: WarThunder = WarThunder;

/// War Thunder; see [`GAME`].
#[derive(Clone, Copy, Debug)]
pub struct WarThunder;

const STATE: SourceInfo = SourceInfo {
    name: super::STATE_SOURCE,
    gives: "how the aircraft flies: speeds, angles, controls, engines",
    transport: Transport::HttpPolling { urls: &["http://127.0.0.1:8111/state"] },
    rates: Some(Rates { default_hz: 20.0, highest_hz: 60.0 }),
    by_default: true,
};
const INDICATORS: SourceInfo = SourceInfo {
    name: super::INDICATORS_SOURCE,
    gives: "the instruments of the aircraft or ground vehicle",
    transport: Transport::HttpPolling { urls: &["http://127.0.0.1:8111/indicators"] },
    rates: Some(Rates { default_hz: 20.0, highest_hz: 60.0 }),
    by_default: true,
};
const MAP: SourceInfo = SourceInfo {
    name: super::MAP_SOURCE,
    gives: "what the player sees on the map",
    transport: Transport::HttpPolling { urls: &["http://127.0.0.1:8111/map_obj.json"] },
    rates: Some(Rates { default_hz: 2.0, highest_hz: 10.0 }),
    by_default: true,
};
const MAP_INFO: SourceInfo = SourceInfo {
    name: super::MAP_INFO_SOURCE,
    gives: "the size of the map in metres, recorded once a change",
    transport: Transport::HttpPolling { urls: &["http://127.0.0.1:8111/map_info.json"] },
    rates: Some(Rates { default_hz: 0.2, highest_hz: 1.0 }),
    by_default: true,
};
const MISSION: SourceInfo = SourceInfo {
    name: super::MISSION_SOURCE,
    gives: "the mission and its objectives, recorded once a change",
    transport: Transport::HttpPolling { urls: &["http://127.0.0.1:8111/mission.json"] },
    rates: Some(Rates { default_hz: 1.0, highest_hz: 10.0 }),
    by_default: true,
};
/// Not by default: it has other players' names in it, and each answer repeats the ones before.
const HUDMSG: SourceInfo = SourceInfo {
    name: super::HUDMSG_SOURCE,
    gives: "hits and losses since the game's start, the whole list once a change",
    transport: Transport::HttpPolling { urls: &["http://127.0.0.1:8111/hudmsg?lastEvt=0&lastDmg=0"] },
    rates: Some(Rates { default_hz: 1.0, highest_hz: 10.0 }),
    by_default: false,
};
/// Not by default: what other players write is theirs.
const GAMECHAT: SourceInfo = SourceInfo {
    name: super::GAMECHAT_SOURCE,
    gives: "what players wrote since the game's start, the whole list once a change",
    transport: Transport::HttpPolling { urls: &["http://127.0.0.1:8111/gamechat?lastId=0"] },
    rates: Some(Rates { default_hz: 1.0, highest_hz: 10.0 }),
    by_default: false,
};

const SOURCES: &[SourceInfo] = &[STATE, INDICATORS, MAP, MAP_INFO, MISSION, HUDMSG, GAMECHAT];

const INFO: GameInfo = GameInfo {
    id: "war_thunder",
    name: "War Thunder",
    sources: SOURCES,
    enable: "Nothing to switch on: the game serves http://127.0.0.1:8111 while it runs; start it and join a battle or \
             a test flight. When the game runs on another machine, name it with --host.",
    channels: super::CHANNELS,
    not_available: super::NOT_AVAILABLE,
};

/// The layout of `source`'s answers.
fn schema(source: &str) -> &'static Schema {
    match source {
        super::INDICATORS_SOURCE => &indicators::INDICATORS,
        super::MAP_SOURCE => &others::MAP,
        super::MAP_INFO_SOURCE => &others::MAP_INFO,
        super::MISSION_SOURCE => &others::MISSION,
        super::HUDMSG_SOURCE => &others::HUDMSG,
        super::GAMECHAT_SOURCE => &others::GAMECHAT,
        _ => &state::STATE,
    }
}

impl Game for WarThunder {
    fn info(&self) -> GameInfo {
        INFO
    }

    fn record(&self, session: GameSession, options: &RecordOptions) -> Result<GameSession, RecordError> {
        options.check(&INFO)?;
        let wanted = SOURCES.iter().filter(|source| options.wants(source));
        Ok(wanted.fold(session.channels(super::CHANNELS), |session, source| {
            session.source(http_polling(source, schema(source.name), options, INFO.enable))
        }))
    }

    fn schemas(&self) -> Vec<(&'static str, &'static Schema)> {
        SOURCES.iter().map(|source| (source.name, schema(source.name))).collect()
    }

    fn simulator(&self, seed: u64) -> Option<Box<dyn Simulator>> {
        Some(Box::new(FlightSimulator::new(seed)))
    }
}

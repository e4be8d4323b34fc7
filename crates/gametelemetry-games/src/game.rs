//! What every game can be asked: what it is, how it is recorded, whether it runs, and to play itself.
//!
//! The command and programs speak to games through [`Game`] only, so a new game needs no change anywhere else.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use gametelemetry::shared_memory::Region;
use gametelemetry::{ChannelMapping, Forward, GameSession, Guard, NetworkSource, Schema};

use crate::GAMES;
pub use crate::simulated::{SimulatedDatagram, SimulatedPage, SimulatedWrite, Simulator};

/// A game that can be recorded, or whose files can be imported.
pub trait Game: Sync {
    /// What the game is and what the user must do.
    fn info(&self) -> GameInfo;

    /// Adds the game's sources and channels to `session`.
    ///
    /// # Errors
    /// When a source is asked for that the game does not have, or the game cannot be recorded live.
    fn record(&self, session: GameSession, options: &RecordOptions) -> Result<GameSession, RecordError>;

    /// Whether the game publishes in shared memory at this moment; `prefix` as in [`RecordOptions::prefix`]. A game
    /// that sends is noticed by what it sends.
    fn is_running(&self, prefix: &str) -> bool {
        let _ = prefix;
        false
    }

    /// The layout of each source's frames, where it is known before the game runs. What tells a game's packets from
    /// those of another game on the same port are the conditions of its kinds.
    fn schemas(&self) -> Vec<(&'static str, &'static Schema)> {
        Vec::new()
    }

    /// The schema that the game's frames of the type `name` have today. It tells what an older recording does not say
    /// itself: which of its fields name somebody.
    fn known_schema(&self, name: &str) -> Option<Schema> {
        let schemas = self.schemas();
        schemas.into_iter().find(|(_, schema)| schema.name == name).map(|(_, schema)| schema.clone())
    }

    /// What the game would send for a record of `source`: replaying a recording needs it. The record itself, unless
    /// the source keeps packets in another form than they travel in.
    fn packet<'a>(&self, source: &str, record: &'a [u8]) -> Cow<'a, [u8]> {
        let _ = source;
        Cow::Borrowed(record)
    }

    /// Turns a packet of `source`, as the game sends it, into the record that is kept of it: the reverse of
    /// [`Game::packet`]. Gives `false` for one that is none of the game's.
    fn unpack(&self, source: &str, packet: &mut [u8]) -> bool {
        let _ = (source, packet);
        true
    }

    /// What who wants packets of a game says to it that sends only to who asks.
    fn heartbeat(&self) -> &'static [u8] {
        b""
    }

    /// How a frame of `source` that is made of several shared-memory regions is put together: the bytes of each, in
    /// the order of the source's regions. Empty when the frame is one region.
    fn page_sizes(&self, source: &str) -> Vec<usize> {
        let _ = source;
        Vec::new()
    }

    /// The game, simulated: drives laps that depend on `seed` only. `None` when there is no simulator.
    fn simulator(&self, seed: u64) -> Option<Box<dyn Simulator>> {
        let _ = seed;
        None
    }

    /// What else the simulated game can be: the versions, or formats, that its packets differ by.
    fn variants(&self) -> &'static [&'static str] {
        &[]
    }

    /// The simulated game as one of [`Game::variants`]; `None` for any other.
    fn simulator_of(&self, variant: &str, seed: u64) -> Option<Box<dyn Simulator>> {
        let _ = (variant, seed);
        None
    }

    /// The kinds of packets that the game can be asked for, as in [`RecordOptions::packet`]; empty when it sends what it
    /// sends.
    fn packets_to_ask_for(&self) -> &'static [&'static str] {
        &[]
    }
}

/// What a game is, and what the user must do to record it.
#[derive(Clone, Copy, Debug)]
pub struct GameInfo {
    /// The short name, as in `record acc`.
    pub id: &'static str,
    /// The full name.
    pub name: &'static str,
    /// The sources it has, the first of them the most important.
    pub sources: &'static [SourceInfo],
    /// What to switch on in the game, and where it must run.
    pub enable: &'static str,
    /// Which channels its fields are.
    pub channels: &'static [ChannelMapping],
    /// Channels it does not have, with the reason.
    pub not_available: &'static [(&'static str, &'static str)],
}

/// How the frames of a source come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Transport {
    /// Named shared memory.
    SharedMemory {
        /// The names of the regions.
        regions: &'static [&'static str],
    },
    /// Datagrams that the game sends to us.
    Udp {
        /// The port that the game sends to unless told otherwise.
        port: u16,
        /// The game asks to be asked: who wants packets sends a byte there again and again.
        heartbeat_port: Option<u16>,
        /// The game usually runs on another device (a console), so that its packets come over the local network.
        over_network: bool,
    },
    /// A stream of messages from the game's own server.
    Tcp {
        /// Where it listens, as `127.0.0.1:50000`.
        connect: &'static str,
    },
    /// Answers of the game's own HTTP server, asked for again and again.
    HttpPolling {
        /// The addresses, as `http://127.0.0.1:8111/state`.
        urls: &'static [&'static str],
    },
    /// Texts that the game POSTs to us.
    HttpPush {
        /// The port on which we listen unless told otherwise.
        port: u16,
    },
    /// Finished files that the game leaves in a folder.
    Files {
        /// The names they have, as `*.replay`.
        patterns: &'static [&'static str],
        /// Where the folder is, in words.
        folder: &'static str,
    },
    /// Files that the game writes, to be imported afterwards.
    Import {
        /// Their extension.
        extension: &'static str,
    },
    /// None: a layout alone.
    None,
}

/// One source of a game.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SourceInfo {
    /// The name, as in `--source physics`.
    pub name: &'static str,
    /// What it gives.
    pub gives: &'static str,
    /// How its frames come.
    pub transport: Transport,
    /// How often it is looked at; `None` when frames come when they come.
    pub rates: Option<Rates>,
    /// Whether it is recorded unless sources are named.
    pub by_default: bool,
}

/// How often a source is looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    /// Unless told otherwise, in Hz.
    pub default_hz: f64,
    /// The highest useful rate, in Hz; a higher one asked for is lowered to this.
    pub highest_hz: f64,
}

/// How a game is to be recorded.
#[derive(Clone, Debug, Default)]
pub struct RecordOptions {
    /// The rate asked for, in Hz; each source's own unless set.
    pub hz: Option<f64>,
    /// The sources to record; the game's usual ones when empty.
    pub sources: Vec<String>,
    /// Put before each region's name, for bridges that do so and for tests.
    pub prefix: String,
    /// Fail when the game is not running, instead of waiting for it.
    pub fail_fast: bool,
    /// Keep looks at which the game had published nothing new.
    pub keep_unchanged: bool,
    /// How snapshots are made sure of.
    pub guard: Guard,
    /// The address of this machine to listen on; loopback unless set, or unless the game runs on another device.
    pub listen: Option<IpAddr>,
    /// The port to listen on; the game's usual one unless set.
    pub port: Option<u16>,
    /// The only senders to be listened to; all when empty.
    pub allow: Vec<IpAddr>,
    /// Where the game runs, for one that must be asked for its packets (a console's address) or has a server.
    pub host: Option<String>,
    /// Which packets the game is asked for, as it calls them; the longest unless set.
    pub packet: Option<String>,
    /// Where each datagram is sent on.
    pub forward: Vec<Forward>,
    /// What a game that POSTs must say to be believed.
    pub token: Option<String>,
    /// Where the game's files are; found by itself when empty.
    pub folders: Vec<PathBuf>,
    /// Take files too that are there when the recording starts, those excepted that an earlier session took.
    pub existing: bool,
    /// How long a file must stand still to be finished; two seconds unless set.
    pub settle: Option<Duration>,
}

impl RecordOptions {
    /// Whether `source` is to be recorded.
    #[must_use]
    pub fn wants(&self, source: &SourceInfo) -> bool {
        if self.sources.is_empty() {
            source.by_default
        } else {
            self.sources.iter().any(|name| name == source.name)
        }
    }

    /// The rate at which `source` is to be looked at, in Hz; 1 for a source that is not looked at.
    #[must_use]
    pub fn rate(&self, source: &SourceInfo) -> f64 {
        source.rates.map_or(1.0, |rates| self.hz.map_or(rates.default_hz, |hz| hz.min(rates.highest_hz)))
    }

    /// Checks that every source asked for is one of `info`'s.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self, info: &GameInfo) -> Result<(), RecordError> {
        match self.sources.iter().find(|name| !info.sources.iter().any(|source| source.name == **name)) {
            None => Ok(()),
            Some(unknown) => {
                let known: Vec<_> = info.sources.iter().map(|source| source.name).collect();
                Err(RecordError::UnknownSource {
                    game: info.id,
                    unknown: unknown.clone(),
                    known: known.join(", "),
                })
            }
        }
    }
}

/// Why a game cannot be recorded as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// A source that the game does not have.
    #[error("{game} has no source {unknown}, it has {known}")]
    UnknownSource {
        /// The game.
        game: &'static str,
        /// What was asked for.
        unknown: String,
        /// The sources it has.
        known: String,
    },
    /// A host whose address nobody knows.
    #[error("cannot find where {game} runs: write the console's address, as 192.168.1.20, instead of {host}")]
    NoSuchHost {
        /// The game.
        game: &'static str,
        /// What was written.
        host: String,
    },
    /// Packets that the game cannot be asked for.
    #[error("{game} cannot be asked for the packet {unknown}, it has {known}")]
    UnknownPacket {
        /// The game.
        game: &'static str,
        /// What was asked for.
        unknown: String,
        /// The packets it has.
        known: String,
    },
    /// A packet format that does not say how packets come.
    #[error(
        "the format {format} says what packets mean, but not how they come: add `transport` to it (docs/formats.md)"
    )]
    NoTransport {
        /// The format's name.
        format: &'static str,
    },
    /// A game that sends its packets only to who asks it, so that its address must be known.
    #[error(
        "{game} sends its packets only to who asks for them: say where it runs with --host ADDRESS \
         (of a console: its address in the local network)"
    )]
    NeedsHost {
        /// The game.
        game: &'static str,
    },
    /// A game whose files are imported.
    #[error(
        "{game} is not recorded live yet, import its .{extension} files: gametelemetry import FILE.{extension}"
    )]
    ImportOnly {
        /// The game.
        game: &'static str,
        /// The files' extension.
        extension: &'static str,
    },
}

/// The game called `id`, in any case.
#[must_use]
pub fn find(id: &str) -> Option<&'static dyn Game> {
    GAMES.iter().copied().find(|game| game.info().id.eq_ignore_ascii_case(id))
}

/// Every game that publishes at this moment.
pub fn running(prefix: &str) -> impl Iterator<Item = &'static dyn Game> {
    GAMES.iter().copied().filter(move |game| game.is_running(prefix))
}

/// The source `info` of datagrams, listening as `options` say. A heartbeat and a decoder are the game's to add.
pub(crate) fn datagrams(
    info: &SourceInfo,
    schema: &'static Schema,
    options: &RecordOptions,
    enable: &str,
) -> NetworkSource {
    let (port, over_network) = match info.transport {
        Transport::Udp { port, over_network, .. } => (port, over_network),
        _ => (0, false),
    };
    let usual = over_network.then_some(Ipv4Addr::UNSPECIFIED.into());
    let source = NetworkSource::udp(options.port.unwrap_or(port), Arc::new(schema.clone()))
        .name(info.name)
        .allow(&options.allow)
        .forward(&options.forward)
        .fail_fast(options.fail_fast)
        .hint(enable);
    // What nobody names is the source's own choice: loopback, or any interface for a multicast group.
    match options.listen.or(usual) {
        Some(address) => source.listen(address),
        None => source,
    }
}

/// The first `size` bytes of `region`; `None` when it is not there or smaller.
pub(crate) fn peek(prefix: &str, region: &str, size: usize) -> Option<Vec<u8>> {
    let region = Region::open(&format!("{prefix}{region}")).ok()?;
    let mut bytes = vec![0; size];
    region.copy(0, &mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use gametelemetry::channel;

    #[test]
    fn games_are_listed_once_in_the_order_of_their_names() {
        let ids: Vec<_> = GAMES.iter().map(|game| game.info().id).collect();
        assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
        assert!(ids.iter().all(|id| find(&id.to_uppercase()).is_some()));
    }

    #[test]
    fn every_game_speaks_of_channels_that_the_table_has() {
        for game in GAMES {
            let info = game.info();
            let mapped = info.channels.iter().map(|mapping| mapping.channel.as_ref());
            for name in mapped.chain(info.not_available.iter().map(|&(name, _)| name)) {
                assert!(channel(name).is_some(), "{}: {name}", info.id);
            }
        }
    }

    #[test]
    fn every_mapping_leads_to_a_field_that_its_source_has() {
        for game in GAMES {
            let (info, schemas) = (game.info(), game.schemas());
            for mapping in info.channels.iter().filter(|_| !schemas.is_empty()) {
                let schema = schemas.iter().find(|(source, _)| *source == mapping.source);
                let fields = schema.map_or_else(Vec::new, |(_, schema)| fields_of(schema, &mapping.field));
                assert!(!fields.is_empty(), "{}: {mapping:?}", info.id);
                for field in fields {
                    let is_there = mapping.element.unwrap_or(0) < field.count || field.pointer.is_some();
                    assert!(is_there, "{}: {mapping:?}", info.id);
                }
            }
        }
    }

    /// The fields called `name`, or `kind/name`, of all kinds.
    fn fields_of<'a>(schema: &'a Schema, name: &str) -> Vec<&'a gametelemetry::Field> {
        let (kind, name) = name.split_once('/').map_or((None, name), |(kind, name)| (Some(kind), name));
        let kinds = schema.kinds.iter().filter(|it| kind.is_none_or(|kind| it.name == kind));
        let of_kinds = kinds.flat_map(|kind| &kind.fields);
        let plain = schema.fields.iter().filter(|_| kind.is_none());
        plain.chain(of_kinds).filter(|field| field.name == name).collect()
    }

    #[test]
    fn every_schema_holds_together() {
        for (game, (source, schema)) in
            GAMES.iter().flat_map(|game| game.schemas().into_iter().map(move |it| (game, it)))
        {
            schema.check().unwrap_or_else(|error| panic!("{} {source}: {error}", game.info().id));
        }
    }

    #[test]
    fn a_source_that_a_game_does_not_have_is_refused_with_those_it_has() {
        let options = RecordOptions { sources: vec!["fysics".to_owned()], ..RecordOptions::default() };
        let error = crate::acc::GAME.record(GameSession::new("acc"), &options).err().unwrap();
        let expected = "acc has no source fysics, it has physics, graphics, static, combined";
        assert_eq!(error.to_string(), expected);
    }
}

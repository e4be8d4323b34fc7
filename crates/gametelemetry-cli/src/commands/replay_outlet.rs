//! Where `replay` puts the records of one source: what its game would do, or what the recording says.
//!
//! A recording of a format that a user wrote says itself how its frames came; those of built-in games need not, and
//! those of an earlier version do not.

use std::rc::Rc;

use anyhow::{Context as _, Result, bail};
use gametelemetry::{FrameSize, RecordedFraming, RecordedTransport, Schema, SessionReader};
use gametelemetry_games::{Game, Transport, WrittenGame, find, with_token};

use crate::args::Replay;
use crate::formats;
use crate::publish::{Answers, Datagrams, Posts, Regions, Stream};

/// Where the records of one source go.
pub(super) enum Outlet {
    /// As the game sends them: the source's name and its game, when the records are kept in another form.
    Datagrams(Datagrams, Option<(String, &'static dyn Game)>),
    Messages(Stream, RecordedFraming),
    /// With the token that the receiver wants.
    Posts(Posts, Option<String>),
    /// The server, and the path that the records answer.
    Answers(Rc<Answers>, String),
    /// The regions by their numbers, each with the bytes it takes of a frame.
    Pages {
        regions: Vec<(usize, usize)>,
        counter_bytes: usize,
    },
    /// The records are about files, which nobody is sent.
    Files,
}

/// Makes outlets, of which some share a server or a set of regions.
pub(super) struct Outlets<'a> {
    args: &'a Replay,
    /// What the user says of how the frames came.
    said: Option<RecordedTransport>,
    pub(super) regions: Regions,
    server: Option<Rc<Answers>>,
}

impl<'a> Outlets<'a> {
    pub(super) fn new(args: &'a Replay) -> Result<Self> {
        let said = match &args.format {
            Some(path) => {
                let transport = WrittenGame::new(formats::load(path)?).recorded_transport();
                Some(transport.with_context(|| {
                    format!(
                        "the format does not say how its packets come: add `transport` to it: {}",
                        path.display()
                    )
                })?)
            }
            None => None,
        };
        Ok(Self { args, said, regions: Regions::new(None, 1), server: None })
    }

    /// Where the records of the source `name` go.
    pub(super) fn open(&mut self, name: &str, reader: &SessionReader) -> Result<Outlet> {
        let header = reader.header();
        if let Some(transport) = self.said.clone().or_else(|| header.transport.clone()) {
            return self.recorded(name, &transport, reader.schema());
        }
        let game = find(&header.game);
        let transport = game.and_then(|game| {
            game.info().sources.iter().find(|source| source.name == name).map(|source| source.transport)
        });
        let Some((game, transport)) = game.zip(transport) else {
            bail!(
                "how {name} of {} came is not in the recording: say it with --format and the packet format it was \
                 recorded with",
                header.game
            )
        };
        match transport {
            Transport::SharedMemory { regions } => {
                let names: Vec<String> = regions.iter().map(|&region| region.to_owned()).collect();
                self.pages(&names, &game.page_sizes(name), reader.schema())
            }
            Transport::Udp { port, heartbeat_port, .. } => {
                let datagrams = self.datagrams(port, heartbeat_port, None)?;
                Ok(Outlet::Datagrams(datagrams, Some((name.to_owned(), game))))
            }
            Transport::HttpPush { port } => self.posts(port),
            Transport::HttpPolling { urls } => {
                let url = urls.first().and_then(|url| url.strip_prefix("http://")?.split_once('/'));
                let (address, path) = url.unwrap_or_default();
                self.answers(address, &format!("/{path}"))
            }
            Transport::Files { .. } => Ok(Outlet::Files),
            _ => bail!(
                "{name} of {} came from a file of the game, so there is nobody to play it back to",
                header.game
            ),
        }
    }

    /// Where records go that came as `transport` says.
    fn recorded(&mut self, name: &str, transport: &RecordedTransport, schema: &Schema) -> Result<Outlet> {
        match transport {
            RecordedTransport::Udp { port, group, asked_at } => {
                let group = group.map(|group| group.to_string());
                Ok(Outlet::Datagrams(self.datagrams(*port, *asked_at, group.as_deref())?, None))
            }
            RecordedTransport::Tcp { port, framing } => {
                let address = self.address(&format!("127.0.0.1:{port}"));
                Ok(Outlet::Messages(Stream::serve(&address)?, framing.clone()))
            }
            RecordedTransport::SharedMemory { region } => {
                if self.args.to.is_some() {
                    bail!("{name} came from shared memory, which is on this machine only: leave out --to")
                }
                self.pages(std::slice::from_ref(region), &[], schema)
            }
            RecordedTransport::HttpPush { port } => self.posts(*port),
            RecordedTransport::HttpPolling { port, path } => self.answers(&format!("127.0.0.1:{port}"), path),
            _ => bail!(
                "{name} came by a way that this version does not know: play it back with the version that recorded it, \
                 or a later one"
            ),
        }
    }

    /// What the user says, or the `usual` address.
    fn address(&self, usual: &str) -> String {
        self.args.to.clone().unwrap_or_else(|| usual.to_owned())
    }

    fn datagrams(&self, port: u16, asked_at: Option<u16>, group: Option<&str>) -> Result<Datagrams> {
        match (&self.args.to, asked_at) {
            (Some(to), _) => Datagrams::to(to),
            (None, Some(asked_at)) => Datagrams::to_askers(asked_at, port),
            (None, None) => match group {
                Some(group) if group.contains(':') => Datagrams::to(&format!("[{group}]:{port}")),
                group => Datagrams::to(&format!("{}:{port}", group.unwrap_or("127.0.0.1"))),
            },
        }
    }

    fn posts(&self, port: u16) -> Result<Outlet> {
        let to = self.address(&format!("127.0.0.1:{port}"));
        Ok(Outlet::Posts(Posts::to(format!("http://{to}/"))?, self.args.token.clone()))
    }

    fn answers(&mut self, address: &str, path: &str) -> Result<Outlet> {
        let server = match &self.server {
            Some(server) => Rc::clone(server),
            None => Rc::clone(self.server.insert(Rc::new(Answers::serve(&self.address(address))?))),
        };
        Ok(Outlet::Answers(server, path.to_owned()))
    }

    /// Publishes the regions of one source.
    fn pages(&mut self, names: &[String], sizes: &[usize], schema: &Schema) -> Result<Outlet> {
        let FrameSize::Fixed(frame_size) = schema.size else {
            bail!("frames of {} have no fixed size, so they are no shared memory", schema.name)
        };
        let whole = [frame_size as usize];
        let sizes = if sizes.is_empty() { &whole } else { sizes };
        let prefix = &self.args.regions.region_prefix;
        let mut made = Vec::new();
        for (place, &size) in names.iter().zip(sizes) {
            made.push((self.regions.create(&format!("{prefix}{place}"), size)?, size));
        }
        let counter = schema.counter.as_deref().and_then(|name| schema.field(name));
        // Only a counter at the start can be written last.
        let counter_bytes =
            counter.filter(|field| field.offset == 0).map_or(0, |field| field.kind.size() as usize);
        Ok(Outlet::Pages { regions: made, counter_bytes })
    }
}

impl Outlet {
    /// Takes in who asks, or connects, now.
    pub(super) fn look_around(&mut self) {
        match self {
            Self::Datagrams(datagrams, _) => datagrams.take_heartbeats(|_| {}),
            Self::Messages(stream, _) => stream.take_clients(),
            _ => {}
        }
    }

    /// Whether anybody would get a record, as far as that can be known.
    pub(super) fn has_receiver(&self) -> bool {
        match self {
            Self::Datagrams(datagrams, _) => datagrams.has_receiver(),
            Self::Messages(stream, _) => stream.has_receiver(),
            _ => true,
        }
    }

    /// Plays one record.
    pub(super) fn publish(&mut self, record: &[u8], shared: &mut Regions) -> Result<()> {
        match self {
            Self::Datagrams(datagrams, Some((source, game))) => datagrams.send(&game.packet(source, record)),
            Self::Datagrams(datagrams, None) => datagrams.send(record),
            Self::Messages(stream, framing) => {
                let message = framing.message(record).with_context(|| {
                    format!(
                        "a record of {} bytes is too long for the number that stands before it",
                        record.len()
                    )
                })?;
                stream.send(&message);
            }
            Self::Posts(posts, token) => {
                let told = token.as_deref().and_then(|token| with_token(record, token));
                posts.send(String::from_utf8_lossy(told.as_deref().unwrap_or(record)).into_owned());
            }
            Self::Answers(answers, path) => answers.set(path, String::from_utf8_lossy(record).into_owned()),
            Self::Pages { regions, counter_bytes } => {
                let mut rest = record;
                for &(region, size) in regions.iter() {
                    let (page, behind) = rest.split_at(size.min(rest.len()));
                    shared.publish(region, page, *counter_bytes);
                    rest = behind;
                }
            }
            Self::Files => {}
        }
        Ok(())
    }
}

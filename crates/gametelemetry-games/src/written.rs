//! A packet format that a user wrote, as a [`Game`]: recorded by the same way as those that are built in.
//!
//! What a game says of itself lives as long as the program; what is read from a file is therefore kept for good. A
//! program reads one format or a few.

use std::sync::Arc;

use gametelemetry::format::{self, PacketFormat};
use gametelemetry::{
    Boundary, FrameSize, Framing, GameSession, Greeting, Heartbeat, MemoryMappedFileSource, NetworkSource,
    RecordedFraming, RecordedTransport, Schema,
};

use crate::game::{Game, GameInfo, Rates, RecordError, RecordOptions, SourceInfo, Transport};

/// A game that a user described; see [`WrittenGame::new`].
#[derive(Debug)]
pub struct WrittenGame {
    info: GameInfo,
    transport: Option<format::Transport>,
    source: &'static SourceInfo,
    schema: &'static Schema,
}

impl WrittenGame {
    /// The game of `format`, kept until the program ends.
    #[must_use]
    pub fn new(format: PacketFormat) -> &'static Self {
        let PacketFormat { name, title, enable, source, transport, schema, channels } = format;
        let keep = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
        let info = SourceInfo {
            name: keep(source),
            gives: keep(schema.name.clone()),
            transport: transport_of(transport.as_ref(), keep),
            rates: match &transport {
                Some(format::Transport::SharedMemory(memory)) => {
                    Some(Rates { default_hz: memory.hz, highest_hz: memory.hz.max(1000.0) })
                }
                _ => None,
            },
            by_default: true,
        };
        let sources: &'static [SourceInfo; 1] = Box::leak(Box::new([info]));
        let [source] = sources;
        let id = keep(name);
        let info = GameInfo {
            id,
            name: if title.is_empty() { id } else { keep(title) },
            sources,
            enable: keep(enable),
            channels: Box::leak(channels.into_boxed_slice()),
            not_available: &[],
        };
        Box::leak(Box::new(Self { info, transport, source, schema: Box::leak(Box::new(schema)) }))
    }
}

/// How the source is shown; a format without a transport is not recorded.
fn transport_of(transport: Option<&format::Transport>, keep: impl Fn(String) -> &'static str) -> Transport {
    match transport {
        Some(format::Transport::Udp(udp)) => Transport::Udp {
            port: udp.port,
            heartbeat_port: udp.ask.as_ref().map(|ask| ask.port),
            over_network: false,
        },
        Some(format::Transport::Tcp(tcp)) => Transport::Tcp { connect: keep(tcp.connect.clone()) },
        Some(format::Transport::SharedMemory(memory)) => {
            Transport::SharedMemory { regions: Box::leak(Box::new([keep(memory.map.clone())])) }
        }
        _ => Transport::None,
    }
}

impl Game for WrittenGame {
    fn info(&self) -> GameInfo {
        self.info
    }

    fn record(&self, session: GameSession, options: &RecordOptions) -> Result<GameSession, RecordError> {
        options.check(&self.info)?;
        let mut session = session.channels(self.info.channels);
        if let Some(transport) = self.recorded_transport() {
            session = session.came_by(self.source.name, transport);
        }
        match &self.transport {
            Some(format::Transport::Udp(udp)) => Ok(session.source(self.datagrams(udp, options))),
            Some(format::Transport::Tcp(tcp)) => Ok(session.source(self.stream(tcp, options))),
            Some(format::Transport::SharedMemory(memory)) => {
                let FrameSize::Fixed(size) = self.schema.size else {
                    return Err(RecordError::NoTransport { format: self.info.id });
                };
                let source =
                    MemoryMappedFileSource::of_schema(self.schema.clone(), &[(&memory.map, size as usize)]);
                let source = source
                    .name(self.source.name)
                    .hz(options.rate(self.source))
                    .prefix(&options.prefix)
                    .guard(options.guard)
                    .fail_fast(options.fail_fast)
                    .keep_unchanged(options.keep_unchanged)
                    .hint(self.info.enable);
                Ok(session.source(source))
            }
            _ => Err(RecordError::NoTransport { format: self.info.id }),
        }
    }

    fn schemas(&self) -> Vec<(&'static str, &'static Schema)> {
        vec![(self.source.name, self.schema)]
    }
}

impl WrittenGame {
    /// How its frames come, as a recording keeps it; `None` for a format that does not say so.
    #[must_use]
    pub fn recorded_transport(&self) -> Option<RecordedTransport> {
        match self.transport.as_ref()? {
            format::Transport::Udp(udp) => Some(RecordedTransport::Udp {
                port: udp.port,
                group: udp.multicast,
                asked_at: udp.ask.as_ref().map(|ask| ask.port),
            }),
            format::Transport::Tcp(tcp) => {
                let (_, port) = tcp.connect.rsplit_once(':')?;
                Some(RecordedTransport::Tcp { port: port.parse().ok()?, framing: recorded(&tcp.framing) })
            }
            format::Transport::SharedMemory(memory) => {
                Some(RecordedTransport::SharedMemory { region: memory.map.clone() })
            }
            _ => None,
        }
    }

    fn datagrams(&self, udp: &format::Udp, options: &RecordOptions) -> NetworkSource {
        let mut source = crate::game::datagrams(self.source, self.schema, options, self.info.enable);
        if let Some(group) = udp.multicast {
            source = source.multicast(group);
        }
        let Some(ask) = &udp.ask else { return source };
        let host = options.host.as_deref().unwrap_or(&ask.host);
        let to = format!("{host}:{}", ask.port);
        if !ask.greeting.is_empty() {
            source = source.greeting(Greeting { to: to.clone(), messages: ask.greeting.clone() });
        }
        if let Some((message, every)) = &ask.heartbeat {
            source = source.heartbeat(Heartbeat { to, message: message.clone(), every: *every });
        }
        source
    }

    fn stream(&self, tcp: &format::Tcp, options: &RecordOptions) -> NetworkSource {
        let (host, port) = tcp.connect.rsplit_once(':').unwrap_or((&tcp.connect, ""));
        let host = options.host.as_deref().unwrap_or(host);
        let port = options.port.map_or_else(|| port.to_owned(), |port| port.to_string());
        let connect = format!("{host}:{port}");
        let source = NetworkSource::tcp(&connect, tcp.framing.clone(), Arc::new(self.schema.clone()))
            .name(self.source.name)
            .forward(&options.forward)
            .fail_fast(options.fail_fast)
            .hint(self.info.enable);
        let messages = tcp.greeting.clone();
        if messages.is_empty() { source } else { source.greeting(Greeting { to: connect, messages }) }
    }
}

/// `framing` as a recording keeps it.
fn recorded(framing: &Framing) -> RecordedFraming {
    match &framing.boundary {
        &Boundary::Length { bytes, big_endian, includes_itself, offset } => {
            RecordedFraming::Length { bytes, big_endian, includes_itself, offset }
        }
        Boundary::Delimiter(delimiter) => RecordedFraming::Delimiter(delimiter.clone()),
    }
}

//! [`HttpPushSource`]: the server that a game POSTs its state to.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, Instant};

use gametelemetry_file::{MessageCounts, RawFrame, Schema};

use super::connection::{Accept, Rules};
use super::inbox::Inbox;
use super::request::HttpLimits;
use super::server::Server;
use crate::clock;
use crate::{Quality, Sample, SessionPlace, SourceDescription, SourceError, StopToken, TelemetrySource};

/// How often a source that nothing comes to looks whether it was stopped.
const LOOK: Duration = Duration::from_millis(50);
/// How long a game has to be heard of when the user does not want to wait for it.
const FAIL_FAST: Duration = Duration::from_secs(3);
/// Connections at once; a game has one or two.
const CONNECTIONS: usize = 8;
/// Bodies of the longest kind that may wait to be taken.
const WAITING: usize = 4;

/// Listens on a port of this machine, and gives the body of each POST as a frame.
///
/// Only JSON is taken. The sender is answered as soon as the body has come, and waits for no disk. Requests are
/// bounded: 16 KiB of head, [`max_body`](Self::max_body) of body, five seconds from the first byte to the last, eight
/// connections at once; a page in a browser is refused. All that waits in memory is below 200 MiB, whoever sends.
///
/// Of the counts, `kinds` has what was taken and `refused` every request that was not: no HTTP, no POST, no JSON, too
/// long, without the right token, from a sender that is not allowed, or more than could be taken.
///
/// ```
/// # use gametelemetry::{FrameSize, HttpPushSource, Schema};
/// let schema = Schema::new("State", FrameSize::Variable { max: 1 << 20 });
/// let mut source = HttpPushSource::new(0, schema.into()).token("/auth/token", "secret").hide("/auth");
/// println!("send to http://{}/", source.open()?);
/// # Ok::<(), gametelemetry::SourceError>(())
/// ```
pub struct HttpPushSource {
    name: String,
    schema: Arc<Schema>,
    listen: IpAddr,
    port: u16,
    allow: Vec<IpAddr>,
    most: u32,
    patience: Duration,
    token: Option<(String, String)>,
    secrets: Vec<String>,
    accept: Option<Accept>,
    hint: String,
    fail_fast: bool,
    inbox: Arc<Inbox>,
    server: Option<Server>,
    frame: RawFrame,
    /// When the first frame was asked for.
    since: Option<Instant>,
    quality: Quality,
}

impl HttpPushSource {
    /// Listens on `port` of the loopback address (0 takes any that is free); each body is a frame of `schema`.
    #[must_use]
    pub fn new(port: u16, schema: Arc<Schema>) -> Self {
        Self {
            name: schema.name.to_lowercase(),
            listen: Ipv4Addr::LOCALHOST.into(),
            port,
            allow: Vec::new(),
            most: 4 << 20,
            patience: Duration::from_secs(5),
            token: None,
            secrets: Vec::new(),
            accept: None,
            hint: "start the game and switch its telemetry on".to_owned(),
            fail_fast: false,
            inbox: Arc::new(Inbox::new(0)),
            server: None,
            frame: RawFrame::new(Arc::clone(&schema)),
            schema,
            since: None,
            quality: Quality { messages: Some(MessageCounts::default()), ..Quality::default() },
        }
    }

    /// Names the source and its file; the schema's name in lower case unless set.
    #[must_use]
    pub fn name(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// Listens on `address` of this machine; `0.0.0.0` listens on all, which games on other devices need.
    #[must_use]
    pub fn listen(mut self, address: IpAddr) -> Self {
        self.listen = address;
        self
    }

    /// Listens to these senders only; to all when empty.
    #[must_use]
    pub fn allow(mut self, senders: &[IpAddr]) -> Self {
        self.allow = senders.to_vec();
        self
    }

    /// Takes bodies of at most `bytes`; 4 MiB unless set, and never more than a frame of the schema may have. The
    /// sender of a longer one is told so (status 413).
    #[must_use]
    pub fn max_body(mut self, bytes: u32) -> Self {
        self.most = bytes;
        self
    }

    /// Gives a request so long from its first byte to its last; five seconds unless set.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Takes only bodies that have the text `expected` at `pointer` (as `/auth/token`); others are answered 401
    /// without a token and 403 with a wrong one. The token itself is not kept, as [`hide`](Self::hide) says.
    #[must_use]
    pub fn token(mut self, pointer: &str, expected: &str) -> Self {
        self.token = Some((pointer.to_owned(), expected.to_owned()));
        self.hide(pointer)
    }

    /// Keeps `"***"` in the place of what a body has at `pointer`, or of each member of it when it is an object; the
    /// rest stays byte for byte. Pointers go through members of objects only.
    #[must_use]
    pub fn hide(mut self, pointer: &str) -> Self {
        self.secrets.push(pointer.to_owned());
        self
    }

    /// Takes only bodies for which `accept` gives `true`; others are answered 403. It is asked on the connection's
    /// thread, before anything is hidden.
    #[must_use]
    pub fn accept(mut self, accept: impl Fn(&[u8]) -> bool + Send + Sync + 'static) -> Self {
        self.accept = Some(Accept(Box::new(accept)));
        self
    }

    /// What the user must do for the game to send.
    #[must_use]
    pub fn hint(mut self, hint: &str) -> Self {
        hint.clone_into(&mut self.hint);
        self
    }

    /// Fails when nothing comes within three seconds, instead of waiting.
    #[must_use]
    pub fn fail_fast(mut self, fail_fast: bool) -> Self {
        self.fail_fast = fail_fast;
        self
    }

    /// Begins to listen, and says where; [`TelemetrySource::begin`] does so unless it was done before.
    ///
    /// # Errors
    /// When the port is taken, or there is no such address here.
    pub fn open(&mut self) -> Result<SocketAddr, SourceError> {
        if let Some(server) = &self.server {
            return Ok(server.address());
        }
        let wanted = SocketAddr::new(self.listen, self.port);
        let server = TcpListener::bind(wanted).and_then(|listener| {
            let body = self.most.min(self.schema.size.max());
            let room = usize::try_from(body).unwrap_or(usize::MAX).saturating_mul(WAITING);
            self.inbox = Arc::new(Inbox::new(room));
            Server::start(listener, self.rules(body), Arc::clone(&self.inbox))
        });
        let server = server.map_err(|source| {
            let address = wanted.to_string();
            match source.kind() {
                io::ErrorKind::AddrInUse => SourceError::PortTaken { address, source },
                _ => SourceError::Address { address, source },
            }
        })?;
        Ok(self.server.insert(server).address())
    }

    fn rules(&mut self, body: u32) -> Rules {
        Rules {
            schema: Arc::clone(&self.schema),
            limits: HttpLimits { body: u64::from(body), ..HttpLimits::default() },
            allow: self.allow.clone(),
            most_connections: CONNECTIONS,
            patience: self.patience,
            // Games tell that they live every 10 to 30 seconds.
            idle: Duration::from_secs(120),
            token: self.token.clone(),
            secrets: self.secrets.clone(),
            accept: self.accept.take(),
        }
    }

    fn count(&mut self) {
        let (counts, notices) = self.inbox.counted();
        (self.quality.messages, self.quality.notices) = (Some(counts), notices);
    }

    fn waited_in_vain(&mut self) -> bool {
        let since = *self.since.get_or_insert_with(clock::monotonic);
        self.fail_fast && self.quality.looks == 0 && since.elapsed() >= FAIL_FAST
    }
}

impl TelemetrySource for HttpPushSource {
    type Frame = RawFrame;

    fn describe(&self) -> SourceDescription {
        SourceDescription::new(&self.name, self.schema.as_ref().clone())
    }

    fn begin(&mut self, _place: &SessionPlace) -> Result<(), SourceError> {
        self.open().map(|address| tracing::info!(source = %self.name, %address, "listening"))
    }

    fn next_frame(&mut self, stop: &StopToken) -> Result<Option<Sample<'_, RawFrame>>, SourceError> {
        let address = self.open()?;
        while !stop.is_stopped() {
            if let Some(message) = self.inbox.take(LOOK) {
                self.quality.attached = 1;
                self.quality.looks += 1;
                self.count();
                *self.frame.bytes_mut() = message.body;
                return Ok(Some(Sample { taken: Some(message.taken), ..Sample::new(&self.frame) }));
            }
            if self.waited_in_vain() {
                let what = format!("a game that sends to http://{address}/");
                return Err(SourceError::NotRunning { what, hint: self.hint.clone() });
            }
        }
        self.count();
        Ok(None)
    }

    fn quality(&self) -> Option<&Quality> {
        Some(&self.quality)
    }
}

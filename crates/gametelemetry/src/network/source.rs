//! [`NetworkSource`]: the builder, and the loop that takes one message after the other.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, ToSocketAddrs as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

use gametelemetry_file::{MessageCounts, RawFrame, Schema, Telemetry as _, Timestamp};

use super::drops::DropCounter;
use super::forward::Forwarder;
use super::tcp::{TcpOptions, TcpReceiver};
use super::tracker::{Noticed, Tracker};
use super::udp::{Arrived, UdpOptions, UdpReceiver};
use super::{Forward, Framing};
use crate::clock;
use crate::{Quality, Sample, SessionPlace, SourceDescription, SourceError, StopToken, TelemetrySource};

/// How often groups are looked at whose time may be over.
const LOOK_AROUND: Duration = Duration::from_millis(50);
/// How often the system is asked what it dropped, and the counts are made up: as often as the ledger takes them.
const REPORT_EVERY: Duration = Duration::from_millis(250);
/// A game from which nothing comes is greeted so often.
const GREET_EVERY: Duration = Duration::from_secs(3);
/// With [`NetworkSource::fail_fast`]: the game is not there when nothing has come by then.
const GIVE_UP_AFTER: Duration = Duration::from_secs(3);

/// What a game that wants to be asked for its packets is sent, again and again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heartbeat {
    /// Where the game listens, as `192.168.1.20:33739`.
    pub to: String,
    /// What it is sent.
    pub message: Vec<u8>,
    /// How often.
    pub every: Duration,
}

/// What a game is told before it sends: a handshake, a subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Greeting {
    /// Where the game listens; over TCP it is told on the connection, and this means nothing.
    pub to: String,
    /// What it is sent, in this order: after connecting over TCP; over UDP at the start, and again whenever nothing has
    /// come for three seconds, because the game may have been started since.
    pub messages: Vec<Vec<u8>>,
}

/// Turns a datagram as it came into the one that is kept, so that the schema can describe it; gives whether it could.
/// Whatever it does must be reversible, or a recording could not be replayed.
pub type DecodeDatagram = fn(&mut Vec<u8>) -> bool;

/// Gets messages over UDP or TCP; each is recorded as it came, with the time of its arrival.
///
/// ```no_run
/// # use gametelemetry::{FrameSize, GameSession, NetworkSource, Schema};
/// # fn main() -> Result<(), gametelemetry::SessionError> {
/// let schema = Schema::opaque("OutGauge", FrameSize::Variable { max: 96 });
/// let source = NetworkSource::udp(30_000, schema.into());
/// let session = GameSession::new("lfs").source(source).start()?;
/// # Ok(())
/// # }
/// ```
pub struct NetworkSource {
    name: String,
    schema: Arc<Schema>,
    link: Link,
    allow: Vec<IpAddr>,
    forward: Vec<Forward>,
    heartbeat: Option<Heartbeat>,
    greeting: Option<Greeting>,
    decode: Option<DecodeDatagram>,
    hint: String,
    fail_fast: bool,
    frame: RawFrame,
    open: Option<Open>,
    tracker: Tracker,
    messages: MessageCounts,
    quality: Quality,
}

/// How messages come.
enum Link {
    Udp(UdpOptions),
    Tcp(TcpOptions),
}

impl std::fmt::Display for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Udp(options) => write!(f, "UDP port {}", options.port),
            Self::Tcp(options) => write!(f, "TCP {}", options.connect),
        }
    }
}

/// What takes them.
enum Receiver {
    Udp(UdpReceiver),
    Tcp(Box<TcpReceiver>),
}

impl Receiver {
    fn receive(&mut self, stop: &StopToken) -> io::Result<Option<Arrived>> {
        match self {
            Self::Udp(receiver) => receiver.receive(stop),
            Self::Tcp(receiver) => receiver.receive(stop),
        }
    }

    fn bytes(&self, arrived: &Arrived) -> &[u8] {
        match self {
            Self::Udp(receiver) => receiver.bytes(arrived),
            Self::Tcp(receiver) => receiver.bytes(),
        }
    }

    /// Whether further datagrams were taken with the last one.
    fn has_more(&self) -> bool {
        self.udp().is_some_and(UdpReceiver::has_more)
    }

    fn is_in_rush(&self) -> bool {
        self.udp().is_some_and(UdpReceiver::is_in_rush)
    }

    /// The socket of datagrams.
    fn udp(&self) -> Option<&UdpReceiver> {
        match self {
            Self::Udp(receiver) => Some(receiver),
            Self::Tcp(_) => None,
        }
    }
}

/// What there is while a session runs.
struct Open {
    receiver: Receiver,
    forwarder: Forwarder,
    drops: Option<DropCounter>,
    asks: Vec<Asks>,
    /// When the last datagram came, or the game was greeted last.
    heard: Instant,
    started: Instant,
    looked_around: Instant,
    reported: Instant,
}

/// What is sent to the game again and again.
struct Asks {
    to: SocketAddr,
    messages: Vec<Vec<u8>>,
    every: Duration,
    next: Instant,
    /// Only while nothing comes.
    only_in_silence: bool,
}

impl NetworkSource {
    /// Gets the datagrams that come to `port` of the loopback address; each is a frame of `schema`.
    #[must_use]
    pub fn udp(port: u16, schema: Arc<Schema>) -> Self {
        Self::new(Link::Udp(UdpOptions::new(port)), schema)
    }

    /// Connects to `connect` (as `127.0.0.1:50000`), again and again until the game is there, and cuts what comes
    /// into messages as `framing` says; each is a frame of `schema`.
    #[must_use]
    pub fn tcp(connect: &str, framing: Framing, schema: Arc<Schema>) -> Self {
        Self::new(Link::Tcp(TcpOptions { connect: connect.to_owned(), framing }), schema)
    }

    fn new(link: Link, schema: Arc<Schema>) -> Self {
        Self {
            name: "packets".to_owned(),
            frame: RawFrame::new(Arc::clone(&schema)),
            tracker: Tracker::new(Arc::clone(&schema)),
            schema,
            link,
            allow: Vec::new(),
            forward: Vec::new(),
            heartbeat: None,
            greeting: None,
            decode: None,
            hint: "start the game and switch its telemetry on".to_owned(),
            fail_fast: false,
            open: None,
            messages: MessageCounts::default(),
            quality: Quality { messages: Some(MessageCounts::default()), ..Quality::default() },
        }
    }

    /// Names the source and its file; `packets` unless set.
    #[must_use]
    pub fn name(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// Listens on `address` of this machine; `0.0.0.0` listens on all, which games on other devices need.
    #[must_use]
    pub fn listen(mut self, address: IpAddr) -> Self {
        if let Link::Udp(options) = &mut self.link {
            options.listen = Some(address);
        }
        self
    }

    /// Joins the multicast group `group`, which many programs may listen to at a time: on the interface that
    /// [`NetworkSource::listen`] names, else on the system's choice (of a group of IPv6 always). Datagrams that are sent
    /// to this machine and not to the group are not taken, but on Windows and of a group of one link (`ff02::…`), where
    /// no socket tells them apart.
    #[must_use]
    pub fn multicast(mut self, group: IpAddr) -> Self {
        if let Link::Udp(options) = &mut self.link {
            options.multicast = Some(group);
        }
        self
    }

    /// Listens to these senders only; to all when empty.
    #[must_use]
    pub fn allow(mut self, senders: &[IpAddr]) -> Self {
        self.allow = senders.to_vec();
        self
    }

    /// Sends each datagram on, byte for byte as it came.
    #[must_use]
    pub fn forward(mut self, receivers: &[Forward]) -> Self {
        self.forward = receivers.to_vec();
        self
    }

    /// Asks the game for its packets.
    #[must_use]
    pub fn heartbeat(mut self, heartbeat: Heartbeat) -> Self {
        self.heartbeat = Some(heartbeat);
        self
    }

    /// Tells the game to send.
    #[must_use]
    pub fn greeting(mut self, greeting: Greeting) -> Self {
        self.greeting = Some(greeting);
        self
    }

    /// Keeps each datagram in the form that `decode` gives it.
    #[must_use]
    pub fn decode(mut self, decode: DecodeDatagram) -> Self {
        self.decode = Some(decode);
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
}

impl NetworkSource {
    /// Takes in what has arrived; gives whether it is a frame.
    fn accept(&mut self, arrived: &Arrived, now: Instant) -> Option<Noticed> {
        let open = self.open.as_mut()?;
        if !self.allow.is_empty() && !self.allow.contains(&arrived.from.ip().to_canonical()) {
            self.messages.refused += 1;
            return None;
        }
        open.heard = now;
        let datagram = open.receiver.bytes(arrived);
        self.messages.truncated += u64::from(arrived.is_cut);
        let bytes = self.frame.bytes_mut();
        bytes.clear();
        bytes.extend_from_slice(datagram);
        if self.decode.is_some_and(|decode| !decode(bytes)) {
            // What cannot be decoded is kept as it came.
            bytes.clear();
            bytes.extend_from_slice(datagram);
        }
        let noticed = self.tracker.push(moment(open.started, now), self.frame.as_bytes());
        open.forwarder.push(noticed.kind, datagram);
        if self.quality.looks == 0 {
            self.quality.attached = self.quality.attached.max(1);
            tracing::info!(source = %self.name, from = %arrived.from, "the first packet came");
        }
        self.quality.looks += 1;
        Some(noticed)
    }

    /// Sends on what came together, once all of it was looked at.
    fn send_on(&mut self) {
        if let Some(open) = self.open.as_mut().filter(|open| !open.receiver.has_more()) {
            self.messages.not_forwarded += open.forwarder.send();
        }
    }

    /// What is done now and then, also while nothing comes.
    fn look_around(&mut self, now: Instant) {
        let Some(open) = &mut self.open else { return };
        for asks in open.asks.iter_mut().filter(|asks| now >= asks.next) {
            asks.next = now + asks.every;
            let is_silent = now.duration_since(open.heard) >= asks.every || self.quality.looks == 0;
            if asks.only_in_silence && !is_silent {
                continue;
            }
            if let Some(receiver) = open.receiver.udp() {
                // A console that is off is asked again the next time.
                let mut messages = asks.messages.iter();
                messages.all(|message| receiver.socket().send_to(message, asks.to).is_ok());
            }
        }
        if now.duration_since(open.looked_around) < LOOK_AROUND {
            return;
        }
        open.looked_around = now;
        self.tracker.tick(moment(open.started, now));
        if now.duration_since(open.reported) >= REPORT_EVERY {
            open.reported = now;
            self.report();
        }
    }

    /// Brings the counts up to date.
    fn report(&mut self) {
        let Some(open) = &self.open else { return };
        if let Receiver::Tcp(receiver) = &open.receiver {
            self.quality.attached = receiver.connected;
            self.messages.truncated = receiver.impossible;
            if let Some(complaint) =
                receiver.complaint.as_ref().filter(|it| !self.quality.notices.contains(it))
            {
                self.quality.notices.push(complaint.clone());
            }
        }
        if let Some(dropped) = open.drops.as_ref().and_then(DropCounter::read) {
            if dropped > 0 && self.messages.dropped_by_system.unwrap_or(0) == 0 {
                let granted = open.receiver.udp().map_or(0, UdpReceiver::granted_buffer);
                self.quality.notices.push(buffer_notice(granted));
            }
            self.messages.dropped_by_system = Some(dropped);
        }
        self.tracker.report(&mut self.messages);
        self.quality.messages = Some(self.messages.clone());
    }

    fn gives_up(&self) -> bool {
        let waits = self.fail_fast && self.quality.looks == 0;
        waits && self.open.as_ref().is_some_and(|open| open.started.elapsed() >= GIVE_UP_AFTER)
    }

    fn asks(&self) -> Result<Vec<Asks>, SourceError> {
        let Link::Udp(options) = &self.link else { return Ok(Vec::new()) };
        let mut asks = Vec::new();
        let mut add = |to: &str, messages: Vec<Vec<u8>>, every, only_in_silence| {
            let failed = |source| SourceError::Heartbeat { to: to.to_owned(), source };
            let mut addresses = to.to_socket_addrs().map_err(failed)?;
            // The socket is of one family.
            let to = addresses.find(|to| to.is_ipv4() == options.address().is_ipv4());
            let to = to.ok_or_else(|| failed(io::Error::from(io::ErrorKind::NotFound)))?;
            asks.push(Asks { to, messages, every, next: clock::monotonic(), only_in_silence });
            Ok(())
        };
        if let Some(greeting) = &self.greeting {
            add(&greeting.to, greeting.messages.clone(), GREET_EVERY, true)?;
        }
        if let Some(heartbeat) = &self.heartbeat {
            add(&heartbeat.to, vec![heartbeat.message.clone()], heartbeat.every, false)?;
        }
        Ok(asks)
    }
}

fn buffer_notice(granted: usize) -> String {
    format!(
        "the system dropped packets because they came faster than they could be taken; it holds {granted} bytes for \
         us, and more with `sysctl net.core.rmem_max=8388608`"
    )
}

/// The time since the source was started, as groups and reassembly count it.
fn moment(started: Instant, now: Instant) -> Timestamp {
    let ticks = now.saturating_duration_since(started).as_nanos() / 100;
    Timestamp::from_ticks(i64::try_from(ticks).unwrap_or(i64::MAX))
}

impl TelemetrySource for NetworkSource {
    type Frame = RawFrame;

    fn describe(&self) -> SourceDescription {
        SourceDescription::new(&self.name, self.schema.as_ref().clone())
    }

    fn begin(&mut self, _: &SessionPlace) -> Result<(), SourceError> {
        let (own, receiver) = match &self.link {
            Link::Udp(options) => {
                let own = options.address();
                (own, Receiver::Udp(UdpReceiver::open(options)?))
            }
            Link::Tcp(options) => {
                // No datagram can come back to a port 0.
                let own = SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), 0);
                let greeting = self.greeting.as_ref().map(|greeting| greeting.messages.concat());
                (own, Receiver::Tcp(Box::new(TcpReceiver::open(options, greeting.unwrap_or_default())?)))
            }
        };
        let now = clock::monotonic();
        self.open = Some(Open {
            drops: receiver.udp().and_then(|receiver| DropCounter::new(receiver.socket())),
            forwarder: Forwarder::open(&self.forward, own)?,
            asks: self.asks()?,
            receiver,
            heard: now,
            started: now,
            looked_around: now,
            reported: now,
        });
        Ok(())
    }

    fn next_frame(&mut self, stop: &StopToken) -> Result<Option<Sample<'_, RawFrame>>, SourceError> {
        let mut now = self.open.as_ref().map_or_else(clock::monotonic, |open| open.heard);
        while !stop.is_stopped() {
            self.look_around(now);
            if self.gives_up() {
                let what = format!("a packet on {}", self.link);
                return Err(SourceError::NotRunning { what, hint: self.hint.clone() });
            }
            let Some(open) = &mut self.open else { break };
            let arrived = open.receiver.receive(stop).map_err(|source| {
                let what = self.link.to_string();
                SourceError::Io { what, source }
            })?;
            // Asked once a packet: in a rush the clock would cost as much as the packet.
            now = clock::monotonic();
            let noticed = arrived.and_then(|arrived| self.accept(&arrived, now));
            self.send_on();
            let Some(noticed) = noticed else { continue };
            let rush = self.open.as_ref().is_some_and(|open| open.receiver.is_in_rush());
            return Ok(Some(Sample {
                taken: Some(now),
                rewind: noticed.rewind,
                rush,
                ..Sample::new(&self.frame)
            }));
        }
        self.tracker.finish();
        self.report();
        Ok(None)
    }

    fn quality(&self) -> Option<&Quality> {
        Some(&self.quality)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gametelemetry_file::FrameSize;
    use std::net::UdpSocket;

    #[test]
    fn a_datagram_that_was_cut_is_counted_and_kept() {
        let schema = Schema::opaque("Any", FrameSize::Variable { max: 200 });
        let mut source = NetworkSource::udp(0, Arc::new(schema));
        if let Link::Udp(options) = &mut source.link {
            options.largest = 100;
        }
        let folder = std::path::PathBuf::new();
        let place =
            SessionPlace { folder: folder.clone(), sessions: folder, game: String::new(), is_held: false };
        source.begin(&place).unwrap();
        let to = source.open.as_ref().unwrap().receiver.udp().unwrap().socket().local_addr().unwrap();
        let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
        for (size, kept, cut) in [(50, 50, 0), (180, 100, 1), (99, 99, 1)] {
            sender.send_to(&vec![3; size], to).unwrap();
            let sample = source.next_frame(&StopToken::new()).unwrap().unwrap();
            assert_eq!(sample.frame.as_bytes(), vec![3; kept]);
            assert_eq!(source.messages.truncated, cut);
        }
    }
}

//! [`NetworkSource`]: the builder, and the loop that takes one datagram after the other.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use gametelemetry_file::{MessageCounts, RawFrame, Schema};

use super::Forward;
use crate::{Quality, Sample, SessionPlace, SourceDescription, SourceError, StopToken, TelemetrySource};

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

/// Turns a datagram as it came into the one that is kept, so that the schema can describe it; gives whether it could.
/// Whatever it does must be reversible, or a recording could not be replayed.
pub type DecodeDatagram = fn(&mut Vec<u8>) -> bool;

/// Gets messages over UDP or TCP.
pub struct NetworkSource {
    name: String,
    schema: Arc<Schema>,
    port: u16,
    listen: IpAddr,
    allow: Vec<IpAddr>,
    forward: Vec<Forward>,
    heartbeat: Option<Heartbeat>,
    decode: Option<DecodeDatagram>,
    hint: String,
    fail_fast: bool,
    frame: RawFrame,
    socket: Option<UdpSocket>,
    quality: Quality,
}

impl NetworkSource {
    /// Gets the datagrams that come to `port` of the loopback address; each is a frame of `schema`.
    #[must_use]
    pub fn udp(port: u16, schema: Arc<Schema>) -> Self {
        Self {
            name: "packets".to_owned(),
            frame: RawFrame::new(Arc::clone(&schema)),
            schema,
            port,
            listen: Ipv4Addr::LOCALHOST.into(),
            allow: Vec::new(),
            forward: Vec::new(),
            heartbeat: None,
            decode: None,
            hint: "start the game and switch its telemetry on".to_owned(),
            fail_fast: false,
            socket: None,
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
        self.listen = address;
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

impl TelemetrySource for NetworkSource {
    type Frame = RawFrame;

    fn describe(&self) -> SourceDescription {
        SourceDescription::new(&self.name, self.schema.as_ref().clone())
    }

    fn begin(&mut self, _place: &SessionPlace) -> Result<(), SourceError> {
        let address = SocketAddr::new(self.listen, self.port);
        let socket = UdpSocket::bind(address)
            .and_then(|socket| socket.set_read_timeout(Some(Duration::from_millis(50))).map(|()| socket));
        let address = address.to_string();
        self.socket = Some(socket.map_err(|source| match source.kind() {
            io::ErrorKind::AddrInUse => SourceError::PortTaken { address, source },
            _ => SourceError::Address { address, source },
        })?);
        Ok(())
    }

    fn next_frame(&mut self, stop: &StopToken) -> Result<Option<Sample<'_, RawFrame>>, SourceError> {
        let Some(socket) = &self.socket else { return Ok(None) };
        let mut buffer = [0; 65_536];
        while !stop.is_stopped() {
            if let Ok((size, _)) = socket.recv_from(&mut buffer) {
                let bytes = self.frame.bytes_mut();
                bytes.clear();
                bytes.extend_from_slice(buffer.get(..size).unwrap_or_default());
                return Ok(Some(Sample::new(&self.frame)));
            }
        }
        Ok(None)
    }

    fn quality(&self) -> Option<&Quality> {
        Some(&self.quality)
    }
}

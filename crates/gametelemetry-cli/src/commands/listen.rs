//! Notices games that send: listens to every port that one of them sends to, and looks for those with a server.
//!
//! Only to find out which game runs; recording is the sources' own. A port that another program has is passed over.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::time::Duration;

use gametelemetry::{Recognized, Schema};
use gametelemetry_games::{GAMES, Game, Transport};

/// How long a server on this machine may take to answer.
const SERVER_ANSWERS: Duration = Duration::from_millis(20);
/// Datagrams of one port that are looked at in one go.
const AT_MOST: usize = 64;

/// Listens for games.
pub(crate) struct Listener {
    ports: Vec<Port>,
    servers: Vec<(SocketAddr, &'static dyn Game)>,
}

struct Port {
    number: u16,
    socket: UdpSocket,
    /// The games that send there, with their packets.
    games: Vec<(&'static dyn Game, &'static Schema)>,
}

impl Listener {
    /// Opens every port that is free.
    pub(crate) fn open() -> Self {
        let mut listener = Self { ports: Vec::new(), servers: Vec::new() };
        for &game in GAMES {
            let schemas = game.schemas();
            for source in game.info().sources {
                match source.transport {
                    // One that wants to be asked sends nothing by itself.
                    Transport::Udp { port, heartbeat_port: None, .. } => {
                        if let Some((_, schema)) = schemas.iter().find(|(name, _)| *name == source.name) {
                            listener.add(port, game, schema);
                        }
                    }
                    Transport::HttpPolling { urls } if source.by_default => {
                        listener.servers.extend(urls.iter().filter_map(|url| Some((server_of(url)?, game))));
                    }
                    _ => {}
                }
            }
        }
        listener
    }

    fn add(&mut self, number: u16, game: &'static dyn Game, schema: &'static Schema) {
        if let Some(port) = self.ports.iter_mut().find(|port| port.number == number) {
            port.games.push((game, schema));
            return;
        }
        let opened = UdpSocket::bind((Ipv4Addr::LOCALHOST, number));
        if let Some(socket) = opened.ok().filter(|socket| socket.set_nonblocking(true).is_ok()) {
            self.ports.push(Port { number, socket, games: vec![(game, schema)] });
        }
    }

    /// The games that have sent something since the last call, or whose server is there.
    pub(crate) fn heard(&mut self) -> Vec<&'static dyn Game> {
        let mut heard: Vec<&'static dyn Game> = Vec::new();
        let mut add = |game: &'static dyn Game| {
            if !heard.iter().any(|known| known.info().id == game.info().id) {
                heard.push(game);
            }
        };
        self.ports.iter().for_each(|port| port.hear(&mut add));
        for (address, game) in &self.servers {
            if TcpStream::connect_timeout(address, SERVER_ANSWERS).is_ok() {
                add(*game);
            }
        }
        heard
    }
}

impl Port {
    fn hear(&self, add: &mut impl FnMut(&'static dyn Game)) {
        let mut buffer = vec![0; 65_536];
        for _ in 0..AT_MOST {
            match self.socket.recv_from(&mut buffer) {
                Ok((size, _)) => {
                    let packet = buffer.get(..size).unwrap_or_default();
                    let knows = |schema: &Schema| matches!(schema.recognize(packet), Recognized::Kind(_));
                    self.games.iter().filter(|(_, schema)| knows(schema)).for_each(|(game, _)| add(*game));
                }
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => {}
                Err(_) => return,
            }
        }
    }
}

/// Where the server of `url` listens, if that is written as an address.
fn server_of(url: &str) -> Option<SocketAddr> {
    let (host, _) = url.strip_prefix("http://")?.split_once('/')?;
    host.parse().ok()
}

//! Listens on a port and gives each connection a thread, of which there are never more than a few.
//!
//! When every place is taken, the connection that has been silent longest between two requests makes room; when all
//! are busy, the new one is told to come later. Ends with its owner: the port is free then.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use super::connection::{self, Rules};
use super::inbox::Inbox;
use crate::clock;

/// How long the system may take to bring our own connection that ends the waiting for others.
const WAKE: Duration = Duration::from_secs(1);
/// A system that gives no connections (too many are open) is asked again after so long.
const AFTER_ERROR: Duration = Duration::from_millis(50);

/// A server that runs until it is dropped.
#[derive(Debug)]
pub(super) struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) rules: Rules,
    pub(super) inbox: Arc<Inbox>,
    connections: Mutex<Connections>,
    stopped: AtomicBool,
}

#[derive(Debug, Default)]
struct Connections {
    next: u64,
    open: BTreeMap<u64, Open>,
}

#[derive(Debug)]
struct Open {
    stream: TcpStream,
    /// Since when it waits for a request; `None` while one is under way.
    idle_since: Option<Instant>,
}

impl Server {
    /// Begins to accept on `listener`.
    pub(super) fn start(listener: TcpListener, rules: Rules, inbox: Arc<Inbox>) -> std::io::Result<Self> {
        let address = listener.local_addr()?;
        let shared =
            Arc::new(Shared { rules, inbox, connections: Mutex::default(), stopped: AtomicBool::new(false) });
        let of_thread = Arc::clone(&shared);
        let thread = Builder::new().name("http".to_owned()).spawn(move || accept(&listener, &of_thread))?;
        Ok(Self { address, shared, thread: Some(thread) })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::Release);
        for open in self.shared.connections().open.values() {
            let _ = open.stream.shutdown(Shutdown::Both);
        }
        // The thread waits for a connection: it gets one. Where even that fails, it is left alone, not waited for.
        let woken = TcpStream::connect_timeout(&reachable(self.address), WAKE);
        if let (Ok(_), Some(thread)) = (woken, self.thread.take()) {
            let _ = thread.join();
        }
    }
}

/// The address by which a listener on `address` is reached from this machine.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    };
    SocketAddr::new(ip, address.port())
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    while !shared.is_stopped() {
        match listener.accept() {
            Ok((stream, from)) if !shared.is_stopped() => admit(stream, from.ip(), shared),
            Ok(_) => {}
            Err(_) => std::thread::sleep(AFTER_ERROR),
        }
    }
}

fn admit(mut stream: TcpStream, from: IpAddr, shared: &Arc<Shared>) {
    if !shared.rules.allows(from) {
        shared.inbox.count(|counts| counts.refused += 1);
        return;
    }
    let Some(place) = shared.place_for(&stream) else {
        shared.inbox.count(|counts| counts.refused += 1);
        shared.inbox.notice("more programs sent at once than are listened to");
        // A few bytes into an empty buffer: this waits for nobody.
        let _ = stream.set_write_timeout(Some(AFTER_ERROR));
        let _ = stream.write_all(&connection::answer(503, false));
        return;
    };
    // Without a thread the place is given back, and the stream closed, as the closure is dropped.
    let _ =
        Builder::new().name("http connection".to_owned()).spawn(move || connection::serve(stream, &place));
}

impl Shared {
    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
    }

    /// A place among the connections; `None` when all are busy.
    fn place_for(self: &Arc<Self>, stream: &TcpStream) -> Option<Place> {
        let stream = stream.try_clone().ok()?;
        let mut connections = self.connections();
        if connections.open.len() >= self.rules.most_connections {
            let idle = connections.open.iter().filter_map(|(&number, open)| Some((open.idle_since?, number)));
            let (_, longest) = idle.min()?;
            let open = connections.open.remove(&longest)?;
            let _ = open.stream.shutdown(Shutdown::Both);
        }
        let number = connections.next;
        connections.next += 1;
        // Idle until its first byte: whoever only connects keeps nobody out.
        connections.open.insert(number, Open { stream, idle_since: Some(clock::monotonic()) });
        Some(Place { shared: Arc::clone(self), number })
    }

    fn connections(&self) -> MutexGuard<'_, Connections> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection's place, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) shared: Arc<Shared>,
    number: u64,
}

impl Place {
    /// The connection waits for its next request, or has one under way.
    pub(super) fn set_idle(&self, idle: bool) {
        if let Some(open) = self.shared.connections().open.get_mut(&self.number) {
            open.idle_since = idle.then(clock::monotonic);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.shared.connections().open.remove(&self.number);
    }
}

//! A proxy between the command and a server: writes down every request, and does to them what a plan says.
//!
//! The command speaks HTTP/1.1 with it on loopback. Each connection carries one request: the proxy says so in the answer,
//! and so learns from the connection's end whether the client took the whole answer. That is what `is_delivered` means,
//! and what "acknowledged" means to the tests.

use std::collections::BTreeMap;
use std::io::{self, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::clouds::faults::{Fault, Plan};
use crate::clouds::message::Message;

/// How long anything may take that is not meant to stall.
const PATIENCE: Duration = Duration::from_secs(60);

/// One request, as far as it came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entry {
    pub(crate) method: String,
    /// Path and query as they were sent.
    pub(crate) target: String,
    /// Bytes of the body that arrived here.
    pub(crate) sent_bytes: usize,
    pub(crate) fault: Option<Fault>,
    /// Whether the server got the whole of it.
    pub(crate) is_forwarded: bool,
    /// The status that went to the client.
    pub(crate) status: Option<u16>,
    /// Bytes of the answer's body that went to the client.
    pub(crate) served_bytes: usize,
    /// Whether the client took the whole answer.
    pub(crate) is_delivered: bool,
    /// How many requests had begun when its answer went out: those with this number and later ones know of it.
    pub(crate) answered_before: usize,
    has_ended: bool,
}

/// Where in a request's life a hook is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum When {
    /// The request is here, the server does not know of it.
    Before,
    /// The server has answered, the client does not know of it.
    After,
}

/// Called once, on the request's own thread; with `true` the request goes on, else its connection ends.
type Hook = Box<dyn FnOnce() -> bool + Send>;
/// An answer of the test's own instead of the server's, for requests that it knows by method and target.
type Answerer = Box<dyn Fn(&str, &str) -> Option<Message> + Send + Sync>;

/// A running proxy; ends with this value, and with it all its connections and threads.
pub(crate) struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

struct Shared {
    server: SocketAddr,
    state: Mutex<State>,
    /// Something in the state has changed.
    changed: Condvar,
    is_over: AtomicBool,
}

#[derive(Default)]
struct State {
    plan: Option<Plan>,
    entries: Vec<Entry>,
    hooks: BTreeMap<(usize, When), Hook>,
    answerer: Option<Arc<Answerer>>,
    /// Clones of what is open, to break it at the end.
    open: BTreeMap<usize, TcpStream>,
    connections: usize,
    threads: Vec<JoinHandle<()>>,
}

impl Proxy {
    /// Listens on loopback, at a port of the system's choice.
    pub(crate) fn start(server: SocketAddr, plan: Plan) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Mutex::new(State { plan: Some(plan), ..State::default() });
        let shared =
            Arc::new(Shared { server, state, changed: Condvar::new(), is_over: AtomicBool::new(false) });
        let acceptor = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || accept(&listener, &shared))
        };
        Self { address, shared, acceptor: Some(acceptor) }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on requests suffer what another plan says.
    pub(crate) fn set_plan(&self, plan: Plan) {
        self.shared.lock().plan = Some(plan);
    }

    /// Has `hook` called when request `number` (from 0) is so far.
    pub(crate) fn at(&self, number: usize, when: When, hook: impl FnOnce() -> bool + Send + 'static) {
        self.shared.lock().hooks.insert((number, when), Box::new(hook));
    }

    /// Has requests answered by `answerer` instead of the server, where it has an answer.
    pub(crate) fn answer_by(&self, answerer: impl Fn(&str, &str) -> Option<Message> + Send + Sync + 'static) {
        self.shared.lock().answerer = Some(Arc::new(Box::new(answerer)));
    }

    /// Every request so far, by number; waits until none is under way.
    pub(crate) fn log(&self) -> Vec<Entry> {
        let state = self.shared.lock();
        let (state, waited) =
            self.shared.changed.wait_timeout_while(state, PATIENCE, |state| state.connections > 0).unwrap();
        assert!(!waited.timed_out(), "connections are still open: {:#?}", state.entries);
        state.entries.clone()
    }

    /// Every request so far, without waiting for any.
    pub(crate) fn seen(&self) -> Vec<Entry> {
        self.shared.lock().entries.clone()
    }

    /// Forgets what is written down; the next request has the number 0 again.
    pub(crate) fn clear(&self) -> Vec<Entry> {
        let log = self.log();
        self.shared.lock().entries.clear();
        log
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::SeqCst);
        for stream in self.shared.lock().open.values() {
            let _ = stream.shutdown(Shutdown::Both);
        }
        self.shared.changed.notify_all();
        // Wakes the acceptor, which looks whether it is over.
        let _ = TcpStream::connect(self.address);
        let _ = self.acceptor.take().map(JoinHandle::join);
        let threads = std::mem::take(&mut self.shared.lock().threads);
        for thread in threads {
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn note(&self, number: usize, change: impl FnOnce(&mut Entry)) {
        change(&mut self.lock().entries[number]);
    }

    /// Keeps a clone of the stream while it is used, so that the end of the proxy breaks it.
    fn open(&self, id: usize, stream: &TcpStream) -> io::Result<()> {
        self.lock().open.insert(id, stream.try_clone()?);
        if self.is_over.load(Ordering::SeqCst) { Err(io::ErrorKind::Interrupted.into()) } else { Ok(()) }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for (id, stream) in listener.incoming().flatten().enumerate() {
        if shared.is_over.load(Ordering::SeqCst) {
            return;
        }
        let of_thread = Arc::clone(shared);
        let mut state = shared.lock();
        state.connections += 1;
        state.threads.push(thread::spawn(move || {
            // An error is a connection that ended, which is all that the client is to see of it.
            let _ = serve(&of_thread, id, stream);
            let mut state = of_thread.lock();
            state.open.remove(&(2 * id));
            state.open.remove(&(2 * id + 1));
            state.connections -= 1;
            of_thread.changed.notify_all();
        }));
    }
}

/// The one request of a connection.
fn serve(shared: &Shared, id: usize, mut client: TcpStream) -> io::Result<()> {
    shared.open(2 * id, &client)?;
    client.set_read_timeout(Some(PATIENCE))?;
    let mut reader = BufReader::new(client.try_clone()?);
    let Some(mut request) = Message::read_request_head(&mut reader)? else { return Ok(()) };
    let (method, target) = request.request_line().unwrap_or_default();
    let number = begin(shared, &method, &target);
    let mut exchange = Exchange { shared, id, number, method, target };
    let ended = exchange.run(&mut client, &mut reader, &mut request);
    shared.note(number, |entry| entry.has_ended = true);
    shared.changed.notify_all();
    ended
}

fn begin(shared: &Shared, method: &str, target: &str) -> usize {
    let mut state = shared.lock();
    let number = state.entries.len();
    let fault = state.plan.as_ref().and_then(|plan| plan.fault(number));
    let (method, target) = (method.to_owned(), target.to_owned());
    state.entries.push(Entry { method, target, fault, ..Entry::default() });
    number
}

/// One request and what becomes of it.
struct Exchange<'a> {
    shared: &'a Shared,
    id: usize,
    number: usize,
    method: String,
    target: String,
}

impl Exchange<'_> {
    fn run(
        &mut self,
        client: &mut TcpStream,
        reader: &mut BufReader<TcpStream>,
        request: &mut Message,
    ) -> io::Result<()> {
        let fault = self.shared.lock().entries[self.number].fault;
        if fault == Some(Fault::CutBody) && request.header("content-length").is_some() {
            request.read_half_body(reader)?;
            let _ = self.send(request);
            return reset(client);
        }
        request.read_body(reader)?;
        self.shared.note(self.number, |entry| entry.sent_bytes = request.body.len());
        if !self.hook(When::Before) {
            return reset(client);
        }
        let own = self.own_answer();
        match (fault, own) {
            (_, Some(answer)) => self.deliver(client, &answer),
            (Some(Fault::DropBefore | Fault::CutBody), _) => reset(client),
            (Some(Fault::Stall), _) => wait_for_end(client),
            (Some(Fault::Answer { status, says_when }), _) => {
                let headers: &[(&str, &str)] = if says_when { &[("Retry-After", "1")] } else { &[] };
                self.deliver(client, &Message::answer(status, headers, "trouble"))
            }
            (fault, None) => self.pass(client, request, fault),
        }
    }

    /// Has the server answer, and hands on as much of it as the fault leaves.
    fn pass(&mut self, client: &mut TcpStream, request: &Message, fault: Option<Fault>) -> io::Result<()> {
        match fault {
            Some(Fault::Delay(time)) => thread::sleep(time),
            Some(Fault::Hold(time)) => self.hold(time),
            _ => {}
        }
        let Ok(mut server) = self.send(request).map(BufReader::new) else { return reset(client) };
        let Ok(answer) = Message::read_answer(&mut server, &self.method) else { return reset(client) };
        self.shared.note(self.number, |entry| entry.is_forwarded = true);
        if !self.hook(When::After) {
            return reset(client);
        }
        match fault {
            Some(Fault::DropAfter) => reset(client),
            Some(Fault::StallAnswer) => wait_for_end(client),
            Some(Fault::CutAnswer) => {
                let bytes = answer.closing();
                client.write_all(&bytes[..bytes.len() / 2])?;
                reset(client)
            }
            Some(Fault::TruncateAnswer) => {
                let bytes = answer.closing();
                // At least one byte is missing; an answer without a body loses part of its head.
                let kept = (bytes.len() - answer.body.len().div_ceil(2)).min(bytes.len() - 1);
                client.write_all(&bytes[..kept])?;
                client.shutdown(Shutdown::Write)?;
                wait_for_end(client)
            }
            _ => self.deliver(client, &answer),
        }
    }

    /// The request to the server, on a connection of its own.
    fn send(&self, request: &Message) -> io::Result<TcpStream> {
        let mut server = TcpStream::connect(self.shared.server)?;
        self.shared.open(2 * self.id + 1, &server)?;
        server.set_read_timeout(Some(PATIENCE))?;
        server.write_all(&request.closing())?;
        Ok(server)
    }

    /// The whole answer to the client; notes whether it took that.
    fn deliver(&self, client: &mut TcpStream, answer: &Message) -> io::Result<()> {
        let mut state = self.shared.lock();
        let begun = state.entries.len();
        let entry = &mut state.entries[self.number];
        (entry.status, entry.answered_before) = (answer.status(), begun);
        drop(state);
        client.write_all(&answer.closing())?;
        client.shutdown(Shutdown::Write)?;
        // A client that has read to the end closes in order; one that gave up before leaves bytes unread, and its
        // system says so.
        wait_for_end(client)?;
        self.shared.note(self.number, |entry| {
            (entry.is_delivered, entry.served_bytes) = (true, answer.body.len());
        });
        Ok(())
    }

    /// Waits until a later request has ended.
    fn hold(&self, time: Duration) {
        let state = self.shared.lock();
        let is_last = |state: &mut State| {
            let mut later = state.entries.iter().skip(self.number + 1);
            !self.shared.is_over.load(Ordering::SeqCst) && !later.any(|entry| entry.has_ended)
        };
        drop(self.shared.changed.wait_timeout_while(state, time, is_last).unwrap());
    }

    fn hook(&self, when: When) -> bool {
        let hook = self.shared.lock().hooks.remove(&(self.number, when));
        hook.is_none_or(|hook| hook())
    }

    fn own_answer(&self) -> Option<Message> {
        let answerer = self.shared.lock().answerer.clone()?;
        answerer(&self.method, &self.target)
    }
}

/// Reads and forgets until the other side closes; an error when it did so out of order.
fn wait_for_end(client: &mut TcpStream) -> io::Result<()> {
    io::copy(&mut client.take(u64::MAX), &mut io::sink()).map(drop)
}

/// Ends the connection so that the client sees it break.
///
/// The standard library cannot ask for a reset; closing while bytes are unread gives one, and otherwise the client sees
/// an end in the middle of what it waits for, which is as bad.
fn reset(client: &TcpStream) -> io::Result<()> {
    client.shutdown(Shutdown::Both)
}

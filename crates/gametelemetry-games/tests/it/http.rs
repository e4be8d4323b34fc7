//! A game's web server and a game that POSTs, over real sockets, for the games that speak HTTP; and what a session
//! recorded of them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use gametelemetry::{GameSession, RunningSession, SessionReader, clock};
use gametelemetry_games::{Game, RecordOptions, Simulator};

/// A simulated game's web server: each request lets a tenth of a second pass in the game.
pub(crate) struct WebServer {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    game: Mutex<Box<dyn Simulator>>,
    /// What was answered, by path; each answer that differs from the one before.
    answered: Mutex<BTreeMap<String, Vec<String>>>,
    stopped: AtomicBool,
}

impl WebServer {
    pub(crate) fn of(game: Box<dyn Simulator>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            game: Mutex::new(game),
            answered: Mutex::default(),
            stopped: AtomicBool::new(false),
        });
        let of_thread = Arc::clone(&shared);
        let thread = std::thread::spawn(move || {
            let mut threads = Vec::new();
            for stream in listener.incoming().flatten() {
                if of_thread.stopped.load(Ordering::SeqCst) {
                    break;
                }
                let shared = Arc::clone(&of_thread);
                threads.push(std::thread::spawn(move || answer(stream, &shared)));
            }
            threads.into_iter().for_each(|thread| thread.join().unwrap());
        });
        Self { address, shared, thread: Some(thread) }
    }

    /// What was answered to `path`, without repetitions.
    pub(crate) fn answered(&self, path: &str) -> Vec<String> {
        self.shared.answered.lock().unwrap().get(path).cloned().unwrap_or_default()
    }
}

impl Drop for WebServer {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        self.thread.take().unwrap().join().unwrap();
    }
}

fn answer(mut stream: TcpStream, shared: &Shared) {
    stream.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
    while let Some(path) = head(&mut stream).split(' ').nth(1).map(str::to_owned) {
        let body = {
            let mut game = shared.game.lock().unwrap();
            game.step(0.1);
            game.answer(&path)
        };
        let response = match &body {
            Some(body) => format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()),
            None => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned(),
        };
        if let Some(body) = body {
            let mut answered = shared.answered.lock().unwrap();
            let answers = answered.entry(path).or_default();
            if answers.last() != Some(&body) {
                answers.push(body);
            }
        }
        if stream.write_all(response.as_bytes()).is_err() {
            return;
        }
    }
}

/// The head of the next message; empty when there is none.
fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return String::new(),
        }
    }
    String::from_utf8(head).unwrap()
}

/// Sends what a game would, and gives the status that it is answered.
pub(crate) fn post(stream: &mut TcpStream, body: &str) -> u16 {
    let request =
        format!("POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    stream.write_all(request.as_bytes()).unwrap();
    head(stream).split(' ').nth(1).unwrap().parse().unwrap()
}

/// Records a game that POSTs on a port that is free; gives a connection to it.
pub(crate) fn listen(game: &dyn Game, token: &str, out: &Path) -> (RunningSession, TcpStream) {
    for _ in 0..20 {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let options =
            RecordOptions { port: Some(port), token: Some(token.to_owned()), ..RecordOptions::default() };
        let session = game.record(GameSession::new(game.info().id), &options).unwrap().save_to(out);
        // Somebody else may have taken it since.
        if let Ok(session) = session.start() {
            return (session, TcpStream::connect(("127.0.0.1", port)).unwrap());
        }
    }
    panic!("no port is free");
}

/// Waits until `condition` holds; a minute is longer than any honest wait.
pub(crate) fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let start = clock::monotonic();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(180), "{what} did not happen");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// The records of a session file, as texts; they must be described by the schema that the file has.
pub(crate) fn texts(file: &Path) -> Vec<String> {
    let mut reader = SessionReader::new(File::open(file).unwrap()).unwrap();
    reader.schema().check().unwrap();
    let mut texts = Vec::new();
    while let Some(record) = reader.next_record().unwrap() {
        texts.push(String::from_utf8(record.data.to_vec()).unwrap());
    }
    texts
}

//! `HttpPollingSource` against a server that stalls, closes, answers nonsense, goes away and comes back.

use std::io::Write;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use gametelemetry::{
    HttpPollingSource, PackedFrame, SessionError, SourceError, StopToken, Telemetry, TelemetrySource, clock,
    telemetry,
};

use super::{read_head, record, schema, texts};
use crate::support::{folder, wait_until};

/// What the server does with a request.
#[derive(Clone, Debug)]
enum Answer {
    Body(String),
    Status(u16),
    /// Bytes that are no HTTP.
    Garbage,
    /// Nothing.
    Stall,
    /// The end of the connection, in the middle of a body.
    Cut,
}

#[derive(Debug)]
struct Shared {
    answer: Mutex<Answer>,
    connections: AtomicUsize,
    requests: AtomicUsize,
    stopped: AtomicBool,
}

/// A game's server on a thread, as long as it lives.
struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    fn start(to: &str, answer: Answer) -> Self {
        let listener = TcpListener::bind(to).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            answer: Mutex::new(answer),
            connections: AtomicUsize::new(0),
            requests: AtomicUsize::new(0),
            stopped: AtomicBool::new(false),
        });
        let of_thread = Arc::clone(&shared);
        let thread = std::thread::spawn(move || accept(&listener, &of_thread));
        Self { address, shared, thread: Some(thread) }
    }

    fn url(&self) -> String {
        format!("http://{}/state", self.address)
    }

    fn answers(&self, answer: Answer) {
        *self.shared.answer.lock().unwrap() = answer;
    }

    /// Answers so, and waits until it was asked three times more.
    fn answers_for_a_while(&self, answer: Answer) {
        self.answers(answer.clone());
        let before = self.requests();
        wait_until(&format!("requests answered by {answer:?}"), || self.requests() >= before + 3);
    }

    fn requests(&self) -> usize {
        self.shared.requests.load(Ordering::SeqCst)
    }

    fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        self.thread.take().unwrap().join().unwrap();
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    let mut threads = Vec::new();
    while !shared.stopped.load(Ordering::SeqCst) {
        if let Ok((stream, _)) = listener.accept() {
            let shared = Arc::clone(shared);
            shared.connections.fetch_add(1, Ordering::SeqCst);
            threads.push(std::thread::spawn(move || serve(stream, &shared)));
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}

fn serve(mut stream: TcpStream, shared: &Shared) {
    stream.set_nonblocking(false).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
    while !shared.stopped.load(Ordering::SeqCst)
        && read_head(&mut stream).starts_with("GET /state HTTP/1.1\r\n")
    {
        let answer = shared.answer.lock().unwrap().clone();
        shared.requests.fetch_add(1, Ordering::SeqCst);
        let text = match answer {
            Answer::Body(ref body) => {
                format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len())
            }
            Answer::Status(status) => format!("HTTP/1.1 {status} X\r\nContent-Length: 2\r\n\r\n{{}}"),
            Answer::Garbage => "\0\u{1}\u{2} 220 ftp ready\r\n\r\n".to_owned(),
            Answer::Stall => {
                std::thread::sleep(Duration::from_millis(200));
                return;
            }
            Answer::Cut => "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"n\":".to_owned(),
        };
        if stream.write_all(text.as_bytes()).is_err()
            || !matches!(answer, Answer::Body(_) | Answer::Status(_))
        {
            return;
        }
    }
}

fn body(n: u32) -> Answer {
    Answer::Body(format!("{{\"n\": {n}, \"text\":\"\\u00e4\"}}"))
}

fn source(server: &Server) -> HttpPollingSource {
    HttpPollingSource::new(&server.url(), schema().into()).hz(200.0).patience(Duration::from_millis(100))
}

#[test]
fn each_new_answer_is_recorded_once_over_one_connection() {
    let (out, server) = (folder("http_new"), Server::start("127.0.0.1:0", body(1)));
    let session = record(source(&server), out.path());
    for n in 2..=5 {
        wait_until("an answer recorded", || session.status()[0].1.frames == u64::from(n) - 1);
        server.answers_for_a_while(body(n - 1));
        server.answers(body(n));
    }
    wait_until("the last answer recorded", || session.status()[0].1.frames == 5);
    let summary = session.stop().unwrap();
    let expected: Vec<_> = (1..=5).map(|n| format!("{{\"n\": {n}, \"text\":\"\\u00e4\"}}")).collect();
    assert_eq!(texts(&summary.folder), expected);
    let ledger = &summary.sources[0].ledger;
    assert_eq!((ledger.looks, ledger.frames), (ledger.frames + ledger.unchanged, 5));
    assert!(ledger.unchanged > 0 && ledger.lateness.count() >= ledger.looks && ledger.attached == 1);
    assert_eq!(ledger.messages.as_ref().unwrap().kinds["State"].received, ledger.looks);
    assert_eq!(server.connections(), 1);
}

#[test]
fn unchanged_answers_are_kept_when_asked_for() {
    let (out, server) = (folder("http_unchanged"), Server::start("127.0.0.1:0", body(1)));
    let session = record(source(&server).keep_unchanged(true), out.path());
    wait_until("records", || session.status()[0].1.frames >= 5);
    assert_eq!(session.stop().unwrap().sources[0].ledger.unchanged, 0);
}

#[test]
fn a_server_that_misbehaves_costs_only_its_bad_answers() {
    let (out, server) = (folder("http_bad"), Server::start("127.0.0.1:0", body(1)));
    let session = record(source(&server).max_body(1000), out.path());
    let frames = || session.status()[0].1.frames;
    wait_until("the first record", || frames() == 1);
    let nonsense = [
        Answer::Status(500),
        Answer::Status(302),
        Answer::Body("<html>".to_owned()),
        Answer::Body("9".repeat(1001)),
        Answer::Garbage,
        Answer::Stall,
        Answer::Cut,
    ];
    for (answer, n) in nonsense.into_iter().zip(2..) {
        server.answers_for_a_while(answer);
        server.answers(body(n));
        wait_until("a good answer again", || frames() == u64::from(n));
    }
    let summary = session.stop().unwrap();
    assert_eq!(texts(&summary.folder).len(), 8);
    let ledger = &summary.sources[0].ledger;
    let counts = ledger.messages.as_ref().unwrap();
    assert!(counts.refused >= 9 && counts.kinds["State"].wrong_size >= 3, "{counts:?}");
    assert_eq!(ledger.looks, ledger.frames + ledger.unchanged);
    assert!(ledger.attached >= 4, "{ledger:?}");
    let notices = ledger.notices.join("\n");
    for said in ["status 500", "status 302", "no JSON", "longer than 1000 bytes"] {
        assert!(notices.contains(said), "{notices}");
    }
}

#[test]
fn a_game_that_goes_away_is_found_again() {
    let (out, server) = (folder("http_away"), Server::start("127.0.0.1:0", body(1)));
    let session = record(source(&server), out.path());
    let attached = || session.status()[0].1.attached;
    wait_until("the game being there", || session.status()[0].1.frames == 1);
    let address = server.address.to_string();
    drop(server);
    let server = Server::start(&address, body(2));
    wait_until("the game being back", || session.status()[0].1.frames == 2);
    assert!(attached() <= 2);
    drop(server);
    assert_eq!(texts(&session.stop().unwrap().folder).len(), 2);
}

#[test]
fn a_game_that_is_not_there_is_asked_more_and_more_seldom() {
    let server = Server::start("127.0.0.1:0", Answer::Garbage);
    let stop = StopToken::new();
    let start = clock::monotonic();
    let mut source = source(&server).hz(10_000.0);
    let of_thread = stop.clone();
    let asking = std::thread::spawn(move || source.next_frame(&of_thread).map(|frame| frame.is_none()));
    wait_until("four requests", || server.connections() >= 4);
    // The waits before the second, third and fourth are 100, 200 and 400 ms, a quarter less at the least.
    assert!(start.elapsed() >= Duration::from_millis(525));
    stop.stop();
    assert!(asking.join().unwrap().unwrap());
}

#[test]
fn fail_fast_says_what_to_start() {
    let (out, server) = (folder("http_fail_fast"), Server::start("127.0.0.1:0", body(1)));
    let source = source(&server).fail_fast(true).hint("start War Thunder");
    let url = server.url();
    drop(server);
    let session = record(source, out.path());
    session.wait();
    let error = session.stop().unwrap_err();
    let SessionError::Source { source: SourceError::NotRunning { what, hint }, .. } = &error else {
        panic!("{error:?}");
    };
    assert_eq!((what, hint.as_str()), (&url, "start War Thunder"));
}

/// What is wanted of an answer.
#[telemetry(size = 4)]
struct Number {
    /// The number.
    n: u32,
}

fn number(json: &serde_json::Value) -> Option<Number> {
    let mut number = Number::zeroed();
    number.set_n(u32::try_from(json.get("n")?.as_u64()?).ok()?);
    Some(number)
}

#[test]
fn a_typed_source_gives_the_user_s_own_frames() {
    let server = Server::start("127.0.0.1:0", body(7));
    let mut source = HttpPollingSource::<Number>::typed(&server.url(), number).hz(200.0);
    assert_eq!(source.describe().schema, *Number::schema());
    let stop = StopToken::new();
    let frame = *source.next_frame(&stop).unwrap().unwrap().frame;
    assert_eq!((frame.n(), Telemetry::as_bytes(&frame)), (7, [7, 0, 0, 0].as_slice()));
    server.answers_for_a_while_of(&mut source, Answer::Body("{}".to_owned()), body(8));
    assert!(source.quality().unwrap().messages.as_ref().unwrap().unknown >= 1);
}

impl Server {
    /// Answers by something without a frame, then by a frame, while `source` waits for one.
    fn answers_for_a_while_of(&self, source: &mut HttpPollingSource<Number>, without: Answer, with: Answer) {
        self.answers(without.clone());
        std::thread::scope(|scope| {
            scope.spawn(|| {
                self.answers_for_a_while(without);
                self.answers(with);
            });
            assert_eq!(source.next_frame(&StopToken::new()).unwrap().unwrap().frame.n(), 8);
        });
    }
}

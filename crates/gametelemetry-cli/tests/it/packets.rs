//! Games that send: recorded from their port, sent on, treated badly on the way, and played back as they were.

use std::net::{TcpStream, UdpSocket};
use std::path::PathBuf;
use std::time::Duration;

use gametelemetry::files;
use gametelemetry_games::{acc, dirt, gt7};
use serde_json::Value;

use crate::support::{Place, Ran, Running, count, find, is_udp_port_taken, records, wait_until};

/// A port that nobody has at this moment.
pub(crate) fn free_port() -> u16 {
    UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A recorder that listens at a port of its own.
pub(crate) struct Recorder {
    running: Running,
    port: u16,
    out: String,
}

impl Recorder {
    pub(crate) fn start(place: &Place, game: &str, out: &str, more: &[&str]) -> Self {
        Self::start_until(place, game, out, more, is_udp_port_taken)
    }

    /// One that is posted to.
    pub(crate) fn start_http(place: &Place, game: &str, out: &str, more: &[&str]) -> Self {
        let answers = |port| TcpStream::connect(("127.0.0.1", port)).is_ok();
        Self::start_until(place, game, out, more, answers)
    }

    fn start_until(
        place: &Place,
        game: &str,
        out: &str,
        more: &[&str],
        listens: impl Fn(u16) -> bool,
    ) -> Self {
        let port = free_port();
        let port_text = port.to_string();
        let mut arguments = vec!["record"];
        arguments.extend(Some(game).filter(|game| !game.is_empty()));
        arguments.extend(["--json", "--port", &port_text, "--out", out]);
        // Ctrl+C cannot be sent to a Windows program under Wine.
        if !more.contains(&"--for") {
            arguments.extend(["--for", if cfg!(windows) { "8s" } else { "60s" }]);
        }
        arguments.extend(more);
        let mut running = place.start(arguments);
        wait_until("the recorder listens", || {
            assert!(running.is_running(), "{}", running.told());
            listens(port)
        });
        Self { running, port, out: out.to_owned() }
    }

    pub(crate) fn to(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Ends the recording when every packet has come; gives its summary.
    pub(crate) fn end(self, place: &Place, packets: u64) -> Value {
        let session = || place.sessions(&self.out).into_iter().next();
        wait_until("every packet recorded", || session().is_some_and(|it| recorded(&it) >= packets));
        self.stop()
    }

    /// Ends the recording; gives its summary.
    pub(crate) fn stop(self) -> Value {
        self.running.end().code(0).json()
    }
}

/// Records in the only file of a session that is being recorded.
pub(crate) fn recorded(session: &std::path::Path) -> u64 {
    let file = files::session_files(session).ok().and_then(|files| files.into_iter().next());
    // A file that has just been made is empty.
    let file = file.filter(|file| files::open(file).is_ok());
    file.map_or(0, |file| records(&file).len() as u64)
}

pub(crate) fn only_file(session: PathBuf) -> PathBuf {
    let mut found = files::session_files(&session).unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

/// The bytes of every record of the only session in `out`.
pub(crate) fn frames(place: &Place, out: &str) -> Vec<Vec<u8>> {
    records(&only_file(place.only_session(out))).into_iter().map(|(_, data)| data).collect()
}

pub(crate) fn simulate(place: &Place, arguments: &[&str]) -> Ran {
    place.run([&["simulate"], arguments, &["--json"]].concat()).code(0)
}

fn sent(ran: &Ran) -> u64 {
    count(&ran.json()["datagrams"]["packets"], "sent")
}

#[test]
fn a_session_played_back_over_loopback_is_recorded_byte_for_byte() {
    let place = Place::new();
    let recorder = Recorder::start(&place, "dirt", "first", &[]);
    let packets = sent(&simulate(&place, &["dirt", "--to", &recorder.to(), "--for", "2s"]));
    assert!(packets > 60, "{packets}");
    recorder.end(&place, packets);
    let first = frames(&place, "first");
    assert_eq!(first.len() as u64, packets);

    let recorder = Recorder::start(&place, "dirt", "second", &[]);
    let session = place.only_session("first");
    let session = session.to_str().unwrap();
    let played =
        place.run(["replay", session, "--to", &recorder.to(), "--speed", "2", "--json"]).code(0).json();
    assert_eq!(
        (count(&played, "records"), count(&played["datagrams"]["packets"], "sent")),
        (packets, packets)
    );
    recorder.end(&place, packets);
    assert!(frames(&place, "second") == first);

    // At twice the speed it took half the time.
    let span = |out: &str| {
        let records = records(&only_file(place.only_session(out)));
        records.last().unwrap().0.seconds_since(records[0].0)
    };
    let (first, second) = (span("first"), span("second"));
    assert!((0.35..0.9).contains(&(second / first)), "{first} s, {second} s");
    println!("{packets} packets, {first:.3} s, played in {second:.3} s, byte for byte the same");
}

#[test]
fn what_is_recorded_of_a_game_that_encrypts_is_played_back_as_it_travelled() {
    let place = Place::new();
    // The console's ports are fixed, so this is the only test that may use them.
    let record = |out: &str| {
        // Asked for once the console is there: it would be asked again only after five seconds.
        wait_until("the console listens", || is_udp_port_taken(gt7::HEARTBEAT_PORT));
        let arguments =
            ["record", "gt7", "--host", "127.0.0.1", "--listen", "127.0.0.1", "--json", "--out", out];
        place.run([&arguments[..], &["--for", "1500ms"]].concat())
    };
    let simulator = place.start(["simulate", "gt7", "--for", "5s", "--json"]);
    let summary = record("first").code(0).json();
    let (packets, recorded) = (sent(&simulator.wait()), count(&summary["sources"][0], "recorded"));
    assert!(recorded > 50 && packets >= recorded, "{packets} sent, {recorded} recorded");
    assert_eq!(count(&summary["sources"][0]["messages"]["kinds"]["c"], "lost"), 0);

    let session = place.only_session("first");
    let replay = place.start(["replay", session.to_str().unwrap()]);
    let _ = record("second").code(0);
    let _ = replay.wait().code(0);
    let (first, second) = (frames(&place, "first"), frames(&place, "second"));
    // The console sends for as long as it was asked; the recorder's time is over a little before or after.
    let both = first.len().min(second.len());
    assert!(both > 50 && first[..both] == second[..both], "{} and {} records", first.len(), second.len());
}

#[test]
fn shared_memory_is_played_back_under_the_game_s_names() {
    let place = Place::new();
    let simulator = place.simulate(&[]);
    let _ = place.run(["record", "acc", "--for", "2s", "--out", "first", "--source", "physics"]).code(0);
    drop(simulator.end());
    let session = place.only_session("first");
    let first = records(&only_file(session.clone()));
    let replay = place.start(["replay", session.to_str().unwrap(), "--json"]);
    let _ = place
        .run(["record", "acc", "--for", "1s", "--hz", "1000", "--out", "second", "--source", "physics"])
        .code(0);
    assert_eq!(count(&replay.wait().code(0).json(), "records"), first.len() as u64);
    let second = frames(&place, "second");
    // Each is one of those recorded first, whole; how many a loaded machine sees is its own affair.
    assert!(second.iter().all(|frame| first.iter().any(|(_, data)| data == frame)));
    assert!(second.len() > 50, "{} of {}", second.len(), first.len());
    assert!(second.iter().all(|frame| frame.len() == size_of::<acc::Physics>()));
}

#[test]
fn a_dashboard_gets_every_packet_while_it_is_recorded() {
    let place = Place::new();
    let dashboard = UdpSocket::bind("127.0.0.1:0").unwrap();
    dashboard.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let to = dashboard.local_addr().unwrap().to_string();
    let slow = UdpSocket::bind("127.0.0.1:0").unwrap();
    let slow_to = format!("{}@5", slow.local_addr().unwrap());
    let absent = format!("127.0.0.1:{}", free_port());
    let forward = ["--forward", &to, "--forward", &slow_to, "--forward", &absent];
    let recorder = Recorder::start(&place, "dirt", "out", &forward);
    let packets = sent(&simulate(&place, &["dirt", "--to", &recorder.to(), "--for", "2s"]));
    recorder.end(&place, packets);
    let mut buffer = vec![0; 2000];
    for frame in frames(&place, "out") {
        let size = dashboard.recv(&mut buffer).unwrap();
        assert!(buffer[..size] == frame);
    }
    slow.set_nonblocking(true).unwrap();
    let slowly = std::iter::from_fn(|| slow.recv(&mut buffer).ok()).count();
    assert!((8..=14).contains(&slowly), "{slowly} packets in 2 s at 5 Hz");
}

#[test]
fn a_game_that_sends_is_noticed_by_what_it_sends() {
    let place = Place::new();
    // To the game's own port: forza's is nobody else's.
    let simulator = place.start(["simulate", "forza", "--for", "8s"]);
    let running = |place: &Place| {
        find(&place.run(["games", "--json"]).code(0).json(), "id", "forza")["running"] == true
    };
    wait_until("the game noticed", || running(&place));
    let summary = place.run(["record", "--json", "--for", "1s", "--out", "auto"]).code(0).json();
    assert_eq!(summary["game"], "forza");
    assert!(count(&summary["sources"][0], "recorded") > 10);
    drop(simulator);
}

#[test]
fn what_cannot_be_listened_to_or_played_is_refused_with_what_to_do() {
    let place = Place::new();
    let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let _ = place
        .run(["record", "dirt", "--port", &port])
        .code(1)
        .says(&["is taken by another program", "--forward"]);
    assert_eq!(place.sessions("sessions").len(), 0, "no empty session is left behind");
    let _ = place.run(["record", "gt7"]).code(1).says(&["--host"]);
    let _ = place.run(["record", "dirt", "--forward", "rig"]).code(2).says(&["HOST:PORT"]);
    // Wine takes any address for one of its own.
    if cfg!(unix) {
        let ran = place.run(["record", "dirt", "--listen", "192.0.2.1"]).code(1);
        let _ = ran.says(&["cannot listen on 192.0.2.1", "0.0.0.0"]);
    }
    let _ = place.run(["replay", "nothing"]).code(1);
    let _ = place.run(["replay", ".", "--speed", "0"]).code(2).says(&["no speed"]);
    assert_eq!(dirt::PORT, 20_777);
}

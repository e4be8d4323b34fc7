//! `replay` brings back what was recorded, by the way it came: byte for byte, with its gaps, for built-in games and for
//! formats that a user wrote.

use std::io::Write as _;
use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use gametelemetry::shared_memory::PublishedRegion;
use gametelemetry::{
    BinarySessionWriter, Header, Ledger, RecordedTransport, SessionWriter as _, Timestamp, WriterOptions,
    clock, files,
};
use gametelemetry_games::{dirt, find as find_game};
use serde_json::Value;

use crate::packets::{Recorder, frames, free_port, only_file, recorded, simulate};
use crate::support::{Place, count, find, records, wait_until};

/// A format of a game that we do not ship: a counter and a speed.
fn written(place: &Place, transport: &str) -> String {
    let text = format!(
        "name = \"my_game\"\ntransport.{transport}\ncounter = \"number\"\nfields = [\n\
         {{ name = \"number\", type = \"u32\" }},\n\
         {{ name = \"speed_ms\", type = \"f32\", channel = \"speed\" }},\n]\n"
    );
    let path = place.path().join("my_game.toml");
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn frame(number: u32) -> Vec<u8> {
    [number.to_le_bytes(), (number as f32 * 1.5).to_le_bytes()].concat()
}

fn transport_of(session: &Path) -> Option<RecordedTransport> {
    files::open(&only_file(session.to_owned())).unwrap().header().transport.clone()
}

fn replay(place: &Place, out: &str, more: &[&str]) -> Value {
    let session = place.only_session(out);
    let arguments = [&["replay", session.to_str().unwrap(), "--json"], more].concat();
    place.run(arguments).code(0).json()
}

/// A recorder that finds its game by itself; gives the summary when it has `frames`.
fn wait_and_end(place: &Place, running: crate::support::Running, out: &str, frames: u64) -> Value {
    let session = || place.sessions(out).into_iter().next();
    wait_until("every frame recorded", || session().is_some_and(|it| recorded(&it) >= frames));
    running.end().code(0).json()
}

#[test]
fn datagrams_of_a_written_format_are_played_back_as_datagrams() {
    let place = Place::new();
    let format = written(&place, "udp = { port = 30000 }");
    let recorder = Recorder::start(&place, "", "first", &["--format", &format]);
    let game = UdpSocket::bind("127.0.0.1:0").unwrap();
    for number in 1..=20 {
        game.send_to(&frame(number), recorder.to()).unwrap();
    }
    recorder.end(&place, 20);
    let transport = RecordedTransport::Udp { port: 30_000, group: None, asked_at: None };
    assert_eq!(transport_of(&place.only_session("first")), Some(transport));
    let recorder = Recorder::start(&place, "", "second", &["--format", &format]);
    let played = replay(&place, "first", &["--to", &recorder.to()]);
    assert_eq!(count(&played["datagrams"]["packets"], "sent"), 20);
    recorder.end(&place, 20);
    assert_eq!(frames(&place, "second"), frames(&place, "first"));
}

#[test]
fn messages_of_a_stream_are_played_back_by_a_server_with_their_framing() {
    for (framing, head, tail) in [
        ("{ length = \"u16\", endian = \"big\", includes_itself = true }", &b"\0\x0a"[..], &b""[..]),
        ("{ delimiter = \"hex: ff fe fd\" }", b"", b"\xff\xfe\xfd"),
    ] {
        let place = Place::new();
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = server.local_addr().unwrap();
        let format = written(&place, &format!("tcp = {{ connect = \"{address}\", frame = {framing} }}"));
        let lasts = if cfg!(windows) { "8s" } else { "60s" };
        let record = |out: &str, port: &str| {
            let arguments = ["record", "--format", &format, "--json", "--port", port, "--out", out];
            place.start([&arguments[..], &["--for", lasts]].concat())
        };
        let recorder = record("first", &address.port().to_string());
        let (mut game, _) = server.accept().unwrap();
        for number in 1..=20 {
            game.write_all(&[head, &frame(number), tail].concat()).unwrap();
        }
        wait_and_end(&place, recorder, "first", 20);
        drop((game, server));
        assert_eq!(frames(&place, "first"), (1..=20).map(frame).collect::<Vec<_>>());
        assert!(matches!(transport_of(&place.only_session("first")), Some(RecordedTransport::Tcp { .. })));

        let port = free_port().to_string();
        let recorder = record("second", &port);
        let played = replay(&place, "first", &["--to", &format!("127.0.0.1:{port}")]);
        assert_eq!(count(&played["messages"]["packets"], "sent"), 20);
        let summary = wait_and_end(&place, recorder, "second", 20);
        assert_eq!(count(&summary["sources"][0], "recorded"), 20);
        assert_eq!(frames(&place, "second"), frames(&place, "first"));
    }
}

#[test]
fn shared_memory_of_a_written_format_is_played_back_under_its_name() {
    let place = Place::new();
    let format = written(&place, "shared_memory = { map = \"my_game\", hz = 1000 }");
    let lasts = if cfg!(windows) { "20s" } else { "60s" };
    let record =
        |out: &str| place.start(["record", "--format", &format, "--json", "--out", out, "--for", lasts]);
    let recorder = record("first");
    let mut region = PublishedRegion::create(&place.region("my_game"), 8).unwrap();
    for number in 1..=5 {
        region.write(4, &frame(number)[4..]);
        region.write(0, &frame(number)[..4]);
        let session = || place.sessions("first").into_iter().next();
        wait_until("the frame recorded", || session().is_some_and(|it| recorded(&it) >= u64::from(number)));
    }
    let _ = recorder.end().recorded();
    drop(region);
    let first = frames(&place, "first");
    let transport = RecordedTransport::SharedMemory { region: "my_game".to_owned() };
    assert_eq!(transport_of(&place.only_session("first")), Some(transport));

    let session = place.only_session("first");
    let session = session.to_str().unwrap();
    let _ = place.run(["replay", session, "--to", "127.0.0.1:9"]).code(1).says(&["on this machine only"]);
    let recorder = record("second");
    // So slowly that even a busy machine sees every page.
    let played = replay(&place, "first", &["--speed", "0.2"]);
    assert_eq!(count(&played, "records"), first.len() as u64);
    wait_and_end(&place, recorder, "second", first.len() as u64);
    assert_eq!(frames(&place, "second"), first);
}

/// A session of packets of DiRT, each at its time in ms, as a game called `game` would have left it.
fn session_at(place: &Place, game: &str, transport: Option<RecordedTransport>, times_ms: &[u64]) -> PathBuf {
    let folder = place.path().join("made");
    std::fs::create_dir(&folder).unwrap();
    let started = Timestamp::from_unix_nanoseconds(1_700_000_000_000_000_000);
    let schemas = find_game("dirt").unwrap().schemas();
    let (source, schema) = schemas[0];
    let mut header = Header::new(game, source, schema.clone(), started);
    header.transport = transport;
    let file = folder.join(format!("{source}.gtel"));
    let mut writer = BinarySessionWriter::create(&file, &header, WriterOptions::default()).unwrap();
    for (number, &time_ms) in times_ms.iter().enumerate() {
        let mut packet = vec![0; 264];
        packet[..4].copy_from_slice(&(number as f32).to_le_bytes());
        writer.write(started + Duration::from_millis(time_ms), &packet).unwrap();
    }
    writer.finish(&Ledger { finished: true, ..Ledger::default() }).unwrap();
    folder
}

/// A dashboard that takes `wanted` packets; gives the number in each, and when it came.
fn take(dashboard: &UdpSocket, wanted: usize) -> Vec<(f32, Instant)> {
    dashboard.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let mut packet = [0; 500];
    let mut one = || {
        let size = dashboard.recv(&mut packet).unwrap();
        assert_eq!(size, 264);
        (f32::from_le_bytes(*packet.first_chunk().unwrap()), clock::monotonic())
    };
    (0..wanted).map(|_| one()).collect()
}

fn dashboard() -> (UdpSocket, String) {
    let dashboard = UdpSocket::bind("127.0.0.1:0").unwrap();
    let to = dashboard.local_addr().unwrap().to_string();
    (dashboard, to)
}

/// Ten packets, one every 20 ms; a pause of `pause_ms`; ten more.
fn with_pause(pause_ms: u64) -> Vec<u64> {
    (0..20_u64).map(|number| number * 20 + if number < 10 { 0 } else { pause_ms }).collect()
}

#[test]
fn packets_are_played_back_in_their_order_with_their_gaps() {
    let place = Place::new();
    let times_ms = with_pause(1500);
    let session = session_at(&place, "dirt", None, &times_ms);
    let (dashboard, to) = dashboard();
    let replay = place.start(["replay", session.to_str().unwrap(), "--to", &to]);
    let taken = take(&dashboard, times_ms.len());
    let _ = replay.wait().code(0);
    let numbers: Vec<f32> = taken.iter().map(|(number, _)| *number).collect();
    assert!(numbers.is_sorted() && numbers.len() == 20, "{numbers:?}");
    let pause = taken[10].1.duration_since(taken[9].1);
    assert!(pause >= Duration::from_millis(700), "a pause of 1.5 s took {pause:?}");
    // None may come much earlier than it did; on a busy machine all may come later.
    for (&(_, at), &time_ms) in taken.iter().zip(&times_ms) {
        let after = at.duration_since(taken[0].1) + Duration::from_millis(700);
        assert!(after >= Duration::from_millis(time_ms), "{after:?} for {time_ms} ms");
    }
}

#[test]
fn at_ten_times_the_speed_it_takes_a_tenth_of_the_time() {
    let place = Place::new();
    let times_ms = with_pause(8000);
    let session = session_at(&place, "dirt", None, &times_ms);
    let (dashboard, to) = dashboard();
    let replay = place.start(["replay", session.to_str().unwrap(), "--to", &to, "--speed", "10"]);
    let taken = take(&dashboard, times_ms.len());
    let _ = replay.wait().code(0);
    let (first, last) = (taken[0].1, taken[19].1);
    let took = last.duration_since(first);
    // 0.84 s; a busy machine may need some more, but the gaps are still there.
    assert!((0.3..5.0).contains(&took.as_secs_f64()), "{took:?}");
}

#[test]
fn a_second_round_follows_the_first_until_it_is_ended() {
    let place = Place::new();
    let session = session_at(&place, "dirt", None, &[0, 10, 20, 30, 40]);
    let (dashboard, to) = dashboard();
    let replay = place.start(["replay", session.to_str().unwrap(), "--to", &to, "--loop"]);
    let numbers: Vec<f32> = take(&dashboard, 12).into_iter().map(|(number, _)| number).collect();
    assert_eq!(numbers, [0.0, 1.0, 2.0, 3.0, 4.0, 0.0, 1.0, 2.0, 3.0, 4.0, 0.0, 1.0]);
    drop(replay);
}

#[test]
fn what_nobody_knows_how_to_play_back_is_refused_with_what_to_do() {
    let place = Place::new();
    let session = session_at(&place, "my_game", None, &[0, 10, 20]);
    let session = session.to_str().unwrap();
    let (dashboard, to) = dashboard();
    let _ =
        place.run(["replay", session, "--to", &to]).code(1).says(&["is not in the recording", "--format"]);
    // An earlier version did not note how it came; the format says so.
    let format = written(&place, "udp = { port = 30000 }");
    let _ = place.run(["replay", session, "--to", &to, "--format", &format]).code(0);
    assert_eq!(take(&dashboard, 3).len(), 3);

    let place = Place::new();
    let session = session_at(&place, "my_game", Some(RecordedTransport::Unknown), &[0]);
    let _ = place.run(["replay", session.to_str().unwrap()]).code(1).says(&["does not know", "later one"]);
    assert_eq!(dirt::PORT, 20_777);
}

/// Simulates, records what that gives, plays the recording back, records again, and compares all three.
fn comes_back(game: &str, more: &[&str], kinds: usize) {
    let place = Place::new();
    let _ = place.run(["simulate", game, "--save", "saved", "--for", "3s"]).code(0);
    let saved = frames(&place, "saved");
    let record = |from: &str, out: &str| {
        let recorder = Recorder::start(&place, game, out, more);
        let played = replay(&place, from, &["--to", &recorder.to()]);
        assert_eq!(count(&played, "records"), saved.len() as u64, "{game}");
        recorder.end(&place, saved.len() as u64)
    };
    let summary = record("saved", "first");
    let of_kinds = summary["sources"][0]["messages"]["kinds"].as_object().unwrap().len();
    assert!(of_kinds >= kinds && saved.len() > 100, "{game}: {of_kinds} kinds, {} packets", saved.len());
    record("first", "second");
    let (first, second) = (frames(&place, "first"), frames(&place, "second"));
    assert!(first == saved, "{game}: what was simulated and what was recorded");
    assert!(second == first, "{game}: what was recorded and what was played back");
    println!("{game}: {} packets of {of_kinds} kinds, byte for byte the same", first.len());
}

#[test]
fn f1_with_all_its_kinds_comes_back_byte_for_byte() {
    comes_back("f1", &[], 14);
}

#[test]
fn gt7_which_encrypts_comes_back_byte_for_byte() {
    // The console is asked where nobody is.
    comes_back("gt7", &["--host", &format!("127.0.0.1:{}", free_port())], 1);
}

#[test]
fn forza_comes_back_byte_for_byte() {
    comes_back("forza", &[], 1);
}

#[test]
fn wrc_comes_back_byte_for_byte() {
    comes_back("wrc", &[], 1);
}

#[test]
fn states_posted_with_a_token_are_taken_again_by_who_wants_that_token() {
    let place = Place::new();
    let recorder = |out: &str| {
        let folder = place.path().join("none");
        Recorder::start_http(&place, "cs2", out, &["--token", "right", "--folder", folder.to_str().unwrap()])
    };
    let first = recorder("first");
    let to = first.to();
    let _ = simulate(&place, &["cs2", "--to", &to, "--token", "right", "--for", "3s"]);
    first.stop();
    let session = place.only_session("first");
    let bodies = |out: &str| -> Vec<Vec<u8>> {
        let file = place.only_session(out).join("state.gtel");
        records(&file).into_iter().map(|(_, body)| body).collect()
    };
    assert!(!bodies("first").is_empty());

    let second = recorder("second");
    let to = second.to();
    let arguments = ["replay", session.to_str().unwrap(), "--source", "state", "--to", &to, "--json"];
    let all = bodies("first").len() as u64;
    for token in [None, Some("wrong")] {
        let more = token.map_or(vec![], |token| vec!["--token", token]);
        let ran = place.run([&arguments[..], &more].concat()).code(3);
        let ran = ran.says(&[&format!("{all} of {all} posts failed"), "--token"]);
        assert_eq!(count(&ran.json()["posts"]["state"], "failed"), all);
    }
    let played = place.run([&arguments[..], &["--token", "right"]].concat()).code(0).json();
    assert_eq!(count(&played["posts"]["state"], "taken"), all);
    let summary = second.stop();
    assert_eq!(count(find(&summary["sources"], "name", "state"), "recorded"), all);
    assert!(bodies("second") == bodies("first"));
}

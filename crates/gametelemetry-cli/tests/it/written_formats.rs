//! Formats that a user wrote, from the packet to laps and exports: over UDP, TCP and in shared memory, and as EA SPORTS
//! WRC describes its own.

use std::io::Write as _;
use std::net::{TcpListener, UdpSocket};
use std::path::Path;

use gametelemetry::clock::{self, Pacer};
use gametelemetry::shared_memory::PublishedRegion;

use crate::packets::{Recorder, recorded};
use crate::support::{Place, Running, wait_until};

/// Time of a lap of the game below, in seconds.
const LAP_S: f32 = 4.0;
const TRACK_M: f32 = 240.0;

/// A game that we do not ship, with all that laps need.
fn format(place: &Place, transport: &str) -> String {
    let text = format!(
        r#"
name = "my_racer"
title = "My Racer"
enable = "Options, Telemetry: on"
transport.{transport}
counter = "number"
size = 24
fields = [
    {{ name = "number", type = "u32" }},
    {{ name = "lap", type = "u32", channel = "lap_number" }},
    {{ name = "lap_time_s", type = "f32", unit = "s", channel = "lap_time" }},
    {{ name = "last_lap_s", type = "f32", unit = "s", channel = {{ name = "last_lap_time", missing = 0 }} }},
    {{ name = "distance_m", type = "f32", unit = "m", channel = "lap_distance" }},
    {{ name = "speed_kmh", type = "f32", unit = "km/h", channel = {{ name = "speed", scale = 0.277777778 }} }},
]
"#
    );
    let path = place.path().join("my_racer.toml");
    std::fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap().to_owned();
    let _ = place.run(["format", "check", &path]).code(0).shows(&["is right"]);
    path
}

/// What the game says `seconds` after its start, in packet `number`.
fn packet(number: u32, seconds: f32) -> Vec<u8> {
    let lap = (seconds / LAP_S).floor();
    let lap_time_s = seconds - lap * LAP_S;
    let last_lap_s = if lap > 0.0 { LAP_S } else { 0.0 };
    let floats = [lap_time_s, last_lap_s, lap_time_s / LAP_S * TRACK_M, TRACK_M / LAP_S * 3.6];
    let integers = [number, lap as u32 + 1].map(u32::to_le_bytes);
    [integers.concat(), floats.map(f32::to_le_bytes).concat()].concat()
}

/// Drives for `seconds`, 50 packets a second, each saying the time at which it is sent; gives how many there were.
fn drive(seconds: f32, mut send: impl FnMut(&[u8])) -> u64 {
    let (started, mut pacer, mut number) = (clock::monotonic(), Pacer::new(50.0), 0);
    while started.elapsed().as_secs_f32() < seconds {
        let deadline = pacer.next_deadline();
        std::thread::sleep(deadline.saturating_duration_since(clock::monotonic()));
        number += 1;
        send(&packet(number, started.elapsed().as_secs_f32()));
    }
    number.into()
}

/// Two laps and a bit, as the commands show them that know channels only.
fn check_commands(place: &Place, session: &Path) {
    let session = session.to_str().unwrap();
    let laps = place.run(["laps", session, "--json"]).code(0).json();
    let laps = laps.as_array().unwrap();
    let told: Vec<_> =
        laps.iter().map(|lap| (lap["lap"].as_u64(), lap["official_time_ms"].as_u64())).collect();
    assert!(told.contains(&(Some(1), Some(4000))) && laps.len() >= 2, "{laps:#?}");
    let out = place.path().join("laps.csv");
    let out = out.to_str().unwrap();
    let arguments = ["export", session, "--to", "csv", "--out", out, "--channels", "speed,lap_number"];
    let _ = place.run(arguments).code(0);
    let text = std::fs::read_to_string(out).unwrap();
    let head = text.lines().next().unwrap();
    assert!(head.contains("speed") && head.contains("lap_number"), "{head}");
    assert!(text.lines().count() > 50, "{}", text.lines().count());
    let _ = place.run(["export", session, "--to", "parquet", "--out", &format!("{out}.parquet")]).code(0);
    let cat = place.run(["cat", session, "--fields", "lap,speed_kmh", "--limit", "3"]).code(0).json_lines();
    assert_eq!((cat.len(), &cat[0]["lap"], &cat[0]["speed_kmh"]), (3, &1.into(), &216.0.into()));
}

fn record(place: &Place, format: &str, more: &[&str]) -> Running {
    let lasts = if cfg!(windows) { "20s" } else { "60s" };
    let arguments = ["record", "--format", format, "--json", "--out", "out", "--for", lasts];
    place.start([&arguments[..], more].concat())
}

/// Waits until `frames` are recorded, ends the recorder, and looks at what it left.
fn end(place: &Place, recorder: Running, frames: u64) {
    let session = || place.sessions("out").into_iter().next();
    wait_until("every frame recorded", || session().is_some_and(|it| recorded(&it) >= frames));
    let _ = recorder.end().recorded();
    check_commands(place, &place.only_session("out"));
}

#[test]
fn laps_of_datagrams_of_a_written_format_are_told_and_exported() {
    let place = Place::new();
    let format = format(&place, "udp = { port = 30000 }");
    // Longer than the drive, also where it ends by itself.
    let lasts = if cfg!(windows) { "20s" } else { "60s" };
    let recorder = Recorder::start(&place, "", "out", &["--format", &format, "--for", lasts]);
    let game = UdpSocket::bind("127.0.0.1:0").unwrap();
    let to = recorder.to();
    let packets = drive(LAP_S * 2.4, |packet| assert_eq!(game.send_to(packet, &to).unwrap(), packet.len()));
    recorder.end(&place, packets);
    check_commands(&place, &place.only_session("out"));
}

#[test]
fn laps_of_a_stream_of_a_written_format_are_told_and_exported() {
    let place = Place::new();
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = server.local_addr().unwrap();
    let transport = format!("tcp = {{ connect = \"{address}\", frame = {{ length = \"u32\" }} }}");
    let format = format(&place, &transport);
    let recorder = record(&place, &format, &[]);
    let (mut game, _) = server.accept().unwrap();
    let packets = drive(LAP_S * 2.4, |packet| {
        game.write_all(&[&24_u32.to_le_bytes(), packet].concat()).unwrap();
    });
    end(&place, recorder, packets);
}

#[test]
fn laps_of_shared_memory_of_a_written_format_are_told_and_exported() {
    let place = Place::new();
    let format = format(&place, "shared_memory = { map = \"my_racer\", hz = 200 }");
    let mut region = PublishedRegion::create(&place.region("my_racer"), 24).unwrap();
    let recorder = record(&place, &format, &[]);
    wait_until("the recorder has begun", || !place.sessions("out").is_empty());
    let packets = drive(LAP_S * 2.4, |packet| {
        region.write(4, &packet[4..]);
        region.write(0, &packet[..4]);
    });
    // A busy machine may miss some, and the first ones pass before the recorder looks.
    end(&place, recorder, packets / 2);
}

/// The folder as EA documents it; the port is in config.json, when it is there.
fn wrc_folder(place: &Place, port: Option<u16>) -> String {
    let telemetry = place.path().join("telemetry");
    std::fs::create_dir_all(telemetry.join("readme/udp")).unwrap();
    let channels = r#"{ "versions": { "schema": 1, "data": 3 }, "channels": [
        { "id": "packet_uid", "type": "uint64", "units": "", "description": "Number of the packet." },
        { "id": "vehicle_speed", "type": "float32", "units": "Metres per second", "description": "" } ] }"#;
    let structure = r#"{ "versions": { "schema": 1, "data": 3 }, "id": "custom1", "header": { "channels": [] },
        "packets": [ { "id": "session_update", "channels": ["packet_uid", "vehicle_speed"] } ] }"#;
    std::fs::write(telemetry.join("readme/channels.json"), channels).unwrap();
    std::fs::write(telemetry.join("readme/udp/custom1.json"), structure).unwrap();
    if let Some(port) = port {
        let config = format!(
            r#"{{ "schema": 2, "udp": {{ "packets": [
                {{ "structure": "wrc", "packet": "session_update", "ip": "127.0.0.1", "port": 20777, "frequencyHz": -1, "bEnabled": false }},
                {{ "structure": "custom1", "packet": "session_update", "ip": "127.0.0.1", "port": {port}, "frequencyHz": -1, "bEnabled": true }} ] }} }}"#
        );
        std::fs::write(telemetry.join("config.json"), config).unwrap();
    }
    telemetry.to_str().unwrap().to_owned()
}

#[test]
fn the_folder_of_ea_sports_wrc_says_its_packets_and_its_port() {
    let place = Place::new();
    let folder = wrc_folder(&place, None);
    let _ = place.run(["format", "print", &folder]).code(0).shows(&["vehicle_speed", "port = 20777"]);
    let port = crate::packets::free_port();
    let folder = wrc_folder(&place, Some(port));
    let said = format!("port = {port}");
    for path in ["", "/config.json", "/readme", "/readme/channels.json"] {
        let path = format!("{folder}{path}");
        let _ = place.run(["format", "print", &path]).code(0).shows(&["vehicle_speed", &said]);
    }
    std::fs::write(place.path().join("telemetry/config.json"), "{ \"udp\": 3 }").unwrap();
    let _ = place.run(["format", "print", &folder]).code(1).says(&["config.json", "line 1, column "]);

    let folder = wrc_folder(&place, Some(port));
    let recorder = record(&place, &folder, &[]);
    wait_until("the recorder listens", || crate::support::is_udp_port_taken(port));
    let game = UdpSocket::bind("127.0.0.1:0").unwrap();
    for number in 1..=10_u64 {
        let packet = [&number.to_le_bytes()[..], &(number as f32).to_le_bytes()].concat();
        game.send_to(&packet, ("127.0.0.1", port)).unwrap();
    }
    let session = || place.sessions("out").into_iter().next();
    wait_until("every packet recorded", || session().is_some_and(|it| recorded(&it) >= 10));
    let _ = recorder.end().code(0);
    let session = place.only_session("out");
    let lines = place.run(["cat", session.to_str().unwrap(), "--channels", "speed"]).code(0).json_lines();
    assert_eq!((lines.len(), &lines[4]["speed"]), (10, &5.0.into()));
}

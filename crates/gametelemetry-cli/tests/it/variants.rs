//! Simulated games in all their versions, and what a game is asked for: only known packets come, and all of them.

use std::collections::BTreeSet;
use std::net::UdpSocket;
use std::time::Duration;

use gametelemetry_games::f1;
use serde_json::Value;

use crate::packets::{Recorder, free_port, simulate};
use crate::support::{Place, count};

/// The kinds that a recorder of `game` found, none of them unknown.
fn kinds(summary: &Value) -> BTreeSet<String> {
    let messages = &summary["sources"][0]["messages"];
    assert_eq!(count(messages, "unknown"), 0, "{messages:#}");
    let kinds = messages["kinds"].as_object().unwrap();
    kinds.iter().filter(|(_, counts)| count(counts, "received") > 0).map(|(kind, _)| kind.clone()).collect()
}

/// The kinds that come of `simulate GAME --variant VARIANT` while it plays.
fn played(game: &str, variant: &str, more: &[&str]) -> BTreeSet<String> {
    let place = Place::new();
    let recorder = Recorder::start(&place, game, "out", more);
    let arguments = [game, "--variant", variant, "--to", &recorder.to(), "--for", "1500ms"];
    let sent = count(&simulate(&place, &arguments).json()["datagrams"]["packets"], "sent");
    assert!(sent > 10, "{game} {variant}: {sent}");
    kinds(&recorder.end(&place, sent))
}

#[test]
fn every_format_of_f1_sends_all_its_kinds_and_no_other() {
    for year in ["2022", "2023", "2024", "2025", "2026"] {
        let place = Place::new();
        // A lobby and a time trial come before the race; played faster than they are.
        let arguments = ["simulate", "f1", "--variant", year, "--save", "saved", "--for", "5s", "--json"];
        let saved = count(&place.run(arguments).code(0).json(), "records");
        let recorder = Recorder::start(&place, "f1", "out", &[]);
        let session = place.only_session("saved");
        let to = recorder.to();
        let _ = place.run(["replay", session.to_str().unwrap(), "--to", &to, "--speed", "4"]).code(0);
        let found = kinds(&recorder.end(&place, saved));
        let own = |kind: &&str| kind.starts_with(&format!("{year}.")) && !kind.contains(".event");
        let found: BTreeSet<&str> = found.iter().map(String::as_str).collect();
        assert!(found.iter().all(|kind| kind.starts_with(&format!("{year}."))), "{found:?}");
        let found: BTreeSet<&str> = found.into_iter().filter(own).collect();
        let expected: BTreeSet<&str> =
            f1::schema().kinds.iter().map(|kind| kind.name.as_str()).filter(own).collect();
        assert_eq!(found, expected, "{year}");
        println!("{year}: {} kinds of packets", found.len());
    }
}

#[test]
fn every_packet_of_gt7_and_every_length_of_forza_comes_as_its_kind() {
    for (letter, kind) in [("A", "a"), ("B", "b"), ("~", "tilde"), ("C", "c")] {
        let nobody = format!("127.0.0.1:{}", free_port());
        assert_eq!(played("gt7", letter, &["--host", &nobody]), BTreeSet::from([kind.to_owned()]));
    }
    for kind in ["sled", "dash", "horizon", "motorsport"] {
        assert_eq!(played("forza", kind, &[]), BTreeSet::from([kind.to_owned()]));
    }
}

#[test]
fn a_variant_that_is_not_there_is_refused_with_those_that_are() {
    let place = Place::new();
    let _ = place
        .run(["simulate", "f1", "--variant", "2021"])
        .code(1)
        .says(&["2021", "2022, 2023, 2024, 2025, 2026"]);
    let _ = place.run(["simulate", "forza", "--variant", "hor"]).code(1).says(&["sled, dash, horizon"]);
    let _ = place.run(["simulate", "acc", "--variant", "x"]).code(1).says(&["no variants"]);
    let help = place.run(["simulate", "--help"]).code(0);
    let help = help.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(help.contains("2022 to 2026") && help.contains("sled, dash, horizon or motorsport"), "{help}");
}

#[test]
fn gt7_is_asked_for_the_packet_that_is_wanted() {
    let place = Place::new();
    for (wanted, asked) in [(None, b"C"), (Some("A"), b"A"), (Some("B"), b"B"), (Some("~"), b"~")] {
        let console = UdpSocket::bind("127.0.0.1:0").unwrap();
        console.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let host = console.local_addr().unwrap().to_string();
        let port = free_port().to_string();
        let mut arguments = vec!["record", "gt7", "--host", &host, "--port", &port, "--for", "1s"];
        arguments.extend(wanted.into_iter().flat_map(|wanted| ["--packet", wanted]));
        let recorder = place.start(arguments);
        let mut heartbeat = [0; 8];
        let size = console.recv(&mut heartbeat).unwrap();
        assert_eq!(&heartbeat[..size], asked);
        let _ = recorder.wait().code(1).says(&["published nothing"]);
    }
    let wrong = ["record", "gt7", "--host", "127.0.0.1", "--packet", "D"];
    let _ = place.run(wrong).code(1).says(&["packet D", "A, B, ~, C"]);
    let _ = place.run(["record", "f1", "--packet", "A"]).code(1).says(&["leave out --packet"]);
}

// Elsewhere there is no second loopback address to send from.
#[cfg(target_os = "linux")]
#[test]
fn of_gt7_only_the_console_is_listened_to() {
    use crate::support::wait_until;
    use gametelemetry_games::gt7;

    let mut packet = vec![0; 296];
    packet[..4].copy_from_slice(&gt7::MAGIC.to_le_bytes());
    assert!(gt7::encrypt(&mut packet));
    let place = Place::new();
    let nobody = format!("127.0.0.1:{}", free_port());
    // Where a console in the network is heard.
    let recorder = Recorder::start(&place, "gt7", "out", &["--host", &nobody, "--listen", "0.0.0.0"]);
    let (stranger, console) =
        (UdpSocket::bind("127.0.0.2:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
    let to = recorder.to();
    for _ in 0..5 {
        stranger.send_to(&packet, &to).unwrap();
    }
    console.send_to(&packet, &to).unwrap();
    let summary = recorder.end(&place, 1);
    let source = &summary["sources"][0];
    assert_eq!((count(source, "recorded"), count(&source["messages"], "refused")), (1, 5));

    // Of one on this machine nothing is listened to but this machine.
    let recorder = Recorder::start(&place, "gt7", "own", &["--host", &nobody]);
    let port = recorder.to().rsplit(':').next().unwrap().parse::<u16>().unwrap();
    let table = std::fs::read_to_string("/proc/net/udp").unwrap();
    wait_until("the port is taken", || table.contains(&format!(":{port:04X}")));
    assert!(table.contains(&format!("0100007F:{port:04X}")), "{table}");
    drop(recorder);
}

//! What the games that send packets have in common: none takes those of another, and what the tests of each need.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "clippy.toml allows these in test functions; the helpers of an integration test are tests too"
)]

use std::path::PathBuf;

use gametelemetry::{Recognized, Schema};
use gametelemetry_games::{Game, Transport, dirt, forza, gt7, wrc};

/// The bytes of a real file, or `None` with a word about it when there are none here.
pub(crate) fn real_file(path: &str) -> Option<Vec<u8>> {
    let Some(folder) = std::env::var_os("GAMETELEMETRY_REAL_DATA") else {
        eprintln!("left out: {path} (set GAMETELEMETRY_REAL_DATA to the folder of real captures)");
        return None;
    };
    Some(std::fs::read(PathBuf::from(folder).join(path)).expect(path))
}

/// The layout of the game's only source.
pub(crate) fn schema(game: &dyn Game) -> &'static Schema {
    let schemas = game.schemas();
    assert_eq!(schemas.len(), 1, "{}", game.info().id);
    schemas[0].1
}

/// What the simulated game sends in `seconds`, as records keep it; `heartbeat` is sent once at the start.
pub(crate) fn simulate(game: &dyn Game, seed: u64, seconds: f64, heartbeat: &[u8]) -> Vec<Vec<u8>> {
    let mut simulator = game.simulator(seed).unwrap();
    simulator.heartbeat(heartbeat);
    let step = 1.0 / simulator.hz();
    let mut packets = Vec::new();
    let mut time = 0.0;
    while time < seconds {
        simulator.step(step);
        for datagram in simulator.datagrams() {
            assert!(game.info().sources.iter().any(|source| source.name == datagram.source));
            packets.push(datagram.bytes);
        }
        time += step;
    }
    packets
}

/// The value of `name` in `packet`.
pub(crate) fn channel(game: &dyn Game, packet: &[u8], name: &str) -> Option<f64> {
    let mapping = game.info().channels.iter().find(|mapping| mapping.channel == name);
    mapping.unwrap_or_else(|| panic!("{name} is no channel")).read(&schema(game).view(packet))
}

/// The name of the kind that `packet` is of.
pub(crate) fn kind(game: &dyn Game, packet: &[u8]) -> Option<&'static str> {
    match schema(game).recognize(packet) {
        Recognized::Kind(kind) => Some(kind.name.as_str()),
        _ => None,
    }
}

/// Where each field of a kind stands and ends.
pub(crate) fn assert_layout(game: &dyn Game, kind: &str, places: &[(&str, u32, u64)]) {
    let kind = schema(game).kind(kind).unwrap_or_else(|| panic!("no kind {kind}"));
    for &(name, offset, end) in places {
        let field = kind.field(name).unwrap_or_else(|| panic!("no field {name}"));
        assert_eq!((field.offset, field.end()), (offset, end), "{name}");
    }
}

/// Fields next to each other leave nothing out and do not overlap; `unused` are the bytes without a field.
pub(crate) fn assert_gapless(game: &dyn Game, kind: &str, unused: u64) {
    let kind = schema(game).kind(kind).unwrap();
    let (mut end, mut gaps) = (0, 0);
    for field in kind.fields.iter().filter(|field| field.bits.is_none()) {
        assert!(u64::from(field.offset) >= end, "{} overlaps", field.name);
        gaps += u64::from(field.offset) - end;
        end = field.end();
    }
    assert_eq!((end, gaps), (kind.size.max().into(), unused), "{}", kind.name);
}

/// Every channel is mapped, from each field once, or said to be missing, but not both.
pub(crate) fn assert_channels_are_said_once(game: &dyn Game) {
    let info = game.info();
    let mapped = info.channels.iter().map(|mapping| (mapping.channel.as_ref(), mapping.field.as_ref()));
    let mut said: Vec<(&str, &str)> = mapped.collect();
    let is_mapped = |name: &str| said.iter().any(|&(channel, _)| channel == name);
    assert!(info.not_available.iter().all(|&(name, _)| !is_mapped(name)), "{}: {said:?}", info.id);
    said.extend(info.not_available.iter().map(|&(name, _)| (name, "")));
    said.sort_unstable();
    assert!(said.windows(2).all(|pair| pair[0] != pair[1]), "{}: {said:?}", info.id);
}

fn is_taken(game: &dyn Game, packet: &[u8]) -> bool {
    matches!(schema(game).recognize(packet), Recognized::Kind(_))
}

#[test]
fn packets_of_one_game_are_not_taken_for_those_of_another() {
    let games: [&dyn Game; 4] = [&dirt::GAME, &forza::GAME, &gt7::GAME, &wrc::GAME];
    for sender in games {
        let mut packets = simulate(sender, 4, 120.0, b"C");
        packets.truncate(8000);
        for receiver in games {
            for packet in &packets {
                let mut kept = packet.clone();
                gt7::decrypt(&mut kept);
                let same = sender.info().id == receiver.info().id;
                assert_eq!(is_taken(receiver, &kept), same, "{} by {}", sender.info().id, receiver.info().id);
            }
        }
    }
}

#[test]
fn dirt_and_wrc_listen_where_f1_does_and_take_no_packet_of_it() {
    for game in [&dirt::GAME as &dyn Game, &wrc::GAME] {
        assert!(matches!(game.info().sources[0].transport, Transport::Udp { port: 20777, .. }));
    }
    // Every length of 2018 to 2026; those of F1 24's MotionEx and of structure wrc are equal.
    let sizes = [
        21, 32, 40, 45, 101, 217, 231, 237, 269, 273, 632, 644, 753, 926, 948, 953, 954, 972, 1015, 1020,
        1041, 1042, 1058, 1085, 1102, 1107, 1131, 1133, 1134, 1155, 1191, 1218, 1239, 1257, 1284, 1285, 1289,
        1306, 1341, 1343, 1347, 1349, 1350, 1352, 1399, 1445, 1448, 1460, 1464, 1470,
    ];
    for size in sizes {
        // Floats of a moving car behind a head, or zeros of one that stands.
        for filling in [0.25_f32, -3.5, 0.0, 812.0] {
            let head = [
                0xE8, 7, 24, 1, 0, 1, 13, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0x80, 0x3F, 9, 0, 0, 0, 9, 0, 0, 0,
                5, 255,
            ];
            let body = std::iter::repeat_n(filling.to_le_bytes(), size).flatten();
            let packet: Vec<u8> = head.into_iter().chain(body).take(size).collect();
            assert!(!is_taken(&dirt::GAME, &packet) && !is_taken(&wrc::GAME, &packet), "{size} of {filling}");
        }
    }
}

#[test]
fn real_packets_of_f1_are_neither_dirts_nor_wrcs() {
    let mut seen = 0;
    for id in [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15] {
        let Some(packet) = real_file(&format!("f1/gamesdat_2025/packet-{id}.bin")) else { return };
        // The first 237 bytes of F1 25's MotionEx are F1 24's.
        for packet in [&packet[..], &packet[..packet.len().min(237)]] {
            assert!(!is_taken(&dirt::GAME, packet) && !is_taken(&wrc::GAME, packet), "{id}");
            seen += 1;
        }
    }
    assert_eq!(seen, 30);
}

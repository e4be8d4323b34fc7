//! Where the fuzz targets of packets start from: what the simulated games send, a packet of each kind, as it travels.
//!
//! A fuzzer does not guess a thousand bytes with the right numbers at their beginning. With `GAMETELEMETRY_WRITE_SEEDS`
//! set the files are written; without it they are compared.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gametelemetry::{Deframer, Framing, Recognized, Schema};
use gametelemetry_games::f1::{self, Format};
use gametelemetry_games::{GAMES, Game};

/// The largest seed, so that the repository stays small.
const LARGEST: usize = 4096;

fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds").join(target)
}

/// Writes `seeds`, or compares them with those that are there.
fn check(target: &str, seeds: &BTreeMap<String, Vec<u8>>) {
    let folder = folder(target);
    if std::env::var_os("GAMETELEMETRY_WRITE_SEEDS").is_some() {
        std::fs::create_dir_all(&folder).unwrap();
        seeds.iter().for_each(|(name, bytes)| std::fs::write(folder.join(name), bytes).unwrap());
    }
    let entries = std::fs::read_dir(&folder).unwrap();
    let mut names: Vec<String> = entries.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(
        names,
        seeds.keys().cloned().collect::<Vec<_>>(),
        "write them with GAMETELEMETRY_WRITE_SEEDS=1"
    );
    for (name, bytes) in seeds {
        assert!(bytes.len() <= LARGEST, "{name}");
        assert!(
            std::fs::read(folder.join(name)).unwrap() == *bytes,
            "{name}: write it with GAMETELEMETRY_WRITE_SEEDS=1"
        );
    }
}

/// The kind of the packet that `bytes` are when they have been unpacked.
fn kind(game: &dyn Game, source: &str, schema: &Schema, bytes: &[u8]) -> Option<String> {
    let mut record = bytes.to_vec();
    if !game.unpack(source, &mut record) {
        return None;
    }
    match schema.recognize(&record) {
        Recognized::Kind(kind) => Some(kind.name.clone()),
        _ => None,
    }
}

/// Adds the first packet of each kind that `game` sends in a minute.
fn add_packets(game: &dyn Game, seeds: &mut BTreeMap<String, Vec<u8>>) {
    let Some(mut simulator) = game.simulator(1) else { return };
    simulator.heartbeat(game.heartbeat());
    let schemas = game.schemas();
    for _ in 0..60 * 60 {
        simulator.step(1.0 / 60.0);
        for datagram in simulator.datagrams() {
            let Some((source, schema)) = schemas.iter().find(|(source, _)| *source == datagram.source) else {
                continue;
            };
            if let Some(kind) = kind(game, source, schema, &datagram.bytes) {
                seeds.entry(format!("{}.{kind}", game.info().id)).or_insert(datagram.bytes);
            }
        }
    }
}

#[test]
fn seeds_of_packets_are_what_the_simulators_send() {
    let mut seeds = BTreeMap::new();
    GAMES.iter().for_each(|game| add_packets(*game, &mut seeds));
    // The other years' layouts differ in places; one of each is enough to reach them.
    for format in Format::ALL {
        let mut game = f1::simulator::Simulator::of_format(format, 1);
        game.step(1.0);
        let packet = game.packets().into_iter().min_by_key(Vec::len).unwrap();
        seeds.insert(format!("f1.of_{}", format.year()), packet);
    }
    for game in ["f1", "gt7", "forza", "dirt", "wrc"] {
        assert!(seeds.keys().any(|name| name.starts_with(game)), "{game}");
    }
    check("game_packets", &seeds);
}

/// As the target reads its input: room, time a message, then messages with a byte of length in front:
/// `[kind, session, frame, frame, part, parts]`.
#[test]
fn seeds_of_messages_are_groups_and_parts_in_and_out_of_order() {
    let message = |kind: u8, frame: u8, part: u8, parts: u8| vec![6, kind, 7, frame, 0, part, parts];
    let in_order: Vec<_> =
        (1..6).flat_map(|frame| [4, 3, 2, 1].map(|kind| message(kind, frame, 1 + frame % 2, 2))).collect();
    let mut out_of_order = in_order.clone();
    out_of_order.chunks_mut(5).for_each(<[_]>::reverse);
    out_of_order.extend_from_within(3..9);
    let input = |room: u8, step: u8, messages: &[Vec<u8>]| [vec![room, step], messages.concat()].concat();
    let seeds = BTreeMap::from([
        ("in_order".to_owned(), input(200, 1, &in_order)),
        ("out_of_order".to_owned(), input(202, 9, &out_of_order)),
        ("little_room".to_owned(), input(3, 2, &in_order)),
    ]);
    for bytes in seeds.values() {
        let mut deframer = Deframer::new(Framing { max_message: 64, ..Framing::length(1) });
        deframer.push(&bytes[2..]);
        let mut count = 0;
        while let Some(message) = deframer.next_message().unwrap() {
            assert_eq!(message.len(), 6);
            count += 1;
        }
        assert!(count >= 20);
    }
    check("messages", &seeds);
}

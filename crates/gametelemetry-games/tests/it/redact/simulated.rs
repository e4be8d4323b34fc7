//! Every game's simulator, recorded as the recorder would and redacted.

use std::collections::{BTreeMap, HashMap};

use gametelemetry::{PackedFrame as _, Telemetry as _, Utf16};
use gametelemetry_games::iracing::{self, IbtBuilder, IbtHead};
use gametelemetry_games::{GAMES, Game, Transport, ac};

use super::{check, contains_name};

/// The names that the simulators use, and the ids of accounts.
const NAMES: &[(&str, &[&str])] = &[
    ("acc", &["Zoë", "Ångström-Dvořáková", "ZÅD"]),
    ("cs2", &["Simulated", "76561190000000001"]),
    ("dota2", &["Simulated", "76561190000000001"]),
    ("f1", &["PLAYER", "DRIVER 2", "DRIVER 7", "DRIVER 20"]),
];

/// What the simulated game gives in half a minute, by source.
fn recorded(game: &'static dyn Game, seed: u64) -> BTreeMap<&'static str, Vec<Vec<u8>>> {
    let mut records: BTreeMap<&'static str, Vec<Vec<u8>>> = BTreeMap::new();
    let Some(mut simulator) = game.simulator(seed) else { return records };
    let sources: HashMap<_, _> = game.info().sources.iter().map(|source| (source.name, source)).collect();
    for _ in 0..100 {
        simulator.heartbeat(b"C");
        simulator.step(0.25);
        for mut datagram in simulator.datagrams() {
            if game.unpack(datagram.source, &mut datagram.bytes) {
                records.entry(datagram.source).or_default().push(datagram.bytes);
            }
        }
        for source in sources.values() {
            let more: Vec<Vec<u8>> = match source.transport {
                Transport::SharedMemory { regions: [region] } => {
                    let pages = simulator.pages();
                    pages
                        .iter()
                        .filter(|page| page.region == *region)
                        .map(|page| page.bytes.to_vec())
                        .collect()
                }
                Transport::HttpPolling { urls } => {
                    let path = urls[0].splitn(4, '/').nth(3).unwrap();
                    simulator.answer(&format!("/{path}")).into_iter().map(String::into_bytes).collect()
                }
                Transport::HttpPush { .. } => {
                    simulator.posts("").into_iter().map(String::into_bytes).collect()
                }
                _ => Vec::new(),
            };
            records.entry(source.name).or_default().extend(more);
        }
    }
    records
}

#[test]
fn no_simulated_game_names_anybody_when_it_is_redacted() {
    let mut checked = 0;
    for game in GAMES {
        let names = NAMES.iter().find(|(id, _)| *id == game.info().id).map_or(&[][..], |(_, names)| names);
        let schemas: HashMap<_, _> = game.schemas().into_iter().collect();
        let mut seen = vec![false; names.len()];
        for (source, records) in recorded(*game, 7) {
            let Some(schema) = schemas.get(source).filter(|_| !records.is_empty()) else { continue };
            // A page may have more bytes than the layout.
            let size = schema.size.max() as usize;
            let records: Vec<Vec<u8>> =
                records.into_iter().map(|record| record[..record.len().min(size)].to_vec()).collect();
            for (seen, name) in seen.iter_mut().zip(names) {
                *seen |= contains_name(&records, name);
            }
            let (redacted, _) = check(game.info().id, source, schema, &records, names);
            assert_eq!(redacted.not_understood, 0, "{}/{source}", game.info().id);
            checked += 1;
        }
        assert!(seen.iter().all(|seen| *seen), "{}: {names:?} {seen:?}", game.info().id);
    }
    assert!(checked > 12, "{checked}");
}

#[test]
fn no_imported_file_of_iracing_names_anybody_when_it_is_redacted() {
    let bytes = IbtBuilder::sample().rows(50).finish().unwrap();
    let names = ["Pace Car", "Müller", "@home", "lan\""];
    let counts = check_ibt(&bytes, &names);
    // The made-up game has a text in its rows, of which nobody knows what it says.
    assert_eq!(counts, [1, 1, 1, 50], "session information, head, what it names, rows");
}

/// Redacts what an import makes of the `.ibt` file `bytes`; gives how many records of each source were blanked.
pub(super) fn check_ibt(bytes: &[u8], names: &[&str]) -> [u64; 4] {
    let needed = IbtHead::required_len(&bytes[..iracing::PROLOGUE_LEN]).unwrap() as usize;
    let head = IbtHead::parse(&bytes[..needed], bytes.len() as u64).unwrap();
    let named = head.info().record();
    let rows = bytes[head.data_offset() as usize..].chunks_exact(head.row_len() as usize);
    let rows: Vec<Vec<u8>> = rows.take(300).map(<[u8]>::to_vec).collect();
    let info = head.session_info().to_vec();
    let sources = [
        ("session_info", iracing::session_info_schema(info.len() as u32), vec![info]),
        ("ibt_head", iracing::head_schema(head.header(), needed as u32), vec![bytes[..needed].to_vec()]),
        (iracing::SESSION_SOURCE, iracing::session_schema(named.len() as u32), vec![named]),
        (iracing::SOURCE, head.schema().clone(), rows),
    ];
    assert!(names.iter().all(|name| contains_name(&sources[0].2, name)), "{names:?}");
    sources.map(|(source, schema, records)| {
        let (redacted, copies) = check("iracing", source, &schema, &records, names);
        assert_eq!(redacted.not_understood, 0, "{source}");
        if source == "session_info" {
            let again = iracing::SessionInfo::scan(&copies[0]);
            let driver_and_setup = (again.driver.clone(), again.setup.clone());
            assert_eq!(driver_and_setup, (None, None));
            let mut expected = head.info().clone();
            (expected.driver, expected.setup) = driver_and_setup;
            assert_eq!(again, expected, "everything else is still there");
        }
        redacted.blanked
    })
}

#[test]
fn the_static_page_of_assetto_corsa_loses_its_names_only() {
    let mut page = ac::Static::zeroed();
    page.set_player_name(Utf16::new("Zoë"));
    // To the last unit, without a 0 behind it.
    page.set_player_surname(Utf16::new(&"Å".repeat(33)));
    page.set_track(Utf16::new("imola"));
    page.set_car_skin(Utf16::new("27_zoe"));
    let schema = gametelemetry_games::known_schema("ac", "Static").unwrap();
    let records = [page.as_bytes().to_vec()];
    let (redacted, _) = check("ac", "static", &schema, &records, &["Zoë", "ÅÅ", "27_zoe"]);
    assert_eq!(redacted.blanked, 1);
}

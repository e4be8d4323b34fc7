//! Simulated games, split into laps: what each game's channels tell is enough.

use std::collections::BTreeMap;
use std::time::Duration;

use gametelemetry::{
    BinarySessionWriter, Header, Lap, LapProcessor, Laps, Ledger, SessionPass, SessionWriter as _, Timestamp,
    WriterOptions,
};
use gametelemetry_games::{Game, Transport, ac, acc, dirt, f1, forza, gt7, wrc};

/// The laps of `seconds` of the simulated game.
fn laps(game: &dyn Game, seconds: f64) -> Laps {
    let folder = tempfile::tempdir().unwrap();
    let begin: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    let mut writers = BTreeMap::new();
    for (source, schema) in game.schemas() {
        let mut header = Header::new(game.info().id, source, schema.clone(), begin);
        let channels = game.info().channels.iter().filter(|mapping| mapping.source == source);
        header.channels = channels.cloned().collect();
        let path = folder.path().join(format!("{source}.gtel"));
        writers
            .insert(source, BinarySessionWriter::create(&path, &header, WriterOptions::default()).unwrap());
    }
    let mut simulator = game.simulator(5).unwrap();
    let step = 1.0 / simulator.hz();
    let mut time = 0.0;
    while time < seconds {
        simulator.heartbeat(b"C");
        simulator.step(step);
        time += step;
        let at = begin + Duration::from_secs_f64(time);
        for page in simulator.pages() {
            let has_region = |transport: &Transport| matches!(transport, Transport::SharedMemory { regions } if regions.contains(&page.region));
            let source = game.info().sources.iter().find(|source| has_region(&source.transport)).unwrap();
            writers.get_mut(source.name).unwrap().write(at, page.bytes).unwrap();
        }
        for mut datagram in simulator.datagrams() {
            gt7::decrypt(&mut datagram.bytes);
            writers.get_mut(datagram.source).unwrap().write(at, &datagram.bytes).unwrap();
        }
    }
    for writer in writers.values_mut() {
        writer.finish(&Ledger::default()).unwrap();
    }
    drop(writers);
    let mut pass = SessionPass::open(folder.path()).unwrap();
    let laps = pass.add(LapProcessor::new());
    pass.run().unwrap();
    laps.take().unwrap()
}

#[test]
fn simulated_games_have_laps() {
    let games: [&dyn Game; 7] =
        [&acc::GAME, &ac::GAME, &f1::GAME, &gt7::GAME, &forza::GAME, &dirt::GAME, &wrc::GAME];
    for game in games {
        if game.simulator(5).is_none() {
            continue;
        }
        let laps = laps(game, 300.0);
        let id = game.info().id;
        let whole: Vec<&Lap> = laps.laps.iter().filter(|lap| lap.is_whole()).collect();
        assert!(whole.len() >= 2, "{id}: {:#?}", laps.laps);
        assert!(laps.best().is_some(), "{id}");
        for lap in &whole {
            if let Some(differs) = lap.difference_s() {
                assert!(differs.abs() < 0.01, "{id}: {lap:?}");
            }
        }
        let timed = whole.iter().filter(|lap| lap.official_time.is_some()).count();
        let tells_times = game.info().channels.iter().any(|mapping| mapping.channel == "last_lap_time");
        assert!(timed >= 2 || !tells_times || id == "dirt", "{id}: {:#?}", laps.laps);
        for pair in laps.laps.windows(2).filter(|pair| pair[0].part == pair[1].part) {
            assert_eq!(pair[0].lap + 1, pair[1].lap, "{id}");
            assert_eq!(pair[0].end, pair[1].start, "{id}");
        }
    }
}

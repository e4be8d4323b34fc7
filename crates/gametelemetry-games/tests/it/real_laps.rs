//! Real laps: captures of games, split into laps, against the time that the game itself gave.
//!
//! The captures lie in the folder that `GAMETELEMETRY_REAL_DATA` names; without it the tests say so and check nothing.

use std::path::Path;
use std::time::Duration;

use gametelemetry::format::PacketFormat;
use gametelemetry::{
    BinarySessionWriter, ChannelMapping, Header, Lap, LapKind, LapProcessor, Laps, Ledger, Schema,
    SessionPass, SessionWriter as _, Timestamp, WriterOptions,
};
use gametelemetry_games::iracing::{self, IbtHead};
use gametelemetry_games::{Game, dirt, gt7};

use crate::packets::{self, real_file};

/// The moment `seconds` after an arbitrary one.
fn at(seconds: f64) -> Timestamp {
    let begin: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    begin + Duration::from_secs_f64(seconds)
}

/// The laps of a session of `frames`.
fn laps<'a>(
    source: &str,
    schema: &Schema,
    channels: &[ChannelMapping],
    frames: impl Iterator<Item = (f64, &'a [u8])>,
) -> Laps {
    let folder = tempfile::tempdir().unwrap();
    let mut header = Header::new("real", source, schema.clone(), at(0.0));
    header.channels = channels.iter().filter(|mapping| mapping.source == source).cloned().collect();
    write(&folder.path().join(format!("{source}.gtel")), &header, frames);
    split(folder.path())
}

fn write<'a>(path: &Path, header: &Header, frames: impl Iterator<Item = (f64, &'a [u8])>) {
    let mut writer = BinarySessionWriter::create(path, header, WriterOptions::default()).unwrap();
    for (seconds, frame) in frames {
        writer.write(at(seconds), frame).unwrap();
    }
    writer.finish(&Ledger::default()).unwrap();
}

fn split(folder: &Path) -> Laps {
    let mut pass = SessionPass::open(folder).unwrap();
    let laps = pass.add(LapProcessor::new());
    pass.run().unwrap();
    let laps = laps.take().unwrap();
    for lap in &laps.laps {
        eprintln!("{}", serde_json::to_string(lap).unwrap());
    }
    laps
}

fn ms(time: Option<Duration>) -> f64 {
    time.unwrap().as_secs_f64() * 1000.0
}

/// Our time and the game's are within 10 ms of `truth_ms`.
fn assert_time(lap: &Lap, truth_ms: f64) {
    assert!((ms(lap.time) - truth_ms).abs() < 10.0, "{lap:?}");
    assert!((ms(lap.best_known_time()) - truth_ms).abs() < 10.0, "{lap:?}");
}

fn game_laps(game: &dyn Game, frames: &[Vec<u8>], seconds: impl Fn(usize, &[u8]) -> f64) -> Laps {
    let source = game.schemas()[0].0;
    let frames = frames.iter().enumerate().map(|(number, frame)| (seconds(number, frame), frame.as_slice()));
    laps(source, packets::schema(game), game.info().channels, frames)
}

#[test]
fn a_lap_of_gt7_has_the_games_time() {
    let Some(frames) = crate::gt7::lap() else { return };
    let laps = game_laps(&gt7::GAME, &frames, |number, _| number as f64 / 60.0);
    assert_eq!(laps.laps.len(), 1);
    let lap = &laps.laps[0];
    assert_eq!((lap.lap, lap.kind, lap.valid), (1, LapKind::Flying, true));
    assert_time(lap, 115_244.0);
    assert_eq!(ms(lap.official_time), 115_244.0);
    assert_eq!(laps.best(), Some(0));
}

#[test]
fn a_stage_of_dirt_has_the_games_time() {
    let Some(frames) = crate::dirt::stage() else { return };
    let run_time = |packet: &[u8]| packets::channel(&dirt::GAME, packet, "session_time").unwrap();
    let laps = game_laps(&dirt::GAME, &frames, |_, packet| run_time(packet));
    assert_eq!(laps.laps.len(), 1);
    let stage = &laps.laps[0];
    assert_eq!((stage.lap, stage.kind, stage.valid), (1, LapKind::Stage, true));
    assert_time(stage, 202_525.0);
    let sectors: Vec<(f64, bool)> =
        stage.sectors.iter().map(|sector| (ms(sector.time), sector.is_official)).collect();
    let expected = [(53_278.0, true), (55_792.0, true), (42_970.0, false), (50_480.0, false)];
    assert_eq!(sectors.len(), expected.len());
    for (got, expected) in sectors.iter().zip(expected) {
        assert!((got.0 - expected.0).abs() < 30.0 && got.1 == expected.1, "{sectors:?}");
    }
    assert!((stage.length_m.unwrap() - 5236.9).abs() < 1.0);
    assert!(laps.parts[0].point_to_point && laps.parts[0].track_length_m == Some(f64::from(5236.91_f32)));
}

#[test]
fn a_lap_of_assetto_corsa_has_the_games_time() {
    let Some(raw) = real_file("ac_udp/vthinsel_AssettoCorsa_monza_A8LMS.raw") else { return };
    let timing = real_file("ac_udp/vthinsel_AssettoCorsa_monza_A8LMS.timing.csv").unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../formats/assetto_corsa_remote.toml");
    let format = PacketFormat::parse(&std::fs::read_to_string(path).unwrap()).unwrap();
    let times = String::from_utf8(timing).unwrap();
    let times: Vec<f64> = times.lines().skip(1).map(arrival).collect();
    let frames = times.iter().zip(raw.chunks_exact(328)).map(|(time, frame)| (time - times[0], frame));
    let laps = laps(&format.source, &format.schema, &format.channels, frames);
    assert_eq!(laps.laps.len(), 2);
    let out = &laps.laps[0];
    // It stood in the pits when the recording began, with the lap timer at 212.24 s.
    assert_eq!((out.lap, out.kind, out.valid), (1, LapKind::Out, true));
    assert_time(out, 344_684.0);
    assert_eq!(ms(out.official_time), 344_684.0);
    assert_eq!((laps.laps[1].lap, laps.laps[1].kind, laps.laps[1].valid), (2, LapKind::Partial, false));
}

/// The time of day in a line of the list of arrivals, `index,offset,length,22:02:48:153762,delta`.
fn arrival(line: &str) -> f64 {
    let time = line.split(',').nth(3).unwrap();
    let parts: Vec<f64> = time.split(':').map(|part| part.parse().unwrap()).collect();
    parts[0] * 3600.0 + parts[1] * 60.0 + parts[2] + parts[3] / 1e6
}

/// The laps of an `.ibt` file.
fn ibt_laps(path: &str) -> Option<Laps> {
    let file = real_file(path)?;
    let needed = IbtHead::required_len(&file[..iracing::PROLOGUE_LEN]).unwrap();
    let head = IbtHead::parse(&file[..usize::try_from(needed).unwrap()], file.len() as u64).unwrap();
    let here = |mapping: &&ChannelMapping| head.schema().field(&mapping.field).is_some();
    let channels: Vec<ChannelMapping> = iracing::CHANNELS.iter().filter(here).cloned().collect();
    let rows = file[usize::try_from(head.data_offset()).unwrap()..].chunks_exact(head.row_len() as usize);
    let frames = rows.enumerate().map(|(number, row)| (number as f64 / 60.0, row));
    Some(laps(iracing::SOURCE, head.schema(), &channels, frames))
}

#[test]
fn a_tow_that_makes_the_lap_number_jump_makes_no_ghost_lap() {
    let Some(laps) = ibt_laps("ibt/racedirector_telemetry.ibt") else { return };
    assert_eq!(laps.laps.len(), 1);
    let lap = &laps.laps[0];
    assert_eq!((lap.lap, lap.kind, lap.valid, lap.time), (8, LapKind::Partial, false, None));
    assert_eq!(lap.official_time, None, "the last lap's time is that of a lap before the recording");
    assert!(lap.reason.contains("tow or reset"), "{}", lap.reason);
    assert_eq!(laps.best(), None);
}

#[test]
fn a_car_in_the_pits_drives_no_lap() {
    let Some(laps) = ibt_laps("ibt/teamjorge_valid_test_file.ibt") else { return };
    assert_eq!(laps.laps.len(), 1);
    let lap = &laps.laps[0];
    assert_eq!((lap.lap, lap.kind, lap.valid, lap.time), (9, LapKind::Partial, false, None));
    assert!(!lap.reason.is_empty());
}

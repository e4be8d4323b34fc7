//! Every channel that a game is said to give comes from its simulator, or it is listed here why it does not.

use std::collections::BTreeSet;

use gametelemetry::{ChannelKind, ChannelMapping, Schema, channel};
use gametelemetry_games::f1::{self, Format};
use gametelemetry_games::iracing::{self, IbtBuilder, IbtHead};
use gametelemetry_games::{GAMES, Game};

use crate::told::{STEP_S, Told};

/// What simulators do not play: the game, the channel with the field it comes from, and why.
const NOT_PLAYED: &[(&str, &str, &str)] = &[
    ("dirt", "last_lap_time from last_lap_time_s", "a stage has no lap before it; rallycross is not driven"),
    ("f1", "track from session.track_id", "the simulated circuit is none of the game's"),
    ("gt7", "manifold_pressure from manifold_pressure_bar", "the simulated car has no turbo"),
    ("gt7", "turbo_boost from manifold_pressure_bar", "the simulated car has no turbo"),
    ("wrc", "paused from session_pause/stage_current_time", "the simulated stage is not paused"),
    ("wrc", "paused from session_resume/stage_current_time", "the simulated stage is not paused"),
];

/// Games whose sources are files, which simulators write; and one that has no simulator.
fn is_driven(game: &dyn Game) -> bool {
    !game.schemas().is_empty() && game.simulator(1).is_some() && game.info().id != "iracing"
}

fn name(mapping: &ChannelMapping) -> String {
    format!("{} from {}", mapping.channel, mapping.field)
}

/// Steps until every mapping was read that is not `excused`, for at most three laps.
fn drive(told: &mut Told, channels: &[ChannelMapping], excused: &BTreeSet<String>) {
    for _ in 0..60 * 330 {
        told.step();
        let mut unread = channels.iter().zip(&told.read).filter(|(_, read)| !**read);
        if unread.all(|(mapping, _)| excused.contains(&name(mapping))) {
            break;
        }
    }
}

#[test]
fn every_mapping_reads_something_in_three_laps() {
    for game in GAMES.iter().copied().filter(|game| is_driven(*game)) {
        let id = game.info().id;
        let excused = NOT_PLAYED.iter().filter(|(game, _, _)| *game == id);
        let excused: BTreeSet<String> = excused.map(|(_, channel, _)| (*channel).to_owned()).collect();
        let mut told = Told::new(game, 8);
        drive(&mut told, game.info().channels, &excused);
        let mut read = told.read.clone();
        if id == "f1" {
            for format in [Format::F2022, Format::F2026] {
                also_read(format, &mut read);
            }
        }
        let unread = game.info().channels.iter().zip(read).filter(|(_, read)| !read);
        let unread: BTreeSet<String> = unread.map(|(mapping, _)| name(mapping)).collect();
        assert_eq!(unread, excused, "{id}");
    }
}

/// Marks what the packets of `format` have.
fn also_read(format: Format, read: &mut [bool]) {
    let mut game = f1::simulator::Simulator::of_format(format, 3);
    // Two sectors of a lap.
    for _ in 0..60 * 80 {
        game.step(STEP_S);
        for packet in game.packets() {
            let view = f1::schema().view(&packet);
            for (mapping, read) in f1::CHANNELS.iter().zip(read.iter_mut()).filter(|(_, read)| !**read) {
                *read = mapping.read(&view).is_some();
            }
        }
    }
}

fn reads(mapping: &ChannelMapping, schema: &Schema, frame: &[u8]) -> bool {
    let view = schema.view(frame);
    match channel(&mapping.channel).unwrap().kind {
        ChannelKind::Text => mapping.read_text(&view).is_some(),
        _ => mapping.read(&view).is_some(),
    }
}

#[test]
fn every_mapping_of_an_ibt_file_reads_something() {
    let bytes = IbtBuilder::sample().rows(60 * 200).finish().unwrap();
    let head = IbtHead::parse(&bytes, bytes.len() as u64).unwrap();
    let channels = head.channels();
    assert!(channels.len() > 30 && channels.iter().any(|mapping| mapping.channel == "sector"));
    let rows = &bytes[usize::try_from(head.data_offset()).unwrap()..];
    let rows: Vec<&[u8]> = rows.chunks_exact(head.row_len() as usize).step_by(7).collect();
    for mapping in &channels {
        assert!(rows.iter().any(|row| reads(mapping, head.schema(), row)), "{}", name(mapping));
    }
    let record = head.info().record();
    let schema = iracing::session_schema(u32::try_from(record.len()).unwrap());
    for mapping in iracing::CHANNELS.iter().filter(|mapping| mapping.source == iracing::SESSION_SOURCE) {
        assert!(reads(mapping, &schema, &record), "{}", name(mapping));
    }
}

#[test]
fn an_ibt_file_tells_laps_and_sectors() {
    let bytes = IbtBuilder::sample().rows(60 * 200).finish().unwrap();
    let head = IbtHead::parse(&bytes, bytes.len() as u64).unwrap();
    let channels = head.channels();
    let rows = &bytes[usize::try_from(head.data_offset()).unwrap()..];
    let column = |name: &str| -> Vec<Option<f64>> {
        let mapping = channels.iter().find(|mapping| mapping.channel == name).unwrap();
        let rows = rows.chunks_exact(head.row_len() as usize);
        rows.map(|row| mapping.read(&head.schema().view(row))).collect()
    };
    let names = [
        "lap_number",
        "laps_completed",
        "lap_time",
        "lap_distance",
        "lap_position",
        "sector",
        "last_lap_time",
    ];
    let [lap, done, time, distance, share, sector, last] = names.map(column);
    let (mut lines, mut sectors) = (Vec::new(), Vec::new());
    for (row, pair) in lap.windows(2).enumerate() {
        if sector[row] != sector[row + 1] {
            sectors.push((sector[row + 1].unwrap(), share[row + 1].unwrap()));
        }
        if pair[0] != pair[1] {
            lines.push(row + 1);
            assert_eq!(done[row + 1], done[row].map(|done| done + 1.0));
            assert!(time[row] > Some(89.9) && time[row + 1] < Some(0.02));
            assert!(distance[row] > Some(4998.0) && distance[row + 1] < Some(2.0));
        }
    }
    assert_eq!(lines.len(), 3);
    // The game says the time 1.5 s late.
    assert_eq!((last[lines[0]], last[lines[0] + 120]), (None, Some(90.0)));
    let starts = [(0.0, 0.0), (1.0, 0.4), (2.0, 0.75)];
    assert_eq!(sectors.len(), 7);
    for (sector, share) in sectors {
        let (_, start) = starts.iter().copied().find(|(number, _)| *number == sector).unwrap();
        assert!((start..start + 0.001).contains(&share), "sector {sector} at {share}");
    }
}

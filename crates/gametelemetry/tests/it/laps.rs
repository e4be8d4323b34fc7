//! Sessions are split into laps: scripted drives, each with the table of laps that must come out.
//!
//! The scripts lie in `tests/laps`, one file a case: which channels the game has, what happens, and the laps. Each is
//! written as a session file and read by the processor, so that the whole path is tested.

pub(crate) mod player;
mod random;

use std::path::Path;

use gametelemetry::{Lap, Laps};
use player::Player;
use serde_json::{Map, Value};
use toml::de::{DeTable, DeValue};

type Table = Map<String, Value>;

/// A file of TOML as the values that the rest here reads.
fn table(text: &str) -> Table {
    let parsed = DeTable::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    parsed
        .get_ref()
        .iter()
        .map(|(name, value)| (name.get_ref().to_string(), plain(value.get_ref())))
        .collect()
}

fn plain(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::from(text.to_string()),
        DeValue::Integer(number) => Value::from(number.as_str().parse::<i64>().unwrap()),
        DeValue::Float(number) => Value::from(number.as_str().parse::<f64>().unwrap()),
        DeValue::Boolean(is) => Value::from(*is),
        DeValue::Array(list) => list.iter().map(|value| plain(value.get_ref())).collect(),
        DeValue::Table(table) => {
            table.iter().map(|(name, value)| (name.get_ref().to_string(), plain(value.get_ref()))).collect()
        }
        DeValue::Datetime(_) => panic!("no script has dates"),
    }
}

fn number(table: &Table, name: &str) -> Option<f64> {
    let value = table.get(name)?;
    value.as_f64().or_else(|| value.as_bool().map(|value| f64::from(u8::from(value))))
}

fn rows<'a>(table: &'a Table, name: &str) -> Vec<&'a Table> {
    table
        .get(name)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|row| row.as_object().unwrap())
        .collect()
}

fn texts(table: &Table, name: &str) -> Vec<String> {
    let list = table.get(name).and_then(Value::as_array).into_iter().flatten();
    list.map(|text| text.as_str().unwrap().to_owned()).collect()
}

/// Plays a script.
fn play(script: &Table, folder: &Path) -> Laps {
    let track_m = number(script, "track_m").unwrap_or(3000.0);
    let place = number(script, "starts_at_m").unwrap_or(0.0);
    let hz = number(script, "hz").unwrap_or(50.0);
    let mut player = Player::new(folder, &texts(script, "channels"), track_m, hz, place);
    player.jitter_ms = number(script, "jitter_ms").unwrap_or(0.0);
    player.grid = number(script, "grid").is_some();
    player.negative_before_line = number(script, "negative_before_line").is_some();
    let limits = script.get("sector_limits_m").and_then(Value::as_array).into_iter().flatten();
    player.limits = limits.map(|limit| limit.as_f64().unwrap()).collect();
    for step in rows(script, "script") {
        act(&mut player, step);
    }
    if let Some(frames) = number(script, "frames") {
        assert_eq!(frames, player.frames() as f64);
    }
    player.laps()
}

fn act(player: &mut Player, step: &Table) {
    let get = |name: &str| number(step, name);
    if let Some(set) = step.get("set").and_then(Value::as_object) {
        for name in set.keys() {
            player.set(name, number(set, name).unwrap_or(f64::NAN));
        }
    }
    for name in texts(step, "unset") {
        player.unset(&name);
    }
    let speed = get("speed").unwrap_or(50.0);
    if let Some(metres) = get("drive") {
        player.drive(metres, speed);
    } else if let Some(laps) = get("laps") {
        player.drive(laps * player.track_m, speed);
    } else if let Some(seconds) = get("stand") {
        player.stand(seconds);
    } else if let Some(seconds) = get("pause") {
        player.pause(seconds, get("frames").is_some());
    } else if let Some(seconds) = get("flashback") {
        player.flashback(seconds);
    } else if let Some(place) = get("restart") {
        player.restart(place);
    } else if let Some(place) = get("tow") {
        player.tow(place);
    } else if let Some(seconds) = get("jump_clock") {
        player.jump_clock(seconds);
    } else if get("frame").is_some() {
        player.frame();
    }
}

fn row(lap: &Lap) -> String {
    let json = serde_json::to_value(lap).unwrap();
    let official = lap.sectors.iter().map(|sector| sector.is_official).collect::<Vec<_>>();
    let (back, paused) = (lap.taken_back.len(), lap.paused.len());
    format!(
        "{json} official sectors {official:?} taken back {back} paused {paused} length {:?}",
        lap.length_m
    )
}

fn table_of(laps: &Laps) -> String {
    laps.laps.iter().map(|lap| row(lap) + "\n").collect()
}

fn is_near(got: &serde_json::Value, expected: Option<f64>) -> bool {
    match (got.as_f64(), expected) {
        (Some(got), Some(expected)) => (got - expected).abs() <= 10.0,
        (None, None) => true,
        _ => false,
    }
}

fn fits(lap: &Lap, expected: &Table) -> bool {
    let json = serde_json::to_value(lap).unwrap();
    let text = |name: &str| expected.get(name).and_then(Value::as_str);
    let sectors = expected.get("sectors_ms").and_then(Value::as_array);
    let has_sectors = sectors.is_none_or(|sectors| {
        let got = json["sectors_ms"].as_array().unwrap();
        // A time below zero stands for one that is not known.
        let ms = |value: &Value| value.as_f64().filter(|ms| *ms >= 0.0);
        got.len() == sectors.len() && got.iter().zip(sectors).all(|(got, ms_of)| is_near(got, ms(ms_of)))
    });
    let count = |name: &str, got: usize| number(expected, name).is_none_or(|count| count == got as f64);
    let official = number(expected, "official_sectors").is_none_or(|official| {
        lap.sectors.iter().all(|sector| f64::from(u8::from(sector.is_official)) == official)
    });
    number(expected, "lap").is_none_or(|number| number == f64::from(lap.lap))
        && Some(lap.kind.name()) == text("kind")
        && number(expected, "valid").is_none_or(|valid| valid == f64::from(u8::from(lap.valid)))
        && is_near(&json["time_ms"], number(expected, "time_ms"))
        && is_near(&json["official_time_ms"], number(expected, "official_ms"))
        && text("reason").map_or_else(|| lap.reason.is_empty(), |reason| lap.reason.contains(reason))
        && has_sectors
        && official
        && count("taken_back", lap.taken_back.len())
        && count("paused", lap.paused.len())
        && number(expected, "part").is_none_or(|part| part == lap.part as f64)
        && number(expected, "length_m")
            .is_none_or(|length| (lap.length_m.unwrap_or(0.0) - length).abs() < 30.0)
}

#[test]
fn scripted_sessions_have_the_laps_of_their_tables() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/laps");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let (mut wrong, mut cases) = (String::new(), 0);
    for path in &paths {
        let script = table(&std::fs::read_to_string(path).unwrap());
        let here = tempfile::tempdir().unwrap();
        let laps = play(&script, here.path());
        let expected = rows(&script, "lap");
        let is_right = laps.laps.len() == expected.len()
            && laps.laps.iter().zip(&expected).all(|(lap, expected)| fits(lap, expected));
        let parts = number(&script, "parts").unwrap_or(if expected.is_empty() { 0.0 } else { 1.0 });
        cases += 1;
        if !is_right || parts != laps.parts.len() as f64 {
            let name = path.file_stem().unwrap().to_string_lossy();
            wrong += &format!("\n{name}: {} parts\n", laps.parts.len());
            for (number, lap) in laps.laps.iter().enumerate() {
                let mark = expected.get(number).is_some_and(|expected| fits(lap, expected));
                wrong += &format!("  {} {}\n", if mark { " " } else { "!" }, row(lap));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(cases > 25, "{cases}");
}

//! Laps of the driven car, with every channel, and the report that they make.

use std::collections::BTreeMap;

use super::super::data::{
    BestSector, Channel, Corner, CornerOfLap, Grid, Lap, LapStart, Layout, OverTime, Report,
};
use super::super::series::Series;
use super::drive::{self, Driven, Style, Track};
use super::{session, stage_session};

/// What session to make.
pub(super) struct Plan {
    pub(super) laps: u32,
    pub(super) points: usize,
    pub(super) session: usize,
    /// Above 1 is faster.
    pub(super) pace: f64,
}

const CHANNELS: &[(&str, &str, &str, bool)] = &[
    ("speed", "Speed", "m/s", false),
    ("throttle", "Throttle", "", false),
    ("brake", "Brake", "", false),
    ("gear", "Gear", "", true),
    ("steer", "Steering angle", "rad", false),
    ("engine_rpm", "Engine speed", "rpm", false),
    ("g_lat", "Sideways acceleration", "g", false),
    ("g_lon", "Lengthways acceleration", "g", false),
    ("fuel_volume", "Fuel", "l", false),
    ("water_temperature", "Coolant temperature", "°C", false),
];

const WHEELS: &[(&str, &str)] =
    &[("fl", "front left"), ("fr", "front right"), ("rl", "rear left"), ("rr", "rear right")];
const OF_WHEELS: &[(&str, &str, &str, f64)] = &[
    ("tyre_temperature", "Tyre temperature", "°C", 82.0),
    ("tyre_pressure", "Tyre pressure", "Pa", 186_000.0),
    ("brake_temperature", "Brake temperature", "°C", 420.0),
];

/// A report of laps on the circuit.
pub(super) fn report(plan: &Plan) -> Report {
    let track = drive::circuit(plan.points);
    let corners = corners(&track);
    let mut laps: Vec<Lap> = (0..plan.laps).map(|number| lap(plan, &track, &corners, number)).collect();
    let can_be_best = |lap: &Lap| lap.kind == "flying" && lap.valid == Some(true);
    let best = (0..laps.len()).filter(|&i| can_be_best(&laps[i])).min_by_key(|&i| laps[i].official_time_ms);
    if let Some(best) = best {
        laps[best].best = true;
    }
    let best_sectors: Vec<BestSector> = (0..3).filter_map(|sector| best_sector(&laps, sector)).collect();
    Report {
        program: "gametelemetry 0.1.0".into(),
        written: "2026-11-23 13:05 UTC".into(),
        sessions: vec![session()],
        grid: Some(grid(&track)),
        channels: channels(),
        theoretical_ms: (best_sectors.len() == 3).then(|| best_sectors.iter().map(|best| best.time_ms).sum()),
        best_sectors,
        corners,
        over_time: vec![over_time(&laps)],
        laps,
        ..Report::default()
    }
}

/// A report of one run of a stage.
pub(super) fn stage() -> Report {
    let track = drive::road(1500);
    let driven = drive::drive(&track, &Style { grip: 0.62, start: Some(0.0), seed: 0.4 });
    let sectors = sectors_of(&driven, 4);
    let mut lap = Lap {
        kind: "flying".into(),
        lap: 1,
        valid: Some(true),
        time_ms: Some(sectors.iter().sum()),
        sectors_ms: sectors.into_iter().map(Some).collect(),
        best: true,
        ..common(&track, &driven, 0.0)
    };
    lap.kind = "run".into();
    lap.traces.retain(|name, _| !name.starts_with("tyre") && !name.starts_with("fuel"));
    Report {
        layout: Layout::Stage,
        sessions: vec![stage_session()],
        grid: Some(grid(&track)),
        channels: channels(),
        laps: vec![lap],
        program: "gametelemetry 0.1.0".into(),
        written: "2026-11-23 13:05 UTC".into(),
        ..Report::default()
    }
}

fn grid(track: &Track) -> Grid {
    Grid { start: 0.0, step: track.step, count: track.x.len() }
}

fn channels() -> Vec<Channel> {
    let plain = CHANNELS.iter().map(|&(name, label, unit, steps)| Channel {
        name: name.into(),
        label: label.into(),
        unit: unit.into(),
        steps,
    });
    let wheels = OF_WHEELS.iter().flat_map(|(name, label, unit, _)| {
        WHEELS.iter().map(move |(wheel, place)| Channel {
            name: format!("{name}_{wheel}"),
            label: format!("{label} {place}"),
            unit: (*unit).into(),
            steps: false,
        })
    });
    plain.chain(wheels).collect()
}

/// Lap `number` from 0: the first leaves the pits, the last returns to them, one is invalid.
fn lap(plan: &Plan, track: &Track, corners: &[Corner], number: u32) -> Lap {
    let seed = f64::from(number) + plan.pace * 10.0;
    let grip = plan.pace
        * (0.965 + 0.018 * (seed * 2.1).sin() + 0.015 * (seed * 5.3).cos()
            - 0.05 * f64::from(u8::from(number == 0)));
    let driven = drive::drive(track, &Style { grip, start: (number == 0).then_some(15.0), seed });
    let (kind, valid, reason) = match number {
        0 => ("out", true, Some("began in the pit lane")),
        4 => ("invalid", false, Some("all four wheels were off the track at turn 6")),
        7 => ("superseded", true, Some("flashback at 1 312 m; lap 8 was driven again")),
        n if n + 1 == plan.laps => ("in", true, Some("ended in the pit lane")),
        _ => ("flying", true, None),
    };
    let sectors = sectors_of(&driven, 3);
    let time: i64 = sectors.iter().sum();
    Lap {
        session: plan.session,
        lap: i64::from(number) + 1,
        kind: kind.into(),
        valid: Some(valid),
        time_ms: Some(time),
        official_time_ms: (kind != "superseded").then_some(time + i64::from(number % 3) - 1),
        sectors_ms: sectors.into_iter().map(Some).collect(),
        reason: reason.map(Into::into),
        fuel_used: Some(2.61 + 0.08 * (seed * 1.7).sin() - 0.6 * f64::from(u8::from(number == 0))),
        tyre_use: Some([0.21, 0.24, 0.17, 0.19].map(|wear: f64| wear + 0.02 * seed.sin())),
        corners: corners.iter().map(|corner| Some(through(track, &driven, corner))).collect(),
        ..common(track, &driven, f64::from(number))
    }
}

/// What laps and runs share: the rows.
fn common(track: &Track, driven: &Driven, laps_before: f64) -> Lap {
    let extremes = driven.speed.iter().fold((f64::MAX, 0.0_f64), |(low, high), &v| (low.min(v), high.max(v)));
    let offset = |row: &[f64], side: &[f64], by: f64| row.iter().zip(side).map(|(p, c)| p + by * c).collect();
    let side = drive::smooth(&driven.g_lat, 8);
    Lap {
        min_speed: Some(extremes.0),
        max_speed: Some(extremes.1),
        elapsed: Some(Series::of_seconds(driven.elapsed.iter().copied())),
        x: Some(offset(&track.x, &side, 1.5)),
        y: Some(offset(&track.y, &side, 1.2)),
        traces: traces(track, driven, laps_before),
        ..Lap::default()
    }
}

fn traces(track: &Track, driven: &Driven, laps_before: f64) -> BTreeMap<String, Series> {
    let ratios = [0.0, 17.0, 25.0, 34.0, 45.0, 58.0, 99.0];
    let gear = |v: f64| f64::from(u8::try_from(ratios.iter().filter(|&&top| v >= top).count()).unwrap());
    let rpm =
        |v: f64| 3200.0 + 4600.0 * (v / ratios.iter().copied().find(|&top| v < top).unwrap_or(99.0)).powi(2);
    let row = |value: &dyn Fn(usize) -> f64| (0..track.x.len()).map(value).collect::<Series>();
    let mut rows: BTreeMap<String, Series> = [
        ("speed", row(&|i| driven.speed[i])),
        ("throttle", row(&|i| (0.55 + driven.g_lon[i] * 2.4).clamp(0.0, 1.0))),
        ("brake", row(&|i| (-driven.g_lon[i] * 0.72 - 0.04).clamp(0.0, 1.0))),
        ("gear", row(&|i| gear(driven.speed[i]))),
        ("steer", row(&|i| track.curvature[i] * 62.0 + 0.01 * (driven.elapsed[i] * 9.0).sin())),
        ("engine_rpm", row(&|i| rpm(driven.speed[i]))),
        ("g_lat", row(&|i| driven.g_lat[i] + 0.04 * (driven.elapsed[i] * 31.0).sin())),
        ("g_lon", row(&|i| driven.g_lon[i] + 0.03 * (driven.elapsed[i] * 23.0).sin())),
        ("fuel_volume", row(&|i| 62.0 - 2.61 * (laps_before + driven.elapsed[i] / 100.0))),
    ]
    .map(|(name, row)| (name.to_owned(), row))
    .into();
    for (name, _, _, usual) in OF_WHEELS {
        for (place, (wheel, _)) in (0_u8..).zip(WHEELS) {
            let lean = if place % 2 == 0 { -1.0 } else { 1.0 };
            let value = |i: usize| {
                usual
                    * (1.0 + 0.012 * f64::from(place) + 0.03 * lean * driven.g_lat[i]
                        - 0.02 * driven.g_lon[i])
            };
            rows.insert(format!("{name}_{wheel}"), row(&value));
        }
    }
    rows
}

/// Times of `count` parts of equal length, in ms.
fn sectors_of(driven: &Driven, count: usize) -> Vec<i64> {
    let at = |sector: usize| driven.elapsed[(driven.elapsed.len() - 1) * sector / count];
    #[expect(clippy::cast_possible_truncation, reason = "minutes")]
    (0..count).map(|sector| ((at(sector + 1) - at(sector)) * 1000.0).round() as i64).collect()
}

fn best_sector(laps: &[Lap], sector: usize) -> Option<BestSector> {
    let valid = laps.iter().enumerate().filter(|(_, lap)| lap.kind == "flying");
    let times = valid.filter_map(|(lap, of)| Some(BestSector { time_ms: of.sectors_ms[sector]?, lap }));
    times.min_by_key(|best| best.time_ms)
}

/// Stretches that bend more than a straight does.
fn corners(track: &Track) -> Vec<Corner> {
    let bends: Vec<bool> = track.curvature.iter().map(|bend| bend.abs() > 0.0055).collect();
    let mut corners = Vec::new();
    let mut from = None;
    for (i, bends) in (0_u32..).zip(&bends) {
        match (from, bends) {
            (None, true) => from = Some(i),
            (Some(begin), false) => {
                let apex = (begin..i).max_by(|a, b| {
                    track.curvature[*a as usize].abs().total_cmp(&track.curvature[*b as usize].abs())
                });
                let at = |i: u32| f64::from(i) * track.step;
                let number = u32::try_from(corners.len()).unwrap() + 1;
                let name = (number == 3).then(|| "Old Mill".to_owned());
                corners.push(Corner { number, name, from: at(begin), apex: at(apex.unwrap()), to: at(i) });
                from = None;
            }
            _ => {}
        }
    }
    corners
}

fn through(track: &Track, driven: &Driven, corner: &Corner) -> CornerOfLap {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place on the grid")]
    let at = |place: f64| (place / track.step).round() as usize;
    let speeds = &driven.speed[at(corner.from)..=at(corner.to)];
    #[expect(clippy::cast_possible_truncation, reason = "seconds")]
    let time_ms = ((driven.elapsed[at(corner.to)] - driven.elapsed[at(corner.from)]) * 1000.0).round() as i64;
    CornerOfLap { min_speed: speeds.iter().copied().reduce(f64::min), time_ms: Some(time_ms) }
}

/// Slow channels at one point every two seconds.
fn over_time(laps: &[Lap]) -> OverTime {
    let mut lap_starts = Vec::new();
    let mut end = 0.0;
    for lap in laps {
        lap_starts.push(LapStart { lap: lap.lap, time_s: end });
        end += f64::from(i32::try_from(lap.time_ms.unwrap_or(0)).unwrap()) / 1000.0;
    }
    let times: Vec<f64> = (0_u32..).map(|i| f64::from(i) * 2.0).take_while(|time| *time < end).collect();
    let warm = |time: f64| 1.0 - 0.35 * (-time / 240.0).exp();
    let mut series: BTreeMap<String, Series> = BTreeMap::new();
    series.insert("fuel_volume".into(), times.iter().map(|time| 62.0 - time * 0.026).collect());
    series.insert("water_temperature".into(), times.iter().map(|time| 92.0 * warm(*time * 2.0)).collect());
    for (name, _, _, usual) in OF_WHEELS {
        for (place, (wheel, _)) in (0_u8..).zip(WHEELS) {
            let swing =
                |time: f64| 1.0 + 0.012 * f64::from(place) + 0.02 * (time / 9.0 + f64::from(place)).sin();
            let row = times.iter().map(|time| usual * warm(*time) * swing(*time)).collect();
            series.insert(format!("{name}_{wheel}"), row);
        }
    }
    OverTime { session: 0, time_s: times.into_iter().collect(), series, lap_starts }
}

//! The columns of `laps`, and what of a lap each one is.
//!
//! One table, in the order of the file. A lap's own values are those that `gametelemetry laps --json` prints.

use std::time::Duration;

use gametelemetry::{Lap, SessionPart, Timestamp};
use gametelemetry_export::microseconds;

use super::figures::{FUEL, Figures, PRESSURE, TEMPERATURE, WEAR, WEATHER};
use super::table::{LakeColumn, LakeType};

/// A lap with all that is known of it.
pub(super) struct LapView<'a> {
    /// The session's id.
    pub(super) session: &'a str,
    pub(super) version: i32,
    pub(super) started: Timestamp,
    /// Place of the lap in the session's laps.
    pub(super) index: usize,
    pub(super) lap: &'a Lap,
    pub(super) part: &'a SessionPart,
    pub(super) figures: &'a Figures,
    pub(super) stint: i32,
    pub(super) is_best: bool,
    /// Names of people are left out.
    pub(super) redact: bool,
}

/// One value of a lap; `None` inside is null.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Timestamp(Option<i64>),
    Double(Option<f64>),
    Int(Option<i32>),
    Long(Option<i64>),
    Bool(Option<bool>),
    Text(Option<String>),
    Longs(Vec<Option<i64>>),
}

/// A column of `laps`.
pub(super) struct LapColumn {
    pub(super) column: LakeColumn,
    /// Which of several values that are read alike: a wheel, FL FR RL RR, or a sector.
    which: usize,
    read: fn(&LapView<'_>, usize) -> Cell,
}

impl LapColumn {
    pub(super) fn cell(&self, lap: &LapView<'_>) -> Cell {
        (self.read)(lap, self.which)
    }
}

const fn of(
    name: &'static str,
    data: LakeType,
    which: usize,
    read: fn(&LapView<'_>, usize) -> Cell,
) -> LapColumn {
    LapColumn { column: LakeColumn::new(name, data), which, read }
}

const fn text(name: &'static str, read: fn(&LapView<'_>, usize) -> Cell) -> LapColumn {
    of(name, LakeType::Text, 0, read)
}

const fn int(name: &'static str, read: fn(&LapView<'_>, usize) -> Cell) -> LapColumn {
    of(name, LakeType::Int, 0, read)
}

const fn truth(name: &'static str, read: fn(&LapView<'_>, usize) -> Cell) -> LapColumn {
    of(name, LakeType::Bool, 0, read)
}

const fn long(name: &'static str, which: usize, read: fn(&LapView<'_>, usize) -> Cell) -> LapColumn {
    of(name, LakeType::Long, which, read)
}

const fn time(name: &'static str, read: fn(&LapView<'_>, usize) -> Cell) -> LapColumn {
    of(name, LakeType::Timestamp, 0, read)
}

const fn double(name: &'static str, read: fn(&LapView<'_>, usize) -> Cell) -> LapColumn {
    of(name, LakeType::Double, 0, read)
}

/// A value at the lap's start, number `which` of the figures.
const fn start(name: &'static str, which: usize) -> LapColumn {
    of(name, LakeType::Double, which, |lap, which| {
        Cell::Double(lap.figures.start.get(which).copied().flatten())
    })
}

/// A value at the lap's end.
const fn end(name: &'static str, which: usize) -> LapColumn {
    of(name, LakeType::Double, which, |lap, which| {
        Cell::Double(lap.figures.end.get(which).copied().flatten())
    })
}

/// Every column of `laps`.
pub(super) const LAP_COLUMNS: &[LapColumn] = &[
    text("session", |lap, _| Cell::Text(Some(lap.session.to_owned()))),
    int("session_version", |lap, _| Cell::Int(Some(lap.version))),
    int("part", |lap, _| Cell::Int(i32::try_from(lap.lap.part).ok())),
    int("lap_index", |lap, _| Cell::Int(i32::try_from(lap.index).ok())),
    int("lap", |lap, _| Cell::Int(i32::try_from(lap.lap.lap).ok())),
    text("kind", |lap, _| Cell::Text(Some(lap.lap.kind.name().to_owned()))),
    truth("valid", |lap, _| Cell::Bool(Some(lap.lap.valid))),
    truth("is_whole", |lap, _| Cell::Bool(Some(lap.lap.is_whole()))),
    truth("is_best", |lap, _| Cell::Bool(Some(lap.is_best))),
    text("reason", |lap, _| Cell::Text(Some(lap.lap.reason.clone()))),
    long("time_ms", 0, |lap, _| milliseconds(lap.lap.time)),
    long("official_time_ms", 0, |lap, _| milliseconds(lap.lap.official_time)),
    long("best_known_time_ms", 0, |lap, _| milliseconds(lap.lap.best_known_time())),
    long("sector_1_ms", 0, sector),
    long("sector_2_ms", 1, sector),
    long("sector_3_ms", 2, sector),
    of("sectors_ms", LakeType::Longs, 0, |lap, _| {
        Cell::Longs(lap.lap.sectors.iter().map(|sector| whole_milliseconds(sector.time)).collect())
    }),
    int("stint", |lap, _| Cell::Int(Some(lap.stint))),
    time("started", |lap, _| Cell::Timestamp(Some(microseconds(lap.started)))),
    time("lap_start", |lap, _| Cell::Timestamp(Some(microseconds(lap.lap.start)))),
    time("lap_end", |lap, _| Cell::Timestamp(Some(microseconds(lap.lap.end)))),
    double("lap_start_s", |lap, _| Cell::Double(Some(lap.lap.start.seconds_since(lap.started)))),
    double("paused_s", |lap, _| Cell::Double(Some(seconds(&lap.lap.paused)))),
    double("taken_back_s", |lap, _| Cell::Double(Some(seconds(&lap.lap.taken_back)))),
    text("driver", |lap, _| if lap.redact { Cell::Text(None) } else { named(&lap.part.driver) }),
    text("track_name", |lap, _| named(&lap.part.track)),
    text("track_layout", |lap, _| named(&lap.part.track_layout)),
    text("car_name", |lap, _| named(&lap.part.car)),
    text("session_type", |lap, _| named(&lap.part.session_type)),
    truth("point_to_point", |lap, _| Cell::Bool(Some(lap.part.point_to_point))),
    double("track_length_m", |lap, _| Cell::Double(lap.part.track_length_m)),
    double("length_m", |lap, _| Cell::Double(lap.lap.length_m)),
    double("top_speed_m_s", |lap, _| Cell::Double(lap.figures.top_speed_m_s)),
    double("average_speed_m_s", |lap, _| Cell::Double(lap.figures.average_speed_m_s)),
    start("fuel_volume_start_l", FUEL),
    end("fuel_volume_end_l", FUEL),
    start("fuel_mass_start_kg", FUEL + 1),
    end("fuel_mass_end_kg", FUEL + 1),
    start("fuel_level_start", FUEL + 2),
    end("fuel_level_end", FUEL + 2),
    start("tyre_wear_start_fl", WEAR),
    start("tyre_wear_start_fr", WEAR + 1),
    start("tyre_wear_start_rl", WEAR + 2),
    start("tyre_wear_start_rr", WEAR + 3),
    end("tyre_wear_end_fl", WEAR),
    end("tyre_wear_end_fr", WEAR + 1),
    end("tyre_wear_end_rl", WEAR + 2),
    end("tyre_wear_end_rr", WEAR + 3),
    start("tyre_temperature_start_c_fl", TEMPERATURE),
    start("tyre_temperature_start_c_fr", TEMPERATURE + 1),
    start("tyre_temperature_start_c_rl", TEMPERATURE + 2),
    start("tyre_temperature_start_c_rr", TEMPERATURE + 3),
    end("tyre_temperature_end_c_fl", TEMPERATURE),
    end("tyre_temperature_end_c_fr", TEMPERATURE + 1),
    end("tyre_temperature_end_c_rl", TEMPERATURE + 2),
    end("tyre_temperature_end_c_rr", TEMPERATURE + 3),
    end("tyre_pressure_end_pa_fl", PRESSURE),
    end("tyre_pressure_end_pa_fr", PRESSURE + 1),
    end("tyre_pressure_end_pa_rl", PRESSURE + 2),
    end("tyre_pressure_end_pa_rr", PRESSURE + 3),
    text("tyre_compound", |lap, _| Cell::Text(lap.figures.compound.clone())),
    end("air_temperature_c", WEATHER),
    end("track_temperature_c", WEATHER + 1),
    end("wind_speed_m_s", WEATHER + 2),
];

fn sector(lap: &LapView<'_>, which: usize) -> Cell {
    milliseconds(lap.lap.sectors.get(which).and_then(|sector| sector.time))
}

/// A name as the game tells it; null when it tells none.
fn named(name: &str) -> Cell {
    Cell::Text((!name.is_empty()).then(|| name.to_owned()))
}

fn milliseconds(time: Option<Duration>) -> Cell {
    Cell::Long(whole_milliseconds(time))
}

/// Whole milliseconds, rounded as everywhere.
fn whole_milliseconds(time: Option<Duration>) -> Option<i64> {
    time.and_then(|time| i64::try_from((time.as_nanos() + 500_000) / 1_000_000).ok())
}

/// How long stretches are together.
fn seconds(stretches: &[(Timestamp, Timestamp)]) -> f64 {
    stretches.iter().map(|(from, until)| until.seconds_since(*from)).sum()
}

//! What a lap came to: fuel and tyres used, least, mean and most of every channel, how the pedals were used.
//!
//! Works on a lap's trace, so on what its channels were at each of its points. Judges nothing.

use serde::Serialize;

use super::corners::Corner;
use super::numbers::at;
use super::traces::{LapTrace, Trace};
use crate::channels::ChannelKind;

/// The figures of one lap.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LapStatistics {
    /// The lap's number in [`crate::Laps::laps`].
    pub number: usize,
    /// The lap's number as the game counts.
    pub lap: u32,
    /// Fuel, from the first of `fuel_volume`, `fuel_mass` and `fuel_level` that the trace has.
    pub fuel: Option<Fuel>,
    /// Highest speed, in m/s.
    pub top_speed_m_s: Option<f64>,
    /// How the pedals were used.
    pub shares: Option<Shares>,
    /// How much `tyre_wear_*` changed over the lap, in the game's own scale: front left, front right, rear left, rear right.
    pub tyre_wear_change: [Option<f64>; 4],
    /// The tyres' core temperature in °C, or that of their surface where the game has no core: the same order.
    pub tyre_temperature: [Option<Spread>; 4],
    /// The tyres' pressure in Pa: the same order.
    pub tyre_pressure: [Option<Spread>; 4],
    /// Every channel of the trace over the lap, then each sector, then each corner.
    pub ranges: Vec<RangeStatistics>,
}

/// Fuel over a lap.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fuel {
    /// The channel it is from.
    pub channel: String,
    /// Its unit: l, kg, or empty for a share of the tank.
    pub unit: String,
    /// In the tank when the lap began.
    pub start: f64,
    /// In the tank when it ended.
    pub end: f64,
    /// What was burnt: what is missing at the end, and what was filled in.
    pub used: f64,
    /// What was filled in; 0 without a stop.
    pub refuelled: f64,
}

/// Shares of the lap's time, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Shares {
    /// The throttle fully open: 98 % or more.
    pub full_throttle: f64,
    /// The brake pressed: more than 5 %.
    pub braking: f64,
    /// Neither pedal pressed more than 5 %.
    pub coasting: f64,
}

/// Least, mean over time, and most of a channel, in its unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// Least.
    pub min: f64,
    /// Mean over time.
    pub mean: f64,
    /// Most.
    pub max: f64,
}

/// What a stretch of the lap is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Range {
    /// The whole lap, or what was seen of it.
    Lap,
    /// The sector of this number.
    Sector(u32),
    /// The corner of this number.
    Corner(u32),
}

/// The channels over a stretch of the lap.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RangeStatistics {
    /// What it is.
    pub range: Range,
    /// Where it begins, in metres round the track.
    pub from_m: f64,
    /// Where it ends.
    pub until_m: f64,
    /// The channels that were known there, in the order of the trace. Angles that go round are left out: they have no mean.
    pub channels: Vec<(String, Spread)>,
}

/// The channels that [`LapStatistics`] goes by; a [`super::TraceProcessor`] is to be asked for them.
pub const STATISTICS: &[&str] = &[
    "speed",
    "throttle",
    "brake",
    "fuel_volume",
    "fuel_mass",
    "fuel_level",
    "tyre_wear_fl",
    "tyre_wear_fr",
    "tyre_wear_rl",
    "tyre_wear_rr",
    "tyre_temperature_fl",
    "tyre_temperature_fr",
    "tyre_temperature_rl",
    "tyre_temperature_rr",
    "tyre_surface_temperature_fl",
    "tyre_surface_temperature_fr",
    "tyre_surface_temperature_rl",
    "tyre_surface_temperature_rr",
    "tyre_pressure_fl",
    "tyre_pressure_fr",
    "tyre_pressure_rl",
    "tyre_pressure_rr",
];

const WHEELS: [&str; 4] = ["fl", "fr", "rl", "rr"];

impl LapStatistics {
    /// The figures of the lap of `trace`, with the `corners` of its track.
    #[must_use]
    pub fn new(trace: &LapTrace, corners: &[Corner]) -> Self {
        let of_wheels = |name: &str| WHEELS.map(|wheel| trace.channel(&format!("{name}_{wheel}")));
        let (core, surface) = (of_wheels("tyre_temperature"), of_wheels("tyre_surface_temperature"));
        let temperatures = if core.iter().any(Option::is_some) { core } else { surface };
        let spread = |channel: Option<&Trace>| spread(trace, channel?, 0.0, trace.length_m);
        Self {
            number: trace.number,
            lap: trace.lap.lap,
            fuel: ["fuel_volume", "fuel_mass", "fuel_level"]
                .iter()
                .find_map(|name| fuel(trace.channel(name)?)),
            top_speed_m_s: spread(trace.channel("speed")).map(|speed| speed.max),
            shares: shares(trace),
            tyre_wear_change: of_wheels("tyre_wear").map(|channel| {
                let (start, end) = ends(channel?)?;
                Some(end - start)
            }),
            tyre_temperature: temperatures.map(spread),
            tyre_pressure: of_wheels("tyre_pressure").map(spread),
            ranges: ranges(trace, corners),
        }
    }
}

/// Least, mean and most of a channel from one place of the lap to another, in metres; `None` where it is not known.
#[must_use]
pub fn spread(trace: &LapTrace, channel: &Trace, from_m: f64, until_m: f64) -> Option<Spread> {
    let mut spread = Spread { min: f64::INFINITY, mean: f64::NAN, max: f64::NEG_INFINITY };
    let (mut sum, mut seconds, mut plain, mut count) = (0.0, 0.0, 0.0, 0.0);
    for (place, (&metres, &value)) in trace.progress_m.iter().zip(&channel.values).enumerate() {
        let value = f64::from(value);
        if metres < from_m || metres > until_m || !value.is_finite() {
            continue;
        }
        (spread.min, spread.max) = (spread.min.min(value), spread.max.max(value));
        (plain, count) = (plain + value, count + 1.0);
        let time = held_s(trace, place);
        (sum, seconds) = (sum + value * time, seconds + time);
    }
    if count == 0.0 {
        return None;
    }
    spread.mean = if seconds > 0.0 { sum / seconds } else { plain / count };
    Some(spread)
}

/// How long the car was nearer to this point of the lap than to any other, in seconds.
fn held_s(trace: &LapTrace, place: usize) -> f64 {
    let time = |place: usize| at(&trace.lap_time_s, place);
    let before = place.checked_sub(1).map(|before| time(place) - time(before));
    [before, Some(time(place + 1) - time(place))]
        .into_iter()
        .flatten()
        .filter(|way| way.is_finite())
        .sum::<f64>()
        / 2.0
}

fn ends(channel: &Trace) -> Option<(f64, f64)> {
    let mut known = channel.values.iter().copied().filter(|value| value.is_finite()).map(f64::from);
    let first = known.next()?;
    Some((first, known.next_back().unwrap_or(first)))
}

fn fuel(channel: &Trace) -> Option<Fuel> {
    let (start, end) = ends(channel)?;
    // What the tank's gauge swings by in corners is no refuelling.
    let least = if channel.unit.is_empty() { 0.01 } else { 0.5 };
    let (mut low, mut high, mut refuelled) = (start, None::<f64>, 0.0);
    for value in channel.values.iter().copied().filter(|value| value.is_finite()).map(f64::from) {
        match high {
            None if value > low + least => high = Some(value),
            None => low = low.min(value),
            Some(most) if value >= most => high = Some(value),
            Some(most) => {
                refuelled += most - low;
                (low, high) = (value, None);
            }
        }
    }
    refuelled += high.map_or(0.0, |most| most - low);
    let (channel, unit) = (channel.name.clone(), channel.unit.clone());
    Some(Fuel { channel, unit, start, end, used: start - end + refuelled, refuelled })
}

fn shares(trace: &LapTrace) -> Option<Shares> {
    let (throttle, brake) = (trace.channel("throttle")?, trace.channel("brake")?);
    let mut shares = Shares { full_throttle: 0.0, braking: 0.0, coasting: 0.0 };
    let mut whole = 0.0;
    for (place, (&throttle, &brake)) in throttle.values.iter().zip(&brake.values).enumerate() {
        if !(throttle.is_finite() && brake.is_finite()) {
            continue;
        }
        let time = held_s(trace, place);
        whole += time;
        shares.full_throttle += if throttle >= 0.98 { time } else { 0.0 };
        shares.braking += if brake > 0.05 { time } else { 0.0 };
        shares.coasting += if brake <= 0.05 && throttle <= 0.05 { time } else { 0.0 };
    }
    let share = |time: f64| time / whole;
    (whole > 0.0).then(|| Shares {
        full_throttle: share(shares.full_throttle),
        braking: share(shares.braking),
        coasting: share(shares.coasting),
    })
}

fn ranges(trace: &LapTrace, corners: &[Corner]) -> Vec<RangeStatistics> {
    let of = |range: Range, from_m: f64, until_m: f64| {
        let named = trace.channels.iter().filter(|channel| channel.kind != ChannelKind::Angle);
        let known = named.filter_map(|it| Some((it.name.clone(), spread(trace, it, from_m, until_m)?)));
        RangeStatistics { range, from_m, until_m, channels: known.collect() }
    };
    let starts = std::iter::once(&0.0).chain(&trace.sector_ends_m);
    let sectors = trace.lap.sectors.iter().zip(starts.zip(&trace.sector_ends_m));
    let sectors = sectors.filter(|(_, (from, until))| from.is_finite() && until.is_finite());
    std::iter::once(of(Range::Lap, 0.0, trace.length_m))
        .chain(sectors.map(|(sector, (&from, &until))| of(Range::Sector(sector.number), from, until)))
        .chain(corners.iter().map(|corner| of(Range::Corner(corner.number), corner.start_m, corner.end_m)))
        .collect()
}

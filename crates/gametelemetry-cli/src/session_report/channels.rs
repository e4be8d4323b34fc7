//! Which channels the report shows, and what people call them; times as text.

use std::time::Duration;

use gametelemetry::analysis::MathChannel;
use gametelemetry::{ChannelKind, Timestamp, channel};

use crate::report::data::Channel;

/// The channels along a lap, in the order of the page, with what people call them.
const ALONG_A_LAP: &[(&str, &str)] = &[
    ("speed", "Speed"),
    ("throttle", "Throttle"),
    ("brake", "Brake"),
    ("gear", "Gear"),
    ("steer", "Steering angle"),
    ("steer_ratio", "Steering"),
    ("engine_rpm", "Engine speed"),
    ("clutch", "Clutch"),
    ("handbrake", "Handbrake"),
    ("g_lat", "Lateral acceleration"),
    ("g_lon", "Longitudinal acceleration"),
    ("yaw_rate", "Yaw rate"),
    ("drs_active", "DRS"),
    ("abs_active", "ABS"),
    ("tc_active", "Traction control"),
    ("turbo_boost", "Boost"),
];

/// The channels over the time of a session.
const OVER_TIME: &[(&str, &str)] = &[
    ("fuel_volume", "Fuel"),
    ("fuel_mass", "Fuel"),
    ("fuel_level", "Fuel"),
    ("water_temperature", "Coolant temperature"),
    ("oil_temperature", "Oil temperature"),
    ("oil_pressure", "Oil pressure"),
    ("air_temperature", "Air temperature"),
    ("track_temperature", "Track temperature"),
];

/// What is told of each wheel, over time.
const OF_WHEELS: &[(&str, &str)] = &[
    ("tyre_temperature", "Tyre temperature"),
    ("tyre_surface_temperature", "Tyre surface temperature"),
    ("tyre_pressure", "Tyre pressure"),
    ("brake_temperature", "Brake temperature"),
    ("tyre_wear", "Tyre wear"),
];

const WHEELS: &[(&str, &str)] =
    &[("fl", "front left"), ("fr", "front right"), ("rl", "rear left"), ("rr", "rear right")];

/// Everything that a report can show, in the order of the page.
pub(super) fn shown(math: &[MathChannel]) -> Vec<Channel> {
    let own = math.iter().map(|math| Channel {
        name: math.name().to_owned(),
        label: math.name().replace('_', " "),
        unit: math.unit().to_owned(),
        steps: false,
    });
    let named = ALONG_A_LAP.iter().map(|(name, label)| of(name, (*label).to_owned()));
    let slow = over_time().into_iter().map(|(name, label)| of(&name, label));
    named.chain(own).chain(slow).collect()
}

/// The names of the channels along a lap that are asked for.
pub(super) fn along_a_lap(math: &[MathChannel]) -> Vec<String> {
    let own = math.iter().map(|math| math.name().to_owned());
    ALONG_A_LAP.iter().map(|(name, _)| (*name).to_owned()).chain(own).collect()
}

/// The names and labels of the channels over time.
pub(super) fn over_time() -> Vec<(String, String)> {
    let wheels = OF_WHEELS.iter().flat_map(|(name, label)| {
        WHEELS.iter().map(move |(wheel, place)| (format!("{name}_{wheel}"), format!("{label}, {place}")))
    });
    let plain = OVER_TIME.iter().map(|(name, label)| ((*name).to_owned(), (*label).to_owned()));
    plain.chain(wheels).collect()
}

fn of(name: &str, label: String) -> Channel {
    let known = channel(name);
    Channel {
        name: name.to_owned(),
        label,
        unit: known.map_or("", |known| known.unit).to_owned(),
        steps: known.is_some_and(|known| known.kind == ChannelKind::Step),
    }
}

/// `time` in whole milliseconds, rounded.
pub(super) fn ms(time: Duration) -> i64 {
    i64::try_from((time.as_nanos() + 500_000) / 1_000_000).unwrap_or(i64::MAX)
}

/// `time` by the clock of where it was, as text: `2026-11-23 12:00 UTC`.
pub(super) fn time_text(time: Timestamp, utc_offset_seconds: Option<i32>) -> String {
    let offset = utc_offset_seconds.and_then(|seconds| jiff::tz::Offset::from_seconds(seconds).ok());
    let Ok(at) = jiff::Timestamp::from_nanosecond(time.unix_nanoseconds()) else { return String::new() };
    match offset {
        Some(offset) => offset.to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string(),
        None => format!("{} UTC", jiff::tz::Offset::UTC.to_datetime(at).strftime("%Y-%m-%d %H:%M")),
    }
}

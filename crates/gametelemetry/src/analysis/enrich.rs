//! Channels that are worked out where a game does not tell them.
//!
//! One table, [`BUILT_IN`]; [`enrich`] adds to a pass what its session lacks and has the inputs for. Slopes look back a
//! tenth of a second, so what follows from them is half of that late.

use gametelemetry_file::Timestamp;

use super::curvature::GRAVITY;
use super::position::Position;
use super::rates::{Integral, Window};
use crate::channels::{ChannelKind, channel};
use crate::moments::DerivedChannel;
use crate::processor::SessionPass;

/// One way to work a channel out.
#[derive(Clone, Copy)]
pub struct BuiltIn {
    /// The channel, from the table of channels, which has its unit.
    pub name: &'static str,
    /// What it is worked out from: all of these.
    pub inputs: &'static [&'static str],
    /// How, in words.
    pub meaning: &'static str,
    make: fn() -> Function,
}

type Function = Box<dyn FnMut(&[f64], Timestamp) -> f64 + Send>;

impl BuiltIn {
    /// The channel, for [`SessionPass::derive`].
    #[must_use]
    pub fn channel(&self) -> DerivedChannel {
        let known = channel(self.name);
        let unit = known.map_or("", |known| known.unit);
        let kind = known.map_or(ChannelKind::Continuous, |known| known.kind);
        DerivedChannel::new(self.name, unit, self.inputs.iter().copied(), (self.make)()).kind(kind)
    }
}

impl std::fmt::Debug for BuiltIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} from {:?}: {}", self.name, self.inputs, self.meaning)
    }
}

/// Everything that can be worked out, in the order in which it is tried: the first way to a channel whose inputs are there
/// is taken, and what was worked out may be an input further down.
pub const BUILT_IN: &[BuiltIn] = &[
    BuiltIn {
        name: "speed",
        inputs: &["velocity_x", "velocity_y", "velocity_z"],
        meaning: "length of the velocity",
        make: || Box::new(|v, _| length(v)),
    },
    BuiltIn {
        name: "speed",
        inputs: &["position_x", "position_y", "position_z"],
        meaning: "how fast the position moves",
        make: || Box::new(moving()),
    },
    BuiltIn {
        name: "speed",
        inputs: &["latitude", "longitude"],
        meaning: "how fast the position on Earth moves",
        make: || Box::new(moving_on_earth(|north, east| north.hypot(east))),
    },
    BuiltIn {
        name: "heading",
        inputs: &["latitude", "longitude"],
        meaning: "where the position on Earth moves to",
        make: || Box::new(heading()),
    },
    BuiltIn {
        name: "yaw_rate",
        inputs: &["yaw"],
        meaning: "slope of the heading, its sign the game's",
        make: || Box::new(turning()),
    },
    BuiltIn {
        name: "g_lon",
        inputs: &["speed"],
        meaning: "slope of the speed",
        make: || {
            let mut window = Window::default();
            Box::new(move |v, time| window.slope(time, first(v), WINDOW_S) / GRAVITY)
        },
    },
    BuiltIn {
        name: "g_lat",
        inputs: &["speed", "heading"],
        meaning: "speed times the slope of the heading",
        make: || {
            let mut turning = turning();
            // The heading grows to the right, the channel to the left.
            Box::new(move |v, time| -first(v) * turning(v.get(1..).unwrap_or_default(), time) / GRAVITY)
        },
    },
    BuiltIn {
        name: "g_lat",
        inputs: &["speed", "yaw_rate"],
        meaning: "speed times turning rate, its sign the game's",
        make: || Box::new(|v, _| v.iter().product::<f64>() / GRAVITY),
    },
    BuiltIn {
        name: "distance",
        inputs: &["speed", "paused"],
        meaning: "integral of the speed, but for pauses",
        make: || {
            let mut sum = Integral::default();
            Box::new(move |v, time| if v.get(1) == Some(&0.0) { sum.add(time, first(v)) } else { sum.skip() })
        },
    },
    BuiltIn {
        name: "distance",
        inputs: &["speed"],
        meaning: "integral of the speed",
        make: || {
            let mut sum = Integral::default();
            Box::new(move |v, time| sum.add(time, first(v)))
        },
    },
];

/// Adds the built-in channels that the session of `pass` lacks and has the inputs for; gives what was added.
pub fn enrich(pass: &mut SessionPass) -> Vec<&'static BuiltIn> {
    let mut known = pass.available_channels();
    let mut added = Vec::new();
    for built_in in BUILT_IN {
        let is_known = |name: &str| known.iter().any(|known| known == name);
        if is_known(built_in.name) || !built_in.inputs.iter().all(|input| is_known(input)) {
            continue;
        }
        known.push(built_in.name.to_owned());
        pass.derive(built_in.channel());
        added.push(built_in);
    }
    added
}

/// Slopes are taken over so many seconds: longer than a frame of any game, shorter than what a driver does.
const WINDOW_S: f64 = 0.1;
/// Nothing drives faster, in m/s; what moves faster was put there.
const FASTEST: f64 = 200.0;
/// Slower than this, in m/s, a place does not tell where it moves to.
const SLOW: f64 = 1.0;

fn first(values: &[f64]) -> f64 {
    values.first().copied().unwrap_or(f64::NAN)
}

fn length(values: &[f64]) -> f64 {
    values.iter().map(|value| value * value).sum::<f64>().sqrt()
}

/// Speed from a position in metres.
fn moving() -> impl FnMut(&[f64], Timestamp) -> f64 + Send {
    let mut windows: [Window; 3] = Default::default();
    move |values, time| {
        let slopes =
            windows.iter_mut().zip(values).map(|(window, &value)| window.slope(time, value, WINDOW_S));
        let speed = length(&slopes.collect::<Vec<f64>>());
        if speed < FASTEST { speed } else { f64::NAN }
    }
}

/// Something that follows from the speed to the north and to the east.
fn moving_on_earth(of: impl Fn(f64, f64) -> f64 + Send) -> impl FnMut(&[f64], Timestamp) -> f64 + Send {
    let mut windows: [Window; 2] = Default::default();
    let mut origin = None;
    move |values, time| {
        let [latitude, longitude] = values else { return f64::NAN };
        let origin = *origin.get_or_insert((*latitude, *longitude));
        let place = Position::on_earth(&[*latitude], &[*longitude], &[], origin);
        let [north, east] = &mut windows;
        let (north, east) =
            (north.slope(time, first(&place.y), WINDOW_S), east.slope(time, first(&place.x), WINDOW_S));
        if north.hypot(east) < FASTEST { of(north, east) } else { f64::NAN }
    }
}

/// Heading from a place on Earth, held while the car stands.
fn heading() -> impl FnMut(&[f64], Timestamp) -> f64 + Send {
    let mut last = f64::NAN;
    let mut found = moving_on_earth(|north, east| {
        if north.hypot(east) > SLOW { east.atan2(north).rem_euclid(std::f64::consts::TAU) } else { f64::NAN }
    });
    move |values, time| {
        let heading = found(values, time);
        last = if heading.is_nan() { last } else { heading };
        last
    }
}

fn turning() -> impl FnMut(&[f64], Timestamp) -> f64 + Send {
    let mut window = Window::default();
    move |values, time| window.angle_slope(time, first(values), WINDOW_S)
}

#[cfg(test)]
mod tests {
    use super::super::test_laps::second;
    use super::*;
    use std::f64::consts::{FRAC_PI_2, TAU};

    type Motion = Box<dyn Fn(f64) -> Vec<f64>>;

    /// What the way from `inputs` to `name` makes of a motion, after two seconds at 100 Hz.
    fn worked_out(name: &str, inputs: &[&str], motion: impl Fn(f64) -> Vec<f64>) -> f64 {
        let built_in = BUILT_IN.iter().find(|it| it.name == name && it.inputs == inputs).unwrap();
        let mut channel = built_in.channel();
        assert!(crate::channels::channel(name).is_some_and(|known| known.unit == channel.unit()));
        let values = (0..=200).map(|step| f64::from(step) / 100.0);
        values.map(|time| (channel.function)(&motion(time), second(time))).last().unwrap()
    }

    #[test]
    fn each_way_gives_what_physics_says() {
        let v = 40.0_f64;
        let degree = 1.0 / 111_195.08;
        let table: [(&str, &[&str], Motion, f64); 9] = [
            ("speed", &["velocity_x", "velocity_y", "velocity_z"], Box::new(|_| vec![2.0, 3.0, 6.0]), 7.0),
            (
                "speed",
                &["position_x", "position_y", "position_z"],
                Box::new(move |t| vec![t * v, 1.0, 5.0]),
                v,
            ),
            ("speed", &["latitude", "longitude"], Box::new(move |t| vec![t * v * degree, 10.0]), v),
            ("heading", &["latitude", "longitude"], Box::new(move |t| vec![0.0, t * v * degree]), FRAC_PI_2),
            ("yaw_rate", &["yaw"], Box::new(|t| vec![(t * 0.5 + 2.5).rem_euclid(TAU)]), 0.5),
            ("g_lon", &["speed"], Box::new(|t| vec![t * GRAVITY]), 1.0),
            ("g_lat", &["speed", "heading"], Box::new(|t| vec![GRAVITY, 6.0 - t]), 1.0),
            ("g_lat", &["speed", "yaw_rate"], Box::new(|_| vec![2.0 * GRAVITY, -0.5]), -1.0),
            ("distance", &["speed"], Box::new(|_| vec![30.0]), 60.0),
        ];
        for (name, inputs, motion, expected) in table {
            let found = worked_out(name, inputs, motion);
            assert!((found - expected).abs() < 1e-3 * expected.abs(), "{name} from {inputs:?}: {found}");
        }
        let paused = worked_out("distance", &["speed", "paused"], |t| vec![30.0, f64::from(t >= 1.0)]);
        assert!((paused - 30.0).abs() < 0.5, "{paused}");
    }

    #[test]
    fn a_car_that_is_put_elsewhere_has_no_speed_then() {
        let mut speed = BUILT_IN[1].channel();
        let mut at = |time: f64, x: f64| (speed.function)(&[x, 0.0, 0.0], second(time));
        assert!(at(0.0, 0.0).is_nan());
        assert!((at(0.01, 0.5) - 50.0).abs() < 1e-3);
        assert!(at(0.02, 3000.0).is_nan());
    }
}

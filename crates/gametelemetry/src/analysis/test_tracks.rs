//! Tracks made of straights and arcs, and laps driven on them as a test says: what is found can be compared with what is
//! known. For tests only.

use std::f64::consts::{PI, TAU};
use std::time::Duration;

use super::numbers::{grid, index, interpolate};
use super::test_laps::lap;
use super::trace_collect::narrow;
use super::traces::{LapTrace, Trace};
use super::{LapClock, Position, ProgressSource};
use crate::channels::channel;
use crate::laps::SessionPart;

/// A track as its middle line: metres and 1/m, positive to the left.
pub(crate) struct Track {
    pub(crate) length_m: f64,
    s: Vec<f64>,
    x: Vec<f64>,
    y: Vec<f64>,
    heading: Vec<f64>,
}

/// An arc: degrees, positive to the left, and its radius.
pub(crate) fn arc(degrees: f64, radius_m: f64) -> (f64, f64) {
    (degrees.abs().to_radians() * radius_m, degrees.signum() / radius_m)
}

/// A straight.
pub(crate) fn straight(metres: f64) -> (f64, f64) {
    (metres, 0.0)
}

impl Track {
    /// Of stretches, each with its length and its curvature.
    pub(crate) fn new(stretches: &[(f64, f64)]) -> Self {
        let length_m = stretches.iter().map(|(metres, _)| metres).sum();
        let (mut x, mut y, mut heading) = (0.0_f64, 0.0_f64, 0.0_f64);
        let mut track = Self { length_m, s: vec![0.0], x: vec![0.0], y: vec![0.0], heading: vec![0.0] };
        let mut begun = 0.0;
        for &(metres, bend) in stretches {
            let steps = (metres / 0.25).ceil().max(1.0);
            for step in 1..=index(steps, usize::MAX) {
                let way = metres / steps;
                let middle = heading + bend * way / 2.0;
                (x, y) = (x + middle.cos() * way, y + middle.sin() * way);
                heading += bend * way;
                track.s.push(begun + way * step as f64);
                track.x.push(x);
                track.y.push(y);
                track.heading.push(heading);
            }
            begun += metres;
        }
        *track.s.last_mut().unwrap() = length_m;
        track
    }

    /// Crosses itself in the middle, at a right angle.
    pub(crate) fn figure_of_eight() -> Self {
        let r = 150.0;
        Self::new(&[straight(r), arc(270.0, r), straight(2.0 * r), arc(-270.0, r), straight(r)])
    }

    /// The place `side` metres to the left of the middle line.
    pub(crate) fn place(&self, s: f64, side: f64) -> (f64, f64) {
        let of = |values: &[f64]| interpolate(&self.s, values, s);
        let heading = of(&self.heading);
        (of(&self.x) - heading.sin() * side, of(&self.y) + heading.cos() * side)
    }

    /// The curvature of the middle line.
    pub(crate) fn bend(&self, s: f64) -> f64 {
        let (from, until) = ((s - 0.5).max(0.0), (s + 0.5).min(self.length_m));
        let of = |s: f64| interpolate(&self.s, &self.heading, s);
        (of(until) - of(from)) / (until - from)
    }
}

/// How a lap is driven, as functions of metres along the middle line.
pub(crate) struct Drive<'a> {
    pub(crate) track: &'a Track,
    /// m/s.
    pub(crate) speed: Box<dyn Fn(f64) -> f64>,
    /// Metres to the left of the middle line.
    pub(crate) side: Box<dyn Fn(f64) -> f64>,
    /// What the game says of the distance, 0 at the line and the track's length at its end.
    pub(crate) told: Box<dyn Fn(f64) -> f64>,
    pub(crate) has_position: bool,
    pub(crate) noise_m: f64,
}

impl<'a> Drive<'a> {
    pub(crate) fn new(track: &'a Track, speed: impl Fn(f64) -> f64 + 'static) -> Self {
        Self {
            track,
            speed: Box::new(speed),
            side: Box::new(|_| 0.0),
            told: Box::new(|s| s),
            has_position: true,
            noise_m: 0.0,
        }
    }

    pub(crate) fn side(mut self, side: impl Fn(f64) -> f64 + 'static) -> Self {
        self.side = Box::new(side);
        self
    }

    pub(crate) fn told(mut self, told: impl Fn(f64) -> f64 + 'static) -> Self {
        self.told = Box::new(told);
        self
    }

    pub(crate) fn noise_m(mut self, noise_m: f64) -> Self {
        self.noise_m = noise_m;
        self
    }

    pub(crate) fn blind(mut self) -> Self {
        self.has_position = false;
        self
    }

    /// Metres along the middle line and the time there.
    pub(crate) fn times(&self) -> (Vec<f64>, Vec<f64>) {
        let s = grid(self.track.length_m, 40_001);
        let way = self.track.length_m / 40_000.0;
        let mut time = 0.0;
        let times = s.iter().map(|&s| {
            let now = time;
            time += way / (self.speed)((s + way / 2.0).min(self.track.length_m));
            now
        });
        let times = times.collect();
        (s, times)
    }

    /// The lap's trace, of 2000 points.
    pub(crate) fn trace(&self) -> LapTrace {
        let (s, times) = self.times();
        let told: Vec<f64> = s.iter().map(|&s| (self.told)(s)).collect();
        let progress_m = grid(self.track.length_m, 2000);
        let along: Vec<f64> = progress_m.iter().map(|&metres| interpolate(&told, &s, metres)).collect();
        let lap_time_s: Vec<f64> = along.iter().map(|&along| interpolate(&s, &times, along)).collect();
        let mut state = 1_u32;
        let mut noise = move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (f64::from(state >> 8) / f64::from(1 << 24) - 0.5) * 2.0
        };
        let places = along.iter().map(|&s| self.track.place(s, (self.side)(s)));
        let (x, z) = places.map(|(x, y)| (x + noise() * self.noise_m, y + noise() * self.noise_m)).unzip();
        let total = *times.last().unwrap();
        let lap = lap(1, 0.0, total);
        let speed = along.iter().map(|&s| narrow((self.speed)(s))).collect();
        let g_lat =
            along.iter().map(|&s| narrow(self.track.bend(s) * (self.speed)(s).powi(2) / 9.806_65)).collect();
        LapTrace {
            number: 0,
            clock: LapClock::new(&lap),
            part: SessionPart::default(),
            length_m: self.track.length_m,
            progress_from: ProgressSource::LapDistance,
            lap_time_s,
            channels: vec![trace("speed", speed), trace("g_lat", g_lat)],
            position: self.has_position.then(|| Position {
                y: vec![3.0; progress_m.len()],
                x,
                z,
                origin: None,
            }),
            sector_ends_m: Vec::new(),
            pace: 1.0,
            lap: crate::laps::Lap { time: Some(Duration::from_secs_f64(total)), ..lap },
            progress_m,
        }
    }
}

/// A channel of the table.
pub(crate) fn trace(name: &str, values: Vec<f32>) -> Trace {
    let channel = channel(name).unwrap();
    Trace { name: name.to_owned(), unit: channel.unit.to_owned(), kind: channel.kind, values }
}

/// Something that swings `waves` times over the track, between -1 and 1, and is 0 at the line.
pub(crate) fn wave(track: &Track, waves: f64) -> impl Fn(f64) -> f64 + Clone + 'static {
    let length = track.length_m;
    move |s| (s / length * TAU * waves).sin()
}

#[test]
fn a_track_of_arcs_is_where_it_should_be() {
    let track = Track::figure_of_eight();
    assert!((track.length_m - (600.0 + 450.0 * PI)).abs() < 1e-9);
    for s in [0.0, track.length_m / 2.0, track.length_m] {
        let (x, y) = track.place(s, 0.0);
        assert!(x.hypot(y) < 0.1, "{s}: {x} {y}");
    }
    assert!((track.bend(300.0) - 1.0 / 150.0).abs() < 1e-6);
}

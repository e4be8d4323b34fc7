//! A car with simple limits driven along a curve: as fast as grip, engine and brakes allow at each point.

use std::f64::consts::TAU;

/// Gravity in m/s².
const G: f64 = 9.81;

/// Points of a track, evenly spaced.
pub(super) struct Track {
    pub(super) x: Vec<f64>,
    pub(super) y: Vec<f64>,
    /// 1/m, positive to the left.
    pub(super) curvature: Vec<f64>,
    /// Metres from one point to the next.
    pub(super) step: f64,
}

/// One lap along a track; all rows have a value at each point.
pub(super) struct Driven {
    pub(super) speed: Vec<f64>,
    pub(super) elapsed: Vec<f64>,
    pub(super) g_lon: Vec<f64>,
    pub(super) g_lat: Vec<f64>,
}

/// How a lap is driven.
pub(super) struct Style {
    /// Share of the grip that is used.
    pub(super) grip: f64,
    /// Speed at the first point in m/s; `None` for a flying lap.
    pub(super) start: Option<f64>,
    /// Makes laps differ.
    pub(super) seed: f64,
}

/// A closed track with hairpins, sweepers and a long straight.
pub(super) fn circuit(points: usize) -> Track {
    let radius = |t: f64| {
        1.0 + 0.34 * (2.0 * t + 0.6).sin()
            + 0.17 * (3.0 * t).cos()
            + 0.12 * (5.0 * t + 1.9).sin()
            + 0.035 * (11.0 * t).sin()
    };
    let place = |t: f64| (760.0 * radius(t) * t.cos(), 430.0 * radius(t) * t.sin());
    spaced(points, |share| place(share * TAU), true)
}

/// A road from one place to another.
pub(super) fn road(points: usize) -> Track {
    let place = |share: f64| {
        let t = share * 26.0;
        (5200.0 * share + 190.0 * (t * 0.83).sin(), 420.0 * (t * 0.41).sin() + 130.0 * (t * 1.37 + 0.8).sin())
    };
    spaced(points, place, false)
}

/// Points of the curve at equal distances.
fn spaced(points: usize, place: impl Fn(f64) -> (f64, f64), closed: bool) -> Track {
    let fine: Vec<(f64, f64)> = (0..=points * 20).map(|i| place(share(i, points * 20))).collect();
    let mut along = vec![0.0];
    for pair in fine.windows(2) {
        along.push(along[along.len() - 1] + (pair[1].0 - pair[0].0).hypot(pair[1].1 - pair[0].1));
    }
    let step = along[along.len() - 1] / share(points - 1, 1);
    let at = |i: usize| fine[along.partition_point(|&d| d < share(i, 1) * step).min(fine.len() - 1)];
    let (x, y): (Vec<f64>, Vec<f64>) = (0..points).map(at).unzip();
    let curvature = smooth(&(0..points).map(|i| bend(&x, &y, i, closed)).collect::<Vec<_>>(), 4);
    Track { x, y, curvature, step }
}

#[expect(clippy::cast_precision_loss, reason = "small counts")]
fn share(i: usize, of: usize) -> f64 {
    i as f64 / of as f64
}

/// Curvature at a point, from three points.
fn bend(x: &[f64], y: &[f64], i: usize, closed: bool) -> f64 {
    let count = x.len();
    let near = |by: usize, back: bool| match (closed, back) {
        (true, true) => (i + count - by) % count,
        (true, false) => (i + by) % count,
        (false, true) => i.saturating_sub(by),
        (false, false) => (i + by).min(count - 1),
    };
    let (a, b) = (near(3, true), near(3, false));
    let (ux, uy, vx, vy) = (x[i] - x[a], y[i] - y[a], x[b] - x[i], y[b] - y[i]);
    let length = (ux.hypot(uy) * vx.hypot(vy) * (x[b] - x[a]).hypot(y[b] - y[a])).max(1e-9);
    2.0 * (ux * vy - uy * vx) / length
}

/// The mean of each value and its neighbours.
pub(super) fn smooth(row: &[f64], reach: usize) -> Vec<f64> {
    (0..row.len())
        .map(|i| {
            let near = &row[i.saturating_sub(reach)..(i + reach + 1).min(row.len())];
            near.iter().sum::<f64>() / share(near.len(), 1)
        })
        .collect()
}

/// Drives one lap.
pub(super) fn drive(track: &Track, style: &Style) -> Driven {
    let wobble = |i: usize| 1.0 + 0.05 * (share(i, 61) + style.seed * 7.3).sin();
    let mut speed: Vec<f64> = (0..track.x.len())
        .map(|i| (1.75 * G * style.grip * wobble(i) / track.curvature[i].abs().max(1e-5)).sqrt().min(78.0))
        .collect();
    // Twice, so that the end of a flying lap decides how fast the next begins.
    for _ in 0..2 {
        speed[0] = style.start.unwrap_or_else(|| speed[0].min(speed[speed.len() - 1] + 1.0));
        for i in 1..speed.len() {
            let pull = (8.5 - 0.085 * speed[i - 1]).max(0.4);
            speed[i] = speed[i].min((speed[i - 1].powi(2) + 2.0 * pull * track.step).sqrt());
        }
        for i in (0..speed.len() - 1).rev() {
            let brakes = 1.5 * G * style.grip;
            speed[i] = speed[i].min((speed[i + 1].powi(2) + 2.0 * brakes * track.step).sqrt());
        }
    }
    let speed = smooth(&speed, 2);
    let mut elapsed = vec![0.0];
    for pair in speed.windows(2) {
        elapsed.push(elapsed[elapsed.len() - 1] + 2.0 * track.step / (pair[0] + pair[1]).max(1.0));
    }
    let slope =
        |i: usize| (speed[(i + 1).min(speed.len() - 1)].powi(2) - speed[i].powi(2)) / (2.0 * track.step * G);
    let g_lon = smooth(&(0..speed.len()).map(slope).collect::<Vec<_>>(), 2);
    let g_lat = speed.iter().zip(&track.curvature).map(|(v, c)| v * v * c / G).collect();
    Driven { speed, elapsed, g_lon, g_lat }
}

//! The circuit, and how fast an F1 car can be at each place of it.
//!
//! A closed uniform cubic B-spline, so that neither direction nor curvature jumps. Looked up by the metres from the
//! line. World axes are the game's: y up, and x to the left of who looks along z. Knows no cars.

use super::number::{count, index, mix};

/// Control points of the centre line, x and z in metres; the first is the line.
const POINTS_M: &[[f64; 2]] = &[
    // The straight, past the pits.
    [0.0, -60.0],
    [0.0, 130.0],
    [0.0, 310.0],
    [0.0, 500.0],
    [0.0, 640.0],
    // 1: a right at the end of it.
    [-6.0, 700.0],
    [-30.0, 740.0],
    [-75.0, 755.0],
    [-160.0, 755.0],
    [-300.0, 745.0],
    // 2 and 3: left and right.
    [-430.0, 745.0],
    [-470.0, 765.0],
    [-500.0, 800.0],
    [-540.0, 820.0],
    [-620.0, 820.0],
    [-720.0, 800.0],
    // 4: a right, and the bends behind it.
    [-790.0, 760.0],
    [-810.0, 690.0],
    [-780.0, 620.0],
    [-700.0, 540.0],
    [-650.0, 430.0],
    // 5: left.
    [-665.0, 340.0],
    [-720.0, 290.0],
    [-800.0, 270.0],
    [-920.0, 260.0],
    [-1040.0, 240.0],
    // 6: right.
    [-1100.0, 190.0],
    [-1120.0, 110.0],
    [-1110.0, 20.0],
    [-1060.0, -90.0],
    // 7: a fast right onto the back straight.
    [-1000.0, -150.0],
    [-930.0, -185.0],
    [-840.0, -190.0],
    [-700.0, -190.0],
    // 8: the hairpin.
    [-512.0, -206.0],
    [-452.0, -240.0],
    [-455.0, -295.0],
    [-506.0, -328.0],
    [-600.0, -362.0],
    // 9: a long right.
    [-660.0, -430.0],
    [-650.0, -540.0],
    [-560.0, -660.0],
    [-440.0, -760.0],
    [-275.0, -800.0],
    // 10: a right, back to the straight.
    [-130.0, -812.0],
    [-60.0, -800.0],
    [-15.0, -765.0],
    [0.0, -700.0],
    [0.0, -560.0],
    [0.0, -400.0],
    [0.0, -240.0],
];

/// Pieces that each stretch between two control points is measured in.
const PIECES: usize = 64;
/// Metres from one entry of the table to the next, about.
const STEP_M: f64 = 2.0;

/// Sideways acceleration that the tyres allow without downforce, in m/s².
const GRIP_M_S2: f64 = 18.0;
/// What the downforce of 1 m/s adds to it.
const GRIP_OF_DOWNFORCE: f64 = 0.0038;
/// Acceleration that the driven wheels can put on the road, in m/s².
pub(super) const TRACTION_M_S2: f64 = 11.5;
/// Power for each kilogram of the car, in W.
pub(super) const POWER_W_KG: f64 = 860.0;
/// Deceleration by the air at 1 m/s.
pub(super) const DRAG: f64 = 0.001_12;
/// Deceleration by the brakes without downforce, in m/s², and what the downforce of 1 m/s adds.
const BRAKING_M_S2: f64 = 17.0;
const BRAKING_OF_DOWNFORCE: f64 = 0.0032;
/// Faster than any car goes here.
const TOP_SPEED_M_S: f64 = 95.0;

/// One place of the circuit.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    /// Where it is, x, y, z.
    pub(super) position_m: [f64; 3],
    /// Direction of the line, x and z; its length is 1.
    pub(super) direction: [f64; 2],
    /// 1 / radius; above 0 in a left turn.
    pub(super) curvature: f64,
    /// Rise for each metre.
    pub(super) slope: f64,
    /// The greatest speed that a perfect lap has here.
    pub(super) pace_m_s: f64,
}

/// The circuit as a table.
#[derive(Clone, Debug)]
pub(super) struct Circuit {
    places: Vec<Place>,
    length_m: f64,
}

impl Circuit {
    pub(super) fn new() -> Self {
        let ways = ways();
        let length_m = ways.last().copied().unwrap_or(1.0);
        let number = (length_m / STEP_M).round().max(1.0);
        let mut from = 0;
        let places = (0..index(number)).map(|entry| {
            let way = length_m * count(entry) / number;
            while ways.get(from + 1).is_some_and(|&next| next <= way) {
                from += 1;
            }
            let (start, end) = (ways.get(from).copied(), ways.get(from + 1).copied());
            let part = start.zip(end).map_or(0.0, |(start, end)| (way - start) / (end - start));
            on_line((count(from) + part) / count(PIECES), way / length_m, length_m)
        });
        let mut circuit = Self { places: places.collect(), length_m };
        circuit.plan();
        circuit
    }

    /// Length of a lap.
    pub(super) fn length_m(&self) -> f64 {
        self.length_m
    }

    /// The place `way_m` from the line, which may be any number of laps in both directions.
    pub(super) fn at(&self, way_m: f64) -> Place {
        let entry = way_m.rem_euclid(self.length_m) / self.length_m * count(self.places.len());
        let from = index(entry).min(self.places.len().saturating_sub(1));
        let next = if from + 1 < self.places.len() { from + 1 } else { 0 };
        let (Some(from), Some(to)) = (self.places.get(from), self.places.get(next)) else {
            return Place::default();
        };
        let part = entry.fract();
        let [x, z] = both(from.direction, to.direction, part);
        let length = x.hypot(z).max(1e-9);
        Place {
            position_m: both(from.position_m, to.position_m, part),
            direction: [x / length, z / length],
            curvature: mix(from.curvature, to.curvature, part),
            slope: mix(from.slope, to.slope, part),
            pace_m_s: mix(from.pace_m_s, to.pace_m_s, part),
        }
    }

    /// Fills in the speeds: corners by grip, the way into them by braking, the way out by power.
    fn plan(&mut self) {
        let step_m = self.length_m / count(self.places.len());
        for place in &mut self.places {
            let needed = place.curvature.abs() - GRIP_OF_DOWNFORCE;
            let corner = if needed > 0.0 { (GRIP_M_S2 / needed).sqrt() } else { TOP_SPEED_M_S };
            place.pace_m_s = corner.min(TOP_SPEED_M_S);
        }
        // Twice around, so that the first pass over the line knows what comes behind it.
        for _ in 0..2 {
            let mut next = self.places.first().map_or(TOP_SPEED_M_S, |place| place.pace_m_s);
            for place in self.places.iter_mut().rev() {
                let slowing =
                    (BRAKING_M_S2 + BRAKING_OF_DOWNFORCE * next * next) * left_over(next, place.curvature);
                place.pace_m_s = place.pace_m_s.min((next * next + 2.0 * slowing * step_m).sqrt());
                next = place.pace_m_s;
            }
        }
        for _ in 0..2 {
            let mut before = self.places.last().map_or(TOP_SPEED_M_S, |place| place.pace_m_s);
            for place in &mut self.places {
                let gain = acceleration(before) * left_over(before, place.curvature);
                place.pace_m_s = place.pace_m_s.min((before * before + 2.0 * gain * step_m).max(1.0).sqrt());
                before = place.pace_m_s;
            }
        }
    }
}

/// The acceleration at full throttle, air against it.
pub(super) fn acceleration(speed_m_s: f64) -> f64 {
    TRACTION_M_S2.min(POWER_W_KG / speed_m_s.max(1.0)) - DRAG * speed_m_s * speed_m_s
}

/// The part of the grip that a corner leaves for braking and accelerating.
fn left_over(speed_m_s: f64, curvature: f64) -> f64 {
    let squared = speed_m_s * speed_m_s;
    let used = squared * curvature.abs() / (GRIP_M_S2 + GRIP_OF_DOWNFORCE * squared);
    (1.0 - used.min(1.0).powi(2)).max(0.04).sqrt()
}

/// Two vectors mixed.
fn both<const N: usize>(from: [f64; N], to: [f64; N], part: f64) -> [f64; N] {
    let mut mixed = from;
    for (value, to) in mixed.iter_mut().zip(to) {
        *value = mix(*value, to, part);
    }
    mixed
}

/// The way from the line to each piece's start, and to the line again.
fn ways() -> Vec<f64> {
    let mut way = 0.0;
    let mut ways = vec![way];
    for piece in 0..POINTS_M.len() * PIECES {
        let speed = |part: f64| {
            let [_, [dx, dz], _] = spline((count(piece) + part) / count(PIECES));
            dx.hypot(dz)
        };
        // Simpson's rule.
        way += (speed(0.0) + 4.0 * speed(0.5) + speed(1.0)) / 6.0 / count(PIECES);
        ways.push(way);
    }
    ways
}

/// The place at parameter `at` of the spline, which is `part` of the lap.
fn on_line(at: f64, part: f64, length_m: f64) -> Place {
    let [[x, z], [dx, dz], [ddx, ddz]] = spline(at);
    let speed = dx.hypot(dz).max(1e-9);
    // Two waves make the hills.
    let turn = part * std::f64::consts::TAU;
    let rise = 6.0 * turn.cos() + 2.0 * 3.0 * (2.0 * turn + 1.0).cos();
    Place {
        position_m: [x, 6.0 * turn.sin() + 3.0 * (2.0 * turn + 1.0).sin(), z],
        direction: [dx / speed, dz / speed],
        curvature: (ddx * dz - dx * ddz) / speed.powi(3),
        slope: rise * std::f64::consts::TAU / length_m,
        pace_m_s: 0.0,
    }
}

/// Value, first and second derivative of the spline at parameter `at`.
fn spline(at: f64) -> [[f64; 2]; 3] {
    let number = POINTS_M.len();
    let (from, t) = (index(at), at.fract());
    let point =
        |ahead: usize| POINTS_M.get((from + ahead + number - 1) % number).copied().unwrap_or_default();
    let points = [point(0), point(1), point(2), point(3)];
    let s = 1.0 - t;
    let weights = [
        [
            s * s * s / 6.0,
            (3.0 * t * t * t - 6.0 * t * t + 4.0) / 6.0,
            (3.0 * s * s * s - 6.0 * s * s + 4.0) / 6.0,
            t * t * t / 6.0,
        ],
        [-s * s / 2.0, (3.0 * t * t - 4.0 * t) / 2.0, (4.0 * s - 3.0 * s * s) / 2.0, t * t / 2.0],
        [s, 3.0 * t - 2.0, 3.0 * s - 2.0, t],
    ];
    weights.map(|weights| {
        let mut sum = [0.0; 2];
        for (weight, point) in weights.iter().zip(points) {
            for (value, coordinate) in sum.iter_mut().zip(point) {
                *value += weight * coordinate;
            }
        }
        sum
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_closed_smooth_and_as_long_as_a_real_one() {
        let circuit = Circuit::new();
        assert!((3500.0..6000.0).contains(&circuit.length_m()), "{}", circuit.length_m());
        let (start, end) = (circuit.at(0.0), circuit.at(circuit.length_m() - 1e-6));
        for (one, other) in start.position_m.iter().zip(end.position_m) {
            assert!((one - other).abs() < 0.01);
        }
        let mut before = circuit.at(-1.0);
        for metre in 0..4400 {
            let place = circuit.at(f64::from(metre));
            assert!((place.curvature - before.curvature).abs() < 0.003, "at {metre}");
            let way = (place.position_m[0] - before.position_m[0])
                .hypot(place.position_m[2] - before.position_m[2]);
            assert!((way - 1.0).abs() < 0.02, "{way} at {metre}");
            before = place;
        }
    }

    #[test]
    fn a_lap_is_as_fast_as_that_of_an_f1_car() {
        let circuit = Circuit::new();
        let speeds: Vec<f64> =
            (0..index(circuit.length_m())).map(|metre| circuit.at(count(metre)).pace_m_s).collect();
        let seconds: f64 = speeds.iter().map(|speed| 1.0 / speed).sum();
        assert!((65.0..95.0).contains(&seconds), "{seconds} s");
        let slowest = speeds.iter().copied().fold(99.0, f64::min);
        let fastest = speeds.iter().copied().fold(0.0, f64::max);
        assert!(
            (15.0..35.0).contains(&slowest) && (78.0..95.0).contains(&fastest),
            "{slowest} to {fastest} m/s"
        );
    }
}

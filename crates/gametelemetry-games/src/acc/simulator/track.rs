//! The circuit: a closed line through the landscape, smooth up to its curvature.
//!
//! A uniform cubic B-spline over fixed points, so that position, direction and curvature have no jumps, not even at
//! the finish line. A place on it is a parameter from 0 to the number of points; metres are looked up. Knows no car.

use super::number::{index, mix};

/// Control points of the centre line: x, height, z in metres. The line starts and ends at the first one.
const POINTS_M: [[f64; 3]; 50] = [
    // The main straight, with the pit lane to its left.
    [0.0, 2.5, 0.0],
    [0.0, 2.0, 120.0],
    [0.0, 2.0, 240.0],
    [0.0, 2.0, 360.0],
    [0.0, 2.5, 480.0],
    [0.0, 3.5, 580.0],
    // 1: a tight right.
    [6.0, 5.0, 650.0],
    [32.0, 6.0, 684.0],
    [66.0, 7.0, 672.0],
    [84.0, 8.0, 630.0],
    // 2 left, 3 right, uphill.
    [100.0, 9.5, 570.0],
    [140.0, 11.0, 520.0],
    [200.0, 12.5, 505.0],
    [255.0, 14.0, 540.0],
    [310.0, 16.0, 600.0],
    [385.0, 18.0, 640.0],
    [470.0, 20.0, 615.0],
    // 4: the end of a long right over the hilltop.
    [525.0, 22.0, 530.0],
    [540.0, 24.0, 410.0],
    [525.0, 24.0, 290.0],
    // 5 left, 6 right.
    [520.0, 22.0, 205.0],
    [560.0, 20.0, 150.0],
    [612.0, 18.5, 135.0],
    [645.0, 17.0, 85.0],
    [640.0, 15.0, 0.0],
    // 7: a fast left; 8: the hairpin.
    [610.0, 13.0, -80.0],
    [625.0, 10.5, -160.0],
    [680.0, 8.5, -220.0],
    [708.0, 6.5, -292.0],
    [690.0, 5.0, -340.0],
    [655.0, 4.0, -348.0],
    [630.0, 3.0, -312.0],
    // 9: a fast left.
    [585.0, 2.0, -250.0],
    [500.0, 0.0, -215.0],
    [410.0, -1.0, -215.0],
    [330.0, -2.0, -235.0],
    // 10: a left at the lowest point.
    [268.0, -2.0, -232.0],
    [226.0, -2.0, -268.0],
    [224.0, -1.5, -330.0],
    // 11 and 12: two rights back onto the straight.
    [245.0, -0.5, -420.0],
    [240.0, 1.0, -530.0],
    [190.0, 2.5, -630.0],
    [110.0, 3.5, -690.0],
    [40.0, 4.2, -680.0],
    [4.0, 4.5, -610.0],
    [0.0, 4.5, -520.0],
    [0.0, 4.2, -420.0],
    [0.0, 3.8, -300.0],
    [0.0, 3.4, -200.0],
    [0.0, 3.0, -100.0],
];

/// Nodes of the look-up tables for each control point; a node every 1 to 2 m.
const NODES_PER_POINT: f64 = 64.0;

/// One piece of the line in one axis: the polynomial a + b t + c t² + d t³.
#[derive(Clone, Copy, Debug)]
struct Cubic([f64; 4]);

impl Cubic {
    /// The B-spline's piece between the middle two of four control values.
    fn new([before, from, to, after]: [f64; 4]) -> Self {
        Self([
            (before + 4.0 * from + to) / 6.0,
            (to - before) / 2.0,
            (before - 2.0 * from + to) / 2.0,
            (after - before + 3.0 * (from - to)) / 6.0,
        ])
    }

    /// Value, first and second derivative.
    fn at(self, t: f64) -> [f64; 3] {
        let Self([a, b, c, d]) = self;
        [a + t * (b + t * (c + t * d)), b + t * (2.0 * c + 3.0 * t * d), 2.0 * c + 6.0 * t * d]
    }
}

/// What the circuit is like at one place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// x, y, z of the centre line; y is up.
    pub(super) position_m: [f64; 3],
    /// Direction of the line: 0 is along z, growing to the left.
    pub(super) heading_rad: f64,
    /// 1 / radius in the ground plane; above 0 in a left turn.
    pub(super) curvature: f64,
    /// Rise for each metre of way.
    pub(super) slope: f64,
    /// Change of the slope for each metre of way; above 0 in a dip.
    pub(super) dip: f64,
    /// Metres of way for each unit of the parameter.
    pub(super) stretch_m: f64,
}

/// The closed circuit.
#[derive(Clone, Debug)]
pub(super) struct Track {
    pieces: Vec<[Cubic; 3]>,
    /// Way from the line to each node, and to the line again at the end.
    nodes_m: Vec<f64>,
}

impl Track {
    pub(super) fn new() -> Self {
        let around = || POINTS_M.iter().cycle();
        let before = around().skip(POINTS_M.len() - 1);
        let four = before.zip(around()).zip(around().skip(1)).zip(around().skip(2));
        let pieces = four.take(POINTS_M.len()).map(|(((before, from), to), after)| {
            let ([x0, y0, z0], [x1, y1, z1], [x2, y2, z2], [x3, y3, z3]) = (before, from, to, after);
            [[x0, x1, x2, x3], [y0, y1, y2, y3], [z0, z1, z2, z3]].map(|axis| Cubic::new(axis.map(|v| *v)))
        });
        let mut track = Self { pieces: pieces.collect(), nodes_m: Vec::new() };
        track.measure();
        track
    }

    /// Fills the table of ways, each by Simpson's rule.
    fn measure(&mut self) {
        let mut way_m = 0.0;
        self.nodes_m.push(way_m);
        for node in 0..index(self.end() * NODES_PER_POINT) {
            let stretch = |part: f64| self.at((node as f64 + part) / NODES_PER_POINT).stretch_m;
            way_m += (stretch(0.0) + 4.0 * stretch(0.5) + stretch(1.0)) / 6.0 / NODES_PER_POINT;
            self.nodes_m.push(way_m);
        }
    }

    /// The parameter at the line, coming from behind; at 0 it is the line, too.
    pub(super) fn end(&self) -> f64 {
        self.pieces.len() as f64
    }

    /// Length of a lap.
    pub(super) fn length_m(&self) -> f64 {
        self.nodes_m.last().copied().unwrap_or(0.0)
    }

    /// The place at parameter `at`, which may go beyond a lap in both directions.
    pub(super) fn at(&self, at: f64) -> Place {
        let at = at.rem_euclid(self.end());
        let piece = self.pieces.get(index(at)).or(self.pieces.first());
        let [[x, dx, ddx], [y, dy, ddy], [z, dz, ddz]] =
            piece.map_or([[0.0; 3]; 3], |piece| piece.map(|axis| axis.at(at.fract())));
        let stretch_m = dx.hypot(dz);
        Place {
            position_m: [x, y, z],
            heading_rad: (-dx).atan2(dz),
            curvature: (dx * ddz - dz * ddx) / stretch_m.powi(3),
            slope: dy / stretch_m,
            dip: (ddy - dy * (dx * ddx + dz * ddz) / stretch_m.powi(2)) / stretch_m.powi(2),
            stretch_m,
        }
    }

    /// Way from the line to parameter `at` of the same lap, 0 to the length.
    pub(super) fn way_m(&self, at: f64) -> f64 {
        self.look_up(&self.nodes_m, at.clamp(0.0, self.end()))
    }

    /// All nodes of a lap: parameter and the way to the next node.
    pub(super) fn nodes(&self) -> impl DoubleEndedIterator<Item = (f64, f64)> + ExactSizeIterator {
        let ways = self.nodes_m.windows(2).map(|pair| if let [from, to] = pair { to - from } else { 0.0 });
        ways.enumerate().map(|(node, way)| (node as f64 / NODES_PER_POINT, way))
    }

    /// The value at parameter `at` of a table with a value for each node and one for the end.
    pub(super) fn look_up(&self, table: &[f64], at: f64) -> f64 {
        let node = at * NODES_PER_POINT;
        let from = index(node).min(table.len().saturating_sub(2));
        match table.get(from..from + 2) {
            Some([value, next]) => mix(*value, *next, node - from as f64),
            _ => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_closed_and_smooth() {
        let track = Track::new();
        assert!((3000.0..6000.0).contains(&track.length_m()), "{}", track.length_m());
        let (start, end) = (track.at(0.0), track.at(track.end() - 1e-9));
        for (one, other) in start.position_m.iter().zip(end.position_m) {
            assert!((one - other).abs() < 1e-4);
        }
        assert!((start.curvature - end.curvature).abs() < 1e-6);
        let mut before = start;
        for (at, _) in track.nodes() {
            let place = track.at(at);
            assert!((place.curvature - before.curvature).abs() < 0.01, "at {at}");
            assert!(place.curvature.abs() < 1.0 / 15.0, "a corner of {} m at {at}", 1.0 / place.curvature);
            before = place;
        }
    }

    #[test]
    fn it_has_at_least_ten_corners() {
        let track = Track::new();
        let bends: Vec<f64> = track.nodes().map(|(at, _)| track.at(at).curvature.abs()).collect();
        let apexes =
            bends.windows(3).filter(|near| near[1] > 1.0 / 300.0 && near[1] > near[0] && near[1] >= near[2]);
        assert!(apexes.count() >= 10);
    }

    #[test]
    fn the_way_grows_with_the_parameter() {
        let track = Track::new();
        assert_eq!(track.way_m(0.0), 0.0);
        assert_eq!(track.way_m(track.end()), track.length_m());
        let ways: Vec<f64> = (0..5000).map(|step| track.way_m(f64::from(step) * 0.01)).collect();
        assert!(ways.is_sorted());
    }
}

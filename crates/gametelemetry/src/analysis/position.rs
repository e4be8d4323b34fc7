//! Where the car was along a lap, in metres.
//!
//! Games have their own axes; which of them points up is found by looking, as tracks are flatter than they are wide.

use serde::Serialize;

use super::numbers::extent;

/// Metres for one degree of latitude: the Earth as a ball of its mean radius.
const METRES_A_DEGREE: f64 = 6_371_008.8 * std::f64::consts::PI / 180.0;

/// A place for each point of a lap; NaN where it is not known.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Position {
    /// First axis, in metres: the game's, or eastwards.
    pub x: Vec<f64>,
    /// Second axis, in metres: the game's, or northwards.
    pub y: Vec<f64>,
    /// Third axis, in metres: the game's, or upwards.
    pub z: Vec<f64>,
    /// Latitude and longitude in degrees of the place that is 0, when the game tells places on Earth.
    pub origin: Option<(f64, f64)>,
}

impl Position {
    /// Places on Earth, projected to metres east and north of `origin` (latitude and longitude in degrees).
    #[must_use]
    pub fn on_earth(latitude: &[f64], longitude: &[f64], altitude: &[f64], origin: (f64, f64)) -> Self {
        let (scale_x, scale_y) = scales(origin);
        Self {
            x: longitude.iter().map(|value| (value - origin.1) * scale_x).collect(),
            y: latitude.iter().map(|value| (value - origin.0) * scale_y).collect(),
            z: altitude.to_vec(),
            origin: Some(origin),
        }
    }

    /// The same places as seen from another origin, so that laps of two sessions lie on one map.
    #[must_use]
    pub fn from_origin(&self, origin: Option<(f64, f64)>) -> Self {
        let (Some(from), Some(to)) = (self.origin, origin) else { return self.clone() };
        let ((scale_x, scale_y), (to_x, to_y)) = (scales(from), scales(to));
        let moved = |values: &[f64], scale: f64, by: f64, to: f64| {
            values.iter().map(|value| (value / scale + by) * to).collect()
        };
        Self {
            x: moved(&self.x, scale_x, from.1 - to.1, to_x),
            y: moved(&self.y, scale_y, from.0 - to.0, to_y),
            z: self.z.clone(),
            origin,
        }
    }

    /// The number of the axis that points up: 0 for `x`, 1 for `y`, 2 for `z`.
    #[must_use]
    pub fn up_axis(&self) -> usize {
        if self.origin.is_some() {
            return 2;
        }
        let size = |values: &[f64]| extent(values).map_or(0.0, |(least, most)| most - least);
        let sizes = [size(&self.x), size(&self.y), size(&self.z)];
        let least = sizes.iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1));
        least.map_or(2, |(number, _)| number)
    }

    /// The two axes that lie on the ground when axis `up` points up: what a map shows.
    #[must_use]
    pub fn ground(&self, up: usize) -> (&[f64], &[f64]) {
        match up {
            0 => (&self.y, &self.z),
            1 => (&self.x, &self.z),
            _ => (&self.x, &self.y),
        }
    }
}

/// Metres for a degree of longitude and of latitude.
fn scales(origin: (f64, f64)) -> (f64, f64) {
    // At a pole there is no east; a place there still must not become infinite.
    let east = origin.0.to_radians().cos().max(1e-6);
    (METRES_A_DEGREE * east, METRES_A_DEGREE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_on_earth_become_metres_and_may_be_seen_from_elsewhere() {
        let (latitude, longitude) = ([50.3356, 50.3446], [6.9475, 6.9475]);
        let here = Position::on_earth(&latitude, &longitude, &[0.0; 2], (50.3356, 6.9475));
        assert!(here.x[0].abs() < 1e-9 && (here.y[1] - 1000.75).abs() < 0.05, "{here:?}");
        let there = Position::on_earth(&latitude, &longitude, &[0.0; 2], (50.33, 6.94));
        let moved = there.from_origin(here.origin);
        let pairs = moved.x.iter().zip(&here.x).chain(moved.y.iter().zip(&here.y));
        assert!(pairs.into_iter().all(|(a, b)| (a - b).abs() < 1e-6));
    }

    #[test]
    fn the_flattest_axis_points_up() {
        let wide = vec![-500.0, 500.0, 0.0];
        let flat = vec![1.0, 2.0, f64::NAN];
        let position = |x: &Vec<f64>, y: &Vec<f64>, z: &Vec<f64>| Position {
            x: x.clone(),
            y: y.clone(),
            z: z.clone(),
            origin: None,
        };
        assert_eq!(position(&wide, &flat, &wide).up_axis(), 1);
        assert_eq!(position(&wide, &wide, &flat).up_axis(), 2);
        assert_eq!(position(&flat, &wide, &wide).ground(0), (&wide[..], &wide[..]));
    }
}

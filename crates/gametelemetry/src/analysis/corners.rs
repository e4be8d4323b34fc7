//! Where the corners of a track are, found on one lap and used for all laps of that track.
//!
//! Stands between traces and the corner tables. Knows no names of corners: they are numbered from the line on.

use serde::Serialize;

use super::curvature::{Curvature, curvature, step_m, values};
use super::numbers::{at, index, smooth};
use super::traces::LapTrace;

/// One corner. Places are metres round the track; a corner on the line is cut there, and its larger part counts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Corner {
    /// Its number, 1 first after the line.
    pub number: u32,
    /// Where it begins.
    pub start_m: f64,
    /// Where the car was slowest in it, or the track bends most.
    pub apex_m: f64,
    /// Where it ends.
    pub end_m: f64,
    /// Which way it goes; `None` when the session does not tell which side is which.
    pub direction: Option<Direction>,
    /// How far it turns, in radians; `None` when only the speed tells that there is a corner.
    pub turn_rad: Option<f64>,
    /// The radius where it is sharpest, in metres, likewise.
    pub radius_m: Option<f64>,
}

/// Which way a corner goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// To the left.
    Left,
    /// To the right.
    Right,
}

/// What counts as a corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CornerRules {
    /// It is somewhere sharper than this radius, in metres.
    pub radius_m: f64,
    /// It goes on as long as it is sharper than this radius, in metres.
    pub open_radius_m: f64,
    /// It turns so far in all, in radians.
    pub turn_rad: f64,
    /// Two to the same side with so few metres between them are one.
    pub merge_m: f64,
    /// Where nothing tells how the track bends: the car loses and regains so much of its speed, in m/s.
    pub slower_m_s: f64,
}

impl Default for CornerRules {
    fn default() -> Self {
        Self { radius_m: 220.0, open_radius_m: 450.0, turn_rad: 0.3, merge_m: 25.0, slower_m_s: 4.0 }
    }
}

/// The corners of the track that `trace` went round; none when nothing tells them.
///
/// Take the best lap of a track for it, and use its corners for all laps of that track.
#[must_use]
pub fn corners(trace: &LapTrace, rules: &CornerRules) -> Vec<Corner> {
    let speed = values(trace, "speed");
    let mut found = match (curvature(trace), &speed) {
        (Some(curvature), _) => from_curvature(trace, &curvature, speed.as_deref(), rules),
        (None, Some(speed)) => from_speed(trace, speed, rules),
        (None, None) => Vec::new(),
    };
    for (number, corner) in (1..).zip(&mut found) {
        corner.number = number;
    }
    found
}

/// A stretch of points, first and last, that bends to one side.
#[derive(Clone, Copy)]
struct Bend {
    first: usize,
    last: usize,
    is_left: bool,
}

fn from_curvature(
    trace: &LapTrace,
    bends: &Curvature,
    speed: Option<&[f64]>,
    rules: &CornerRules,
) -> Vec<Corner> {
    let step = step_m(trace);
    let turned = |bend: &Bend| {
        let values = bends.values.get(bend.first..=bend.last).unwrap_or_default();
        values.iter().map(|value| value.abs() * step).sum::<f64>()
    };
    let mut found: Vec<Bend> = merged(stretches(&bends.values, rules), rules.merge_m / step);
    found.retain(|bend| turned(bend) >= rules.turn_rad);
    if let (Some(first), Some(last)) = (found.first().copied(), found.last().copied())
        && found.len() > 1
        && !trace.part.point_to_point
        && (first.first as f64) * step < 10.0
        && ((bends.values.len() - last.last) as f64) * step < 10.0
        && first.is_left == last.is_left
    {
        // One corner, with the line in it.
        if turned(&first) < turned(&last) {
            found.remove(0);
        } else {
            found.pop();
        }
    }
    let corner = |bend: &Bend| {
        let side = if bend.is_left { Direction::Left } else { Direction::Right };
        let sharpest = most(bend.first, bend.last, |place| at(&bends.values, place).abs());
        Corner {
            number: 0,
            start_m: at(&trace.progress_m, bend.first),
            apex_m: at(&trace.progress_m, speed.and_then(|speed| slowest(bend, speed)).unwrap_or(sharpest)),
            end_m: at(&trace.progress_m, bend.last),
            direction: bends.has_sides.then_some(side),
            turn_rad: Some(turned(bend)),
            radius_m: Some(1.0 / at(&bends.values, sharpest).abs()),
        }
    };
    found.iter().map(corner).collect()
}

/// Stretches that bend to one side, as long as they are sharper than the one radius and somewhere sharper than the other.
fn stretches(bends: &[f64], rules: &CornerRules) -> Vec<Bend> {
    let (on, off) = (1.0 / rules.radius_m, 1.0 / rules.open_radius_m);
    let mut found: Vec<(Bend, bool)> = Vec::new();
    let mut is_inside = false;
    for (place, &bend) in bends.iter().enumerate() {
        let is_left = bend > 0.0;
        match found.last_mut() {
            Some((last, is_sharp)) if is_inside && bend.abs() > off && last.is_left == is_left => {
                last.last = place;
                *is_sharp |= bend.abs() > on;
            }
            _ if bend.abs() > off => {
                found.push((Bend { first: place, last: place, is_left }, bend.abs() > on));
            }
            _ => {}
        }
        is_inside = bend.abs() > off;
    }
    found.into_iter().filter(|(_, is_sharp)| *is_sharp).map(|(bend, _)| bend).collect()
}

fn merged(bends: Vec<Bend>, gap: f64) -> Vec<Bend> {
    let mut merged: Vec<Bend> = Vec::new();
    for bend in bends {
        match merged.last_mut() {
            Some(last) if last.is_left == bend.is_left && ((bend.first - last.last) as f64) <= gap => {
                last.last = bend.last;
            }
            _ => merged.push(bend),
        }
    }
    merged
}

/// Where the car was slowest in the bend, unless that is at its very edge: then it only slowed down for the next one.
fn slowest(bend: &Bend, speed: &[f64]) -> Option<usize> {
    let place = most(bend.first, bend.last, |place| -at(speed, place));
    let edge = (bend.last - bend.first) / 10;
    (place > bend.first + edge && place + edge < bend.last).then_some(place)
}

/// The place from `first` to `last` where `value` is greatest.
fn most(first: usize, last: usize, value: impl Fn(usize) -> f64) -> usize {
    let known = (first..=last).filter(|&place| value(place).is_finite());
    known.max_by(|&a, &b| value(a).total_cmp(&value(b))).unwrap_or(first)
}

/// Corners where the car was slower than before and after.
fn from_speed(trace: &LapTrace, speed: &[f64], rules: &CornerRules) -> Vec<Corner> {
    let smooth = smooth(speed, index((10.0 / step_m(trace)).round(), speed.len()));
    let known: Vec<(usize, f64)> =
        smooth.iter().copied().enumerate().filter(|(_, v)| v.is_finite()).collect();
    let Some(&(_, mut top)) = known.first() else { return Vec::new() };
    let (mut low, mut found) = (None::<(usize, f64)>, Vec::new());
    for &(place, value) in &known {
        match low {
            None if value > top => top = value,
            None if value < top - rules.slower_m_s => low = Some((place, value)),
            Some((_, least)) if value <= least => low = Some((place, value)),
            Some((apex, least)) if value > least + rules.slower_m_s => {
                found.push(dip(trace, &smooth, apex, least + (top - least) * 0.35));
                (low, top) = (None, value);
            }
            _ => {}
        }
    }
    // Two that touch are told apart where the first one ends.
    for number in 1..found.len() {
        let before = found.get(number - 1).map_or(0.0, |corner: &Corner| corner.end_m);
        if let Some(corner) = found.get_mut(number) {
            corner.start_m = corner.start_m.max(before);
        }
    }
    found
}

/// The corner around `apex`, as far as the car was slower than `level`.
fn dip(trace: &LapTrace, speed: &[f64], apex: usize, level: f64) -> Corner {
    let is_slow = |place: &usize| at(speed, *place) < level;
    let first = (0..=apex).rev().take_while(is_slow).last().unwrap_or(apex);
    let rises = |place: &usize| is_slow(place) && at(speed, *place + 1) >= at(speed, *place) - 0.5;
    let last = (apex..speed.len()).take_while(rises).last().unwrap_or(apex);
    Corner {
        number: 0,
        start_m: at(&trace.progress_m, first),
        apex_m: at(&trace.progress_m, apex),
        end_m: at(&trace.progress_m, last),
        direction: None,
        turn_rad: None,
        radius_m: None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_tracks::{Drive, Track, arc, straight};
    use super::super::trace_collect::narrow;
    use super::*;

    /// Degrees and radius of each corner of the circuit.
    const CIRCUIT: [(f64, f64); 8] = [
        (90.0, 60.0),
        (-45.0, 100.0),
        (180.0, 25.0),
        (-60.0, 40.0),
        (60.0, 40.0),
        (30.0, 150.0),
        (-120.0, 80.0),
        (90.0, 200.0),
    ];

    /// The circuit, and where each corner begins and ends.
    fn circuit() -> (Track, Vec<(f64, f64)>) {
        let (mut stretches, mut places, mut at) = (vec![straight(200.0)], Vec::new(), 200.0);
        for (number, (degrees, radius)) in CIRCUIT.into_iter().enumerate() {
            let bend = arc(degrees, radius);
            // The two of the chicane follow each other closely.
            let after = straight(if number == 3 { 15.0 } else { 180.0 });
            places.push((at, at + bend.0));
            at += bend.0 + after.0;
            stretches.extend([bend, after]);
        }
        (Track::new(&stretches), places)
    }

    fn drive(track: &Track) -> Drive<'_> {
        let (_, places) = circuit();
        let speed = move |s: f64| {
            let slow = places.iter().zip(CIRCUIT).map(|((from, until), (_, radius))| {
                let away = (s - f64::midpoint(*from, *until)).abs() * 0.12;
                (radius * 12.0).sqrt() + away
            });
            slow.fold(70.0, f64::min)
        };
        Drive::new(track, speed)
    }

    fn assert_circuit(found: &[Corner], tolerance_m: f64) {
        let (_, places) = circuit();
        assert_eq!(found.len(), places.len(), "{found:#?}");
        for (((corner, (from, until)), (degrees, radius)), number) in
            found.iter().zip(places).zip(CIRCUIT).zip(1..)
        {
            assert_eq!(corner.number, number);
            let side = if degrees > 0.0 { Direction::Left } else { Direction::Right };
            assert_eq!(corner.direction, Some(side), "{corner:?}");
            assert!((corner.start_m - from).abs() < tolerance_m, "{corner:?} begins at {from}");
            assert!((corner.end_m - until).abs() < tolerance_m, "{corner:?} ends at {until}");
            assert!((corner.apex_m - f64::midpoint(from, until)).abs() < 12.0, "{corner:?}");
            assert!((corner.turn_rad.unwrap() - degrees.abs().to_radians()).abs() < 0.2, "{corner:?}");
            assert!(corner.radius_m.unwrap() < radius * 1.6, "{corner:?}");
        }
    }

    #[test]
    fn the_corners_of_a_known_circuit_are_found_from_positions_with_noise_too() {
        let (track, _) = circuit();
        for noise_m in [0.0, 0.05, 0.2] {
            assert_circuit(&corners(&drive(&track).noise_m(noise_m).trace(), &CornerRules::default()), 20.0);
        }
    }

    #[test]
    fn without_positions_the_turning_rate_or_sideways_acceleration_tell_them() {
        let (track, _) = circuit();
        let mut blind = drive(&track).blind().trace();
        assert_circuit(&corners(&blind, &CornerRules::default()), 20.0);
        let speed = values(&blind, "speed").unwrap();
        let rate = blind.progress_m.iter().zip(speed).map(|(&s, v)| narrow(-track.bend(s) * v)).collect();
        blind.channels.push(super::super::test_tracks::trace("yaw_rate", rate));
        assert_circuit(&corners(&blind, &CornerRules::default()), 20.0);
    }

    #[test]
    fn with_nothing_but_speed_corners_are_where_the_car_is_slow() {
        let (track, places) = circuit();
        let mut lap = drive(&track).blind().trace();
        lap.channels.truncate(1);
        let found = corners(&lap, &CornerRules::default());
        assert!((6..=8).contains(&found.len()), "{found:#?}");
        for corner in &found {
            assert!(
                corner.direction.is_none()
                    && corner.start_m <= corner.apex_m
                    && corner.apex_m <= corner.end_m
            );
            let near = places
                .iter()
                .any(|(from, until)| corner.apex_m > from - 30.0 && corner.apex_m < until + 30.0);
            assert!(near, "{corner:?}");
        }
        lap.channels.clear();
        assert!(corners(&lap, &CornerRules::default()).is_empty());
    }

    #[test]
    fn a_corner_with_the_line_in_it_is_one_and_a_straight_has_none() {
        let track = Track::new(&[
            arc(60.0, 80.0),
            straight(600.0),
            arc(-90.0, 50.0),
            straight(600.0),
            arc(30.0, 80.0),
        ]);
        let found = corners(&Drive::new(&track, |_| 40.0).trace(), &CornerRules::default());
        let sides: Vec<_> = found.iter().map(|corner| corner.direction.unwrap()).collect();
        assert_eq!(sides, [Direction::Left, Direction::Right], "{found:#?}");
        assert!(found[0].start_m < 10.0);
        let line = Track::new(&[straight(3000.0)]);
        assert!(
            corners(&Drive::new(&line, |_| 40.0).noise_m(0.1).trace(), &CornerRules::default()).is_empty()
        );
    }
}

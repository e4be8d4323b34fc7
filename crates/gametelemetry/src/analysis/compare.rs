//! Two or more laps beside each other: where the time went.
//!
//! Works on traces, of one session or of several, if they are of one track. What is behind is in two places: `align` says
//! which point belongs to which, `corner_table` what happened in each corner.

use serde::Serialize;

use super::align::align;
use super::corner_table::{CornerDelta, passages, to_first_corner};
use super::corners::{Corner, CornerRules, corners};
use super::numbers::interpolate;
use super::traces::LapTrace;

/// Laps compared with the first of them, the reference.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    /// Length of the track, in metres.
    pub length_m: f64,
    /// Metres round the track as the reference went; all curves here have a value for each.
    pub progress_m: Vec<f64>,
    /// The corners of the track, found on the reference.
    pub corners: Vec<Corner>,
    /// The laps in the order in which they were given; the reference is first, and its differences are 0.
    pub laps: Vec<ComparedLap>,
}

/// One lap beside the reference.
#[derive(Clone, Debug, Serialize)]
pub struct ComparedLap {
    /// The lap's number in [`crate::Laps::laps`] of its session.
    pub number: usize,
    /// The lap's number as the game counts.
    pub lap: u32,
    /// The lap's time less the reference's, in seconds.
    pub difference_s: f64,
    /// Seconds behind the reference, at each of [`Comparison::progress_m`]; negative ahead of it. It begins with 0, and ends
    /// with `difference_s`. NaN where one of the laps was not seen.
    pub delta_s: Vec<f64>,
    /// Where this lap was level with the reference, in metres of its own progress: its traces are to be read there.
    pub own_progress_m: Vec<f64>,
    /// Whether it was aligned by where the cars were; else by progress alone.
    pub is_by_position: bool,
    /// Seconds lost from the line to the first corner, or over the lap when there is no corner.
    pub to_first_corner_s: f64,
    /// The corners, as in [`Comparison::corners`].
    pub corners: Vec<CornerDelta>,
    /// The sectors that the reference and this lap both have.
    pub sectors: Vec<SectorDelta>,
}

/// One sector beside the reference's.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SectorDelta {
    /// Its number, 1 first.
    pub number: u32,
    /// How long it took, in seconds.
    pub time_s: f64,
    /// Seconds lost against the reference; negative when gained.
    pub lost_s: f64,
}

/// Why laps cannot be compared.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ComparisonError {
    /// There is nothing to compare with.
    #[error("only {found} lap to compare: give two or more")]
    TooFew {
        /// How many there are.
        found: usize,
    },
    /// A lap was not driven from line to line.
    #[error(
        "lap {lap} was not driven from line to line ({kind}{}): compare a whole lap",
        reason_text(reason)
    )]
    NotWhole {
        /// The lap's number.
        lap: u32,
        /// Its kind.
        kind: &'static str,
        /// Why it has that kind.
        reason: String,
    },
    /// The laps are of two tracks.
    #[error("the laps are of two tracks, {reference:?} and {other:?}: compare laps of one track")]
    OtherTrack {
        /// The reference's track and layout.
        reference: String,
        /// That of the other lap.
        other: String,
    },
    /// The tracks have the same name and two lengths.
    #[error(
        "the laps are of two layouts, one {reference_m:.0} m and one {other_m:.0} m long: compare laps of one layout"
    )]
    OtherLength {
        /// Length of the reference's track, in metres.
        reference_m: f64,
        /// That of the other lap.
        other_m: f64,
    },
}

fn reason_text(reason: &str) -> String {
    if reason.is_empty() { String::new() } else { format!(", {reason}") }
}

/// Lengths of one track may differ by so much, as a share: games and versions measure along different lines.
const LENGTH_TOLERANCE: f64 = 0.02;

/// Compares laps with the first of them.
///
/// # Errors
/// When there are fewer than two, when one was not driven whole, and when they are not of one track: another name, where
/// both sessions tell one, or a length that differs by more than 2 %.
pub fn compare(traces: &[&LapTrace], rules: &CornerRules) -> Result<Comparison, ComparisonError> {
    let [reference, others @ ..] = traces else { return Err(ComparisonError::TooFew { found: 0 }) };
    if others.is_empty() {
        return Err(ComparisonError::TooFew { found: 1 });
    }
    for trace in traces {
        check_whole(trace)?;
        check_same_track(reference, trace)?;
    }
    let corners = corners(reference, rules);
    let laps = traces.iter().map(|trace| compared(reference, trace, &corners)).collect();
    Ok(Comparison { length_m: reference.length_m, progress_m: reference.progress_m.clone(), corners, laps })
}

fn check_whole(trace: &LapTrace) -> Result<(), ComparisonError> {
    let lap = &trace.lap;
    if lap.is_whole() {
        return Ok(());
    }
    Err(ComparisonError::NotWhole { lap: lap.lap, kind: lap.kind.name(), reason: lap.reason.clone() })
}

fn check_same_track(reference: &LapTrace, other: &LapTrace) -> Result<(), ComparisonError> {
    let (ours, theirs) = (&reference.part, &other.part);
    let differ = |a: &str, b: &str| {
        let (a, b) = (a.trim().to_lowercase(), b.trim().to_lowercase());
        !a.is_empty() && !b.is_empty() && a != b
    };
    if differ(&ours.track, &theirs.track) || differ(&ours.track_layout, &theirs.track_layout) {
        let name = |track: &str, layout: &str| format!("{track} {layout}").trim().to_owned();
        return Err(ComparisonError::OtherTrack {
            reference: name(&ours.track, &ours.track_layout),
            other: name(&theirs.track, &theirs.track_layout),
        });
    }
    let (reference_m, other_m) = (reference.length_m, other.length_m);
    if (other_m / reference_m - 1.0).abs() > LENGTH_TOLERANCE {
        return Err(ComparisonError::OtherLength { reference_m, other_m });
    }
    Ok(())
}

fn compared(reference: &LapTrace, trace: &LapTrace, corners: &[Corner]) -> ComparedLap {
    let alignment = align(reference, trace);
    let times: Vec<f64> =
        alignment.own_m.iter().map(|&own| interpolate(&trace.progress_m, &trace.lap_time_s, own)).collect();
    let delta_s: Vec<f64> = times.iter().zip(&reference.lap_time_s).map(|(own, time)| own - time).collect();
    ComparedLap {
        number: trace.number,
        lap: trace.lap.lap,
        difference_s: difference_s(reference, trace).or(delta_s.last().copied()).unwrap_or(f64::NAN),
        to_first_corner_s: to_first_corner(reference, &delta_s, corners),
        corners: passages(reference, trace, &alignment.own_m, &delta_s, corners),
        sectors: sectors(reference, trace),
        delta_s,
        own_progress_m: alignment.own_m,
        is_by_position: alignment.is_by_position,
    }
}

fn difference_s(reference: &LapTrace, other: &LapTrace) -> Option<f64> {
    let time = |trace: &LapTrace| Some(trace.lap.best_known_time()?.as_secs_f64());
    Some(time(other)? - time(reference)?)
}

fn sectors(reference: &LapTrace, other: &LapTrace) -> Vec<SectorDelta> {
    let pairs = other.lap.sectors.iter().filter_map(|sector| {
        let same = reference.lap.sectors.iter().find(|same| same.number == sector.number)?;
        let (time_s, reference_s) = (sector.time?.as_secs_f64(), same.time?.as_secs_f64());
        Some(SectorDelta { number: sector.number, time_s, lost_s: time_s - reference_s })
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::super::numbers::at;
    use super::super::test_tracks::{Drive, Track, arc, straight, wave};
    use super::*;
    use crate::laps::LapKind;

    type Change<'a> = &'a dyn Fn(&mut LapTrace);

    fn against(reference: &LapTrace, other: &LapTrace) -> Comparison {
        compare(&[reference, other], &CornerRules::default()).unwrap()
    }

    /// The greatest difference between the delta curve found and the one that is known.
    fn worst(found: &Comparison, reference: &Drive<'_>, other: &Drive<'_>) -> f64 {
        let ((s, ours), (_, theirs)) = (reference.times(), other.times());
        let told: Vec<f64> = s.iter().map(|&s| (reference.told)(s)).collect();
        let known = |metres: f64| {
            let along = interpolate(&told, &s, metres);
            interpolate(&s, &theirs, along) - interpolate(&s, &ours, along)
        };
        let pairs = found.progress_m.iter().zip(&found.laps[1].delta_s);
        pairs.map(|(&metres, delta)| (delta - known(metres)).abs()).fold(0.0, f64::max)
    }

    fn hairpins() -> Track {
        // Legs 14 m apart, there and back.
        let (there, back) = (arc(180.0, 7.0), arc(-180.0, 7.0));
        Track::new(&[straight(300.0), there, straight(300.0), back, straight(300.0), there, straight(300.0)])
    }

    #[test]
    fn a_lap_compared_with_itself_loses_nothing_anywhere() {
        let track = Track::figure_of_eight();
        let drive = Drive::new(&track, |s| 40.0 + 10.0 * (s / 100.0).cos()).noise_m(0.05).trace();
        let found = against(&drive, &drive);
        assert!(found.laps[1].is_by_position);
        assert!(found.laps[1].delta_s.iter().all(|delta| delta.abs() < 1e-9));
        assert_eq!(found.laps[1].difference_s, 0.0);
        assert!(
            found.laps[1].corners.iter().all(|it| it.lost_s.abs() < 1e-9 && it.lost_after_s.abs() < 1e-9)
        );
    }

    #[test]
    fn other_lines_are_aligned_by_place_and_the_delta_is_the_known_one() {
        for track in [Track::figure_of_eight(), hairpins()] {
            let reference = Drive::new(&track, |_| 50.0);
            // On a line 5 m beside, with progress that drifts by 14 m, as where a game measures what was driven.
            let (side, drift, pace) = (wave(&track, 1.5), wave(&track, 2.0), wave(&track, 3.0));
            let other = Drive::new(&track, move |s| 48.0 + 5.0 * pace(s))
                .side(move |s| 5.0 * side(s))
                .told(move |s| s + 14.0 * drift(s));
            let found = against(&reference.trace(), &other.trace());
            assert!(found.laps[1].is_by_position);
            let by_place = worst(&found, &reference, &other);
            assert!(by_place < 0.02, "{by_place} s");
            let blind = other.blind();
            let found = against(&reference.trace(), &blind.trace());
            assert!(!found.laps[1].is_by_position);
            let by_progress = worst(&found, &reference, &blind);
            assert!(by_progress > 0.2, "the test is too easy: {by_progress} s");
        }
    }

    #[test]
    fn where_the_track_crosses_itself_nothing_jumps() {
        let track = Track::figure_of_eight();
        let reference = Drive::new(&track, |_| 50.0).trace();
        let other = Drive::new(&track, |_| 45.0).side(|_| 5.0).noise_m(0.5).trace();
        let found = against(&reference, &other);
        let own = &found.laps[1].own_progress_m;
        assert!(own.windows(2).all(|pair| (0.0..4.0).contains(&(pair[1] - pair[0]))), "it jumps");
        for (place, delta) in found.laps[1].delta_s.iter().enumerate() {
            let known = at(&found.progress_m, place) * (1.0 / 45.0 - 1.0 / 50.0);
            assert!((delta - known).abs() < 0.03, "{delta} {known}");
        }
    }

    #[test]
    fn the_delta_begins_with_nothing_and_ends_with_the_difference_of_the_times() {
        let track = hairpins();
        let reference = Drive::new(&track, |s| 30.0 + s / 100.0).trace();
        for seed in 1..8 {
            let (waves, side) = (wave(&track, f64::from(seed)), wave(&track, 0.7));
            let other = Drive::new(&track, move |s| 35.0 + waves(s) * 4.0)
                .side(move |s| side(s) * f64::from(seed))
                .noise_m(0.1 * f64::from(seed))
                .trace();
            let lap = &against(&reference, &other).laps[1];
            assert!(lap.delta_s[0].abs() < 1e-9);
            assert!((lap.delta_s.last().unwrap() - lap.difference_s).abs() < 1e-6, "{}", lap.difference_s);
            let lost: f64 = lap.corners.iter().map(|corner| corner.lost_s + corner.lost_after_s).sum();
            assert!((lost + lap.to_first_corner_s - lap.difference_s).abs() < 1e-6);
        }
    }

    #[test]
    fn corners_tell_how_they_were_driven() {
        let track = Track::new(&[straight(500.0), arc(90.0, 50.0), straight(500.0)]);
        let (from, until) = (500.0, 500.0 + arc(90.0, 50.0).0);
        let drive = |slow: f64, braking: f64, open: f64| {
            let speed =
                move |s: f64| if s > braking && s < until { slow + (s - 540.0).abs() * 0.1 } else { 50.0 };
            let mut trace = Drive::new(&track, speed).trace();
            let of = |on: &dyn Fn(f64) -> bool| {
                trace.progress_m.iter().map(|&s| f32::from(u8::from(on(s)))).collect()
            };
            let brake = super::super::test_tracks::trace("brake", of(&|s| s > braking && s < 530.0));
            let throttle = super::super::test_tracks::trace("throttle", of(&|s| s < braking || s > open));
            trace.channels.extend([brake, throttle]);
            trace
        };
        let found = against(&drive(20.0, 450.0, 545.0), &drive(18.0, 440.0, 565.0));
        assert_eq!(found.corners.len(), 1);
        let corner = &found.corners[0];
        assert!((corner.start_m - from).abs() < 15.0 && (corner.end_m - until).abs() < 15.0, "{corner:?}");
        assert!(
            (corner.apex_m - 540.0).abs() < 3.0 && corner.direction == Some(super::super::Direction::Left)
        );
        let [ours, theirs] = [0, 1].map(|lap| &found.laps[lap].corners[0]);
        assert!((ours.passage.min_speed_m_s.unwrap() - 20.0).abs() < 0.2);
        assert!((theirs.passage.min_speed_m_s.unwrap() - 18.0).abs() < 0.2);
        assert!((ours.passage.braking_point_m.unwrap() - 450.0).abs() < 2.0, "{ours:?}");
        assert!((theirs.passage.braking_point_m.unwrap() - 440.0).abs() < 2.0, "{theirs:?}");
        assert!((ours.passage.throttle_on_m.unwrap() - 545.0).abs() < 2.0, "{ours:?}");
        assert!((theirs.passage.throttle_on_m.unwrap() - 565.0).abs() < 2.0, "{theirs:?}");
        assert_eq!(ours.lost_s, 0.0);
        let (slow, fast) = (theirs.passage.time_s.unwrap(), ours.passage.time_s.unwrap());
        assert!((theirs.lost_s - (slow - fast)).abs() < 1e-6 && theirs.lost_s > 0.2);
    }

    #[test]
    fn laps_that_cannot_be_compared_say_how_they_differ() {
        let track = Track::figure_of_eight();
        let lap = Drive::new(&track, |_| 50.0).trace();
        let rules = CornerRules::default();
        let with = |change: Change<'_>| {
            let mut other = lap.clone();
            change(&mut other);
            let mut reference = lap.clone();
            (reference.part.track, reference.part.track_layout) = ("Spa".to_owned(), "GP".to_owned());
            compare(&[&reference, &other], &rules).map(|_| ()).map_err(|error| error.to_string())
        };
        let table: [(Change<'_>, Result<(), &str>); 6] = [
            (&|_| {}, Ok(())),
            (&|it| it.part.track = " SPA ".to_owned(), Ok(())),
            (&|it| it.length_m *= 1.015, Ok(())),
            (
                &|it| it.part.track = "Monza".to_owned(),
                Err("the laps are of two tracks, \"Spa GP\" and \"Monza\": compare laps of one track"),
            ),
            (
                &|it| it.length_m = 2500.0,
                Err(
                    "the laps are of two layouts, one 2014 m and one 2500 m long: compare laps of one layout",
                ),
            ),
            (
                &|it| {
                    (it.lap.kind, it.lap.reason) = (LapKind::Partial, "the recording begins in it".to_owned())
                },
                Err(
                    "lap 1 was not driven from line to line (partial, the recording begins in it): compare a whole lap",
                ),
            ),
        ];
        for (change, expected) in table {
            assert_eq!(with(change), expected.map_err(str::to_owned));
        }
        assert_eq!(compare(&[&lap], &rules).unwrap_err(), ComparisonError::TooFew { found: 1 });
        assert_eq!(compare(&[], &rules).unwrap_err(), ComparisonError::TooFew { found: 0 });
    }

    #[test]
    fn what_was_not_seen_is_not_made_up() {
        let track = Track::figure_of_eight();
        let lap = Drive::new(&track, |_| 50.0).trace();
        let mut gappy = lap.clone();
        for place in 500..600 {
            gappy.lap_time_s[place] = f64::NAN;
            gappy.channels[0].values[place] = f32::NAN;
            gappy.position.as_mut().unwrap().x[place] = f64::NAN;
        }
        let delta = &against(&lap, &gappy).laps[1].delta_s;
        assert!(delta[510..590].iter().all(|delta| delta.is_nan()));
        assert!(delta[..495].iter().chain(&delta[605..]).all(|delta| delta.abs() < 0.01));
    }
}

//! Made-up reports for the tests of the page: believable to the eye, and the same in every run.
//!
//! A car of simple limits is driven along a curve (`drive`); from that come laps with everything that a report shows.

mod drive;
mod laps;

use super::capture::{Capture, Counts, GapShown, LatenessShown};
use super::data::{OverTime, Report, Session};
use super::series::Series;
use laps::Plan;

/// Twelve laps of a circuit with everything, compared with a session of two laps.
pub(crate) fn circuit() -> Report {
    let mut report = laps::report(&Plan { laps: 12, points: 1200, session: 0, pace: 1.0 });
    let other = laps::report(&Plan { laps: 2, points: 1200, session: 1, pace: 1.006 });
    report.sessions.push(Session {
        name: "2026-11-20_200000_acc".into(),
        driver: "R. Vogel".into(),
        ..session()
    });
    report.laps.extend(other.laps);
    report.captures = vec![physics(), graphics()];
    report
}

/// An hour: as many laps, channels and points as a session of endurance practice has.
pub(crate) fn hour() -> Report {
    let mut report = laps::report(&Plan { laps: 35, points: 1500, session: 0, pace: 1.0 });
    report.captures = vec![physics()];
    report
}

/// One run of a rally stage with four splits.
pub(crate) fn stage() -> Report {
    Report { captures: vec![packets()], ..laps::stage() }
}

/// A game that says neither where the car is nor what pulls at it, nor how its tyres are.
pub(crate) fn without_positions() -> Report {
    let mut report = laps::report(&Plan { laps: 5, points: 600, session: 0, pace: 1.0 });
    for lap in &mut report.laps {
        (lap.x, lap.y) = (None, None);
        lap.traces.retain(|name, _| !name.starts_with("g_") && !name.starts_with("tyre"));
        lap.corners.clear();
    }
    report.corners.clear();
    for over in &mut report.over_time {
        over.series.retain(|name, _| !name.starts_with("tyre") && !name.starts_with("brake"));
    }
    report
}

/// A session in which the line was never crossed.
pub(crate) fn without_laps() -> Report {
    let whole = laps::report(&Plan { laps: 1, points: 400, session: 0, pace: 1.0 });
    let speed: Series = (0..900).map(|i| 30.0 + 25.0 * (f64::from(i) / 40.0).sin()).collect();
    let time_s = (0..900).map(f64::from).collect();
    let over = OverTime { time_s, series: [("speed".to_owned(), speed)].into(), ..OverTime::default() };
    Report {
        sessions: vec![session()],
        channels: whole.channels,
        over_time: vec![over],
        captures: vec![cut()],
        ..Report::default()
    }
}

/// Texts that would be markup, script, or far too long.
pub(crate) fn hostile() -> Report {
    let bad = "</script><script>alert(1)</script><img src=x onerror=alert(2)>{{data}}".to_owned();
    let mut report = laps::report(&Plan { laps: 3, points: 300, session: 0, pace: 1.0 });
    report.sessions = vec![Session {
        name: bad.clone(),
        game: bad.clone(),
        track: bad.clone(),
        car: "A".repeat(400),
        driver: "<b>driver</b> & \u{202e}\"'`\u{0}\u{2028}".to_owned(),
        event: bad.clone(),
        started: bad.clone(),
        ..session()
    }];
    for lap in &mut report.laps {
        lap.kind.clone_from(&bad);
        lap.reason = Some("x".repeat(300));
    }
    for corner in &mut report.corners {
        corner.name = Some(bad.clone());
    }
    report.channels.iter_mut().for_each(|channel| channel.label.clone_from(&bad));
    report.captures = vec![Capture { source: bad.clone(), damage: vec![bad], ..cut() }];
    report
}

/// A report of nothing at all.
pub(crate) fn empty() -> Report {
    Report { sessions: vec![Session::default()], ..Report::default() }
}

pub(super) fn session() -> Session {
    Session {
        name: "2026-11-23_120000_acc".into(),
        game: "Assetto Corsa Competizione".into(),
        track: "Hollow Ridge".into(),
        car: "Corvara GT3 Evo".into(),
        driver: "M. Brandt".into(),
        event: "Practice".into(),
        started: "2026-11-23 12:00 UTC".into(),
        duration_s: Some(1284.0),
        fuel_unit: "l".into(),
    }
}

/// A stage's session: another game, another car.
pub(super) fn stage_session() -> Session {
    Session {
        name: "2026-11-22_190000_wrc".into(),
        game: "EA SPORTS WRC".into(),
        track: "Kivijärvi 2".into(),
        car: "Rally1 Hybrid".into(),
        event: "Time trial".into(),
        duration_s: Some(412.0),
        ..session()
    }
}

fn source(name: &str, counts: Counts) -> Capture {
    Capture {
        source: name.into(),
        file_bytes: Some(18_400_000),
        end: "complete".into(),
        complete: true,
        counts: Some(counts),
        ..Capture::default()
    }
}

fn physics() -> Capture {
    let counts = Counts {
        looks: 257_040,
        frames: 128_440,
        recorded: 128_440,
        unchanged: 128_600,
        torn: 7,
        retried: 9,
        missed: 3,
        requested_hz: Some(200.0),
        achieved_hz: Some(100.03),
        gap_count: 2,
        gaps: vec![GapShown { at_s: 341.2, seconds: 2.4 }, GapShown { at_s: 802.0, seconds: 0.6 }],
        lateness: Some(LatenessShown { p50_us: 56, p99_us: 112, max_us: 3072 }),
        ..Counts::default()
    };
    source("physics", counts)
}

fn graphics() -> Capture {
    let counts = Counts {
        looks: 12_850,
        frames: 12_840,
        recorded: 12_840,
        unchanged: 10,
        requested_hz: Some(10.0),
        achieved_hz: Some(10.0),
        lateness: Some(LatenessShown { p50_us: 64, p99_us: 160, max_us: 1024 }),
        ..Counts::default()
    };
    source("graphics", counts)
}

/// What came over a network, with losses.
fn packets() -> Capture {
    let counts = Counts {
        frames: 24_700,
        recorded: 24_688,
        dropped: 12,
        lost: Some(31),
        reordered: Some(2),
        achieved_hz: Some(59.9),
        notices: vec!["packets: 31 lost on the way, 2 out of order".into()],
        ..Counts::default()
    };
    source("udp", counts)
}

/// A file that a crash cut.
fn cut() -> Capture {
    Capture {
        end: "cut within a record".into(),
        complete: false,
        damage: vec!["a damaged segment at offset 1048576 was skipped: 412 records".into()],
        counts: None,
        ..source("physics", Counts::default())
    }
}

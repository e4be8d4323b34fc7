//! What a lap was: its kind, whether it counts, and why, in a short sentence.
//!
//! The last step of a lap: takes what was noted of it and makes the [`Lap`] that is told.

use std::time::Duration;

use super::build::{Finish, LapBuild, STANDSTILL, Start};
use super::model::{Lap, LapKind};

/// Our time may differ from the game's by so much, in seconds, or by [`DIFFERS_SHARE`], before it is worth a word.
const DIFFERS_S: f64 = 0.5;
const DIFFERS_SHARE: f64 = 0.005;
/// Where it differs by more than so much, in seconds and as a share, and no data are missing, the two are not of one lap.
const OTHER_LAP_S: f64 = 2.0;
const OTHER_LAP_SHARE: f64 = 0.05;
/// Data that are missing at the line are told from so many seconds on.
const MISSING_S: f64 = 0.05;

/// What is known of the part of the session.
#[derive(Clone, Copy, Debug)]
pub(super) struct PartFacts {
    pub(super) sectors: usize,
    pub(super) is_stage: bool,
}

/// The lap that `build` was, ended by `finish`.
pub(super) fn lap(build: &LapBuild, finish: Finish, facts: PartFacts) -> Lap {
    let mut reasons = Vec::new();
    let mut kind = kind(build, finish, facts, &mut reasons);
    let time = build.measured(finish).filter(|_| kind != LapKind::Superseded);
    if time.is_none() && build.official.is_none() && matches!(kind, LapKind::Flying | LapKind::Invalid) {
        kind = LapKind::Partial;
    }
    let has_gap = build.missing_at_line > MISSING_S || build.is_jump;
    let is_other = !has_gap && time.zip(build.official).is_some_and(|(own, told)| is_other_lap(own, told));
    if is_other && matches!(kind, LapKind::Flying | LapKind::Invalid) {
        kind = LapKind::Partial;
    }
    let is_whole = !matches!(kind, LapKind::Partial | LapKind::Superseded | LapKind::Invalid);
    let mut valid = is_whole && !is_other && build.invalid_since.is_none();
    valid &= if has_gap || time.is_none() { build.official.is_some() } else { true };
    notes(build, time, &mut reasons);
    if kind == LapKind::Partial && reasons.is_empty() {
        reasons.push("it was not driven from line to line".to_owned());
    }
    let ended = matches!(finish, Finish::Crossing | Finish::OfStage).then_some(build.end);
    let begun = build.has_start().then_some(build.begin);
    Lap {
        lap: build.number.unwrap_or(1),
        kind,
        valid,
        time: time.and_then(|time| Duration::try_from_secs_f64(time).ok()),
        official_time: build.official.and_then(|time| Duration::try_from_secs_f64(time).ok()),
        sectors: build.sectors.finish(begun, ended, build.official, facts.sectors),
        reason: reasons.join("; "),
        part: build.part,
        start: build.begin.at,
        end: build.end.at,
        length_m: (build.driven > 0.0).then_some(build.driven),
        taken_back: build.taken_back.clone(),
        paused: build.paused.clone(),
    }
}

/// Whether the lap that the game timed is not the one that we saw.
fn is_other_lap(own: f64, told: f64) -> bool {
    (own - told).abs() > OTHER_LAP_S.max(told * OTHER_LAP_SHARE)
}

fn kind(build: &LapBuild, finish: Finish, facts: PartFacts, reasons: &mut Vec<String>) -> LapKind {
    let mut because = |kind: LapKind, reason: &str| {
        reasons.push(reason.to_owned());
        kind
    };
    match finish {
        Finish::TakenBack => return because(LapKind::Superseded, "a flashback over the line took it back"),
        Finish::Restarted => return because(LapKind::Superseded, "a restart began it again"),
        Finish::Reloaded => {
            return because(LapKind::Superseded, "a saved game was loaded, and it was driven again");
        }
        Finish::OfStage if facts.is_stage && build.has_start() => return LapKind::Stage,
        _ => {}
    }
    if facts.is_stage {
        let reason = match finish {
            Finish::OfStage | Finish::Crossing => "the recording began on the stage",
            _ => "the stage was not driven to its finish",
        };
        return because(LapKind::Partial, reason);
    }
    circuit_kind(build, finish, reasons)
}

fn circuit_kind(build: &LapBuild, finish: Finish, reasons: &mut Vec<String>) -> LapKind {
    let began_in_pits = build.pit_at_begin == Some(true);
    let ended_in_pits = build.pit_at_end;
    let is_moved = build.was_teleported || matches!(finish, Finish::Moved) || build.start == Start::Moved;
    let missing_start = !build.has_start() && !began_in_pits;
    // Into the pits before the line, and no further: the lap was driven as far as laps that end there are.
    let ends_in_box = ended_in_pits && build.was_on_track && most_was_driven(build);
    let missing_end = finish != Finish::Crossing && !ends_in_box;
    if is_moved || missing_start || missing_end || build.is_short() {
        partial_reasons(build, finish, is_moved, reasons);
        return LapKind::Partial;
    }
    let through_pits = !began_in_pits && !ended_in_pits && build.was_in_pit;
    let (kind, reason) = match (began_in_pits, ended_in_pits) {
        (true, true) => (LapKind::OutIn, "it began and ended in the pits"),
        (true, false) => (LapKind::Out, "it began in the pits"),
        (false, true) => (LapKind::In, "it ended in the pits"),
        _ if through_pits => (LapKind::Pit, "it went through the pit lane"),
        _ if build.start == Start::Standing || build.from_grid => {
            (LapKind::StandingStart, "it began from a standstill")
        }
        _ if build.invalid_since.is_some() => (LapKind::Invalid, ""),
        _ => (LapKind::Flying, ""),
    };
    if !reason.is_empty() {
        reasons.push(reason.to_owned());
    }
    kind
}

fn partial_reasons(build: &LapBuild, finish: Finish, is_moved: bool, reasons: &mut Vec<String>) {
    if is_moved {
        reasons.push("the car was put somewhere else (tow or reset)".to_owned());
    } else if build.start == Start::Standing && finish == Finish::Crossing {
        reasons.push("it is the way from the grid to the line".to_owned());
    }
    if build.is_short() && finish == Finish::Crossing && build.start != Start::Standing {
        reasons.push("less than half of the lap was driven".to_owned());
    }
    match build.start {
        Start::Joined if !is_moved => reasons.push("its beginning is not in the recording".to_owned()),
        Start::TakenBack => reasons.push("a flashback led into it".to_owned()),
        _ => {}
    }
    if finish == Finish::Ended {
        reasons.push("the session ended in it".to_owned());
    }
}

/// Whether more than half of the track was driven in it.
fn most_was_driven(build: &LapBuild) -> bool {
    build.share.is_some_and(|(begin, now)| now - begin > 0.5)
}

/// What else there is to say of it.
fn notes(build: &LapBuild, time: Option<f64>, reasons: &mut Vec<String>) {
    let mut note = |text: String| reasons.push(text);
    if build.invalid_since.is_some() {
        note("the game calls it invalid".to_owned());
    }
    if build.missing_at_line > MISSING_S {
        note(format!("{:.1} s of data are missing at the line", build.missing_at_line));
    }
    if build.missing > MISSING_S {
        note(format!("{:.1} s of data are missing in it", build.missing));
    }
    if build.is_jump {
        note("the recording's clock jumped in it".to_owned());
    }
    if build.is_lone {
        note("only one channel says that it ended".to_owned());
    }
    if build.saw_red_flag {
        note("the session was stopped by a red flag".to_owned());
    }
    if build.saw_safety_car {
        note("the safety car was out".to_owned());
    }
    if !build.taken_back.is_empty() {
        note(match build.taken_back.len() {
            1 => "a flashback took a stretch of it back".to_owned(),
            count => format!("{count} flashbacks took stretches of it back"),
        });
    }
    if !build.paused.is_empty() {
        note("the game was paused in it".to_owned());
    }
    if let (Some(time), Some(official)) = (time, build.official)
        && (time - official).abs() > DIFFERS_S.max(official * DIFFERS_SHARE)
    {
        note(format!("our time differs from the game's by {:.3} s", time - official));
    }
}

/// Whether a car at `speed` stands; one that does not tell its speed does not.
pub(super) fn stands(speed: Option<f64>) -> bool {
    speed.is_some_and(|speed| speed < STANDSTILL)
}

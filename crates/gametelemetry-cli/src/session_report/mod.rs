//! Fills the report's page from sessions: laps, traces, corners, channels over time, and how good the capture was.
//!
//! Goes through each session twice: for its laps, then for the traces of the laps worth showing. Works nothing out
//! itself that the library can; draws nothing.

mod channels;
mod over_time;
mod session;
mod traces;

use anyhow::Result;
use gametelemetry::analysis::{CornerRules, MathChannel, corners};
use gametelemetry::clock::Clock;

use self::session::Read;
use crate::commands::report::math_channels;
use crate::report::data::{BestSector, Corner, Grid, Layout, Report};
use crate::session_arg::Session;

/// What a report is made of.
pub(crate) struct Wanted<'a> {
    /// The session, and the one to compare it with.
    pub(crate) sessions: &'a [Session],
    /// Formulas of the user's own channels.
    pub(crate) math: &'a [String],
}

/// A report, and whether something of its sessions could not be read.
pub(crate) struct Filled {
    pub(crate) report: Report,
    pub(crate) is_damaged: bool,
}

/// Reads the sessions and fills the page.
pub(crate) fn fill(wanted: &Wanted<'_>) -> Result<Filled> {
    let math = math_channels(wanted.math)?;
    let mut report = Report {
        program: format!("gametelemetry {}", env!("CARGO_PKG_VERSION")),
        written: channels::time_text(Clock::system().now(), None),
        channels: channels::shown(&math),
        ..Report::default()
    };
    let mut is_damaged = false;
    let mut read = Vec::new();
    for (number, session) in wanted.sessions.iter().enumerate() {
        let session = Read::open(session, wanted.math, number == 0)?;
        is_damaged |= crate::commands::laps::is_damaged(&session.facts);
        read.push(session);
    }
    add_laps(&mut report, &read, &math);
    Ok(Filled { report, is_damaged })
}

/// Everything about laps, of all sessions; the best lap of the first one is what the others are laid along.
fn add_laps(report: &mut Report, sessions: &[Read], math: &[MathChannel]) {
    let reference = sessions.iter().find_map(Read::reference);
    let mut found = Vec::new();
    if let Some(reference) = reference {
        #[expect(clippy::cast_precision_loss, reason = "a few thousand points")]
        let step = reference.length_m / (reference.progress_m.len().saturating_sub(1).max(1)) as f64;
        report.grid = Some(Grid { start: 0.0, step, count: reference.progress_m.len() });
        found = corners(reference, &CornerRules::default());
        report.corners = found
            .iter()
            .map(|corner| Corner {
                number: corner.number,
                name: None,
                from: corner.start_m,
                apex: corner.apex_m,
                to: corner.end_m,
            })
            .collect();
    }
    let laid = reference.map(|reference| traces::Laid::new(reference, &found, channels::along_a_lap(math)));
    for (number, session) in sessions.iter().enumerate() {
        let first_lap = report.laps.len();
        report.laps.extend(session.laps(number, laid.as_ref()));
        report.sessions.push(session.about());
        report.over_time.push(session.over_time(number));
        report.captures.extend(session.captures(number));
        if number == 0 {
            add_theoretical(report, session);
            report.layout = session.layout();
            report.reasons = session.reasons(reference.is_some());
        }
        report.picked.extend(session.picked(sessions.len()).into_iter().map(|lap| first_lap + lap));
    }
    report.channels.retain(|channel| {
        report.laps.iter().any(|lap| lap.traces.contains_key(&channel.name))
            || report.over_time.iter().any(|over| over.series.contains_key(&channel.name))
    });
    if report.layout != Layout::Stage {
        return;
    }
    // A stage is one run: what came before and after it is not shown as laps.
    let is_run = |lap: &crate::report::data::Lap| lap.kind == "stage";
    if report.laps.iter().filter(|lap| is_run(lap)).count() == report.sessions.len() {
        let picked: Vec<bool> = (0..report.laps.len()).map(|lap| report.picked.contains(&lap)).collect();
        let mut kept = Vec::new();
        for (lap, is_picked) in std::mem::take(&mut report.laps).into_iter().zip(picked) {
            if is_run(&lap) {
                kept.push((lap, is_picked));
            }
        }
        report.picked = kept.iter().enumerate().filter(|(_, it)| it.1).map(|(place, _)| place).collect();
        report.laps = kept.into_iter().map(|(lap, _)| lap).collect();
        report.best_sectors.clear();
        report.theoretical_ms = None;
    }
}

fn add_theoretical(report: &mut Report, session: &Read) {
    let Some(best) = session.theoretical() else { return };
    report.theoretical_ms = Some(channels::ms(best.time));
    report.best_sectors = best
        .sectors
        .iter()
        .map(|sector| BestSector { time_ms: channels::ms(sector.time), lap: sector.lap })
        .collect();
}

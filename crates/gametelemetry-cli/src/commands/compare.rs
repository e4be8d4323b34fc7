//! `compare`: where the time goes between laps, of one session or of several.

use std::io::Write;

use anyhow::{Context, Result};
use gametelemetry::SessionPass;
use gametelemetry::analysis::{
    COMPARED, ComparedLap, Comparison, CornerPassage, CornerRules, LapTrace, TraceProcessor, compare, enrich,
};
use serde::Serialize;

use super::{Outcome, laps};
use crate::args::{CloudArgs, Compare};
use crate::output::{self, DIM, HEAD};
use crate::session_arg::{Session, SessionArg};
use crate::words::{LapOfSession, lap_time};

pub(crate) fn run(args: &Compare) -> Result<Outcome> {
    let (traces, is_damaged) = traces(&args.laps, &args.cloud)?;
    let traces: Vec<&LapTrace> = traces.iter().collect();
    let comparison = compare(&traces, &CornerRules::default())?;
    if args.json {
        let sessions = args.laps.iter().map(|lap| lap.session.to_string()).collect();
        output::json(&Compared { sessions, comparison: &comparison })?;
    } else {
        print(&args.laps, &traces, &comparison)?;
    }
    Ok(Outcome::lost_if(is_damaged))
}

/// The comparison as JSON: which session each lap is of, and what was found.
#[derive(Serialize)]
struct Compared<'a> {
    /// The session of each of the comparison's laps.
    sessions: Vec<String>,
    #[serde(flatten)]
    comparison: &'a Comparison,
}

/// The laps' traces in the order in which they were named, and whether something could not be read.
fn traces(wanted: &[LapOfSession], cloud: &CloudArgs) -> Result<(Vec<LapTrace>, bool)> {
    let mut of_session: Vec<(&SessionArg, Vec<usize>)> = Vec::new();
    for (place, lap) in wanted.iter().enumerate() {
        match of_session.iter_mut().find(|(session, _)| **session == lap.session) {
            Some((_, places)) => places.push(place),
            None => of_session.push((&lap.session, vec![place])),
        }
    }
    let mut found: Vec<Option<LapTrace>> = wanted.iter().map(|_| None).collect();
    let mut is_damaged = false;
    for (session, places) in of_session {
        let session = session.open(cloud)?;
        let (split, facts) = laps::split(&session)?;
        is_damaged |= laps::is_damaged(&facts);
        let numbers: Vec<(usize, usize)> = places
            .into_iter()
            .filter_map(|place| Some((place, wanted.get(place)?.lap)))
            .map(|(place, lap)| {
                Ok((place, laps::find(&split, lap).with_context(|| format!("in {session}"))?))
            })
            .collect::<Result<_>>()?;
        let traces = read(
            &session,
            TraceProcessor::new(&split, numbers.iter().map(|(_, lap)| *lap), COMPARED.to_vec()),
        )?;
        for (place, number) in numbers {
            let trace = traces.iter().find(|trace| trace.number == number);
            let trace = trace.with_context(|| {
                let lap = split.laps.get(number).map_or(0, |lap| lap.lap);
                format!("nothing in {session} says how far round the track lap {lap} was at any time, so it cannot be compared")
            })?;
            if let Some(slot) = found.get_mut(place) {
                *slot = Some(trace.clone());
            }
        }
    }
    Ok((found.into_iter().flatten().collect(), is_damaged))
}

fn read(session: &Session, processor: TraceProcessor) -> Result<Vec<LapTrace>> {
    let mut pass = SessionPass::open(session)?;
    let _ = enrich(&mut pass);
    if let Some((from, until)) = processor.span() {
        pass = pass.between(from, until);
    }
    let handle = pass.add(processor);
    let _ = pass.run()?;
    Ok(handle.take().unwrap_or_default())
}

fn print(names: &[LapOfSession], traces: &[&LapTrace], comparison: &Comparison) -> Result<()> {
    let mut out = output::stdout();
    for ((name, trace), lap) in names.iter().zip(traces).zip(&comparison.laps) {
        let time = trace.lap.best_known_time().map_or_else(|| "no time".to_owned(), lap_time);
        let session = &name.session;
        let difference =
            if lap.difference_s == 0.0 { String::new() } else { format!("  {:+.3}", lap.difference_s) };
        writeln!(out, "{HEAD}lap {}{HEAD:#}  {time}{difference}  {DIM}{session}{DIM:#}", lap.lap)?;
    }
    let [reference, others @ ..] = comparison.laps.as_slice() else { return Ok(out.flush()?) };
    for lap in others {
        writeln!(
            out,
            "\n{HEAD}lap {} against lap {}{HEAD:#}, seconds lost (+) or gained (-)",
            lap.lap, reference.lap
        )?;
        print_sectors(&mut out, lap)?;
        print_corners(&mut out, comparison, reference, lap)?;
    }
    Ok(out.flush()?)
}

fn print_sectors(out: &mut impl Write, lap: &ComparedLap) -> Result<()> {
    let known: Vec<String> = lap
        .sectors
        .iter()
        .filter(|sector| sector.lost_s.is_finite())
        .map(|sector| format!("sector {} {:+.3}", sector.number, sector.lost_s))
        .collect();
    if !known.is_empty() {
        writeln!(out, "  {}", known.join("   "))?;
    }
    Ok(())
}

fn print_corners(
    out: &mut impl Write,
    comparison: &Comparison,
    reference: &ComparedLap,
    lap: &ComparedLap,
) -> Result<()> {
    if comparison.corners.is_empty() {
        writeln!(out, "  {DIM}no corners were found: the recording tells neither places nor speed{DIM:#}")?;
        return Ok(());
    }
    let kmh =
        |speed: Option<f64>| speed.map_or_else(|| "-".to_owned(), |speed| format!("{:.1}", speed * 3.6));
    let metres =
        |own: &CornerPassage, other: &CornerPassage| match (own.braking_point_m, other.braking_point_m) {
            (Some(own), Some(other)) => format!("{:+.0} m", own - other),
            _ => "-".to_owned(),
        };
    let rows: Vec<Vec<String>> = comparison
        .corners
        .iter()
        .filter_map(|corner| {
            let own = lap.corners.iter().find(|it| it.number == corner.number)?;
            let other = reference.corners.iter().find(|it| it.number == corner.number)?;
            Some(vec![
                format!("{} at {:.0} m", corner.number, corner.apex_m),
                format!("{:+.3}", own.lost_s),
                format!("{:+.3}", own.lost_after_s),
                kmh(own.passage.entry_speed_m_s),
                kmh(own.passage.min_speed_m_s),
                kmh(other.passage.min_speed_m_s),
                kmh(own.passage.exit_speed_m_s),
                metres(&own.passage, &other.passage),
            ])
        })
        .collect();
    let head = ["corner", "in it", "after it", "entry km/h", "min", "reference's", "exit", "brakes"];
    Ok(output::table(out, &head, &rows)?)
}

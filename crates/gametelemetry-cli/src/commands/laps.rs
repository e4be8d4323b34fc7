//! `laps`: a session split into laps, as a table or as JSON.

use std::io::Write;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use gametelemetry::{
    End, Lap, LapProcessor, Laps, SessionFacts, SessionPart, SessionPass, SourceFacts, StoredSession,
};

use super::Outcome;
use crate::args;
use crate::output::{self, DIM, GOOD, HEAD};
use crate::recordings;
use crate::words::lap_time;

pub(crate) fn run(args: &args::Laps) -> Result<Outcome> {
    let (laps, facts) = split(&args.session.open(&args.cloud)?)?;
    if args.json {
        output::json(&laps.laps)?;
    } else {
        print(&laps)?;
    }
    Ok(Outcome::lost_if(is_damaged(&facts)))
}

/// Splits `session` into laps; says what of it could not be read.
pub(crate) fn split(session: &(impl StoredSession + ?Sized)) -> Result<(Laps, SessionFacts)> {
    let mut pass = SessionPass::open(session)?;
    let handle = pass.add(LapProcessor::new());
    let facts = pass.run()?;
    say_what_is_lost(&facts);
    Ok((handle.take().context("the laps were not worked out")?, facts))
}

/// Tells of each file that could not be read, or not to its end.
pub(crate) fn say_what_is_lost(facts: &SessionFacts) {
    for (path, error) in &facts.unreadable {
        output::say(format_args!("cannot read {}: {}", path.display(), output::causes(error)));
    }
    for source in &facts.sources {
        let name = &source.header.source;
        if let Some(error) = &source.error {
            output::say(format_args!("{name} could not be read to its end: {}", output::causes(error)));
        }
        match source.damage.len() {
            0 => {}
            1 => output::say(format_args!("{name} is damaged in 1 place; the rest is used")),
            places => output::say(format_args!("{name} is damaged in {places} places; the rest is used")),
        }
        say_where_it_is_cut(source);
    }
}

/// Whether data is missing. That a file which is still being recorded has no end yet is no damage.
pub(crate) fn is_damaged(facts: &SessionFacts) -> bool {
    let is_damaged = |source: &SourceFacts| {
        let is_cut = source.end.is_some_and(|end| end != End::Complete);
        (is_cut && !is_being_written(source)) || !source.damage.is_empty() || source.error.is_some()
    };
    !facts.unreadable.is_empty() || facts.sources.iter().any(is_damaged)
}

fn say_where_it_is_cut(source: &SourceFacts) {
    let name = &source.header.source;
    match source.end {
        Some(End::Complete) | None => {}
        Some(_) if is_being_written(source) => {
            output::say(format_args!("{name} is still being recorded; what there is until now is used"));
        }
        Some(end) => output::say(format_args!("{name}: {end}; `gametelemetry recover` makes it whole")),
    }
}

fn is_being_written(source: &SourceFacts) -> bool {
    source.path.as_deref().is_some_and(recordings::is_being_written)
}

/// The lap that a user calls `wanted`, by its number in [`Laps::laps`]: of several with one number the last that was
/// not taken back.
pub(crate) fn find(laps: &Laps, wanted: crate::words::WhichLap) -> Result<usize> {
    let wanted = match wanted {
        crate::words::WhichLap::Best => {
            return laps
                .best()
                .context("no lap of the session counts, so there is no best one; name one by its number");
        }
        crate::words::WhichLap::Place(place) if place <= laps.laps.len() => return Ok(place - 1),
        crate::words::WhichLap::Place(place) => {
            bail!(
                "the session has {} laps, there is no #{place}; `gametelemetry laps` lists them",
                laps.laps.len()
            )
        }
        crate::words::WhichLap::Number(number) => number,
    };
    let of_number = |lap: &&(usize, &Lap)| lap.1.lap == wanted;
    let numbered: Vec<(usize, &Lap)> = laps.laps.iter().enumerate().collect();
    let found = numbered.iter().rfind(|it| of_number(it) && it.1.is_whole());
    match found.or_else(|| numbered.iter().rfind(of_number)) {
        Some((place, _)) => Ok(*place),
        None => bail!("there is no lap {wanted}; `gametelemetry laps` lists those there are"),
    }
}

/// The heading of a part: track, car, driver, kind of session.
pub(crate) fn heading(part: &SessionPart) -> String {
    let track = [part.track.as_str(), &part.track_layout]
        .iter()
        .filter(|it| !it.is_empty())
        .copied()
        .collect::<Vec<_>>()
        .join(" ");
    let named = [track.as_str(), &part.car, &part.driver, &part.session_type];
    named.iter().filter(|text| !text.is_empty()).copied().collect::<Vec<_>>().join(" · ")
}

/// A lap in one line, for who watches a recording.
pub(crate) fn line(lap: &Lap) -> String {
    let kind = lap.kind.name().replace('_', " ");
    let time = lap.best_known_time().map_or_else(|| "no time".to_owned(), lap_time);
    let sectors: Vec<String> = lap.sectors.iter().filter_map(|sector| sector.time).map(lap_time).collect();
    let reason = if lap.valid || lap.reason.is_empty() { String::new() } else { format!("  {}", lap.reason) };
    format!("lap {}  {HEAD}{time}{HEAD:#}  {kind}  {DIM}{}{reason}{DIM:#}", lap.lap, sectors.join("  "))
}

pub(crate) fn print(laps: &Laps) -> Result<()> {
    let mut out = output::stdout();
    if laps.laps.is_empty() {
        writeln!(out, "no lap: the session has no frames that tell of one")?;
        return Ok(out.flush()?);
    }
    let best = laps.best();
    for (number, part) in laps.parts.iter().enumerate() {
        let of_part: Vec<(usize, &Lap)> =
            laps.laps.iter().enumerate().filter(|(_, lap)| lap.part == number).collect();
        let heading = heading(part);
        if of_part.is_empty() {
            continue;
        }
        if !heading.is_empty() {
            writeln!(out, "{HEAD}{heading}{HEAD:#}")?;
        }
        print_part(&mut out, &of_part, best)?;
    }
    Ok(out.flush()?)
}

fn print_part(out: &mut impl Write, laps: &[(usize, &Lap)], best: Option<usize>) -> Result<()> {
    let sectors = laps.iter().map(|(_, lap)| lap.sectors.len()).max().unwrap_or(0);
    let mut head = vec!["lap".to_owned(), "kind".to_owned(), "time".to_owned(), "official".to_owned()];
    head.push("difference".to_owned());
    head.extend((1..=sectors).map(|number| format!("sector {number}")));
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    let time = |time: Option<Duration>| time.map_or_else(|| "-".to_owned(), lap_time);
    let rows: Vec<Vec<String>> = laps
        .iter()
        .map(|(_, lap)| {
            let difference = lap.difference_s().map_or_else(String::new, |seconds| format!("{seconds:+.3}"));
            let mark = if lap.valid { "" } else { "*" };
            let mut row = vec![
                format!("{}{mark}", lap.lap),
                lap.kind.name().replace('_', " "),
                time(lap.time),
                time(lap.official_time),
                difference,
            ];
            let times = lap.sectors.iter().map(|sector| time(sector.time));
            row.extend(
                times.chain(std::iter::repeat_n(String::new(), sectors.saturating_sub(lap.sectors.len()))),
            );
            row
        })
        .collect();
    output::table(out, &head, &rows)?;
    for (number, lap) in laps {
        if Some(*number) == best {
            let time = lap.best_known_time().map(lap_time).unwrap_or_default();
            writeln!(out, "  {GOOD}best: lap {}, {time}{GOOD:#}", lap.lap)?;
        }
        if !lap.reason.is_empty() {
            writeln!(out, "  {DIM}lap {}: {}{DIM:#}", lap.lap, lap.reason)?;
        }
    }
    Ok(())
}

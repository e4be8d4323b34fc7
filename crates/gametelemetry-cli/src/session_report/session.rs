//! One session as the report sees it.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use gametelemetry::analysis::{
    LapStatistics, LapTrace, STATISTICS, TheoreticalBest, TraceProcessor, enrich, spread, theoretical_bests,
};
use gametelemetry::{LapKind, LapProcessor, Laps, SessionFacts, SessionPart, SessionPass, SourceFacts};
use gametelemetry_games::find;

use super::channels::{along_a_lap, ms, over_time, time_text};
use super::over_time::{OverTimeProcessor, SeriesOverTime};
use super::traces::Laid;
use crate::commands::laps::say_what_is_lost;
use crate::commands::report::math_channels;
use crate::report::capture::{Capture, Counts};
use crate::report::data::{Lap, LapStart, Layout, OverTime, Section, Session};
use crate::session_arg::Session as Stored;

/// Points of a lap.
const POINTS: usize = 1500;
/// The most laps of a session that have traces: the page stays small, however long the session was.
const MOST_TRACED: usize = 60;

/// A session that was gone through.
pub(super) struct Read {
    name: String,
    pub(super) facts: SessionFacts,
    laps: Laps,
    traces: Vec<LapTrace>,
    over_time: SeriesOverTime,
    available: Vec<String>,
}

impl Read {
    /// Goes through `session`. A session that lacks a channel of the user's own is refused when `is_strict`.
    pub(super) fn open(session: &Stored, math: &[String], is_strict: bool) -> Result<Self> {
        let mut pass = prepared(session, math, is_strict)?;
        let available = pass.available_channels();
        let laps = pass.add(LapProcessor::new());
        let names = over_time().into_iter().map(|(name, _)| name).collect();
        let series = pass.add(OverTimeProcessor::new(names));
        let facts = pass.run()?;
        say_what_is_lost(&facts);
        let laps = laps.take().context("the laps were not worked out")?;
        let traces = traces(session, math, &laps)?;
        let over_time = series.take().unwrap_or_default();
        Ok(Self { name: session.shown_name(), facts, laps, traces, over_time, available })
    }

    /// The lap that the others are laid along: the best, else any that was driven whole, else any.
    pub(super) fn reference(&self) -> Option<&LapTrace> {
        let of = |number: usize| self.traces.iter().find(|trace| trace.number == number);
        let best = self.laps.best().and_then(of);
        let whole =
            || self.traces.iter().filter(|it| it.lap.is_whole()).min_by_key(|it| it.lap.best_known_time());
        best.or_else(whole).or_else(|| self.traces.first())
    }

    /// The lap itself and where it was driven.
    fn part(&self) -> Option<&SessionPart> {
        let part = self.reference().map(|trace| trace.lap.part);
        part.and_then(|part| self.laps.parts.get(part)).or_else(|| self.laps.parts.last())
    }

    pub(super) fn layout(&self) -> Layout {
        let is_stage = self.laps.laps.iter().any(|lap| lap.kind == LapKind::Stage)
            || self.part().is_some_and(|part| part.point_to_point);
        if is_stage { Layout::Stage } else { Layout::Circuit }
    }

    /// The theoretical best of the track and car of the best lap.
    pub(super) fn theoretical(&self) -> Option<TheoreticalBest> {
        let part = self.laps.laps.get(self.laps.best()?)?.part;
        theoretical_bests(&self.laps).into_iter().find(|best| best.parts.contains(&part))
    }

    /// The laps that are picked when the page opens; of one session two, else the best of each.
    pub(super) fn picked(&self, sessions: usize) -> Vec<usize> {
        let mut timed: Vec<_> = self
            .traces
            .iter()
            .filter(|trace| trace.lap.is_whole())
            .map(|trace| (!trace.lap.valid, trace.lap.best_known_time(), trace.number))
            .collect();
        timed.sort_unstable();
        timed.iter().take(if sessions > 1 { 1 } else { 2 }).map(|(.., number)| *number).collect()
    }

    pub(super) fn about(&self) -> Session {
        let part = self.part().cloned().unwrap_or_default();
        let game = find(&self.facts.game).map_or(self.facts.game.as_str(), |game| game.info().name);
        let track = [part.track.as_str(), &part.track_layout];
        let track: Vec<&str> = track.into_iter().filter(|text| !text.is_empty()).collect();
        Session {
            name: self.name.clone(),
            game: game.to_owned(),
            track: track.join(" "),
            car: part.car,
            driver: part.driver,
            event: part.session_type,
            started: time_text(self.facts.started, self.facts.utc_offset_seconds),
            duration_s: Some(self.over_time.duration_s).filter(|seconds| *seconds > 0.0),
            fuel_unit: self.fuel_unit().to_owned(),
        }
    }

    fn fuel_unit(&self) -> &'static str {
        let has = |name: &str| self.over_time.values.contains_key(name);
        match (has("fuel_volume"), has("fuel_mass")) {
            (true, _) => "l",
            (false, true) => "kg",
            (false, false) => "",
        }
    }

    pub(super) fn laps(&self, session: usize, laid: Option<&Laid<'_>>) -> Vec<Lap> {
        let best = self.laps.best();
        let lap = |(number, lap): (usize, &gametelemetry::Lap)| {
            let trace = self.traces.iter().find(|trace| trace.number == number);
            let figures = trace.map(|trace| LapStatistics::new(trace, &[]));
            let speed = trace.and_then(|trace| spread(trace, trace.channel("speed")?, 0.0, trace.length_m));
            let on_track = trace.zip(laid).map(|(trace, laid)| laid.lay(trace)).unwrap_or_default();
            let wear = figures.as_ref().and_then(|figures| {
                let [fl, fr, rl, rr] = figures.tyre_wear_change;
                Some([fl?, fr?, rl?, rr?])
            });
            Lap {
                session,
                lap: lap.lap.into(),
                kind: lap.kind.name().replace('_', " "),
                valid: Some(lap.valid),
                time_ms: lap.time.map(ms),
                official_time_ms: lap.official_time.map(ms),
                sectors_ms: lap.sectors.iter().map(|sector| sector.time.map(ms)).collect(),
                reason: Some(lap.reason.clone()).filter(|reason| !reason.is_empty()),
                best: best == Some(number),
                fuel_used: figures.and_then(|figures| figures.fuel).map(|fuel| fuel.used),
                tyre_use: wear,
                min_speed: speed.as_ref().map(|speed| speed.min),
                max_speed: speed.as_ref().map(|speed| speed.max),
                elapsed: on_track.elapsed,
                x: on_track.x,
                y: on_track.y,
                traces: on_track.traces,
                corners: on_track.corners,
            }
        };
        self.laps.laps.iter().enumerate().map(lap).collect()
    }

    pub(super) fn over_time(&self, session: usize) -> OverTime {
        let begun = self.laps.laps.iter().map(|lap| LapStart {
            lap: lap.lap.into(),
            time_s: lap.start.seconds_since(self.over_time.start).max(0.0),
        });
        OverTime {
            session,
            time_s: self.over_time.times_s.iter().copied().collect(),
            series: self
                .over_time
                .values
                .iter()
                .map(|(name, values)| (name.clone(), values.iter().copied().collect()))
                .collect(),
            lap_starts: begun.collect(),
        }
    }

    pub(super) fn captures(&self, session: usize) -> Vec<Capture> {
        let of_source = |source: &SourceFacts| Capture {
            session,
            source: source.header.source.clone(),
            file_bytes: source.path.as_deref().and_then(|path| Some(path.metadata().ok()?.len())),
            end: source.end.map_or_else(|| "not finished".to_owned(), |end| end.to_string()),
            complete: source.end == Some(gametelemetry::End::Complete),
            damage: source.damage.iter().map(ToString::to_string).collect(),
            counts: source.ledger.as_ref().map(|ledger| Counts::new(ledger, self.facts.started)),
        };
        let unreadable = self.facts.unreadable.iter().map(|(path, error)| Capture {
            session,
            source: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            end: error.to_string(),
            ..Capture::default()
        });
        self.facts.sources.iter().map(of_source).chain(unreadable).collect()
    }

    /// Why sections of the page are empty, where it is known.
    pub(super) fn reasons(&self, has_traces: bool) -> BTreeMap<Section, String> {
        let mut reasons = BTreeMap::new();
        let mut say = |section, text: String| {
            reasons.insert(section, text);
        };
        if self.laps.laps.is_empty() {
            say(Section::Laps, "The recording has no frames that tell of a lap.".to_owned());
        }
        let has = |name: &str| self.available.iter().any(|known| known == name);
        if !has_traces {
            let text = if self.laps.laps.is_empty() {
                "There is no lap to show."
            } else {
                "Nothing in the recording says how far round the track the car was."
            };
            say(Section::Traces, text.to_owned());
        }
        if !has("position_x") && !has("latitude") {
            say(Section::Map, self.why_not("position_x", "The game does not say where the car is."));
        }
        if !has("speed") && !has("position_x") && !has("latitude") {
            say(
                Section::Corners,
                "The recording tells neither places nor speed, so there are no corners.".to_owned(),
            );
        }
        if !["tyre_temperature_fl", "tyre_surface_temperature_fl", "tyre_pressure_fl", "brake_temperature_fl"]
            .iter()
            .any(|name| has(name))
        {
            say(Section::Tyres, self.why_not("tyre_temperature_fl", "The game tells nothing of the tyres."));
        }
        if !has("g_lat") {
            say(Section::Forces, self.why_not("g_lat", "The game does not tell accelerations."));
        }
        if !has("fuel_volume") && !has("fuel_mass") && !has("fuel_level") {
            say(Section::Fuel, self.why_not("fuel_volume", "The game does not tell how much fuel there is."));
        }
        reasons
    }

    /// What the game's list of channels that it lacks says of `name`, as a sentence; else `otherwise`.
    fn why_not(&self, name: &str, otherwise: &str) -> String {
        let listed = find(&self.facts.game).and_then(|game| {
            game.info().not_available.iter().find(|(channel, _)| *channel == name).map(|(_, why)| *why)
        });
        listed.map_or_else(
            || otherwise.to_owned(),
            |why| format!("{} {why}.", otherwise.trim_end_matches('.').to_owned() + ":"),
        )
    }
}

/// A pass over `session` that knows what can be worked out.
fn prepared(session: &Stored, math: &[String], is_strict: bool) -> Result<SessionPass> {
    let mut pass = SessionPass::open(session)?;
    let _ = enrich(&mut pass);
    for math in math_channels(math)? {
        match math.add_to(&mut pass) {
            Err(error) if is_strict => return Err(error.into()),
            _ => {}
        }
    }
    Ok(pass)
}

/// The traces of the laps worth showing: every one, but of many only the fastest.
fn traces(session: &Stored, math: &[String], laps: &Laps) -> Result<Vec<LapTrace>> {
    let mut ranked: Vec<_> = laps
        .laps
        .iter()
        .enumerate()
        .map(|(number, lap)| (!lap.is_whole(), !lap.valid, lap.best_known_time(), number))
        .collect();
    ranked.sort_unstable();
    let wanted: BTreeSet<usize> = ranked.iter().take(MOST_TRACED).map(|(.., number)| *number).collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let mut names = along_a_lap(&math_channels(math)?);
    names.extend(
        STATISTICS
            .iter()
            .map(|name| (*name).to_owned())
            .filter(|name| !names.contains(name))
            .collect::<Vec<_>>(),
    );
    let processor = TraceProcessor::new(laps, wanted, names).points(POINTS);
    let mut pass = prepared(session, math, false)?;
    if let Some((from, until)) = processor.span() {
        pass = pass.between(from, until);
    }
    let handle = pass.add(processor);
    let _ = pass.run()?;
    Ok(handle.take().unwrap_or_default())
}

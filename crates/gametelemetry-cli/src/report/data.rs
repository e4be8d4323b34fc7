//! Everything that the report's page shows: the contract between the analysis, which fills it, and the page, which
//! draws it.
//!
//! Numbers are SI as channels are, unless the name says another unit; the page turns them into what people read. What
//! is not known is `None`, or NaN within a [`Series`], never 0. Texts may hold anything: the page shows them as they
//! are and never reads them as markup. Nothing here is computed and nothing is read.

use std::collections::BTreeMap;

use serde::Serialize;

use super::capture::Capture;
use super::series::Series;

/// All that one page shows.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Report {
    /// The program that wrote the report, with its version.
    pub(crate) program: String,
    /// When the report was written, as text.
    pub(crate) written: String,
    /// What the driving was.
    pub(crate) layout: Layout,
    /// The session of the report, then those that it is compared with.
    pub(crate) sessions: Vec<Session>,
    /// The points of progress at which every lap has its traces; `None` when no lap has any.
    pub(crate) grid: Option<Grid>,
    /// What the traces and the series over time are, in the order of the page.
    pub(crate) channels: Vec<Channel>,
    /// Every lap of every session, in the order of driving; a stage is one lap.
    pub(crate) laps: Vec<Lap>,
    /// Indices into `laps` that are picked when the page opens, the reference first. Empty: the page picks the best two.
    pub(crate) picked: Vec<usize>,
    /// The best time of each sector of the first session.
    pub(crate) best_sectors: Vec<BestSector>,
    /// The sum of the best sectors of the first session.
    pub(crate) theoretical_ms: Option<i64>,
    /// The corners in the order of the track.
    pub(crate) corners: Vec<Corner>,
    /// Slow channels over the time of a session: fuel, tyres, temperatures.
    pub(crate) over_time: Vec<OverTime>,
    /// How good the recording is: one for each file of each session.
    pub(crate) captures: Vec<Capture>,
    /// Why a section has nothing to show, where the analysis knows better than the page: one sentence each.
    pub(crate) reasons: BTreeMap<Section, String>,
}

/// What the driving was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Layout {
    /// Laps of a circuit.
    #[default]
    Circuit,
    /// One run from a start to a finish, with splits.
    Stage,
}

/// The parts of the page that can be without data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Section {
    /// The table of laps.
    Laps,
    /// The traces against progress.
    Traces,
    /// The map of the track.
    Map,
    /// The g-g diagram.
    Forces,
    /// The table of corners.
    Corners,
    /// Tyres and brakes.
    Tyres,
    /// Fuel.
    Fuel,
}

/// Where, with what and by whom was driven; an empty text is not known.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Session {
    /// A short name, which tells sessions apart: the folder's.
    pub(crate) name: String,
    /// The game's name as people write it.
    pub(crate) game: String,
    /// The track or the stage.
    pub(crate) track: String,
    /// The car.
    pub(crate) car: String,
    /// The driver.
    pub(crate) driver: String,
    /// The part of the event, such as practice or race.
    pub(crate) event: String,
    /// When the recording began, as text.
    pub(crate) started: String,
    /// How long the recording is, in seconds.
    pub(crate) duration_s: Option<f64>,
    /// Unit of [`Lap::fuel_used`]: `l`, `kg`, or empty for a share of the tank.
    pub(crate) fuel_unit: String,
}

/// Evenly spaced points of progress in metres from the line, the same for every lap.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Grid {
    /// The first point, in metres from the line.
    pub(crate) start: f64,
    /// From one point to the next, above 0.
    pub(crate) step: f64,
    /// Number of points.
    pub(crate) count: usize,
}

/// One channel that is drawn.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Channel {
    /// The name in the table of channels, or of a user's own channel.
    pub(crate) name: String,
    /// What people call it, such as `Engine speed`.
    pub(crate) label: String,
    /// The unit of its values; empty for a count or a ratio.
    pub(crate) unit: String,
    /// Values between two points are held and not interpolated: a gear, a switch.
    pub(crate) steps: bool,
}

/// One lap, or the run of a stage.
///
/// A lap without rows is listed and cannot be picked: what writes a report of many hours leaves the rows of most laps
/// out, so that the page stays small.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Lap {
    /// Index into [`Report::sessions`].
    pub(crate) session: usize,
    /// The number as the game counts.
    pub(crate) lap: i64,
    /// What it is: flying, out, in, out-in, standing start, pit, partial, invalid, superseded.
    pub(crate) kind: String,
    /// Whether it counts; `None` where the game does not say.
    pub(crate) valid: Option<bool>,
    /// Our own time from line to line.
    pub(crate) time_ms: Option<i64>,
    /// The game's time.
    pub(crate) official_time_ms: Option<i64>,
    /// Times of the sectors, or from split to split.
    pub(crate) sectors_ms: Vec<Option<i64>>,
    /// Why it is of its kind, or does not count: one sentence.
    pub(crate) reason: Option<String>,
    /// The best lap of its session.
    pub(crate) best: bool,
    /// Fuel used, in [`Session::fuel_unit`].
    pub(crate) fuel_used: Option<f64>,
    /// Wear of the tyres in the game's own scale: FL, FR, RL, RR.
    pub(crate) tyre_use: Option<[f64; 4]>,
    /// Lowest speed in m/s.
    pub(crate) min_speed: Option<f64>,
    /// Highest speed in m/s.
    pub(crate) max_speed: Option<f64>,
    /// Seconds since the lap began at each point of the grid, by [`Series::of_seconds`]; the page makes the deltas from it.
    pub(crate) elapsed: Option<Series>,
    /// Place on the map at each point: metres to the right.
    pub(crate) x: Option<Series>,
    /// Place on the map at each point: metres up.
    pub(crate) y: Option<Series>,
    /// Values at each point of the grid, by the channel's name.
    pub(crate) traces: BTreeMap<String, Series>,
    /// What happened in each of [`Report::corners`].
    pub(crate) corners: Vec<Option<CornerOfLap>>,
}

/// The best time of a sector.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct BestSector {
    /// The time.
    pub(crate) time_ms: i64,
    /// Index into [`Report::laps`].
    pub(crate) lap: usize,
}

/// A corner of the track; places are in the unit of the grid.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Corner {
    /// 1 is the first after the line.
    pub(crate) number: u32,
    /// The name, where somebody gave it one.
    pub(crate) name: Option<String>,
    /// Where it begins.
    pub(crate) from: f64,
    /// Where the reference lap is slowest.
    pub(crate) apex: f64,
    /// Where it ends.
    pub(crate) to: f64,
}

/// One corner of one lap.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct CornerOfLap {
    /// Lowest speed in m/s.
    pub(crate) min_speed: Option<f64>,
    /// Time from where the corner begins to where it ends.
    pub(crate) time_ms: Option<i64>,
}

/// Channels over the time of one session.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct OverTime {
    /// Index into [`Report::sessions`].
    pub(crate) session: usize,
    /// Seconds since the recording began, one for each point.
    pub(crate) time_s: Series,
    /// Values at each point, by the channel's name.
    pub(crate) series: BTreeMap<String, Series>,
    /// Where laps begin.
    pub(crate) lap_starts: Vec<LapStart>,
}

/// A moment at which a lap begins.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct LapStart {
    /// Number of the lap.
    pub(crate) lap: i64,
    /// Seconds since the recording began.
    pub(crate) time_s: f64,
}

//! The CSV that MoTeC i2 exports: a head of names and values, names, units, rows.
//!
//! For tools that were made for that CSV. The same channels and values as in a `.ld`, at one rate, as text: a number
//! has the digits that the `.ld` keeps of it, so that both say the same. A missing value is an empty cell. Resamples
//! nothing. `docs/motec.md` has the layout.

use std::io::{self, Write};

use super::channel::{Column, LdChannel};
use super::info::LdInfo;

/// What the head says of the time that the rows span.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MotecCsvRange {
    /// Rows a second; the rates of the channels are not looked at.
    pub hz: u16,
    /// The number of rows that will come.
    pub rows: u64,
    /// The distance driven from the first row to the last, m, when it is known.
    pub distance_m: Option<f64>,
    /// When laps end, microseconds since the first row: [`Ldx::beacons_us`](super::Ldx::beacons_us).
    pub beacons_us: Vec<u64>,
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MotecCsvSummary {
    /// Rows that were written.
    pub rows: u64,
    /// Cells that are empty, because their value was missing.
    pub missing: u64,
    /// Values that were beyond the range of their storage, and were clipped.
    pub clipped: u64,
}

/// Writes one CSV file in the layout of MoTeC i2. Give it a buffered writer.
pub struct MotecCsvWriter<W: Write> {
    out: W,
    columns: Vec<(LdChannel, Column)>,
    hz: u16,
    summary: MotecCsvSummary,
    line: String,
}

impl<W: Write> MotecCsvWriter<W> {
    /// Begins a file: writes its head, the names and the units. The first column is the time.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn create(
        mut out: W,
        info: &LdInfo,
        channels: &[LdChannel],
        range: &MotecCsvRange,
    ) -> io::Result<Self> {
        out.write_all(head(info, range).as_bytes())?;
        let row = |first: &str, texts: &mut dyn Iterator<Item = &str>| {
            let quoted = texts.map(|text| format!(",{}", quote(text))).collect::<String>();
            format!("{}{quoted}\r\n", quote(first))
        };
        let names = row("Time", &mut channels.iter().map(|channel| channel.name.as_str()));
        let units = row("s", &mut channels.iter().map(|channel| channel.unit.as_str()));
        write!(out, "\r\n\r\n{names}{units}\r\n\r\n")?;
        Ok(Self {
            out,
            columns: channels.iter().map(|channel| (channel.clone(), Column::default())).collect(),
            hz: range.hz.max(1),
            summary: MotecCsvSummary::default(),
            line: String::new(),
        })
    }

    /// Appends a row: one value for each channel; a value that is not finite is missing.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidInput`] when the row has not one value for each channel; and when the file cannot be
    /// written.
    pub fn push_row(&mut self, row: &[f64]) -> io::Result<()> {
        if row.len() != self.columns.len() {
            let text = format!("a row of {} values does not fit {} channels", row.len(), self.columns.len());
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        }
        self.line.clear();
        self.line += &quote(&time(self.summary.rows, self.hz));
        for ((channel, column), value) in self.columns.iter_mut().zip(row) {
            let raw = column.next(channel.storage, *value);
            let cell = if value.is_finite() { channel.storage.text(raw) } else { String::new() };
            self.line.extend([",\"", &cell, "\""]);
        }
        self.line += "\r\n";
        self.summary.rows += 1;
        self.out.write_all(self.line.as_bytes())
    }

    /// Writes what still waits and gives `out` back.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn finish(mut self) -> io::Result<(W, MotecCsvSummary)> {
        self.out.flush()?;
        for (_, column) in &self.columns {
            self.summary.missing += u64::from(column.held);
            self.summary.clipped += u64::from(column.clipped);
        }
        Ok((self.out, self.summary))
    }
}

fn head(info: &LdInfo, range: &MotecCsvRange) -> String {
    let hz = range.hz.max(1);
    let end = time(range.rows.saturating_sub(1), hz);
    let duration = time(range.rows, hz);
    let distance = range.distance_m.filter(|distance| distance.is_finite());
    let distance = distance.map_or(String::new(), |distance| format!("{distance:.0}"));
    #[expect(clippy::cast_precision_loss, reason = "a time of a log is far below 2^53 microseconds")]
    let beacons: Vec<String> =
        range.beacons_us.iter().map(|time| format!("{:.3}", *time as f64 / 1e6)).collect();
    let lines: [&[&str]; 12] = [
        &["Format", "MoTeC CSV File", "", "Workbook", ""],
        &["Venue", &info.venue, "", "Worksheet", ""],
        &["Vehicle", &info.vehicle, "", "Vehicle Desc", ""],
        &["Driver", &info.driver, "", "Engine ID", ""],
        &["Device", "ADL"],
        &["Comment", &info.comment, "", "Session", &info.session],
        &["Log Date", &info.date(), "", "Origin Time", "0.000", "s"],
        &["Log Time", &info.time(), "", "Start Time", "0.000", "s"],
        &["Sample Rate", &format!("{hz}.000"), "Hz", "End Time", &end, "s"],
        &["Duration", &duration, "s", "Start Distance", "0", "m"],
        &["Range", "entire outing", "", "End Distance", &distance, "m"],
        &["Beacon Markers", &beacons.join(" ")],
    ];
    lines.into_iter().map(head_line).collect()
}

/// A line of the head: name, value, unit, nothing, and a second name and value. What is not there is not quoted.
fn head_line(cells: &[&str]) -> String {
    let mut line = String::new();
    for (place, cell) in cells.iter().enumerate() {
        if place > 0 {
            line.push(',');
        }
        // Between the two pairs stands a column that is always empty.
        if place == 3 {
            line.push(',');
        }
        if place != 2 || !cell.is_empty() {
            line += &quote(cell);
        }
    }
    line + "\r\n"
}

/// A cell; a line break in one would be more than most of these files' readers bear.
fn quote(text: &str) -> String {
    let clean: String =
        text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect();
    format!("\"{}\"", clean.replace('"', "\"\""))
}

/// The time of a row, seconds: three decimals as i2 has, six where those would not tell rows apart exactly.
fn time(row: u64, hz: u16) -> String {
    let decimals = if 1000 % hz == 0 { 3 } else { 6 };
    #[expect(clippy::cast_precision_loss, reason = "a number of rows is far below 2^53")]
    let seconds = row as f64 / f64::from(hz);
    format!("{seconds:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_tell_rows_apart() {
        for (row, hz, text) in [
            (0, 100, "0.000"),
            (1, 100, "0.010"),
            (1, 60, "0.016667"),
            (3600, 60, "60.000000"),
            (7, 1, "7.000"),
        ] {
            assert_eq!(time(row, hz), text);
        }
    }

    #[test]
    fn cells_are_quoted() {
        assert_eq!(quote("Spa, \"Eau Rouge\"\r\n"), "\"Spa, \"\"Eau Rouge\"\"  \"");
        assert_eq!(
            head_line(&["Log Date", "x", "", "Origin Time", "0.000", "s"]),
            "\"Log Date\",\"x\",,,\"Origin Time\",\"0.000\",\"s\"\r\n"
        );
        assert_eq!(
            head_line(&["Duration", "1", "s", "End", "2"]),
            "\"Duration\",\"1\",\"s\",,\"End\",\"2\"\r\n"
        );
    }
}

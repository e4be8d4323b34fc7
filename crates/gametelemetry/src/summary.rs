//! What a session recorded, for people (`Display`) and for programs (the fields).

use std::fmt;
use std::path::PathBuf;

use gametelemetry_file::{Ledger, Written};

/// What a session recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// The session's folder.
    pub folder: PathBuf,
    /// What each source recorded, in the order they were added.
    pub sources: Vec<SourceSummary>,
}

/// What one source recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceSummary {
    /// The source's name.
    pub name: String,
    /// Its counts.
    pub ledger: Ledger,
    /// What its writer stored; `None` when it failed.
    pub written: Option<Written>,
}

impl Summary {
    /// Whether anything that a source delivered was lost, or is not to be trusted.
    #[must_use]
    pub fn lost_data(&self) -> bool {
        self.sources.iter().any(|source| source.ledger.lost_data() || source.written.is_none())
    }

    /// Frames recorded from all sources.
    #[must_use]
    pub fn recorded(&self) -> u64 {
        self.sources.iter().map(|source| source.ledger.recorded).sum()
    }
}

impl SourceSummary {
    /// How many times smaller the file is than its records; `None` of nothing.
    #[must_use]
    pub fn ratio(&self) -> Option<f64> {
        let written = self.written.filter(|written| written.records > 0)?;
        #[expect(clippy::cast_precision_loss, reason = "a ratio is shown")]
        let ratio = written.record_bytes as f64 / written.file_bytes as f64;
        Some(ratio)
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.folder.display())?;
        let head = ["source", "frames", "rate", "unchanged", "missed", "torn", "dropped", "size", "ratio"];
        let rows: Vec<[String; 9]> = self.sources.iter().map(row).collect();
        let mut widths = head.map(str::len);
        for row in &rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        write_row(f, &head.map(str::to_owned), &widths)?;
        rows.iter().try_for_each(|row| write_row(f, row, &widths))?;
        for source in &self.sources {
            let messages = source.ledger.messages.as_ref().map(ToString::to_string).unwrap_or_default();
            if !messages.is_empty() {
                writeln!(f, "  {}: packets {messages}", source.name)?;
            }
            for notice in &source.ledger.notices {
                writeln!(f, "  {}: {notice}", source.name)?;
            }
        }
        Ok(())
    }
}

fn row(source: &SourceSummary) -> [String; 9] {
    let ledger = &source.ledger;
    let rate = match (ledger.achieved_hz(), ledger.requested_hz) {
        (Some(achieved), Some(requested)) => format!("{achieved:.1} of {requested:.0} Hz"),
        (Some(achieved), None) => format!("{achieved:.1} Hz"),
        (None, _) => "-".to_owned(),
    };
    [
        source.name.clone(),
        ledger.recorded.to_string(),
        rate,
        ledger.unchanged.to_string(),
        ledger.missed.to_string(),
        ledger.torn.to_string(),
        ledger.dropped.to_string(),
        source.written.map_or_else(|| "failed".to_owned(), |written| bytes(written.file_bytes)),
        source.ratio().map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.1}x")),
    ]
}

fn write_row(f: &mut fmt::Formatter<'_>, cells: &[String; 9], widths: &[usize; 9]) -> fmt::Result {
    let mut line = String::from(" ");
    for (column, (cell, &width)) in cells.iter().zip(widths).enumerate() {
        let text = if column == 0 { format!(" {cell:<width$}") } else { format!("  {cell:>width$}") };
        line.push_str(&text);
    }
    writeln!(f, "{}", line.trim_end())
}

/// A number of bytes as people read it: `812 B`, `3.4 MB`.
#[must_use]
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if count < 1000 {
        return format!("{count} B");
    }
    #[expect(clippy::cast_precision_loss, reason = "a size is shown with two digits")]
    let mut value = count as f64 / 1000.0;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS.get(unit).unwrap_or(&""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_readable() {
        let shown = [0, 999, 1000, 999_600, 12_345_678].map(bytes);
        assert_eq!(shown, ["0 B", "999 B", "1.0 kB", "1.0 MB", "12.3 MB"]);
    }

    #[test]
    fn a_summary_lines_up_and_says_what_is_known() {
        let ledger = Ledger { recorded: 5, unchanged: 7, notices: vec!["odd".into()], ..Ledger::default() };
        let written = Some(Written { records: 5, record_bytes: 4060, file_bytes: 1015 });
        let sources = vec![SourceSummary { name: "physics".into(), ledger, written }];
        let text = Summary { folder: "s".into(), sources }.to_string();
        let expected = "s\n  source   frames  rate  unchanged  missed  torn  dropped    size  ratio\n  \
                        physics       5     -          7       0     0        0  1.0 kB   4.0x\n  physics: odd\n";
        assert_eq!(text, expected);
    }
}

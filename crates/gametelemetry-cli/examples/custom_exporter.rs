//! A format of one's own: a session as a plain table for gnuplot, `# names` first, unknown values as `NaN`.
//!
//! `cargo run --example custom_exporter -- SESSION OUT.dat`

#![allow(clippy::print_stdout, reason = "a program of a user prints")]

use std::io::{self, Write};
use std::path::Path;

use gametelemetry::{ExportInfo, ExportOptions, Exporter, Laps, OutputFile, OutputFiles, Rows, export};

#[derive(Default)]
struct Gnuplot(Option<OutputFile>);

impl Exporter for Gnuplot {
    fn begin(&mut self, info: &ExportInfo, files: &OutputFiles) -> io::Result<()> {
        let mut file = files.create()?;
        write!(file, "# time [s]")?;
        for column in info.tables.iter().flat_map(|table| &table.columns) {
            write!(file, ", {} [{}]", column.name, column.unit)?;
        }
        writeln!(file)?;
        self.0 = Some(file);
        Ok(())
    }

    fn rows(&mut self, _table: usize, rows: &Rows) -> io::Result<()> {
        let Some(file) = &mut self.0 else { return Ok(()) };
        for row in 0..rows.count() {
            write!(file, "{}", rows.time_s(row))?;
            for column in rows.columns() {
                write!(file, " {}", column.cell(row).as_f64().unwrap_or(f64::NAN))?;
            }
            writeln!(file)?;
        }
        Ok(())
    }
}

// Visible, so that a test can run it on a session.
pub(crate) fn run(session: &Path, out: &Path) -> Result<u64, Box<dyn std::error::Error>> {
    let channels = ["speed", "throttle", "brake"].map(String::from).to_vec();
    let options = ExportOptions { channels, hz: Some(20.0), ..ExportOptions::default() };
    let summary = export(session, out, options, &Laps::default(), Box::new(Gnuplot::default()))?;
    Ok(summary.rows)
}

#[allow(dead_code, reason = "a test that includes this file calls run")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(session), Some(out)) = (arguments.next(), arguments.next()) else {
        return Err("say which session, and where to write".into());
    };
    println!("{} rows", run(session.as_ref(), out.as_ref())?);
    Ok(())
}

//! `info`: what a session holds, from its headers, indexes and ledgers; a file without an index is read through.

use std::io::Write;

use anyhow::{Result, bail};
use gametelemetry::{
    Damage, End, Header, KindCounts, Ledger, MessageCounts, ReadError, SessionReader, Timestamp, bytes,
};
use serde::Serialize;

use super::Outcome;
use crate::args::Info;
use crate::output::{self, BAD, DIM, HEAD, Progress};
use crate::recordings::{self, SourceFile, with_causes};

pub(crate) fn run(args: &Info) -> Result<Outcome> {
    let session = args.session.open(&args.cloud)?;
    let sources = recordings::open(&session)?.into_iter().map(Source::new).collect();
    let session = Session { path: session.to_string(), sources };
    if args.json {
        output::json(&session)?;
    } else {
        print(&session)?;
    }
    if session.sources.iter().all(|source| source.error.is_some()) {
        bail!("no file of the session can be read: {}", session.path);
    }
    Ok(Outcome::lost_if(session.sources.iter().any(Source::is_bad)))
}

#[derive(Serialize)]
struct Session {
    path: String,
    sources: Vec<Source>,
}

/// Everything known of one file.
#[derive(Serialize)]
struct Source {
    name: String,
    file: String,
    file_bytes: u64,
    records: u64,
    record_bytes: Option<u64>,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    first_utc: Option<String>,
    last_utc: Option<String>,
    seconds: Option<f64>,
    segments: Option<usize>,
    end: Option<End>,
    being_recorded: bool,
    damage: Vec<Damage>,
    error: Option<String>,
    achieved_hz: Option<f64>,
    lateness_p99_us: Option<u128>,
    ledger: Option<Ledger>,
    header: Option<Header>,
}

impl Source {
    fn new(file: SourceFile) -> Self {
        let name = file.name();
        let mut source = Self {
            name,
            file: file.path.display().to_string(),
            file_bytes: file.bytes,
            records: 0,
            record_bytes: None,
            first: None,
            last: None,
            first_utc: None,
            last_utc: None,
            seconds: None,
            segments: None,
            end: None,
            being_recorded: file.is_being_written,
            damage: Vec::new(),
            error: None,
            achieved_hz: None,
            lateness_p99_us: None,
            ledger: None,
            header: None,
        };
        match file.reader {
            Ok(reader) => {
                if let Err(error) = source.fill(reader) {
                    source.error = Some(with_causes(error));
                }
            }
            Err(error) => source.error = Some(with_causes(error)),
        }
        source
    }

    fn fill(&mut self, mut reader: SessionReader) -> Result<(), ReadError> {
        self.header = Some(reader.header().clone());
        if let Some(index) = reader.index() {
            self.records = index.records();
            self.first = index.entries.first().map(|entry| entry.first);
            self.last = index.entries.last().map(|entry| entry.last);
            self.segments = Some(index.entries.len());
            self.end = Some(End::Complete);
            self.ledger = reader.ledger().cloned();
        } else {
            let progress = Progress::new("reading a file without an index", None);
            let verdict = gametelemetry::verify(&mut reader, |records| progress.set(records))?;
            (self.records, self.record_bytes) = (verdict.records, Some(verdict.record_bytes));
            (self.first, self.last) = (verdict.first, verdict.last);
            (self.end, self.damage, self.ledger) = (Some(verdict.end), verdict.damage, verdict.ledger);
        }
        self.first_utc = self.first.map(|first| first.to_string());
        self.last_utc = self.last.map(|last| last.to_string());
        // What was said before a session of which only the last part was kept is no time of it.
        let first =
            self.first.zip(self.header.as_ref()).map(|(first, header)| first.max(header.clock.started));
        self.seconds = self.last.zip(first).map(|(last, first)| last.seconds_since(first).max(0.0));
        self.achieved_hz = self.ledger.as_ref().and_then(Ledger::achieved_hz);
        let p99 = self.ledger.as_ref().and_then(|ledger| ledger.lateness.quantile(0.99));
        self.lateness_p99_us = p99.map(|late| late.as_micros());
        Ok(())
    }

    fn is_bad(&self) -> bool {
        self.error.is_some() || self.is_cut() || !self.damage.is_empty()
    }

    /// Ends too early, and nobody is at work on that.
    fn is_cut(&self) -> bool {
        self.end != Some(End::Complete) && !self.being_recorded
    }

    fn state(&self) -> String {
        match (&self.error, self.end) {
            (Some(_), _) => "unreadable".to_owned(),
            (None, Some(End::Complete)) if self.damage.is_empty() => "complete".to_owned(),
            (None, Some(End::Complete)) => "damaged".to_owned(),
            (None, Some(End::Corrupt { .. })) => "corrupt".to_owned(),
            (None, _) if self.being_recorded => "recording now".to_owned(),
            (None, _) => "unfinished".to_owned(),
        }
    }
}

fn print(session: &Session) -> Result<()> {
    let mut out = output::stdout();
    writeln!(out, "{HEAD}{}{HEAD:#}", session.path)?;
    if let Some(header) = session.sources.iter().find_map(|source| source.header.as_ref()) {
        print_origin(&mut out, header)?;
    }
    let head =
        ["source", "frames", "time", "rate", "unchanged", "missed", "torn", "dropped", "size", "state"];
    let rows: Vec<Vec<String>> = session.sources.iter().map(row).collect();
    output::table(&mut out, &head, &rows)?;
    for source in &session.sources {
        print_details(&mut out, source)?;
    }
    Ok(out.flush()?)
}

/// When, where and by what the session was made, as far as its files say so.
fn print_origin(out: &mut impl Write, header: &Header) -> Result<()> {
    let phrase =
        |word: &str, what: &str| if what.is_empty() { String::new() } else { format!(" {word} {what}") };
    let started = match header.clock.started {
        // A file without a header knows no start.
        started if started == Timestamp::default() => String::new(),
        started => phrase("recorded", &started.to_string()),
    };
    let (host, writer) = (phrase("on", &header.host), phrase("by", &header.writer));
    if header.imported_from.is_empty() {
        writeln!(out, "  {}{started}{host}{writer}", header.game)?;
    } else {
        writeln!(out, "  {}{started}", header.game)?;
        writeln!(out, "  imported from {}{host}{writer}", header.imported_from)?;
    }
    Ok(())
}

fn row(source: &Source) -> Vec<String> {
    let count =
        |get: fn(&Ledger) -> u64| source.ledger.as_ref().map_or("-".into(), |ledger| get(ledger).to_string());
    vec![
        source.name.clone(),
        source.records.to_string(),
        source.seconds.map_or_else(|| "-".to_owned(), |seconds| format!("{seconds:.1} s")),
        source.achieved_hz.map_or_else(|| "-".to_owned(), |hz| format!("{hz:.1} Hz")),
        count(|ledger| ledger.unchanged),
        count(|ledger| ledger.missed),
        count(|ledger| ledger.torn),
        count(|ledger| ledger.dropped),
        bytes(source.file_bytes),
        source.state(),
    ]
}

/// What became of the packets of each kind.
fn print_messages(out: &mut impl Write, name: &str, messages: &MessageCounts) -> Result<()> {
    let summary = messages.to_string();
    if !summary.is_empty() {
        writeln!(out, "  {name}: packets {summary}")?;
    }
    let cells =
        |kind: &KindCounts| [kind.received, kind.lost, kind.reordered, kind.duplicated, kind.wrong_size];
    let row = |(kind, counts): (&String, &KindCounts)| {
        std::iter::once(kind.clone()).chain(cells(counts).iter().map(u64::to_string)).collect()
    };
    let rows: Vec<Vec<String>> = messages.kinds.iter().map(row).collect();
    if !rows.is_empty() {
        let head = ["kind", "packets", "lost", "out of order", "repeated", "wrong length"];
        output::table(out, &head, &rows)?;
    }
    Ok(())
}

fn print_details(out: &mut impl Write, source: &Source) -> Result<()> {
    let name = &source.name;
    if let Some(error) = &source.error {
        writeln!(out, "  {BAD}{name}{BAD:#}: {error}")?;
    }
    if let Some(end) = source.end.filter(|_| source.is_cut()) {
        writeln!(out, "  {BAD}{name}{BAD:#}: {end}; `gametelemetry recover` makes it whole")?;
    }
    for damage in &source.damage {
        writeln!(out, "  {BAD}{name}{BAD:#}: {damage}")?;
    }
    let Some(ledger) = &source.ledger else { return Ok(()) };
    if ledger.suspect > 0 {
        writeln!(out, "  {name}: {} frames are suspect, the game never stopped writing", ledger.suspect)?;
    }
    if ledger.gap_count > 0 {
        writeln!(out, "  {name}: {} times without a new frame", ledger.gap_count)?;
        for gap in ledger.gaps.iter().take(3) {
            writeln!(out, "    {DIM}{:.3} s from {}{DIM:#}", gap.to.seconds_since(gap.from), gap.from)?;
        }
    }
    if let Some(messages) = &ledger.messages {
        print_messages(out, name, messages)?;
    }
    if ledger.rewind_count > 0 {
        writeln!(out, "  {name}: the game went back to an earlier moment {} times", ledger.rewind_count)?;
    }
    if ledger.wall_clock_moved_ms.abs() > 1000 {
        let moved = ledger.wall_clock_moved_ms;
        writeln!(
            out,
            "  {name}: the machine's clock moved by {moved} ms while recording; timestamps did not"
        )?;
    }
    for notice in &ledger.notices {
        writeln!(out, "  {name}: {notice}")?;
    }
    Ok(())
}

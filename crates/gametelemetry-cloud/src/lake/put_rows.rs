//! The files of a session: a second pass over it, whose rows are put as soon as a file is whole.
//!
//! Behind `publish`, which knows the laps already. What is put does not count yet.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use gametelemetry::analysis::enrich;
use gametelemetry::{CHANNELS, Laps, RateRows, Rows, SessionFacts, SessionPass, StopToken};

use super::figures::{Figures, FiguresProcessor};
use super::lap_rows::LapRows;
use super::log::LiveFile;
use super::names::{FileName, Partition};
use super::parquet_file::Done;
use super::places::Places;
use super::publish::{Files, Run, open};
use super::sample_rows::{SampleRows, SampleSession};
use super::store::Store;
use super::table::LakeTable;
use super::{LakeError, Objects};
use crate::Retry;

impl Run<'_> {
    /// Puts the files with the rows: samples first, so that who sees a lap sees its samples.
    pub(super) fn put_rows(
        &self,
        laps: &Laps,
        partitions: &[Partition],
        number: u32,
    ) -> Result<(Files, SessionFacts), LakeError> {
        let places = Places::new(laps);
        let mut pass = open(self.input)?;
        let _ = enrich(&mut pass);
        let putting = Arc::new(Mutex::new(Putting::new(self, partitions, number)));
        let samples = self.samples(laps, &places, number, &putting, &mut pass)?;
        let figures = pass.add(FiguresProcessor::new(places));
        let facts = pass.run().map_err(|error| LakeError::Session(error.into()))?;
        if let Some(samples) = samples {
            let mut samples = samples.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(error) = samples.error.take() {
                return Err(error);
            }
            samples.rows.finish()?;
        }
        let figures = figures.take().unwrap_or_default();
        let mut putting = putting.lock().unwrap_or_else(PoisonError::into_inner);
        self.put_laps(laps, &figures, number, &mut putting)?;
        Ok((std::mem::take(&mut putting.files), facts))
    }

    fn put_laps(
        &self,
        laps: &Laps,
        figures: &[Figures],
        number: u32,
        putting: &mut Putting,
    ) -> Result<(), LakeError> {
        let rows = LapRows {
            session: &self.id.session,
            version: i32::try_from(number).unwrap_or(i32::MAX),
            started: self.id.started,
            laps,
            figures,
            redact: self.options.redact,
        };
        for part in 0..laps.parts.len() {
            if let Some(file) = rows.file(part)? {
                putting.put(LakeTable::Laps, part, 0, file)?;
            }
        }
        Ok(())
    }

    /// Adds to `pass` what makes the samples; nothing where the session has no channel.
    fn samples(
        &self,
        laps: &Laps,
        places: &Places,
        number: u32,
        putting: &Arc<Mutex<Putting>>,
        pass: &mut SessionPass,
    ) -> Result<Option<Arc<Mutex<Samples>>>, LakeError> {
        let available = pass.available_channels();
        let is_told = |name: &&str| available.iter().any(|told| told == name);
        let names = CHANNELS.iter().map(|channel| channel.name).filter(is_told);
        let names: Vec<String> = names.map(str::to_owned).collect();
        if names.is_empty() {
            return Ok(None);
        }
        let of = SampleSession {
            session: self.id.session.clone(),
            version: i32::try_from(number).unwrap_or(i32::MAX),
            started: self.id.started,
            laps: laps.clone(),
            places: places.clone(),
            redact: self.options.redact,
        };
        let rows = RateRows::new(pass, &names, self.options.hz);
        let rows = rows.map_err(|error| LakeError::Session(error.into()))?;
        let putting = Arc::clone(putting);
        let emit = Box::new(move |part: usize, file: usize, done: Done| {
            let mut putting = putting.lock().unwrap_or_else(PoisonError::into_inner);
            putting.put(LakeTable::Samples, part, file, done)
        });
        let samples = Samples { rows: SampleRows::new(of, rows.table(), emit), error: None };
        let samples = Arc::new(Mutex::new(samples));
        let taker = Arc::clone(&samples);
        let take = move |rows: &Rows| taker.lock().unwrap_or_else(PoisonError::into_inner).take(rows);
        let _ = pass.add(rows.hand_to(take));
        Ok(Some(samples))
    }
}

/// The rows on their way, and what went wrong.
struct Samples {
    rows: SampleRows,
    error: Option<LakeError>,
}

impl Samples {
    fn take(&mut self, rows: &Rows) -> std::io::Result<()> {
        self.rows.take(rows).map_err(|error| {
            let said = std::io::Error::other(error.to_string());
            self.error = Some(error);
            said
        })
    }
}

/// Puts files and remembers them.
struct Putting {
    objects: Arc<dyn Objects>,
    retry: Retry,
    stop: StopToken,
    partitions: Vec<Partition>,
    session: String,
    version: u32,
    files: Files,
}

impl Putting {
    fn new(run: &Run<'_>, partitions: &[Partition], version: u32) -> Self {
        Self {
            objects: Arc::clone(run.objects),
            retry: run.options.retry.clone(),
            stop: run.stop.clone(),
            partitions: partitions.to_vec(),
            session: run.id.name.clone(),
            version,
            files: Files::new(),
        }
    }

    fn put(&mut self, table: LakeTable, part: usize, number: usize, file: Done) -> Result<(), LakeError> {
        let Some(partition) = self.partitions.get(part) else { return Ok(()) };
        let name = FileName::Of { session: self.session.clone(), version: self.version, part, number };
        let key = partition.key(table, &name);
        Store::new(self.objects.as_ref(), &self.retry, &self.stop).put(&key, &file.bytes)?;
        let sessions = BTreeMap::from([(self.session.clone(), self.version)]);
        let live = LiveFile { bytes: file.bytes.len() as u64, rows: file.rows, sessions };
        self.files.entry(partition.clone()).or_default().insert(key, live);
        Ok(())
    }
}

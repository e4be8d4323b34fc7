//! A session into a lake: which version of it, its rows, and that they replace those of the version before.
//!
//! Two passes over the session: laps, then samples with each lap's figures. In between the version is claimed, so that
//! whoever comes after a publisher that was killed knows what it may have left. Files are there before they count; only
//! the log of a partition says which do. Killed anywhere, the same again mends all.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use gametelemetry::{LapProcessor, Laps, PassError, SessionFacts, SessionPass, StopToken, Timestamp};

use super::log::LiveFile;
use super::names::{Partition, session_name};
use super::replace::Replacing;
use super::store::Store;
use super::table::{LAKE_VERSION, LakeTable};
use super::versions::{MadeOf, Version, Versions};
use super::{LakeError, Objects, lake_version};
use crate::Retry;

/// A session that is to be published.
pub struct PublishInput<'a> {
    /// Hash of what the session's files hold, as [`super::content_of`] gives it: the same content is published once.
    pub content: String,
    /// Opens the session, as often as it is called.
    pub open: &'a (dyn Fn() -> Result<SessionPass, PassError> + Sync),
}

/// How sessions are published.
#[derive(Clone, Debug)]
pub struct PublishOptions {
    /// Rate of the samples, 0.001 to 10,000 Hz.
    pub hz: f64,
    /// Names of people are left out.
    pub redact: bool,
    /// How often a request is tried again.
    pub retry: Retry,
}

impl Default for PublishOptions {
    /// 50 Hz, with names.
    fn default() -> Self {
        Self { hz: 50.0, redact: false, retry: Retry::default() }
    }
}

/// What became of a session.
#[derive(Debug)]
pub struct Published {
    /// The session's id.
    pub session: String,
    /// The version of it that the lake has now.
    pub version: u32,
    /// The lake had this content with these options already; nothing was written.
    pub is_already_there: bool,
    /// Laps.
    pub laps: u64,
    /// Rows of samples.
    pub samples: u64,
    /// The files that were written, by their keys, sorted.
    pub files: Vec<String>,
    /// Their bytes.
    pub bytes: u64,
    /// What is known of the session; read to its end unless it was there already.
    pub facts: SessionFacts,
}

/// Publishes a session into the lake that `objects` hold.
///
/// # Errors
/// When the session cannot be read, the lake is a newer one, or a request fails in the end. What was done until then is
/// harmless; the same again goes on.
pub fn publish(
    objects: &Arc<dyn Objects>,
    input: &PublishInput<'_>,
    options: &PublishOptions,
    stop: &StopToken,
) -> Result<Published, LakeError> {
    if !(0.001..=10_000.0).contains(&options.hz) {
        return Err(LakeError::Rate { hz: options.hz });
    }
    let store = Store::new(objects.as_ref(), &options.retry, stop);
    let pass = open(input)?;
    let run = Run { objects, store: store.clone(), input, options, stop, id: Id::of(pass.facts(), input) };
    lake_version::check(&store)?;
    let versions = Versions::new(&store, &run.id.game, &run.id.name);
    let made_of = MadeOf {
        content: input.content.clone(),
        hz: options.hz,
        is_redacted: options.redact,
        lake_version: LAKE_VERSION,
    };
    if let Some((number, newest)) = versions.newest()?
        && newest.is_published
        && newest.made_of == made_of
    {
        return Ok(run.already(number, pass));
    }
    lake_version::note(&store)?;
    run.publish(pass, &versions, made_of)
}

pub(super) fn open(input: &PublishInput<'_>) -> Result<SessionPass, LakeError> {
    (input.open)().map_err(|error| LakeError::Session(error.into()))
}

/// Which session.
pub(super) struct Id {
    game: String,
    /// The session's id.
    pub(super) session: String,
    /// Its name in keys.
    pub(super) name: String,
    pub(super) started: Timestamp,
}

impl Id {
    fn of(facts: &SessionFacts, input: &PublishInput<'_>) -> Self {
        // The oldest files have no id: what they hold is one.
        let session = match facts.session.as_str() {
            "" => format!("x-{}", input.content.get(..32).unwrap_or(&input.content)),
            id => id.to_owned(),
        };
        let name = session_name(&session);
        Self { game: facts.game.clone(), session, name, started: facts.started }
    }
}

/// A session on its way into a lake.
pub(super) struct Run<'a> {
    pub(super) objects: &'a Arc<dyn Objects>,
    store: Store<'a>,
    pub(super) input: &'a PublishInput<'a>,
    pub(super) options: &'a PublishOptions,
    pub(super) stop: &'a StopToken,
    pub(super) id: Id,
}

/// Files that were put, by partition and key.
pub(super) type Files = BTreeMap<Partition, BTreeMap<String, LiveFile>>;

impl Run<'_> {
    fn already(self, version: u32, pass: SessionPass) -> Published {
        Published {
            session: self.id.session,
            version,
            is_already_there: true,
            laps: 0,
            samples: 0,
            files: Vec::new(),
            bytes: 0,
            facts: pass.into_facts(),
        }
    }

    fn publish(
        self,
        mut pass: SessionPass,
        versions: &Versions<'_>,
        made_of: MadeOf,
    ) -> Result<Published, LakeError> {
        let handle = pass.add(LapProcessor::new());
        pass.run().map_err(|error| LakeError::Session(error.into()))?;
        let laps = handle.take().unwrap_or_default();
        let partitions = self.partitions(&laps);
        let names = partitions.iter().map(|partition| partition.as_str().to_owned()).collect();
        let version =
            Version { made_of, session: self.id.session.clone(), partitions: names, is_published: false };
        let number = versions.claim(&version)?;
        let (files, facts) = self.put_rows(&laps, &partitions, number)?;
        let before = versions.partitions_before(number)?;
        let all: BTreeSet<Partition> = files.keys().cloned().chain(partitions).chain(before).collect();
        for partition in &all {
            let own = files.get(partition).cloned().unwrap_or_default();
            let replacing =
                Replacing { store: &self.store, name: &self.id.name, id: &self.id.session, version: number };
            replacing.bring_in(partition, &own)?;
        }
        if versions.newest()?.is_some_and(|(newest, _)| newest != number) {
            return Err(LakeError::Superseded { session: self.id.session });
        }
        versions.finish(number, &version)?;
        Ok(self.published(number, &files, facts))
    }

    fn published(self, version: u32, files: &Files, facts: SessionFacts) -> Published {
        let all = || files.values().flatten();
        let rows = |table: LakeTable| {
            let of_table = all().filter(|(key, _)| super::names::table_of(key) == Some(table));
            of_table.map(|(_, file)| file.rows).sum()
        };
        let mut keys: Vec<String> = all().map(|(key, _)| key.clone()).collect();
        keys.sort();
        Published {
            session: self.id.session,
            version,
            is_already_there: false,
            laps: rows(LakeTable::Laps),
            samples: rows(LakeTable::Samples),
            bytes: all().map(|(_, file)| file.bytes).sum(),
            files: keys,
            facts,
        }
    }

    /// The partition of each part.
    fn partitions(&self, laps: &Laps) -> Vec<Partition> {
        let of = |track: &str, car: &str| Partition::new(&self.id.game, track, car, self.id.started);
        laps.parts.iter().map(|part| of(&part.track, &part.car)).collect()
    }
}

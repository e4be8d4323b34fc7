//! The disk quota of `record`: made to hold before the recording, kept beside it, and told of behind it.

use std::path::Path;

use anyhow::{Context as _, Result};
use gametelemetry::StopToken;
use gametelemetry::housekeeping::{Quota, QuotaWatch};

use super::Outcome;
use crate::args::DiskSpace;
use crate::output::{self, BAD};

/// What stays free with `--quota` unless the user says otherwise.
const MIN_FREE_BYTES: u64 = 1_000_000_000;

/// The quota of a recording, kept from [`DiskQuota::start`] on.
pub(crate) struct DiskQuota(Option<Quota>);

/// A quota that is being kept.
pub(crate) struct KeptQuota(Option<QuotaWatch>);

impl DiskQuota {
    /// Makes the quota hold before anything is recorded into `folder`; with `only_uploaded` no session goes that is
    /// not wholly in a bucket.
    pub(crate) fn make_room(args: &DiskSpace, folder: &Path, only_uploaded: bool) -> Result<Self> {
        let default = if args.quota.is_some() { MIN_FREE_BYTES } else { 0 };
        let quota = Quota {
            folder: folder.into(),
            max_bytes: args.quota,
            min_free_bytes: args.min_free.unwrap_or(default),
            only_uploaded,
        };
        if quota.max_bytes.is_none() && quota.min_free_bytes == 0 {
            return Ok(Self(None));
        }
        match quota.enforce(None).end {
            Some(end) => Err(anyhow::Error::new(end).context("nothing is recorded")),
            None => Ok(Self(Some(quota))),
        }
    }

    /// Keeps the quota beside the recording into `session`, which `recording` ends.
    pub(crate) fn start(self, session: &Path, recording: &StopToken) -> Result<KeptQuota> {
        let watch = |quota: Quota| quota.watch(session.into(), recording, Quota::INTERVAL);
        Ok(KeptQuota(self.0.map(watch).transpose().context("cannot start the thread of the quota")?))
    }
}

impl KeptQuota {
    /// Stops watching; says why the recording ended if it was because of the quota. Then data is lost: the game went
    /// on, the recording did not.
    pub(crate) fn finish(self) -> Outcome {
        let end = self.0.and_then(|watch| watch.finish().end);
        if let Some(end) = &end {
            output::say(format_args!("{BAD}the recording ended:{BAD:#} {end}"));
        }
        Outcome::lost_if(end.is_some())
    }
}

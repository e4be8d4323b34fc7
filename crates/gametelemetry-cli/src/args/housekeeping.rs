//! The arguments of what keeps a folder of sessions from growing without end: `prune`, and the quota of `record`.

use std::path::PathBuf;
use std::time::Duration;

use clap::ValueHint;

use crate::words;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  gametelemetry prune --older-than 90d --dry-run          what would go, and why
  gametelemetry prune --max-size 50GB --keep-best 3       the oldest go; the best 3 laps of each track and car stay
  gametelemetry prune D:\\laps --max-count 100 --only-uploaded --yes

A session goes when it is older than --older-than, and the oldest go until --max-count and --max-size hold. Whatever the \
rules, what is being recorded or uploaded stays, and so does a session with a file of yours in its folder.")]
pub(crate) struct Prune {
    /// The folder with the sessions
    #[arg(value_name = "DIR", default_value = "sessions", value_hint = ValueHint::DirPath)]
    pub(crate) folder: PathBuf,
    /// Sessions go that began longer ago, as 90d, 2w or 12h
    #[arg(long, value_name = "TIME", value_parser = words::age)]
    pub(crate) older_than: Option<Duration>,
    /// The oldest go until all together have at most this, as 500MB, 50GB or 1.5GiB
    #[arg(long, value_name = "SIZE", value_parser = words::size)]
    pub(crate) max_size: Option<u64>,
    /// The oldest go until there are at most so many
    #[arg(long, value_name = "N")]
    pub(crate) max_count: Option<usize>,
    /// Sessions stay that hold one of the best N laps of a track and car
    #[arg(long, value_name = "N")]
    pub(crate) keep_best: Option<usize>,
    /// Sessions stay that are not wholly uploaded
    #[arg(long)]
    pub(crate) only_uploaded: bool,
    /// Show what would go, and delete nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Delete without asking
    #[arg(long)]
    pub(crate) yes: bool,
    /// Print as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// How much of the disk `record` may take.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Disk space")]
pub(crate) struct DiskSpace {
    /// Keep the sessions below this, as 50GB: the oldest go, with --upload only those that are wholly uploaded; when
    /// none may go, the recording ends
    #[arg(long, value_name = "SIZE", value_parser = words::size)]
    pub(crate) quota: Option<u64>,
    /// End the recording when the disk has less free than this, as 500MB; 0 never does. 1GB with --quota
    #[arg(long, value_name = "SIZE", value_parser = words::size)]
    pub(crate) min_free: Option<u64>,
}

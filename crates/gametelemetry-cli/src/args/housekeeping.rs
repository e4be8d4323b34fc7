//! The arguments of what keeps a folder of sessions from growing without end: `prune`, the quota of `record`, and
//! recording only what mattered.

use std::num::NonZeroU32;
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

/// What `record` needs to keep only what came last.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Keep only what mattered")]
pub(crate) struct KeepLast {
    /// Hold the last TIME in memory and write nothing; Enter here, or `gametelemetry mark`, writes it as a session
    #[arg(long, value_name = "TIME", value_parser = words::time_above_zero, conflicts_with_all = ["laps", "report", "flush_frames", "sync", "upload", "quota", "min_free"])]
    pub(crate) keep_last: Option<Duration>,
    /// How much memory that may take; when it is full, less time is held
    #[arg(long, value_name = "MIB", default_value = "256", requires = "keep_last")]
    pub(crate) keep_memory: NonZeroU32,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Asks every `gametelemetry record --keep-last` that keeps its sessions in DIR, waits until they are written, and prints
their folders. For a key of the steering wheel, a hotkey program, a Stream Deck, or a script.

Example:
  gametelemetry laps \"$(gametelemetry mark)\"     the laps of what just happened")]
pub(crate) struct Mark {
    /// Folder in which the recording makes its sessions, as in `record --out`
    #[arg(long, value_name = "DIR", default_value = "sessions", value_hint = ValueHint::DirPath)]
    pub(crate) out: PathBuf,
    /// Wait this long for the recording to have written it
    #[arg(long, value_name = "TIME", default_value = "1m", value_parser = words::time_above_zero)]
    pub(crate) timeout: Duration,
    /// Print as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

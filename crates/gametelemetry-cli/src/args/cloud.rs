//! The arguments of the commands for what is off the machine, and what reading from there needs.

use std::num::NonZeroU64;
use std::path::PathBuf;
use std::time::Duration;

use clap::ValueHint;
use gametelemetry_cloud::{BucketOptions, CloudUrl};

use crate::words;

/// How servers are spoken with.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Sessions at a URL")]
pub(crate) struct CloudArgs {
    /// Speak plain HTTP with servers on other machines too, which everybody on the way can read
    #[arg(long)]
    pub(crate) allow_http: bool,
    /// How long nothing may move between here and a server
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = words::duration)]
    pub(crate) timeout: Duration,
}

impl CloudArgs {
    /// The same for the library.
    pub(crate) fn options(&self) -> BucketOptions {
        BucketOptions { allow_http: self.allow_http, timeout: self.timeout, ..BucketOptions::default() }
    }
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  gametelemetry list s3://laps/team
  gametelemetry list gs://laps --json        with everything that the bucket says of each session
  gametelemetry list /mnt/nas/laps           a shared folder is a bucket too

Folders below the URL are looked into. A session's URL is that of its bucket, and its name; every command that reads \
sessions takes it.")]
pub(crate) struct List {
    /// The bucket, or a folder in it: s3://BUCKET/PATH, gs://BUCKET/PATH, az://CONTAINER/PATH, or a path
    #[arg(value_name = "URL", value_hint = ValueHint::AnyPath)]
    pub(crate) url: CloudUrl,
    /// Print as JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) cloud: CloudArgs,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Prints each session's folder, and nothing else, on stdout.

Examples:
  gametelemetry download s3://laps/team/2026-11-23_120000_acc
  gametelemetry download s3://laps/team --all            every session that is not there yet

Every byte is checked against the hashes of the upload. A session that was interrupted goes on where it was; nothing \
that is there is written over.")]
pub(crate) struct Download {
    /// Sessions: each the URL of the bucket, and the session's name; with --all the URLs of buckets
    #[arg(required = true, value_name = "URL", value_hint = ValueHint::AnyPath)]
    pub(crate) urls: Vec<CloudUrl>,
    /// Every session below the URL that is not in the folder yet
    #[arg(long)]
    pub(crate) all: bool,
    /// Folder in which the sessions' folders are made
    #[arg(long, value_name = "DIR", default_value = "sessions", value_hint = ValueHint::DirPath)]
    pub(crate) out: PathBuf,
    /// Print what was downloaded as JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) cloud: CloudArgs,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  gametelemetry upload sessions/2026-11-23_120000_acc s3://laps/team
  gametelemetry upload sessions az://laps/team                 every session of the folder that is not there yet
  gametelemetry upload sessions s3://laps --follow             and each new one while it is recorded, until Ctrl+C
  gametelemetry upload SESSION gs://laps/team --limit 500KB    leaves room for the race
  gametelemetry upload SESSION /mnt/nas/laps                   a shared folder is a bucket too

An upload that was interrupted goes on where it was when the same command is given again. A session is seen in the bucket \
when all of it is there and every hash is right. Credentials come from each cloud's own variables and files, as \
AWS_ACCESS_KEY_ID or ~/.aws/credentials, AZURE_STORAGE_KEY, GOOGLE_APPLICATION_CREDENTIALS.")]
pub(crate) struct Upload {
    /// Sessions, or folders with sessions
    #[arg(required = true, value_name = "SESSION", value_hint = ValueHint::DirPath)]
    pub(crate) sessions: Vec<PathBuf>,
    /// The bucket, or a folder in it: s3://BUCKET/PATH, gs://BUCKET/PATH, az://CONTAINER/PATH, or a path
    #[arg(required = true, value_name = "URL", value_hint = ValueHint::AnyPath)]
    pub(crate) url: CloudUrl,
    /// Go on while sessions are recorded: what is on the disk is sent at once
    #[arg(long)]
    pub(crate) follow: bool,
    /// Send at most so many bytes a second, as 500KB
    #[arg(long, value_name = "SIZE", value_parser = words::bytes_per_second)]
    pub(crate) limit: Option<NonZeroU64>,
    /// Try so long when the server cannot be reached; 10m, with --follow without end
    #[arg(long, value_name = "TIME", value_parser = words::duration)]
    pub(crate) retry_for: Option<Duration>,
    /// Take out the names of drivers and players; files of the game itself are left out
    #[arg(long)]
    pub(crate) redact: bool,
    /// Print what was uploaded as JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) cloud: CloudArgs,
}

/// Uploading beside a recording.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Upload")]
pub(crate) struct UploadBeside {
    /// Upload the session while it is recorded: s3://BUCKET/PATH, gs://BUCKET/PATH, az://CONTAINER/PATH, or a path
    #[arg(long, value_name = "URL", value_hint = ValueHint::AnyPath)]
    pub(crate) upload: Option<CloudUrl>,
    /// Send at most so many bytes a second, as 500KB
    #[arg(long, value_name = "SIZE", value_parser = words::bytes_per_second, requires = "upload")]
    pub(crate) upload_limit: Option<NonZeroU64>,
    /// Take out the names of drivers and players of what is uploaded, which then begins when the recording has ended
    #[arg(long, requires = "upload")]
    pub(crate) redact: bool,
    #[command(flatten)]
    pub(crate) cloud: CloudArgs,
}

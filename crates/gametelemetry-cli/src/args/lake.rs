//! Arguments of the commands for a lake.

use clap::ValueHint;
use gametelemetry_cloud::CloudUrl;

use super::cloud::CloudArgs;
use crate::session_arg::SessionArg;
use crate::words;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  gametelemetry publish SESSION s3://team/lake
  gametelemetry publish sessions/* /mnt/nas/lake --redact

Rows of two tables, laps and samples, as Parquet that DuckDB, Spark and others query; docs/lake.md says what they hold \
and has ready queries. A session that is there already with the same content is left as it is, another version of it \
takes its place. Any number of machines may publish into one lake at the same time.")]
pub(crate) struct Publish {
    /// Sessions: their folders, or their URLs
    #[arg(required = true, num_args = 1.., value_name = "SESSION", value_hint = ValueHint::AnyPath)]
    pub(crate) sessions: Vec<SessionArg>,
    /// The lake: s3://bucket/lake, gs://bucket/lake, az://container/lake, or a folder
    #[arg(required = true, value_name = "URL", value_hint = ValueHint::AnyPath)]
    pub(crate) url: CloudUrl,
    /// Rows of samples a second
    #[arg(long, value_name = "N", default_value = "50", value_parser = words::rate)]
    pub(crate) hz: f64,
    /// Leave out who drove
    #[arg(long)]
    pub(crate) redact: bool,
    /// Print what was published as JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) cloud: CloudArgs,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  gametelemetry compact s3://team/lake --dry-run
  gametelemetry compact /mnt/nas/lake --target-size 256MB

Publishers may go on meanwhile. A query may see rows twice for a moment, never none; docs/lake.md says how to write one \
that does not mind.")]
pub(crate) struct Compact {
    /// The lake: s3://bucket/lake, gs://bucket/lake, az://container/lake, or a folder
    #[arg(value_name = "URL", value_hint = ValueHint::AnyPath)]
    pub(crate) url: CloudUrl,
    /// Only tell what would be merged and removed
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Files of about this size, as 128MB
    #[arg(long, value_name = "SIZE", default_value = "128MB", value_parser = file_size)]
    pub(crate) target_size: u64,
    /// Print what was done as JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) cloud: CloudArgs,
}

/// The size of a file as `128MB`, up to 1 GB: it is in memory while it is written.
fn file_size(text: &str) -> Result<u64, String> {
    let bytes = words::size(text)?;
    let wrong = || format!("`{text}` is no size for files, write it as 128MB; 1GB at most");
    if (1..=1_000_000_000).contains(&bytes) { Ok(bytes) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_a_size_and_fit_into_memory() {
        for (text, bytes) in [("1B", 1), ("128MB", 128_000_000), ("64KiB", 65_536), ("1GB", 1_000_000_000)] {
            assert_eq!(file_size(text), Ok(bytes), "{text}");
        }
        for text in ["", "MB", "0", "2GB", "99999999999999999999MB"] {
            assert!(file_size(text).is_err(), "{text}");
        }
    }
}

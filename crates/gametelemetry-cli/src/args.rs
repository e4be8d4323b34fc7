//! The command line: every argument with its help. Nothing is done here.

mod analysis;
mod cloud;
mod housekeeping;
mod lake;
mod record;

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Parser, Subcommand, ValueEnum, ValueHint};

pub(crate) use analysis::{Compare, Export, Laps, Report};
pub(crate) use cloud::{CloudArgs, Download, List, Upload, UploadBeside};
pub(crate) use housekeeping::{DiskSpace, Mark, Prune};
pub(crate) use lake::{Compact, Publish};
pub(crate) use record::Record;

use crate::session_arg::SessionArg;
use crate::words;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// Capture what a game says about itself, keep every frame, turn it into laps.
#[derive(Debug, Parser)]
#[command(name = "gametelemetry", version, styles = STYLES, max_term_width = 110, propagate_version = true)]
#[command(after_help = "\
First steps:
  gametelemetry demo                 try everything without a game
  gametelemetry games                what is supported, what to switch on, what is running
  gametelemetry record               record whichever game appears; Ctrl+C ends it
  gametelemetry laps SESSION         which lap was fast
  gametelemetry report SESSION       where the time went, as a page for the browser
  gametelemetry info SESSION         what a recording holds, and how good it is
  gametelemetry upload SESSION URL   into a bucket or a shared folder, from where all of these read it too

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done but data was lost or damaged.")]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// Say more on stderr; twice for still more
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Record a simulated game, check the recording, show laps, and write a report
    Demo(Demo),
    /// Record a game until Ctrl+C
    Record(Box<Record>),
    /// Keep what a recording with --keep-last holds now
    Mark(Mark),
    /// List the games: what to switch on in each, and what is running now
    Games(Games),
    /// Publish a simulated game where the real one would
    Simulate(Simulate),
    /// Play a session back as the game: the same packets, or the same shared memory
    Replay(Replay),
    /// Check packet formats, or print that of a game
    #[command(
        subcommand,
        after_help = "\
Examples:
  gametelemetry format check my_game.toml
  gametelemetry format print f1"
    )]
    Format(Format),
    /// Turn another program's file (.ibt, .ld, .dat) into a session
    Import(Import),
    /// Show what a session holds, and how good it is
    Info(Info),
    /// Print the frames of a session
    Cat(Cat),
    /// Split a session into laps
    Laps(Laps),
    /// Show where the time goes between laps
    Compare(Compare),
    /// Write a session as a file that other tools open: CSV, JSON Lines, Parquet, MCAP, MoTeC
    Export(Export),
    /// Write a report that opens in any browser
    Report(Report),
    /// Read a session to its end and check every checksum
    Verify(Verify),
    /// Make a cut or damaged session whole
    Recover(Recover),
    /// Upload sessions to S3, Azure, Google or a shared folder; goes on where it was interrupted
    Upload(Upload),
    /// List the sessions of a bucket: S3, Google, Azure, or a shared folder
    List(List),
    /// Download sessions of a bucket, every byte checked
    Download(Download),
    /// Put sessions into a lake of Parquet that engines query, in a bucket or a folder
    Publish(Publish),
    /// Merge the small files of a lake
    Compact(Compact),
    /// Delete old sessions: by age, size or number, but not the best laps
    Prune(Prune),
    /// Print a completion script for your shell
    Completions(Completions),
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  gametelemetry demo --for 1m --out laps     a longer one, kept in a folder of its own")]
pub(crate) struct Demo {
    /// How long to record
    #[arg(long = "for", value_name = "TIME", default_value = "20s", value_parser = words::duration)]
    pub(crate) duration: Duration,
    /// Folder in which the session's folder is made
    #[arg(long, value_name = "DIR", default_value = "sessions", value_hint = ValueHint::DirPath)]
    pub(crate) out: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Regions {
    /// Put before the name of each shared-memory region, for bridges that do so and for tests
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        env = "GAMETELEMETRY_REGION_PREFIX",
        hide_env_values = true
    )]
    pub(crate) region_prefix: String,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  gametelemetry games f1                     what to switch on in one game
  gametelemetry games --json                 with every channel, and why some are not available")]
pub(crate) struct Games {
    /// Only this game, by its short name
    pub(crate) game: Option<String>,
    /// Print as JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) regions: Regions,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  gametelemetry simulate acc --for 60s       what a dashboard or `record acc` sees of a real game
  gametelemetry simulate acc --torn          5 % of all writes pause half way, to test readers
  gametelemetry simulate f1 --loss 5         packets to port 20777, of which 5 % are lost
  gametelemetry simulate f1 --variant 2023   those of F1 23, with a lobby and a time trial before the race
  gametelemetry simulate acc --save sessions --for 1h     an hour of laps at once, to try things with")]
pub(crate) struct Simulate {
    /// The game's short name
    pub(crate) game: String,
    /// Which of the game's versions or packets: 2022 to 2026 of f1; A, B, ~ or C of gt7, sent unasked; sled, dash, horizon
    /// or motorsport of forza
    #[arg(long, value_name = "NAME")]
    pub(crate) variant: Option<String>,
    /// Stop after this time; otherwise at Ctrl+C
    #[arg(long = "for", value_name = "TIME", value_parser = words::duration)]
    pub(crate) duration: Option<Duration>,
    /// Steps a second; the game's own rate unless set
    #[arg(long, value_name = "N", value_parser = words::rate)]
    pub(crate) hz: Option<f64>,
    /// Another number drives other laps; the same number the same ones
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Pause in the middle of 5 % of all writes, with the frame counter written last or first
    #[arg(long, value_name = "ORDER", num_args = 0..=1, require_equals = true, default_missing_value = "last")]
    pub(crate) torn: Option<CounterOrder>,
    /// Where packets are sent, or states are posted, instead of where the game does by default
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) to: Option<String>,
    /// What a game that posts its state says to be believed
    #[arg(long, value_name = "TEXT")]
    pub(crate) token: Option<String>,
    /// Where a game that leaves files writes them
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) folder: Option<PathBuf>,
    /// Publish nothing: write the session that a recording would give into this folder, at full speed, 10 minutes
    /// unless --for says otherwise
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, conflicts_with_all = ["to", "folder", "torn", "loss", "reorder", "duplicate"])]
    pub(crate) save: Option<PathBuf>,
    /// Lose this share of all packets, in percent, to test receivers
    #[arg(long, value_name = "PERCENT", default_value_t = 0.0, value_parser = words::percent, hide_default_value = true)]
    pub(crate) loss: f64,
    /// Send this share of all packets behind the next one of their kind
    #[arg(long, value_name = "PERCENT", default_value_t = 0.0, value_parser = words::percent, hide_default_value = true)]
    pub(crate) reorder: f64,
    /// Send this share of all packets twice
    #[arg(long, value_name = "PERCENT", default_value_t = 0.0, value_parser = words::percent, hide_default_value = true)]
    pub(crate) duplicate: f64,
    /// Print what was published as JSON at the end
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) regions: Regions,
}

/// Where in a write the game's counter comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CounterOrder {
    /// The counter changes when the frame is whole
    Last,
    /// The counter changes before the rest
    First,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Format {
    /// Say what is wrong with a packet format, with line and column
    Check(FormatCheck),
    /// Print the format of a game, or of a file, in the format language
    Print(FormatPrint),
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  gametelemetry format check my_game.toml && gametelemetry record --format my_game.toml")]
pub(crate) struct FormatCheck {
    /// Files in the format language, or the telemetry folder of EA SPORTS WRC
    #[arg(required = true, value_hint = ValueHint::AnyPath)]
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
What is printed is the documentation of the game, and the start for a variant of it.

Examples:
  gametelemetry format print f1 > f1.toml
  gametelemetry format print \"Documents/My Games/WRC/telemetry\" > my_wrc.toml")]
pub(crate) struct FormatPrint {
    /// A game's short name, a packet format, an .ibt, or a session
    #[arg(value_name = "GAME|FILE", value_hint = ValueHint::AnyPath)]
    pub(crate) what: String,
    /// Which source of the game; the first unless named
    #[arg(long, value_name = "NAME")]
    pub(crate) source: Option<String>,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
A dashboard cannot tell the difference: packets go to the port the game sends to, with the same gaps, and shared memory
has the game's names.

Examples:
  gametelemetry replay SESSION                         as it was
  gametelemetry replay SESSION --to 192.168.1.30:20777 to a dashboard on another device
  gametelemetry replay SESSION --speed 4 --loop        four times as fast, again and again
  gametelemetry replay SESSION --token SECRET          of Counter-Strike 2 or Dota 2, to who wants that token")]
pub(crate) struct Replay {
    /// A session's folder, one of its files, or its URL
    #[arg(value_hint = ValueHint::AnyPath)]
    pub(crate) session: SessionArg,
    /// Where packets are sent, states are posted, or a game's server listens, instead of the game's own place
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) to: Option<String>,
    /// What a game that posts its state says to be believed; no recording holds it
    #[arg(long, value_name = "TEXT", env = "GAMETELEMETRY_TOKEN", hide_env_values = true)]
    pub(crate) token: Option<String>,
    /// How the packets came, of a recording that does not say so: the packet format it was recorded with
    #[arg(long, value_name = "FILE", value_hint = ValueHint::AnyPath)]
    pub(crate) format: Option<PathBuf>,
    /// How many times as fast
    #[arg(long, value_name = "N", default_value_t = 1.0, value_parser = words::speed)]
    pub(crate) speed: f64,
    /// Begin again at the end, until Ctrl+C
    #[arg(long = "loop")]
    pub(crate) again: bool,
    /// Only these sources
    #[arg(long = "source", value_name = "NAMES", value_delimiter = ',')]
    pub(crate) sources: Vec<String>,
    /// Print what was played as JSON at the end
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) regions: Regions,
    #[command(flatten)]
    pub(crate) cloud: CloudArgs,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Prints the session's folder, and nothing else, on stdout.

Examples:
  gametelemetry import lap.ibt --out laps
  gametelemetry import lap.ld                a .ldx beside it tells the laps apart
  gametelemetry info \"$(gametelemetry import lap.ibt)\"")]
pub(crate) struct Import {
    /// The file: .ibt of iRacing, .ld of MoTeC (with the .ldx beside it), or .dat of the .NET implementation
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// Folder in which the session's folder is made
    #[arg(long, value_name = "DIR", default_value = "sessions", value_hint = ValueHint::DirPath)]
    pub(crate) out: PathBuf,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  gametelemetry info sessions/2026-11-23_120000_acc
  gametelemetry info SESSION --json          every field with its unit and meaning, every count

unchanged: looks at which the game had nothing new; missed: frames that the game published between two looks;
torn: looks that caught the game writing, and were repeated; dropped: frames that the disk was too slow for.")]
pub(crate) struct Info {
    /// A session's folder, one of its files, or its URL
    #[arg(value_hint = ValueHint::AnyPath)]
    pub(crate) session: SessionArg,
    /// Print everything as JSON, with the full schema
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) cloud: CloudArgs,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  gametelemetry cat SESSION --source physics --fields speed_kmh,gear,wheel_slip[0] --format csv
  gametelemetry cat SESSION --channels speed,throttle --from 1m --to 1m30s
  gametelemetry cat SESSION --from 2026-11-23T12:00:05Z | head")]
pub(crate) struct Cat {
    /// A session's folder, one of its files, or its URL
    #[arg(value_hint = ValueHint::AnyPath)]
    pub(crate) session: SessionArg,
    /// Only this source; otherwise all, merged by time
    #[arg(long, value_name = "NAME")]
    pub(crate) source: Option<String>,
    /// Only messages of this kind, of a source that gets several
    #[arg(long, value_name = "NAME")]
    pub(crate) kind: Option<String>,
    /// Only these fields, in this order; `name[2]` is one element of an array, `kind/name` the field of one kind
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) fields: Vec<String>,
    /// These channels, in their own units, instead of fields
    #[arg(long, value_name = "NAMES", value_delimiter = ',', conflicts_with = "fields")]
    pub(crate) channels: Vec<String>,
    /// From this moment on: a time (2026-11-23T12:00:00Z), or an offset from the first frame (90s)
    #[arg(long, value_name = "T", value_parser = words::moment)]
    pub(crate) from: Option<words::Moment>,
    /// Up to this moment, written likewise
    #[arg(long, value_name = "T", value_parser = words::moment)]
    pub(crate) to: Option<words::Moment>,
    /// JSON Lines or CSV
    #[arg(long, value_enum, default_value_t = Printed::Jsonl)]
    pub(crate) format: Printed,
    /// Stop after this many frames
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u64>,
    /// Go on while the recording is being written
    #[arg(long)]
    pub(crate) follow: bool,
    #[command(flatten)]
    pub(crate) cloud: CloudArgs,
}

/// How `cat` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Printed {
    /// One JSON object a frame
    Jsonl,
    /// One line a frame, of one source
    Csv,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  gametelemetry verify SESSION && echo whole     exit code 3 says that something is cut or damaged")]
pub(crate) struct Verify {
    /// A session's folder, one of its files, or its URL
    #[arg(value_hint = ValueHint::AnyPath)]
    pub(crate) session: SessionArg,
    /// Print as JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) cloud: CloudArgs,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Keeps every whole record, ends the last segment and writes the missing index. Of a file with damage inside, the old \
bytes are kept beside it as NAME.gtel.damaged. A file that is whole is left alone.

Example:
  gametelemetry recover sessions/2026-11-23_120000_acc")]
pub(crate) struct Recover {
    /// A session's folder, or one of its files
    #[arg(value_hint = ValueHint::AnyPath)]
    pub(crate) session: SessionArg,
    /// Print as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  gametelemetry completions bash > ~/.local/share/bash-completion/completions/gametelemetry
  gametelemetry completions zsh > \"${fpath[1]}/_gametelemetry\"
  gametelemetry completions fish > ~/.config/fish/completions/gametelemetry.fish
  gametelemetry completions powershell >> $PROFILE")]
pub(crate) struct Completions {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_holds_together() {
        Args::command().debug_assert();
    }
}

//! One file a command, beside what several of them share. A new command is a file here, its arguments in `args`,
//! and a line in [`run`].

mod bring;
mod cat;
mod choose;
mod compare;
mod completions;
mod demo;
mod download;
mod export;
mod format;
mod games;
mod import;
mod import_dat;
mod import_ibt;
mod import_ld;
mod info;
mod keep_last;
mod lake;
pub(crate) mod laps;
mod list;
mod listen;
mod mark;
mod prune;
mod quota;
mod record;
mod recover;
mod redacted_copy;
mod replay;
mod replay_outlet;
pub(crate) mod report;
mod simulate;
mod simulate_save;
mod summary;
mod upload;
mod upload_beside;
mod upload_follow;
mod verify;

use anyhow::Result;

use crate::args::Command;

/// How a command that did its work ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All is well.
    Done,
    /// Done, but data was lost or damaged.
    DataLost,
}

impl Outcome {
    pub(crate) fn lost_if(lost: bool) -> Self {
        if lost { Self::DataLost } else { Self::Done }
    }

    /// The worse of the two.
    pub(crate) fn worse(self, other: Self) -> Self {
        Self::lost_if(self == Self::DataLost || other == Self::DataLost)
    }
}

pub(crate) fn run(command: Command) -> Result<Outcome> {
    match command {
        Command::Demo(args) => demo::run(&args),
        Command::Record(args) => record::run(&args),
        Command::Mark(args) => mark::run(&args),
        Command::Games(args) => games::run(&args),
        Command::Simulate(args) => simulate::run(&args),
        Command::Replay(args) => replay::run(&args),
        Command::Format(args) => format::run(&args),
        Command::Import(args) => import::run(&args),
        Command::Info(args) => info::run(&args),
        Command::Cat(args) => cat::run(&args),
        Command::Laps(args) => laps::run(&args),
        Command::Compare(args) => compare::run(&args),
        Command::Export(args) => export::run(&args),
        Command::Report(args) => report::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Recover(args) => recover::run(&args),
        Command::Publish(args) => lake::run_publish(&args),
        Command::Compact(args) => lake::run_compact(&args),
        Command::Upload(args) => upload::run(&args),
        Command::Prune(args) => prune::run(&args),
        Command::List(args) => list::run(&args),
        Command::Download(args) => download::run(&args),
        Command::Completions(args) => completions::run(&args),
    }
}

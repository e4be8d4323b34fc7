//! `prune`: deletes old sessions by the rules that the user names, after showing what goes and why.

use std::io::{self, IsTerminal as _, Write as _};

use anyhow::{Context as _, Result};
use clap::CommandFactory as _;
use clap::error::ErrorKind;
use gametelemetry::housekeeping::{
    Fate, Limit, PrunePlan, PrunePolicy, SessionOnDisk, remove_leftovers, remove_session, sessions_in,
};
use gametelemetry::{Timestamp, bytes, clock};
use serde::Serialize;

use super::Outcome;
use crate::args::{Args, Prune};
use crate::output::{self, DIM, HEAD, Progress};

pub(crate) fn run(args: &Prune) -> Result<Outcome> {
    let policy = policy(args);
    check_usage(args, &policy);
    let now = clock::Clock::system().now();
    let sessions = sessions_in(&args.folder, now)
        .with_context(|| format!("cannot look at the sessions, check the path: {}", args.folder.display()))?;
    let plan = policy.plan(with_laps(sessions, &policy, now), now);
    if !args.json {
        print(&plan)?;
    }
    say_what_is_still_exceeded(&plan);
    let is_confirmed = !args.dry_run && (args.yes || plan.going().next().is_none() || is_confirmed(&plan));
    let mut done = Done::default();
    if is_confirmed {
        done.delete(args, &plan, now);
    }
    finish(args, &plan, &done)
}

fn policy(args: &Prune) -> PrunePolicy {
    PrunePolicy {
        older_than: args.older_than,
        max_bytes: args.max_size,
        max_count: args.max_count,
        keep_best: args.keep_best,
        only_uploaded: args.only_uploaded,
    }
}

/// Ends the program when the command makes no sense as it stands.
fn check_usage(args: &Prune, policy: &PrunePolicy) {
    let wrong = |text: &str| Args::command().error(ErrorKind::MissingRequiredArgument, text).exit();
    if !policy.lets_sessions_go() {
        wrong(
            "no rule says which sessions go: name at least one of --older-than TIME, --max-size SIZE and \
             --max-count N (--keep-best N and --only-uploaded say what stays all the same)",
        );
    }
    let can_ask = io::stdin().is_terminal() && io::stderr().is_terminal();
    if !(args.dry_run || args.yes || can_ask) {
        wrong(
            "there is no terminal to ask whether sessions may be deleted: add --yes, or --dry-run to see which",
        );
    }
}

/// Reads the laps of every session, if it matters: not when nothing would go even without the rule about laps.
fn with_laps(mut sessions: Vec<SessionOnDisk>, policy: &PrunePolicy, now: Timestamp) -> Vec<SessionOnDisk> {
    let without = PrunePolicy { keep_best: None, ..policy.clone() };
    if policy.keep_best.is_none() || without.plan(sessions.clone(), now).going().next().is_none() {
        return sessions;
    }
    let progress = Progress::new("reading laps", Some(sessions.len() as u64));
    for (number, session) in sessions.iter_mut().enumerate() {
        session.read_laps();
        progress.set(number as u64 + 1);
    }
    sessions
}

fn print(plan: &PrunePlan) -> Result<()> {
    let mut out = output::stdout();
    let (mut going, mut staying) = (Vec::new(), Vec::new());
    for planned in &plan.sessions {
        let row = vec![planned.session.name.clone(), bytes(planned.session.bytes), planned.fate.to_string()];
        if matches!(planned.fate, Fate::Goes(_)) { going.push(row) } else { staying.push(row) }
    }
    for (what, rows) in [("goes", &going), ("stays", &staying)] {
        if !rows.is_empty() {
            write_table(&mut out, what, rows)?;
        }
    }
    if plan.sessions.is_empty() {
        writeln!(out, "there is no session here")?;
    }
    Ok(out.flush()?)
}

/// Session and reason to the left, the size between them to the right.
fn write_table(out: &mut impl io::Write, what: &str, rows: &[Vec<String>]) -> io::Result<()> {
    let width = |column: usize, head: &str| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain([head.chars().count()]).max().unwrap_or(0)
    };
    let (name, size) = (width(0, what), width(1, "size"));
    writeln!(out, "{HEAD}  {what:<name$}  {:>size$}  because{HEAD:#}", "size")?;
    for row in rows {
        if let [session, bytes, reason] = row.as_slice() {
            writeln!(out, "  {session:<name$}  {bytes:>size$}  {reason}")?;
        }
    }
    Ok(())
}

fn say_what_is_still_exceeded(plan: &PrunePlan) {
    for limit in &plan.still_exceeded {
        output::say(format_args!("still more than {limit}: what is left has to stay"));
    }
}

/// Asks; what is not a clear yes is a no.
fn is_confirmed(plan: &PrunePlan) -> bool {
    let (count, size) = (plan.going().count(), bytes(plan.going_bytes()));
    output::ask(&format!("delete {}, {size}, for good? [y/N] ", sessions(count)));
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).is_ok() && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}

fn sessions(count: usize) -> String {
    format!("{count} session{}", if count == 1 { "" } else { "s" })
}

/// What was really done.
#[derive(Default)]
struct Done {
    is_started: bool,
    removed: Vec<String>,
    removed_bytes: u64,
    leftovers: usize,
    /// What failed: the session, or nothing for the folder itself, and why.
    failed: Vec<(String, String)>,
}

impl Done {
    fn delete(&mut self, args: &Prune, plan: &PrunePlan, now: Timestamp) {
        self.is_started = true;
        match remove_leftovers(&args.folder) {
            Ok(count) => self.leftovers = count,
            Err(error) => self.fail(String::new(), error),
        }
        let progress = Progress::new("deleting", Some(plan.going().count() as u64));
        for (number, session) in plan.going().enumerate() {
            match remove_session(&session.path, now) {
                Ok(()) => {
                    self.removed.push(session.name.clone());
                    self.removed_bytes += session.bytes;
                }
                Err(error) => self.fail(session.name.clone(), error),
            }
            progress.set(number as u64 + 1);
        }
    }

    fn fail(&mut self, session: String, error: gametelemetry::housekeeping::RemoveError) {
        let error = anyhow::Error::new(error);
        output::error(&error);
        self.failed.push((session, format!("{error:#}")));
    }
}

/// Tells what was done, on stdout for programs, on stderr for people.
fn finish(args: &Prune, plan: &PrunePlan, done: &Done) -> Result<Outcome> {
    if args.json {
        output::json(&PlanJson::new(args, plan, done))?;
    } else if !done.is_started {
        output::say(format_args!("{DIM}nothing was deleted{DIM:#}"));
    } else {
        let removed = sessions(done.removed.len());
        output::say(format_args!("deleted {removed}, {}", bytes(done.removed_bytes)));
    }
    if done.leftovers > 0 {
        output::say(format_args!("removed what an earlier run left of {}", sessions(done.leftovers)));
    }
    if !done.failed.is_empty() {
        anyhow::bail!("{} could not be deleted: {}", sessions(done.failed.len()), args.folder.display());
    }
    Ok(Outcome::Done)
}

#[derive(Serialize)]
struct PlanJson<'a> {
    folder: String,
    dry_run: bool,
    removed: &'a [String],
    removed_bytes: u64,
    leftovers: usize,
    still_exceeded: Vec<&'static str>,
    sessions: Vec<SessionJson<'a>>,
}

#[derive(Serialize)]
struct SessionJson<'a> {
    session: &'a str,
    game: &'a str,
    started: String,
    bytes: u64,
    uploaded: bool,
    goes: bool,
    reason: &'static str,
    text: String,
    error: Option<&'a str>,
}

impl<'a> PlanJson<'a> {
    fn new(args: &Prune, plan: &'a PrunePlan, done: &'a Done) -> Self {
        let error = |name: &str| {
            let failed = done.failed.iter().find(|(session, _)| session == name);
            failed.map(|(_, error)| error.as_str())
        };
        let sessions = plan.sessions.iter().map(|planned| SessionJson {
            session: &planned.session.name,
            game: &planned.session.game,
            started: planned.session.started.to_string(),
            bytes: planned.session.bytes,
            uploaded: planned.session.is_uploaded,
            goes: matches!(planned.fate, Fate::Goes(_)),
            reason: planned.fate.name(),
            text: planned.fate.to_string(),
            error: error(&planned.session.name),
        });
        Self {
            folder: args.folder.display().to_string(),
            dry_run: args.dry_run,
            removed: &done.removed,
            removed_bytes: done.removed_bytes,
            leftovers: done.leftovers,
            still_exceeded: plan.still_exceeded.iter().map(|limit| limit_name(*limit)).collect(),
            sessions: sessions.collect(),
        }
    }
}

fn limit_name(limit: Limit) -> &'static str {
    Fate::Goes(limit).name()
}

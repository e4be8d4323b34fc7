//! The project's own chores: `cargo xtask COMMAND`.
//!
//! Stands beside the line of crates and depends on none of them, so that it builds when they do not. Each command is a
//! file with a `COMMAND` in it, listed once in [`COMMANDS`]. What it does not do: decide anything at run time of the
//! product; nothing here is shipped.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "talking to the developer is what this program is for"
)]

mod bench;
mod ci;
mod counts;
mod deny;
mod fuzz;
mod kill;
mod node;
mod python;
mod run;
mod test;
mod tidy;
mod tools;
mod windows;

use std::process::ExitCode;

use anyhow::{Result, bail};

/// Every command, in the order in which the help shows them.
const COMMANDS: &[&Command] = &[
    &test::COMMAND,
    &tidy::COMMAND,
    &ci::COMMAND,
    &windows::COMMAND,
    &bench::COMMAND,
    &fuzz::COMMAND,
    &kill::COMMAND,
    &deny::COMMAND,
];

/// One chore.
struct Command {
    name: &'static str,
    /// What may follow the name.
    arguments: &'static str,
    /// One line for the list of commands.
    about: &'static str,
    /// The rest of its `--help`.
    details: &'static str,
    run: fn(&[String]) -> Result<()>,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<()> {
    let Some((name, rest)) = arguments.split_first() else {
        print!("{}", overview());
        bail!("no command given");
    };
    if is_help(name) || name == "help" {
        print!("{}", overview());
        return Ok(());
    }
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        bail!("no such command, `cargo xtask --help` lists them: {name}");
    };
    if rest.iter().take_while(|argument| *argument != "--").any(|argument| is_help(argument)) {
        print!("{}", help(command));
        return Ok(());
    }
    (command.run)(rest)
}

fn is_help(argument: &str) -> bool {
    matches!(argument, "--help" | "-h")
}

fn overview() -> String {
    let mut text = String::from("The project's own chores.\n\nUsage: cargo xtask COMMAND\n\nCommands:\n");
    for command in COMMANDS {
        text += &format!("  {:<8} {}\n", command.name, command.about);
    }
    text + "\n`cargo xtask COMMAND --help` says more about one.\n"
}

fn help(command: &Command) -> String {
    let Command { name, arguments, about, details, .. } = command;
    format!("{about}\n\nUsage: cargo xtask {name} {arguments}\n\n{details}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_helped() {
        let mut names: Vec<_> = COMMANDS.iter().map(|command| command.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), COMMANDS.len());
        assert!(COMMANDS.iter().all(|command| !command.about.is_empty() && !command.details.is_empty()));
    }

    #[test]
    fn unknown_command_is_refused() {
        assert!(dispatch(&["tset".to_owned()]).is_err());
    }

    #[test]
    fn no_command_is_refused() {
        assert!(dispatch(&[]).is_err());
    }
}

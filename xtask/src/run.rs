//! Starting other programs: cargo above all, with their output shown, watched or kept for the case of failure.
//!
//! Every command of this crate starts programs through here. Does not know what any of them is for.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// The folder of the workspace.
///
/// Asked at run time: a target folder that several checkouts share keeps a program built in another one.
pub(crate) fn root() -> PathBuf {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest.parent().map_or_else(|| manifest.clone(), Path::to_path_buf)
}

/// The cargo that started this program, in the workspace's folder.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = program(cargo, arguments);
    // Set for this package by `cargo run`. Build scripts of others that look at them (ring's) would run again, and with
    // them everything above would be built again, each time cargo is called with and without this program.
    let of_this_package =
        |name: &str| ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|prefix| name.starts_with(prefix));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(of_this_package)) {
        command.env_remove(name);
    }
    command
}

/// Any program, in the workspace's folder, without a keyboard.
pub(crate) fn program(name: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(arguments).current_dir(root()).stdin(Stdio::null());
    command
}

/// Runs it with its output where ours goes.
pub(crate) fn show(command: &mut Command) -> Result<()> {
    eprintln!("$ {}", line(command));
    let status = command.status().with_context(|| format!("cannot start {}", line(command)))?;
    check(status, command)
}

/// Runs it with its output kept back; shown only when it fails.
pub(crate) fn quiet(command: &mut Command) -> Result<()> {
    eprintln!("$ {}", line(command));
    let output = command.output().with_context(|| format!("cannot start {}", line(command)))?;
    if !output.status.success() {
        eprint!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    }
    check(output.status, command)
}

/// Runs it with its output shown and returned; a failure is in the status, for the caller to weigh.
pub(crate) fn watch(command: &mut Command) -> Result<(ExitStatus, String)> {
    watch_then(command, || {})
}

/// Like [`watch`], with something to do once the program has ended and before its output has.
///
/// What a program leaves running holds its output open, so waiting for the end of the output could take for ever.
pub(crate) fn watch_then(command: &mut Command, ended: impl FnOnce()) -> Result<(ExitStatus, String)> {
    eprintln!("$ {}", line(command));
    let kept = Mutex::new(Vec::new());
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", line(command)))?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let status = thread::scope(|scope| {
        scope.spawn(|| pass_on(stdout, std::io::stdout(), &kept));
        scope.spawn(|| pass_on(stderr, std::io::stderr(), &kept));
        let status = child.wait();
        ended();
        status
    });
    let status = status.context("cannot learn how the program ended")?;
    let kept = kept.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok((status, String::from_utf8_lossy(&kept).into_owned()))
}

/// Whether the program can be started and ends well; its output goes nowhere.
pub(crate) fn succeeds(program: &str, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// An error that names the command unless it ended well.
pub(crate) fn check(status: ExitStatus, command: &Command) -> Result<()> {
    if !status.success() {
        bail!("{} ended with {status}", line(command));
    }
    Ok(())
}

/// What `cargo metadata` says, without looking beyond the workspace of `manifest`.
pub(crate) fn metadata(manifest: &Path) -> Result<Value> {
    let manifest = manifest.to_string_lossy();
    let output =
        cargo(&["metadata", "--no-deps", "--format-version", "1", "--offline", "--manifest-path", &manifest])
            .output()
            .context("cannot start cargo metadata")?;
    if !output.status.success() {
        bail!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    serde_json::from_slice(&output.stdout).context("cargo metadata printed something else than JSON")
}

/// The folder that cargo builds into.
pub(crate) fn target_folder() -> Result<PathBuf> {
    let metadata = metadata(&root().join("Cargo.toml"))?;
    let folder = metadata
        .get("target_directory")
        .and_then(Value::as_str)
        .context("cargo metadata names no target folder")?;
    Ok(PathBuf::from(folder))
}

/// `(package, target)` of every target of one kind (`bench`, `bin`) in cargo's metadata.
pub(crate) fn targets(metadata: &Value, kind: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for package in list(metadata, "packages") {
        for target in list(package, "targets") {
            let is_wanted = list(target, "kind").any(|has| has == kind);
            if let (true, Some(package), Some(target)) = (is_wanted, name(package), name(target)) {
                found.push((package.to_owned(), target.to_owned()));
            }
        }
    }
    found.sort();
    found
}

/// The elements of a list in cargo's metadata; none when there is no such list.
pub(crate) fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// The name of a package, a target or a dependency in cargo's metadata.
pub(crate) fn name(value: &Value) -> Option<&str> {
    value.get("name").and_then(Value::as_str)
}

/// The command as one would type it, without its environment.
fn line(command: &Command) -> String {
    let name = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let words = std::iter::once(name).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

/// Copies line by line, so that the two streams of a program do not cut each other's lines.
fn pass_on(from: Option<impl Read>, mut to: impl Write, kept: &Mutex<Vec<u8>>) {
    let Some(from) = from else { return };
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    while from.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        // Nobody reads us any more: still drain the program, or it would block for ever.
        let _ = to.write_all(&line).and_then(|()| to.flush());
        kept.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&line);
        line.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn targets_of_one_kind_come_sorted() {
        let metadata = json!({ "packages": [
            { "name": "b", "targets": [{ "kind": ["bench"], "name": "write" }, { "kind": ["lib"], "name": "b" }] },
            { "name": "a", "targets": [{ "kind": ["bench"], "name": "read" }] },
        ]});
        let expected = [("a", "read"), ("b", "write")].map(|(p, t)| (p.to_owned(), t.to_owned()));
        assert_eq!(targets(&metadata, "bench"), expected);
    }

    #[test]
    fn watched_output_is_returned() {
        let (status, text) = watch(&mut cargo(&["--version"])).unwrap();
        assert!(status.success());
        assert!(text.starts_with("cargo "), "{text}");
    }

    #[test]
    fn missing_program_is_an_error_that_names_it() {
        let error = show(&mut program("no-such-program", &["x"])).unwrap_err();
        assert_eq!(error.to_string(), "cannot start no-such-program x");
    }
}

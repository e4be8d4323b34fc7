//! Makes the sessions, uploads, records and publishes them in turns with the floors, and shows the figures.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use gametelemetry::clock;
use gametelemetry_cloud::{Bucket, BucketOptions, CloudUploader};
use object_store::aws::AmazonS3Builder;
use object_store::path::Path as Key;
use object_store::{ClientOptions, ObjectStoreExt as _, PutPayload};

use crate::common::{Outcome, Row, Table, is_smoke, median, scratch};
use crate::server;

/// Tell the program that it is a process whose upload is timed: of the session that follows.
const OURS: &str = "--upload-session";
const BARE: &str = "--put-session";
/// Names the one part that is measured: throughput, lateness or publish.
const ONLY: &str = "--only";
/// As many requests at once as the uploader has.
const AT_ONCE: usize = 4;
/// As fast as a line that few homes have, in bytes a second.
const GIGABIT: u32 = 125_000_000;
/// About the size of the uploader's objects.
const OBJECT: usize = 4 << 20;

pub(crate) fn run() -> Outcome {
    let argument = |name: &str| std::env::args().skip_while(|it| it != name).nth(1).map(PathBuf::from);
    if let Some(session) = argument(OURS) {
        return ours(&session);
    }
    if let Some(session) = argument(BARE) {
        return bare(&session);
    }
    let server = server::start(None)?;
    let mut table = Table::new("leaving the machine");
    let only = argument(ONLY);
    let is_wanted = |part: &str| only.as_ref().is_none_or(|only| only.as_os_str() == part);
    if is_wanted("throughput") {
        throughput(&server::start(Some(GIGABIT))?, "over a line of 1 Gbit/s", &mut table)?;
        throughput(&server, "over loopback", &mut table)?;
    }
    if is_wanted("lateness") {
        lateness(&server, &mut table)?;
    }
    if is_wanted("publish") {
        publish(&mut table)?;
    }
    table.print();
    Ok(())
}

fn gametelemetry() -> Command {
    Command::new(env!("CARGO_BIN_EXE_gametelemetry"))
}

/// A drive of ACC as a session, at the game's own rate.
fn simulated(name: &str, length: &str) -> Outcome<PathBuf> {
    let folder = scratch(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    let mut command = gametelemetry();
    command.args(["simulate", "acc", "--for", length, "--save"]).arg(&folder);
    output(&mut command)?;
    let first = std::fs::read_dir(&folder)?.next().ok_or("no session was saved")??;
    Ok(first.path())
}

fn output(command: &mut Command) -> Outcome<String> {
    let output = command.output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{command:?} ended with {}: {said}", output.status).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn with_server<'a>(command: &'a mut Command, server: &str) -> &'a mut Command {
    command
        .env("AWS_ACCESS_KEY_ID", "bench")
        .env("AWS_SECRET_ACCESS_KEY", "bench")
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ENDPOINT_URL", server)
}

fn throughput(server: &str, line: &str, table: &mut Table) -> Outcome {
    let (length, rounds) = if is_smoke() { ("20s", 1) } else { ("20m", 9) };
    let session = simulated("upload", length)?;
    let size: u64 = files(&session)?.iter().filter_map(|file| file.metadata().ok()).map(|it| it.len()).sum();
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        for file in std::fs::read_dir(&session)?.flatten() {
            if file.file_name().to_string_lossy().starts_with('.') {
                std::fs::remove_file(file.path())?;
            }
        }
        for (way, times) in [(OURS, &mut ours), (BARE, &mut bare)] {
            let mut command = Command::new(std::env::current_exe()?);
            let printed = output(with_server(command.arg(way).arg(&session), server))?;
            times.push(printed.trim().parse::<f64>()?);
        }
    }
    let (ours, bare) = (median(ours), median(bare));
    let mebibytes = size as f64 / 1048576.0;
    table.push(
        Row::new(format!("{mebibytes:.0} MiB {line}, floor: a bare put"), ours, "s")
            .floor(bare)
            .at_most_times(1.0 / 0.9),
    );
    table.push(Row::new("… throughput", mebibytes / ours, "MiB/s").floor(mebibytes / bare));
    Ok(())
}

fn files(session: &Path) -> Outcome<Vec<PathBuf>> {
    let paths = std::fs::read_dir(session)?.map(|entry| entry.map(|entry| entry.path()));
    let paths: Vec<PathBuf> = paths.collect::<Result<_, _>>()?;
    Ok(paths.into_iter().filter(|path| path.extension().is_some_and(|it| it == "gtel")).collect())
}

/// Uploads as users do, and prints the seconds.
fn ours(session: &Path) -> Outcome {
    let bucket = Bucket::open(&"s3://laps/bench".parse()?, &BucketOptions::default())?;
    let started = clock::monotonic();
    CloudUploader::new(bucket).upload(session)?;
    println!("{}", started.elapsed().as_secs_f64());
    Ok(())
}

/// Puts the same bytes, read from the same files, in objects of the same size.
fn bare(session: &Path) -> Outcome {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let options = ClientOptions::new().with_allow_http(true);
    let store =
        Arc::new(AmazonS3Builder::from_env().with_bucket_name("laps").with_client_options(options).build()?);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let started = clock::monotonic();
    let mut objects = Vec::new();
    for file in files(session)? {
        let bytes = bytes::Bytes::from(std::fs::read(file)?);
        objects
            .extend((0..bytes.len()).step_by(OBJECT).map(|at| bytes.slice(at..bytes.len().min(at + OBJECT))));
    }
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let put_all = || {
            while let Some(object) = objects.get(next.fetch_add(1, Ordering::Relaxed)) {
                let key = Key::from(format!("bench/{:p}", object.as_ptr()));
                runtime.block_on(store.put(&key, PutPayload::from(object.clone())))?;
            }
            Ok::<(), object_store::Error>(())
        };
        let threads: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(put_all)).collect();
        threads.into_iter().try_for_each(|thread| {
            thread.join().map_err(|_| "a thread broke off")?.map_err(Box::<dyn std::error::Error>::from)
        })
    })?;
    println!("{}", started.elapsed().as_secs_f64());
    Ok(())
}

/// Records at 1000 Hz with and without an upload beside it, in turns.
fn lateness(server: &str, table: &mut Table) -> Outcome {
    let (length, rounds) = if is_smoke() { ("2s", 1) } else { ("30s", 5) };
    let prefix = format!("bench{}", std::process::id());
    let mut game = gametelemetry()
        .args(["simulate", "acc", "--hz", "1000", "--region-prefix", &prefix])
        .stdout(Stdio::null())
        .spawn()?;
    let recorded = in_turns(server, &prefix, length, rounds);
    game.kill()?;
    game.wait()?;
    let (beside, alone) = recorded?;
    let what = "lateness p99 at 1000 Hz with upload, floor: without";
    table.push(Row::new(what, beside, "us").floor(alone).at_most_times(1.2));
    Ok(())
}

/// The lateness with and without upload, each the median of its rounds.
fn in_turns(server: &str, prefix: &str, length: &str, rounds: u32) -> Outcome<(f64, f64)> {
    let (mut beside, mut alone) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        for (upload, figures) in [(true, &mut beside), (false, &mut alone)] {
            figures.push(lateness_p99_us(server, prefix, length, upload)?);
        }
    }
    Ok((median(beside), median(alone)))
}

fn lateness_p99_us(server: &str, prefix: &str, length: &str, upload: bool) -> Outcome<f64> {
    let folder = scratch("beside");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    let mut command = gametelemetry();
    command.args(["record", "acc", "--hz", "1000", "--source", "physics", "--for", length]);
    command.args(["--json", "--region-prefix", prefix, "--out"]).arg(&folder).stderr(Stdio::null());
    if upload {
        with_server(command.args(["--upload", "s3://laps/bench"]), server);
    }
    output(&mut command)?;
    let session = std::fs::read_dir(&folder)?.next().ok_or("nothing was recorded")??.path();
    let info = output(gametelemetry().arg("info").arg(&session).arg("--json"))?;
    let info: serde_json::Value = serde_json::from_str(&info)?;
    let late = info.pointer("/sources/0/lateness_p99_us").and_then(serde_json::Value::as_f64);
    Ok(late.ok_or("the ledger has no lateness")?)
}

/// Publishes a drive into a lake; processor time counts, because the promise is for a core.
fn publish(table: &mut Table) -> Outcome {
    let (length, seconds) = if is_smoke() { ("1m", 60.0) } else { ("1h", 3600.0) };
    let session = simulated("published", length)?;
    let lake = scratch("lake");
    if lake.exists() {
        std::fs::remove_dir_all(&lake)?;
    }
    let (before, started) = (children_cpu_s()?, clock::monotonic());
    output(gametelemetry().arg("publish").arg(&session).arg(&lake))?;
    let (cpu, wall) = (children_cpu_s()? - before, started.elapsed().as_secs_f64());
    let what = format!("publish of {length}, processor time as a share of length / 300");
    table.push(Row::new(what, cpu * 300.0 / seconds, "").at_most(1.0));
    table.push(Row::new("… times real time a core", seconds / cpu, "x"));
    table.push(Row::new("… times real time by the clock", seconds / wall, "x"));
    Ok(())
}

/// Processor time of all children that have ended, in seconds.
fn children_cpu_s() -> Outcome<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // The name, the second field, may have spaces.
    let fields = stat.rsplit_once(')').ok_or("no name in stat")?.1.split_whitespace();
    // User and system time of children are the 16th and 17th field, in hundredths.
    Ok(fields.skip(13).take(2).map(str::parse::<f64>).sum::<Result<f64, _>>()? / 100.0)
}

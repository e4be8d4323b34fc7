//! Servers that speak as the clouds do, started by the tests themselves, one of a kind for all tests of a process.
//!
//! Each is somebody else's program, so that what we take for a cloud's manners is not our own opinion. It ends with our
//! process, however that ends: its standard input closes.

use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{OnceLock, mpsc};
use std::time::Duration;

use crate::support::left_out;

/// The bucket or container that every server has.
pub(crate) const BUCKET: &str = "laps";
/// The account of Azure's emulator, and its key, both published by Microsoft.
pub(crate) const AZURE_ACCOUNT: &str = "devstoreaccount1";
pub(crate) const AZURE_KEY: &str =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
/// How long a server may take to listen, on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// moto: S3. `None` when it is not installed.
pub(crate) fn s3() -> Option<SocketAddr> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    address(SERVER.get_or_init(|| python_server("s3", "moto.server", &[])))
}

/// gcp-storage-emulator: Google Cloud Storage. Answers one connection after the other.
pub(crate) fn google() -> Option<SocketAddr> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    address(SERVER.get_or_init(|| python_server("google", "gcp_storage_emulator", &[])))
}

/// Azurite: Azure Blob Storage.
pub(crate) fn azure() -> Option<SocketAddr> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    address(SERVER.get_or_init(|| {
        let Some(azurite) = std::env::var_os("GAMETELEMETRY_AZURITE") else {
            left_out("Azurite, which GAMETELEMETRY_AZURITE names,");
            return None;
        };
        let mut command = Command::new("node");
        command.arg(script("serve.js")).arg(azurite).args([BUCKET, AZURE_ACCOUNT, AZURE_KEY]);
        Some(Server::start(&mut command))
    }))
}

/// moto once more, which this time knows no credentials at all and refuses everybody.
pub(crate) fn s3_that_knows_nobody() -> Option<Server> {
    // The one request without credentials is the starter's, which makes the bucket.
    python_server("s3", "moto.server", &[("INITIAL_NO_AUTH_ACTION_COUNT", "1")])
}

/// A server with a certificate that it made itself.
pub(crate) fn tls() -> Option<Server> {
    python_server("tls", "moto.server", &[])
}

/// A server that ends with this value, or with the process.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Starts a server that says `ready PORT` once it listens.
    fn start(command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (send, receive) = mpsc::channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if let Some(port) = line.strip_prefix("ready ") {
                    let _ = send.send(port.parse::<u16>().unwrap());
                }
            }
        });
        let port = receive.recv_timeout(PATIENCE);
        let mut server = Self { child, address: ([127, 0, 0, 1], 0).into() };
        server.address.set_port(port.unwrap_or_else(|error| panic!("{command:?} is not ready: {error}")));
        server
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn address(server: &Option<Server>) -> Option<SocketAddr> {
    server.as_ref().map(|server| server.address)
}

/// A server of `serve.py`, when the Python of the tests has `module`.
fn python_server(kind: &str, module: &str, environment: &[(&str, &str)]) -> Option<Server> {
    let python = python();
    // Whether it could be imported: to do so takes a second, and the server does it once more.
    let is_there = format!("import importlib.util as it, sys; sys.exit(it.find_spec('{module}') is None)");
    let imports = Command::new(&python).args(["-c", &is_there]).output();
    if !imports.is_ok_and(|output| output.status.success()) {
        left_out(&format!("the Python package {module}"));
        return None;
    }
    let mut command = Command::new(python);
    // Caches of Python in the source folder would be new files that nobody asked for.
    command.arg("-B").arg(script("serve.py")).args([kind, BUCKET]).envs(environment.iter().copied());
    Some(Server::start(&mut command))
}

/// The Python of the tests.
pub(crate) fn python() -> OsString {
    std::env::var_os("GAMETELEMETRY_PYTHON").unwrap_or_else(|| "python3".into())
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/clouds").join(name)
}

//! Clouds for the tests: real servers, a hostile network before them, and sessions to send.
//!
//! A [`Cloud`] is a place of its own in a server that the tests of a process share; a folder counts as one. The command
//! is told of it as a user tells it: by a URL, and by the environment.

pub(crate) mod faults;
mod message;
pub(crate) mod proxy;
pub(crate) mod rig;
pub(crate) mod servers;
pub(crate) mod sessions;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

pub(crate) use message::Message;

use faults::Plan;
use proxy::{Entry, Proxy};
use servers::{AZURE_ACCOUNT, AZURE_KEY, BUCKET};

use crate::support::Place;

/// What S3's emulator is told; it believes everybody, so these are words to look for where they must not be.
pub(crate) const S3_ID: &str = "AKIAGAMETELEMETRYTEST";
pub(crate) const S3_SECRET: &str = "wordsThatNobodyButTheServerMayEverSee";

/// Whose manners a cloud has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    S3,
    Azure,
    Google,
    Folder,
}

/// A place for sessions that nobody else uses.
pub(crate) struct Cloud {
    pub(crate) kind: Kind,
    /// The URL that the command is given; of a folder its path.
    pub(crate) url: String,
    /// Below it everything is, in the bucket or in the file system.
    prefix: String,
    server: Option<SocketAddr>,
}

impl Cloud {
    /// A place in this kind of cloud. `None`, with a message, when its server is not installed.
    pub(crate) fn of(kind: Kind, place: &Place) -> Option<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let prefix = format!("team-{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let server = match kind {
            Kind::S3 => servers::s3()?,
            Kind::Azure => servers::azure()?,
            Kind::Google => servers::google()?,
            Kind::Folder => return Some(Self::folder(place, prefix)),
        };
        let url = format!("{}://{BUCKET}/{prefix}", kind.scheme());
        Some(Self { kind, url, prefix, server: Some(server) })
    }

    /// S3 by a server of the test's own.
    pub(crate) fn s3_at(server: SocketAddr) -> Self {
        let url = format!("s3://{BUCKET}/team");
        Self { kind: Kind::S3, url, prefix: "team".to_owned(), server: Some(server) }
    }

    fn folder(place: &Place, name: String) -> Self {
        let folder = place.path().join(name).to_string_lossy().into_owned();
        Self { kind: Kind::Folder, url: folder.clone(), prefix: folder, server: None }
    }

    /// A proxy before its server; a folder has none.
    pub(crate) fn proxy(&self, plan: Plan) -> Option<Proxy> {
        self.server.map(|server| Proxy::start(server, plan))
    }

    /// Our command, told to find this cloud's server behind `proxy`.
    pub(crate) fn command(&self, place: &Place, proxy: Option<&Proxy>, arguments: &[&str]) -> Command {
        let mut command = place.command(arguments);
        self.prepare(&mut command, place, proxy);
        command
    }

    /// Gives a program the environment by which it finds this cloud's server behind `proxy`, and no other.
    pub(crate) fn prepare(&self, command: &mut Command, place: &Place, proxy: Option<&Proxy>) {
        let clouds = ["AWS_", "AZURE_", "GOOGLE_", "STORAGE_"];
        // What this machine says of its own clouds and proxies is not for the tests.
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if clouds.iter().any(|cloud| text.starts_with(cloud))
                || text.to_ascii_lowercase().ends_with("_proxy")
            {
                command.env_remove(name);
            }
        }
        command.env("HOME", place.path()).env("USERPROFILE", place.path());
        let address = proxy.map(Proxy::address).or(self.server);
        command.envs(address.map(|address| self.environment(address)).unwrap_or_default());
    }

    /// How a user says where this cloud is, and who they are.
    fn environment(&self, server: SocketAddr) -> Vec<(&'static str, String)> {
        let of = |values: &[(&'static str, &str)]| {
            values.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
        };
        let server = format!("http://{server}");
        match self.kind {
            Kind::S3 => of(&[
                ("AWS_ACCESS_KEY_ID", S3_ID),
                ("AWS_SECRET_ACCESS_KEY", S3_SECRET),
                ("AWS_REGION", "us-east-1"),
                ("AWS_ENDPOINT_URL", &server),
            ]),
            Kind::Azure => of(&[
                ("AZURE_STORAGE_ACCOUNT_NAME", AZURE_ACCOUNT),
                ("AZURE_STORAGE_ACCOUNT_KEY", AZURE_KEY),
                ("AZURE_STORAGE_ENDPOINT", &format!("{server}/{AZURE_ACCOUNT}")),
            ]),
            Kind::Google => of(&[("STORAGE_EMULATOR_HOST", &server)]),
            Kind::Folder => Vec::new(),
        }
    }

    /// The key below the URL of the object that a request puts; `None` for other requests.
    pub(crate) fn put_key(&self, entry: &Entry) -> Option<String> {
        let (path, query) = entry.target.split_once('?').unwrap_or((&entry.target, ""));
        let whole = match (self.kind, entry.method.as_str()) {
            (Kind::S3, "PUT") => path.strip_prefix(&format!("/{BUCKET}/"))?.to_owned(),
            (Kind::Azure, "PUT") => path.strip_prefix(&format!("/{AZURE_ACCOUNT}/{BUCKET}/"))?.to_owned(),
            (Kind::Google, "POST") => {
                query.split('&').find_map(|part| part.strip_prefix("name="))?.to_owned()
            }
            _ => return None,
        };
        let whole = unescaped(&whole);
        whole.strip_prefix(&format!("{}/", self.prefix)).map(str::to_owned)
    }

    /// Every key below the URL with its length, sorted, asked of the server without our client.
    pub(crate) fn objects(&self) -> Vec<(String, u64)> {
        let Some(server) = self.server else { return files_below(PathBuf::from(&self.prefix)) };
        let get = |path: &str| {
            let mut answer = ureq::get(format!("http://{server}{path}")).call().unwrap();
            answer.body_mut().read_to_string().unwrap()
        };
        let prefix = &self.prefix;
        let mut found = match self.kind {
            Kind::S3 => {
                in_xml(&get(&format!("/{BUCKET}?list-type=2&prefix={prefix}/")), "Contents", "Key", "Size")
            }
            Kind::Azure => {
                let list =
                    get(&format!("/{AZURE_ACCOUNT}/{BUCKET}?restype=container&comp=list&prefix={prefix}/"));
                in_xml(&list, "Blob", "Name", "Content-Length")
            }
            Kind::Google => in_json(&get(&format!("/storage/v1/b/{BUCKET}/o?prefix={prefix}/"))),
            Kind::Folder => Vec::new(),
        };
        for (key, _) in &mut found {
            *key = key.strip_prefix(&format!("{prefix}/")).unwrap().to_owned();
        }
        found.sort();
        found
    }
}

impl Kind {
    fn scheme(self) -> &'static str {
        match self {
            Self::S3 => "s3",
            Self::Azure => "az",
            Self::Google => "gs",
            Self::Folder => "file",
        }
    }
}

/// Checks that nothing was sent again whose arrival the client had been told of, in requests that one proxy saw.
#[track_caller]
pub(crate) fn assert_nothing_acknowledged_is_sent_again(cloud: &Cloud, log: &[Entry]) {
    let puts: Vec<_> =
        log.iter().enumerate().filter_map(|(at, entry)| Some((at, entry, cloud.put_key(entry)?))).collect();
    for (at, entry, key) in &puts {
        let is_acknowledged =
            entry.is_delivered && entry.status.is_some_and(|status| (200..300).contains(&status));
        let again =
            puts.iter().find(|(other, _, of)| of == key && *other != *at && *other >= entry.answered_before);
        if let (true, Some((number, again, _))) = (is_acknowledged, again) {
            panic!(
                "{key} was acknowledged as request {at} and sent again as request {number}: {entry:?} {again:?}"
            );
        }
    }
}

/// Every file below a folder, with `/` between names.
fn files_below(folder: PathBuf) -> Vec<(String, u64)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.clone()];
    while let Some(inner) = folders.pop() {
        for entry in std::fs::read_dir(inner).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(&folder).unwrap().to_string_lossy().replace('\\', "/");
                files.push((name, path.metadata().unwrap().len()));
            }
        }
    }
    files.sort();
    files
}

/// Name and length of each `element` of a list; the names in it need no unescaping.
fn in_xml(text: &str, element: &str, name: &str, length: &str) -> Vec<(String, u64)> {
    let inner = |text: &str, tag: &str| {
        let (_, rest) = text.split_once(&format!("<{tag}>"))?;
        Some(rest.split_once(&format!("</{tag}>"))?.0.to_owned())
    };
    let start = format!("<{element}>");
    let parts = text.split(&start).skip(1);
    parts.map(|part| (inner(part, name).unwrap(), inner(part, length).unwrap().parse().unwrap())).collect()
}

fn in_json(text: &str) -> Vec<(String, u64)> {
    let list: serde_json::Value = serde_json::from_str(text).unwrap();
    let items = list["items"].as_array().cloned().unwrap_or_default();
    let length = |item: &serde_json::Value| item["size"].as_str().unwrap().parse().unwrap();
    items.iter().map(|item| (item["name"].as_str().unwrap().to_owned(), length(item))).collect()
}

/// Undoes the escapes of a URL.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let code =
            behind.get(..2).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match (first, code) {
            (b'%', Some(code)) => {
                bytes.push(code);
                rest = &behind[2..];
            }
            _ => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    String::from_utf8(bytes).unwrap()
}

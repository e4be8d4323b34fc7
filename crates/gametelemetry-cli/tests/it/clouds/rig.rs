//! A rig with the command, a cloud, and the network between them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::clouds::faults::Plan;
use crate::clouds::proxy::{Entry, Proxy};
use crate::clouds::sessions::{assert_same, contents};
use crate::clouds::{Cloud, Kind};
use crate::support::{Place, Ran, Running};

/// One place on the disk, one in a cloud.
pub(crate) struct Rig {
    pub(crate) cloud: Cloud,
    /// `None` for a folder, which needs no network.
    pub(crate) proxy: Option<Proxy>,
    pub(crate) place: Place,
}

impl Rig {
    /// A rig whose network is good. `None`, with a message, when the cloud's server is not installed.
    pub(crate) fn new(kind: Kind) -> Option<Self> {
        let place = Place::new();
        let cloud = Cloud::of(kind, &place)?;
        Some(Self::of(cloud, place))
    }

    pub(crate) fn of(cloud: Cloud, place: Place) -> Self {
        Self { proxy: cloud.proxy(Plan::peace()), cloud, place }
    }

    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        Running::start(&mut self.cloud.command(&self.place, self.proxy.as_ref(), arguments))
    }

    /// Runs the command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.start(arguments).wait()
    }

    /// Uploads a session to its end, over whatever the network is.
    pub(crate) fn upload(&self, session: &Path) -> Ran {
        self.run(&["upload", text(session), &self.cloud.url])
    }

    /// What the proxy saw since it was asked last; of a folder nothing.
    pub(crate) fn log(&self) -> Vec<Entry> {
        self.proxy.as_ref().map(Proxy::clear).unwrap_or_default()
    }

    /// The keys that requests of a log put, in their order.
    pub(crate) fn puts(&self, log: &[Entry]) -> Vec<String> {
        log.iter().filter_map(|entry| self.cloud.put_key(entry)).collect()
    }

    /// The URL of the one whole session of the cloud.
    #[track_caller]
    pub(crate) fn only_session(&self) -> String {
        let listed = self.run(&["list", &self.cloud.url, "--json"]).code(0).json();
        let sessions = listed["sessions"].as_array().unwrap();
        assert_eq!(sessions.len(), 1, "{listed:#}");
        sessions[0]["url"].as_str().unwrap().to_owned()
    }

    /// Checks that the cloud has one session, and that it is whole and the same as `files`.
    #[track_caller]
    pub(crate) fn assert_holds(&self, files: &BTreeMap<String, Vec<u8>>) {
        self.assert_holds_at(&self.only_session(), files);
    }

    /// Checks that the session at `url` is whole and the same as `files`.
    #[track_caller]
    pub(crate) fn assert_holds_at(&self, url: &str, files: &BTreeMap<String, Vec<u8>>) {
        let out = tempfile::tempdir_in(self.place.path()).unwrap();
        let ran = self.run(&["download", url, "--out", text(out.path()), "--timeout", "2s"]).code(0);
        let folder = PathBuf::from(ran.stdout.trim_end());
        assert_same(files, &contents(&self.place.path().join(folder)));
    }
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

//! A session as users name it, a path or a URL, and the same opened: what every reading command works with.
//!
//! Stands between the arguments and the commands, which do not see where a session is. Reads no frame.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::builder::{OsStringValueParser, TypedValueParser, ValueParser, ValueParserFactory};
use gametelemetry::files::{self, SessionFolderError};
use gametelemetry::{SessionFile, StopToken, StoredSession};
use gametelemetry_cloud::{Bucket, CloudError, CloudUrl, MANIFEST_SUFFIX, RemoteSession};

use crate::args::CloudArgs;

/// A session as users name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SessionArg {
    /// The path of its folder, or of one of its files.
    Path(PathBuf),
    /// Its address in a bucket, or that of one of its files.
    Url(CloudUrl),
}

impl SessionArg {
    /// What stands on the command line. A path need not be text.
    pub(crate) fn parse(text: OsString) -> Result<Self, CloudError> {
        match text.to_str().filter(|text| CloudUrl::is_url(text)) {
            Some(url) => Ok(Self::Url(url.parse()?)),
            None => Ok(Self::Path(text.into())),
        }
    }

    /// Finds the session. Of one on the disk nothing is looked at yet.
    pub(crate) fn open(&self, cloud: &CloudArgs) -> Result<Session> {
        match self {
            Self::Path(path) if is_in_bucket(path) => {
                Ok(Session::Remote(remote(&CloudUrl::of_folder(path), cloud)?))
            }
            Self::Path(path) => Ok(Session::Local(path.clone())),
            Self::Url(url) => Ok(Session::Remote(remote(url, cloud)?)),
        }
    }
}

impl ValueParserFactory for SessionArg {
    type Parser = ValueParser;

    fn value_parser() -> ValueParser {
        ValueParser::new(OsStringValueParser::new().try_map(Self::parse))
    }
}

impl fmt::Display for SessionArg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => path.display().fmt(f),
            Self::Url(url) => url.fmt(f),
        }
    }
}

/// A session that can be read.
pub(crate) enum Session {
    /// One of the disk.
    Local(PathBuf),
    /// One of a bucket.
    Remote(RemoteSession),
}

impl Session {
    /// What files made of it are called unless told.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Local(path) => path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            Self::Remote(session) => session.manifest().name.clone(),
        }
    }

    /// What a page calls it: the last part of its path, or its name in the bucket.
    pub(crate) fn shown_name(&self) -> String {
        match self {
            Self::Local(path) => path
                .file_name()
                .map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned()),
            Self::Remote(_) => self.name(),
        }
    }

    /// Where a file called `name` goes that was made of it: into its folder, or of one elsewhere into the current one.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        match self {
            Self::Local(path) if path.is_dir() => path.join(name),
            Self::Local(path) => path.parent().unwrap_or(Path::new(".")).join(name),
            Self::Remote(_) => files::file_name(name).into(),
        }
    }
}

impl StoredSession for Session {
    fn open_files(&self) -> Result<Vec<SessionFile>, SessionFolderError> {
        match self {
            Self::Local(path) => path.open_files(),
            Self::Remote(session) => session.open_files(),
        }
    }
}

impl fmt::Display for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local(path) => path.display().fmt(f),
            Self::Remote(session) => session.url().fmt(f),
        }
    }
}

/// Whether a session was uploaded to `path`, as into a shared folder: its manifest stands beside.
fn is_in_bucket(path: &Path) -> bool {
    path.file_name().is_some_and(|name| {
        let mut manifest = name.to_owned();
        manifest.push(MANIFEST_SUFFIX);
        path.with_file_name(manifest).is_file()
    })
}

/// The session at `url`, or that with the session file at `url`.
fn remote(url: &CloudUrl, cloud: &CloudArgs) -> Result<RemoteSession> {
    let (place, name) = split(url)?;
    let is_file = [files::EXTENSION, files::DAT_EXTENSION]
        .iter()
        .any(|extension| Path::new(&name).extension().is_some_and(|it| it == *extension));
    if !is_file {
        return open_at(&place, &name, cloud);
    }
    let (place, session) = split(&place)?;
    Ok(open_at(&place, &session, cloud)?.only(&name)?)
}

/// Opens the session `name` of the bucket at `place`.
pub(crate) fn open_at(place: &CloudUrl, name: &str, cloud: &CloudArgs) -> Result<RemoteSession> {
    let bucket = Bucket::open(place, &cloud.options())?;
    let name = name.strip_suffix(MANIFEST_SUFFIX).unwrap_or(name);
    Ok(RemoteSession::open(&bucket, name, &RemoteSession::patience(), &StopToken::new())?)
}

/// The bucket of a session's address, and the session's name there.
pub(crate) fn split(url: &CloudUrl) -> Result<(CloudUrl, String)> {
    url.split_last().with_context(|| {
        format!("this is a bucket and no session, `gametelemetry list {url}` shows the sessions in it: {url}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_told_from_a_path() {
        let url = |text: &str| matches!(SessionArg::parse(text.into()), Ok(SessionArg::Url(_)));
        let file = if cfg!(windows) { "file:///C:/nas/monza" } else { "file:///mnt/nas/monza" };
        assert!(url("s3://laps/monza") && url(file));
        assert!(!url("sessions/monza") && !url("C:\\sessions\\monza") && !url("C://sessions"));
        assert!(SessionArg::parse("s4://laps/monza".into()).is_err());
    }
}

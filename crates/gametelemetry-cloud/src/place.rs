//! Where a bucket is: the address that a user writes, taken apart. Opens nothing.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use url::Url;

use crate::CloudError;
use crate::endpoint::without_secrets;

/// The address of a bucket, or of a place in one.
///
/// `s3://bucket/team`, `gs://bucket/team`, `az://container/team` (the account comes from the environment),
/// `https://ACCOUNT.blob.core.windows.net/container/team`, `abfss://container@ACCOUNT.dfs.core.windows.net/team`,
/// `file:///mnt/nas/team`, or the path of a folder.
///
/// ```
/// use gametelemetry_cloud::CloudUrl;
///
/// let team: CloudUrl = "s3://laps/team".parse()?;
/// assert_eq!(team.join("monza").to_string(), "s3://laps/team/monza");
/// # Ok::<(), gametelemetry_cloud::CloudError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloudUrl {
    pub(crate) kind: Kind,
    /// The bucket or container; empty for a folder.
    pub(crate) container: String,
    /// What stands before every key, without `/` at its ends; empty for a folder.
    pub(crate) prefix: String,
}

/// Which service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    S3,
    Azure {
        /// As the address names it.
        account: Option<String>,
    },
    Google,
    Folder(PathBuf),
}

impl CloudUrl {
    /// Whether `text` is an address of something that is not a path of this machine.
    #[must_use]
    pub fn is_url(text: &str) -> bool {
        text.split_once("://").is_some_and(|(scheme, _)| {
            // A single letter is a drive of Windows.
            scheme.len() > 1 && scheme.chars().all(|c| c.is_ascii_alphanumeric() || c == '+')
        })
    }

    /// The folder at `path` as a bucket.
    #[must_use]
    pub fn of_folder(path: &Path) -> Self {
        Self { kind: Kind::Folder(path.into()), container: String::new(), prefix: String::new() }
    }

    /// The path, if it is a folder of this machine.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        match &self.kind {
            Kind::Folder(path) => Some(path),
            _ => None,
        }
    }

    /// The place called `name` in this one.
    #[must_use]
    pub fn join(&self, name: &str) -> Self {
        let mut joined = self.clone();
        match &mut joined.kind {
            Kind::Folder(path) => path.push(name),
            _ if joined.prefix.is_empty() => joined.prefix = name.to_owned(),
            _ => joined.prefix = format!("{}/{name}", joined.prefix),
        }
        joined
    }

    /// The place that this one is in, and its name there; `None` for a whole bucket.
    #[must_use]
    pub fn split_last(&self) -> Option<(Self, String)> {
        let mut parent = self.clone();
        if let Kind::Folder(path) = &mut parent.kind {
            let name = path.file_name()?.to_str()?.to_owned();
            path.pop();
            return Some((parent, name));
        }
        if self.prefix.is_empty() {
            return None;
        }
        let (before, name) = self.prefix.rsplit_once('/').unwrap_or(("", &self.prefix));
        parent.prefix = before.to_owned();
        Some((parent, name.to_owned()))
    }
}

impl FromStr for CloudUrl {
    type Err = CloudError;

    /// # Errors
    /// [`CloudError::Url`] when it is no address of a bucket.
    fn from_str(text: &str) -> Result<Self, CloudError> {
        if !Self::is_url(text) {
            return Ok(Self::of_folder(Path::new(text)));
        }
        let shown = without_secrets(text);
        // A key of AWS may have `/` in it, which ends the host of an address: the rest of it looks like a port or a path.
        let has_credentials = text
            .split_once("://")
            .is_some_and(|(_, rest)| rest.rsplit_once('@').is_some_and(|(before, _)| before.contains(':')));
        let url = match Url::parse(text) {
            Ok(url) => url,
            Err(_) if has_credentials => return Err(wrong(&shown, NO_CREDENTIALS)),
            Err(error) => return Err(wrong(&shown, &format!("this is no address ({error})"))),
        };
        let has_user = !url.username().is_empty() && !matches!(url.scheme(), "abfs" | "abfss");
        let has_port = url.port().is_some() && !matches!(url.scheme(), "http" | "https");
        let has_options = url.query().is_some() || url.fragment().is_some();
        if url.password().is_some() || has_user || has_options || (has_port && has_credentials) {
            return Err(wrong(&shown, NO_CREDENTIALS));
        }
        if has_port {
            return Err(wrong(
                &shown,
                "the address of a bucket has no port; a server is named by a variable",
            ));
        }
        parse(&url, &shown)
    }
}

const NO_CREDENTIALS: &str = "credentials and options do not belong into the address, which is stored and shown; \
                              set them by the cloud's own variables or files";

fn parse(url: &Url, text: &str) -> Result<CloudUrl, CloudError> {
    let host = url.host_str().unwrap_or_default();
    let account = |host: &str| host.split_once('.').map(|(account, _)| account.to_owned());
    let path = decoded_path(url).ok_or_else(|| wrong(text, "the path is no valid text"))?;
    let (kind, container, prefix) = match url.scheme() {
        "s3" | "s3a" => (Kind::S3, host.to_owned(), path),
        "gs" | "gcs" => (Kind::Google, host.to_owned(), path),
        "az" | "azure" => (Kind::Azure { account: None }, host.to_owned(), path),
        "abfs" | "abfss" if !url.username().is_empty() => {
            (Kind::Azure { account: account(host) }, url.username().to_owned(), path)
        }
        "abfs" | "abfss" => (Kind::Azure { account: None }, host.to_owned(), path),
        "https" if host.ends_with(".blob.core.windows.net") || host.ends_with(".dfs.core.windows.net") => {
            let (container, prefix) = path.split_once('/').unwrap_or((&path, ""));
            (Kind::Azure { account: account(host) }, container.to_owned(), prefix.to_owned())
        }
        "file" => {
            let folder = url.to_file_path().map_err(|()| wrong(text, "this is no folder of this machine"))?;
            return Ok(CloudUrl::of_folder(&folder));
        }
        "http" | "https" => {
            let why = "write s3://BUCKET/PATH and set AWS_ENDPOINT_URL for a server that speaks S3, \
                       or az://CONTAINER/PATH, or gs://BUCKET/PATH";
            return Err(wrong(text, why));
        }
        scheme => {
            let why =
                format!("{scheme} is not known; use s3://, gs://, az://, file:// or the path of a folder");
            return Err(wrong(text, &why));
        }
    };
    if container.is_empty() {
        return Err(wrong(text, "the address names no bucket; write for example s3://BUCKET/PATH"));
    }
    if prefix.split('/').any(|part| part == "." || part == ".." || (part.is_empty() && !prefix.is_empty())) {
        return Err(wrong(text, "the path must not have empty parts, . or .."));
    }
    Ok(CloudUrl { kind, container, prefix })
}

/// The path of `url` as text, without `/` at its ends.
fn decoded_path(url: &Url) -> Option<String> {
    let path = percent_encoding::percent_decode_str(url.path()).decode_utf8().ok()?;
    Some(path.trim_matches('/').to_owned())
}

fn wrong(url: &str, why: &str) -> CloudError {
    CloudError::Url { url: url.to_owned(), why: why.to_owned() }
}

impl fmt::Display for CloudUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slash = if self.prefix.is_empty() { "" } else { "/" };
        match &self.kind {
            Kind::S3 => write!(f, "s3://{}{slash}{}", self.container, self.prefix),
            Kind::Google => write!(f, "gs://{}{slash}{}", self.container, self.prefix),
            Kind::Azure { account: None } => write!(f, "az://{}{slash}{}", self.container, self.prefix),
            Kind::Azure { account: Some(account) } => {
                write!(f, "https://{account}.blob.core.windows.net/{}{slash}{}", self.container, self.prefix)
            }
            Kind::Folder(path) => write!(f, "{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart_and_shown_again() {
        for (text, shown, container, prefix) in [
            ("s3://laps/team/a", "s3://laps/team/a", "laps", "team/a"),
            ("s3://laps/", "s3://laps", "laps", ""),
            ("gs://laps/team/", "gs://laps/team", "laps", "team"),
            ("az://laps/team", "az://laps/team", "laps", "team"),
            (
                "https://rig.blob.core.windows.net/laps/team",
                "https://rig.blob.core.windows.net/laps/team",
                "laps",
                "team",
            ),
            (
                "abfss://laps@rig.dfs.core.windows.net/team",
                "https://rig.blob.core.windows.net/laps/team",
                "laps",
                "team",
            ),
            ("s3://laps/two%20words", "s3://laps/two words", "laps", "two words"),
        ] {
            let url: CloudUrl = text.parse().unwrap();
            let got = (url.to_string(), url.container.as_str(), url.prefix.as_str());
            assert_eq!(got, (shown.to_owned(), container, prefix), "{text}");
        }
    }

    #[test]
    fn what_is_no_bucket_is_refused_with_advice_and_without_its_secrets() {
        for (text, advice) in [
            ("s4://laps", "s4 is not known"),
            ("s3:///team", "names no bucket"),
            ("https://minio.local/laps", "AWS_ENDPOINT_URL"),
            ("s3://key:hunter2@laps/team", "credentials"),
            ("s3://AKIA:abc/hunter2@laps/team", "credentials"),
            ("s3://AKIA:123/hunter2@laps/team", "credentials"),
            ("s3://AKIA:12/hunter2/hunter2+@laps", "credentials"),
            ("s3://hunter2@laps/team", "credentials"),
            ("s3://la ps?hunter2", "no address"),
            ("s3://laps:9000/team", "no port"),
            ("https://rig.blob.core.windows.net/laps?sig=hunter2", "credentials"),
            ("s3://laps/a//b", "empty parts"),
        ] {
            let error = text.parse::<CloudUrl>().unwrap_err().to_string();
            assert!(error.contains(advice) && !error.contains("hunter2"), "{text}: {error}");
        }
    }

    #[test]
    fn a_place_is_joined_and_split() {
        for text in ["s3://laps", "gs://laps/team", "/mnt/nas", "az://laps/a/b"] {
            let url: CloudUrl = text.parse().unwrap();
            assert_eq!(url.join("x").split_last(), Some((url.clone(), "x".to_owned())), "{text}");
        }
        assert_eq!("s3://laps".parse::<CloudUrl>().unwrap().split_last(), None);
        assert!(
            !CloudUrl::is_url("C:\\laps") && !CloudUrl::is_url("sessions/x") && CloudUrl::is_url("gs://x")
        );
    }
}

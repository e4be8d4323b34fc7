//! Why something in a bucket cannot be done, told so that the user knows what to do, and the uploader whether to wait.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// Why a request, or what was made of it, failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CloudError {
    /// The address cannot be understood.
    #[error("{why}: {url}")]
    Url {
        /// The address, without anything that may be a secret.
        url: String,
        /// What is wrong with it, and what to write.
        why: String,
    },
    /// Plain HTTP to another machine.
    #[error(
        "the server is asked over plain HTTP, which everybody on the way can read; use https, or allow it with --allow-http: {url}"
    )]
    Insecure {
        /// The server.
        url: String,
    },
    /// There is no such object.
    #[error("there is no such object: {key}")]
    Missing {
        /// Its key.
        key: String,
    },
    /// Something with this key is there.
    #[error("the object exists already: {key}")]
    Exists {
        /// Its key.
        key: String,
    },
    /// The bucket, container or folder is not there.
    #[error("there is no such bucket, make it first or check the name: {url}")]
    NoBucket {
        /// The address.
        url: String,
    },
    /// No credentials were found.
    #[error("no credentials for {cloud}: {advice}")]
    NoCredentials {
        /// Which cloud.
        cloud: &'static str,
        /// Where they are looked for.
        advice: &'static str,
    },
    /// The server does not let us.
    #[error("the server refuses access ({said}): check the credentials and what they may do: {url}")]
    Denied {
        /// The address.
        url: String,
        /// What the server said.
        said: String,
    },
    /// The machine's clock is wrong, so that signatures are.
    #[error(
        "the server refuses requests because this machine's clock is wrong ({said}): set the time of the machine: {url}"
    )]
    ClockSkew {
        /// The address.
        url: String,
        /// What the server said.
        said: String,
    },
    /// The server's certificate is not to be trusted.
    #[error(
        "the server's certificate cannot be trusted ({said}): check the address and the machine's clock: {url}"
    )]
    Certificate {
        /// The address.
        url: String,
        /// What is wrong with it.
        said: String,
    },
    /// No connection, or it broke.
    #[error("cannot reach the server ({said}): {url}")]
    Unreachable {
        /// The address.
        url: String,
        /// What happened.
        said: String,
    },
    /// No answer in time.
    #[error("the server did not answer, and no byte moved for {limit:?}: {url}")]
    TimedOut {
        /// The address.
        url: String,
        /// How long nothing moved.
        limit: Duration,
    },
    /// The server is in trouble, or busy; it may work later.
    #[error("the server cannot do it now ({said}): {url}")]
    Busy {
        /// The address.
        url: String,
        /// What the server said.
        said: String,
        /// How long it asks to be left alone, if it says.
        retry_after: Option<Duration>,
    },
    /// The server does not do such a thing.
    #[error("the server refuses the request ({said}): {url}")]
    Refused {
        /// The address.
        url: String,
        /// What the server said.
        said: String,
    },
    /// Nobody tells whether what was sent arrived as it is.
    #[error(
        "the server does not tell what it stored, and the credentials may not read it back: allow them to read what they write: {url}"
    )]
    MayNotRead {
        /// The address.
        url: String,
    },
    /// What is in the bucket is not what should be there.
    #[error("the object is damaged, its hash is not that of what was sent: {key}")]
    Damaged {
        /// Its key.
        key: String,
    },
    /// An object of ours cannot be understood.
    #[error("{key} cannot be read, {why}")]
    Unreadable {
        /// Its key.
        key: String,
        /// What is wrong.
        why: String,
    },
    /// Windows does not let a file be replaced that somebody reads.
    #[error("another program reads the file, so it cannot be replaced now: {}", path.display())]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// A file or folder of this machine.
    #[error("{what}: {}", path.display())]
    Local {
        /// What could not be done, and what to do.
        what: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// It was stopped before it was done.
    #[error("stopped before it was done; the same command goes on where it stopped")]
    Stopped,
}

impl CloudError {
    /// Whether waiting may mend it.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. }
                | Self::TimedOut { .. }
                | Self::Busy { .. }
                | Self::Damaged { .. }
                | Self::InUse { .. }
        )
    }

    /// An error of this machine's disk.
    pub(crate) fn local(what: &'static str, path: impl Into<PathBuf>, source: io::Error) -> Self {
        let what = match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "the disk is full, free some space",
            _ => what,
        };
        Self::Local { what, path: path.into(), source }
    }

    /// What an answer of `status` with `body` means for the object `key` at `url`.
    pub(crate) fn of_answer(url: &str, key: &str, status: u16, body: &str) -> Self {
        let (url, key) = (url.to_owned(), key.to_owned());
        let code = code_in(body);
        let said = match code {
            Some(code) => format!("{status} {code}"),
            None => format!("status {status}"),
        };
        let names = |names: &[&str]| code.is_some_and(|code| names.contains(&code));
        let mentions = |what: &str| body.to_ascii_lowercase().contains(what);
        match status {
            _ if names(&["RequestTimeTooSkewed"]) || (status == 403 && mentions("date header")) => {
                Self::ClockSkew { url, said }
            }
            _ if names(&["NoSuchBucket", "ContainerNotFound"]) => Self::NoBucket { url },
            _ if names(&["RequestTimeout", "SlowDown", "OperationTimedOut"]) => {
                Self::Busy { url, said, retry_after: None }
            }
            404 if mentions("bucket does not exist") => Self::NoBucket { url },
            404 => Self::Missing { key },
            // 304 and 409 are what Azure and compatibles say where others say 412.
            412 | 304 => Self::Exists { key },
            409 if names(&["BlobAlreadyExists", "ResourceAlreadyExists"]) => Self::Exists { key },
            401 | 403 => Self::Denied { url, said },
            _ if names(&["ExpiredToken", "InvalidToken", "InvalidAccessKeyId"]) => Self::Denied { url, said },
            408 | 409 | 423 | 425 | 429 => Self::Busy { url, said, retry_after: None },
            // Not implemented, and loops: no use to ask again.
            501 | 505 | 508 => Self::Refused { url, said },
            500.. => Self::Busy { url, said, retry_after: None },
            _ => Self::Refused { url, said },
        }
    }
}

impl CloudError {
    /// With how long the server asks to be left alone, where it may be asked again at all.
    pub(crate) fn with_retry_after(mut self, asked: Option<Duration>) -> Self {
        if let Self::Busy { retry_after, .. } = &mut self {
            *retry_after = asked;
        }
        self
    }
}

/// The code that a server gives for an error, in XML or JSON.
fn code_in(body: &str) -> Option<&str> {
    let between = |start: &str, end: &str| Some(body.split_once(start)?.1.split_once(end)?.0);
    let code = between("<Code>", "</Code>").or_else(|| between("\"reason\": \"", "\""));
    let code = code.or_else(|| between("\"reason\":\"", "\""))?;
    let is_code = !code.is_empty() && code.len() < 60 && code.chars().all(|c| c.is_ascii_alphanumeric());
    is_code.then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_become_errors_that_say_what_to_do() {
        let check = |status, body: &str, starts: &str, is_transient| {
            let error = CloudError::of_answer("s3://laps", "a", status, body);
            let text = error.to_string();
            assert!(text.starts_with(starts), "{status} {body}: {text}");
            assert_eq!(error.is_transient(), is_transient, "{status} {body}");
        };
        check(404, "<Error><Code>NoSuchBucket</Code></Error>", "there is no such bucket", false);
        check(404, "<Error><Code>NoSuchKey</Code></Error>", "there is no such object", false);
        check(404, "", "there is no such object", false);
        check(
            403,
            "<Error><Code>RequestTimeTooSkewed</Code></Error>",
            "the server refuses requests because",
            false,
        );
        check(403, "<Code>SignatureDoesNotMatch</Code>", "the server refuses access (403 Signature", false);
        check(412, "", "the object exists already", false);
        check(409, "<Code>BlobAlreadyExists</Code>", "the object exists already", false);
        check(500, "", "the server cannot do it now (status 500)", true);
        check(503, "<Code>SlowDown</Code>", "the server cannot do it now (503 SlowDown)", true);
        check(400, "<Code>RequestTimeout</Code>", "the server cannot do it now", true);
        check(429, "", "the server cannot do it now", true);
        check(501, "", "the server refuses the request", false);
        check(400, "{\"reason\": \"invalid\"}", "the server refuses the request (400 invalid)", false);
    }
}

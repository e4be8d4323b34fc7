//! Which servers may be asked, and what of an address may be shown. Every way to name a server comes through here.

use std::net::IpAddr;

use url::{Host, Url};

use crate::CloudError;

/// The endpoint `server` as it is to be asked, without `/` at its end: encrypted, on this machine, or anything if that is
/// allowed. Who may be asked is decided by what the address means, as the HTTP library will take it, not by its letters.
pub(crate) fn checked_server(server: &str, allow_http: bool) -> Result<String, CloudError> {
    let wrong = |why: String| CloudError::Url { url: without_secrets(server), why };
    let url = Url::parse(server).map_err(|error| {
        wrong(format!(
            "the server's address cannot be understood ({error}); write for example https://HOST:PORT"
        ))
    })?;
    if !url.username().is_empty() || url.password().is_some() {
        let why = "credentials do not belong into a server's address, which is shown; \
                   set them by the cloud's own variables or files";
        return Err(wrong(why.to_owned()));
    }
    match url.scheme() {
        "https" => {}
        "http" if allow_http || is_this_machine(&url) => {}
        "http" => return Err(CloudError::Insecure { url: without_secrets(url.as_str()) }),
        scheme => return Err(wrong(format!("a server is asked by https or http, not by {scheme}"))),
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        None => false,
    }
}

/// `text`, which may be no valid address, without what may be a secret in it: all between `://` and the last `@`, since
/// keys have `/` in them, and all from the first `?` or `#` on.
pub(crate) fn without_secrets(text: &str) -> String {
    const QUERY: [char; 2] = ['?', '#'];
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), text),
    };
    let shown = match rest.rsplit_once('@') {
        // Nobody knows whether it ends a key or is in one.
        Some((before, _)) if before.contains(QUERY) => "",
        Some((_, shown)) => shown,
        None => rest,
    };
    format!("{scheme}{}", shown.split(QUERY).next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_this_machine_or_for_who_allows_it() {
        for server in [
            "http://127.0.0.1:5000",
            "http://localhost",
            "HTTP://LocalHost:1",
            "http://[::1]:80/x",
            "https://minio.local",
        ] {
            assert!(checked_server(server, false).is_ok(), "{server}");
        }
        for server in [
            "http://minio.local:9000",
            "http://10.0.0.1",
            "http://localhost.evil.example",
            "HTTP://0.0.0.0:9000",
            "hTTp://minio.local",
            "http:minio.local",
            "http:\\\\minio.local",
        ] {
            let error = checked_server(server, false).unwrap_err();
            assert!(matches!(error, CloudError::Insecure { .. }), "{server}: {error}");
            assert!(checked_server(server, true).is_ok(), "{server}");
        }
    }

    #[test]
    fn who_is_asked_is_what_was_checked() {
        for (server, asked) in [
            ("https://minio.local/", "https://minio.local"),
            ("HTTPS://Minio.Local:9000/s3/", "https://minio.local:9000/s3"),
            ("http://127.1:80", "http://127.0.0.1"),
        ] {
            assert_eq!(checked_server(server, false).unwrap(), asked);
        }
    }

    #[test]
    fn an_endpoint_with_credentials_is_refused_without_an_echo() {
        for server in [
            "http://rig:hunter2@127.0.0.1:80",
            "http://127.0.0.1:80@minio.local",
            "https://hunter2@minio.local/?x=hunter2",
            "https://rig:hunter2/hunter2@minio.local",
            "ftp://minio.local/?key=hunter2",
            "minio.local:9000",
            "",
        ] {
            let error = checked_server(server, true).unwrap_err();
            assert!(matches!(error, CloudError::Url { .. }), "{server}: {error}");
            assert!(!error.to_string().contains("hunter2"), "{server}: {error}");
        }
    }

    #[test]
    fn what_may_be_a_secret_is_not_shown() {
        for (text, shown) in [
            ("s3://AKIA:abc/defSECRET@laps", "s3://laps"),
            ("s3://a@b/c@laps/team", "s3://laps/team"),
            ("https://rig/laps?sig=SECRET@SECRET", "https://"),
            ("https://a@rig/laps?sig=SECRET#SECRET", "https://rig/laps"),
            ("https://rig/laps?sig=SECRET", "https://rig/laps"),
            ("laps/team", "laps/team"),
        ] {
            assert_eq!(without_secrets(text), shown);
        }
    }
}

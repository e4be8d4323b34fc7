//! The sources of games that speak HTTP, made from what a game says of them and what the user asks for.
//!
//! Only fills in the core's builders: which games, pages and ports there are stands in the games' folders.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use gametelemetry::{HttpPollingSource, HttpPushSource, Schema};

use crate::game::{RecordOptions, SourceInfo, Transport};

/// The source `info` of a game's own HTTP server, at its usual address or where `options` say that the game runs.
pub(crate) fn http_polling(
    info: &SourceInfo,
    schema: &'static Schema,
    options: &RecordOptions,
    enable: &str,
) -> HttpPollingSource {
    let url = match info.transport {
        Transport::HttpPolling { urls } => urls.first().copied().unwrap_or_default(),
        _ => "",
    };
    HttpPollingSource::new(&moved(url, options), Arc::new(schema.clone()))
        .name(info.name)
        .hz(options.rate(info))
        .keep_unchanged(options.keep_unchanged)
        .fail_fast(options.fail_fast)
        .hint(enable)
}

/// `url` with the host and the port that `options` have instead of its own.
fn moved(url: &str, options: &RecordOptions) -> String {
    let (host, path) = url.strip_prefix("http://").and_then(|rest| rest.split_once('/')).unwrap_or_default();
    let (host, port) = host.split_once(':').unwrap_or((host, "80"));
    let host = match options.host.as_deref() {
        // An IPv6 address must be told from its port.
        Some(host) if host.parse::<Ipv6Addr>().is_ok() => format!("[{host}]"),
        other => other.unwrap_or(host).to_owned(),
    };
    let port = options.port.map_or_else(|| port.to_owned(), |port| port.to_string());
    format!("http://{host}:{port}/{path}")
}

/// Where Valve's games put their token.
const TOKEN_AT: &str = "/auth/token";

/// `body`, as a recording has it of a game that POSTs, with `token` where the game said one and the recording hides it:
/// what a receiver that wants the token takes. `None` when the game said none.
#[must_use]
pub fn with_token(body: &[u8], token: &str) -> Option<Vec<u8>> {
    gametelemetry::put_text(body, TOKEN_AT, token)
}

/// The source `info` of what a game POSTs, listening as `options` say. Valve's games put their token into `auth`,
/// which is never kept.
pub(crate) fn http_push(
    info: &SourceInfo,
    schema: &'static Schema,
    options: &RecordOptions,
    enable: &str,
) -> HttpPushSource {
    let port = match info.transport {
        Transport::HttpPush { port } => port,
        _ => 0,
    };
    let source = HttpPushSource::new(options.port.unwrap_or(port), Arc::new(schema.clone()))
        .name(info.name)
        .listen(options.listen.unwrap_or(Ipv4Addr::LOCALHOST.into()))
        .allow(&options.allow)
        .max_body(schema.size.max())
        .fail_fast(options.fail_fast)
        .hint(enable)
        .hide("/auth");
    match &options.token {
        Some(token) => source.token(TOKEN_AT, token),
        None => source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_game_s_server_is_asked_where_the_options_say() {
        let url = "http://127.0.0.1:8111/state?a=b/c";
        let at = |host: Option<&str>, port| {
            moved(url, &RecordOptions { host: host.map(Into::into), port, ..RecordOptions::default() })
        };
        assert_eq!(at(None, None), url);
        assert_eq!(at(Some("192.168.1.5"), None), "http://192.168.1.5:8111/state?a=b/c");
        assert_eq!(at(Some("::1"), Some(80)), "http://[::1]:80/state?a=b/c");
    }
}

//! Asks one address over HTTP: a thin shell around `ureq` that gives each end a name and bounds what is read.
//!
//! Does not wait, repeat or count.

use std::io::Read;
use std::time::Duration;

/// What a request came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Status 200, and the body is in the buffer.
    Body,
    /// Status 200 with a body longer than is taken.
    TooLong,
    /// Another status.
    Status(u16),
    /// No whole answer: nobody listens, nothing comes, or what comes is no HTTP.
    None(String),
}

#[derive(Debug)]
pub(super) struct Client {
    agent: ureq::Agent,
    url: String,
    most: u64,
}

impl Client {
    /// Asks `url`, reads at most `most` bytes of a body, and gives up after `patience`.
    pub(super) fn new(url: &str, most: u64, patience: Duration) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            // A game on this machine is not behind the proxy that the environment names.
            .proxy(None)
            .timeout_connect(Some(patience))
            .timeout_global(Some(patience))
            .max_response_header_size(16 << 10)
            .max_idle_connections(1)
            .max_idle_connections_per_host(1)
            .user_agent(concat!("gametelemetry/", env!("CARGO_PKG_VERSION")))
            .build();
        Self { agent: config.into(), url: url.to_owned(), most }
    }

    /// Bytes of a body that are taken.
    pub(super) fn most(&self) -> u64 {
        self.most
    }

    /// Asks once; the body of the answer replaces what is in `body`.
    pub(super) fn ask(&self, body: &mut Vec<u8>) -> Answer {
        body.clear();
        let mut answer = match self.agent.get(&self.url).call() {
            Ok(answer) => answer,
            Err(error) => return Answer::None(error.to_string()),
        };
        let status = answer.status().as_u16();
        // Read in any case, so that the connection can be used again.
        let read = answer.body_mut().as_reader().take(self.most.saturating_add(1)).read_to_end(body);
        match read {
            Err(error) => Answer::None(error.to_string()),
            Ok(_) if status != 200 => Answer::Status(status),
            Ok(length) if u64::try_from(length).unwrap_or(u64::MAX) > self.most => Answer::TooLong,
            Ok(_) => Answer::Body,
        }
    }
}

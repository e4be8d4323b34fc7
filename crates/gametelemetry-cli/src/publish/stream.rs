//! A game's server that sends a stream of messages to whoever has connected, for `replay`.
//!
//! What clients say is read and passed over: a real game may want a greeting, a recording has none of the answers.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde::Serialize;

/// Clients at a time; a further one is hung up on.
const MOST_CLIENTS: usize = 16;
/// A client that takes nothing for so long is hung up on.
const PATIENCE: Duration = Duration::from_secs(5);

/// What was sent.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct SentMessages {
    /// Messages, each counted once for every client that got it.
    pub(crate) sent: u64,
    pub(crate) bytes: u64,
    /// Clients that hung up, or were too slow.
    pub(crate) failed: u64,
}

/// The server; it ends when it is dropped.
pub(crate) struct Stream {
    listener: TcpListener,
    clients: Vec<TcpStream>,
    pub(crate) sent: SentMessages,
}

impl Stream {
    /// Listens at `address`, as `127.0.0.1:50000`.
    pub(crate) fn serve(address: &str) -> Result<Self> {
        let listener = TcpListener::bind(address)
            .with_context(|| format!("cannot serve at TCP {address}; end what listens there"))?;
        listener.set_nonblocking(true)?;
        Ok(Self { listener, clients: Vec::new(), sent: SentMessages::default() })
    }

    /// Lets in who connects now.
    pub(crate) fn take_clients(&mut self) {
        while let Ok((client, _)) = self.listener.accept() {
            let is_ready = client.set_nonblocking(false).is_ok()
                && client.set_nodelay(true).is_ok()
                && client.set_write_timeout(Some(PATIENCE)).is_ok();
            if is_ready && self.clients.len() < MOST_CLIENTS {
                self.clients.push(client);
            }
        }
        self.clients.iter_mut().for_each(pass_over);
    }

    /// Whether anybody would get what is sent.
    pub(crate) fn has_receiver(&self) -> bool {
        !self.clients.is_empty()
    }

    /// Sends `message` to every client; one that does not take it is hung up on.
    pub(crate) fn send(&mut self, message: &[u8]) {
        let sent = &mut self.sent;
        self.clients.retain_mut(|client| {
            let taken = client.write_all(message).is_ok();
            if taken {
                sent.sent += 1;
                sent.bytes += message.len() as u64;
            } else {
                sent.failed += 1;
            }
            taken
        });
    }

    /// Ends the stream so that every client gets the last message, and says what was sent.
    pub(crate) fn finish(mut self) -> SentMessages {
        for client in &mut self.clients {
            // Hung up on while it is still speaking, the system would take back what was not read yet.
            let _ = client.shutdown(Shutdown::Write);
            let _ = client.set_read_timeout(Some(PATIENCE));
            let _ = io::copy(&mut client.take(1 << 20), &mut io::sink());
        }
        self.sent
    }
}

/// Reads what `client` has said until now.
fn pass_over(client: &mut TcpStream) {
    let mut said = [0; 1024];
    if client.set_nonblocking(true).is_ok() {
        while client.read(&mut said).is_ok_and(|size| size > 0) {}
    }
    let _ = client.set_nonblocking(false);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_client_gets_every_message_whatever_it_says() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        drop(listener);
        let mut stream = Stream::serve(&address).unwrap();
        let mut clients = [&address; 2].map(|address| TcpStream::connect(address).unwrap());
        while stream.clients.len() < 2 {
            stream.take_clients();
        }
        clients[0].write_all(b"hello").unwrap();
        stream.send(b"one,");
        stream.take_clients();
        stream.send(b"two");
        let read = clients.map(|mut client| {
            std::thread::spawn(move || {
                let mut text = String::new();
                client.read_to_string(&mut text).unwrap();
                text
            })
        });
        assert_eq!(stream.finish().sent, 4);
        assert_eq!(read.map(|thread| thread.join().unwrap()), ["one,two", "one,two"]);
    }
}

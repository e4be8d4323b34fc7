//! A small web server that answers as a game's own does: one text a path, the newest there is.
//!
//! For games that are asked (War Thunder). Serves GET only, to a few clients at a time.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};

/// The longest head of a request, in bytes.
const LONGEST_HEAD: usize = 8 << 10;
/// The most headers of a request.
const MOST_HEADERS: usize = 32;
/// Clients at a time; a further one is hung up on.
const MOST_CLIENTS: usize = 16;
/// A client that says nothing for so long is hung up on.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is answered, by path without query.
type Texts = Arc<Mutex<BTreeMap<String, String>>>;

/// The server; it ends with the process.
pub(crate) struct Answers {
    texts: Texts,
    served: Arc<AtomicU64>,
}

impl Answers {
    /// Serves at `address`, as `127.0.0.1:8111`.
    pub(crate) fn serve(address: &str) -> Result<Self> {
        let listener = TcpListener::bind(address)
            .with_context(|| format!("cannot serve at TCP {address}; end what listens there"))?;
        let (texts, served) = (Texts::default(), Arc::new(AtomicU64::new(0)));
        let (shared, counted) = (Arc::clone(&texts), Arc::clone(&served));
        let serve = move || {
            let clients = Arc::new(AtomicUsize::new(0));
            for client in listener.incoming().flatten() {
                let (shared, counted, clients) =
                    (Arc::clone(&shared), Arc::clone(&counted), Arc::clone(&clients));
                if clients.fetch_add(1, Ordering::Relaxed) >= MOST_CLIENTS {
                    clients.fetch_sub(1, Ordering::Relaxed);
                    continue;
                }
                let talk = move || {
                    // A client that hangs up, or is hung up on, is no matter.
                    let _ = talk(client, &shared, &counted);
                    clients.fetch_sub(1, Ordering::Relaxed);
                };
                let _ = std::thread::Builder::new().name("web client".to_owned()).spawn(talk);
            }
        };
        std::thread::Builder::new().name("web server".to_owned()).spawn(serve)?;
        Ok(Self { texts, served })
    }

    /// Answers `text` to `path` (its query is passed over) from now on.
    pub(crate) fn set(&self, path: &str, text: String) {
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        texts.insert(without_query(path).to_owned(), text);
    }

    /// Requests answered so far.
    pub(crate) fn served(&self) -> u64 {
        self.served.load(Ordering::Relaxed)
    }
}

fn without_query(path: &str) -> &str {
    path.split('?').next().unwrap_or_default()
}

/// Answers one client until it hangs up.
fn talk(mut client: TcpStream, texts: &Texts, served: &AtomicU64) -> std::io::Result<()> {
    client.set_read_timeout(Some(PATIENCE))?;
    client.set_nodelay(true)?;
    let mut bytes = Vec::new();
    loop {
        let Some((path, taken)) = request(&bytes) else {
            let mut chunk = [0; 2048];
            let size = client.read(&mut chunk)?;
            if size == 0 || bytes.len() + size > LONGEST_HEAD {
                return Ok(());
            }
            bytes.extend_from_slice(chunk.get(..size).unwrap_or_default());
            continue;
        };
        bytes.drain(..taken);
        let Some(path) = path else {
            return client.write_all(
                b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            );
        };
        let text = texts.lock().unwrap_or_else(PoisonError::into_inner).get(without_query(&path)).cloned();
        let (status, text) = match text {
            Some(text) => ("200 OK", text),
            None => ("404 Not Found", String::new()),
        };
        // Before the answer, so that whoever has it finds it counted.
        served.fetch_add(1, Ordering::Relaxed);
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            text.len()
        );
        client.write_all([head.as_bytes(), text.as_bytes()].concat().as_slice())?;
    }
}

/// The path of the first request in `bytes`, and how many bytes it has; no path when it is no GET. `None` while it is
/// not whole.
fn request(bytes: &[u8]) -> Option<(Option<String>, usize)> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(bytes) {
        Ok(httparse::Status::Complete(taken)) => {
            let path = request.path.filter(|_| request.method == Some("GET"));
            Some((path.map(str::to_owned), taken))
        }
        Ok(httparse::Status::Partial) => None,
        Err(_) => Some((None, bytes.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_text_is_answered_again_and_again_on_one_connection() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        drop(listener);
        let answers = Answers::serve(&address).unwrap();
        answers.set("/state?x=1", "{\"a\":1}".to_owned());
        let mut client = TcpStream::connect(&address).unwrap();
        let mut ask = |request: &str| {
            client.write_all(request.as_bytes()).unwrap();
            let mut buffer = [0; 1000];
            let size = client.read(&mut buffer).unwrap();
            String::from_utf8(buffer[..size].to_vec()).unwrap()
        };
        assert!(ask("GET /state HTTP/1.1\r\nHost: a\r\n\r\n").ends_with("\r\n\r\n{\"a\":1}"));
        answers.set("/state", "{}".to_owned());
        assert!(ask("GET /state?now HTTP/1.1\r\n\r\n").ends_with("\r\n\r\n{}"));
        assert!(ask("GET /other HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 404"));
        assert!(ask("POST /state HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 405"));
        assert_eq!(answers.served(), 3);
    }
}

//! What the tests of the HTTP client share: a server that does on the wire what it is told, and a call to it.

// Each test file is a crate of its own and uses a part of this.
#![allow(dead_code)]
#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use aisp::clock::Deadline;
use aisp::error::Fault;
use aisp::provider::HttpCall;
use aisp::upstream::{self, Allowed, Net, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use secrecy::SecretString;

/// What a server has seen when its client has gone.
pub const CLOSED: &str = "closed";

/// A server on loopback: `serve` gets each connection, with its number, in a thread of its own.
pub struct Server {
    pub port: u16,
    /// Every request that was read whole, head and body.
    requests: Receiver<String>,
}

/// One connection, as the server sees it.
pub struct Connection {
    pub stream: TcpStream,
    reader: BufReader<TcpStream>,
    requests: mpsc::Sender<String>,
}

impl Server {
    pub fn start(serve: impl Fn(u32, &mut Connection) + Send + Sync + Copy + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (send, requests) = mpsc::channel();
        thread::spawn(move || {
            for (number, stream) in listener.incoming().map_while(Result::ok).enumerate() {
                let requests = send.clone();
                let reader = BufReader::new(stream.try_clone().unwrap());
                thread::spawn(move || serve(number as u32, &mut Connection { stream, reader, requests }));
            }
        });
        Self { port, requests }
    }

    /// A server that answers the first request of every connection with these bytes and then closes.
    pub fn answering(bytes: &'static [u8]) -> Self {
        Self::start(move |_, connection| {
            connection.read();
            connection.write(bytes);
        })
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/v1/responses", self.port)
    }

    pub fn call(&self) -> HttpCall {
        call(&self.url())
    }

    pub fn post(&self) -> Result<Response, Fault> {
        upstream::post(&net(), &self.call(), in_ms(5_000), &())
    }

    pub fn seen(&self) -> Vec<String> {
        self.requests.try_iter().collect()
    }

    /// Waits for the next request that is read whole, or for [`CLOSED`].
    pub fn next_seen(&self, within: Duration) -> Option<String> {
        self.requests.recv_timeout(within).ok()
    }
}

impl Connection {
    /// Reads one request; false when the client has gone.
    pub fn read(&mut self) -> bool {
        self.request().is_some()
    }

    /// Reads one request, head and body; `None` when the client has gone.
    pub fn request(&mut self) -> Option<String> {
        let mut request = String::new();
        while !request.ends_with("\r\n\r\n") {
            if self.reader.read_line(&mut request).unwrap_or(0) == 0 {
                return None;
            }
        }
        let length = |line: &str| line.strip_prefix("content-length: ").and_then(|value| value.parse().ok());
        let mut body = vec![0; request.to_lowercase().lines().find_map(length).unwrap_or(0)];
        if self.reader.read_exact(&mut body).is_err() {
            return None;
        }
        request.push_str(&String::from_utf8_lossy(&body));
        self.requests.send(request.clone()).ok()?;
        Some(request)
    }

    /// Waits until the client has gone, and says so.
    pub fn closed(&mut self) {
        while self.reader.read(&mut [0; 1024]).is_ok_and(|count| count > 0) {}
        let _ = self.requests.send(CLOSED.to_owned());
    }

    pub fn write(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).is_ok()
    }

    pub fn answer(&mut self, body: &str) -> bool {
        self.write(format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len()).as_bytes())
    }
}

pub fn call(url: &str) -> HttpCall {
    HttpCall {
        url: url.into(),
        headers: vec![("content-type".into(), "application/json".into())],
        secret_header: Some(("authorization".into(), SecretString::from("Bearer sk-secret"))),
        body: b"{\"input\":\"Hi\"}".to_vec(),
    }
}

pub fn net() -> Net {
    Net {
        connect_timeout: Duration::from_secs(2),
        max_response_bytes: 1024 * 1024,
        allowed: Allowed::parse("127.0.0.1, localhost").unwrap(),
        ca_file: None,
    }
}

pub fn in_ms(ms: u64) -> Deadline {
    Deadline::after(Duration::from_millis(ms))
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

//! Streams and watches over TLS, where bytes come in records and a connection has a good-bye of its own.
#![allow(clippy::unwrap_used)]

#[path = "support/authority.rs"]
mod authority;
#[path = "support/wire.rs"]
mod wire;

use std::cell::Cell;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use aisp::clock::Deadline;
use aisp::error::Fault;
use aisp::upstream::{self, Net, Opened, Watch};
use authority::Authority;
use rustls::{ServerConnection, StreamOwned};
use wire::in_ms;

type Tls = StreamOwned<ServerConnection, TcpStream>;

/// A few milliseconds, on a machine that may have much else to do.
const AT_ONCE: Duration = Duration::from_millis(250);
/// 200 ms, on the same machine.
const LONGEST_PAUSE: Duration = Duration::from_millis(300);
const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";
const CHUNKED: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";

struct Server {
    net: Net,
    port: u16,
    /// The number of each connection that the client has left.
    left: Receiver<u32>,
}

impl Server {
    /// `serve` gets each connection once its handshake and one request are through; then it is kept until the client goes.
    fn start(serve: impl Fn(u32, &mut Tls) + Send + Sync + Copy + 'static) -> Self {
        let authority = Authority::new();
        let config = authority.config("localhost", false);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (send, left) = mpsc::channel();
        thread::spawn(move || {
            for (number, stream) in (0..).zip(listener.incoming().map_while(Result::ok)) {
                let (config, send) = (config.clone(), send.clone());
                thread::spawn(move || {
                    let mut tls = StreamOwned::new(ServerConnection::new(config).unwrap(), stream);
                    while request(&mut tls) {
                        serve(number, &mut tls);
                    }
                    let _ = send.send(number);
                });
            }
        });
        let net = Net { ca_file: Some(authority.file()), max_response_bytes: 16 * 1024 * 1024, ..wire::net() };
        // The client reads the file again for each call.
        std::mem::forget(authority.folder);
        Self { net, port, left }
    }

    fn open(&self, deadline: Deadline, watch: &dyn Watch) -> Result<upstream::Stream, Fault> {
        let call = wire::call(&format!("https://localhost:{}/v1/responses", self.port));
        match upstream::open(&self.net, &call, deadline, watch)? {
            Opened::Stream(stream) => Ok(*stream),
            Opened::Whole(response) => panic!("not a stream: {response:?}"),
        }
    }

    /// How many events there are, and how it ends.
    fn fetch(&self, deadline: Deadline, watch: &dyn Watch) -> (u32, Result<(), Fault>) {
        let mut stream = match self.open(deadline, watch) {
            Ok(stream) => stream,
            Err(fault) => return (0, Err(fault)),
        };
        let mut events = 0;
        loop {
            match stream.next(deadline, watch) {
                Ok(Some(_)) => events += 1,
                Ok(None) => return (events, Ok(())),
                Err(fault) => return (events, Err(fault)),
            }
        }
    }
}

/// Reads one request; false when the client has gone.
fn request(tls: &mut Tls) -> bool {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    while !bytes.ends_with(b"{\"input\":\"Hi\"}") {
        match tls.read(&mut piece) {
            Ok(0) | Err(_) => return false,
            Ok(count) => bytes.extend(&piece[..count]),
        }
    }
    true
}

fn write(tls: &mut Tls, parts: &[&[u8]]) {
    let _ = tls.write_all(&parts.concat());
    let _ = tls.flush();
}

/// Ends a call after a while.
struct Ending {
    begun: Instant,
    after: Duration,
    last: Cell<Instant>,
    longest_pause: Cell<Duration>,
}

impl Ending {
    fn after_ms(ms: u64) -> Self {
        let begun = Instant::now();
        Self { begun, after: Duration::from_millis(ms), last: Cell::new(begun), longest_pause: Cell::default() }
    }
}

impl Watch for Ending {
    fn waiting(&self) -> Result<(), Fault> {
        self.longest_pause.set(self.longest_pause.get().max(self.last.replace(Instant::now()).elapsed()));
        if self.begun.elapsed() < self.after { Ok(()) } else { Err(Fault::Cancelled) }
    }
}

#[test]
fn thousands_of_events_in_one_record_come_one_by_one_and_the_connection_is_kept() {
    let server = Server::start(|number, tls| {
        let events = format!("data:{number}\n\n").repeat(2_000);
        assert!(events.len() < 16 * 1024 - 200);
        let size = format!("{:x}\r\n", events.len());
        write(tls, &[CHUNKED, size.as_bytes(), events.as_bytes(), b"\r\n0\r\n\r\n"]);
    });
    for _ in 0..3 {
        assert_eq!(server.fetch(in_ms(5_000), &()), (2_000, Ok(())));
    }
    assert!(server.left.try_recv().is_err(), "one connection served all");
}

#[test]
fn an_event_does_not_wait_for_the_next_record() {
    let server = Server::start(|_, tls| write(tls, &[HEAD, b"data: a\n\ndata: b\n\nda"]));
    let mut stream = server.open(in_ms(5_000), &()).unwrap();
    for data in ["a", "b"] {
        assert_eq!(stream.next(in_ms(5_000), &()).unwrap().unwrap().data, data);
    }
    assert_eq!(stream.next(in_ms(300), &()), Err(Fault::Timeout));
    assert_eq!(server.left.recv_timeout(AT_ONCE), Ok(0), "closed although the stream is still held");
}

#[test]
fn only_a_good_bye_is_an_orderly_end() {
    let server = Server::start(|number, tls| {
        write(tls, &[HEAD, b"data: a\n\n"]);
        if number == 0 {
            tls.conn.send_close_notify();
            let _ = tls.flush();
        }
        let _ = tls.sock.shutdown(std::net::Shutdown::Write);
    });
    assert_eq!(server.fetch(in_ms(5_000), &()), (1, Ok(())));
    assert_eq!(server.fetch(in_ms(5_000), &()), (1, Err(Fault::Incomplete)));
}

#[test]
fn the_watch_is_asked_and_ends_a_call_in_the_handshake_before_the_headers_and_in_the_stream() {
    let server = Server::start(|number, tls| match number {
        0 => {}
        1 => write(tls, &[CHUNKED]),
        _ => write(tls, &[CHUNKED, b"9\r\ndata: a\n\n\r\n"]),
    });
    for events in [0, 0, 1] {
        let watch = Ending::after_ms(500);
        assert_eq!(server.fetch(in_ms(5_000), &watch), (events, Err(Fault::Cancelled)));
        assert!(watch.begun.elapsed() < Duration::from_millis(900), "{:?}", watch.begun.elapsed());
        assert!(watch.longest_pause.get() <= LONGEST_PAUSE, "{:?}", watch.longest_pause.get());
        assert!(server.left.recv_timeout(AT_ONCE).is_ok());
    }
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let call = wire::call(&format!("https://localhost:{}/", silent.local_addr().unwrap().port()));
    let watch = Ending::after_ms(500);
    let result = upstream::post(&wire::net(), &call, in_ms(5_000), &watch);
    assert_eq!(result.map(drop), Err(Fault::Cancelled));
    assert!(watch.begun.elapsed() < Duration::from_millis(900));
}

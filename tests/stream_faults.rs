//! Streams, and calls that are watched, against servers that misbehave on the wire: how each ends, how fast, and that the
//! next call is none the worse for it.
#![allow(clippy::unwrap_used)]

#[path = "support/wire.rs"]
mod support;

use std::cell::{Cell, RefCell};
use std::sync::Mutex;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use aisp::clock::Deadline;
use aisp::error::Fault;
use aisp::upstream::{self, Net, Opened, Stream, Watch};
use support::{CLOSED, Connection, Server, gzip, in_ms, net};

/// A few milliseconds, on a machine that may have much else to do.
const AT_ONCE: Duration = Duration::from_millis(250);
/// 200 ms, on the same machine.
const LONGEST_PAUSE: Duration = Duration::from_millis(300);
const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";
const CHUNKED: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
const MIB: usize = 1024 * 1024;

/// Notes when it is asked, and ends the call after a while where it is told to.
struct Notes {
    begun: Instant,
    end: Option<(Duration, Fault)>,
    asked: RefCell<Vec<Instant>>,
    received: Cell<u32>,
}

impl Notes {
    fn new() -> Self {
        Self { begun: Instant::now(), end: None, asked: RefCell::default(), received: Cell::new(0) }
    }

    fn ending(after_ms: u64, fault: Fault) -> Self {
        Self { end: Some((Duration::from_millis(after_ms), fault)), ..Self::new() }
    }

    /// The longest time without a question until now.
    fn longest_pause(&self) -> Duration {
        let mut last = self.begun;
        let times = self.asked.borrow();
        let pauses =
            times.iter().copied().chain([Instant::now()]).map(|time| time - std::mem::replace(&mut last, time));
        pauses.max().unwrap()
    }
}

impl Watch for Notes {
    fn waiting(&self) -> Result<(), Fault> {
        self.asked.borrow_mut().push(Instant::now());
        match self.end {
            Some((after, fault)) if self.begun.elapsed() >= after => Err(fault),
            _ => Ok(()),
        }
    }

    fn received(&self) {
        self.received.set(self.received.get() + 1);
    }
}

fn opened(net: &Net, server: &Server, deadline: Deadline, watch: &dyn Watch) -> Result<Stream, Fault> {
    match upstream::open(net, &server.call(), deadline, watch)? {
        Opened::Stream(stream) => Ok(*stream),
        Opened::Whole(response) => panic!("not a stream: {response:?}"),
    }
}

fn open(server: &Server) -> Stream {
    opened(&net(), server, in_ms(5_000), &()).unwrap()
}

/// The data of the next event.
fn next(stream: &mut Stream) -> Result<Option<String>, Fault> {
    stream.next(in_ms(5_000), &()).map(|event| event.map(|event| event.data.to_owned()))
}

/// How many events there are, and how it ends.
fn drain(stream: &mut Stream, deadline: Deadline, watch: &dyn Watch) -> (u32, Result<(), Fault>) {
    let mut events = 0;
    loop {
        match stream.next(deadline, watch) {
            Ok(Some(_)) => events += 1,
            Ok(None) => return (events, Ok(())),
            Err(fault) => return (events, Err(fault)),
        }
    }
}

/// Opens a stream and reads all of it by one deadline.
fn fetch(net: &Net, server: &Server, deadline: Deadline, watch: &dyn Watch) -> (u32, Result<(), Fault>) {
    match opened(net, server, deadline, watch) {
        Ok(mut stream) => drain(&mut stream, deadline, watch),
        Err(fault) => (0, Err(fault)),
    }
}

fn chunk(data: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", data.len()).as_bytes(), data, b"\r\n"].concat()
}

/// A stream in one piece, after which the server closes.
fn streaming(parts: &[&[u8]]) -> Server {
    Server::answering(parts.concat().leak())
}

/// The thread that has been through a fault makes a call and reads a stream.
fn all_is_well() {
    let server = streaming(&[CHUNKED, b"9\r\ndata: a\n\n\r\n0\r\n\r\n"]);
    assert_eq!(fetch(&net(), &server, in_ms(5_000), &()), (1, Ok(())));
    let whole = Server::answering(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
    assert_eq!(whole.post().unwrap().body, b"{}");
}

#[test]
fn a_stream_asks_for_events_that_nobody_holds_back() {
    let server = streaming(&[HEAD, b"data: a\n\n"]);
    assert_eq!(fetch(&net(), &server, in_ms(5_000), &()), (1, Ok(())));
    let mut call = server.call();
    call.headers.push(("accept".into(), "text/event-stream".into()));
    call.headers.push(("accept-encoding".into(), "gzip".into()));
    assert!(matches!(upstream::open(&net(), &call, in_ms(5_000), &()), Ok(Opened::Stream(_))));
    let seen = server.seen();
    assert!(seen[0].contains("\r\naccept-encoding: identity\r\n"), "{}", seen[0]);
    assert!(seen[1].contains("\r\naccept-encoding: gzip\r\n") && seen[1].contains("\r\naccept: text/event-stream\r\n"));
}

#[test]
fn an_event_comes_as_soon_as_it_is_whole() {
    let packed = || {
        use std::io::Write;
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(b"data: a\n\n").unwrap();
        encoder.flush().unwrap();
        encoder.get_ref().clone()
    };
    let zipped = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-encoding: gzip\r\n\r\n";
    for bytes in [
        [HEAD, b"event: x\ndata: a\n\n"].concat(),
        [HEAD, b"data: a\r\r"].concat(),
        [CHUNKED, b"9\r\ndata: a\n\n"].concat(),
        [CHUNKED, b"fff\r\ndata: a\n\ndata: b"].concat(),
        [&zipped[..], &packed()].concat(),
    ] {
        let bytes: &'static [u8] = bytes.leak();
        let server = Server::start(|_, connection| {
            connection.read();
            connection.write(bytes);
            connection.closed();
        });
        assert_eq!(next(&mut open(&server)), Ok(Some("a".into())), "{}", bytes.escape_ascii());
    }
}

#[test]
fn an_event_has_the_name_that_it_was_given_and_the_stream_its_headers() {
    let server = streaming(&[
        b"HTTP/1.1 201 OK\r\nContent-Type: Text/Event-Stream ;charset=utf-8\r\nx-request-id: r1\r\n\r\n",
        b"event: delta\ndata: {\"a\":\ndata: 1}\n\n",
    ]);
    let mut stream = open(&server);
    assert_eq!((stream.status, stream.headers["x-request-id"].as_bytes()), (201, &b"r1"[..]));
    let event = stream.next(in_ms(5_000), &()).unwrap().unwrap();
    assert_eq!((event.name, event.data), ("delta", "{\"a\":\n1}"));
    assert_eq!((next(&mut stream), next(&mut stream)), (Ok(None), Ok(None)));
}

#[test]
fn what_is_no_stream_is_read_whole() {
    for (status, kind, body) in [
        (200, "application/json", "{}"),
        (200, "text/plain; x=text/event-stream", "data: a\n\n"),
        (404, "text/event-stream", "data: a\n\n"),
        (429, "application/json", "{\"error\":{}}"),
        (307, "text/event-stream", ""),
    ] {
        let head = format!(
            "HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\nretry-after: 7\r\nx-request-id: r1\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        let server = streaming(&[head.as_bytes(), body.as_bytes()]);
        let Ok(Opened::Whole(response)) = upstream::open(&net(), &server.call(), in_ms(5_000), &()) else {
            panic!("{status} {kind}")
        };
        assert_eq!((response.status, response.body.as_slice()), (status, body.as_bytes()));
        assert_eq!(response.headers["x-request-id"].as_bytes(), b"r1");
        assert_eq!(response.delay.after, (status >= 400).then_some(Duration::from_secs(7)));
    }
}

#[test]
fn a_stream_that_breaks_off_is_incomplete_and_one_that_cannot_be_read_is_invalid() {
    let ends = |length: usize, body: &[u8]| {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: {length}\r\n\r\n");
        [head.as_bytes(), body].concat()
    };
    let zipped = |body: &[u8]| {
        [b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-encoding: gzip\r\n\r\n", body].concat()
    };
    let event = b"data: a\n\n";
    let packed = gzip(&event.repeat(3));
    let mut spoilt = packed.clone();
    *spoilt.last_mut().unwrap() ^= 1;
    let (whole, cut, bad) = (Ok(()), Err(Fault::Incomplete), Err(Fault::Invalid));
    for (bytes, events, end) in [
        ([HEAD, event].concat(), 1, whole),
        ([HEAD, event, b"data: b\n"].concat(), 1, whole),
        (ends(9, event), 1, whole),
        (ends(9, &event.repeat(2)), 1, whole),
        (ends(10, event), 1, cut),
        ([CHUNKED, &chunk(event), b"0\r\n\r\n"].concat(), 1, whole),
        ([CHUNKED, &chunk(event), b"0\r\nx-trailer: 1\r\n\r\n"].concat(), 1, whole),
        ([CHUNKED, &chunk(event)].concat(), 1, cut),
        ([CHUNKED, &chunk(event), b"0"].concat(), 1, cut),
        ([CHUNKED, b"ff\r\n", event].concat(), 1, cut),
        ([CHUNKED, &chunk(event), b"9"].concat(), 1, cut),
        (CHUNKED.to_vec(), 0, cut),
        ([CHUNKED, b"zz\r\n", event].concat(), 0, bad),
        (zipped(&packed), 3, whole),
        (zipped(&packed[..packed.len() - 4]), 3, cut),
        (zipped(&spoilt), 3, bad),
        (zipped(b"data: a\n\ndata: b\n\n"), 0, bad),
    ] {
        let mut stream = open(&streaming(&[&bytes]));
        assert_eq!(drain(&mut stream, in_ms(5_000), &()), (events, end), "{}", bytes.escape_ascii());
        assert_eq!(next(&mut stream).map(drop), end, "again: {}", bytes.escape_ascii());
    }
    all_is_well();
}

#[test]
fn a_connection_that_is_reset_is_no_end() {
    // A connection that is closed with unread data is reset.
    let reset = |connection: &mut Connection, head: &[u8]| {
        connection.write(head);
        connection.write(b"data: a\n\n");
        thread::sleep(Duration::from_millis(100));
    };
    let stream = Server::start(move |_, connection| reset(connection, HEAD));
    assert_eq!(fetch(&net(), &stream, in_ms(5_000), &()), (1, Err(Fault::Incomplete)));
    let whole = Server::start(move |_, connection| reset(connection, b"HTTP/1.1 200 OK\r\n\r\n"));
    assert_eq!(whole.post().map(drop), Err(Fault::Incomplete));
    all_is_well();
}

#[test]
fn a_stream_that_outgrows_its_bounds_is_too_large() {
    let small = Net { max_response_bytes: 16 * MIB as u64, ..net() };
    let long = Server::start(|_, connection| {
        connection.read();
        connection.write(HEAD);
        let events = format!("data: {}\n\n", "x".repeat(1000)).repeat(100);
        while connection.write(events.as_bytes()) {}
    });
    let (events, end) = fetch(&small, &long, in_ms(20_000), &());
    assert_eq!((events, end), ((16 * MIB / 1008) as u32, Err(Fault::TooLarge)));

    let wide = Server::start(|number, connection| {
        connection.read();
        let event = format!("data: a\n\ndata: {}\n\n", "x".repeat(MIB + number as usize));
        connection.write(&[CHUNKED, &chunk(event.as_bytes()), b"0\r\n\r\n"].concat());
        connection.closed();
    });
    assert_eq!(fetch(&small, &wide, in_ms(5_000), &()), (2, Ok(())));
    upstream::close();
    assert_eq!(fetch(&small, &wide, in_ms(5_000), &()), (1, Err(Fault::TooLarge)));
    let endless = Server::start(|_, connection| {
        connection.read();
        connection.write(HEAD);
        while connection.write(b": x                                                              ") {}
    });
    assert_eq!(fetch(&small, &endless, in_ms(5_000), &()), (0, Err(Fault::TooLarge)));

    let bomb = gzip(&b"data: a\n\n".repeat(MIB));
    let head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-encoding: gzip\r\n\r\n";
    let (events, end) = fetch(&small, &streaming(&[head, &bomb]), in_ms(5_000), &());
    assert_eq!(end, Err(Fault::TooLarge));
    assert!(events <= (2 * MIB / 9) as u32, "{events}");
    let headers = Server::start(|_, connection| {
        connection.read();
        connection.write(b"HTTP/1.1 200 OK\r\nx: ");
        while connection.write(&[b'x'; 4096]) {}
    });
    assert_eq!(fetch(&small, &headers, in_ms(5_000), &()), (0, Err(Fault::TooLarge)));
    all_is_well();
}

/// Servers that fall silent, or nearly, each at its own place; how many reads of the body they allow.
fn silent_servers() -> [(&'static str, Server, bool); 4] {
    let before = Server::start(|_, connection| while connection.read() {});
    let after = Server::start(|_, connection| {
        connection.read();
        connection.write(CHUNKED);
        connection.closed();
    });
    let middle = Server::start(|_, connection| {
        connection.read();
        connection.write(&[CHUNKED, &chunk(b"data: a\n\n")].concat());
        connection.closed();
    });
    let dripping = Server::start(|_, connection| {
        connection.read();
        connection.write(HEAD);
        while connection.write(b":") {
            thread::sleep(Duration::from_millis(300));
        }
    });
    [("before", before, false), ("after", after, false), ("middle", middle, true), ("dripping", dripping, true)]
}

#[test]
fn silence_ends_at_the_deadline_and_the_watch_is_asked_all_the_while() {
    for (name, server, heard) in silent_servers() {
        let watch = Notes::new();
        let (_, end) = fetch(&net(), &server, in_ms(1_000), &watch);
        assert_eq!(end, Err(Fault::Timeout), "{name}");
        let took = watch.begun.elapsed();
        assert!(took >= Duration::from_millis(990) && took < Duration::from_millis(1_300), "{name}: {took:?}");
        assert!(watch.longest_pause() <= LONGEST_PAUSE, "{name}: {:?}", watch.longest_pause());
        assert_eq!(watch.received.get() > 0, heard, "{name}");
    }
    all_is_well();
}

#[test]
fn the_watch_ends_a_call_wherever_it_is_and_the_server_sees_it() {
    for (name, server, _) in silent_servers() {
        for fault in [Fault::Cancelled, Fault::Timeout, Fault::Schema] {
            let watch = Notes::ending(300, fault);
            assert_eq!(fetch(&net(), &server, in_ms(5_000), &watch).1, Err(fault), "{name}");
            let took = watch.begun.elapsed();
            assert!(took >= Duration::from_millis(300) && took < Duration::from_millis(600), "{name}: {took:?}");
        }
    }
    for status in [200, 500] {
        let head: &str = format!("HTTP/1.1 {status} X\r\ncontent-length: 9\r\n\r\n{{").leak();
        let server = Server::start(move |_, connection| {
            connection.read();
            connection.write(head.as_bytes());
            connection.closed();
        });
        let watch = Notes::ending(300, Fault::Cancelled);
        let result = upstream::post(&net(), &server.call(), in_ms(5_000), &watch);
        assert_eq!(result.map(drop), Err(Fault::Cancelled), "{status}");
        server.next_seen(Duration::ZERO);
        assert_eq!(server.next_seen(AT_ONCE).as_deref(), Some(CLOSED), "{status}");
    }
    all_is_well();
}

#[test]
fn a_call_that_is_not_wanted_before_its_answer_is_ended_before_the_first_wait() {
    let server = Server::start(|_, connection| {
        connection.read();
        connection.closed();
    });
    let watch = Notes::ending(0, Fault::Cancelled);
    let result = upstream::post(&net(), &server.call(), in_ms(5_000), &watch);
    assert_eq!((result.map(drop), watch.asked.borrow().len()), (Err(Fault::Cancelled), 1));
    assert!(watch.begun.elapsed() < AT_ONCE);
}

#[test]
fn a_wait_for_an_event_may_be_shorter_than_the_call() {
    let server = Server::start(|_, connection| {
        connection.read();
        connection.write(&[HEAD, b"data: a\n\ndata: b\n\n"].concat());
        connection.closed();
    });
    let mut stream = open(&server);
    assert_eq!(next(&mut stream), Ok(Some("a".into())));
    let late = stream.next(in_ms(0), &()).map(|event| event.map(|event| event.data.to_owned()));
    assert_eq!(late, Ok(Some("b".into())), "it was there already");
    let begun = Instant::now();
    assert_eq!(stream.next(in_ms(50), &()), Err(Fault::Timeout));
    assert!(begun.elapsed() >= Duration::from_millis(50) && begun.elapsed() < AT_ONCE);
    server.next_seen(Duration::ZERO);
    assert_eq!(server.next_seen(AT_ONCE).as_deref(), Some(CLOSED));
    all_is_well();
}

#[test]
fn a_stream_read_to_its_end_leaves_its_connection_to_the_next_call() {
    let server = Server::start(|number, connection| {
        while connection.read() {
            let event = chunk(format!("data: {number}\n\n").as_bytes());
            connection.write(&[CHUNKED, &event, b"0\r\n\r\n"].concat());
        }
    });
    for _ in 0..3 {
        let mut stream = open(&server);
        assert_eq!(next(&mut stream), Ok(Some("0".into())));
        assert_eq!(next(&mut stream), Ok(None));
    }
    let mut stream = open(&server);
    assert_eq!(next(&mut stream), Ok(Some("0".into())));
    stream.release();
    drop(open(&server));
    assert_eq!(next(&mut open(&server)), Ok(Some("1".into())));
}

#[test]
fn a_stream_that_is_dropped_closes_its_connection_at_once() {
    let server = Server::start(|_, connection| {
        connection.read();
        connection.write(&[CHUNKED, &chunk(b"data: a\n\n")].concat());
        connection.closed();
    });
    let mut stream = open(&server);
    assert_eq!(next(&mut stream), Ok(Some("a".into())));
    server.next_seen(Duration::ZERO);
    assert_eq!(server.next_seen(Duration::from_millis(50)), None);
    drop(stream);
    assert_eq!(server.next_seen(AT_ONCE).as_deref(), Some(CLOSED));
    let begun = Instant::now();
    open(&server).release();
    assert!(begun.elapsed() < AT_ONCE, "{:?}", begun.elapsed());
}

/// Asks another server while it is asked, once.
struct Nested<'a> {
    outer: Notes,
    inner: Notes,
    server: &'a Server,
    done: Cell<bool>,
}

impl Watch for Nested<'_> {
    fn waiting(&self) -> Result<(), Fault> {
        self.outer.waiting()?;
        if !self.done.replace(true) {
            let before = self.outer.asked.borrow().len();
            assert_eq!(fetch(&net(), self.server, in_ms(5_000), &self.inner), (1, Err(Fault::Cancelled)));
            assert_eq!(self.outer.asked.borrow().len(), before);
        }
        Ok(())
    }
}

#[test]
fn a_call_inside_a_call_is_watched_by_its_own() {
    let [_, _, (_, inner, _), _] = silent_servers();
    let outer = Server::start(|_, connection| {
        connection.read();
        thread::sleep(Duration::from_millis(2_000));
        connection.write(&[CHUNKED, &chunk(b"data: a\n\n"), b"0\r\n\r\n"].concat());
    });
    let watch = Nested {
        outer: Notes::new(),
        inner: Notes::ending(500, Fault::Cancelled),
        server: &inner,
        done: Cell::new(false),
    };
    assert_eq!(fetch(&net(), &outer, in_ms(5_000), &watch), (1, Ok(())));
    assert!(watch.outer.asked.borrow().len() >= 2 && watch.inner.asked.borrow().len() >= 3);
}

#[test]
fn a_hundred_thousand_events_come_in_order_however_they_were_packed() {
    let (send, sizes) = mpsc::channel::<usize>();
    let sizes: &'static Mutex<_> = Box::leak(Box::new(Mutex::new(sizes)));
    let server = Server::start(move |_, connection| {
        connection.read();
        let size = sizes.lock().unwrap().recv().unwrap();
        connection.write(CHUNKED);
        let all: Vec<u8> = (0..100_000).flat_map(|number| format!("data: {number}\n\n").into_bytes()).collect();
        for piece in all.chunks(size) {
            connection.write(&chunk(piece));
        }
        connection.write(b"0\r\n\r\n");
    });
    let net = Net { max_response_bytes: 16 * MIB as u64, ..net() };
    for size in [100, 4_097, 1 << 20] {
        send.send(size).unwrap();
        let mut stream = opened(&net, &server, in_ms(20_000), &()).unwrap();
        for number in 0..100_000 {
            assert_eq!(next(&mut stream), Ok(Some(number.to_string())));
        }
        assert_eq!(next(&mut stream), Ok(None));
    }
}

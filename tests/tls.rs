//! Whom the HTTP client trusts: real handshakes with rustls servers in this file, under certificates made for the test.
#![allow(clippy::unwrap_used)]

#[path = "support/authority.rs"]
mod authority;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use aisp::clock::Deadline;
use aisp::error::Fault;
use aisp::provider::HttpCall;
use aisp::upstream::{self, Allowed, Net};
use authority::Authority;
use rcgen::KeyPair;
use rustls::{HandshakeKind, ServerConnection, StreamOwned};
use secrecy::SecretString;

/// A server for `name` that answers every request with `{}`, and counts its full handshakes.
fn server(ours: &Authority, name: &str, expired: bool) -> (u16, Arc<AtomicU32>) {
    let config = ours.config(name, expired);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let full = Arc::new(AtomicU32::new(0));
    let counted = full.clone();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut tls = StreamOwned::new(ServerConnection::new(config.clone()).unwrap(), stream);
            let mut request = [0; 4096];
            while !matches!(tls.read(&mut request), Ok(0) | Err(_)) {
                if request.windows(4).any(|four| four == b"{\"a\"") {
                    break;
                }
            }
            counted.fetch_add(u32::from(tls.conn.handshake_kind() == Some(HandshakeKind::Full)), Ordering::SeqCst);
            let _ = tls.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}");
            tls.conn.send_close_notify();
            let _ = tls.flush();
        }
    });
    (port, full)
}

fn net(ca_file: Option<String>) -> Net {
    Net {
        connect_timeout: Duration::from_millis(1_000),
        max_response_bytes: 1024,
        allowed: Allowed::parse("127.0.0.1, localhost").unwrap(),
        ca_file,
    }
}

fn post(net: &Net, host: &str, port: u16) -> Result<Vec<u8>, Fault> {
    let call = HttpCall {
        url: format!("https://{host}:{port}/v1/responses"),
        headers: Vec::new(),
        secret_header: Some(("authorization".into(), SecretString::from("Bearer sk-secret"))),
        body: b"{\"a\":1}".to_vec(),
    };
    upstream::post(net, &call, Deadline::after(Duration::from_secs(5)), &()).map(|response| response.body)
}

#[test]
fn a_server_is_trusted_by_name_under_the_authority_in_ca_file_and_no_other() {
    let ours = Authority::new();
    let theirs = Authority::new();
    let (port, _) = server(&ours, "localhost", false);
    let trusting = net(Some(ours.file()));
    assert_eq!(post(&trusting, "localhost", port), Ok(b"{}".to_vec()));
    assert_eq!(post(&trusting, "127.0.0.1", port), Err(Fault::Unreachable), "another name");
    assert_eq!(post(&net(None), "localhost", port), Err(Fault::Unreachable), "Mozilla's authorities");
    assert_eq!(post(&net(Some(theirs.file())), "localhost", port), Err(Fault::Unreachable), "another authority");
    let (expired, _) = server(&ours, "localhost", true);
    assert_eq!(post(&trusting, "localhost", expired), Err(Fault::Unreachable), "an expired certificate");
}

#[test]
fn a_session_is_resumed_by_the_next_connection() {
    let ours = Authority::new();
    let (port, full) = server(&ours, "localhost", false);
    for _ in 0..3 {
        assert_eq!(post(&net(Some(ours.file())), "localhost", port), Ok(b"{}".to_vec()));
    }
    assert_eq!(full.load(Ordering::SeqCst), 1);
}

#[test]
fn a_handshake_that_does_not_end_is_unreachable_before_the_deadline() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let begun = Instant::now();
    assert_eq!(post(&net(None), "127.0.0.1", silent.local_addr().unwrap().port()), Err(Fault::Unreachable));
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    let plain = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = plain.local_addr().unwrap().port();
    thread::spawn(move || plain.accept().unwrap().0.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n"));
    assert_eq!(post(&net(None), "127.0.0.1", port), Err(Fault::Unreachable));
}

#[test]
fn a_ca_file_holds_certificates() {
    let ours = Authority::new();
    assert_eq!(upstream::check_ca_file(&ours.file()), Ok(()));
    let at = |name: &str| ours.folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(at("empty.pem"), "").unwrap();
    fs::write(at("key.pem"), KeyPair::generate().unwrap().serialize_pem()).unwrap();
    fs::write(at("cut.pem"), &ours.issuer.pem()[..200]).unwrap();
    for name in ["empty.pem", "key.pem", "cut.pem", "missing.pem", "."] {
        assert!(upstream::check_ca_file(&at(name)).is_err(), "{name}");
    }
    assert!(Path::new(&ours.file()).exists());
    assert_eq!(post(&net(Some(at("missing.pem"))), "localhost", 9), Err(Fault::Unreachable));
}

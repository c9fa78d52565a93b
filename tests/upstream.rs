//! The HTTP client against servers that misbehave on the wire, each a few lines in this file: what no well-made mock
//! server can do. Streams and watches are in `stream_faults.rs`.
#![allow(clippy::unwrap_used)]

#[path = "support/wire.rs"]
mod support;

use std::net::{Shutdown, TcpListener};
use std::process::Command;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use aisp::error::Fault;
use aisp::provider::{HttpCall, Kind};
use aisp::upstream::{self, Allowed, Delay, Net, Response};
use secrecy::SecretString;
use support::{Server, call, gzip, in_ms, net};

fn post(call: &HttpCall) -> Result<Response, Fault> {
    upstream::post(&net(), call, in_ms(5_000), &())
}

/// The fault and the status, which is what most cases are about.
fn outcome(result: Result<Response, Fault>) -> Result<(u16, String), Fault> {
    result.map(|response| (response.status, String::from_utf8(response.body).unwrap()))
}

#[test]
fn the_request_is_one_post_with_the_key_in_its_header() {
    let server = Server::start(|_, connection| {
        connection.read();
        connection.answer("{}");
    });
    let mut call = server.call();
    call.headers.push(("X-Extra".into(), "one".into()));
    call.headers.push(("x-extra".into(), "two".into()));
    call.headers.push(("Authorization".into(), "Bearer not-the-key".into()));
    assert_eq!(outcome(post(&call)), Ok((200, "{}".into())));
    let seen = server.seen();
    assert_eq!(seen.len(), 1);
    let (head, body) = seen[0].split_once("\r\n\r\n").unwrap();
    let mut lines: Vec<_> = head.lines().map(str::to_lowercase).collect();
    assert_eq!(lines.remove(0), "post /v1/responses http/1.1");
    lines.sort();
    let host = format!("host: 127.0.0.1:{}", server.port);
    let expected = [
        "accept-encoding: gzip",
        "accept: */*",
        "authorization: bearer sk-secret",
        "content-length: 14",
        "content-type: application/json",
        &host,
        concat!("user-agent: aisp/", env!("CARGO_PKG_VERSION")),
        "x-extra: two",
    ];
    assert_eq!(lines, expected);
    assert_eq!(body, "{\"input\":\"Hi\"}");
}

#[test]
fn a_body_that_ends_early_is_incomplete() {
    let cases: [&'static [u8]; 6] = [
        b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n123456789",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n12345\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n123",
    ];
    for bytes in cases {
        assert_eq!(outcome(Server::answering(bytes).post()), Err(Fault::Incomplete), "{}", bytes.escape_ascii());
    }
}

#[test]
fn a_body_that_cannot_be_decoded_is_invalid() {
    let cases: [&'static [u8]; 5] = [
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n12345\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\n12345\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n12345",
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n12345",
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 12\r\n\r\n123456789012",
    ];
    for bytes in cases {
        assert_eq!(outcome(Server::answering(bytes).post()), Err(Fault::Invalid), "{}", bytes.escape_ascii());
    }
}

#[test]
fn a_gzip_body_is_decoded_and_one_that_is_cut_anywhere_is_incomplete() {
    let packed: &'static [u8] = gzip(b"{\"text\":\"Hello, Hello, Hello\"}").leak();
    for framing in ["content-length", "chunked", "close"] {
        for end in (0..packed.len()).step_by(3).chain([packed.len()]) {
            let body = &packed[..end];
            let mut bytes = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n".to_vec();
            match framing {
                "content-length" => {
                    bytes.extend(format!("content-length: {end}\r\n\r\n").bytes().chain(body.iter().copied()))
                }
                "chunked" if end == 0 => bytes.extend(b"transfer-encoding: chunked\r\n\r\n0\r\n\r\n"),
                "chunked" => {
                    bytes.extend(
                        format!("transfer-encoding: chunked\r\n\r\n{end:x}\r\n").bytes().chain(body.iter().copied()),
                    );
                    bytes.extend(b"\r\n0\r\n\r\n");
                }
                _ => bytes.extend(b"\r\n".iter().chain(body)),
            }
            let result = outcome(Server::answering(bytes.leak()).post());
            if end == packed.len() {
                assert_eq!(result, Ok((200, "{\"text\":\"Hello, Hello, Hello\"}".into())), "{framing}");
            } else {
                assert_eq!(result, Err(Fault::Incomplete), "{framing}, {end} of {} bytes", packed.len());
            }
        }
    }
}

#[test]
fn a_connection_that_breaks_before_an_answer_is_unreachable_and_what_is_not_http_is_invalid() {
    assert_eq!(outcome(Server::answering(b"").post()), Err(Fault::Unreachable));
    assert_eq!(outcome(Server::answering(b"HTTP/1.1 200 OK\r\ncontent-le").post()), Err(Fault::Unreachable));
    for bytes in [&b"SSH-2.0-OpenSSH_9.2\r\n\r\n"[..], b"HTTP/3.7 200 OK\r\n\r\n", b"HTTP/1.1 abc OK\r\n\r\n"] {
        assert_eq!(outcome(Server::answering(bytes).post()), Err(Fault::Invalid), "{}", String::from_utf8_lossy(bytes));
    }
    let reset = Server::start(|_, connection| {
        // Closing with unread data makes the kernel send a reset.
        thread::sleep(Duration::from_millis(50));
        let _ = connection.stream.shutdown(Shutdown::Both);
    });
    assert_eq!(outcome(reset.post()), Err(Fault::Unreachable));
}

#[test]
fn a_connection_is_kept_until_the_client_is_closed() {
    let server =
        Server::start(|number, connection| while connection.read() && connection.answer(&number.to_string()) {});
    assert_eq!(outcome(server.post()), Ok((200, "0".into())));
    assert_eq!(outcome(server.post()), Ok((200, "0".into())));
    upstream::close();
    upstream::close();
    assert_eq!(outcome(server.post()), Ok((200, "1".into())));
    let stricter = Net { allowed: Allowed::parse("127.0.0.1").unwrap(), ..net() };
    assert_eq!(outcome(upstream::post(&stricter, &server.call(), in_ms(5_000), &())), Ok((200, "2".into())));
}

#[test]
fn a_kept_connection_that_was_closed_meanwhile_is_replaced_without_a_word() {
    let server = Server::start(|number, connection| {
        connection.read();
        connection.answer(&number.to_string());
    });
    for number in 0..3 {
        assert_eq!(outcome(server.post()), Ok((200, number.to_string())));
        thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(server.seen().len(), 3);
}

#[test]
fn a_request_that_may_have_been_read_is_not_sent_again_behind_the_callers_back() {
    let server = Server::start(|_, connection| {
        connection.read();
        connection.answer("{}");
        connection.read();
    });
    assert!(server.post().is_ok());
    assert_eq!(outcome(server.post()), Err(Fault::Unreachable));
    assert_eq!(server.seen().len(), 2);
}

#[test]
fn a_server_that_is_slow_meets_the_deadline_whatever_it_sends() {
    let silent = Server::start(|_, connection| while connection.read() {});
    let slow_head = Server::start(|_, connection| {
        connection.read();
        for byte in b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}" {
            thread::sleep(Duration::from_millis(50));
            connection.write(&[*byte]);
        }
    });
    let slow_body = Server::start(|_, connection| {
        connection.read();
        connection.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n");
        while connection.write(b" ") {
            thread::sleep(Duration::from_millis(50));
        }
    });
    let endless_hints = Server::start(|_, connection| {
        connection.read();
        while connection.write(b"HTTP/1.1 103 Early Hints\r\n\r\n") {
            thread::sleep(Duration::from_millis(5));
        }
    });
    let (send, done) = mpsc::channel();
    for server in [silent, slow_head, slow_body, endless_hints] {
        let send = send.clone();
        thread::spawn(move || {
            let begun = Instant::now();
            let result = outcome(upstream::post(&net(), &server.call(), in_ms(400), &()));
            send.send((result, begun.elapsed())).unwrap();
        });
    }
    for (result, took) in done.iter().take(4) {
        assert_eq!(result, Err(Fault::Timeout));
        assert!(took >= Duration::from_millis(390) && took < Duration::from_millis(800), "{took:?}");
    }
}

#[test]
fn nothing_is_sent_after_the_deadline() {
    let server = Server::answering(b"");
    assert_eq!(outcome(upstream::post(&net(), &server.call(), in_ms(0), &())), Err(Fault::Timeout));
    assert!(server.seen().is_empty());
}

#[test]
fn headers_without_end_are_too_large() {
    let one = Server::start(|_, connection| {
        connection.read();
        connection.write(b"HTTP/1.1 200 OK\r\nx: ");
        while connection.write(&[b'x'; 4096]) {}
    });
    assert_eq!(outcome(one.post()), Err(Fault::TooLarge));
    let many = Server::start(|_, connection| {
        connection.read();
        connection.write(b"HTTP/1.1 200 OK\r\n");
        while connection.write(b"x: y\r\n") {}
    });
    assert!(matches!(outcome(many.post()), Err(Fault::TooLarge | Fault::Invalid)));
}

#[test]
fn a_body_may_be_as_large_as_the_cap_and_no_larger() {
    let server = Server::start(|number, connection| {
        connection.read();
        let body = vec![b' '; 1024 * 1024 + number as usize];
        connection.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n");
        connection.write(&body);
    });
    assert_eq!(server.post().unwrap().body.len(), 1024 * 1024);
    assert_eq!(outcome(server.post()), Err(Fault::TooLarge));
    let announced = Server::start(|_, connection| {
        connection.read();
        connection.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1048577\r\n\r\n");
        connection.read();
    });
    let begun = Instant::now();
    assert_eq!(outcome(announced.post()), Err(Fault::TooLarge));
    assert!(begun.elapsed() < Duration::from_secs(1));
}

#[test]
fn a_mebibyte_may_come_out_of_a_hundredth_of_it_and_no_less() {
    let packed = |bytes: usize, noise: usize| -> &'static [u8] {
        let mut body: Vec<u8> = vec![b' '; bytes];
        let mut random = fastrand::Rng::with_seed(7);
        body[..noise].fill_with(|| random.u8(..));
        let body = gzip(&body);
        let head = format!("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n", body.len());
        [head.into_bytes(), body].concat().leak()
    };
    let roomy = Net { max_response_bytes: 64 * 1024 * 1024, ..net() };
    let fetch = |net: &Net, bytes| {
        let result = upstream::post(net, &Server::answering(bytes).call(), in_ms(5_000), &());
        result.map(|response| response.body.len())
    };
    let mib = 1024 * 1024;
    assert_eq!(fetch(&roomy, packed(mib, 0)), Ok(mib));
    assert_eq!(fetch(&roomy, packed(8 * mib, 0)), Err(Fault::TooLarge));
    assert_eq!(fetch(&roomy, packed(8 * mib, mib / 4)), Ok(8 * mib));
    assert_eq!(fetch(&net(), packed(8 * mib, mib / 4)), Err(Fault::TooLarge));
}

#[test]
fn the_status_and_the_delay_of_an_error_survive_its_body() {
    let cut = b"HTTP/1.1 429 Too Many Requests\r\nretry-after: 7\r\ncontent-length: 5000000\r\n\r\n{\"error";
    let response = Server::answering(cut).post().unwrap();
    assert_eq!((response.status, response.delay.after), (429, Some(Duration::from_secs(7))));
    let plain = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\nx-should-retry: true\r\n\r\n{}";
    let response = Server::answering(plain).post().unwrap();
    assert_eq!((response.status, response.delay.again, response.body.as_slice()), (400, Some(true), &b"{}"[..]));
    let never = Server::answering(b"HTTP/1.1 501 Not Implemented\r\ncontent-length: 0\r\n\r\n").post().unwrap();
    assert_eq!((never.status, never.delay.again), (501, Some(false)));
    let success =
        Server::answering(b"HTTP/1.1 200 OK\r\nretry-after: 7\r\ncontent-length: 2\r\n\r\n{}").post().unwrap();
    assert_eq!(success.delay, Delay::default());
}

#[test]
fn a_redirect_is_not_followed_and_the_key_goes_nowhere_else() {
    let other = Server::answering(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
    for status in [301, 302, 303, 307, 308] {
        for body in ["content-length: 0\r\n\r\n", "content-length: 2\r\n\r\n{}", "transfer-encoding: chunked\r\n\r\n"] {
            let head = format!("HTTP/1.1 {status} Elsewhere\r\nlocation: {}\r\n{body}", other.url());
            let response = Server::answering(head.into_bytes().leak()).post().unwrap();
            assert_eq!((response.status, response.body.len()), (status, 0));
            assert_eq!(Kind::OpenaiResponses.decode(status, &response.body), Err(Fault::Redirect.into()));
        }
    }
    assert!(other.seen().is_empty());
}

#[test]
fn informational_answers_are_passed_over() {
    let server = Server::answering(
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}",
    );
    assert_eq!(outcome(server.post()), Ok((200, "{}".into())));
}

#[test]
fn where_nothing_listens_is_unreachable_at_once() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let begun = Instant::now();
    assert_eq!(outcome(post(&call(&format!("http://127.0.0.1:{port}/")))), Err(Fault::Unreachable));
    assert_eq!(outcome(post(&call(&format!("http://localhost:{port}/")))), Err(Fault::Unreachable));
    assert!(begun.elapsed() < Duration::from_secs(1));
    let lost = upstream::post(&net(), &call("https://no-such-provider.invalid/v1"), in_ms(1_500), &());
    assert!(matches!(lost, Err(Fault::Unreachable | Fault::Timeout)), "{lost:?}");
}

#[test]
fn localhost_is_found_without_a_look_up() {
    let server = Server::answering(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
    let result = post(&call(&format!("http://localhost:{}/", server.port)));
    assert_eq!(outcome(result), Ok((200, "{}".into())));
}

#[test]
fn an_address_that_is_not_allowed_gets_no_connection() {
    let server = Server::answering(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
    let strict = Net { allowed: Allowed::parse(&format!("127.0.0.1:{}", server.port ^ 1)).unwrap(), ..net() };
    let port = server.port;
    let hosts =
        ["127.0.0.1", "localhost", "127.1", "0x7f.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "x.localhost"];
    for url in hosts.iter().flat_map(|host| [format!("http://{host}:{port}/"), format!("https://{host}:{port}/")]) {
        assert_eq!(outcome(upstream::post(&strict, &call(&url), in_ms(2_000), &())), Err(Fault::Blocked), "{url}");
    }
    assert!(server.seen().is_empty());
}

#[test]
fn a_header_that_would_break_the_request_is_not_sent() {
    let server = Server::answering(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
    let headers =
        [("x-a", "b\r\nx-c: d"), ("x-a", "b\0"), ("x a", "b"), ("", "b"), ("host", "x"), ("Content-Length", "0")];
    for (name, value) in headers {
        let mut call = server.call();
        call.headers.push((name.into(), value.into()));
        assert_eq!(outcome(post(&call)), Err(Fault::Rejected), "{name:?}: {value:?}");
        assert!(upstream::check_header(name, value).is_err());
    }
    let mut call = server.call();
    call.secret_header = Some(("authorization".into(), SecretString::from("Bearer sk\n")));
    assert_eq!(outcome(post(&call)), Err(Fault::Rejected));
    call.url = "http://127.0.0.1:not-a-port/".into();
    assert_eq!(outcome(post(&call)), Err(Fault::Rejected));
    assert!(server.seen().is_empty());
    assert_eq!(upstream::check_header("OpenAI-Project", "p1"), Ok(()));
}

#[test]
fn a_proxy_in_the_environment_sees_no_call() {
    const NAME: &str = "a_proxy_in_the_environment_sees_no_call";
    if std::env::var_os("AISP_TEST_CHILD").is_some() {
        let server = Server::answering(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
        assert_eq!(outcome(server.post()), Ok((200, "{}".into())));
        return;
    }
    let proxy = Server::answering(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n");
    let mut child = Command::new(std::env::current_exe().unwrap());
    child
        .args([NAME, "--exact", "--nocapture"])
        .env("AISP_TEST_CHILD", "1")
        .env_remove("NO_PROXY")
        .env_remove("no_proxy");
    for name in ["ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"] {
        child.env(name, format!("http://127.0.0.1:{}", proxy.port));
    }
    let output = child.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(proxy.seen().is_empty());
}

//! What is fetched from a provider: whole, or line by line where it may be large.

#[path = "support/wire.rs"]
mod wire;

use aisp::error::Fault;
use aisp::upstream::{close, get, lines};
use wire::{Server, call, in_ms, net};

fn fetched(server: &Server, enough: usize) -> (Vec<String>, Result<Option<u16>, Fault>) {
    // The server closes each connection, and may do so just as it is used again.
    close();
    let mut seen = Vec::new();
    let mut take = |line: &[u8]| {
        seen.push(String::from_utf8_lossy(line).into_owned());
        seen.len() < enough
    };
    let result = lines(&net(), &call(&server.url()), in_ms(5_000), &(), &mut take);
    (seen, result.map(|refused| refused.map(|answer| answer.status)))
}

#[test]
fn a_fetch_has_the_key_and_no_body_and_follows_nobody() {
    let server = Server::answering(b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n");
    let answer = get(&net(), &call(&server.url()), in_ms(5_000), &()).expect("an answer");
    assert_eq!((answer.status, answer.body.len()), (302, 0));
    let seen = server.seen().join("");
    assert!(
        seen.starts_with("GET /v1/responses HTTP/1.1\r\n") && seen.contains("authorization: Bearer sk-secret"),
        "{seen}"
    );
    assert!(seen.ends_with("\r\n\r\n") && !seen.contains("content-length"), "{seen}");
    assert_eq!(fetched(&server, 9), (vec![], Ok(Some(302))));
}

#[test]
fn lines_are_handed_over_one_by_one_however_they_come() {
    let server = Server::start(|_, connection| {
        connection.read();
        connection.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
        for piece in ["{\"a\":", "1}\n{\"b\"", ":2}\r\n", "\nlast"] {
            connection.write(format!("{:x}\r\n{piece}\r\n", piece.len()).as_bytes());
        }
        connection.write(b"0\r\n\r\n");
    });
    assert_eq!(fetched(&server, 9).0, ["{\"a\":1}", "{\"b\":2}", "", "last"]);
    assert_eq!(fetched(&server, 2), (vec!["{\"a\":1}".to_owned(), "{\"b\":2}".to_owned()], Ok(None)));
}

#[test]
fn all_lines_may_be_larger_than_an_answer_and_none_of_them() {
    let many = Server::start(|_, connection| {
        connection.read();
        let line = "x".repeat(999_999) + "\n";
        connection.write(b"HTTP/1.1 200 OK\r\ncontent-length: 5000000\r\n\r\n");
        (0..5).for_each(|_| assert!(connection.write(line.as_bytes())));
    });
    let (seen, result) = fetched(&many, 9);
    assert_eq!((seen.len(), result), (5, Ok(None)));
    let one = Server::start(|_, connection| {
        connection.read();
        connection.write(b"HTTP/1.1 200 OK\r\ncontent-length: 5000000\r\n\r\n");
        connection.write("x".repeat(5_000_000).as_bytes());
    });
    assert_eq!(fetched(&one, 9), (vec![], Err(Fault::TooLarge)));
}

#[test]
fn what_breaks_off_is_incomplete_and_what_came_before_was_handed_over() {
    let server = Server::answering(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\none\ntw");
    assert_eq!(fetched(&server, 9), (vec!["one".to_owned()], Err(Fault::Incomplete)));
}

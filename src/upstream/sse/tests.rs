//! The rules of the format, each at every place where a read may have ended.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

type Events = Vec<(String, String)>;

/// What comes of bytes that arrive in these pieces: the events, and the fault that ended them.
fn framed<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (Events, Option<Fault>) {
    let mut framer = Framer::default();
    let mut events = Vec::new();
    for mut piece in pieces {
        while !piece.is_empty() {
            let space = framer.space();
            let count = space.len().min(piece.len());
            space[..count].copy_from_slice(&piece[..count]);
            framer.filled(count);
            piece = &piece[count..];
            loop {
                match framer.step() {
                    Ok(true) => {
                        let event = framer.event();
                        events.push((event.name.to_owned(), event.data.to_owned()));
                    }
                    Ok(false) => break,
                    Err(fault) => return (events, Some(fault)),
                }
            }
        }
    }
    (events, None)
}

/// The events of a text, however it is cut in two, and a byte at a time.
fn events(bytes: impl AsRef<[u8]>) -> Events {
    let bytes = bytes.as_ref();
    let (events, fault) = framed([bytes]);
    assert_eq!(fault, None);
    for at in 0..=bytes.len() {
        let (left, right) = bytes.split_at(at);
        assert_eq!(framed([left, right]).0, events, "cut at {at} of {:?}", String::from_utf8_lossy(bytes));
    }
    assert_eq!(framed(bytes.chunks(1)).0, events, "a byte at a time: {:?}", String::from_utf8_lossy(bytes));
    events
}

/// The data of events that have no name.
fn data(bytes: impl AsRef<[u8]>) -> Vec<String> {
    let unnamed = |(name, data): (String, String)| {
        assert_eq!(name, "");
        data
    };
    events(bytes).into_iter().map(unnamed).collect()
}

/// The format in the words of its specification: decoded first, then cut into lines, then read.
fn by_the_book(bytes: &[u8]) -> Events {
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text).replace("\r\n", "\n").replace('\r', "\n");
    let mut lines: Vec<_> = text.split('\n').collect();
    lines.pop();
    let (mut events, mut name, mut data) = (Vec::new(), String::new(), String::new());
    for line in lines {
        if line.is_empty() {
            if let Some(data) = data.strip_suffix('\n') {
                events.push((name.clone(), data.to_owned()));
            }
            name.clear();
            data.clear();
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut name),
            "data" => data += &format!("{value}\n"),
            _ => {}
        }
    }
    events
}

#[test]
fn the_examples_of_the_specification_are_read_as_it_says() {
    assert_eq!(data("data: YHOO\ndata: +2\ndata: 10\n\n"), ["YHOO\n+2\n10"]);
    let stream = ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n";
    assert_eq!(data(stream), ["first event", "second event"]);
    assert_eq!(data("data\n\ndata\ndata\n\ndata:"), ["", "\n"]);
    assert_eq!(data("data:test\n\ndata: test\n\n"), ["test", "test"]);
    let named = events("event: add\ndata: 73857293\n\nevent: remove\ndata: 2153\n\ndata: 1\n\n");
    let expected = [("add", "73857293"), ("remove", "2153"), ("", "1")];
    assert_eq!(named, expected.map(|(name, data)| (name.to_owned(), data.to_owned())));
}

#[test]
fn a_line_ends_with_lf_cr_or_both_and_with_nothing_else() {
    for end in ["\n", "\r", "\r\n"] {
        assert_eq!(data(format!("data: a{end}data: b{end}{end}data: c{end}{end}")), ["a\nb", "c"], "{end:?}");
    }
    assert_eq!(data("data: a\rdata: b\r\n\ndata: c\n\r\n\rdata: d\r\r"), ["a\nb", "c", "d"]);
    assert_eq!(
        data("data: a\u{2028}b\u{2029}c\u{85}d\u{b}e\u{c}f\0g\n\n"),
        ["a\u{2028}b\u{2029}c\u{85}d\u{b}e\u{c}f\0g"]
    );
}

#[test]
fn a_cr_ends_an_event_without_a_wait_for_what_follows() {
    assert_eq!(framed([&b"data: a\r\r"[..]]).0, [(String::new(), "a".to_owned())]);
}

#[test]
fn one_byte_order_mark_may_come_first() {
    assert_eq!(data("\u{feff}data: a\n\ndata: b\n\n"), ["a", "b"]);
    assert_eq!(data("\u{feff}\ndata: a\n\n"), ["a"]);
    assert_eq!(data("\u{feff}\u{feff}data: a\n\ndata: b\n\n"), ["b"]);
    assert_eq!(data("data: a\n\n\u{feff}data: b\n\ndata: \u{feff}c\n\n"), ["a", "\u{feff}c"]);
    assert_eq!(data(b"\xef\xbbdata: a\n\ndata: b\n\n"), ["b"]);
}

#[test]
fn one_space_after_the_colon_is_not_the_values() {
    assert_eq!(data("data:a\n\ndata: a\n\ndata:  a\n\ndata:\ta\n\ndata: a: b \n\n"), ["a", "a", " a", "\ta", "a: b "]);
}

#[test]
fn comments_unknown_fields_ids_and_retries_are_ignored() {
    let stream =
        ": ping\n:\nid: a\0b\nid: 7\nretry: 10\nretry: soon\nDATA: x\n data: x\ndata : x\nDate: x\ndata: a\n: pong\n\n";
    assert_eq!(data(stream), ["a"]);
}

#[test]
fn an_event_without_data_is_none_and_leaves_its_name_to_nobody() {
    assert_eq!(data("event: ping\n\n\n\ndata: a\n\nid: 1\n\n"), ["a"]);
    assert_eq!(events("event: a\nevent: b\ndata\n\n"), [("b".to_owned(), String::new())]);
    assert_eq!(data("event: a\nevent\ndata: x\n\n"), ["x"]);
}

#[test]
fn an_event_that_does_not_end_does_not_count() {
    assert_eq!(data("data: a\n\ndata: b\n"), ["a"]);
    assert_eq!(data("data: a\n\ndata: b"), ["a"]);
    assert!(data("").is_empty());
}

#[test]
fn characters_may_be_cut_and_broken_ones_are_replaced() {
    assert_eq!(data("data: Grüße, 世界 👋🏽\n\n"), ["Grüße, 世界 👋🏽"]);
    assert_eq!(
        data(b"data: a\xffb\n\ndata: \xe4\xb8\n\ndata: \xf0\x9f\x91x\n\n"),
        ["a\u{fffd}b", "\u{fffd}", "\u{fffd}x"]
    );
    assert_eq!(data(b"data: \xed\xa0\x80 \xc0\x80\n\n"), ["\u{fffd}\u{fffd}\u{fffd} \u{fffd}\u{fffd}"]);
}

#[test]
fn an_event_may_have_a_mebibyte_and_no_more() {
    let full = "x".repeat(MAX_EVENT_BYTES);
    for (stream, expected) in [
        (format!("data: {full}\n\n"), true),
        (format!("data: {full}x\n\n"), false),
        (format!("event: a\ndata: {full}\n\n"), false),
        (format!("data: {full}\nevent: a\n\n"), false),
        (format!("event: {full}\ndata:\n\n"), true),
        (format!("data: {}\ndata:\n\n", &full[1..]), true),
        (format!("data: {full}\ndata:\n\n"), false),
        (format!(": {full}\ndata: a\n\n"), true),
        (format!(": {full}{full}\ndata: a\n\n"), false),
        (format!("id: {full}{full}"), false),
        (format!("data: a\n\n{}", "data: 1234567890\n".repeat(100_000)), false),
    ] {
        let (events, fault) = framed([stream.as_bytes()]);
        assert_eq!(fault, (!expected).then_some(Fault::TooLarge), "{:.20}", stream);
        assert_eq!(framed(stream.as_bytes().chunks(4096)), (events, fault));
    }
    let (before, fault) = framed([format!("data: a\n\ndata: {full}x\n\n").as_bytes()]);
    assert_eq!((before.len(), fault), (1, Some(Fault::TooLarge)));
}

#[test]
fn the_time_grows_with_the_bytes_however_they_come() {
    let begun = Instant::now();
    let line = format!("data: {}\n\n", "x".repeat(MAX_EVENT_BYTES));
    assert_eq!(framed(line.as_bytes().chunks(1)).0.len(), 1);
    let many = "data: x\n\n".repeat(200_000);
    assert_eq!(framed([many.as_bytes()]).0.len(), 200_000);
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

#[test]
fn the_memory_is_that_of_one_event() {
    let mut framer = Framer::default();
    for _ in 0..1_000 {
        let space = framer.space();
        assert!(space.len() >= ROOM_BYTES);
        space.fill(b'x');
        let count = space.len();
        space[count - 9..].copy_from_slice(b"\n\ndata: y");
        framer.filled(count);
        while framer.step().is_ok_and(|whole| whole) {}
    }
    assert!(framer.buffer.len() <= 2 * ROOM_BYTES && framer.data.capacity() <= 4 * ROOM_BYTES);
}

/// Streams that are mostly well-formed, out of the pieces that matter.
fn streams() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        &b"data"[..],
        b"data:",
        b"data: ",
        b"event",
        b"event: ",
        b"id: \0",
        b"retry: 1",
        b":",
        b" ",
        b"\n",
        b"\n",
        b"\r",
        b"\r\n",
        b"\n\n",
        b"x",
        "ü世👋".as_bytes(),
        "\u{2028}".as_bytes(),
        b"\xef\xbb\xbf",
        b"\xff",
        b"\xe4\xb8",
        b"\0",
        b"{\"a\": 1}",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn every_stream_is_read_by_the_book_wherever_it_is_cut(stream in streams(), sizes in prop::collection::vec(1usize..9, 1..9)) {
        let expected = by_the_book(&stream);
        prop_assert_eq!(&events(&stream), &expected);
        let (mut rest, mut pieces) = (&stream[..], Vec::new());
        for size in sizes.iter().cycle() {
            let (piece, left) = rest.split_at(rest.len().min(*size));
            pieces.push(piece);
            rest = left;
            if rest.is_empty() {
                break;
            }
        }
        prop_assert_eq!(framed(pieces), (expected, None));
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..4096), size in 1usize..64) {
        prop_assert_eq!(framed(bytes.chunks(size)), (by_the_book(&bytes), None));
    }
}

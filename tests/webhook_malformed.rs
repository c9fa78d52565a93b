//! A long table of webhooks that nobody may accept, each with the one reason why not.

#[path = "support/webhook.rs"]
mod webhook;
#[path = "support/webhook_signatures.rs"]
mod webhook_signatures;

use std::collections::{BTreeMap, HashSet};

use aisp::webhook::{Reason, Scheme};
use sha2::{Digest, Sha256};
use webhook::{BODY, Hook, ID, KEY, NOW_S, names, secret};

type Row = (String, Hook, Reason);
type Table = Vec<Row>;

const MIB: usize = 1 << 20;
const KIB: usize = 1 << 10;

fn good(scheme: Scheme) -> Hook {
    Hook::good(scheme)
}

fn missing_and_doubled(table: &mut Table) {
    for scheme in Scheme::ALL {
        for (name, optional) in names(scheme) {
            if !optional {
                table.push((format!("without {name}"), good(scheme).without(name), Reason::MissingHeader));
                let other = name.replace('-', "");
                let renamed = good(scheme).without(name).also(&other, good(scheme).header(name));
                table.push((format!("{name} as {other}"), renamed, Reason::MissingHeader));
            }
            let value = good(scheme).header(name);
            for (again, value) in [
                ((*name).to_owned(), value.clone()),
                (name.to_uppercase(), "x".to_owned()),
                (name.replace('-', "_"), value.clone()),
                (format!("HTTP_{}", name.replace('-', "_").to_uppercase()), value),
            ] {
                table.push((format!("{name} and {again}"), good(scheme).also(&again, value), Reason::Malformed));
            }
        }
    }
    for scheme in Scheme::ALL {
        for other in Scheme::ALL.into_iter().filter(|other| *other != scheme) {
            let crossed = Hook { headers: good(other).headers, ..good(scheme) };
            let label = format!("headers of {} for {}", other.name(), scheme.name());
            table.push((label, crossed, Reason::MissingHeader));
        }
    }
}

fn values(table: &mut Table) {
    for scheme in Scheme::ALL {
        for (name, _) in names(scheme) {
            let value = good(scheme).header(name);
            for (label, spoilt) in [
                ("empty", Vec::new()),
                ("a space", b" ".to_vec()),
                ("a tab", b"\t".to_vec()),
                ("NUL", b"\0".to_vec()),
                ("bytes", b"\xff\xfe".to_vec()),
                ("space before", format!(" {value}").into_bytes()),
                ("space behind", format!("{value} ").into_bytes()),
                ("tab behind", format!("{value}\t").into_bytes()),
                ("LF behind", format!("{value}\n").into_bytes()),
                ("CRLF behind", format!("{value}\r\n").into_bytes()),
                ("NUL behind", format!("{value}\0").into_bytes()),
                ("DEL behind", format!("{value}\x7f").into_bytes()),
                ("a mark before", format!("\u{feff}{value}").into_bytes()),
                ("twice in one", format!("{value}, {value}").into_bytes()),
            ] {
                table.push((format!("{name}: {label}"), good(scheme).with(name, spoilt), Reason::Malformed));
            }
            let long = format!("{value}{}", "A".repeat(4 * KIB));
            table.push((format!("{name}: over 4 KiB"), good(scheme).with(name, long), Reason::TooLarge));
        }
    }
}

/// All signed as they are: only their form is wrong, or the hour.
fn times_and_ids(table: &mut Table) {
    for scheme in [Scheme::Standard, Scheme::Stripe] {
        let signed = |time: &str| Hook::signed(scheme, KEY, ID, time, BODY.as_bytes());
        for time in [
            "",
            "0",
            "170000000",
            "17000000000",
            "01700000000",
            "+700000000",
            "-700000000",
            "+1700000000",
            "1700000000abc",
            "170000000a",
            "1700000000.0",
            "1.700000e9",
            "0x6553f100",
            "1_70000000",
            " 700000000",
            "170000000 ",
            "1700000000000",
            "1700 00000",
            "now",
            "2023-11-14",
            "１７０００００００",
            "1700000000\n",
            "1700000000\0",
        ] {
            table.push((format!("{} at {time:?}", scheme.name()), signed(time), Reason::Malformed));
        }
        for late_s in [301, 302, 600, 3_600, 86_400, 31_536_000] {
            let label = |s| format!("{} at now {s:+} s", scheme.name());
            table.push((label(-late_s), signed(&(NOW_S - late_s).to_string()), Reason::Stale));
            table.push((label(late_s), signed(&(NOW_S + late_s).to_string()), Reason::Future));
        }
        for (time, reason) in [("0000000000", Reason::Stale), ("9999999999", Reason::Future)] {
            table.push((format!("{} at {time}", scheme.name()), signed(time), reason));
        }
        let asleep = Hook { now_s: i64::MAX, ..good(scheme) };
        let before_time = Hook { now_s: i64::MIN, ..good(scheme) };
        table.push((format!("{} at the end of time", scheme.name()), asleep, Reason::Stale));
        table.push((format!("{} before time", scheme.name()), before_time, Reason::Future));
    }
    let long = "i".repeat(256);
    for id in ["msg.1", ".", "a\0b", "a\nb", "a b", "a\tb", "é", "\x7f", "msg\u{200b}", &long] {
        let signed = |scheme| Hook::signed(scheme, KEY, id, &NOW_S.to_string(), BODY.as_bytes());
        table.push((format!("standard id {id:?}"), signed(Scheme::Standard), Reason::Malformed));
        if !id.contains('.') {
            table.push((format!("github id {id:?}"), signed(Scheme::Github), Reason::Malformed));
        }
    }
}

fn bodies(table: &mut Table) {
    for scheme in Scheme::ALL {
        let mut push = |label: &str, body: &[u8], reason| {
            table.push((format!("{} {label}", scheme.name()), good(scheme).saying(body), reason));
        };
        for bit in 0..8 {
            for at in [0, BODY.len() / 2, BODY.len() - 1] {
                let mut body = BODY.as_bytes().to_vec();
                body[at] ^= 1 << bit;
                push(&format!("bit {bit} of byte {at}"), &body, Reason::Mismatch);
            }
        }
        push("truncated", &BODY.as_bytes()[..BODY.len() - 1], Reason::Mismatch);
        push("beheaded", &BODY.as_bytes()[1..], Reason::Mismatch);
        push("empty body", b"", Reason::Mismatch);
        push("with CRLF", BODY.replace('\n', "\r\n").as_bytes(), Reason::Mismatch);
        push("without line breaks", BODY.replace('\n', "").as_bytes(), Reason::Mismatch);
        push("with a byte order mark", format!("\u{feff}{BODY}").as_bytes(), Reason::Mismatch);
        push("line break behind", format!("{BODY}\n").as_bytes(), Reason::Mismatch);
        push("NUL behind", format!("{BODY}\0").as_bytes(), Reason::Mismatch);
        push("encoded again", BODY.replace(": ", ":").as_bytes(), Reason::Mismatch);
        push("escaped as PHP does", BODY.replace('ü', "\\u00fc").as_bytes(), Reason::Mismatch);
        push("slashed", BODY.replace('"', "\\\"").as_bytes(), Reason::Mismatch);
        let large = Hook::signed(scheme, KEY, ID, &NOW_S.to_string(), &vec![b' '; MIB + 1]);
        table.push((format!("{} of 1 MiB and a byte", scheme.name()), large, Reason::TooLarge));
    }
}

fn secrets(table: &mut Table) {
    for scheme in Scheme::ALL {
        let (hook, right) = (good(scheme), secret(scheme, KEY));
        for unset in [&[][..], &[""], &[" "], &["\t\n"], &["", "  ", "\r\n"]] {
            table.push((
                format!("{} with the secrets {unset:?}", scheme.name()),
                hook.clone().knowing(unset),
                Reason::NoSecret,
            ));
        }
        let text = BODY.as_bytes();
        let forged = |key: &[u8]| Hook {
            secrets: vec![right.clone()],
            ..Hook::signed(scheme, key, ID, &NOW_S.to_string(), text)
        };
        let cut = &right[..right.len() - 4];
        for (label, hook) in [
            ("another secret", hook.clone().knowing(&["another"])),
            ("four others", hook.clone().knowing(&["a", "b", "c", "d"])),
            ("the secret cut short", hook.clone().knowing(&[cut])),
            ("the secret in capitals", hook.clone().knowing(&[&right.to_uppercase()])),
            ("signed with nothing", forged(b"")),
            ("signed with a NUL more", forged(&[KEY, b"\0x"].concat())),
            ("signed with the secret's digest", forged(&Sha256::digest(KEY))),
            ("signed by another", forged(b"another")),
        ] {
            table.push((format!("{}: {label}", scheme.name()), hook, Reason::Mismatch));
        }
    }
    let standard = good(Scheme::Standard);
    let unpadded = secret(Scheme::Standard, b"hello").replace('=', "");
    for broken in [
        "whsec_",
        "whsec_=",
        "whsec_not base64",
        "whsec_a-_=",
        "whsec_aGVsbG9=",
        "whsec_ aGVsbG8=",
        "whsec_aGVsbG8=\n",
        "whsec_whsec_aGVsbG8=",
        "whpk_aGVsbG8=",
        "whsk_aGVsbG8=",
        &unpadded,
    ] {
        table.push((format!("the secret {broken:?}"), standard.clone().knowing(&[broken]), Reason::NoSecret));
    }
    let raw = Hook {
        secrets: standard.secrets.clone(),
        ..Hook::signed(Scheme::Standard, standard.secrets[0].as_bytes(), ID, &NOW_S.to_string(), BODY.as_bytes())
    };
    table.push(("signed with the secret as it is written".into(), raw, Reason::Mismatch));
    table.push(("another id".into(), standard.clone().with("webhook-id", "msg_2"), Reason::Mismatch));
    table.push((
        "a second later".into(),
        standard.with("webhook-timestamp", (NOW_S + 1).to_string()),
        Reason::Mismatch,
    ));
    let later = good(Scheme::Stripe).header("stripe-signature").replace("t=1700000000", "t=1700000001");
    table.push(("a second later, stripe".into(), good(Scheme::Stripe).claiming(later), Reason::Mismatch));
}

#[test]
fn every_row_is_refused_for_its_reason() {
    let mut table = Table::new();
    for fill in [
        missing_and_doubled,
        values,
        times_and_ids,
        bodies,
        webhook_signatures::in_base64,
        webhook_signatures::in_hex,
        webhook_signatures::of_github,
        webhook_signatures::of_stripe,
        secrets,
    ] {
        fill(&mut table);
    }
    let mut labels = HashSet::new();
    let mut tally: BTreeMap<Reason, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (label, hook, reason) in &table {
        assert!(labels.insert(label), "{label} is there twice");
        let said = hook.verify();
        if said != Err(*reason) {
            wrong.push(format!("{label}: {said:?}, not {reason:?}"));
        }
        *tally.entry(*reason).or_default() += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(table.len() >= 300 && Reason::ALL.iter().all(|reason| tally.contains_key(reason)), "{tally:?}");
    println!("{} webhooks refused: {tally:?}", table.len());
}

/// What the rows differ from: were it refused too, they would prove nothing.
#[test]
fn what_the_rows_spoil_is_good() {
    for scheme in Scheme::ALL {
        assert!(good(scheme).verify().is_ok(), "{scheme:?}");
        assert!(Hook::signed(scheme, KEY, ID, &NOW_S.to_string(), &vec![b' '; MIB]).verify().is_ok(), "{scheme:?}");
        for at_s in [NOW_S - 300, NOW_S + 300] {
            assert!(Hook::signed(scheme, KEY, ID, &at_s.to_string(), b"").verify().is_ok(), "{scheme:?} at {at_s}");
        }
    }
    let upper = good(Scheme::Hex).header("x-aisig").to_uppercase();
    assert!(good(Scheme::Hex).claiming(upper).verify().is_ok());
}

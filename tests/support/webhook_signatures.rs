//! The part of the table that is about the one header with the signatures: their form, their number, what stands between.

use aisp::webhook::{Reason, Scheme};

use super::webhook::{BODY, ID, KEY, NOW_S, base64, hex, mac, signed_header};
use super::{Table, good};

/// The words of a pattern, separated by bars, after every `(from, to)`.
fn patterns(text: &str, replace: &[(&str, &str)]) -> Vec<String> {
    let fill = |word: &str| replace.iter().fold(word.to_owned(), |word, (from, to)| word.replace(from, to));
    text.split('|').map(fill).collect()
}

fn push(table: &mut Table, scheme: Scheme, values: Vec<String>, reason: Reason) {
    for value in values {
        let start: String = value.chars().take(140).collect();
        let label = format!("{} signed {start:?} of {} bytes", scheme.name(), value.len());
        table.push((label, good(scheme).claiming(value), reason));
    }
}

pub fn in_base64(table: &mut Table) {
    let bytes = mac(KEY, &[ID.as_bytes(), b".", NOW_S.to_string().as_bytes(), b".", BODY.as_bytes()]);
    let whole = base64(&bytes);
    // The last digit but the padding has two bits that must be zero.
    let stray = char::from(whole.as_bytes()[42] + 1);
    let replace = [
        ("STRAY", &*format!("{}{stray}=", &whole[..42])),
        ("SHORT", &base64(&bytes[..31])),
        ("LONG", &base64(&[&bytes[..], b"x"].concat())),
        ("HEX", &hex(&bytes)),
        ("URL1", &format!("-{}", &whole[1..])),
        ("URL2", &format!("_{}", &whole[1..])),
        ("HEAD", &whole[..20]),
        ("TAIL", &whole[20..]),
        ("BARE", whole.trim_end_matches('=')),
        ("OTHER", &base64(&[0; 32])),
        ("SIG", &whole),
    ];
    let malformed = "v1,BARE|v1,SIG=|v1,=BARE|v1,URL1|v1,URL2|v1,STRAY|v1,SHORT|v1,LONG|v1,HEX|v1,HEAD TAIL|v1,HEAD\nTAIL|v1,|v1|,|SIG|\
        ,SIG|v1,,SIG|v1,SIG,|v1;SIG|v1=SIG|v1:SIG|v1 SIG|v1, SIG|v1,SIG v1|v1,SIG  v1,SIG|v1,SIG,v1,SIG|v1,SIG, v1,SIG|v1,SIG v1,BARE|\
        v1,BARE v1,SIG|\"v1,SIG\"|v1.0,SIG|v-1,SIG|v1,v1,SIG";
    push(table, Scheme::Standard, patterns(malformed, &replace), Reason::Malformed);
    let mismatch =
        "V1,SIG|v2,SIG|v1a,SIG|v01,SIG|v,SIG|1,SIG|vI,SIG|whsec_v1,SIG|v1,OTHER|v1,OTHER v2,SIG|v1a,x v1,OTHER";
    push(table, Scheme::Standard, patterns(mismatch, &replace), Reason::Mismatch);
    let many = |word: &str, times| patterns(&format!("{}v1,SIG", word.repeat(times)), &replace);
    push(table, Scheme::Standard, [many("v2,x ", 16), many("v1,OTHER ", 16)].concat(), Reason::TooLarge);
    push(table, Scheme::Standard, [many("v2,x ", 9_999), many("v1,OTHER ", 9_999)].concat(), Reason::TooLarge);
}

/// In what all three with hex have in common.
pub fn in_hex(table: &mut Table) {
    for scheme in [Scheme::Stripe, Scheme::Github, Scheme::Hex] {
        let header = good(scheme).header(signed_header(scheme));
        let (before, digits) = header.split_at(header.len() - 64);
        let replace = [
            ("CUT1", &digits[1..]),
            ("CUT2", &digits[2..]),
            ("SHA1", &digits[..40]),
            ("SIG", digits),
            ("BASE64", &base64(digits.as_bytes())),
            ("ACCENTS", &"é".repeat(32)),
            ("UPPER", &digits.to_uppercase()),
            ("MIXED", &format!("{}A", &digits[..63])),
        ];
        let all = "CUT1|CUT2|SHA1|SIG0|SIG00|0xSIG|0xCUT2|0XCUT2|gCUT1|+CUT1|-CUT1| CUT1|\\xCUT2|SIG\n|\"SIG\"|BASE64|ACCENTS";
        let lower = if scheme == Scheme::Hex { "" } else { "||UPPER|MIXED" };
        let values = patterns(&format!("{all}{lower}"), &replace);
        let values = values.into_iter().map(|value| format!("{before}{value}")).collect();
        push(table, scheme, values, Reason::Malformed);
        push(table, scheme, vec![format!("{before}{}", "0".repeat(64))], Reason::Mismatch);
    }
}

pub fn of_github(table: &mut Table) {
    let digits = good(Scheme::Hex).header("x-aisig");
    let replace = [("SHA1", &digits[..40]), ("SIG", &digits)];
    let malformed = "SIG|sha1=SHA1|sha1=SIG|sha512=SIG|SHA256=SIG|Sha256=SIG|sha256:SIG|sha256 =SIG|sha256= SIG|=SIG|sha256=sha256=SIG|\
        sha256=SIG,sha256=SIG|sha256=SIG;|v1=SIG|sha256";
    push(table, Scheme::Github, patterns(malformed, &replace), Reason::Malformed);
    let old =
        good(Scheme::Github).without("x-hub-signature-256").also("x-hub-signature", format!("sha1={}", &digits[..40]));
    table.push(("github with SHA-1 alone".to_owned(), old, Reason::MissingHeader));
}

pub fn of_stripe(table: &mut Table) {
    let whole = good(Scheme::Stripe).header("stripe-signature");
    let (time, v1) = whole.split_once(',').expect("two entries");
    let replace = [("TIME", time), ("SIG", &v1[3..]), ("OTHER", &"0".repeat(64))];
    let malformed = "v1=SIG|t=,v1=SIG|TIME,TIME,v1=SIG|TIME,v1=SIG,t=0|T=1700000000,v1=SIG|TIME;v1=SIG|TIME v1=SIG|TIME,v1=SIG,|,TIME,v1=SIG|\
        TIME,,v1=SIG|TIME,v1|t,v1=SIG|TIME,=x,v1=SIG|TIME,v1=,v1=SIG|TIME,v1=SIG,v1=x|TIME,v1:SIG|TIME, v1=SIG|TIME,v1=SIG, TIME|TIME,v1 =SIG|\
        TIME,v1= SIG|TIME,v1=SIG v1=SIG|TIME,v1=SIG;v0=x|TIME,\u{e9}=x,v1=SIG";
    push(table, Scheme::Stripe, patterns(malformed, &replace), Reason::Malformed);
    let mismatch = "TIME|TIME,v0=SIG|TIME,V1=SIG|TIME,v2=SIG|TIME,v1=OTHER,v0=SIG|TIME,v01=SIG|TIME,v1_=SIG";
    push(table, Scheme::Stripe, patterns(mismatch, &replace), Reason::Mismatch);
    let many = |times| patterns(&format!("TIME,{}v1=SIG", "v1=OTHER,".repeat(times)), &replace);
    let unknown = patterns(&format!("TIME,{}v1=SIG", "v0=x,".repeat(16)), &replace);
    push(table, Scheme::Stripe, [many(16), many(9_999), unknown].concat(), Reason::TooLarge);
}

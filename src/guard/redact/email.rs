//! E-mail addresses. Source: RFC 5321, section 4.1.2 and the limits of 4.5.3.1; RFC 6531 for letters of every script.
//!
//! The local part is a dot-atom or a quoted string. Signs that RFC 5322 allows and that in texts nearly always end a
//! word (`/`, `{`, `|`, …) end it here too. Addresses of code (`git@host:path`, `pkg@1.2.3`, `icon@2x.png`) are left alone.

use super::bytes::{at as byte, before, run};

const MAX_LOCAL_BYTES: usize = 64;
const MAX_DOMAIN_BYTES: usize = 255;

/// Whether a label ends files or units and is no top-level domain.
fn is_file(label: &str) -> bool {
    let mut lower = [0; 7];
    let Some(lower) = lower.get_mut(..label.len()) else { return false };
    lower.copy_from_slice(label.as_bytes());
    lower.make_ascii_lowercase();
    matches!(
        &*lower,
        b"png"
            | b"jpg"
            | b"jpeg"
            | b"gif"
            | b"svg"
            | b"webp"
            | b"avif"
            | b"ico"
            | b"bmp"
            | b"pdf"
            | b"js"
            | b"mjs"
            | b"cjs"
            | b"jsx"
            | b"ts"
            | b"tsx"
            | b"css"
            | b"scss"
            | b"less"
            | b"html"
            | b"htm"
            | b"json"
            | b"xml"
            | b"txt"
            | b"yml"
            | b"yaml"
            | b"toml"
            | b"lock"
            | b"log"
            | b"php"
            | b"rb"
            | b"exe"
            | b"dll"
            | b"conf"
            | b"service"
            | b"socket"
            | b"target"
            | b"timer"
            | b"mount"
            | b"slice"
    )
}

/// The first address that begins at or behind `from`.
pub(super) fn next(text: &str, from: usize) -> Option<(usize, usize)> {
    let mut at = from;
    loop {
        let sign = at + text[at..].find('@')?;
        if let Some(found) = around(text, from, sign) {
            return Some(found);
        }
        at = run(text.as_bytes(), sign, usize::MAX, |b| *b == b'@');
    }
}

/// The address with its `@` at `sign`, not reaching before `floor`.
fn around(text: &str, floor: usize, sign: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let goes_on = |b: u8| b.is_ascii_alphanumeric() || !b.is_ascii();
    if !byte(bytes, sign + 1).is_some_and(goes_on)
        || sign == floor
        || matches!(bytes[sign - 1], b'@' | b' ' | b'\n' | b'.')
    {
        return None;
    }
    let end = domain(text, sign + 1)?;
    let start = quoted(bytes, floor, sign).or_else(|| local(text, floor, sign))?;
    (!is_code(text, start, sign, end)).then_some((start, end))
}

/// Where a quoted local part begins: `"ann lee"@example.com`.
fn quoted(text: &[u8], floor: usize, sign: usize) -> Option<usize> {
    if before(text, sign) != Some(b'"') {
        return None;
    }
    let close = sign - 1;
    let first = close.saturating_sub(MAX_LOCAL_BYTES).max(floor);
    let open = (first..close).rev().find(|i| matches!(text[*i], b'"' | b'\n'))?;
    let inside = &text[open + 1..close];
    let ends = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphanumeric);
    (text[open] == b'"' && ends(inside.first()) && ends(inside.last())).then_some(open)
}

/// Where the dot-atom before `sign` begins.
fn local(text: &str, floor: usize, sign: usize) -> Option<usize> {
    let mut start = sign;
    let mut spaceless = None;
    for (i, c) in text[floor..sign].char_indices().rev() {
        let wide = c.len_utf8() > 2;
        // Scripts without spaces: a name of ASCII letters ends where they begin.
        if !is_local(c) || spaceless.is_some_and(|was| was != wide && (was || c.is_alphanumeric())) {
            break;
        }
        if c.is_alphanumeric() {
            spaceless = Some(wide);
        }
        start = floor + i;
        if sign - start > MAX_LOCAL_BYTES {
            return None;
        }
    }
    let begins = text[start..sign].trim_start_matches(|c: char| !c.is_alphanumeric() && c != '_' && c != '+');
    // `bounce+ann=example.org` is a name, `email=ann` is a name behind another.
    let local = match begins.rsplit_once('=') {
        Some((key, name)) if !key.contains('+') => name,
        _ => begins,
    };
    let local = local.trim_start_matches('_');
    let plain =
        !local.is_empty() && !local.ends_with('.') && !local.contains("..") && local.contains(char::is_alphanumeric);
    plain.then(|| sign - local.len())
}

fn is_local(c: char) -> bool {
    c.is_alphanumeric()
        || matches!(c, '.' | '_' | '-' | '+' | '%' | '\'' | '!' | '#' | '$' | '&' | '~' | '*' | '^' | '=')
}

/// Where the longest domain ends that begins at `start` and has a top-level domain.
fn domain(text: &str, start: usize) -> Option<usize> {
    let mut best = None;
    let mut label = start;
    loop {
        let end = label_end(text, label, start + MAX_DOMAIN_BYTES);
        let part = &text[label..end];
        if part.is_empty() || part.starts_with('-') {
            return best;
        }
        if label > start {
            best = top_level(part).map(|len| label + len).or(best);
        }
        if byte(text.as_bytes(), end) != Some(b'.') || part.ends_with('-') {
            return best;
        }
        label = end + 1;
    }
}

/// Where the letters, digits and hyphens end that begin at `start`, or the last of them before `limit`.
fn label_end(text: &str, start: usize, limit: usize) -> usize {
    let bytes = text.as_bytes();
    let mut at = start;
    loop {
        at = run(bytes, at, limit.saturating_sub(at), |b| b.is_ascii_alphanumeric() || *b == b'-');
        match byte(bytes, at) {
            Some(b) if !b.is_ascii() && at < limit => match text[at..].chars().next() {
                Some(c) if c.is_alphanumeric() => at += c.len_utf8(),
                _ => return at,
            },
            _ => return at,
        }
    }
}

/// How much of a label is a top-level domain: two letters or more of one kind of script, or one that is encoded.
fn top_level(label: &str) -> Option<usize> {
    if label.len() > 1 && label.bytes().all(|b| b.is_ascii_alphabetic()) {
        return Some(label.len());
    }
    if label.len() > 6 && label.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("xn--")) {
        return Some(label.len());
    }
    let ascii = label.chars().next()?.is_ascii();
    let end =
        label.char_indices().find(|(_, c)| !c.is_alphabetic() || c.is_ascii() != ascii).map_or(label.len(), |(i, _)| i);
    let stops = label[end..].chars().next().is_none_or(|c| !c.is_ascii_digit());
    (stops && label[..end].chars().nth(1).is_some()).then_some(end)
}

/// Whether it is an address of code: a repository, a version, a file, a call.
fn is_code(text: &str, start: usize, sign: usize, end: usize) -> bool {
    let bytes = text.as_bytes();
    let local = &bytes[start..sign];
    let path =
        matches!(byte(bytes, end), Some(b':' | b'/')) && byte(bytes, end + 1).is_some_and(|b| b.is_ascii_graphic());
    let repository = path && matches!(local, b"git" | b"hg");
    let digits = run(bytes, sign + 1, end, u8::is_ascii_digit);
    let version = digits > sign + 1
        && byte(bytes, digits) == Some(b'.')
        && byte(bytes, digits + 1).is_some_and(|b| b.is_ascii_digit());
    let last = bytes[sign + 1..end].iter().rposition(|b| *b == b'.').map_or(end, |dot| sign + 2 + dot);
    // Labels of Kotlin and the like.
    let label = matches!(local, b"this" | b"super" | b"return" | b"break" | b"continue" | b"self");
    repository || version || label || is_file(&text[last..end]) || byte(bytes, end) == Some(b'(')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<&str> {
        next(text, 0).map(|(start, end)| &text[start..end])
    }

    #[test]
    fn an_address_is_found_without_what_stands_beside_it() {
        assert_eq!(found("Write to ann.lee+news@mail.example.co.uk."), Some("ann.lee+news@mail.example.co.uk"));
        assert_eq!(found("<o'brien@example.com>, 'x@example.org'"), Some("o'brien@example.com"));
        assert_eq!(found("'x@example.org'"), Some("x@example.org"));
        assert_eq!(found("?email=ann@example.com&x"), Some("ann@example.com"));
        assert_eq!(found("\"ann lee\"@example.com"), Some("\"ann lee\"@example.com"));
        assert_eq!(found("ann@example.com-x"), Some("ann@example.com"));
    }

    #[test]
    fn letters_of_every_script_are_letters() {
        for address in ["jürgen@müller.de", "用户@例子.公司", "δοκιμή@παράδειγμα.ελ", "ann@xn--mller-kva.xn--p1ai"]
        {
            assert_eq!(found(address), Some(address));
        }
        assert_eq!(found("邮箱是zhang@example.com或者"), Some("zhang@example.com"));
    }

    #[test]
    fn code_and_mentions_are_no_addresses() {
        let code = [
            "git@github.com:org/repo",
            "@scope/pkg",
            "@ann.lee",
            "user@host",
            "pkg@1.2.3",
            "pkg@1.0-rc.beta",
            "icon@2x.png",
            "getty@tty1.service",
        ];
        for text in code.into_iter().chain([
            "this@Main.field",
            "x@app.route(1)",
            "a@.com",
            "a..b@example.com",
            "@",
            "a@b.c",
            "a.@example.com",
        ]) {
            assert_eq!(found(text), None, "{text}");
        }
        let long = format!("{}@example.com", "a".repeat(65));
        assert_eq!(found(&long), None);
    }
}

//! What is found and what is not, on labelled texts (`tests/corpus/redact`) and on texts that hold nothing private.
//!
//! `cargo test --test redact_corpus -- --nocapture` prints the table, every miss and every false hit.

use aisp::guard::redact::{Redactor, Type, Vault};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// One text, its marks taken out, and the values that were marked.
struct Case {
    text: String,
    marked: Vec<String>,
}

#[derive(Default)]
struct Score {
    cases: usize,
    marked: usize,
    found: usize,
    missed: Vec<String>,
    false_hits: Vec<String>,
}

impl Score {
    fn recall(&self) -> f64 {
        self.found as f64 / self.marked as f64
    }
}

fn corpus(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/redact").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Such files are full of them.
fn is_about_private_values(path: &str) -> bool {
    ["redact", "privacy"].iter().any(|word| path.contains(word))
}

/// Lines of a corpus file; its head begins with `# `.
fn lines(corpus: &str) -> impl Iterator<Item = &str> {
    corpus.lines().skip_while(|line| line.starts_with("# "))
}

fn case(line: &str) -> Case {
    let marked = line.split('⟦').skip(1).map(|part| part.split('⟧').next().expect("a part").to_owned()).collect();
    Case { text: line.replace(['⟦', '⟧'], "").replace("\\n", "\n"), marked }
}

/// Every different value in a vault, with its type.
fn values(vault: &Vault) -> Vec<(Type, String)> {
    let of = |kind: Type| {
        (1..).map_while(move |number| {
            let placeholder = format!("[{}_{number}]", kind.name().to_ascii_uppercase());
            let value = vault.restore(&placeholder).into_owned();
            (value != placeholder).then_some((kind, value))
        })
    };
    Type::ALL.into_iter().flat_map(of).collect()
}

fn found_in(text: &str) -> Vec<(Type, String)> {
    let mut vault = Redactor::default().vault();
    let redacted = vault.redact(text).into_owned();
    assert_eq!(vault.restore(&redacted), text);
    values(&vault)
}

fn score(kind: Type) -> Score {
    let mut score = Score::default();
    let text = corpus(&format!("{}.txt", kind.name()));
    for case in lines(&text).map(case) {
        score.cases += 1;
        score.marked += case.marked.len();
        let found = found_in(&case.text);
        let is_found = |value: &&String| found.contains(&(kind, value.to_string()));
        score.found += case.marked.iter().filter(is_found).count();
        let missed = case.marked.iter().filter(|value| !is_found(value));
        score.missed.extend(missed.map(|value| format!("{value} in {:?}", case.text)));
        let surplus = found.iter().filter(|(found, value)| *found != kind || !case.marked.contains(value));
        score.false_hits.extend(surplus.map(|(found, value)| format!("{} {value} in {:?}", found.name(), case.text)));
    }
    score
}

#[test]
fn labelled_values_are_found() {
    println!("{:6} {:>5} {:>6} {:>6} {:>7} {:>10}", "type", "texts", "values", "found", "recall", "false hits");
    let scores: Vec<_> = Type::ALL.into_iter().map(|kind| (kind, score(kind))).collect();
    for (kind, score) in &scores {
        let (name, recall) = (kind.name(), 100.0 * score.recall());
        println!(
            "{name:6} {:5} {:6} {:6} {recall:6.1}% {:10}",
            score.cases,
            score.marked,
            score.found,
            score.false_hits.len()
        );
    }
    for (kind, score) in &scores {
        score.missed.iter().for_each(|missed| println!("{} missed: {missed}", kind.name()));
        score.false_hits.iter().for_each(|hit| println!("{} corpus, false hit: {hit}", kind.name()));
    }
    for (kind, score) in scores {
        let least = if matches!(kind, Type::Card | Type::Iban | Type::Ssn) { 1.0 } else { 0.95 };
        assert!(score.recall() >= least, "{}: {:?}", kind.name(), score.missed);
        assert!(score.false_hits.len() * 20 <= score.marked, "{}: {:?}", kind.name(), score.false_hits);
    }
}

/// One in a hundred may be wrong: the number of a British patient is grouped as an American telephone number is.
#[test]
fn texts_without_private_values_stay_as_they_are() {
    let text = corpus("none.txt");
    let hits: Vec<_> = lines(&text).flat_map(|line| found_in(line).into_iter().map(move |hit| (hit, line))).collect();
    hits.iter().for_each(|hit| println!("false hit: {hit:?}"));
    assert!(hits.len() * 100 <= lines(&text).count(), "{hits:?}");
}

#[test]
fn english_prose_stays_as_it_is() {
    let text = corpus("english.txt");
    assert_eq!(found_in(&text), []);
    println!("english.txt: {} words, no hit", text.split_whitespace().count());
}

/// Licences hold addresses of their authors: those and no others are found.
#[test]
fn licences_hold_only_their_authors_addresses() {
    let mut words = 0;
    for path in files(Path::new("/usr/share/common-licenses"), &[]) {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        words += text.split_whitespace().count();
        let false_hits: Vec<_> = found_in(&text).into_iter().filter(|(kind, _)| *kind != Type::Email).collect();
        assert_eq!(false_hits, [], "{}", path.display());
    }
    match words {
        0 => println!("skipped: no /usr/share/common-licenses"),
        words => println!("licences: {words} words, no false hit"),
    }
}

/// The project's own code. What is about private values holds some, and is left out.
#[test]
fn code_has_at_most_one_false_hit_in_ten_thousand_words() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut words, mut hits) = (0, Vec::new());
    for folder in ["src", "wordpress-plugin", "tests"] {
        for path in files(&root.join(folder), &["rs", "php"]) {
            let Ok(text) = fs::read_to_string(&path) else { continue };
            if path.strip_prefix(root).is_ok_and(|path| is_about_private_values(&path.to_string_lossy().to_lowercase()))
            {
                continue;
            }
            words += text.split_whitespace().count();
            hits.extend(found_in(&text).into_iter().filter(|hit| !is_real(hit)).map(|hit| (path.clone(), hit)));
        }
    }
    hits.iter().for_each(|hit| println!("hit in code: {hit:?}"));
    println!("code: {words} words, {} false hits", hits.len());
    assert!(hits.len() * 10_000 <= words, "{hits:?}");
}

/// Whether it is what it seems: an address of an example network or domain is a true hit.
fn is_real((kind, value): &(Type, String)) -> bool {
    match kind {
        Type::Email => value.contains("example") || value.ends_with(".test") || value.ends_with(".invalid"),
        Type::Ip => value.split('%').next().is_some_and(|address| address.parse::<std::net::IpAddr>().is_ok()),
        _ => false,
    }
}

/// Files with one of these endings below a folder, links not followed; any ending when none is given.
fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return found };
    for path in entries.flatten().map(|entry| entry.path()).filter(|path| !path.is_symlink()) {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if path.is_dir() {
            found.extend(files(&path, endings));
        } else if endings.is_empty() || endings.contains(&ending) {
            found.push(path);
        }
    }
    found
}

/// A megabyte of what could make a scanner look twice takes no longer than a debug build needs to read it a few times.
#[test]
fn a_megabyte_of_anything_is_read_in_linear_time() {
    let units = [
        "@",
        "a@",
        "1-",
        "1 ",
        "1.",
        ":",
        "a:",
        "+",
        "7",
        "(",
        "[EMAIL_",
        "[EMAIL_1]",
        "DE89",
        "DE89 ",
        "MD24 ",
        "a@b.co,",
        "00 1 ",
        "01 ",
        "012 ",
        "1 555 ",
        "+49 1 ",
        "4111 ",
        "123-45-",
        "10.0.0.",
        "fe80::1 ",
        "00-11-",
        "is at on 1234567 ",
        "\"a\"@",
        "是@",
        "用户@例子.公司",
    ];
    for unit in units {
        let text = unit.repeat((1 << 20) / unit.len());
        let began = Instant::now();
        Redactor::default().vault().redact(&text);
        let took = began.elapsed();
        println!("{unit:>12}: {took:?}");
        assert!(took < Duration::from_secs(2), "{unit}: {took:?}");
    }
}

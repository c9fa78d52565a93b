//! The test binary itself as other processes: started again with a task in their environment, for the test `child` to do.

// Each test file is a crate of its own and uses a part of this.
#![allow(dead_code)]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use aisp::store::sqlite::Sqlite;
use rusqlite::Connection;

const TASK: &str = "AISP_TEST_TASK";

/// Starts this binary with a task. It does nothing before [`go`].
pub fn start(task: &str, folder: &Path) -> Child {
    Command::new(std::env::current_exe().expect("this binary"))
        .args(["--exact", "child", "--nocapture"])
        .env(TASK, task)
        .current_dir(folder)
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process")
}

/// [`start`], after a shell has done this for the process.
pub fn start_with(first: &str, task: &str, folder: &Path) -> Child {
    Command::new("sh")
        .args(["-c", &format!("{first} exec \"$0\" --exact child --nocapture")])
        .arg(std::env::current_exe().expect("this binary"))
        .env(TASK, task)
        .current_dir(folder)
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process")
}

/// Lets the processes of a folder begin.
pub fn go(folder: &Path) {
    std::fs::write(folder.join("go"), "").expect("a file");
}

/// In a process that was started: its task and the store of its folder, once it may begin. In an ordinary run there is none.
pub fn task() -> Option<(String, Sqlite)> {
    let task = std::env::var(TASK).ok()?;
    let since = Instant::now();
    while !Path::new("go").exists() {
        assert!(since.elapsed() < Duration::from_secs(60), "nobody said go");
        thread::sleep(Duration::from_micros(200));
    }
    Some((task, Sqlite::open(&std::env::current_dir().expect("a folder").join("aisp.db")).expect("a store")))
}

/// The lines that a task says, until it ends or is killed.
pub fn lines(child: &mut Child) -> impl Iterator<Item = String> + use<> {
    let output = BufReader::new(child.stdout.take().expect("piped"));
    output.lines().map_while(Result::ok).filter_map(|line| line.split_once("> ").map(|(_, said)| said.to_owned()))
}

/// One write, so that a line is whole or not there.
pub fn say(text: &str) {
    let line = format!("> {text}\n");
    std::io::stdout().write_all(line.as_bytes()).expect("the parent listens");
}

/// That the file of a folder is not damaged.
pub fn assert_whole(folder: &Path) {
    let conn = Connection::open(folder.join("aisp.db")).expect("a database");
    let verdict: String = conn.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("a verdict");
    assert_eq!(verdict, "ok");
}

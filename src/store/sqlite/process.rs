//! The process that writes a row, so that another one on the same machine can tell whether it still lives.
//!
//! A process id means something only in its own namespace: containers that share a file do not see each other's processes.
//! There, and where an id is another process's by now, a lease says when it is over.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::process;

use nix::errno::Errno;
use nix::sys::signal::kill;
use nix::unistd::Pid;
use once_cell::sync::Lazy;

/// The namespace of process ids that this process lives in; 0 if it cannot be told. A fork stays in it.
static NAMESPACE: Lazy<u64> = Lazy::new(|| fs::metadata("/proc/self/ns/pid").map_or(0, |namespace| namespace.ino()));

/// This process.
pub(super) fn own() -> String {
    format!("{}:{}", *NAMESPACE, process::id())
}

/// Whether the process is known to be gone.
pub(super) fn is_gone(process: &str) -> bool {
    let Some((namespace, id)) = process.split_once(':') else { return false };
    let here = *NAMESPACE != 0 && namespace.parse() == Ok(*NAMESPACE);
    // Zero and below would mean whole groups of processes.
    let id = id.parse().ok().filter(|id| here && *id > 0).map(Pid::from_raw);
    id.is_some_and(|id| kill(id, None) == Err(Errno::ESRCH))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_gone_once_it_has_been_waited_for() {
        let mut child = process::Command::new("true").spawn().expect("a process");
        let named = format!("{}:{}", *NAMESPACE, child.id());
        assert!(!is_gone(&own()));
        child.wait().expect("an end");
        assert!(is_gone(&named));
    }

    #[test]
    fn who_lives_elsewhere_cannot_be_said_to_be_gone() {
        for process in ["", "x", "1:2:3", "0:1", &format!("{}:99999999", *NAMESPACE + 1), &format!("{}:-1", *NAMESPACE)]
        {
            assert!(!is_gone(process), "{process}");
        }
    }
}

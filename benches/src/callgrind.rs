//! Instructions of the measured part alone, as valgrind's callgrind counts them: the same at every run.

use std::process::Command;

/// What the program `rows` executes between entering and leaving `contest::collected`; `None` where valgrind is not
/// installed.
///
/// # Panics
/// Where it is installed and counts nothing: then the program stopped, or the function has another name.
pub fn instructions(rows: &str, arguments: &[&str]) -> Option<u64> {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--collect-atstart=no"]);
    let ran = valgrind.args(["--toggle-collect=*contest*collected*", rows]).args(arguments).output().ok()?;
    let told = String::from_utf8_lossy(&ran.stderr);
    let count = told.lines().find_map(|line| line.split_once("Collected :"));
    let count = count.and_then(|(_, number)| number.trim().parse().ok()).unwrap_or(0);
    assert!(ran.status.success() && count > 0, "{told}");
    Some(count)
}

//! What the tests of several packages share: short words, samples of all that is written, golden files, and the style of
//! messages. Unpublished.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stderr,
    missing_docs,
    reason = "a test may stop at what it does not expect"
)]

pub mod golden;
pub mod places;
pub mod samples;
pub mod sources;
pub mod style;
pub mod support;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of the project.
pub fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The compiler whose wording the `.stderr` files of compile-fail tests keep. Another one refuses the same in other words.
pub const PINNED: &str = "1.95";

/// Whether attacks can be compared with their wording here; says so where not.
pub fn is_pinned_compiler() -> bool {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let answer = Command::new(rustc).arg("--version").output().expect("a compiler answers");
    let compiler = String::from_utf8(answer.stdout).unwrap();
    let pinned = compiler.starts_with(&format!("rustc {PINNED}."));
    if !pinned {
        // Past the capture of test output: nobody should think that the attacks were tried.
        let skipped = format!("skipped: the attacks are worded for rustc {PINNED}, this is {compiler}");
        std::io::stderr().write_all(skipped.as_bytes()).unwrap();
    }
    pinned
}

//! What cannot be written: one attack a file in `tests/ui`, each refused for the reason that stands here.
//!
//! After a change of wording: `TRYBUILD=overwrite cargo test -p placet-insight --test it compile_fail`, then read the
//! difference.

use std::collections::BTreeSet;
use std::path::Path;

/// The attacks, each with how every error of its `.stderr` begins.
const ATTACKS: [(&str, &str); 16] = [
    // A profile is made by a view alone, with permits, and is never copied.
    ("write_a_profile", "error[E0451]"),
    ("default_a_profile", "error[E0277]"),
    ("deserialise_a_profile", "error[E0277]"),
    ("clone_a_profile", "error[E0599]"),
    // While somebody is looked at nothing is withdrawn behind the back of whoever looks, and nobody keeps looking.
    ("withdraw_while_a_profile_lives", "error[E0502]"),
    ("profile_outlives_its_ledger", "error[E0515]"),
    // What leaves the house was published.
    ("write_a_published", "error[E0451]"),
    ("default_a_published", "error[E0277]"),
    ("deserialise_a_published", "error[E0277]"),
    ("table_for_published", "error[E0308]"),
    ("serialise_a_table", "error[E0277]"),
    ("serialise_a_crowd", "error[E0277]"),
    ("read_the_key_of_the_noise", "error[E0616]"),
    // Credits and tallies are for inside, and a seed tells who is held out.
    ("serialise_a_credit", "error[E0277]"),
    ("serialise_a_tallies", "error[E0277]"),
    ("read_the_seed", "error[E0616]"),
];

#[test]
fn attacks_do_not_compile() {
    if !placet_tests::is_pinned_compiler() {
        return;
    }
    let cases = trybuild::TestCases::new();
    for (attack, _) in ATTACKS {
        cases.compile_fail(format!("tests/ui/{attack}.rs"));
    }
}

#[test]
fn no_attack_is_missing_and_each_is_refused_for_its_reason() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui");
    let paths = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let there: BTreeSet<String> =
        paths.map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    let listed = ATTACKS.iter().flat_map(|(attack, _)| [format!("{attack}.rs"), format!("{attack}.stderr")]);
    assert_eq!(there, listed.collect());
    for (attack, reason) in ATTACKS {
        let text = std::fs::read_to_string(folder.join(format!("{attack}.rs"))).unwrap();
        assert!(text.starts_with("//! Somebody "), "{attack} does not say what somebody tries");
        let answer = std::fs::read_to_string(folder.join(format!("{attack}.stderr"))).unwrap();
        let mut errors = answer.lines().filter(|line| line.starts_with("error")).peekable();
        assert!(errors.peek().is_some(), "{attack} is not refused");
        for error in errors {
            assert!(error.starts_with(reason), "{attack} is refused for another reason: {error}");
        }
    }
}

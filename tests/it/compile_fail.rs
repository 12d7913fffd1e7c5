//! What cannot be written: one attack a file in `tests/ui`, each refused for the reason that stands here.
//!
//! After a change of wording: `TRYBUILD=overwrite cargo test -p placet-tests --test it compile_fail`, then read the difference.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A lifetime error that has no code.
const LIFETIME: &str = "error: lifetime may not live long enough";

/// The attacks, each with how every error of its `.stderr` begins.
const ATTACKS: [(&str, &str); 43] = [
    // A permit is made by the ledger of today alone.
    ("write_a_permit", "error[E0451]"),
    ("default_a_permit", "error[E0277]"),
    ("deserialise_a_permit", "error[E0277]"),
    ("citation_for_permit", "error[E0308]"),
    ("permit_from_a_ledger_of_the_past", "error[E0599]"),
    // It is spent once, here and now.
    ("clone_a_permit", "error[E0599]"),
    ("copy_a_permit", "error[E0507]"),
    ("spend_a_permit_twice", "error[E0382]"),
    ("serialise_a_permit", "error[E0277]"),
    ("permit_outlives_its_ledger", "error[E0597]"),
    ("permit_moved_to_another_task", "error[E0521]"),
    // Nothing is withdrawn behind its back.
    ("withdraw_while_a_permit_lives", "error[E0502]"),
    ("withdraw_between_release_and_send", "error[E0502]"),
    // An event is made by `release` alone, goes where its permit says, and is sent once.
    ("write_an_event", "error[E0451]"),
    ("event_from_queued_by_into", "error[E0277]"),
    ("deserialise_an_event", "error[E0277]"),
    ("derive_deserialize_on_a_wrapper_of_event", "error[E0277]"),
    ("event_by_serde_remote", "error[E0451]"),
    ("clone_an_event", "error[E0599]"),
    ("readdress_an_event", "error[E0616]"),
    ("keep_an_event_in_the_gateway", LIFETIME),
    // A gateway takes nothing else (for what a rehearsal counted, see the tests of the lab).
    ("queued_event_to_a_gateway", "error[E0308]"),
    // A reply is made by the ledger alone, goes where its act was done, and is sent once.
    ("write_a_reply", "error[E0451]"),
    ("default_a_reply", "error[E0277]"),
    ("deserialise_a_reply", "error[E0277]"),
    ("clone_a_reply", "error[E0599]"),
    ("send_a_reply_twice", "error[E0382]"),
    ("readdress_a_reply", "error[E0616]"),
    ("withdraw_while_a_reply_lives", "error[E0502]"),
    ("keep_a_reply_in_the_gateway", LIFETIME),
    ("reply_as_an_event", "error[E0308]"),
    // The past of a ledger stays as it was, and a stop cannot fail.
    ("clone_a_ledger", "error[E0277]"),
    ("reorder_the_acts", "error[E0616]"),
    ("mutable_look_into_a_past_act", "error[E0308]"),
    ("stop_behind_a_question_mark", "error[E0277]"),
    // What runs was checked, and says what for, which way and from whom.
    ("run_an_unchecked_spec", "error[E0599]"),
    ("deserialise_a_journey", "error[E0277]"),
    ("forge_a_signal", "error[E0451]"),
    ("deserialise_a_signal", "error[E0277]"),
    ("effect_without_purpose", "error[E0063]"),
    ("effect_without_channel", "error[E0063]"),
    ("a_persona_on_an_event", "error[E0560]"),
    ("rename_the_controller", "error[E0616]"),
];

/// What an honest caller writes in the place of an attack: it compiles, and runs.
const TWINS: [&str; 3] = ["release_and_send_sync", "release_and_send_async", "reply_and_send"];

#[test]
fn attacks_do_not_compile_and_their_honest_twins_do() {
    let cases = trybuild::TestCases::new();
    for twin in TWINS {
        cases.pass(source(twin));
    }
    if !placet_tests::is_pinned_compiler() {
        return;
    }
    for (attack, _) in ATTACKS {
        cases.compile_fail(source(attack));
    }
}

#[test]
fn no_attack_is_missing_and_each_is_refused_for_its_reason() {
    let names = ATTACKS.iter().map(|(attack, _)| *attack);
    let listed: BTreeSet<String> = names.chain(TWINS).map(str::to_owned).collect();
    assert_eq!(listed.len(), ATTACKS.len() + TWINS.len(), "a name stands here twice");
    assert_eq!(names_in_folder("rs"), listed);
    let attacks: BTreeSet<String> = ATTACKS.iter().map(|(attack, _)| (*attack).to_owned()).collect();
    assert_eq!(names_in_folder("stderr"), attacks);

    for (attack, reason) in ATTACKS {
        let text = std::fs::read_to_string(source(attack)).unwrap();
        assert!(text.starts_with("//! Somebody "), "{attack} does not say what somebody tries");
        let answer = std::fs::read_to_string(source(attack).with_extension("stderr")).unwrap();
        let mut errors = answer.lines().filter(|line| line.starts_with("error")).peekable();
        assert!(errors.peek().is_some(), "{attack} is not refused");
        for error in errors {
            assert!(error.starts_with(reason), "{attack} is refused for another reason: {error}");
        }
        assert!(!answer.contains("\nwarning"), "{attack} is warned of something else, too");
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("ui")
}

fn source(name: &str) -> PathBuf {
    // Relative to the package, so that the `.stderr` files name no folder of one machine.
    Path::new("ui").join(name).with_extension("rs")
}

fn names_in_folder(extension: &str) -> BTreeSet<String> {
    let paths = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let paths = paths.filter(|path| path.extension().is_some_and(|found| found == extension));
    paths.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

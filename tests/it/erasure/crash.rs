//! An erasure, killed: at every byte of the journal, and at every write. It is done in the end, and no stop is lost.

use placet::{
    Entry, Identity, Stop,
    book::{Journal, JournalError, Journaled},
    entry::Body,
};

use super::{TOKEN, TRACES, ada, erased, forgetful, lived, mail, token};
use crate::support::journal::Port;
use crate::support::{at, name};

fn erase() -> Stop {
    Stop::erase(token("e-1"), at("11:00:00"), at("11:00:00")).about(mail())
}

/// Goes on from a text as it is found after a crash.
fn begun(text: &str, fails_at: Option<usize>) -> Journaled<Port> {
    let replayed = forgetful().replaying(text).unwrap();
    Journaled::new(replayed.book, Port::of(&text[..replayed.valid], fails_at))
}

fn text(kept: &Journaled<Port>) -> String {
    kept.journal().text().unwrap()
}

fn has_traces(text: &str) -> bool {
    TRACES.iter().any(|trace| text.contains(trace))
}

/// How it is in the end: forgotten, stopped, and what is written is what is known.
#[track_caller]
fn is_done(kept: &mut Journaled<Port>) {
    assert!(!has_traces(&text(kept)) && !has_traces(&format!("{:?}", kept.book())));
    assert!(kept.contact(&ada()).unwrap().ledger().erased());
    assert_eq!(kept.book().suppressed().len(), 2);
    let replayed = forgetful().replaying(&text(kept)).unwrap().book;
    assert_eq!(format!("{replayed:?}"), format!("{:?}", kept.book()));
}

/// Before the replacement the old journal is there, after it the new one: there is nothing in between.
#[test]
fn cut_at_every_byte_around_the_erasure() {
    let before = lived(forgetful()).journal().clone();
    let line = Entry::new(ada(), Body::Act(erase().into()));
    let line = serde_json::to_string(&line).unwrap() + "\n";
    let whole = format!("{before}{line}");
    let mut cuts = 0;
    for cut in before.len()..=whole.len() {
        cuts += 1;
        let mut kept = begun(&whole[..cut], None);
        let acknowledged = cut == whole.len();
        assert_eq!(kept.contact(&ada()).unwrap().ledger().erased(), acknowledged, "cut at {cut}");
        if acknowledged {
            kept.flush().unwrap();
            is_done(&mut kept);
        }
        let _ = kept.stop(&ada(), erase()).unwrap();
        is_done(&mut kept);
    }
    assert!(cuts > 100, "{cuts} cuts were tried");
}

#[test]
fn cut_at_every_byte_of_what_is_left() {
    let after = erased(lived(forgetful())).journal().clone();
    for cut in (0..=after.len()).filter(|cut| after.is_char_boundary(*cut)) {
        let mut kept = begun(&after[..cut], None);
        assert!(!has_traces(&format!("{:?}", kept.book())) && !has_traces(&text(&kept)), "cut at {cut}");
        let whole = after[..cut].rfind('\n').map_or("", |end| &after[..end]);
        let stopped = whole.contains(r#""type":"erase""#);
        assert_eq!(kept.contact(&ada()).is_some_and(|left| left.ledger().erased()), stopped);
    }
}

#[test]
fn the_writer_fails_at_every_write() {
    let before = lived(forgetful()).journal().clone();
    for fails_at in 0..2 {
        let mut kept = begun(&before, Some(fails_at));
        let error = kept.stop(&ada(), erase()).unwrap_err();
        assert_eq!(error, JournalError::Journal("the disk is full"));
        assert!(kept.contact(&ada()).unwrap().ledger().erased(), "in force, written or not");
        let shown = format!("{:#?}", kept.book());
        let left: Vec<&str> = shown.lines().filter(|line| has_traces(line)).collect();
        assert_eq!(left, Vec::<&str>::new(), "and forgotten in memory");
        assert!(has_traces(&text(&kept)), "but not on the disk");

        // Power fails now: what was acknowledged is there. Nothing was; the erasure may be, and is taken up again.
        let mut crashed = begun(&text(&kept), None);
        crashed.flush().unwrap();
        let _ = crashed.stop(&ada(), erase()).unwrap();
        is_done(&mut crashed);

        // Or it does not, and the next thing that is written finishes it first.
        kept.link(&name("cy"), Identity::phone("+3225550100").unwrap()).unwrap();
        is_done(&mut kept);
    }
}

#[test]
fn a_journal_that_somebody_damaged_is_not_taken_for_a_clean_one() {
    let mut kept = begun(lived(forgetful()).journal(), None);
    kept.journal().damage("{\"v\":1\n");
    let error = kept.stop(&ada(), erase()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the journal cannot be rewritten: line 1 of the journal: the input ends inside an object (at `.`, line 1, column 6)"
    );
    assert!(kept.contact(&ada()).unwrap().ledger().erased(), "the stop is in force");
    assert!(text(&kept).ends_with("}\n"), "and written");
}

#[test]
fn a_merge_with_somebody_who_was_erased_forgets_the_other_as_well() {
    let kept = erased(lived(forgetful()));
    let mut kept = begun(kept.journal(), None);
    let again = Identity::account(name("facebook"), &format!("{TOKEN}2")).unwrap();
    kept.open(token("again"), again).unwrap();
    assert!(has_traces(&text(&kept)));
    kept.merge(&token("again"), &ada()).unwrap();
    assert!(!has_traces(&text(&kept)) && !has_traces(&format!("{:?}", kept.book())));
    let replayed = forgetful().replaying(&text(&kept)).unwrap().book;
    assert_eq!(format!("{replayed:?}"), format!("{:?}", kept.book()));
}

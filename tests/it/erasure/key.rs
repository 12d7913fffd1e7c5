//! A journal in which somebody was forgotten is replayed under its own key alone.

use placet::{Book, Journey, Stop, book::Journaled, identity::SuppressionKey};

use super::{ada, forgetful, lived, token};
use crate::support::{at, name};

/// A journal in which somebody was forgotten is worth nothing without its key, and says so.
#[test]
fn a_journal_is_replayed_under_its_own_key_alone() {
    let journey = || Journey::reference().unwrap();
    let mut kept = lived(forgetful());
    let before = kept.journal().clone();
    assert!(!before.contains("suppression_key"), "nobody is forgotten yet");
    let _ = kept.stop(&ada(), Stop::erase(token("e-1"), at("11:00:00"), at("11:00:00"))).unwrap();
    let journal = kept.journal().clone();
    let check = r#"{"v":1,"type":"suppression_key","check":""#;
    assert!(journal.starts_with(check), "{}", journal.lines().next().unwrap());
    assert!(!journal.contains(&"2a".repeat(16)), "the key itself is not written");

    let replayed = forgetful().replaying(&journal).unwrap();
    assert_eq!((replayed.valid, replayed.book.suppressed().len()), (journal.len(), 2));
    let none = Book::replay(journey(), &journal).unwrap_err();
    assert!(none.lacks_its_key() && none.line() == 1);
    assert_eq!(
        none.to_string(),
        "line 1 of the journal: somebody was forgotten in this journal under a suppression key: replay it into a book \
         that has the key"
    );
    let other = Book::suppressing(journey(), SuppressionKey::new([43; 16])).replaying(&journal).unwrap_err();
    assert!(other.lacks_its_key());
    assert_eq!(
        other.to_string(),
        "line 1 of the journal: somebody was forgotten in this journal under another suppression key: replay it into \
         a book that has that key"
    );
    assert!(Book::replay(journey(), &before).is_ok(), "of whom nobody was forgotten any book is made");
    let damaged =
        forgetful().replaying(&journal.replacen("suppression_key", "suppresion_key", 1)).unwrap_err();
    assert!(!damaged.lacks_its_key(), "{damaged}");

    // Forgotten again, it is said once; and lines of the check are no entries for whoever reads them one by one.
    let mut again = Journaled::new(replayed.book, journal.clone());
    let _ = again.stop(&name("bo"), Stop::erase(name("e-2"), at("12:00:00"), at("12:00:00"))).unwrap();
    assert_eq!(again.journal().matches(check).count(), 1);
    let mut entries = 0;
    for line in again.journal().lines() {
        let count = |_| {
            entries += 1;
            Ok::<_, ()>(())
        };
        placet::entry::Entries::default().each(line, count).unwrap().unwrap();
    }
    assert!(entries > 0);
}

/// A list that was taken over is under a key as well.
#[test]
fn a_suppression_list_in_a_journal_needs_its_key() {
    let mut kept = Journaled::new(forgetful(), String::new());
    let mut other = lived(forgetful());
    let _ = other.stop(&ada(), Stop::erase(token("e-1"), at("11:00:00"), at("11:00:00"))).unwrap();
    for entry in other.book().suppressed() {
        kept.suppress(entry).unwrap();
    }
    assert!(Book::replay(Journey::reference().unwrap(), kept.journal()).unwrap_err().lacks_its_key());
    assert_eq!(forgetful().replaying(kept.journal()).unwrap().book.suppressed(), other.book().suppressed());
}

//! A no is never behind a parse (FAULTS A8): whatever else is wrong with a row or a line, who said no is refused.

use placet::{
    Act, Ask, Book, Identity, Instant, Journey, Purpose, Reach, Reason, Stop,
    book::{CellFault, Column, Dated, ImportReport, Journaled, Mapped, Mapping, RowFault},
    channel::SMS,
    consent::{ActKind, AppendError},
    identity::{IdentityKind, SuppressionKey},
    name::InstantError,
};
use proptest::prelude::*;
use proptest::sample::Index;

use super::{line, newsletter, with, without};
use crate::support::{at, email, grant, name};

const COLUMNS: [&str; 6] = ["id", "mail", "ok", "do not contact", "changed", "remarks"];

fn mapping() -> Mapping {
    Mapping::default()
        .column("id", Column::Contact)
        .column("mail", Column::Identity(IdentityKind::Email))
        .column("ok", Column::SaysOf(newsletter()))
        .column("do not contact", Column::DoNot(Reach::everything()))
        .column("changed", Column::Acted)
        .column("remarks", Column::Irrelevant)
        .always(Column::Actor, "person")
        .always(Column::Method, "unticked_box")
        .always(Column::Notice, "form")
        .always(Column::NoticeVersion, "1")
}

fn table() -> Mapped {
    mapping().check(COLUMNS).unwrap()
}

const NINE: &str = "2013-05-01T09:00:00Z";

/// A book in which Ada permitted the newsletter, long before and again after what a list can say.
fn with_ada() -> Book {
    let mut book = Book::new(Journey::reference().unwrap());
    book.open(name("ada"), email()).unwrap();
    for (id, time) in [("g-1", "08:00:00"), ("g-2", "09:45:00")] {
        let _ = book.append(&name("ada"), grant(id, newsletter(), email(), at(time))).unwrap();
    }
    assert_eq!(asked(&mut book, "ada"), None);
    book
}

fn asked(book: &mut Book, contact: &str) -> Option<Reason> {
    let ledger = book.contact(&name(contact)).unwrap().ledger();
    ledger.refuses(&Ask::new(newsletter(), email()), at("23:00:00"))
}

/// Whoever has an address in whatever spelling is refused, and there is somebody who has it.
#[track_caller]
fn refused_to_all(book: &mut Book, address: &Identity) -> bool {
    let mut holders = 0;
    let refused = book.contacts().all(|contact| {
        contact.ledger().identities().filter(|own| own.wide_key() == address.wide_key()).all(|own| {
            holders += 1;
            contact.ledger().refuses(&Ask::new(newsletter(), own.clone()), at("23:00:00")).is_some()
        })
    });
    refused && holders > 0
}

fn faults(report: &ImportReport) -> Vec<String> {
    report.refused.iter().map(ToString::to_string).collect()
}

/// What was taken: kind, instant, where the instant is from.
fn taken(report: &ImportReport) -> Vec<(ActKind, String, Dated)> {
    report.taken.iter().map(|taken| (taken.kind, taken.acted.to_string(), taken.dated)).collect()
}

/// FAULTS A8, as it stands there.
#[test]
fn dates_and_flags_in_another_form_lose_no_do_not_contact() {
    let form = InstantError::Form;
    for (flag, date, acted, dated, reported) in [
        ("yes", "2013-04-01", "2013-04-01T23:59:59Z", Dated::Row, None),
        ("yes", "", "2013-05-01T10:00:00Z", Dated::Import, Some(form)),
        ("Yes", NINE, NINE, Dated::Row, None),
        ("TRUE", NINE, NINE, Dated::Row, None),
        ("1", NINE, NINE, Dated::Row, None),
        (" x ", NINE, NINE, Dated::Row, None),
        ("ON", NINE, NINE, Dated::Row, None),
        ("y", "03/04/2013", "2013-05-01T10:00:00Z", Dated::Import, Some(form)),
        ("yes", "2013-04-31", "2013-05-01T10:00:00Z", Dated::Import, Some(form)),
        ("yes", "01.05.2013", "2013-05-01T10:00:00Z", Dated::Import, Some(form)),
        ("yes", "2013-05-01 09:00:00", "2013-05-01T10:00:00Z", Dated::Import, Some(form)),
    ] {
        let mut book = with_ada();
        let report =
            book.import_table(&table(), [["ada", "ada@example.org", "no", flag, date, ""]], at("10:00:00"));
        let both = [ActKind::Object, ActKind::Withdraw].map(|kind| (kind, acted.to_owned(), dated));
        let mut told = taken(&report);
        told.sort_by_key(|(kind, ..)| kind.as_str());
        assert_eq!(told, both, "{flag} {date}");
        let cells: Vec<_> = report.refused.iter().map(|row| row.fault.clone()).collect();
        let cell = |fault: InstantError| RowFault::Cell {
            column: 5,
            name: "changed".to_owned(),
            fault: fault.into(),
        };
        assert_eq!(cells, Vec::from_iter(reported.map(cell)), "{flag} {date}");
        assert_eq!(asked(&mut book, "ada"), Some(Reason::Objected), "{flag} {date}");
    }
}

#[test]
fn a_mark_that_is_neither_yes_nor_no_is_set_and_is_reported() {
    for text in [
        "ja",
        "do not mail!!",
        "-",
        "?",
        "null",
        "2013-04-01",
        "yes?",
        "nein",
        "\u{661}",
        "nope",
        "00",
        "f\u{e4}lse",
    ] {
        let mut book = with_ada();
        let report =
            book.import_table(&table(), [["ada", "ada@example.org", "no", text, NINE, ""]], at("10:00:00"));
        let fault =
            RowFault::Cell { column: 4, name: "do not contact".to_owned(), fault: CellFault::TakenAsSet };
        assert_eq!(report.refused[0].fault, fault, "{text}");
        assert_eq!(asked(&mut book, "ada"), Some(Reason::Objected), "{text}");
        assert!(!format!("{report:?}{:?}", faults(&report)).contains(text) || text.len() < 3, "{text}");
    }
    for text in ["", " ", "no", "No", "FALSE", "0", "n", " N\t", "\u{feff}no"] {
        let mut book = with_ada();
        let report =
            book.import_table(&table(), [["ada", "ada@example.org", "yes", text, NINE, ""]], at("10:00:00"));
        assert_eq!((faults(&report), asked(&mut book, "ada")), (vec![], None), "{text:?}");
    }
}

/// Sibling: the words of the table come first, so that a mark can be written the other way round.
#[test]
fn the_words_of_the_table_come_first() {
    let words = |words: &[&str]| words.iter().map(ToString::to_string).collect();
    let table = mapping()
        .words(placet::book::Words { yes: words(&["0"]), no: words(&["1"]), silent: words(&["N/A"]) })
        .check(COLUMNS)
        .unwrap();
    for (text, reason) in
        [("0", Some(Reason::Objected)), ("1", None), ("n/a", None), ("true", Some(Reason::Objected))]
    {
        let mut book = with_ada();
        let report =
            book.import_table(&table, [["ada", "ada@example.org", "N/A", text, NINE, ""]], at("10:00:00"));
        assert_eq!((faults(&report), asked(&mut book, "ada")), (vec![], reason), "{text}");
    }
}

/// A yes is as narrow as ever: what is enough for a no is not enough for a yes.
#[test]
fn nothing_gets_laxer_for_a_yes() {
    let good = ["bob", "bob@example.org", "yes", "no", NINE, ""];
    let mut book = with_ada();
    assert_eq!(book.import_table(&table(), [good], at("10:00:00")).appended, 1);
    for (column, text) in [
        (0, " bob"),
        (1, "<bob@example.org>"),
        (1, " bob@example.org"),
        (1, "bob@example.org; bo@example.org"),
        (2, "Yes"),
        (2, "TRUE"),
        (2, "1"),
        (2, " yes"),
        (3, "perhaps"),
        (4, "2013-05-01"),
        (4, ""),
        (4, "2013-05-01 09:00"),
        (1, ""),
        (1, "bo\u{200b}b@example.org"),
    ] {
        let mut book = with_ada();
        let mut row = good;
        row[column] = text;
        let report = book.import_table(&table(), [row], at("10:00:00"));
        assert!(report.taken.iter().all(|taken| taken.kind.is_stop()), "{column} {text:?}");
        assert!(!report.refused.is_empty(), "{column} {text:?}");
        let RowFault::Cell { column: told, .. } = report.refused[0].fault else {
            panic!("it names the column")
        };
        assert_eq!(told, column + 1, "{text:?}");
    }
    for row in [&good[..5], &[&good[..], &[""]].concat()] {
        let report = with_ada().import_table(&table(), [row], at("10:00:00"));
        assert!(report.taken.iter().all(|taken| taken.kind.is_stop()), "{row:?}");
        assert!(matches!(report.refused[0].fault, RowFault::Cells { expected: 6, .. }));
    }
}

/// Sibling: a list of addresses, and nothing else.
#[test]
fn a_list_of_addresses_is_an_import() {
    let table = Mapping::default()
        .column("address", Column::Identity(IdentityKind::Email))
        .always(Column::DoNot(Reach::everything()), "yes")
        .undated(at("07:00:00"))
        .check(["address"])
        .unwrap();
    let rows = [["ADA@example.org"], ["bob@example.org"], ["Bob@Example.org"], ["bob"], [""]];
    let mut book = with_ada();
    let report = book.import_table(&table, rows, at("10:00:00"));
    assert_eq!((report.rows, report.appended, report.again, report.opened), (5, 2, 1, 1));
    assert!(
        taken(&report)
            .iter()
            .all(|taken| *taken == (ActKind::Object, at("07:00:00").to_string(), Dated::Mapping))
    );
    assert_eq!(report.taken[0].contact, name("ada"), "whoever has the address");
    assert_eq!(asked(&mut book, "ada"), Some(Reason::Objected));
    let bob = Identity::email("bob@example.org").unwrap();
    assert!(refused_to_all(&mut book, &bob));
    let nobody = "no contact of this id is in the book, and the row has no identity to open one under";
    let no_address = "column 1 (address): an e-mail address is written local@domain, without blanks, quotes or control characters";
    let expected = [(4, no_address), (4, nobody), (5, no_address), (5, nobody)];
    assert_eq!(faults(&report), expected.map(|(line, told)| format!("line {line}: {told}")));

    // The same list again changes nothing; in another book the same address has the same id, and nobody reads it there.
    let again = book.import_table(&table, rows, at("11:00:00"));
    assert_eq!((again.appended, again.again, again.opened), (0, 3, 0));
    let id = report.taken[1].contact.clone();
    let mut other = Book::new(Journey::reference().unwrap());
    let elsewhere = other.import_table(&table, [["BOB@example.org"]], at("10:00:00"));
    assert_eq!(elsewhere.taken[0].contact, id);
    assert!(!id.to_string().contains("bob"));
    // Whoever is opened under the address later has the no.
    book.open(name("shop-7"), bob.clone()).unwrap();
    let _ = book.append(&name("shop-7"), grant("g-1", newsletter(), bob.clone(), at("06:00:00"))).unwrap();
    assert!(refused_to_all(&mut book, &bob));
    // Under a suppression key the id is another one: whoever has not the key cannot try addresses.
    let key = SuppressionKey::new([7; 16]);
    let mut secret = Book::suppressing(Journey::reference().unwrap(), key);
    let hidden = secret.import_table(&table, [["bob@example.org"]], at("10:00:00"));
    assert_ne!(hidden.taken[0].contact, id);
}

/// Sibling: consents without ids. Whose they are is looked up; where that is not certain they are refused.
#[test]
fn a_yes_without_an_id_goes_to_the_one_contact_that_has_the_address() {
    let table = Mapping::default()
        .column("mail", Column::Identity(IdentityKind::Email))
        .column("ok", Column::SaysOf(newsletter()))
        .column("changed", Column::Acted)
        .always(Column::Actor, "person")
        .always(Column::Method, "unticked_box")
        .always(Column::Notice, "form")
        .always(Column::NoticeVersion, "1")
        .check(["mail", "ok", "changed"])
        .unwrap();
    let mut book = with_ada();
    let rows = [
        ["ada@example.org", "yes", NINE],
        ["bob@example.org", "yes", NINE],
        ["bob@example.org", "yes", NINE],
        ["BOB@example.org", "yes", "2013-05-01T09:10:00Z"],
    ];
    let report = book.import_table(&table, rows, at("10:00:00"));
    assert_eq!((report.appended, report.again, report.opened), (2, 1, 1));
    assert_eq!(report.taken[0].contact, name("ada"));
    assert_eq!(
        report.refused[0].fault,
        RowFault::Append(AppendError::UnknownIdentity),
        "another spelling is no yes"
    );
    book.open(name("twin"), email()).unwrap();
    let report =
        book.import_table(&table, [["ada@example.org", "yes", "2013-05-01T09:30:00Z"]], at("10:00:00"));
    assert_eq!((report.appended, report.refused[0].fault.clone()), (0, RowFault::SeveralContacts));
}

/// Found by a fuzzer: what separates two addresses in a cell can stand inside one, and a row with a cell too many is only read
/// loosely.
#[test]
fn an_address_with_a_separator_in_it_is_one_and_several() {
    for (address, torn) in
        [("e|e@example.org", true), ("e|e@example.org", false), ("o'brien@example.org", true)]
    {
        let mut book = Book::new(Journey::reference().unwrap());
        let mut row = vec!["c-1", address, "", "yes", NINE, ""];
        row.extend(torn.then_some("one too many"));
        let _ = book.import_table(&table(), [row], at("10:00:00"));
        assert!(refused_to_all(&mut book, &Identity::email(address).unwrap()), "{address} {torn}");
    }
}

/// Sibling: several address columns in one table.
#[test]
fn a_no_is_for_every_address_of_its_row() {
    let header = ["id", "mail", "second mail", "mobile", "ok", "stop", "changed"];
    let table = Mapping::default()
        .column("id", Column::Contact)
        .column("mail", Column::Identity(IdentityKind::Email))
        .column("second mail", Column::Identity(IdentityKind::Email))
        .column("mobile", Column::Identity(IdentityKind::Phone))
        .column("ok", Column::SaysOf(newsletter()))
        .column("stop", Column::DoNot(Reach::everything()))
        .column("changed", Column::Acted)
        .always(Column::Actor, "person")
        .always(Column::Method, "unticked_box")
        .always(Column::Notice, "form")
        .always(Column::NoticeVersion, "1")
        .check(header)
        .unwrap();
    let mut book = with_ada();
    let row = ["c-9", "old@example.org", "Ada@example.org", "+44 (0)20 7946 0958", "no", "yes", NINE];
    let report = book.import_table(&table, [row], at("10:00:00"));
    assert_eq!(
        faults(&report),
        [
            "line 1: column 4 (mobile): a telephone number is written without the 0 that is dialled only within the country: write +442079460958 for +44 (0)20 7946 0958"
        ]
    );
    for address in ["email:old@example.org", "email:ada@example.org", "phone:+442079460958"] {
        assert!(refused_to_all(&mut book, &Identity::parse(address).unwrap()), "{address}");
    }
    assert_eq!(asked(&mut book, "ada"), Some(Reason::Objected), "she has the second address of the row");
    assert_eq!(
        book.contact(&name("c-9")).unwrap().ledger().identities().count(),
        1,
        "addresses are never linked"
    );

    // A yes is for the one address of the kind that its channel needs.
    let yes = |mail: &str, second: &str, mobile: &str| {
        let mut book = Book::new(Journey::reference().unwrap());
        let report =
            book.import_table(&table, [["c-1", mail, second, mobile, "yes", "", NINE]], at("10:00:00"));
        (report.appended, report.refused.first().map(|row| row.fault.clone()))
    };
    assert_eq!(yes("a@example.org", "", "+442079460958"), (1, None));
    assert_eq!(yes("", "b@example.org", ""), (1, None));
    assert_eq!(yes("a@example.org", "b@example.org", ""), (0, Some(RowFault::SeveralAddresses)));
    assert_eq!(yes("", "", "+442079460958"), (0, Some(RowFault::NoAddress)));
    assert!(matches!(yes("a@example.org", "b", ""), (0, Some(RowFault::Cell { column: 3, .. }))));
    assert!(matches!(yes("", "", ""), (0, Some(RowFault::Cell { column: 2, .. }))));
}

/// Sibling: an address as people copy it.
#[test]
fn an_address_that_was_copied_badly_is_found_all_the_same() {
    for text in [
        " ada@example.org ",
        "<ada@example.org>",
        "Ada Lovelace <ada@example.org>",
        "mailto:ada@example.org",
        "ada@example.org;",
        "'ada@example.org'",
        "ada\u{200b}@example.org",
        "\u{feff}ada@example.org",
        "\u{202a}ada@example.org\u{202c}",
        "other@example.org, ada@example.org",
        "ada@exam\u{ad}ple.org",
        "\u{ff41}da\u{ff20}example.org",
    ] {
        let mut book = with_ada();
        let report = book.import_table(&table(), [["", text, "", "yes", NINE, ""]], at("10:00:00"));
        assert_eq!(asked(&mut book, "ada"), Some(Reason::Objected), "{text:?}");
        assert!(
            report.refused.iter().any(|row| matches!(row.fault, RowFault::Cell { column: 2, .. })),
            "{text:?}"
        );
    }
    let table = Mapping::default()
        .column("mobile", Column::Identity(IdentityKind::Phone))
        .always(Column::DoNot(Reach::everything().by(SMS)), "yes")
        .check(["mobile"])
        .unwrap();
    for text in [
        "tel:+44-20-7946-0958",
        "+44(0)20 7946 0958",
        "\u{202a}+44 20 7946 0958\u{202c}",
        "+44\u{a0}20\u{a0}7946\u{a0}0958",
        "+442079460958;ext=5",
    ] {
        let mut book = Book::new(Journey::reference().unwrap());
        let report = book.import_table(&table, [[text]], at("10:00:00"));
        let contact = book.contact(&report.taken[0].contact).unwrap();
        assert_eq!(contact.ledger().identities().next().unwrap().address(), "+442079460958", "{text:?}");
    }
}

/// Found by fuzzing: where anything else was wrong with the row, the no of o'brien was kept for another address, `brien`.
#[test]
fn an_apostrophe_inside_an_address_is_part_of_it() {
    let brien = Identity::email("o'brien@example.org").unwrap();
    for row in [
        &["", " o'brien@example.org ", "", "yes", NINE, ""][..],
        &["", "<o'brien@example.org>", "", "yes", NINE, ""],
        &["", "'o'brien@example.org'", "", "yes", NINE, ""],
        &["7", "o'brien@example.org", "yes", "yes", NINE, "", "a cell too many"],
        &["7", "o'brien@example.org", "yes", "yes"],
        &["7", "'o'brien@example.org", "yes", "yes"],
    ] {
        let mut book = Book::new(Journey::reference().unwrap());
        let _ = book.import_table(&table(), [row], at("10:00:00"));
        assert!(refused_to_all(&mut book, &brien), "{row:?}");
        assert!(
            !book
                .contacts()
                .flat_map(|contact| contact.ledger().identities())
                .any(|own| { own.address() == "brien@example.org" }),
            "{row:?}"
        );
    }
}

/// Sibling: lines. What can be read of a stop is taken, and the line is reported.
#[test]
fn a_damaged_line_still_says_no() {
    let no = |make: fn(placet::ActId, Reach, Instant, Instant) -> Stop| {
        line("ada", make(name("no-1"), newsletter().into(), at("09:50:00"), at("09:50:00")).about(email()))
    };
    let object = no(Stop::object);
    let erase = line("ada", Stop::erase(name("no-1"), at("09:50:00"), at("09:50:00")));
    let damaged = [
        with(&object, "acted", "2013-05-01"),
        with(&object, "acted", ""),
        without(&object, "acted"),
        without(&object, "recorded"),
        without(&object, "channel"),
        without(&object, "v"),
        without(&object, "id"),
        with(&object, "id", "ada@example.org"),
        with(&object, "remarks", "please"),
        with(&object, "purpose", "News letter"),
        with(&object, "contact", "ada@example.org"),
        with(&object, "contact", " ada "),
        with(&object, "identity", "ada@example.org"),
        with(&object, "identity", "ada"),
        with(&object, "type", "Object"),
        object.replacen('{', r#"{"remarks":null,"#, 1),
        object.replacen('{', r#"{"type":"grant","#, 1),
        object.trim_end_matches('}').to_owned(),
        format!("{object},"),
        format!("\u{feff}{object}"),
        format!("[{object}]"),
        object.replace(r#""v":1"#, r#""v":2"#),
        with(&no(Stop::withdraw), "acted", "yesterday"),
        with(&no(Stop::refuse), "acted", "yesterday"),
        with(&no(Stop::restrict), "until", "never"),
        with(&erase, "acted", "yesterday"),
        with(&with(&no(Stop::withdraw), "type", "pause"), "until", "in June"),
    ];
    for text in &damaged {
        let mut book = with_ada();
        let report = book.import([text], at("10:00:00"));
        assert_eq!(report.refused.len(), 1, "{text}");
        assert_eq!(report.taken.len(), 1, "{text}");
        assert!(asked(&mut book, "ada").is_some(), "{text}");
    }
    // Cut anywhere behind the kind and one who it is: taken. Cut before: reported.
    let (kind, who) = (object.find("object").unwrap(), object.find("\"identity\"").unwrap());
    assert!(kind < who, "the order of the fields");
    for cut in (0..object.len()).filter(|cut| object.is_char_boundary(*cut)) {
        let mut book = with_ada();
        let report = book.import([&object[..cut]], at("10:00:00"));
        assert_eq!(report.refused.is_empty(), cut == 0, "{cut}");
        let readable = object[..cut].contains(r#""contact":"ada""#);
        assert_eq!(asked(&mut book, "ada").is_some(), readable, "{}", &object[..cut]);
    }
    // Nobody, nothing, or no stop.
    for text in [
        without(&without(&object, "contact"), "identity"),
        with(&object, "type", "forget"),
        "ada@example.org;no".to_owned(),
        r#"{"v":1,"type":"void","contact":"ada","id":"v-1"}"#.to_owned(),
        with(&super::yes("g-9", "09:00:00"), "acted", "2013-05-01"),
    ] {
        let mut book = with_ada();
        let report = book.import([&text], at("10:00:00"));
        assert_eq!((report.taken.len(), asked(&mut book, "ada")), (0, None), "{text}");
        assert!(!report.refused.is_empty(), "{text}");
    }
    // A void names what is void: that can be read.
    let void = r#"{"v":1,"type":"void","contact":"ada","id":"v-1","act":"g-2","acted":""}"#;
    let mut book = with_ada();
    assert_eq!(book.import([void], at("10:00:00")).taken[0].kind, ActKind::Void);
    assert_eq!(asked(&mut book, "ada"), Some(Reason::Void));
}

/// A table and a list through a journal come to the same, live and replayed.
#[test]
fn through_a_journal_it_is_the_same() {
    let rows = [
        ["ada", "ada@example.org", "", "yes", "", ""],
        ["", "Bob@example.org", "no", "x", "?", ""],
        ["", "bob@example.org", "", "1", NINE, ""],
    ];
    let mut kept = Journaled::new(with_ada(), String::new());
    let mut plain = with_ada();
    let report = kept.import_table(&table(), rows, at("10:00:00")).unwrap();
    assert_eq!(report, plain.import_table(&table(), rows, at("10:00:00")));
    let mut fresh = Journaled::new(Book::new(Journey::reference().unwrap()), String::new());
    assert!(fresh.import_table(&table(), rows, at("10:00:00")).unwrap().appended > 0);
    let replayed = Book::replay(Journey::reference().unwrap(), fresh.journal()).unwrap().book;
    assert_eq!(format!("{replayed:?}"), format!("{:?}", fresh.book()));
}

/// Who was erased is refused in every row and line, and what was kept of them is enough to find them.
#[test]
fn a_list_finds_whoever_was_erased_and_whoever_has_lost_the_address() {
    let table = Mapping::default()
        .column("address", Column::Identity(IdentityKind::Email))
        .always(Column::DoNot(Reach::everything()), "yes")
        .check(["address"])
        .unwrap();
    let mut book = Book::suppressing(Journey::reference().unwrap(), SuppressionKey::new([7; 16]));
    book.open(name("ada"), email()).unwrap();
    let _ = book.stop(&name("ada"), Stop::erase(name("e-1"), at("08:00:00"), at("08:00:00"))).unwrap();
    let report = book.import_table(&table, [["ada@example.org"]], at("10:00:00"));
    assert_eq!((report.opened, report.appended), (0, 1));
    book.open(name("bought"), email()).unwrap();
    let _ = book.append(&name("bought"), grant("g-1", newsletter(), email(), at("09:00:00"))).unwrap();
    assert_eq!(
        asked(&mut book, "bought"),
        Some(Reason::Withdrawn),
        "later than the erasure, earlier than the list"
    );

    let mut book = Book::new(Journey::reference().unwrap());
    let first = book.import_table(&table, [["ada@example.org"]], at("10:00:00"));
    let id = first.taken[0].contact.clone();
    book.unlink(&id, &email()).unwrap();
    let second = book.import_table(&table, [["ada@example.org"]], at("11:00:00"));
    assert_eq!(second.taken[0].contact, id);
    assert!(refused_to_all(&mut book, &email()), "the address is its own again");
}

/// Sibling: a table of ids alone, one of its rows with a cell too many, one with a cell too few.
#[test]
fn a_torn_row_of_ids_finds_the_contact() {
    let header = ["group", "id", "stop"];
    let table = Mapping::default()
        .column("group", Column::Irrelevant)
        .column("id", Column::Contact)
        .column("stop", Column::DoNot(Reach::everything()))
        .check(header)
        .unwrap();
    for row in [&["x", "y", "ada", "yes"][..], &["ada", "yes"], &["x", "ada", "yes", ""]] {
        let mut book = with_ada();
        let report = book.import_table(&table, [row], at("10:00:00"));
        assert_eq!(asked(&mut book, "ada"), Some(Reason::Objected), "{row:?}");
        assert!(matches!(report.refused[0].fault, RowFault::Cells { expected: 3, .. }));
    }
    let mut book = with_ada();
    assert_eq!(book.import_table(&table, [["x", "ada", "no", "no"]], at("10:00:00")).appended, 0);
    assert_eq!(asked(&mut book, "ada"), None, "whatever cell it is, it says no");
    let nobody = book.import_table(&table, [["x", "bob", "yes", ""]], at("10:00:00"));
    assert_eq!(nobody.refused.last().unwrap().fault, RowFault::UnknownContact);
}

/// What can stand in a cell: good, nearly good, anything.
fn text() -> impl Strategy<Value = String> {
    const WORDS: &[&str] = &[
        "",
        " ",
        "yes",
        "no",
        "No",
        "0",
        "ada",
        "bob",
        "ada@example.org",
        "bob@example.org",
        NINE,
        "2012-01-01",
        "2013-13-01",
        "never",
        "*",
        "newsletter",
        "email",
    ];
    prop_oneof![proptest::sample::select(WORDS).prop_map(str::to_owned), any::<String>(), "\\PC{0,12}"]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    /// The promise: a mark that is set and one readable address, and whatever else is damaged, the address is refused.
    #[test]
    fn whatever_else_is_wrong_with_a_row_who_said_no_is_refused(
        cells in proptest::collection::vec(text(), 6),
        mark in prop_oneof![proptest::sample::select(&["yes", "Yes", "TRUE", "1", "y", "x", "on", "stop!", "2013"][..]).prop_map(str::to_owned), "[a-m]{4,9}"],
        spelling in proptest::sample::select(&["ada@example.org", "ADA@EXAMPLE.ORG", "a\u{308}da@example.org"][..]),
        more in any::<bool>(),
        damage in proptest::collection::vec((any::<Index>(), text()), 0..3),
        known in any::<bool>(),
    ) {
        let address = Identity::email(spelling).unwrap();
        let mut row = cells;
        row[1] = spelling.to_owned();
        row[3] = mark;
        // Cells too many anywhere, and too few but for the two.
        let mut kept = [false, true, false, true, false, false].to_vec();
        for (at, text) in damage {
            let at = at.index(row.len());
            if more {
                row.insert(at, text);
                kept.insert(at, false);
            } else if !kept[at] {
                row.remove(at);
                kept.remove(at);
            }
        }
        let mut book = Book::new(Journey::reference().unwrap());
        if known {
            book.open(name("ada"), address.clone()).unwrap();
            let _ = book.append(&name("ada"), grant("g-1", newsletter(), address.clone(), at("09:45:00"))).unwrap();
            book.open(name("bob"), Identity::email("bob@example.org").unwrap()).unwrap();
        }
        let report = book.import_table(&table(), [&row], at("10:00:00"));
        prop_assert!(refused_to_all(&mut book, &address), "{row:?} {report:?}");
        prop_assert!(report.taken.iter().any(|taken| taken.kind == ActKind::Object));
        // A later import of a list that has a yes for it finds the no.
        let mut twin = book;
        twin.open(name("twin"), address.clone()).unwrap();
        let _ = twin.append(&name("twin"), grant("g-2", newsletter(), address.clone(), at("00:00:00"))).unwrap();
        if !row[3..].iter().any(|cell| cell.contains("2012") || cell.contains(NINE)) {
            prop_assert!(refused_to_all(&mut twin, &address), "{row:?}");
        }
    }

    /// The same of a no to the row's own scope: what cannot be read of the scope is all of it.
    #[test]
    fn a_no_to_what_cannot_be_read_is_a_no_to_all_of_it(purpose in text(), channel in text(), date in "[^0-9]{0,8}") {
        let table = Mapping::default()
            .column("mail", Column::Identity(IdentityKind::Email))
            .column("purpose", Column::Purpose)
            .column("channel", Column::Channel)
            .column("ok", Column::Says)
            .column("changed", Column::Acted)
            .always(Column::Recipient, "self")
            .check(["mail", "purpose", "channel", "ok", "changed"])
            .unwrap();
        let mut book = with_ada();
        let row = ["ada@example.org", &purpose, &channel, "NO", &date];
        let report = book.import_table(&table, [row], at("10:00:00"));
        let Some(Act::Stop(stop)) = book.contact(&name("ada")).unwrap().ledger().act(&report.taken[0].act) else {
            panic!("a no is a stop")
        };
        let (named, by, _) = stop.reach().parts();
        let about = |part: Option<&str>, text: &str| part.is_none_or(|part| part == text.trim().to_lowercase());
        prop_assert!(about(named.map(Purpose::as_str), &purpose), "{stop:?}");
        prop_assert!(about(by.map(placet::Channel::as_str), &channel), "{stop:?}");
        if named.is_none() && by.is_none() {
            prop_assert_eq!(asked(&mut book, "ada"), Some(Reason::Withdrawn));
        }
    }

    /// No part of a report shows a cell, whatever stands in it.
    #[test]
    fn no_report_shows_what_a_row_holds(place in 1..6_usize, torn in any::<bool>()) {
        let token = "zz9 plural";
        let mut row = vec!["ada", "ada@example.org", "no", "yes", NINE, "blue"];
        row[place] = token;
        if torn {
            row.insert(0, token);
        }
        let report = with_ada().import_table(&table(), [&row], at("10:00:00"));
        let shown = format!("{report:?}{:?}", faults(&report));
        prop_assert!(!shown.contains("zz9") && !shown.contains("example.org"), "{shown}");
    }
}

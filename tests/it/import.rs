//! Imports: old lists, as marketers keep them, and what becomes of them.

use placet::{
    Act, Actor, Ask, Book, Entry, Evidence, Identity, Journey, Method, Purpose, Reach, Reason, Scope, Stop,
    book::{CellFault, Column, DoubtKind, ImportReport, Mapping, MappingFault, RefusedRow, RowFault, Words},
    channel::{EMAIL, SMS},
    consent::Unproven,
    entry::{Body, LineError},
    identity::IdentityKind,
    name::SELF,
    purpose::NEWSLETTER,
};

use crate::support::{at, email, grant, name};

mod noes;

fn newsletter() -> Scope {
    NEWSLETTER.by(EMAIL)
}

fn book() -> Book {
    Book::new(Journey::reference().unwrap())
}

/// Whether Ada's newsletter is permitted at the end of the day.
fn standing(book: &mut Book, contact: &str, identity: &Identity) -> Result<(), Reason> {
    let ledger = book.contact(&name(contact)).unwrap().ledger();
    ledger.refuses(&Ask::new(newsletter(), identity.clone()), at("23:00:00")).map_or(Ok(()), Err)
}

/// An act as a line of a list: the written form of an entry.
fn line(contact: &str, act: impl Into<Act>) -> String {
    serde_json::to_string(&Entry::new(name(contact), Body::Act(act.into()))).unwrap()
}

fn yes(id: &str, time: &str) -> String {
    line("ada", grant(id, newsletter(), email(), at(time)))
}

fn without(line: &str, field: &str) -> String {
    let mut json: serde_json::Value = serde_json::from_str(line).unwrap();
    json.as_object_mut().unwrap().remove(field).unwrap();
    json.to_string()
}

fn with(line: &str, field: &str, value: &str) -> String {
    let mut json: serde_json::Value = serde_json::from_str(line).unwrap();
    json[field] = value.into();
    json.to_string()
}

fn reasons(report: &ImportReport) -> Vec<String> {
    report.refused.iter().map(ToString::to_string).collect()
}

#[test]
fn a_list_that_is_imported_again_after_an_opt_out_revives_nothing() {
    let mut book = book();
    let list = [yes("a-1", "09:00:00")];
    assert_eq!(book.import(&list, at("10:00:00")).appended, 1);
    assert_eq!(standing(&mut book, "ada", &email()), Ok(()));
    let _ = book
        .stop(&name("ada"), Stop::withdraw(name("a-2"), newsletter().into(), at("11:00:00"), at("11:00:00")))
        .unwrap();
    let again = book.import(&list, at("12:00:00"));
    assert_eq!((again.appended, again.again), (0, 1));
    let other_id = book.import([yes("a-3", "09:00:00")], at("12:00:00"));
    assert_eq!(other_id.appended, 1, "the same yes from another system");
    assert_eq!(standing(&mut book, "ada", &email()), Err(Reason::Withdrawn));
    let later = book.import([yes("a-4", "11:30:00")], at("12:00:00"));
    assert_eq!((later.appended, standing(&mut book, "ada", &email())), (1, Ok(())), "a new yes is a new yes");
}

#[test]
fn what_was_imported_is_recorded_now_and_done_then() {
    let mut book = book();
    let _ = book.import([yes("a-1", "09:00:00")], at("15:00:00"));
    let ledger = book.contact(&name("ada")).unwrap().ledger();
    let act = ledger.act(&name("a-1")).unwrap();
    assert_eq!((act.acted(), act.recorded()), (at("09:00:00"), at("15:00:00")));
    let ask = Ask::new(newsletter(), email());
    assert_eq!(ledger.as_of(at("14:00:00")).refuses(&ask, at("14:00:00")), Some(Reason::NoGrant));
    assert_eq!(ledger.in_hindsight(at("14:00:00")).refuses(&ask, at("14:00:00")), None);
}

#[test]
fn an_upsert_that_omits_a_field_changes_nothing() {
    let mut book = book();
    let _ = book.import([yes("a-1", "09:00:00")], at("10:00:00"));
    let before = book.contact(&name("ada")).unwrap().version();
    for field in
        ["purpose", "channel", "recipient", "until", "confirm_by", "identity", "acted", "actor", "method"]
    {
        let report = book.import([without(&yes("a-2", "09:30:00"), field)], at("10:00:00"));
        let fault = RowFault::Line(LineError::Missing { field });
        assert_eq!(
            report.refused,
            [RefusedRow { line: 1, fault }],
            "a missing field is neither a yes nor a no"
        );
    }
    let no = line("ada", Stop::withdraw(name("a-3"), newsletter().into(), at("09:30:00"), at("09:30:00")));
    assert_eq!(book.contact(&name("ada")).unwrap().version(), before);
    assert_eq!(standing(&mut book, "ada", &email()), Ok(()));
    let report = book.import([without(&no, "channel")], at("10:00:00"));
    assert_eq!(reasons(&report), ["line 1: the field `channel` is missing"]);
    assert_eq!(report.appended, 1, "a no by no channel that can be read is one by every channel");
    assert_eq!(standing(&mut book, "ada", &email()), Err(Reason::Withdrawn));
}

#[test]
fn an_unproven_row_stops_and_never_grants() {
    let mut book = book();
    let bought = with(&yes("a-1", "09:00:00"), "actor", "import");
    let pre_ticked = with(&yes("a-2", "09:00:00"), "method", "pre_ticked_box");
    let no_notice = without(&without(&yes("a-3", "09:00:00"), "notice"), "notice_version");
    let report = book.import([&bought, &pre_ticked, &no_notice], at("10:00:00"));
    let why: Vec<_> = report.refused.iter().map(|row| row.fault.clone()).collect();
    let unproven = [Unproven::Actor, Unproven::Method, Unproven::Notice];
    assert_eq!(why, unproven.map(RowFault::Unproven));
    assert!(book.contact(&name("ada")).is_none(), "and opens nobody");

    let _ = book.import([yes("a-4", "09:00:00")], at("10:00:00"));
    let claimed = Stop::withdraw(name("a-5"), Reach::everything(), at("09:30:00"), at("09:30:00"))
        .with_evidence(Evidence::new(Actor::Import, Method::Import));
    assert_eq!(book.import([line("ada", claimed)], at("10:00:00")).appended, 1);
    assert_eq!(standing(&mut book, "ada", &email()), Err(Reason::Withdrawn));
}

#[test]
fn one_address_in_two_spellings() {
    let (loud, quiet) =
        (Identity::email("Ada@Example.org").unwrap(), Identity::email("ada@example.org").unwrap());
    let mut book = book();
    let no = Stop::object(name("no-1"), Reach::everything().by(EMAIL), at("09:00:00"), at("09:00:00"));
    let _ = book.import([line("crm-7", no.about(loud))], at("10:00:00"));
    let late = line("shop-9", grant("a-1", newsletter(), quiet.clone(), at("11:00:00")));
    let report = book.import([late], at("12:00:00"));
    assert_eq!((report.appended, report.opened), (1, 1), "the grant is a fact");
    // An objection that crosses ends what was granted before, and bars no new grant (S13).
    assert_eq!(standing(&mut book, "shop-9", &quiet), Ok(()));
    let early = line("shop-8", grant("a-1", newsletter(), quiet.clone(), at("08:00:00")));
    let _ = book.import([early], at("12:00:00"));
    assert_eq!(standing(&mut book, "shop-8", &quiet), Err(Reason::Withdrawn));
}

#[test]
fn a_no_for_somebody_unknown_is_kept_for_whoever_comes() {
    let mut book = book();
    let no = || Stop::object(name("no-1"), Reach::everything(), at("09:00:00"), at("09:00:00"));
    let report = book.import([line("nobody", no()), line("known-by", no().about(email()))], at("10:00:00"));
    assert_eq!(report.opened, 1);
    assert_eq!(report.refused, [RefusedRow { line: 1, fault: RowFault::UnknownContact }]);
    book.open(name("ada"), email()).unwrap();
    // It crosses as a withdrawal (S13).
    assert_eq!(standing(&mut book, "ada", &email()), Err(Reason::Withdrawn));
}

#[test]
fn a_report_tells_line_and_reason_and_the_rest_goes_on() {
    let mut book = book();
    let lines = [
        String::new(),
        yes("a-1", "09:00:00"),
        "ada@example.org;yes".to_owned(),
        with(&yes("a-2", "09:00:00"), "opt_in", "yes"),
        with(&yes("a-3", "09:00:00"), "purpose", "newsleter"),
        with(&yes("a-4", "09:00:00"), "channel", "*"),
        with(&yes("a-1", "09:00:00"), "touchpoint", "counter"),
        with(&yes("a-5", "09:00:00"), "identity", "email:other@example.org"),
        yes("a-6", "23:59:00"),
        line("ada", Stop::erase(name("a-7"), at("09:00:00"), at("09:00:00"))).replace("erase", "forget"),
        r#"{"v":1,"type":"opened","contact":"bob","identity":"email:bob@example.org"}"#.to_owned(),
        with(&yes("a-8", "09:00:00"), "until", "2013-05-01T09:00:00Z"),
        yes("a-9", "09:30:00"),
    ];
    let report = book.import(&lines, at("10:00:00"));
    assert_eq!((report.rows, report.appended, report.opened), (12, 2, 1));
    let told = reasons(&report);
    let expected = [
        "line 3: this is not JSON: expected value (at `.`, line 1, column 1)",
        "line 4: a field that is not known, expected",
        "line 5: no purpose of this name is in the catalogue: declare it, or map it to one that is",
        "line 6: `channel` must name exactly one: only a stop can cover all of them with `*`",
        "line 7: this act id names another act already: give the new act an id of its own",
        "line 8: a go is given for an identity of this contact: link the identity first",
        "line 9: a go cannot have been done after its import: look at the date",
        "line 10: this `type` is not known; `grant`, `withdraw` and `signal` are some that are",
        "line 11: only acts are imported: this is an entry of another type",
        "line 12: `until` must be after the instant of the act and after `begins`: a grant is in force while acted, begins <= now < until",
    ];
    for (told, expected) in told.iter().zip(expected) {
        assert!(told.starts_with(expected), "{told}");
    }
    assert_eq!(told.len(), expected.len());
}

/// Each bad row alone, against a book that is looked at before and after.
#[test]
fn a_bad_row_is_applied_in_no_part() {
    let stopped = Stop::object(name("a-1"), Reach::everything(), at("08:00:00"), at("08:00:00"));
    let bad = [
        line("twin", grant("a-2", name::<Purpose>("raffle").by(EMAIL), email(), at("09:00:00"))),
        line("twin", grant("a-2", newsletter(), email(), at("12:00:00"))),
        line("ada", grant("a-1", newsletter(), email(), at("09:00:00"))),
    ];
    for row in bad {
        let mut book = book();
        book.open(name("ada"), email()).unwrap();
        let _ = book.stop(&name("ada"), stopped.clone()).unwrap();
        let before = (format!("{:?}", book.contacts().collect::<Vec<_>>()), book.contacts().count());
        let report = book.import([&row], at("10:00:00"));
        assert_eq!((report.refused.len(), report.appended, report.opened), (1, 0, 0), "{row}");
        assert_eq!((format!("{:?}", book.contacts().collect::<Vec<_>>()), book.contacts().count()), before);
    }
}

#[test]
fn a_doubtful_stop_is_in_force_and_told_of() {
    let mut book = book();
    let _ = book.import([yes("a-1", "09:00:00")], at("10:00:00"));
    let misspelt = Stop::withdraw(
        name("a-2"),
        Reach::everything().purpose(name("newsleter")),
        at("09:30:00"),
        at("09:30:00"),
    );
    let foreign = Identity::email("ada@other.example").unwrap();
    let over = Stop::withdraw(name("a-3"), Reach::everything().by(SMS), at("09:30:00"), at("09:30:00"));
    let taken = Stop::withdraw(name("a-1"), newsletter().into(), at("09:30:00"), at("09:30:00"));
    let lines = [line("ada", misspelt), line("ada", over.about(foreign)), line("ada", taken)];
    let report = book.import(lines, at("10:00:00"));
    assert_eq!((report.appended, report.refused.len()), (3, 0));
    let doubts: Vec<_> = report.doubts.iter().map(|doubt| (doubt.line, doubt.kind)).collect();
    let expected = [
        (1, DoubtKind::UnknownWord { field: "purpose" }),
        (2, DoubtKind::UnknownWord { field: "channel" }),
        (2, DoubtKind::ForeignIdentity),
        (3, DoubtKind::IdTaken),
    ];
    assert_eq!(doubts, expected);
    assert_eq!(
        report.doubts[0].to_string(),
        "line 1: the stop is in force, but no purpose of this name is in the catalogue: is it misspelt?"
    );
    assert_eq!(standing(&mut book, "ada", &email()), Err(Reason::Withdrawn));
}

/// The table of another CRM.
const HEADER: [&str; 7] =
    ["CustomerNo", "EMail", "NewsletterOK", "DoNotContact", "Changed", "How", "FavouriteColour"];

fn mapping() -> Mapping {
    let words = |words: &[&str]| words.iter().map(ToString::to_string).collect();
    Mapping::default()
        .column("CustomerNo", Column::Contact)
        .column("EMail", Column::Identity(IdentityKind::Email))
        .column("NewsletterOK", Column::SaysOf(newsletter()))
        .column("Changed", Column::Acted)
        .column("How", Column::Method)
        .column("FavouriteColour", Column::Irrelevant)
        .always(Column::Actor, "person")
        .always(Column::Notice, "newsletter-form")
        .always(Column::NoticeVersion, "2013-01")
        .words(Words { yes: words(&["1"]), no: words(&["0"]), silent: words(&["-"]) })
}

fn do_not_contact() -> Column {
    Column::DoNot(Reach::everything())
}

#[test]
fn an_import_that_drops_do_not_contact_does_not_begin() {
    assert_eq!(mapping().check(HEADER).unwrap_err(), [MappingFault::Unmapped { column: 4 }]);
}

#[test]
fn a_table_whose_columns_are_all_mapped() {
    let table = mapping().column("DoNotContact", do_not_contact()).check(HEADER).unwrap();
    let mut book = book();
    let nine = "2013-05-01T09:00:00Z";
    let rows = [
        ["ada", "ada@example.org", "1", "0", nine, "unticked_box", "blue"],
        ["bob", "bob@example.org", "1", "1", nine, "unticked_box", "-"],
        ["cy", "cy@example.org", "0", "0", nine, "paper", ""],
        ["di", "di@example.org", "1", "1", nine, "pre_ticked_box", "red"],
        ["ed", "ed@example.org", "-", "0", nine, "paper", "red"],
        ["flo", "flo@example.org", "", "0", nine, "paper", "red"],
        ["gus", "gus", "1", "1", nine, "paper", "red"],
        ["hal", "hal@example.org", "1", "0", "01.05.2013", "paper", "red"],
    ];
    let report = book.import_table(&table, rows, at("10:00:00"));
    assert_eq!((report.rows, report.appended, report.opened, report.silent), (8, 5, 4, 1));
    assert_eq!(
        reasons(&report),
        [
            "line 4: this cannot grant: this method proves no affirmative act: ask the person again with an unticked box, a signature or a round trip",
            "line 6: column 3 (NewsletterOK): this is none of the words for yes and no: it is not guessed",
            "line 7: column 2 (EMail): an e-mail address is written local@domain, without blanks, quotes or control characters",
            "line 7: no contact of this id is in the book, and the row has no identity to open one under",
            "line 8: column 5 (Changed): an instant is written 2013-05-01T12:00:00Z, with a capital T, at most 9 fraction digits, and Z or an offset such as +02:00",
        ]
    );
    let mail = |text: &str| Identity::email(text).unwrap();
    assert_eq!(standing(&mut book, "ada", &email()), Ok(()));
    assert_eq!(standing(&mut book, "bob", &mail("bob@example.org")), Err(Reason::Objected));
    assert_eq!(standing(&mut book, "cy", &mail("cy@example.org")), Err(Reason::Withdrawn));
    assert_eq!(standing(&mut book, "di", &mail("di@example.org")), Err(Reason::Objected));
    assert!(["ed", "flo", "hal"].iter().all(|id| book.contact(&name(id)).is_none()));

    let again = book.import_table(&table, rows, at("11:00:00"));
    assert_eq!((again.appended, again.again, again.opened), (0, 5, 0), "the same rows are the same acts");

    let bad_address = ["ada", "ada", "1", "1", nine, "unticked_box", "blue"];
    let report = book.import_table(&table, [bad_address], at("12:00:00"));
    assert_eq!((report.refused.len(), report.appended), (1, 1), "a bad address does not lose a no");
    assert_eq!(standing(&mut book, "ada", &email()), Err(Reason::Objected));
}

#[test]
fn a_table_with_purpose_channel_and_recipient_in_columns() {
    let header = ["id", "contact", "phone", "purpose", "channel", "to", "ok", "at", "until"];
    let table = Mapping::default()
        .column("id", Column::Act)
        .column("contact", Column::Contact)
        .column("phone", Column::Identity(IdentityKind::Phone))
        .column("purpose", Column::Purpose)
        .column("channel", Column::Channel)
        .column("to", Column::Recipient)
        .column("ok", Column::Says)
        .column("at", Column::Acted)
        .column("until", Column::Until)
        .always(Column::Actor, "person")
        .always(Column::Method, "signed_form")
        .always(Column::Notice, "shop-counter")
        .always(Column::NoticeVersion, "2013-01")
        .always(Column::Touchpoint, "shop")
        .check(header)
        .unwrap();
    let nine = "2013-05-01T09:00:00Z";
    let row = |id, purpose, channel, ok, until| {
        [id, "ada", "+3225550100", purpose, channel, "self", ok, nine, until]
    };
    let rows = [
        row("a-1", "offers", "email", "yes", "2014-05-01T09:00:00Z"),
        row("a-2", "offers", "*", "yes", "never"),
        row("a-3", "newsletter", "*", "no", "never"),
        row("a-4", "of fers", "*", "no", "never"),
    ];
    let mut book = book();
    let report = book.import_table(&table, rows, at("10:00:00"));
    assert_eq!(
        reasons(&report),
        [
            "line 2: column 7 (ok): a yes names exactly one: only a no can cover all of them with `*`",
            "line 4: column 4 (purpose): character 3 of a name is not one of a-z 0-9 + . _ : / -",
        ],
        "and a no to something that cannot be read is a no to all of it"
    );
    let acts: Vec<_> = book.contact(&name("ada")).unwrap().ledger().acts().collect();
    let ids: Vec<_> = acts.iter().map(|act| act.id().to_string()).collect();
    assert_eq!(ids, ["a-1", "a-3", "a-4"]);
    let Act::Stop(wide) = &acts[2] else { panic!("a no is a stop") };
    assert_eq!(wide.reach(), &Reach::everything().to(SELF));
    let Act::Stop(stop) = &acts[1] else { panic!("a no is a stop") };
    assert_eq!(stop.reach(), &Reach::everything().purpose(NEWSLETTER).to(SELF));
}

#[test]
fn a_mapping_that_does_not_fit_is_refused_before_the_first_row() {
    let faults = |mapping: Mapping, header: &[&str]| mapping.check(header).unwrap_err();
    let ready = || mapping().column("DoNotContact", do_not_contact());
    assert_eq!(
        faults(Mapping::default(), &[]),
        ["contact or an address", "answer"].map(|field| MappingFault::Missing { field })
    );
    assert_eq!(faults(ready(), &HEADER[..6]), [MappingFault::NoSuchColumn { place: 6 }]);
    assert_eq!(
        faults(ready().column("How", Column::Irrelevant), &HEADER),
        [MappingFault::Twice { place: 8 }]
    );
    assert_eq!(faults(ready().always(Column::Method, "paper"), &HEADER), [MappingFault::Twice { place: 11 }]);
    let twice = [&HEADER[..], &["How"]].concat();
    assert_eq!(faults(ready(), &twice), [MappingFault::SameName { column: 8 }]);
    let no_actor = |value: &str| {
        Mapping::default()
            .column("c", Column::Contact)
            .column("a", Column::Acted)
            .column("n", do_not_contact())
            .always(Column::Actor, value)
    };
    let other = MappingFault::Value { place: 4, fault: CellFault::Word };
    assert_eq!(faults(no_actor("god"), &["c", "a", "n"]), [other]);
    assert!(no_actor("somebody_else").check(["c", "a", "n"]).is_ok());
    let ids = [&HEADER[..], &["Id"]].concat();
    assert_eq!(faults(ready().column("Id", Column::Act), &ids), [MappingFault::OneId]);
    let both = Words { yes: vec!["x".to_owned()], no: vec!["x".to_owned()], silent: vec![] };
    assert_eq!(faults(ready().words(both), &HEADER), [MappingFault::Words]);
    let says = no_actor("person").column("s", Column::Says);
    assert_eq!(
        faults(says, &["c", "a", "n", "s"]),
        ["identity", "purpose", "channel", "recipient"].map(|field| MappingFault::Missing { field })
    );
    let notice = no_actor("person").always(Column::Notice, "n");
    let version = MappingFault::Missing { field: "version of the notice" };
    assert_eq!(faults(notice, &["c", "a", "n"]), [version]);
}

/// No message of an import repeats what a row holds.
#[test]
fn no_message_shows_a_cell() {
    let table = mapping().column("DoNotContact", do_not_contact()).check(HEADER).unwrap();
    let good = ["ada", "ada@example.org", "1", "0", "2013-05-01T09:00:00Z", "unticked_box", "blue"];
    for column in 0..HEADER.len() {
        let mut row = good;
        row[column] = "zz9plural@ Example";
        let report = book().import_table(&table, [row], at("10:00:00"));
        assert_eq!(report.refused.is_empty(), HEADER[column] == "FavouriteColour");
        assert!(!format!("{report:?}").contains("zz9"), "{report:?}");
        assert!(!reasons(&report).concat().contains("zz9"));
    }
    let report = book().import(["zz9plural@example.org"], at("10:00:00"));
    assert!(!format!("{report:?}").contains("zz9"));
    let faults = mapping().check(["zz9plural@example.org"]).unwrap_err();
    assert!(!format!("{faults:?}").contains("zz9"));
}

proptest::proptest! {
    /// Whatever is on a list, and however often it comes in: after an opt-out no yes of before it is alive.
    #[test]
    fn no_list_revives_what_was_stopped(
        minutes in proptest::collection::vec(0_u32..60, 1..12),
        spelling in proptest::prelude::any::<bool>(),
        object in proptest::prelude::any::<bool>(),
    ) {
        let identity = Identity::email(if spelling { "ADA@example.org" } else { "ada@example.org" }).unwrap();
        let mut book = book();
        book.open(name("ada"), email()).unwrap();
        let stop = if object { Stop::object } else { Stop::withdraw };
        let _ = book.stop(&name("ada"), stop(name("no"), newsletter().into(), at("10:59:59"), at("11:00:00"))).unwrap();
        let list: Vec<String> = minutes.iter().enumerate().map(|(place, minute)| {
            let acted = at(&format!("10:{minute:02}:00"));
            line("twin", grant(&format!("a-{place}"), newsletter(), identity.clone(), acted))
        }).collect();
        for _ in 0..2 {
            let _ = book.import(&list, at("12:00:00"));
            proptest::prop_assert!(standing(&mut book, "twin", &identity).is_err());
        }
    }
}

//! Foreign tables: a mapping, and the rows of a do-not-contact list that may be damaged in any way.

use placet::{
    Actor, Ask, Book, Evidence, Grant, Identity, Instant, Method, Notice, Reach,
    book::{Column, Mapping, Words},
    channel::EMAIL,
    identity::IdentityKind,
    purpose::{NEWSLETTER, OFFERS},
};

use crate::{comes_to_rest, now, reference, text, told};

/// The columns of the list; the mark is the fourth.
const HEADER: [&str; 5] = ["id", "mail", "newsletter", "do-not-contact", "since"];
const MAIL: usize = 1;
const MARK: usize = 3;

/// The first instant there is: no stop is earlier than a grant of it.
fn first() -> Instant {
    "0001-01-01T00:00:00Z".parse().expect("an instant")
}

/// `Book::import_table`: a row for each line, a cell between commas, as many as there are. Whatever else is damaged, a row
/// with the mark and an address that can be read leaves that address refused, though it had a grant.
pub fn import_table(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let mapping = Mapping::default()
        .column("id", Column::Contact)
        .column("mail", Column::Identity(IdentityKind::Email))
        .column("newsletter", Column::SaysOf(NEWSLETTER.by(EMAIL)))
        .column("do-not-contact", Column::DoNot(Reach::everything()))
        .column("since", Column::Acted)
        .words(Words { silent: vec![String::new()], ..Words::default() });
    let table = mapping.check(HEADER).expect("every column is mapped");
    let rows: Vec<Vec<&str>> = text.lines().take(50).map(|line| line.split(',').collect()).collect();
    let mut book = Book::new(reference());
    let mut known = Vec::new();
    for (row, number) in rows.iter().zip(1..) {
        let address = row.get(MAIL).and_then(|mail| Identity::email(mail).ok());
        let marked = row.get(MARK).is_some_and(|mark| *mark == "yes");
        let Some(address) = address.filter(|_| marked) else { continue };
        let id: placet::ContactId = format!("fuzz/known/{number}").parse().expect("an id");
        let shown = Notice::new("form".parse().expect("a name"), "1".parse().expect("a name"));
        let evidence = Evidence::new(Actor::Person, Method::UntickedBox).shown(shown);
        let grant = format!("fuzz/grant/{number}").parse().expect("an id");
        let grant = Grant::new(grant, NEWSLETTER.by(EMAIL), address.clone(), evidence, first(), first());
        book.open(id.clone(), address.clone()).expect("a new contact");
        let _ = book.append(&id, grant.expect("a proven grant")).expect("a grant for its address");
        known.push((id, address));
    }
    let report = book.import_table(&table, &rows, now());
    told(&report);
    for (id, address) in known {
        let ledger = book.contact(&id).expect("it was opened").ledger();
        let ask = Ask::new(NEWSLETTER.by(EMAIL), address);
        assert!(
            ledger.permit(&ask, now()).is_err(),
            "a mark and a readable address, and the address is permitted"
        );
    }
    comes_to_rest(&mut book, report.rows, |book| book.import_table(&table, &rows, now()));
}

/// `Mapping::check`: a line for each column, `NAME means WHAT` or `NAME always WHAT VALUE`; then a row.
pub fn mapping(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let mut mapping = Mapping::default();
    let mut header = Vec::new();
    let mut words = Words::default();
    for line in text.lines().take(40) {
        let mut parts = line.splitn(4, ' ');
        let (name, verb) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let (what, value) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        match verb {
            "means" => mapping = mapping.column(name, column(what)),
            "always" => mapping = mapping.always(column(what), value),
            "yes" => words.yes.push(what.to_owned()),
            "no" => words.no.push(what.to_owned()),
            "silent" => words.silent.push(what.to_owned()),
            _ => header.push(name),
        }
    }
    match mapping.words(words).check(&header) {
        Err(faults) => {
            assert!(!faults.is_empty(), "refused without a reason");
            faults.iter().for_each(|fault| assert!(!fault.to_string().is_empty()));
        }
        Ok(table) => {
            let cells: Vec<&str> = text.split_whitespace().take(header.len()).collect();
            let mut book = Book::new(reference());
            let report = book.import_table(&table, [&cells, &header], now());
            assert!(report.rows <= 2, "two rows");
        }
    }
}

fn column(what: &str) -> Column {
    match what {
        "contact" => Column::Contact,
        "email" => Column::Identity(IdentityKind::Email),
        "phone" => Column::Identity(IdentityKind::Phone),
        "acted" => Column::Acted,
        "act" => Column::Act,
        "says" => Column::Says,
        "purpose" => Column::Purpose,
        "channel" => Column::Channel,
        "recipient" => Column::Recipient,
        "newsletter" => Column::SaysOf(NEWSLETTER.by(EMAIL)),
        "offers" => Column::SaysOf(OFFERS.by(EMAIL)),
        "do-not" => Column::DoNot(Reach::everything()),
        "do-not-mail" => Column::DoNot(Reach::everything().by(EMAIL)),
        "until" => Column::Until,
        "actor" => Column::Actor,
        "method" => Column::Method,
        "notice" => Column::Notice,
        "version" => Column::NoticeVersion,
        "touchpoint" => Column::Touchpoint,
        _ => Column::Irrelevant,
    }
}

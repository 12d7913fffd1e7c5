//! Errors that are values: each variant, and what it says.

use super::says;
use placet::{
    Act, ActId, Actor, Confirm, Contact, Evidence, Grant, Identity, Instant, Journey, Lift, Method, Reach,
    SignalSpec, Stop, Vocabulary,
    book::BookError,
    channel::EMAIL,
    consent::{ActError, AppendError, NoticeDigest},
    decide::{Misfit, Stale},
    desk::DriveError,
    entry::{LineError, QueuedEventError, ReplayError},
    journey::{GuardError, Remark, Span},
    name::{Fingerprint, Name},
    purpose::NEWSLETTER,
};

#[test]
fn names() {
    let error = |text: &str| Name::new(text).unwrap_err();
    says(&error(""), "a name needs at least one character");
    says(&error(&"a".repeat(65)), "a name has at most 64 characters, this one has 65 bytes");
    says(&error("Ada"), "a name begins with a letter a-z or a digit");
    says(&error("ada lovelace"), "character 4 of a name is not one of a-z 0-9 + . _ : / -");
}

#[test]
fn instants() {
    let error = |text: &str| text.parse::<Instant>().unwrap_err();
    says(
        &error("2013-05-01"),
        "an instant is written 2013-05-01T12:00:00Z, with a capital T, at most 9 fraction digits, and Z or an offset such as +02:00",
    );
    let no_such = "there is no such day, hour, minute, second or offset (leap seconds are refused)";
    says(&error("2013-02-29T12:00:00Z"), no_such);
    says(&error("2013-05-01T12:00:60Z"), no_such);
    says(&error("0000-05-01T12:00:00Z"), "an instant lies in the years 0001 to 9999, also in UTC");
}

#[test]
fn identities() {
    let error = |text: &str| Identity::parse(text).unwrap_err();
    says(
        &error("email:ada"),
        "an e-mail address is written local@domain, without blanks, quotes or control characters",
    );
    says(
        &error(&format!("email:{}@example.org", "a".repeat(65))),
        "an e-mail address has at most 254 bytes, 64 of them before the @",
    );
    let erased = "an erased identity is written erased: and 32 hex digits, in lower case";
    says(&error("erased:ada"), erased);
    says(&BookError::NoSuppressionKey, "this book has no suppression key: make it with one");
    says(
        &error("email:ada@café_.example"),
        "the domain of an e-mail address is parts of 1 to 63 letters, digits and hyphens with dots between them, counted as they are written in ASCII, such as xn--caf-dma.example",
    );
    says(
        &error("email:ada\u{200b}@example.org"),
        "an address has a character that is not seen or that turns the direction of writing, such as a zero-width blank or a soft hyphen: take it out",
    );
    says(
        &error("phone:+3225550100 ext. 12"),
        "a telephone number is written + and 7 to 15 digits 0-9 that begin with the country code, such as +442079460958; between them only blanks, dots, hyphens, slashes, and brackets around an area code; an extension is left out",
    );
    says(
        &error("phone:025550100"),
        "a telephone number begins with + and the country code: write +442079460958 for 020 7946 0958 in Britain",
    );
    says(
        &error("phone:+44 (0)20 7946 0958"),
        "a telephone number is written without the 0 that is dialled only within the country: write +442079460958 for +44 (0)20 7946 0958",
    );
    says(
        &BookError::OtherFolding { found: 1 },
        "this fingerprint is of version 1 of the folding of addresses, and no address would be found by it: make the list again from the addresses, with this version of the library",
    );
    says(&error("card:"), "a handle or key has 1 to 255 bytes, without blanks or control characters");
    says(
        &error("Card:7"),
        "a kind of identity is a name without a colon, other than email, phone, erased and account/…",
    );
    says(
        &error("ada@example.org"),
        "an identity is written kind:address, such as email:…, phone:… or account/network:…",
    );
}

#[test]
fn acts_and_their_evidence() {
    let at = crate::support::at("10:00:00");
    let grant = |evidence| {
        Grant::new("a-1".parse().unwrap(), NEWSLETTER.by(EMAIL), crate::support::email(), evidence, at, at)
    };
    let error = |actor, method| grant(Evidence::new(actor, method)).unwrap_err();
    says(
        &error(Actor::SomebodyElse, Method::UntickedBox),
        "the evidence does not prove the act: only the person or a guardian can do this: record a stop, or ask the person",
    );
    says(
        &error(Actor::Person, Method::PreTickedBox),
        "the evidence does not prove the act: this method proves no affirmative act: ask the person again with an unticked box, a signature or a round trip",
    );
    says(
        &error(Actor::Person, Method::UntickedBox),
        "the evidence does not prove the act: the notice that was shown is missing: name its id and version",
    );
    let (id, email) = ("a-2".parse().unwrap(), crate::support::email());
    let claimed = Evidence::new(Actor::Person, Method::DoubleOptIn);
    says(
        &Confirm::new(id, "a-1".parse().unwrap(), email, claimed, at, at).unwrap_err(),
        "the evidence does not prove the act: a double opt-in is proven by the secret that came back: put its round trip on file",
    );
    says(&"zz".parse::<Fingerprint>().unwrap_err(), "expected 32 hex digits, in lower case");
    says(&"zz".parse::<NoticeDigest>().unwrap_err(), "expected 64 hex digits, in lower case");
    let lifted = Lift::unrestrict(
        "a-1".parse().unwrap(),
        NEWSLETTER.by(EMAIL),
        crate::support::email(),
        crate::support::proof(),
        at,
        at,
    );
    says(
        &lifted.unwrap_err(),
        "the evidence does not prove the act: only the controller lifts a restriction, and tells the person before",
    );
    let grant = || grant(crate::support::proof()).unwrap();
    says(
        &grant().until(at).unwrap_err(),
        "`until` must be after the instant of the act and after `begins`: a grant is in force while acted, begins <= now < until",
    );
    says(
        &grant().confirm_by(at).unwrap_err(),
        "`confirm_by` must be after the instant of the act: a confirm counts while acted <= confirm < confirm_by",
    );
}

/// What came with the second edition: beginnings, pauses, double opt-ins that must wait, ids, replies.
#[test]
fn beginnings_pauses_ids_and_replies() {
    let (nine, ten) = (crate::support::at("09:00:00"), crate::support::at("10:00:00"));
    let granted = || crate::support::grant("a-1", NEWSLETTER.by(EMAIL), crate::support::email(), ten);
    says(
        &granted().begins(nine).unwrap_err(),
        "`begins` must not be before the instant of the act: leave it out for a grant that begins at once",
    );
    let asks_back = Evidence::new(Actor::Person, Method::DoubleOptIn).shown(crate::support::notice());
    let scope = NEWSLETTER.by(EMAIL);
    let double = Grant::new("a-1".parse().unwrap(), scope, crate::support::email(), asks_back, ten, ten);
    says(
        &double.unwrap_err(),
        "the evidence is that of a double opt-in: give the grant a `confirm_by` and bind the secret, in one constructor",
    );
    says(
        &Stop::pause("a-1".parse().unwrap(), Reach::everything(), nine, ten, ten).unwrap_err(),
        "`until` must be after the instant of the act and after `begins`: a grant is in force while acted, begins <= now < until",
    );
    let endless = r#"{"type":"pause","id":"a-1","acted":"2013-05-01T10:00:00Z","recorded":"2013-05-01T10:00:00Z",
        "purpose":"*","channel":"*","recipient":"*","until":"never"}"#;
    let endless = Act::from_json(endless).unwrap_err();
    assert_eq!(endless.what(), "a pause ends: write the instant in `until`, or use `withdraw`");
    says(&ActId::new("").unwrap_err(), "an id needs at least one character");
    says(
        &ActId::new(&"x".repeat(129)).unwrap_err(),
        "an id has at most 128 characters, this one has 129 bytes",
    );
    let address = "character 4 of an id is not one of the printable ASCII characters, or it is one of \" # @ \\: an address is no id";
    says(&ActId::new("ada@example.org").unwrap_err(), address);
    let mut ada = Contact::open("c-1".parse().unwrap(), crate::support::email(), &Vocabulary::new([]));
    let _ = ada.stop(
        Stop::withdraw("a-1".parse().unwrap(), Reach::everything(), nine, nine)
            .about(crate::support::email()),
    );
    let none = ada.ledger().reply(&"a-2".parse().unwrap(), ten).unwrap_err();
    says(&none, "only a grant that must be confirmed and a stop with an address are answered");
    let late =
        ada.ledger().reply(&"a-1".parse().unwrap(), "2013-06-01T09:00:00Z".parse().unwrap()).unwrap_err();
    says(&late, "the reply is refused: too_late");
}

#[test]
fn appending_and_replaying() {
    let reused = "this act id names another act already: give the new act an id of its own";
    says(&AppendError::IdReused, reused);
    says(
        &AppendError::UnknownIdentity,
        "a go is given for an identity of this contact: link the identity first",
    );
    says(
        &AppendError::Full,
        "this ledger is full: it holds at most 65,535 words and identities and 4,294,967,294 acts",
    );
    says(
        &ReplayError::NotOpened,
        "the first entry must open the contact: begin with the one of type `opened`",
    );
    says(
        &ReplayError::OtherContact { place: 2 },
        "entry 2 is of another contact: replay one contact at a time",
    );
    says(
        &ReplayError::OpenedAgain { place: 3 },
        "entry 3 opens the contact again: only the first entry does",
    );
    says(
        &ReplayError::Append { place: 4, error: AppendError::IdReused },
        &format!("entry 4 cannot be appended: {reused}"),
    );
}

#[test]
fn lines_and_queued_events() {
    says(&LineError::Missing { field: "until" }, "the field `until` is missing");
    says(&LineError::Unexpected { field: "until" }, "the field `until` does not belong to this type");
    says(
        &LineError::TooWide { field: "purpose" },
        "`purpose` must name exactly one: only a stop can cover all of them with `*`",
    );
    says(&LineError::Type, "this `type` is not known; `grant`, `withdraw` and `signal` are some that are");
    says(&LineError::Version, "this version of an entry is not known; version 1 is");
    says(&LineError::OtherContact, "the queued event is of another contact than the entry that it stands in");
    says(&LineError::Act(ActError::UntilNotAfterActed), &ActError::UntilNotAfterActed.to_string());
    says(&QueuedEventError::Type, "only a `queued_event` is read: nothing else can be released");
    says(&QueuedEventError::Version, "this version of a queued event is not known; version 1 is");
    says(&QueuedEventError::NoNeeds, "a queued event has at least one need, the addressing one");
    says(
        &QueuedEventError::MixedNeeds,
        "all needs of a queued event are of one decision: they have one instant",
    );
    says(
        &QueuedEventError::Key,
        "the key is not that of the contact, signal, rule and effect that stand beside it",
    );
}

#[test]
fn guards_and_spans() {
    says(
        &"a month".parse::<Span>().unwrap_err(),
        "a span is a whole number from 1 to 999999999 and a unit s, m (minutes), h, d or w, such as 30d; a month is 30d",
    );
    says(
        &Remark::new("ask ada@example.org").unwrap_err(),
        "a remark is one line of 1 to 500 characters, without control characters and without @",
    );
    says(&GuardError::TooDeep, "guards nest at most 16 deep");
    says(&GuardError::Empty, "`all` and `any` need at least one guard inside");
}

#[test]
fn signals() {
    let fault = |json: &str| {
        let spec = SignalSpec::from_json(json).unwrap();
        Journey::reference().unwrap().signal(spec).unwrap_err()
    };
    let signal = |kind: &str, attributes: &str| {
        fault(&format!(
            r#"{{"id":"s-1","contact":"ada","identity":"card:7","kind":"{kind}","at":"2013-05-01T10:00:00Z","attributes":[{attributes}]}}"#
        ))
    };
    says(&signal("purchas", ""), "no kind of signal of this name is declared: did you mean `purchase`?");
    says(&signal("dance", ""), "no kind of signal of this name is declared");
    says(
        &signal("purchase", r#"{"name":"amuont","value":{"integer":1}}"#),
        "no attribute of this name is declared: did you mean `amount`?",
    );
    let amount = r#"{"name":"amount","value":{"integer":1}}"#;
    says(&signal("purchase", &format!("{amount},{amount}")), "the attribute `amount` is there twice");
    says(
        &signal("purchase", r#"{"name":"amount","value":{"bool":true}}"#),
        "the attribute `amount` is declared as integer, its value is of type bool",
    );
}

#[test]
fn deciding_booking_rehearsing() {
    says(&Misfit::OtherContact, "the signal is of another contact: decide it for the one that it names");
    says(&Misfit::OtherJourney, "the signal was checked by another journey: have this one check it");
    let early = "a signal cannot be handled before it happened: `now` is before `at`";
    says(&Misfit::NowBeforeAt, early);
    says(&Stale, "the contact has moved on since this decision was made: load it again and decide again");
    says(&BookError::UnknownContact, "no contact of this id is in the book: open it first");
    says(&BookError::OpenedAgain, "a contact of this id is in the book already");
    says(
        &BookError::SignalIdReused,
        "this signal id names another signal of the contact already: give the new one an id of its own",
    );
    says(&BookError::NotQueued, "it sends or drops an event that no line before it queued");
    let full: DriveError<String> = DriveError::Store("the disk is full".to_owned());
    says(&full, "the store failed: the disk is full");
    says(&DriveError::<String>::Busy, "others kept changing this person: try again");
    says(&BookError::UnknownIdentity, "the contact has no such identity: there is nothing to rectify");
    says(&BookError::Append(AppendError::Full), &AppendError::Full.to_string());
    says(&BookError::Misfit(Misfit::NowBeforeAt), early);
    says(
        &Misfit::OtherController,
        "the contact is another controller's: decide it under a journey of its own controller",
    );
    says(
        &Misfit::NoSuchAct,
        "the signal tells of a go that is not on file, or that gave nothing: let the journey make it from the act",
    );
    says(
        &ReplayError::OtherController,
        "the contact is another controller's: replay it under a journey of its own controller",
    );
}

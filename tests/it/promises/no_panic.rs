//! Every public parser returns, whatever it is given: random texts, and good ones with something changed.

use placet::{
    Channel, Contact, Identity, Instant, Journey, Person, Reason, Stop, Vocabulary,
    channel::EMAIL,
    consent::Citation,
    decide::Refused,
    identity::IdentityKind,
    journey::{Guard, Span},
    name::Name,
    purpose::NEWSLETTER,
    signal::Attribute,
};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::support::{at, email, grant, name, signal};

/// Texts that the parsers of the wire read.
static GOOD: std::sync::LazyLock<Vec<String>> = std::sync::LazyLock::new(|| {
    let readers = crate::hostile::readers();
    readers.iter().flat_map(|reader| &reader.reads).map(ToString::to_string).collect()
});

fn read_all(text: &str) {
    for reader in crate::hostile::readers_only() {
        if let Err(told) = reader(text) {
            assert!(!told.path.is_empty() && !told.what.is_empty());
        }
    }
    drop(serde_json::from_str::<Citation>(text));
    drop(serde_json::from_str::<Guard>(text));
    drop(serde_json::from_str::<Attribute>(text));
}

fn parse_all(text: &str) {
    let name = Name::new(text);
    if let Ok(name) = &name {
        assert_eq!(name.as_str(), text);
    }
    if let Ok(at) = text.parse::<Instant>() {
        assert_eq!(at.to_string().parse::<Instant>(), Ok(at));
    }
    if let Ok(span) = text.parse::<Span>() {
        assert_eq!(span.to_string().parse::<Span>(), Ok(span));
        assert!(span.as_delta() > chrono::TimeDelta::zero());
    }
    let network = "facebook".parse().unwrap();
    let identities = [
        Identity::parse(text),
        Identity::email(text),
        Identity::phone(text),
        Identity::account(network, text),
        Identity::of_kind("card", text),
        Identity::of_kind(text, "7"),
    ];
    for identity in identities.into_iter().flatten() {
        assert_eq!(Identity::parse(&identity.exact_key()).as_ref(), Ok(&identity), "written as it is read");
        drop(identity.wide_key());
    }
    drop(IdentityKind::new(text));
    if let Ok(channel) = Channel::new(text) {
        drop(IdentityKind::needed_by(&channel));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in any::<String>()) {
        parse_all(&text);
        read_all(&text);
    }

    /// Texts that are nearly something.
    #[test]
    fn nearly(
        text in prop_oneof![
            "[0-9+-]{3,5}-[0-9]{1,3}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{0,12})?(Z|[+-][0-9]{2}:?[0-9]{2})?",
            "(email|phone|account/|account/facebook|card|a:b)?:?[@+]{0,2}\\PC{0,10}(@[a-zA-Z0-9.é-]{0,20})?",
            "[0-9]{0,12}[smhdwé]?",
            "[a-z0-9+._:/-]{0,70}",
        ]
    ) {
        parse_all(&text);
    }

    /// A piece of a good text is left out, said twice, or replaced.
    #[test]
    fn a_good_text_changed(
        which in any::<Index>(),
        changes in proptest::collection::vec((any::<Index>(), 0..12_usize, 0..4, any::<char>()), 1..5),
    ) {
        let mut text: Vec<char> = which.get(&GOOD).chars().collect();
        for (at, length, change, character) in changes {
            let at = at.index(text.len().max(1));
            let end = (at + length).min(text.len());
            let piece = text[at.min(end)..end].to_vec();
            let with = match change {
                0 => Vec::new(),
                1 => [piece.clone(), piece].concat(),
                2 => vec![character],
                _ => "{}[]\",:0e-\\".chars().cycle().skip(length).take(2).collect(),
            };
            text.splice(at.min(end)..end, with);
        }
        let text: String = text.into_iter().collect();
        read_all(&text);
    }
}

/// More contacts than a seat can number: beyond them no grant is looked for, and nothing wraps round.
#[test]
fn a_person_of_any_number_of_contacts() {
    let journey = Journey::reference().unwrap();
    let open = |id: &str| Contact::open(name(id), email(), journey.vocabulary());
    let (ada, stranger, mut last) = (open("ada"), open("stranger"), open("last"));
    let _ = last.grant(grant("a-1", NEWSLETTER.by(EMAIL), email(), at("09:00:00"))).unwrap();
    let signal = signal(&journey, "s-1", "newsletter-signup", email(), at("10:00:00"));
    for (size, queued) in [(65_534, 1), (65_535, 0), (70_000, 0)] {
        let others: Vec<&Contact> = std::iter::repeat_n(&stranger, size).chain([&last]).collect();
        let decision = journey.decide(Person::joined(&ada, &others, None), &signal, at("10:00:00")).unwrap();
        assert_eq!(decision.queued().count(), queued, "{size}");
    }
}

/// An erasure of one is an erasure of all, however many they are (S12, S15).
#[test]
fn a_contact_beyond_all_seats_erases_the_person_all_the_same() {
    let journey = Journey::reference().unwrap();
    let phone = Identity::phone("+3225550100").unwrap();
    let open = |id: &str, identity| Contact::open(name(id), identity, journey.vocabulary());
    let (mut ada, stranger, mut last) =
        (open("ada", email()), open("stranger", phone.clone()), open("last", phone));
    let _ = ada.grant(grant("a-1", NEWSLETTER.by(EMAIL), email(), at("09:00:00"))).unwrap();
    let _ = last.stop(Stop::erase(name("e-1"), at("09:30:00"), at("09:30:00")));
    let signal = signal(&journey, "s-1", "newsletter-signup", email(), at("10:00:00"));
    for size in [0, 1, 65_534, 65_535, 70_000] {
        let others: Vec<&Contact> = std::iter::repeat_n(&stranger, size).chain([&last]).collect();
        let person = Person::joined(&ada, &others, None);
        let decision = journey.decide(person, &signal, at("10:00:00")).unwrap();
        assert_eq!((decision.queued().count(), decision.transition()), (0, None), "{size}");
        assert!(decision.refusals().all(|(_, refused)| refused.reason() == Reason::Erased), "{size}");
        // Whose no it is: that of the one who is erased, as far as seats go.
        let told = |refused: Refused<'_>| refused.cause(person).is_some_and(|act| *act.id() == name("e-1"));
        assert!(size >= 65_535 || decision.refusals().all(|(_, refused)| told(refused)), "{size}");
        assert!(decision.parts(person).unwrap().entries.is_empty(), "{size}: it leaves no trace");
    }
}

/// Addresses about as long as those that stand in place, their characters of one to four bytes.
#[test]
fn an_address_of_any_length_is_one_address() {
    let lengths = [1, 27, 28, 29, 30, 31, 32, 63, 64, 65, 240];
    let ends = ["", "a", "b", "é", "字", "😀"];
    let handles: Vec<String> =
        lengths.iter().flat_map(|length| ends.map(|end| format!("{}{end}", "x".repeat(*length)))).collect();
    let identity = |handle: &str| Identity::of_kind("card", handle).unwrap();
    for (one, other) in handles.iter().flat_map(|one| handles.iter().map(move |other| (one, other))) {
        let (here, there) = (identity(one), identity(other));
        assert_eq!((here == there, here.cmp(&there)), (one == other, one.cmp(other)), "{one} {other}");
        assert_eq!(here.address(), one);
        let mut ada = Contact::open(name("ada"), here.clone(), &Vocabulary::new([]));
        assert_eq!((ada.link(there.clone()), ada.unlink(&there)), (one != other, true), "{one} {other}");
        assert_eq!(ada.ledger().past_identities().collect::<Vec<_>>(), [&there]);
    }
}

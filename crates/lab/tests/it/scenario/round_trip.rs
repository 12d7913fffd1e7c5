//! Text, value, JSON: whatever can be meant is the same in all of them.

use placet::{
    Identity, Instant, Reach, Reason, Recipient, Scope,
    name::{Name, SELF, TimeDelta},
    signal::{Attribute, Source, Value},
};
use placet_lab::scenario::*;
use placet_lab::scenario::{Refused, Step};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

fn name() -> impl Strategy<Value = Name> {
    // Words of the form itself are names like others.
    const TRICKY: &[&str] = &[
        "by",
        "to",
        "for",
        "until",
        "only",
        "begins",
        "everything",
        "day",
        "with",
        "on",
        "as",
        "none",
        "true",
        "7",
        "007",
        "nothing",
    ];
    prop_oneof![proptest::sample::select(TRICKY).prop_map(str::to_owned), "[a-z0-9][a-z0-9+._:/-]{0,12}",]
        .prop_map(|text| text.parse().unwrap())
}

fn of<T: From<Name> + std::fmt::Debug>() -> impl Strategy<Value = T> {
    name().prop_map(T::from)
}

/// With and without seconds and fractions, before day 1 and long after.
fn instant() -> impl Strategy<Value = Instant> {
    let second = -3_000_000_i64..400_000_000;
    let nano = prop_oneof![3 => Just(0), 1 => 0..1_000_000_000_i64];
    let whole = prop_oneof![2 => Just(60_i64), 1 => Just(1)];
    (second, whole, nano).prop_map(|(second, whole, nano)| {
        let first: Instant = "2013-05-01T00:00:00Z".parse().unwrap();
        let nano = if whole == 60 { 0 } else { nano };
        first.checked_add(TimeDelta::seconds(second / whole * whole) + TimeDelta::nanoseconds(nano)).unwrap()
    })
}

fn scope() -> impl Strategy<Value = Scope> {
    (of(), of(), prop_oneof![2 => Just(SELF), 1 => of::<Recipient>()])
        .prop_map(|(purpose, channel, recipient)| Scope::new(purpose, channel, recipient))
}

fn reach() -> impl Strategy<Value = Stops> {
    let only = option::weighted(0.3, name());
    (option::of(of()), option::of(of()), option::of(of()), only).prop_map(
        |(purpose, channel, recipient, only)| {
            let mut reach = Reach::everything();
            if let Some(purpose) = purpose {
                reach = reach.purpose(purpose);
            }
            if let Some(channel) = channel {
                reach = reach.by(channel);
            }
            if let Some(recipient) = recipient {
                reach = reach.to(recipient);
            }
            Stops { reach, only }
        },
    )
}

fn attribute() -> impl Strategy<Value = Attribute> {
    let value = prop_oneof![
        name().prop_map(Value::Text),
        any::<i64>().prop_map(Value::Integer),
        any::<bool>().prop_map(Value::Bool),
        instant().prop_map(Value::Instant),
    ];
    (name(), value).prop_map(|(name, value)| Attribute { name, value })
}

fn what() -> impl Strategy<Value = What> {
    let lifts = || (scope(), option::of(name())).prop_map(|(scope, identity)| Lifts { scope, identity });
    let source = proptest::sample::select(
        &[Source::Network, Source::Shop, Source::Web, Source::Mail, Source::Phone][..],
    );
    let signal =
        (of(), option::of(name()), option::of(source), vec(attribute(), 0..3), option::of(instant()));
    let signal = signal.prop_map(|(kind, identity, source, attributes, handled)| Arrives {
        kind,
        identity,
        source,
        attributes,
        handled,
    });
    let instants = (option::of(instant()), option::of(instant()), option::of(instant()));
    let grants = (scope(), option::of(name()), instants, option::of(of()));
    let grants = grants.prop_map(|(scope, identity, (begins, until, confirm_by), id)| Grants {
        scope,
        identity,
        begins,
        until,
        confirm_by,
        id,
    });
    prop_oneof![
        3 => grants.prop_map(What::Grant),
        1 => of().prop_map(|grant| What::Confirm(Confirms { grant })),
        1 => lifts().prop_map(What::Unobject),
        1 => lifts().prop_map(What::Unrestrict),
        1 => reach().prop_map(What::Withdraw),
        1 => reach().prop_map(What::Refuse),
        1 => reach().prop_map(What::Object),
        1 => reach().prop_map(What::Restrict),
        1 => (reach(), instant()).prop_map(|(Stops { reach, only }, until)| {
            What::Pause(Pauses { reach, only, until })
        }),
        1 => of().prop_map(What::void),
        1 => Just(What::Erase(Plain {})),
        4 => signal.prop_map(What::Signal),
        1 => of().prop_map(|with| What::Merge(Merges { with })),
        1 => Just(What::release()),
        1 => Just(What::wait()),
    ]
}

fn reason() -> impl Strategy<Value = Reason> {
    proptest::sample::select(&Reason::ALL[..])
}

fn permitted() -> impl Strategy<Value = Vec<Permitted>> {
    vec((of(), option::of(name())).prop_map(|(effect, to)| Permitted { effect, to }), 0..3)
}

fn refused() -> impl Strategy<Value = Vec<Refused>> {
    let refused = (of(), reason(), option::of(scope()));
    vec(refused.prop_map(|(effect, because, scope)| Refused { effect, because, scope }), 0..3)
}

/// What follows, without contradiction.
fn then() -> impl Strategy<Value = Then> {
    let unadmitted =
        (reason(), option::of(scope())).prop_map(|(because, scope)| Unadmitted { because, scope });
    let moves = (option::weighted(0.2, unadmitted), option::of(of()));
    (moves, permitted(), refused(), permitted(), refused(), option::of(of())).prop_map(
        |((not_admitted, moves_to), queues, refuses, sends, drops, stands_at)| {
            let moves_to = if not_admitted.is_some() { None } else { moves_to };
            Then { not_admitted, moves_to, queues, refuses, sends, drops, stands_at }
        },
    )
}

fn scenario() -> impl Strategy<Value = Scenario> {
    let identity = proptest::sample::select(
        &["email:ada@example.org", "account/facebook:ada#l", "card:\"7\"", "phone:+3225550100"][..],
    );
    let identity = (name(), identity)
        .prop_map(|(name, text)| KnownBy { name, identity: Identity::parse(text).unwrap() });
    let given = (instant(), what()).prop_map(|(at, what)| Step::Given(Given { at, what }));
    let when = (instant(), what(), then()).prop_map(|(at, what, then)| Step::When(When { at, what, then }));
    (name(), vec(identity, 0..3), vec(prop_oneof![given, when], 0..6))
        .prop_map(|(name, identities, steps)| Scenario { name, identities, steps })
}

fn scenarios() -> impl Strategy<Value = Scenarios> {
    (any::<bool>(), vec(scenario(), 0..3)).prop_map(|(counts, scenarios)| {
        let mut scenarios = Scenarios::of(scenarios);
        scenarios.day_1 = counts.then(|| "2013-05-01".parse().unwrap());
        scenarios
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn one_value_in_both_forms(scenarios in scenarios()) {
        let text = scenarios.to_string();
        let read = Scenarios::read(&text);
        prop_assert_eq!(read.as_ref(), Ok(&scenarios), "{}", text);
        prop_assert_eq!(read.unwrap().to_string(), text, "one way to write it");
        let json = serde_json::to_string(&scenarios).unwrap();
        prop_assert_eq!(Scenarios::read(&json), Ok(scenarios));
    }

    /// Whatever is read says where it is wrong, and nothing panics: lines of the shipped scenes, shuffled and cut.
    #[test]
    fn nothing_panics(lines in vec((0..400_usize, 0..60_usize, 0..60_usize), 0..30)) {
        let all: Vec<&str> = super::REFERENCE.lines().collect();
        let cut = lines.into_iter().map(|(line, from, to)| {
            let line = all[line % all.len()];
            let words: Vec<&str> = line.split(' ').collect();
            let (from, to) = (from.min(words.len()), to.max(8).min(words.len()));
            if from < to / 2 { words[..to].join(" ") } else { words[from..].join(" ") }
        });
        let text = std::iter::once("placet scenarios 1".to_owned()).chain(cut).collect::<Vec<_>>().join("\n");
        if let Err(ScenarioError::Text(fault)) = Scenarios::from_text(&text) {
            let (line, column) = fault.position();
            let found = text.lines().nth(line - 1).unwrap();
            prop_assert!(column <= found.chars().count() + 1);
        }
    }
}

#[test]
fn the_shipped_scenes_are_written_as_they_would_be() {
    let scenarios = Scenarios::from_text(super::REFERENCE).unwrap();
    let lines = super::REFERENCE.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let written = scenarios.to_string();
    assert!(lines.eq(written.lines().filter(|line| !line.is_empty())), "{written}");
}

#[test]
fn blanks_comments_and_line_ends_say_nothing() {
    let text = super::REFERENCE.replace('\n', "   # and so on\r\n").replace("  given", "\tgiven");
    let read = Scenarios::from_text(&format!("\u{feff}{text}")).unwrap();
    assert_eq!(read, Scenarios::from_text(super::REFERENCE).unwrap());
}

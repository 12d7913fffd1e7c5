//! What insight costs beside what placet does anyway: `cargo bench -p placet-benches --bench crowd`; with `-- --full` of the
//! Permesso case, 30,000 people and 1,000,000 likes. Each ratio is made inside one round, of processor time.

use cpu_time::ThreadTime;
use placet::consent::{Actor, Evidence, Grant, Method, Notice};
use placet::entry::{Admitted, Body, Opened};
use placet::name::TimeDelta;
use placet::signal::{Attribute, Source, Value};
use placet::{Contact, Entry, Identity, Instant, Journey, SignalSpec, desk::Terms};
use placet_insight::{Histories, Insight, Known, Minutes};

/// The brand's journey: likes need a consent to be kept.
const JOURNEY: &str = r#"{"placet":1,"name":"permesso","controller":"the-brand",
    "catalogue":{"purposes":["profiling","social-linking"],"channels":[{"name":"email"},{"name":"social/facebook"}]},
    "stages":[],"rules":[{"name":"none","on":"purchase"}],
    "signals":[{"kind":"like","admission":[{"purpose":"social-linking","channel":"social/*"}],
        "attributes":[{"name":"brand","type":"text"}]},{"kind":"purchase"}]}"#;

/// Three tables of likes: by brand, by hour, and all.
const INSIGHT: &str = r#"{"placet":1,"name":"permesso",
    "views":[{"name":"interest","needs":[{"purpose":"social-linking","channel":"social/*"}]}],
    "scores":[{"name":"heat","view":"interest","terms":[
        {"name":"likes","each":{"kind":"like","where":[{"name":"brand","is":"equal","value":{"text":"brand-3"}}]},"points":10,"half_life":"30d"}]}],
    "tables":[{"name":"likes","view":"interest","count":{"kind":"like"},"by":[{"attribute":"brand"}]}]}"#;

fn instant(minute: i64) -> Instant {
    let begin: Instant = "2013-05-01T10:00:00Z".parse().unwrap();
    begin.checked_add(TimeDelta::minutes(minute)).unwrap()
}

/// One person, and so many likes.
fn person(number: usize, likes: usize) -> Vec<Entry> {
    let who: placet::ContactId = format!("p-{number}").parse().unwrap();
    let facebook = Identity::parse(&format!("account/facebook:u{number}")).unwrap();
    let note = |body| Entry::new(who.clone(), body);
    let shown = Notice::new("form".parse().unwrap(), "1".parse().unwrap());
    let evidence = Evidence::new(Actor::Person, Method::UntickedBox).shown(shown);
    let scope = placet::purpose::SOCIAL_LINKING.by("social/facebook".parse().unwrap());
    let grant = Grant::new("a-1".parse().unwrap(), scope, facebook.clone(), evidence, instant(0), instant(0));
    let mut entries =
        vec![note(Body::Opened(Opened::from(facebook.clone()))), note(Body::Act(grant.unwrap().into()))];
    for like in 0..likes {
        let brand = format!("brand-{}", (number * 7 + like * 13) % 40).parse().unwrap();
        let at = instant(i64::try_from(like + 1).unwrap());
        let attributes = vec![Attribute { name: "brand".parse().unwrap(), value: Value::Text(brand) }];
        let signal = SignalSpec {
            id: format!("s-{like}").parse().unwrap(),
            contact: who.clone(),
            identity: facebook.clone(),
            kind: "like".parse().unwrap(),
            source: Some(Source::Network),
            at,
            attributes,
        };
        entries.push(note(Body::Signal(Admitted::new(signal, at))));
    }
    entries
}

/// Nanoseconds of processor time.
fn timed<T>(what: impl FnOnce() -> T) -> (f64, T) {
    let begin = ThreadTime::now();
    let done = what();
    (begin.elapsed().as_nanos() as f64, done)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn line(name: &str, gate: f64, rounds: usize, mut round: impl FnMut() -> (f64, f64)) {
    let rounds: Vec<(f64, f64)> = (0..rounds).map(|_| round()).collect();
    let ratio = median(rounds.iter().map(|(one, other)| one / other).collect());
    let (one, other) = rounds[rounds.len() / 2];
    let over = if ratio > gate { "  over" } else { "" };
    println!("{name:52}{one:>14.0}{other:>14.0}{ratio:>8.2}{gate:>8.2}{over}");
}

fn main() {
    let asked = |option: &str| std::env::args().any(|argument| argument == option);
    let test = !asked("--bench") || asked("--test");
    let (people, likes, rounds) = match (asked("--full"), test) {
        (_, true) => (50, 10, 1),
        (false, false) => (3_000, 33, 7),
        (true, false) => (30_000, 33, 3),
    };
    let journey = Journey::from_json(JOURNEY).unwrap();
    let insight = Insight::from_json(INSIGHT, &journey).unwrap();
    let all: Vec<Vec<Entry>> = (0..people).map(|number| person(number, likes)).collect();
    let histories = Histories::of(all.iter().flatten().cloned(), &Terms::new(journey.clone()));
    let now = instant(100_000);
    println!(
        "{:52}{:>14}{:>14}{:>8}{:>8}",
        format!("{people} people, {} likes", people * likes),
        "ns",
        "ns",
        "ratio",
        "gate"
    );
    line("a crowd and its table / a replay of the same", 3.0, rounds, || {
        let (crowd, made) = timed(|| insight.crowd(&histories, now, Minutes(60)));
        let (replay, contacts) = timed(|| {
            let replayed = all.iter().map(|entries| Contact::replay(entries, journey.vocabulary()).unwrap());
            replayed.collect::<Vec<_>>()
        });
        assert_eq!(
            (made.table("likes").unwrap().hidden(), contacts.len()),
            (if test { 40 } else { 0 }, people)
        );
        (crowd, replay)
    });
    let hundred = person(0, 100);
    let ada = Contact::replay(&hundred, journey.vocabulary()).unwrap();
    let Body::Signal(last) = hundred[100].body() else { return };
    let last = journey.signal(last.signal().clone()).unwrap();
    let times = if test { 1 } else { 2_000 };
    // A like that is admitted and leads to nothing: the least that can be decided.
    let decided = || {
        for _ in 0..times {
            let _ = std::hint::black_box(journey.decide(&ada, &last, now).unwrap());
        }
    };
    let profile = |score: bool| {
        for _ in 0..times {
            let known = Known::new(&ada, &hundred);
            let profile = insight.view("interest").unwrap().profile(&known, now).unwrap();
            assert_eq!(profile.standing(), 100);
            std::hint::black_box(score.then(|| profile.score("heat").unwrap()));
        }
    };
    let each = |nanos: f64| nanos / times as f64;
    for (name, score) in [("a profile of 100 facts / a decision", false), ("  and a score of it", true)] {
        line(name, if score { 150.0 } else { 100.0 }, rounds, || {
            (each(timed(|| profile(score)).0), each(timed(decided).0))
        });
    }
}

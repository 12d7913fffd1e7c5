//! What costs how many times as much as what: a table of ratios, each made inside one round of processor time.
//!
//! `cargo bench -p placet-benches --bench ratios` prints the medians; with `-- read` only of lines with that word.

use std::hint::black_box;
use std::time::Duration;

use super::flat;
use super::shape::{Ids, Reach, Step, What, Work};
use super::subject::{self, Edge};
use cpu_time::ThreadTime;
use placet::{
    Ask, Book, Contact, Entry, Journey, JourneySpec, Signal, book::Journaled, channel::EMAIL, entry::Body,
    purpose::CARE,
};
use placet_lab::{Recording, Rehearsal};

/// How long it is done in each round, each of the two.
const SLICE: Duration = Duration::from_millis(40);
const ROUNDS: usize = 11;

/// Runs the lines whose names hold one of these words; every line where there are none. `test`: once each, and what the
/// times are does not matter.
pub fn table(test: bool, only: &[&str]) {
    let mut table = Table {
        rounds: if test { 1 } else { ROUNDS },
        slice: if test { Duration::ZERO } else { SLICE },
        only,
    };
    println!("{:52}{:>10}{:>10}{:>8}{:>8}", "", "ns", "ns", "ratio", "gate");
    decisions(&mut table);
    journeys(&mut table);
    reading(&mut table);
}

struct Table<'o> {
    rounds: usize,
    slice: Duration,
    only: &'o [&'o str],
}

impl Table<'_> {
    /// One line: what is measured, what it is compared to, and the most that the ratio should be.
    fn line(&mut self, name: &str, gate: f64, mut one: impl FnMut(), mut other: impl FnMut()) {
        if !self.only.is_empty() && !self.only.iter().any(|word| name.contains(word)) {
            return;
        }
        let (ones, others): (Vec<f64>, Vec<f64>) =
            (0..self.rounds).map(|_| (self.each(&mut one), self.each(&mut other))).unzip();
        let ratio = median(ones.iter().zip(&others).map(|(one, other)| one / other));
        let (one, other) = (median(ones.iter().copied()), median(others.iter().copied()));
        println!("{name:52}{one:>10.0}{other:>10.0}{ratio:>8.2}{gate:>8.2}");
    }

    /// Nanoseconds that it takes once.
    fn each(&self, what: &mut impl FnMut()) -> f64 {
        let (begin, mut times, mut more) = (ThreadTime::now(), 0_u32, 1_u32);
        loop {
            (0..more).for_each(|_| what());
            times += more;
            let elapsed = begin.elapsed();
            if elapsed >= self.slice {
                return elapsed.as_nanos() as f64 / f64::from(times);
            }
            more = times;
        }
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

const DAY: u32 = 86_400;
/// Care by e-mail, which a comment of a customer asks for.
const CARE_EMAIL: u8 = 16;
const COMMENT: u8 = 2;
const PURCHASE: u8 = 5;

/// A customer who has done so, a day a step.
fn customer(journey: &Journey, does: impl IntoIterator<Item = What>) -> Contact {
    let edge = Edge::new(Ids::Uuid);
    let mut ada = edge.open(0, journey);
    let steps = std::iter::once(What::Signal(PURCHASE)).chain(does);
    for (what, id) in steps.zip(0..) {
        let step = Step { contact: 0, id, at: id * 60, what };
        match edge.act(&step) {
            Some(act) => drop(ada.append(act).unwrap()),
            None => {
                let signal = journey.signal(edge.signal(&step).unwrap()).unwrap();
                drop(journey.decide(&ada, &signal, signal.at()).unwrap().commit(&mut ada).unwrap());
            }
        }
    }
    ada
}

fn comment(journey: &Journey) -> Signal {
    let step = Step { contact: 0, id: 99_999, at: 30 * DAY, what: What::Signal(COMMENT) };
    journey.signal(Edge::new(Ids::Uuid).signal(&step).unwrap()).unwrap()
}

fn decisions(table: &mut Table<'_>) {
    let journey = subject::journey().unwrap();
    let signal = comment(&journey);
    let grant = |pair| What::Grant { pair, until: None };
    let one = customer(&journey, [grant(CARE_EMAIL)]);
    let twenty = customer(&journey, (0..20).map(grant));
    let changing = |acts: u32| {
        let withdraw = What::Withdraw(Reach { purpose: Some(4), channel: Some(0) });
        customer(
            &journey,
            (1..=acts).map(move |act| if act % 2 == acts % 2 { grant(CARE_EMAIL) } else { withdraw }),
        )
    };
    let (ten, many) = (changing(10), changing(10_000));
    let decide = |ada: &Contact| {
        let decision = journey.decide(black_box(ada), &signal, signal.at()).unwrap();
        assert_eq!(black_box(decision).queued().count(), 1);
    };
    table.line("decide with 20 grants / with 1", 1.3, || decide(&twenty), || decide(&one));
    table.line("decide with 10,000 past acts / with 10", 1.3, || decide(&many), || decide(&ten));
    let bare = customer(&journey, []);
    let refuse = |ada: &Contact| {
        let decision = journey.decide(black_box(ada), &signal, signal.at()).unwrap();
        assert_eq!(black_box(decision).refusals().count(), 1);
    };
    // The answers are read, too: an explanation finds nothing before that.
    let explain = |ada: &Contact, refused: usize| {
        let why = journey.explain(black_box(ada), &signal, signal.at()).unwrap();
        assert_eq!(black_box(&why).effects().filter(|(_, asked)| asked.reason().is_some()).count(), refused);
    };
    table.line("explain a permitted effect / decide it", 2.0, || explain(&one, 0), || decide(&one));
    table.line("explain a refused effect / decide it", 2.0, || explain(&bare, 1), || refuse(&bare));
    let tell = |ada: &Contact| {
        let why = journey.explain(black_box(ada), &signal, signal.at()).unwrap();
        assert!(!black_box(why.to_string()).is_empty());
    };
    table.line("explain a refused effect in sentences / decide it", 20.0, || tell(&bare), || refuse(&bare));
    let ask = Ask::new(CARE.by(EMAIL), Edge::identity(0));
    let permit = |ada: &Contact| assert!(black_box(ada).ledger().permit(&ask, signal.at()).is_ok());
    table.line("permit with 10,000 past acts / with 10", 1.3, || permit(&many), || permit(&ten));
}

/// The journey of the work, grown to ten thousand rules over as many more stages.
fn grown() -> JourneySpec {
    let mut spec = subject::journey().unwrap().spec().clone();
    let (stages, rules) = (spec.stages.clone(), spec.rules.clone());
    for copy in 1.. {
        let named = |name: &str| format!("{name}-{copy}");
        for stage in &stages {
            let mut stage = stage.clone();
            stage.name = named(stage.name.as_str()).parse().unwrap();
            spec.stages.push(stage);
        }
        for rule in &rules {
            if spec.rules.len() == 10_000 {
                return spec;
            }
            let mut rule = rule.clone();
            rule.name = named(rule.name.as_str()).parse().unwrap();
            let from =
                rule.from.get_or_insert_with(|| stages.iter().map(|stage| stage.name.clone()).collect());
            for stage in from.iter_mut().chain(&mut rule.to).filter(|stage| stage.as_str() != "none") {
                *stage = named(stage.as_str()).parse().unwrap();
            }
            from.retain(|stage| stage.as_str() != "none");
            if from.is_empty() {
                from.push(named("fan").parse().unwrap());
            }
            spec.rules.push(rule);
        }
    }
    spec
}

fn journeys(table: &mut Table<'_>) {
    let small = subject::journey().unwrap();
    let spec = grown();
    let large = Journey::compile(spec.clone()).unwrap();
    let decide = |journey: &Journey, ada: &Contact, signal: &Signal| {
        let decision = journey.decide(black_box(ada), signal, signal.at()).unwrap();
        assert_eq!(black_box(decision).queued().count(), 1);
    };
    let of = |journey: &Journey| {
        (customer(journey, [What::Grant { pair: CARE_EMAIL, until: None }]), comment(journey))
    };
    let ((ada, signal), (eve, other)) = (of(&large), of(&small));
    table.line(
        "decide among 10,000 rules / among 18",
        2.0,
        || decide(&large, &ada, &signal),
        || decide(&small, &eve, &other),
    );

    let text = serde_json::to_string(&spec).unwrap();
    let read = || drop(black_box(JourneySpec::from_json(black_box(&text)).unwrap()));
    let both = || drop(black_box(Journey::from_json(black_box(&text)).unwrap()));
    table.line("read and compile 10,000 rules / read them", 2.0, both, read);
    let plain = || drop(black_box(serde_json::from_str::<JourneySpec>(black_box(&text)).unwrap()));
    table.line("read 10,000 rules with paths / with serde alone", 1.1, read, plain);
}

/// A journal of the work: all that a book of some contacts wrote down.
fn journal(contacts: u32) -> String {
    let work = Work::new(contacts, 2013);
    let edge = Edge::new(Ids::Uuid);
    let mut book = Journaled::new(Book::new(subject::journey().unwrap()), String::new());
    for contact in 0..contacts {
        book.open(edge.id(contact), Edge::identity(contact)).unwrap();
    }
    for step in &work.steps {
        match edge.act(step) {
            Some(act) => drop(book.append(&edge.id(step.contact), act).unwrap()),
            None => {
                let signal = book.book().journey().signal(edge.signal(step).unwrap()).unwrap();
                drop(book.observe(&signal, signal.at()).unwrap());
            }
        }
    }
    book.into_parts().unwrap().1
}

fn reading(table: &mut Table<'_>) {
    let journey = subject::journey().unwrap();
    let text = journal(20);
    let replayed = || drop(black_box(Book::replay(journey.clone(), black_box(&text)).unwrap()));
    let flat = || text.lines().for_each(|line| drop(black_box(flat::read(black_box(line)))));
    table.line("replay a book's journal / parse it flat", 1.25, replayed, flat);

    // The same entries, one a line and contact by contact: what a backend keeps.
    let mut lines: Vec<String> = Vec::new();
    let mut entries: Vec<Entry> = Vec::new();
    for line in text.lines() {
        let list = if line.starts_with('[') { line.to_owned() } else { format!("[{line}]") };
        entries.extend(serde_json::from_str::<Vec<Entry>>(&list).unwrap());
    }
    entries.sort_by(|one, other| one.contact().cmp(other.contact()));
    lines.extend(entries.iter().map(|entry| serde_json::to_string(entry).unwrap()));
    let parse = || lines.iter().map(|line| Entry::from_json(black_box(line)).unwrap()).collect::<Vec<_>>();
    let replay = |entries: &[Entry]| {
        for of_one in entries.chunk_by(|one, other| one.contact() == other.contact()) {
            drop(black_box(Contact::replay(of_one, journey.vocabulary()).unwrap()));
        }
    };
    let flat = || lines.iter().for_each(|line| drop(black_box(flat::read(black_box(line)))));
    table.line("replay contacts from lines / parse them flat", 1.25, || replay(&parse()), flat);
    let kinds = |pick: fn(&Body) -> bool| -> Vec<&String> {
        entries.iter().zip(&lines).filter(|(entry, _)| pick(entry.body())).map(|(_, line)| line).collect()
    };
    for (name, pick) in [
        ("read signals / parse them flat", (|body| matches!(body, Body::Signal(_))) as fn(&Body) -> bool),
        ("read acts / parse them flat", |body| matches!(body, Body::Act(_))),
        ("read queued events / parse them flat", |body| matches!(body, Body::Queued(_))),
        ("read refused effects / parse them flat", |body| matches!(body, Body::EffectRefused(_))),
    ] {
        let lines = kinds(pick);
        let checked =
            || lines.iter().for_each(|line| drop(black_box(Entry::from_json(black_box(line)).unwrap())));
        let flat = || lines.iter().for_each(|line| drop(black_box(flat::read(black_box(line)))));
        table.line(name, 1.25, checked, flat);
    }
    // A back-test reads a recording once and runs it through as many journeys as there are.
    let text = lines.join("\n");
    let recording = Recording::read(&text).unwrap();
    let again = || drop(black_box(Rehearsal::of(&journey, black_box(&recording))));
    let first = || drop(black_box(Rehearsal::of(&journey, &Recording::read(black_box(&text)).unwrap())));
    table.line("another journey of a back-test / the first, read", 0.15, again, first);
}

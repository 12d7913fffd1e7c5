//! A contact made again from its entries: in memory, from JSON lines, and what parsing those costs alone.
#![allow(clippy::unwrap_used, missing_docs, reason = "a bench may stop at what it does not expect")]
#![allow(clippy::arithmetic_side_effects, reason = "it counts to a hundred")]

mod support;

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use placet::{Body, Contact, Entry, Journey, NEWSLETTER, OFFERS};
use support::{at, by_mail, contact, grant, mail, signal, withdraw};

/// The entries of a contact that signs up and buys a hundred times, and changes its mind now and then.
fn history(journey: &Journey) -> Vec<Entry> {
    let mut ada = contact(journey);
    let mut entries = vec![Entry::new(ada.id().clone(), Body::Opened(mail()))];
    let act = |ada: &mut Contact, act: placet::Act| {
        ada.append(act.clone()).unwrap();
        Entry::new(ada.id().clone(), Body::Act(act))
    };
    entries.push(act(&mut ada, grant(0, by_mail(NEWSLETTER), at(0)).into()));
    for number in 1..=100 {
        let now = at(i64::try_from(number).unwrap() * 60);
        if number % 10 == 0 {
            entries.push(act(&mut ada, grant(number, by_mail(OFFERS), now).into()));
        }
        let kind = if number == 1 { "newsletter-signup" } else { "purchase" };
        let decision = journey.decide(&ada, &signal(journey, number, kind, now), now).unwrap();
        entries.extend(decision.parts(&ada).unwrap().entries);
        decision.commit(&mut ada).unwrap();
        if number % 10 == 5 {
            entries.push(act(&mut ada, withdraw(number, by_mail(OFFERS), now).into()));
        }
    }
    entries
}

fn replay(c: &mut Criterion) {
    let journey = Journey::reference().unwrap();
    let entries = history(&journey);
    let lines: Vec<String> = entries.iter().map(|entry| serde_json::to_string(entry).unwrap()).collect();
    let parse = || lines.iter().map(|line| Entry::from_json(line).unwrap()).collect::<Vec<_>>();
    assert_eq!(parse(), entries, "written and read, it is the same");

    let mut group = c.benchmark_group("replay");
    group.throughput(Throughput::Elements(u64::try_from(entries.len()).unwrap()));
    group.bench_function("entries in memory", |b| {
        b.iter(|| Contact::replay(black_box(&entries), journey.vocabulary()).unwrap());
    });
    group.bench_function("parse alone", |b| b.iter(parse));
    group.bench_function("parse and replay", |b| {
        b.iter(|| Contact::replay(&parse(), journey.vocabulary()).unwrap());
    });
    group.finish();
}

criterion_group!(benches, replay);
criterion_main!(benches);

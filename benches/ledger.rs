//! What an ask costs: with 1 and 20 grants in force, and with 10 and 10,000 past acts.
#![allow(clippy::unwrap_used, missing_docs, reason = "a bench may stop at what it does not expect")]
#![allow(clippy::arithmetic_side_effects, reason = "it counts to ten thousand")]

mod support;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use placet::{Ask, Contact, Journey, NEWSLETTER, OFFERS, Purpose};
use support::{at, by_mail, contact, grant, mail, withdraw};

/// So many grants in force, each of another purpose; the last one asked for is in the middle.
fn granted(journey: &Journey, grants: usize) -> Contact {
    let mut ada = contact(journey);
    for number in 0..grants {
        let purpose =
            if number == grants / 2 { NEWSLETTER } else { Purpose::new(&format!("p-{number}")).unwrap() };
        ada.grant(grant(number, by_mail(purpose), at(0))).unwrap();
    }
    ada
}

/// So many acts about one scope, the last of them a grant: a person of many minds.
fn past(journey: &Journey, acts: usize) -> Contact {
    let mut ada = contact(journey);
    for number in 0..acts {
        let when = at(i64::try_from(number).unwrap());
        if (acts - number) % 2 == 1 {
            ada.grant(grant(number, by_mail(NEWSLETTER), when)).unwrap();
        } else {
            let _ = ada.stop(withdraw(number, by_mail(NEWSLETTER), when));
        }
    }
    ada
}

fn ask(c: &mut Criterion) {
    let journey = Journey::reference().unwrap();
    let now = at(1_000_000);
    let yes = Ask::new(by_mail(NEWSLETTER), mail());
    let no = Ask::new(by_mail(OFFERS), mail());
    let mut group = c.benchmark_group("ledger");
    for (name, ada) in [
        ("1 grant", granted(&journey, 1)),
        ("20 grants", granted(&journey, 20)),
        ("10 past acts", past(&journey, 10)),
        ("10000 past acts", past(&journey, 10_000)),
    ] {
        let ledger = ada.ledger();
        assert!(ledger.permit(&yes, now).is_ok() && ledger.permit(&no, now).is_err(), "{name}");
        group.bench_function(format!("permit/{name}"), |b| {
            b.iter(|| black_box(ledger.permit(black_box(&yes), now).is_ok()));
        });
        group.bench_function(format!("refuse/{name}"), |b| {
            b.iter(|| black_box(ledger.refuses(black_box(&no), now)));
        });
    }
    group.finish();
}

criterion_group!(benches, ask);
criterion_main!(benches);

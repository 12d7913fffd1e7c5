//! Single decisions: a refusal, a permitted effect, an ignored signal; and what follows a permitted one.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use placet::{Contact, Journey, purpose::NEWSLETTER};
use placet_benches::support::{at, by_mail, contact, grant, signal};

fn decide(c: &mut Criterion) {
    let journey = Journey::reference().unwrap();
    let now = at(1);
    let bare = contact(&journey);
    let mut subscriber = contact(&journey);
    let _ = subscriber.grant(grant(0, by_mail(NEWSLETTER), now)).unwrap();

    let mut group = c.benchmark_group("decide");
    let mut bench = |name: &str, contact: &Contact, kind: &str| {
        let signal = signal(&journey, 0, kind, now);
        group.bench_function(name, |b| {
            b.iter(|| journey.decide(black_box(contact), black_box(&signal), black_box(now)).unwrap());
        });
    };
    bench("refused", &bare, "purchase");
    bench("permitted", &subscriber, "newsletter-signup");
    bench("ignored", &bare, "shop-visit");
    bench("unadmitted", &bare, "like");

    let signup = signal(&journey, 0, "newsletter-signup", now);
    let decision = journey.decide(&subscriber, &signup, now).unwrap();
    group.bench_function("permitted, as entries", |b| {
        b.iter(|| decision.parts(black_box(&subscriber)).unwrap())
    });
    let queued = decision.parts(&subscriber).unwrap().queued.remove(0);
    group.bench_function("release", |b| {
        b.iter_batched(
            || queued.clone(),
            |queued| black_box(journey.release(queued, &subscriber, now).into_result().is_ok()),
            criterion::BatchSize::SmallInput,
        );
    });
    group.bench_function("explain a refusal", |b| {
        let purchase = signal(&journey, 0, "purchase", now);
        b.iter(|| journey.explain(black_box(&bare), &purchase, now).unwrap());
    });
    group.finish();
}

criterion_group!(benches, decide);
criterion_main!(benches);

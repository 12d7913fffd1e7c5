//! How many signals a second, and where the time goes. Not run with the other tests:
//! `PLACET_FSYNC=on cargo test --release --test load -- --ignored --nocapture`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "tests"
)]

mod server;

use std::time::{Duration, Instant};

use placet::consent::Notice;
use placet::desk::{Append, Observe, Open, Terms};
use placet::{
    Actor, Evidence, Grant, Identity, Journey, Method, SignalSpec, channel::EMAIL, purpose::OFFERS,
};
use placet_postgres::{Postgres, now};
use server::Server;

const CONTACTS: usize = 400;
const FOR: Duration = Duration::from_secs(5);

async fn opened(store: &Postgres, number: usize) {
    let mail = Identity::email(&format!("ada-{number}@example.org")).unwrap();
    let contact: placet::ContactId = format!("c-{number}").parse().unwrap();
    store.drive(Open::new(store.terms().clone(), contact.clone(), mail.clone())).await.unwrap().unwrap();
    let shown = Notice::new("newsletter-form".parse().unwrap(), "2013-01".parse().unwrap());
    let proof = Evidence::new(Actor::Person, Method::UntickedBox).shown(shown);
    let grant = Grant::new("a-1".parse().unwrap(), OFFERS.by(EMAIL), mail, proof, now(), now()).unwrap();
    let _ = store.drive(Append::new(store.terms().clone(), contact, grant.into())).await.unwrap().unwrap();
}

async fn observe(store: &Postgres, number: usize, signal: usize) {
    let spec = SignalSpec {
        id: format!("s-{signal}").parse().unwrap(),
        contact: format!("c-{number}").parse().unwrap(),
        identity: Identity::email(&format!("ada-{number}@example.org")).unwrap(),
        kind: "purchase".parse().unwrap(),
        source: None,
        at: now(),
        attributes: Vec::new(),
    };
    let signal = store.terms().journey.signal(spec).unwrap();
    let _ = store.drive(Observe::new(store.terms().clone(), &signal, now())).await.unwrap().unwrap();
}

#[test]
#[ignore = "a measurement"]
fn signals_a_second() {
    let Some(server) = Server::start("signals_a_second") else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store =
            Postgres::new(&server.config("public"), 32, Terms::new(Journey::reference().unwrap())).unwrap();
        store.migrate().await.unwrap();
        for number in 0..CONTACTS {
            opened(&store, number).await;
        }
        for workers in [1, 4, 16] {
            let (steps, placet, whole) = store.spent().so_far();
            let begun = Instant::now();
            let tasks: Vec<_> = (0..workers)
                .map(|worker| {
                    let store = store.clone();
                    tokio::spawn(async move {
                        let mut signals = 0_usize;
                        while begun.elapsed() < FOR {
                            let number = (worker + signals * workers) % CONTACTS;
                            observe(&store, number, workers * 1_000_000 + worker * 100_000 + signals).await;
                            signals += 1;
                        }
                        signals
                    })
                })
                .collect();
            let mut signals = 0;
            for task in tasks {
                signals += task.await.unwrap();
            }
            let took = begun.elapsed();
            let (steps_now, placet_now, whole_now) = store.spent().so_far();
            let (steps, placet, whole) = (steps_now - steps, placet_now - placet, whole_now - whole);
            eprintln!(
                "{workers:2} at once: {:.0} signals a second; a step takes {:.2} ms, of which placet {:.1} % ({:.0} µs), the database the rest",
                signals as f64 / took.as_secs_f64(),
                whole.as_secs_f64() * 1e3 / steps as f64,
                placet.as_secs_f64() / whole.as_secs_f64() * 100.0,
                placet.as_secs_f64() * 1e6 / steps as f64,
            );
        }
        let entries = server.psql("SELECT count(*) / count(DISTINCT contact) FROM entries").unwrap();
        eprintln!("each contact has {entries} entries in the end");
    });
}

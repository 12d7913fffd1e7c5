//! How many signals a second, how long a log takes to read, and what an erasure costs. Not run with the other tests:
//! `cargo test --release --test load -- --ignored --nocapture`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "tests"
)]

mod house;

use std::time::{Duration, Instant};

use house::{Client, PARTITIONS, Process, Server, names as of_workers};
use placet::consent::Notice;
use placet::desk::{Append, Halt, Observe, Open, Terms};
use placet::identity::SuppressionKey;
use placet::{
    Actor, ContactId, Evidence, Grant, Identity, Journey, Method, SignalSpec, Stop, channel::EMAIL,
    purpose::OFFERS,
};
use placet_stream::{Log, Names, now, partition};

const CONTACTS: usize = 400;
const FOR: Duration = Duration::from_secs(5);

fn mail(number: usize) -> Identity {
    Identity::email(&format!("ada-{number}@example.org")).unwrap()
}

fn contact(number: usize) -> ContactId {
    format!("c-{number}").parse().unwrap()
}

async fn opened(log: &mut Log, number: usize) {
    let terms = log.terms().clone();
    log.drive(Open::new(terms.clone(), contact(number), mail(number))).await.unwrap().unwrap();
    let shown = Notice::new("newsletter-form".parse().unwrap(), "2013-01".parse().unwrap());
    let proof = Evidence::new(Actor::Person, Method::UntickedBox).shown(shown);
    let scope = OFFERS.by(EMAIL);
    let grant = Grant::new("a-1".parse().unwrap(), scope, mail(number), proof, now(), now()).unwrap();
    let _ = log.drive(Append::new(terms, contact(number), grant.into())).await.unwrap().unwrap();
}

async fn observe(log: &mut Log, number: usize, signal: usize) {
    let spec = SignalSpec {
        id: format!("s-{signal}").parse().unwrap(),
        contact: contact(number),
        identity: mail(number),
        kind: "purchase".parse().unwrap(),
        source: None,
        at: now(),
        attributes: Vec::new(),
    };
    let terms = log.terms().clone();
    let signal = terms.journey.signal(spec).unwrap();
    let _ = log.drive(Observe::new(terms, &signal, now())).await.unwrap().unwrap();
}

#[test]
#[ignore = "a measurement"]
fn signals_a_second() {
    let Some(server) = Server::start("signals_a_second") else { return };
    let terms =
        || Terms::new(Journey::reference().unwrap()).suppressing(SuppressionKey::new(*b"sixteen random b"));
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let names = || Names::new("load");
    runtime().block_on(async {
        let jetstream = server.connect().await;
        names().set_up(&jetstream, PARTITIONS).await.unwrap();
        let mut log = Log::open(jetstream, names(), terms()).await.unwrap();
        for number in 0..CONTACTS {
            opened(&mut log, number).await;
        }
    });
    for workers in [1_usize, 2, 4] {
        // Each with a connection, a view and a thread of its own, as a process has them.
        let work = |worker: usize| {
            runtime().block_on(async {
                let mut log = Log::open(server.connect().await, names(), terms()).await.unwrap();
                let (mut signals, begun) = (0_usize, Instant::now());
                while begun.elapsed() < FOR {
                    let number = (worker + signals * workers) % CONTACTS;
                    observe(&mut log, number, workers * 10_000_000 + worker * 1_000_000 + signals).await;
                    signals += 1;
                }
                signals
            })
        };
        let signals: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..workers).map(|worker| scope.spawn(move || work(worker))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        eprintln!("{workers} workers: {:.0} signals a second", signals as f64 / FOR.as_secs_f64());
    }
    runtime().block_on(async {
        let begun = Instant::now();
        let mut log = Log::open(server.connect().await, names(), terms()).await.unwrap();
        let stream = server.connect().await.get_stream(names().log()).await.unwrap();
        let state = &stream.cached_info().state;
        let (lines, megabytes) = (state.messages, state.bytes as f64 / 1e6);
        eprintln!(
            "a log of {lines} lines, {megabytes:.0} MB, is read in {:.1} s",
            begun.elapsed().as_secs_f64()
        );
        let begun = Instant::now();
        let erase = Stop::erase("e-1".parse().unwrap(), now(), now());
        let _ = log.drive(Halt::new(log.terms().clone(), contact(7), erase)).await.unwrap().unwrap();
        eprintln!("an erasure in it takes {:.1} s", begun.elapsed().as_secs_f64());
    });
}

/// From IN to the log and to the events, through workers.
#[test]
#[ignore = "a measurement"]
fn messages_a_second() {
    const MESSAGES: usize = 4000;
    let Some(server) = Server::start("messages_a_second") else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let client = Client::new(&server).await;
        let put = async |number: usize, kind: &str, body: String| {
            let subject = of_workers().subject_in(partition(&format!("c-{number}"), PARTITIONS), kind);
            client.jetstream.publish(subject, body.into()).await.unwrap().await.unwrap();
        };
        let empty = async || {
            let mut inbox = client.jetstream.get_stream(of_workers().inbox()).await.unwrap();
            while inbox.info().await.unwrap().state.messages > 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        for workers in [1, 2] {
            for number in 0..MESSAGES {
                let (who, mail) = (number % CONTACTS, mail(number % CONTACTS).exact_key());
                if number == who && workers == 1 {
                    put(who, "open", format!(r#"{{"contact":"c-{who}","identity":"{mail}"}}"#)).await;
                }
                let signal = format!(
                    r#"{{"id":"s-{workers}-{number}","contact":"c-{who}","identity":"{mail}","kind":"purchase","at":"2013-05-01T10:00:00Z"}}"#
                );
                put(who, "signal", signal).await;
            }
            let processes: Vec<Process> = (0..workers).map(|_| Process::start(&server, None)).collect();
            let begun = Instant::now();
            empty().await;
            let took = begun.elapsed().as_secs_f64();
            eprintln!("{workers} workers, {PARTITIONS} partitions: {:.0} messages a second", MESSAGES as f64 / took);
            drop(processes);
        }
    });
}

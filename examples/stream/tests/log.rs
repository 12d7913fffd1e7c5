//! What others may have left in the log: somebody half forgotten, a person held by the dead, a line of nobody knows whom.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod server;

use std::time::{Duration, Instant};

use async_nats::jetstream::Context;
use placet::desk::{Halt, Look, Open, Terms};
use placet::name::Reach;
use placet::{ContactId, Identity, Journey, Person, Stop};
use placet_stream::{Log, Names, StoreError, now};
use server::Server;

async fn set_up(server: &Server) -> Context {
    let jetstream = server.connect().await;
    Names::new("placet").set_up(&jetstream, 1).await.unwrap();
    jetstream
}

async fn log(jetstream: &Context) -> Result<Log, StoreError> {
    Log::open(jetstream.clone(), Names::new("placet"), Terms::new(Journey::reference().unwrap())).await
}

async fn has(log: &mut Log, contact: &str) -> bool {
    let want = log.terms().want(&contact.parse().unwrap());
    log.drive(Look::new(want, |person: Option<Person<'_>>| person.is_some())).await.unwrap()
}

async fn put(jetstream: &Context, line: &str) -> u64 {
    jetstream.publish("placet.log", line.to_owned().into()).await.unwrap().await.unwrap().sequence
}

async fn opens(log: &mut Log, contact: &str) -> ContactId {
    let (terms, contact): (_, ContactId) = (log.terms().clone(), contact.parse().unwrap());
    let mail = Identity::email(&format!("{contact}@example.org")).unwrap();
    log.drive(Open::new(terms, contact.clone(), mail)).await.unwrap().unwrap();
    contact
}

#[tokio::test]
async fn whoever_comes_next_completes_a_forgetting() {
    let Some(server) = Server::start("whoever_comes_next_completes_a_forgetting") else { return };
    let jetstream = set_up(&server).await;
    opens(&mut log(&jetstream).await.unwrap(), "c-1").await;
    let stream = jetstream.get_stream("placet-LOG").await.unwrap();
    let opened = stream.cached_info().state.last_sequence;
    // Whoever wrote this died before it deleted what it replaces.
    let mut there = log(&jetstream).await.unwrap();
    put(&jetstream, &format!(r#"{{"of":[],"keys":[],"instead":{{"{opened}":{{"of":[],"keys":[]}}}}}}"#))
        .await;
    assert!(stream.get_raw_message(opened).await.is_ok());
    assert!(!has(&mut there, "c-1").await, "one that was there reads again");
    assert!(stream.get_raw_message(opened).await.is_err());
    assert!(!has(&mut log(&jetstream).await.unwrap(), "c-1").await);
}

#[tokio::test]
async fn a_stop_waits_for_a_holder_and_not_for_a_dead_one() {
    let Some(server) = Server::start("a_stop_waits_for_a_holder_and_not_for_a_dead_one") else { return };
    let jetstream = set_up(&server).await;
    let mut log = log(&jetstream).await.unwrap();
    let (ada, bob) = (opens(&mut log, "c-1").await, opens(&mut log, "c-2").await);
    put(&jetstream, r#"{"of":["c-1"],"keys":[],"hold":"somebody who is dead"}"#).await;
    let stop = || Stop::withdraw("w-1".parse().unwrap(), Reach::everything(), now(), now());
    let begun = Instant::now();
    let _ = log.drive(Halt::new(log.terms().clone(), bob, stop())).await.unwrap().unwrap();
    assert!(begun.elapsed() < Duration::from_secs(5), "of somebody else");
    let _ = log.drive(Halt::new(log.terms().clone(), ada, stop())).await.unwrap().unwrap();
    let waited = begun.elapsed();
    assert!((Duration::from_secs(9)..Duration::from_secs(15)).contains(&waited), "{waited:?}");
}

#[tokio::test]
async fn a_line_of_nobody_knows_whom_may_be_anybodys_no() {
    let Some(server) = Server::start("a_line_of_nobody_knows_whom_may_be_anybodys_no") else { return };
    let jetstream = set_up(&server).await;
    let mut there = log(&jetstream).await.unwrap();
    opens(&mut there, "c-1").await;
    let at = put(&jetstream, r#"{"of":["c-1"],"from":"a later version"}"#).await;
    assert!(matches!(there.waiting().await, Err(StoreError::Log(broken)) if broken == at));
    assert!(matches!(log(&jetstream).await, Err(StoreError::Log(broken)) if broken == at));
    let error = there.waiting().await.unwrap_err().to_string();
    assert_eq!(error, format!("message {at} of the log cannot be read, and does not say whom it is about"));
}

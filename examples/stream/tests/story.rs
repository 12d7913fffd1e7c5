//! A life, from the sign-up to the erasure, with a worker as a process of its own; and what cannot be taken.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests"
)]

mod house;

use std::sync::Arc;

use house::{Client, Process, SECRET, Server, names};
use placet::desk::{Dispatched, Halt, Look, Observe, Terms};
use placet::identity::SuppressionKey;
use placet::name::Reach;
use placet::{
    Ask, ContactId, Identity, Journey, Person, Reason, SignalSpec, Stop, channel::EMAIL, purpose::NEWSLETTER,
    purpose::OFFERS,
};
use serde_json::Value;

fn terms() -> Terms {
    Terms::new(Journey::reference().unwrap()).suppressing(SuppressionKey::new(*SECRET))
}

/// Opens a contact that gets the newsletter and offers.
async fn signs_up(client: &Client, contact: &str, mail: &str) {
    client.does("open", &format!(r#"{{"contact":"{contact}","identity":"{mail}"}}"#)).await;
    for purpose in ["newsletter", "offers"] {
        let grant = format!(
            r#"{{"contact":"{contact}","act":{{"say":"grant","id":"g-{purpose}","purpose":"{purpose}","channel":"email","identity":"{mail}"}},"to_confirm":true}}"#
        );
        client.does("act", &grant).await;
        let confirm = format!(
            r#"{{"contact":"{contact}","act":{{"say":"confirm","id":"k-{purpose}","grant":"g-{purpose}","identity":"{mail}"}}}}"#
        );
        client.does("act", &confirm).await;
    }
}

fn happens(contact: &str, id: &str, kind: &str, identity: &str) -> String {
    format!(
        r#"{{"id":"{id}","contact":"{contact}","identity":"{identity}","kind":"{kind}","at":"2013-05-01T10:00:00Z"}}"#
    )
}

/// The effects that have gone out, once nothing waits; each event is a valid one.
async fn effects(client: &Client) -> Vec<String> {
    let schema: Value = serde_json::from_str(include_str!("cloudevents/cloudevents.json")).unwrap();
    let schema = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    client.settled(&mut client.log(terms()).await).await;
    let mut effects = Vec::new();
    for message in client.events().await {
        let event: Value = serde_json::from_slice(&message.payload).unwrap();
        assert!(schema.is_valid(&event), "{event}");
        assert_eq!(event["specversion"], "1.0");
        let headers = message.headers.as_ref().unwrap();
        assert!(headers.get("content-type").unwrap().as_str().starts_with("application/cloudevents+json"));
        assert_eq!(headers.get(async_nats::header::NATS_MESSAGE_ID).unwrap().as_str(), event["id"]);
        effects.push(event["data"]["effect"].as_str().unwrap().to_owned());
    }
    effects
}

async fn refused(client: &Client, contact: &str, mail: &str) -> Option<Reason> {
    let (mail, terms) = (Identity::parse(mail).unwrap(), terms());
    let look = |person: Option<Person<'_>>| {
        let ask = Ask::new(NEWSLETTER.by(EMAIL), mail.clone());
        person.unwrap().ledger().refuses(&ask, placet_stream::now())
    };
    let look = Look::new(terms.want(&contact.parse().unwrap()), look);
    client.log(terms.clone()).await.drive(look).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_life() {
    let Some(server) = Server::start("a_life") else { return };
    let client = Client::new(&server).await;
    let _worker = Process::start(&server, None);
    let (mail, account) = ("email:ada@example.org", "account/facebook:ada");

    signs_up(&client, "c-1", mail).await;
    assert_eq!(effects(&client).await, ["welcome-mail"]);
    client.does("signal", &happens("c-1", "s-1", "newsletter-signup", mail)).await;
    client.does("link", &format!(r#"{{"contact":"c-1","identity":"{account}"}}"#)).await;
    let grant = format!(
        r#"{{"contact":"c-1","act":{{"say":"grant","id":"g-3","purpose":"social-linking","channel":"social/facebook","identity":"{account}"}}}}"#
    );
    client.does("act", &grant).await;
    client.does("signal", &happens("c-1", "s-2", "like", account)).await;
    client.does("signal", &happens("c-1", "s-3", "purchase", mail)).await;
    // Delivered again, nothing is new.
    client.does("signal", &happens("c-1", "s-3", "purchase", mail)).await;
    client.does("act", &grant).await;
    client.does("open", &format!(r#"{{"contact":"c-1","identity":"{mail}"}}"#)).await;
    let sent = effects(&client).await;
    assert_eq!(sent[1..], ["welcome-mail", "best-prospect-mailing", "onboarding"]);

    // Somebody else under the same address, who may be handled by another consumer.
    signs_up(&client, "c-2", "email:ADA@example.org").await;
    let before = effects(&client).await.len();
    client.does("stop", r#"{"contact":"c-1","act":{"say":"withdraw","id":"w-1"}}"#).await;
    for (contact, mail) in [("c-1", mail), ("c-2", "email:ADA@example.org")] {
        client.does("signal", &happens(contact, "s-9", "newsletter-signup", mail)).await;
        assert_eq!(refused(&client, contact, mail).await, Some(Reason::Withdrawn));
    }
    client.does("signal", &happens("c-1", "s-4", "recommendation", mail)).await;
    assert_eq!(effects(&client).await.len(), before, "nothing after the stop");

    // The events about whoever is erased go with them.
    client.does("stop", r#"{"contact":"c-1","act":{"say":"erase","id":"e-1"}}"#).await;
    let left = client.events().await;
    assert!(left.iter().all(|event| !String::from_utf8_lossy(&event.payload).contains("c-1")), "{left:?}");
    for message in client.all(&names().log(), ">").await {
        assert!(!format!("{message:?}").contains("ada@example.org"), "{message:?}");
    }
    client.does("open", &format!(r#"{{"contact":"c-3","identity":"{mail}"}}"#)).await;
    assert_eq!(
        refused(&client, "c-3", mail).await,
        Some(Reason::Withdrawn),
        "the no is found under the address"
    );
}

/// What cannot be read is put aside with the reason and the place, and what can be read of a stop is taken.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_taken() {
    let Some(server) = Server::start("what_cannot_be_taken") else { return };
    let client = Client::new(&server).await;
    let _worker = Process::start(&server, None);
    let mail = |contact: &str| format!("email:{contact}@example.org");
    for contact in ["c-1", "c-2", "c-3", "c-4", "c-5"] {
        signs_up(&client, contact, &mail(contact)).await;
    }

    let bad = client.say("signal", r#"{"contact":"c-1","id":"s-1","kind":"like","shoe":"secret-9"}"#).await;
    assert_eq!((bad["reason"].as_str(), bad["stopped"].as_u64()), (Some("unreadable"), Some(0)));
    let unknown = client.say("act", r#"{"contact":"nobody","act":{"say":"withdraw","id":"w-1"}}"#).await;
    assert_eq!((unknown["reason"].as_str(), unknown["stopped"].as_u64()), (Some("declined"), Some(0)));
    // A field too many, cut off, of nobody but an address.
    let odd = r#"{"contact":"c-2","act":{"say":"withdraw","id":"w-1","purpose":"newsletter","shoe":9}}"#;
    assert_eq!(client.say("act", odd).await["stopped"], 1);
    let cut = client.say_of("c-3", "stop", r#"{"contact":"c-3","act":{"sa"#).await;
    assert_eq!((cut["stopped"].as_u64(), cut["path"].as_str()), (Some(1), Some("act")));
    let other =
        r#"{"contact":"nobody","act":{"say":"withdraw","id":"w-9","identity":"email:c-5@example.org"}}"#;
    assert_eq!(client.say("stop", other).await["stopped"], 1);
    assert_eq!(client.say_of("", "stop", r#"{"identity":"email:c-4@example.org"}"#).await["stopped"], 1);
    for (contact, reason) in
        [("c-1", None), ("c-2", Some(Reason::Withdrawn)), ("c-3", Some(Reason::Withdrawn))]
    {
        assert_eq!(refused(&client, contact, &mail(contact)).await, reason, "{contact}");
    }
    for contact in ["c-4", "c-5"] {
        assert_eq!(refused(&client, contact, &mail(contact)).await, Some(Reason::Withdrawn));
    }
    // Whoever is opened under an address of which somebody said no has it.
    let no = r#"{"identity":"email:c-6@example.org","act":{"say":"object","id":"w-1"}}"#;
    assert_eq!(client.say_of("c-6@example.org", "address", no).await["done"], true);
    let cut = r#"{"identity":"email:c-7@example.org","act":{"say":"withdraw","shoe":1}}"#;
    assert_eq!(client.say_of("c-7@example.org", "address", cut).await["stopped"], 1);
    for contact in ["c-6", "c-7"] {
        signs_up(&client, contact, &mail(contact)).await;
        assert_eq!(refused(&client, contact, &mail(contact)).await, None, "a later yes counts");
    }
    // The partition goes on, and the dead letters say why without the words of the message.
    client.does("signal", &happens("c-1", "s-1", "newsletter-signup", &mail("c-1"))).await;
    let dead = client.all(&names().dead(), ">").await;
    assert_eq!(dead.len(), 7);
    for message in &dead {
        let headers = message.headers.as_ref().unwrap();
        let why =
            ["Placet-Reason", "Placet-Path", "Placet-What"].map(|name| headers.get(name).unwrap().as_str());
        assert!(why.iter().all(|said| !said.contains("secret") && !said.contains('@')), "{why:?}");
    }
}

/// Between the release of an event and its place in the log somebody else writes a stop: the event is not written.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_goes_out_as_the_next_message_or_not_at_all() {
    let Some(server) = Server::start("an_event_goes_out_as_the_next_message") else { return };
    let client = Client::new(&server).await;
    {
        let mut worker = Process::start(&server, None);
        signs_up(&client, "c-1", "email:ada@example.org").await;
        signs_up(&client, "c-2", "email:Ada@example.org").await;
        client.settled(&mut client.log(terms()).await).await;
        worker.kill();
    }
    let (mut one, mut other) = (client.log(terms()).await, client.log(terms()).await);
    let terms = Arc::new(terms());
    let at = placet_stream::now();
    let spec = SignalSpec::from_json(&happens("c-1", "s-1", "purchase", "email:ada@example.org")).unwrap();
    let signal = terms.journey.signal(spec).unwrap();
    let _ = one.drive(Observe::new(terms.clone(), &signal, at)).await.unwrap().unwrap();
    let before = client.events().await.len();
    let waiting = one.waiting().await.unwrap();
    // One knows nothing of what the other writes: a stop of whoever shares the address.
    let stop = Stop::withdraw("w-1".parse().unwrap(), Reach::everything().purpose(OFFERS), at, at);
    let sharer: ContactId = "c-2".parse().unwrap();
    let _ = other.drive(Halt::new(terms.clone(), sharer, stop)).await.unwrap().unwrap();
    let sent = one.send(waiting[0]).await.unwrap();
    assert!(matches!(&sent, Dispatched::Refused(no) if no.reason() == Reason::Withdrawn), "{sent:?}");
    assert_eq!(client.events().await.len(), before);
    // Two who send one event send it once.
    let spec =
        SignalSpec::from_json(&happens("c-1", "s-2", "newsletter-signup", "email:ada@example.org")).unwrap();
    let signal = terms.journey.signal(spec).unwrap();
    let _ = one.drive(Observe::new(terms.clone(), &signal, at)).await.unwrap().unwrap();
    let waiting = other.waiting().await.unwrap();
    assert_eq!(waiting, one.waiting().await.unwrap());
    for key in waiting {
        let (here, there) = tokio::join!(one.send(key), other.send(key));
        let sent = [here.unwrap(), there.unwrap()];
        assert_eq!(sent.iter().filter(|sent| **sent == Dispatched::Sent).count(), 1, "{sent:?}");
        assert!(sent.contains(&Dispatched::AlreadySent), "{sent:?}");
    }
}

//! A worker, and a way to talk to it. See README.md.
#![allow(clippy::print_stderr, clippy::print_stdout, reason = "a program says what it does")]

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use async_nats::jetstream;
use async_nats::jetstream::consumer::pull::OrderedConfig;
use async_nats::jetstream::message::PublishMessage;
use futures_util::StreamExt;
use placet::Journey;
use placet::consent::Notice;
use placet::desk::Terms;
use placet::identity::SuppressionKey;
use placet_stream::{ANSWER, CONTACT, Names, Worker, partition};

type Done<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Ok(server) = std::env::var("PLACET_NATS") else {
        eprintln!("placet-stream: set PLACET_NATS to a server with JetStream, such as nats://127.0.0.1:4222");
        return ExitCode::SUCCESS;
    };
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments.as_slice() {
        [] => work(&server).await,
        ["say", kind, body] => say(&server, kind, body).await,
        ["out"] => out(&server).await,
        _ => Err("say KIND BODY, or out, or nothing".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("placet-stream: {error}");
            ExitCode::FAILURE
        }
    }
}

fn names() -> Names {
    Names::new(&std::env::var("PLACET_WORD").unwrap_or_else(|_| "placet".to_owned()))
}

fn partitions() -> Done<u32> {
    Ok(std::env::var("PLACET_PARTITIONS").map_or(Ok(8), |text| text.parse())?)
}

async fn connect(server: &str) -> Done<jetstream::Context> {
    Ok(jetstream::new(async_nats::connect(server).await?))
}

async fn work(server: &str) -> Done<()> {
    let journey = match std::env::var("PLACET_JOURNEY") {
        Ok(file) => Journey::from_json(&std::fs::read_to_string(file)?)?,
        Err(_) => Journey::reference()?,
    };
    let mut terms = Terms::new(journey);
    if let Ok(secret) = std::env::var("PLACET_SUPPRESSION_KEY") {
        let secret = secret.as_bytes().try_into().map_err(|_| "PLACET_SUPPRESSION_KEY is not 16 bytes")?;
        terms = terms.suppressing(SuppressionKey::new(secret));
    }
    let jetstream = connect(server).await?;
    names().set_up(&jetstream, partitions()?).await?;
    let notice = Notice::new("newsletter-form".parse()?, "2013-01".parse()?);
    let worker = Worker::new(jetstream, names(), terms, partitions()?, notice).await?;
    eprintln!("at work");
    worker.work(|error| eprintln!("{error}")).await;
    Ok(())
}

/// Puts one message in, and waits for the answer.
async fn say(server: &str, kind: &str, body: &str) -> Done<()> {
    let jetstream = connect(server).await?;
    let value: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let contact = value.get("contact").and_then(serde_json::Value::as_str).unwrap_or_default();
    let inbox = jetstream.client().new_inbox();
    let mut answers = jetstream.client().subscribe(inbox.clone()).await?;
    let message = PublishMessage::build().header(ANSWER, inbox).header(CONTACT, contact);
    let subject = names().subject_in(partition(contact, partitions()?), kind);
    jetstream.send_publish(subject, message.payload(body.to_owned().into())).await?.await?;
    let answer = tokio::time::timeout(Duration::from_secs(10), answers.next()).await?.ok_or("no answer")?;
    println!("{}", String::from_utf8_lossy(&answer.payload));
    Ok(())
}

/// Prints the events, and waits for more.
async fn out(server: &str) -> Done<()> {
    let stream = connect(server).await?.get_stream(names().log()).await?;
    let events = OrderedConfig { filter_subject: names().events(), ..OrderedConfig::default() };
    let mut messages = stream.create_consumer(events).await?.messages().await?;
    while let Some(message) = messages.next().await {
        println!("{}", String::from_utf8_lossy(&message?.payload));
    }
    Ok(())
}

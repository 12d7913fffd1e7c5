//! A house to test in: a server, workers as processes of their own, and somebody who talks to them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    dead_code,
    unreachable_pub,
    reason = "tests"
)]

#[path = "../server/mod.rs"]
mod server;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use async_nats::jetstream::consumer::pull::OrderedConfig;
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::{Context, Message};
use futures_util::StreamExt;
use placet::desk::Terms;
use placet_stream::{ANSWER, CONTACT, Log, Names, partition};
use serde_json::Value;
pub use server::Server;

/// As the workers are told.
pub const PARTITIONS: u32 = 4;
pub const SECRET: &[u8; 16] = b"sixteen random b";

/// Who talks to the workers.
#[derive(Clone)]
pub struct Client {
    pub jetstream: Context,
}

pub fn names() -> Names {
    Names::new("placet")
}

impl Client {
    pub async fn new(server: &Server) -> Client {
        let jetstream = server.connect().await;
        names().set_up(&jetstream, PARTITIONS).await.unwrap();
        Client { jetstream }
    }

    /// Puts a message in, again and again until it is answered.
    pub async fn say_of(&self, contact: &str, kind: &str, body: &str) -> Value {
        let subject = names().subject_in(partition(contact, PARTITIONS), kind);
        loop {
            let inbox = self.jetstream.client().new_inbox();
            let mut answers = self.jetstream.client().subscribe(inbox.clone()).await.unwrap();
            let message = PublishMessage::build().header(ANSWER, inbox).header(CONTACT, contact);
            let message = message.payload(body.to_owned().into());
            self.jetstream.send_publish(subject.clone(), message).await.unwrap().await.unwrap();
            if let Ok(answer) = tokio::time::timeout(Duration::from_secs(10), answers.next()).await {
                return serde_json::from_slice(&answer.unwrap().payload).unwrap();
            }
        }
    }

    /// The same, where the body names the contact.
    pub async fn say(&self, kind: &str, body: &str) -> Value {
        let value: Value = serde_json::from_str(body).unwrap();
        self.say_of(value["contact"].as_str().unwrap(), kind, body).await
    }

    pub async fn does(&self, kind: &str, body: &str) {
        let answer = self.say(kind, body).await;
        assert_eq!(answer["done"], true, "{kind} {body}: {answer}");
    }

    /// All that is in a stream under these subjects, up to now.
    pub async fn all(&self, stream: &str, subjects: &str) -> Vec<Message> {
        let stream = self.jetstream.get_stream(stream).await.unwrap();
        let consumer = OrderedConfig { filter_subject: subjects.to_owned(), ..OrderedConfig::default() };
        let mut consumer = stream.create_consumer(consumer).await.unwrap();
        let count = consumer.info().await.unwrap().num_pending;
        let messages = consumer.messages().await.unwrap().take(usize::try_from(count).unwrap());
        messages.map(Result::unwrap).collect().await
    }

    /// All events that have gone out.
    pub async fn events(&self) -> Vec<Message> {
        self.all(&names().log(), &names().events()).await
    }

    /// Waits until nothing waits to be sent.
    pub async fn settled(&self, log: &mut Log) {
        for _ in 0..1200 {
            if log.waiting().await.unwrap().is_empty() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("something waits still");
    }

    pub async fn log(&self, terms: Terms) -> Log {
        Log::open(self.jetstream.clone(), names(), terms).await.unwrap()
    }
}

/// The sequence of a message in its stream.
pub fn sequence(message: &Message) -> u64 {
    message.info().unwrap().stream_sequence
}

/// A worker in a process of its own.
pub struct Process(Child);

impl Process {
    pub fn start(server: &Server, journey: Option<&Path>) -> Process {
        let mut command = Command::new(env!("CARGO_BIN_EXE_placet-stream"));
        command
            .env("PLACET_NATS", &server.url)
            .env("PLACET_PARTITIONS", PARTITIONS.to_string())
            .env("PLACET_SUPPRESSION_KEY", std::str::from_utf8(SECRET).unwrap());
        if let Some(journey) = journey {
            command.env("PLACET_JOURNEY", journey);
        }
        let mut process = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines().map_while(Result::ok);
        while lines.next().expect("it is at work") != "at work" {}
        std::thread::spawn(move || lines.for_each(drop));
        Process(process)
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

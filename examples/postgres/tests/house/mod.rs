//! A house to test in: a server, a gateway that notes what it takes, and services as processes of their own.
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
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use placet_postgres::request;
use serde_json::Value;
pub use server::Server;

/// A gateway in this process. It notes each letter with the time at which it came.
#[derive(Clone, Default)]
pub struct Sink {
    pub at: String,
    letters: Arc<Mutex<Vec<(Instant, Value)>>>,
}

impl Sink {
    pub async fn open() -> Sink {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let sink = Sink { at: listener.local_addr().unwrap().to_string(), ..Sink::default() };
        let routes = Router::new().route("/letters", post(take)).with_state(sink.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        sink
    }

    pub fn letters(&self) -> Vec<(Instant, Value)> {
        self.letters.lock().unwrap().clone()
    }

    pub fn of(&self, contact: &str) -> Vec<Value> {
        let all = self.letters();
        all.into_iter().map(|(_, letter)| letter).filter(|letter| letter["contact"] == contact).collect()
    }

    /// Waits for a letter of this kind.
    pub async fn wait(&self, contact: &str, what: &str) -> Value {
        for _ in 0..400 {
            if let Some(letter) = self.of(contact).into_iter().find(|letter| letter["what"] == what) {
                return letter;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("no letter {what} came for {contact}");
    }
}

async fn take(State(sink): State<Sink>, Json(letter): Json<Value>) {
    let came = Instant::now();
    // A gateway takes its time: a stop that comes meanwhile waits.
    tokio::time::sleep(Duration::from_millis(3)).await;
    sink.letters.lock().unwrap().push((came, letter));
}

/// A service in a process of its own.
pub struct Service {
    process: Child,
    pub at: String,
}

impl Service {
    pub fn start(config: &str, sink: &Sink, journey: Option<&PathBuf>) -> Service {
        let mut command = Command::new(env!("CARGO_BIN_EXE_placet-postgres"));
        command
            .env("PLACET_DATABASE", config)
            .env("PLACET_LISTEN", "127.0.0.1:0")
            .env("PLACET_BASE", "https://news.example")
            .env("PLACET_GATEWAY", format!("{}/letters", sink.at))
            .env("PLACET_LINK_KEY", "07".repeat(32))
            .env("PLACET_SUPPRESSION_KEY", "0a".repeat(16));
        if let Some(journey) = journey {
            command.env("PLACET_JOURNEY", journey);
        }
        let mut process = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stderr.take().unwrap()).read_line(&mut line).unwrap();
        let at = line.trim().strip_prefix("listening on ").unwrap_or_else(|| panic!("{line}")).to_owned();
        Service { process, at }
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// SIGTERM; whether it ended well.
    pub fn end(&mut self) -> bool {
        assert!(Command::new("kill").arg(self.process.id().to_string()).status().unwrap().success());
        self.process.wait().unwrap().success()
    }

    pub async fn post(&self, path: &str, body: &str) -> (u16, String) {
        post_to(&self.at, path, body).await.unwrap()
    }

    pub async fn get(&self, path: &str) -> (u16, String) {
        let (status, body) = request(&self.at, "GET", path, "text/plain", Vec::new()).await.unwrap();
        (status.as_u16(), body)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub async fn post_to(at: &str, path: &str, body: &str) -> Option<(u16, String)> {
    let form = "application/x-www-form-urlencoded";
    let content = if body.starts_with('{') || body.starts_with('"') { "application/json" } else { form };
    let (status, body) = request(at, "POST", path, content, body.as_bytes().to_vec()).await.ok()?;
    Some((status.as_u16(), body))
}

/// The path of a link in a letter.
pub fn path(letter: &Value, link: &str) -> String {
    letter[link].as_str().unwrap().strip_prefix("https://news.example").unwrap().to_owned()
}

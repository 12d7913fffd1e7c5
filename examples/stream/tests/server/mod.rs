//! A NATS server of the test's own: a folder for JetStream and a port that was free, gone with the test.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    dead_code,
    unreachable_pub,
    reason = "tests"
)]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use async_nats::jetstream::{self, Context};
use tempfile::TempDir;

/// A running server. Dropped, it is stopped and its data are gone.
pub struct Server {
    home: TempDir,
    server: Child,
    pub url: String,
}

/// On the path, or where Debian puts it.
fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin"), PathBuf::from("/usr/bin")]);
    folders.map(|at| at.join("nats-server")).find(|at| at.is_file())
}

impl Server {
    /// Starts one; says that the test is skipped, where it is not installed.
    pub fn start(test: &str) -> Option<Server> {
        let Some(program) = program() else {
            eprintln!("SKIPPED {test}: NATS is not installed (Debian: nats-server)");
            return None;
        };
        let home = tempfile::Builder::new().prefix("placet-nats-").tempdir().unwrap();
        let mut server = Command::new(program)
            .args(["-js", "-a", "127.0.0.1", "-p", "-1", "-sd"])
            .arg(home.path())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(server.stderr.take().unwrap()).lines().map_while(Result::ok);
        let (mut port, mut ready) = (None, false);
        while !ready {
            let line = lines.next().expect("the server started");
            if let Some((_, at)) = line.split_once("Listening for client connections on ") {
                port = Some(at.to_owned());
            }
            ready = line.contains("Server is ready");
        }
        std::thread::spawn(move || lines.for_each(drop));
        Some(Server { home, server, url: format!("nats://{}", port.unwrap()) })
    }

    pub async fn connect(&self) -> Context {
        jetstream::new(async_nats::connect(&self.url).await.unwrap())
    }

    /// Where it keeps its files.
    pub fn folder(&self) -> &Path {
        self.home.path()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

//! A PostgreSQL server of the test's own, in a temporary directory: no port, one socket, gone with the test.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    dead_code,
    unreachable_pub,
    reason = "tests"
)]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

/// A running server. Dropped, it is stopped and its data are gone.
pub struct Server {
    home: TempDir,
    server: Child,
}

/// Where Debian puts the programs, the newest first; and the path.
fn program(name: &str) -> Option<PathBuf> {
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|at| at.path().join("bin"))
        .collect();
    versions.sort();
    versions.reverse();
    let path = std::env::var_os("PATH")?;
    versions.into_iter().chain(std::env::split_paths(&path)).map(|at| at.join(name)).find(|at| at.is_file())
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}

/// PostgreSQL refuses to run as root: there the user `postgres` runs it.
fn command(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
    command
}

impl Server {
    /// Starts one; says that the test is skipped, where PostgreSQL is not installed.
    pub fn start(test: &str) -> Option<Server> {
        let (Some(initdb), Some(postgres)) = (program("initdb"), program("postgres")) else {
            eprintln!("SKIPPED {test}: PostgreSQL is not installed (Debian: postgresql-15)");
            return None;
        };
        let home = tempfile::Builder::new().prefix("placet-pg-").tempdir_in("/tmp").unwrap();
        if is_root() {
            assert!(Command::new("chown").arg("postgres").arg(home.path()).status().unwrap().success());
        }
        let data = home.path().join("data");
        let made = command(&initdb)
            .args(["--auth=trust", "--username=placet", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"])
            .arg(&data)
            .current_dir("/tmp")
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(made.success(), "initdb");
        let log = std::fs::File::create(home.path().join("log")).unwrap();
        let server = command(&postgres)
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(home.path())
            .args(["-c", "listen_addresses=", "-c", "max_connections=200", "-c", "log_error_verbosity=terse"])
            .args([
                "-c",
                &format!("fsync={}", std::env::var("PLACET_FSYNC").unwrap_or_else(|_| "off".to_owned())),
            ])
            .current_dir("/tmp")
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let server = Server { home, server };
        for _ in 0..200 {
            if server.psql("SELECT 1").is_some() {
                return Some(server);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("the server did not start");
    }

    /// How to connect, with tables in a schema of this name.
    pub fn config(&self, schema: &str) -> String {
        let host = self.home.path().display();
        format!("host={host} user=placet dbname=postgres options='-c search_path={schema}'")
    }

    /// What a statement answers, as text.
    pub fn psql(&self, statement: &str) -> Option<String> {
        let psql = program("psql").expect("psql");
        let done = Command::new(psql)
            .args(["-X", "-q", "-A", "-t", "-U", "placet", "-d", "postgres", "-v", "ON_ERROR_STOP=1", "-h"])
            .arg(self.home.path())
            .args(["-c", statement])
            .output()
            .unwrap();
        done.status.success().then(|| String::from_utf8(done.stdout).unwrap().trim().to_owned())
    }

    /// What the server wrote down.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.home.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGINT: stop at once, whoever is connected. `setpriv` has become the server itself.
        let pid = self.server.id().to_string();
        let _ = Command::new("kill").args(["-INT", &pid]).status();
        let _ = self.server.wait();
    }
}

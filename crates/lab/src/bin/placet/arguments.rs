//! The command, its files and its options.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use lexopt::{Arg, Parser};

use crate::answer::Problem;
use crate::help::Topic;

/// What the lab can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    Lint,
    Draw,
    Test,
    Coverage,
    Mutate,
    Backtest,
    Diff,
    Insight,
}

impl Command {
    pub(crate) const ALL: [Command; 8] = [
        Command::Lint,
        Command::Draw,
        Command::Test,
        Command::Coverage,
        Command::Mutate,
        Command::Backtest,
        Command::Diff,
        Command::Insight,
    ];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Command::Lint => "lint",
            Command::Draw => "draw",
            Command::Test => "test",
            Command::Coverage => "coverage",
            Command::Mutate => "mutate",
            Command::Backtest => "backtest",
            Command::Diff => "diff",
            Command::Insight => "insight",
        }
    }

    /// The options that it takes.
    fn options(self) -> &'static [&'static str] {
        match self {
            Command::Draw => &["as", "out"],
            Command::Lint | Command::Test | Command::Coverage | Command::Mutate => &["json"],
            Command::Backtest | Command::Diff => &["history", "html", "json"],
            Command::Insight => &["history", "json", "now", "person", "rank", "view", "zone"],
        }
    }

    /// All of them, for a sentence.
    pub(crate) fn listed() -> String {
        Command::ALL.map(|command| format!("`{command}`")).join(", ")
    }

    fn named(word: &str) -> Option<Command> {
        Command::ALL.into_iter().find(|command| command.word() == word)
    }

    /// The command that somebody may have meant: one that begins alike.
    fn nearest(word: &str) -> Option<Command> {
        let alike = |command: &Command| {
            let same = command.word().chars().zip(word.chars()).take_while(|(one, other)| one == other);
            same.count() >= 2
        };
        Command::ALL.into_iter().find(alike)
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What was asked for.
#[derive(Debug)]
pub(crate) enum Asked {
    /// Help.
    Help(Topic),
    /// A command, to be run.
    Run(Box<Request>),
}

/// A command, and what it is to work on.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) command: Command,
    pub(crate) files: Vec<PathBuf>,
    /// `--as`
    pub(crate) form: Option<String>,
    /// `--out`
    pub(crate) out: Option<PathBuf>,
    /// `--history`
    pub(crate) history: Option<PathBuf>,
    /// `--html`
    pub(crate) html: Option<PathBuf>,
    /// `--json`
    pub(crate) json: bool,
    /// Of whom, and when.
    pub(crate) about: About,
}

/// What `placet insight` is asked, word by word.
#[derive(Debug, Default)]
pub(crate) struct About {
    /// `--person`
    pub(crate) person: Option<String>,
    /// `--rank`
    pub(crate) rank: Option<String>,
    /// `--view`
    pub(crate) view: Option<String>,
    /// `--now`
    pub(crate) now: Option<String>,
    /// `--zone`
    pub(crate) zone: Option<String>,
}

impl Request {
    /// A fault in the arguments.
    pub(crate) fn fault(&self, what: impl Into<String>) -> Problem {
        Problem::Arguments { command: self.command, what: what.into() }
    }
}

/// Reads the arguments.
pub(crate) fn asked(arguments: impl IntoIterator<Item = OsString>) -> Result<Asked, Problem> {
    let mut parser = Parser::from_args(arguments);
    let word = match parser.next() {
        Ok(Some(Arg::Value(word))) => word.to_string_lossy().into_owned(),
        Ok(Some(Arg::Long("help") | Arg::Short('h'))) => return Ok(Asked::Help(Topic::All)),
        _ => return Err(Problem::NoCommand),
    };
    if word == "help" {
        return help(&mut parser);
    }
    let no_such = || Problem::NoSuchCommand { nearest: Command::nearest(&word), word: word.clone() };
    let command = Command::named(&word).ok_or_else(no_such)?;
    let fault = |what: String| Problem::Arguments { command, what };
    let mut request = Request {
        command,
        files: Vec::new(),
        form: None,
        out: None,
        history: None,
        html: None,
        json: false,
        about: About::default(),
    };
    loop {
        let argument = parser.next().map_err(|error| fault(error.to_string()))?;
        let option = match argument {
            None => return Ok(Asked::Run(Box::new(request))),
            Some(Arg::Value(file)) => {
                request.files.push(file.into());
                continue;
            }
            Some(Arg::Long("help") | Arg::Short('h')) => return Ok(Asked::Help(Topic::On(command))),
            Some(Arg::Long(option)) => option.to_owned(),
            Some(Arg::Short(letter)) => return Err(fault(format!("there is no option `-{letter}`"))),
        };
        if !command.options().contains(&option.as_str()) {
            return Err(fault(format!("there is no option `--{option}` here")));
        }
        if option == "json" {
            request.json = true;
            continue;
        }
        let value = parser.value().map_err(|_| fault(format!("`--{option}` needs a value after it")))?;
        let word = || Some(value.to_string_lossy().into_owned());
        match option.as_str() {
            "as" => request.form = word(),
            "now" => request.about.now = word(),
            "person" => request.about.person = word(),
            "rank" => request.about.rank = word(),
            "view" => request.about.view = word(),
            "zone" => request.about.zone = word(),
            "history" => request.history = Some(value.into()),
            "html" => request.html = Some(value.into()),
            _ => request.out = Some(value.into()),
        }
    }
}

fn help(parser: &mut Parser) -> Result<Asked, Problem> {
    let Ok(Some(Arg::Value(word))) = parser.next() else { return Ok(Asked::Help(Topic::All)) };
    let word = word.to_string_lossy();
    let topic = Command::named(&word).map(Topic::On).or(match &*word {
        "journey" => Some(Topic::Journey),
        "scenarios" => Some(Topic::Scenarios),
        _ => None,
    });
    match topic {
        Some(topic) => Ok(Asked::Help(topic)),
        None => Err(Problem::NoSuchCommand { nearest: Command::nearest(&word), word: word.into_owned() }),
    }
}

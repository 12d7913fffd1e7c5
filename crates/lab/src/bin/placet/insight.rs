//! `placet insight`: what may be concluded about a person, and said of many, over a recorded history.

mod person;
mod ranking;
mod tables;

use placet::desk::Terms;
use placet::entry::{Body, Entry};
use placet::{Book, ContactId, Instant};
use placet_insight::{Histories, Insight, InsightError, Minutes, View};

use crate::answer::{Answer, Problem, as_json};
use crate::arguments::{About, Request};
use crate::files;

/// The farthest that a clock may be from UTC, in minutes: a day.
const FARTHEST: i32 = 1440;

/// The insight, the history, and when is asked.
struct Question {
    insight: Insight,
    histories: Histories,
    /// Everybody as the whole history leaves them.
    book: Book,
    now: Instant,
    zone: Minutes,
}

/// What is asked.
enum Asked<'r> {
    Tables,
    Person { id: ContactId, view: &'r str },
    Ranking { score: &'r str, view: &'r str },
}

pub(crate) fn run(request: &Request) -> Result<Answer, Problem> {
    let [journey, spec] = request.files.as_slice() else {
        return Err(request.fault("name a journey (a file, or `reference`) and a file of an insight"));
    };
    let history = request.history.as_ref();
    let history =
        history.ok_or_else(|| request.fault("say `--history FILE`: what happened, one entry a line"))?;
    let asked = asked(request)?;
    let (now, zone) = (now(request)?, zone(request)?);

    let journey = files::journey(journey)?;
    let insight = Insight::from_json(&files::text(spec)?, &journey).map_err(files::at(spec))?;
    let text = files::text(history)?;
    let histories = Histories::read(&text, &Terms::new(journey.clone())).map_err(files::at(history))?;
    let replayed = Book::replay(journey, &as_journal(&text)).map_err(files::at(history))?;
    let end = || histories.groups().flatten().filter_map(recorded).max();
    let now = now.or_else(end).ok_or_else(|| {
        request
            .fault("nothing in the history has an instant: say `--now INSTANT`, when the question is asked")
    })?;

    let question = Question { insight, histories, book: replayed.book, now, zone };
    match asked {
        Asked::Tables => {
            let tables = tables::Tables::of(&question);
            Ok(Answer::fine(if request.json { as_json(&tables)? } else { tables.to_string() }))
        }
        Asked::Person { id, view } => person::run(request, question, &id, view),
        Asked::Ranking { score, view } => ranking::run(request, question, score, view),
    }
}

/// The same lines as a journal has them: each with an end, and none empty. A line that repeats the one above it counts
/// once, so that the numbers of the others stay as they are in the file.
fn as_journal(text: &str) -> String {
    let lines = || text.lines().map(str::trim_ascii);
    let mut last = lines().find(|line| !line.is_empty()).unwrap_or_default();
    let mut journal = String::with_capacity(text.len());
    for line in lines().filter(|_| !last.is_empty()) {
        last = if line.is_empty() { last } else { line };
        journal.push_str(last);
        journal.push('\n');
    }
    journal
}

fn asked(request: &Request) -> Result<Asked<'_>, Problem> {
    let About { person, rank, view, .. } = &request.about;
    match (person, rank, view) {
        (None, None, None) => Ok(Asked::Tables),
        (Some(_), Some(_), _) => Err(request.fault("ask for one of `--person` and `--rank`")),
        (None, None, Some(_)) => Err(request.fault("`--view` belongs to `--person` or `--rank`")),
        (_, _, None) => Err(request.fault("say `--view NAME`: under which view people are looked at")),
        (Some(id), None, Some(view)) => {
            let id = id.parse().map_err(|error| request.fault(format!("`--person` is no id: {error}")))?;
            Ok(Asked::Person { id, view })
        }
        (None, Some(score), Some(view)) => Ok(Asked::Ranking { score, view }),
    }
}

fn now(request: &Request) -> Result<Option<Instant>, Problem> {
    let read = |word: &String| word.parse().map_err(|error| request.fault(format!("`--now`: {error}")));
    request.about.now.as_ref().map(read).transpose()
}

fn zone(request: &Request) -> Result<Minutes, Problem> {
    let Some(word) = &request.about.zone else { return Ok(Minutes(0)) };
    let minutes = word.parse().ok().filter(|minutes| (-FARTHEST..=FARTHEST).contains(minutes));
    let fault = "`--zone` is a whole number of minutes east of UTC, from -1440 to 1440";
    minutes.map(Minutes).ok_or_else(|| request.fault(fault))
}

/// When an entry was recorded, where it says so.
fn recorded(entry: &Entry) -> Option<Instant> {
    match entry.body() {
        Body::Act(act) => Some(act.recorded()),
        Body::Signal(admitted) => Some(admitted.now()),
        Body::Transition(moved) => Some(moved.at()),
        Body::Sent { at, .. } => Some(*at),
        _ => None,
    }
}

/// A view by its name.
fn view<'i>(request: &Request, insight: &'i Insight, name: &str) -> Result<View<'i>, Problem> {
    insight.view(name).map_err(|error| misnamed(request, &error))
}

/// A name that the insight does not have.
fn misnamed(request: &Request, error: &InsightError) -> Problem {
    request.fault(error.to_string())
}

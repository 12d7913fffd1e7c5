//! People by a score, the highest first.

use std::fmt;

use placet::entry::Entry;
use placet::name::Name;
use placet::{Contact, ContactId, Instant, Person, Stage};
use placet_insight::{Known, Profile, Ranking, Scored};
use serde::Serialize;

use super::{Question, misnamed, view};
use crate::answer::{Answer, Problem, written};
use crate::arguments::Request;

/// A ranking, to be shown.
#[derive(Serialize)]
struct Shown<'r> {
    insight: &'r Name,
    view: &'r Name,
    score: &'r str,
    now: Instant,
    rows: Vec<Place<'r>>,
    /// How many people permit no profile.
    without: usize,
}

#[derive(Serialize)]
struct Place<'r> {
    person: &'r ContactId,
    points: i64,
    /// The points for what was done, which decide between people who are alike.
    done: i64,
}

/// The members of a person, and the entries that bear on them.
struct Members<'e> {
    ids: Vec<ContactId>,
    held: Option<Stage>,
    entries: &'e [Entry],
}

pub(super) fn run(
    request: &Request,
    question: Question,
    score: &str,
    named: &str,
) -> Result<Answer, Problem> {
    let Question { insight, histories, mut book, now, .. } = question;
    let view = view(request, &insight, named)?;
    let mut members = Vec::new();
    for entries in histories.groups() {
        let mut ids: Vec<&ContactId> = entries.iter().map(Entry::contact).collect();
        ids.sort();
        ids.dedup();
        for id in ids {
            let ids = book.person_of(id);
            // A person is told of at the first of their contacts.
            if ids.first() == Some(id) {
                members.push(Members { ids, held: book.held_stage(id), entries });
            }
        }
    }
    let reading = book.reading();
    let people = members.iter().map(|person| {
        let contacts = person.ids.iter().filter_map(|id| reading.contact(id));
        (contacts.collect::<Vec<&Contact>>(), person)
    });
    let people: Vec<(Vec<&Contact>, &Members<'_>)> = people.collect();
    let known = people.iter().filter_map(|(contacts, person)| {
        let (named, others) = contacts.split_first()?;
        let one = if others.is_empty() {
            Person::from(*named)
        } else {
            Person::joined(named, others, person.held.as_ref())
        };
        Some(Known::joined(one, person.entries))
    });
    let ranking = view.rank(known, score, now).map_err(|error| misnamed(request, &error))?;
    let shown = Shown {
        insight: &insight.spec().name,
        view: view.name(),
        score,
        now,
        rows: places(&ranking),
        without: ranking.without(),
    };
    Ok(Answer::fine(written(request.json, &shown)?))
}

fn places<'r>(ranking: &Ranking<'r>) -> Vec<Place<'r>> {
    let place = |(scored, profile): (&Scored, &Profile<'r>)| Place {
        person: profile.id(),
        points: scored.points(),
        done: scored.done(),
    };
    ranking.rows().map(place).collect()
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shown { insight, view, score, now, rows, without } = self;
        writeln!(f, "{score} under {view} of {insight} at {now}")?;
        for Place { person, points, .. } in rows {
            writeln!(f, "{points:>8} {person}")?;
        }
        write!(f, "with a profile: {}; without: {without}", rows.len())
    }
}

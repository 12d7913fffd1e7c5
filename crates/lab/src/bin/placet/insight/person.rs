//! One person under a view: every score term by term, or why there is no profile.

use std::fmt;

use placet::consent::{Act, Remedy};
use placet::journey::plan::Need;
use placet::name::{ActId, Name, SignalKind, Stage};
use placet::{Ask, Contact, ContactId, Instant, Refusal};
use placet_insight::{Insight, Known, Profile, Scored};
use serde::Serialize;

use super::{Question, view};
use crate::answer::{Answer, Problem, written};
use crate::arguments::Request;

/// Nothing but an address stands in the way: none is there that the view reaches.
const NO_ADDRESS: &str = "an address that the view reaches, and a grant for it";

/// What is known of a person, without any address of theirs.
#[derive(Serialize)]
struct Shown {
    insight: Name,
    view: Name,
    person: ContactId,
    now: Instant,
    /// Until when it may be shown without asking again; `None` for no end.
    not_after: Option<Instant>,
    rests_on: Vec<ActId>,
    stage: Option<Stage>,
    /// How many facts stand.
    facts: usize,
    left_out: Vec<LeftOut>,
    segments: Vec<Name>,
    scores: Vec<Scored>,
}

#[derive(Serialize)]
struct LeftOut {
    kind: SignalKind,
    facts: u64,
    why: &'static str,
}

/// Why there is no profile.
#[derive(Serialize)]
struct Refused {
    insight: Name,
    view: Name,
    person: ContactId,
    now: Instant,
    refused: &'static str,
    /// What the view needs and did not get.
    need: Option<String>,
    cause: Option<Cause>,
    cure: Option<String>,
}

#[derive(Serialize)]
struct Cause {
    act: ActId,
    kind: String,
    recorded: Instant,
}

pub(super) fn run(
    request: &Request,
    question: Question,
    id: &ContactId,
    named: &str,
) -> Result<Answer, Problem> {
    let Question { insight, histories, mut book, now, .. } = question;
    let view = view(request, &insight, named)?;
    let asked = book.person(id, |person| {
        let contacts: Vec<&Contact> = person.members().collect();
        let known = Known::joined(person, histories.about(id));
        match view.profile(&known, now) {
            Ok(profile) => Ok(Shown::of(&insight, &profile)),
            Err(no) => Err(Box::new(Refused::of(&insight, view.name(), (known.id(), &contacts), no))),
        }
    });
    match asked {
        None => Err(request.fault("no contact of this id is in the history")),
        Some(Ok(shown)) => Ok(Answer::fine(written(request.json, &shown)?)),
        Some(Err(refused)) => Ok(Answer::found(written(request.json, &refused)?, true)),
    }
}

impl Shown {
    fn of(insight: &Insight, profile: &Profile<'_>) -> Shown {
        let spec = insight.spec();
        let left = profile.left_out().iter().map(|left| LeftOut {
            kind: left.kind().clone(),
            facts: left.facts(),
            why: left.why().as_str(),
        });
        let within = spec.segments.iter().map(|segment| &segment.name);
        // What is of another view is not asked here.
        let within = within.filter(|name| profile.is_in(name.as_str()) == Ok(true));
        let scores = spec.scores.iter().filter_map(|score| profile.score(score.name.as_str()).ok());
        Shown {
            insight: spec.name.clone(),
            view: profile.view().clone(),
            person: profile.id().clone(),
            now: profile.now(),
            not_after: profile.not_after(),
            rests_on: profile.citations().map(|citation| citation.act().clone()).collect(),
            stage: profile.stage().cloned(),
            facts: profile.standing(),
            left_out: left.collect(),
            segments: within.cloned().collect(),
            scores: scores.collect(),
        }
    }
}

impl Refused {
    fn of(insight: &Insight, view: &Name, (id, contacts): (&ContactId, &[&Contact]), no: Refusal) -> Refused {
        let (journey, now) = (insight.journey(), no.at());
        let needs =
            insight.spec().views.iter().filter(|spec| spec.name == *view).flat_map(|spec| &spec.needs);
        // They were checked when the insight was read.
        let needs: Vec<Need> = needs.filter_map(|need| journey.need(need, ".").ok()).collect();
        let need = needs.get(no.need());
        // The contact that refused: of several, the one that is nearest to a permission.
        let refused = |contact: &&&Contact| journey.permits_of(contact, &needs, now).err() == Some(no);
        let ledger = contacts.iter().find(refused).map(|contact| contact.ledger());
        let cause = ledger.and_then(|ledger| no.cause(ledger));
        let cure = need.zip(ledger).map(|(need, ledger)| {
            let reached = ledger.identities().filter(|identity| need.reaches(identity, false));
            let mut asks = reached.filter_map(|identity| {
                Some(Ask::new(need.scope_for(journey, identity)?.clone(), identity.clone()))
            });
            let said = |ask: &Ask| ledger.permit(ask, now).err().map(|other| other.reason());
            let asked = asks.find(|ask| said(ask) == Some(no.reason()));
            asked.map_or(NO_ADDRESS.to_owned(), |ask| Remedy::to_string(&no.remedy(&ask, ledger)))
        });
        Refused {
            insight: insight.spec().name.clone(),
            view: view.clone(),
            person: id.clone(),
            now,
            refused: no.reason().as_str(),
            need: need.map(|need| need.scope().to_string()),
            cause: cause.as_ref().map(Cause::of),
            cure,
        }
    }
}

impl Cause {
    fn of(act: &Act) -> Cause {
        Cause { act: act.id().clone(), kind: act.kind().to_string(), recorded: act.recorded() }
    }
}

/// Names, or a word for none of them.
fn listed<T: fmt::Display>(names: &[T]) -> String {
    match names {
        [] => "none".to_owned(),
        names => names.iter().map(T::to_string).collect::<Vec<_>>().join(", "),
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shown { insight, view, person, now, .. } = self;
        writeln!(f, "{person} under {view} of {insight} at {now}")?;
        writeln!(f, "  rests on: {}", listed(&self.rests_on))?;
        match self.not_after {
            Some(end) => writeln!(f, "  ask again by: {end}")?,
            None => writeln!(f, "  ask again by: no end")?,
        }
        writeln!(f, "  stage: {}", self.stage.as_ref().map_or("none", Stage::as_str))?;
        writeln!(f, "  facts that stand: {}", self.facts)?;
        for LeftOut { kind, facts, why } in &self.left_out {
            writeln!(f, "  left out: {facts} of {kind}, {why}")?;
        }
        write!(f, "  segments: {}", listed(&self.segments))?;
        for score in &self.scores {
            write!(f, "\n  score {}: {}", score.name(), score.points())?;
            score.to_string().lines().try_for_each(|line| write!(f, "\n  {line}"))?;
        }
        Ok(())
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Refused { insight, view, person, now, refused, need, cause, cure } = self;
        write!(f, "{person} under {view} of {insight} at {now}\n  no profile: {refused}")?;
        if let Some(need) = need {
            write!(f, "\n  needed: {need}")?;
        }
        if let Some(Cause { act, kind, recorded }) = cause {
            write!(f, "\n  cause: {kind} {act}, recorded {recorded}")?;
        }
        cure.iter().try_for_each(|cure| write!(f, "\n  cure: {cure}"))
    }
}

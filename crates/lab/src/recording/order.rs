//! The order in which a group's steps are known, and the checks that no journey has a say in.

use std::collections::BTreeMap;

use placet::{Contact, Instant, Vocabulary, book::BookError};

use super::group::{Group, Step, What};
use super::{RecordingError, Why};

/// Sorts the steps by when they are known, and checks that each can be taken.
pub(super) fn in_order(mut group: Group) -> Result<Group, RecordingError> {
    group.steps.sort_by_key(|step| step.line);
    date(&mut group.steps, group.members.len());
    group.steps.sort_by_key(|step| step.known);
    group.merges = group.steps.iter().any(|step| matches!(step.what, What::Merged(_) | What::Unmerged));
    group.marks = marks(&group.steps);
    group.repeats = repeats(&group.steps)?;
    goes(&group)?;
    Ok(group)
}

/// Says from when the steps without an instant are known: after what is above them, and before whatever is known
/// later of their contact.
fn date(steps: &mut [Step], members: usize) {
    let mut next: Vec<Option<Instant>> = vec![None; members];
    for step in steps.iter_mut().rev() {
        let Some(next) = next.get_mut(step.member) else { continue };
        if step.what.is_dated() {
            *next = step.known.filter(|known| next.is_none_or(|next| *known < next)).or(*next);
        } else {
            step.known = *next;
        }
    }
    let (mut last, mut own): (Option<Instant>, Vec<Option<Instant>>) = (None, vec![None; members]);
    for step in steps {
        let Some(own) = own.get_mut(step.member) else { continue };
        if !step.what.is_dated() {
            let before_next = step.known.map_or(last, |next| last.min(Some(next)));
            step.known = before_next.max(*own);
        }
        *own = step.known.max(*own);
        last = step.known.max(last);
    }
}

/// The instants at which a stage may rise or fall although nothing is recorded: a grant ends, a go begins later.
fn marks(steps: &[Step]) -> Vec<Instant> {
    let mut marks = Vec::new();
    for step in steps {
        let What::Act(act) = &step.what else { continue };
        marks.extend(act.until());
        marks.extend(act.begins());
        let later = act.acted() > act.recorded() && !act.kind().is_stop();
        marks.extend(later.then(|| act.acted()));
    }
    marks.sort_unstable();
    marks.dedup();
    marks
}

/// Whether a signal is there more than once.
///
/// # Errors
/// Where a signal has the id of another one of its contact (S2).
fn repeats(steps: &[Step]) -> Result<bool, RecordingError> {
    let signals = steps.iter().filter_map(|step| match &step.what {
        What::Signal(signal) => Some((step.member, signal, step.line)),
        _ => None,
    });
    let mut signals: Vec<_> = signals.collect();
    signals.sort_by_key(|(member, signal, line)| (*member, &signal.id, *line));
    let mut repeats = false;
    for (one, other) in signals.iter().zip(signals.iter().skip(1)) {
        if (one.0, &one.1.id) == (other.0, &other.1.id) {
            if one.1 != other.1 {
                return Err(wrong(other.2, BookError::SignalIdReused));
            }
            repeats = true;
        }
    }
    Ok(repeats)
}

/// Whether every go can be appended: that is the same under any journey.
fn goes(group: &Group) -> Result<(), RecordingError> {
    let words = Vocabulary::new([]);
    let mut contacts: BTreeMap<usize, Contact> = BTreeMap::new();
    for step in &group.steps {
        match (&step.what, contacts.get_mut(&step.member)) {
            (What::Opened(identity), None) => {
                let id = group.members.get(step.member).into_iter();
                let contact = id.map(|id| Contact::open(id.clone(), identity.clone(), &words));
                contacts.extend(contact.map(|contact| (step.member, contact)));
            }
            (What::Linked(identity), Some(contact)) => drop(contact.link(identity.clone())),
            (What::Unlinked(identity), Some(contact)) => drop(contact.unlink(identity)),
            (What::Act(act), Some(contact)) => {
                let _ = contact.append((**act).clone()).map_err(|error| wrong(step.line, error))?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn wrong(line: u64, error: impl Into<BookError>) -> RecordingError {
    RecordingError { line, why: Why::Book(error.into()) }
}

//! The work on `placet`: with the journey beside it, this is all that is written to run it.

use placet::{Act, Contact, Journey, JourneyError, Signal};

use super::tally::Tally;

pub(crate) fn journey() -> Result<Journey, JourneyError> {
    Journey::from_json(include_str!("journey.json"))
}

/// What arrives: something that a person says about consent, or something that a person does.
pub(crate) enum Arrived<'a> {
    Act(Act),
    Signal(&'a Signal),
}

/// One step of one contact: an act is appended; a signal is decided when it happens, and committed.
pub(crate) fn arrive(
    journey: &Journey,
    contact: &mut Contact,
    arrived: Arrived<'_>,
    tally: &mut Tally,
) -> Result<(), Box<dyn std::error::Error>> {
    match arrived {
        Arrived::Act(act) => drop(contact.append(act)?),
        Arrived::Signal(signal) => {
            let decision = journey.decide(&*contact, signal, signal.at())?;
            decision.refusals().for_each(|(_, no)| tally.refuse(no.reason()));
            decision.commit(contact)?.iter().for_each(|event| tally.queued(event));
        }
    }
    Ok(())
}

//! The work on `placet`: with the journey beside it, this is all that is written to run it.

use placet::{Act, Contact, Journey, JourneyError, Signal};

use super::tally::Tally;

type Done = Result<(), Box<dyn std::error::Error>>;

pub fn journey() -> Result<Journey, JourneyError> {
    Journey::from_json(include_str!("journey.json"))
}

/// A person says something about consent.
pub fn says(contact: &mut Contact, act: Act) -> Done {
    contact.append(act)?;
    Ok(())
}

/// A person does something: it is decided when it happens, and committed.
pub fn does(contact: &mut Contact, signal: &Signal, journey: &Journey, tally: &mut Tally) -> Done {
    let decision = journey.decide(&*contact, signal, signal.at())?;
    decision.refusals().for_each(|(_, no)| tally.refuse(no.reason()));
    decision.commit(contact)?.iter().for_each(|event| tally.queued(event));
    Ok(())
}

//! The year, replayed: purchases and campaigns are signals, acts of consent are simulated or absent.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::error::Error;

use chrono::TimeDelta;
use placet::{
    Act, ActId, Book, ContactId, Event, Identity, Instant, Journey, JourneySpec, Scope, SignalSpec, Stage,
    book::Report,
    channel::POST,
    identity::IdentityKind,
    journey::{ChannelSpec, EffectSpec, Reaches, RuleSpec, SignalKindSpec},
    name::{EffectName, SELF},
    purpose::OFFERS,
    signal::{Attribute, Value},
};

use crate::counts::Counts;
use crate::data::History;
use crate::simulate::Simulation;

/// What is sent is asked again, and leaves, so long after it was queued.
pub(crate) const HOURS_TO_SEND: i64 = 18;
/// The reference journey, and what is added to it: letters, the signal `campaign`, and the rule that asks
/// for a mailing from whatever stage.
pub(crate) fn journey() -> Result<Journey, Box<dyn Error>> {
    let mut spec = JourneySpec::from_json(Journey::REFERENCE_JSON)?;
    // The data has no address: a letter goes to a household by its number, an e-mail to nobody.
    let reaches = Some(Reaches::Kind(IdentityKind::new(HOUSEHOLD)?));
    spec.catalogue.channels.push(ChannelSpec { name: POST, reaches });
    spec.signals.push(SignalKindSpec {
        kind: "campaign".parse()?,
        admission: None,
        derived: false,
        attributes: vec![],
    });
    spec.rules.push(RuleSpec {
        name: "campaign-asks".parse()?,
        on: "campaign".parse()?,
        from: None,
        when: None,
        to: None,
        effects: vec![EffectSpec {
            name: "campaign-mailing".parse()?,
            purpose: OFFERS,
            channel: POST.into(),
            recipient: SELF,
            needs: vec![],
            when: None,
            within: None,
            still: None,
        }],
    });
    Ok(Journey::compile(spec)?)
}

const HOUSEHOLD: &str = "household";

fn contact(household: u32) -> Result<ContactId, Box<dyn Error>> {
    Ok(format!("{HOUSEHOLD}-{household}").parse()?)
}

pub(crate) fn identity(household: u32) -> Result<Identity, Box<dyn Error>> {
    Ok(Identity::of_kind(HOUSEHOLD, &household.to_string())?)
}

pub(crate) fn letters() -> Scope {
    OFFERS.by(POST)
}

/// What came of a year.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Pass {
    /// The stages of the journey, lowest first.
    pub(crate) journey: Vec<Stage>,
    /// Contacts by the stage at which they stand at the end.
    pub(crate) stages: BTreeMap<Option<Stage>, u64>,
    /// Effects asked for, queued and refused.
    pub(crate) counts: Counts,
    /// What the gateway took.
    pub(crate) sent: Vec<Sent>,
    /// What became of the queue.
    pub(crate) dispatched: Report,
    /// Still queued at the end.
    pub(crate) waiting: usize,
}

/// One event that left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) contact: ContactId,
    pub(crate) effect: EffectName,
    pub(crate) at: Instant,
    pub(crate) grants: Vec<ActId>,
}

#[allow(clippy::large_enum_variant, reason = "each step is made once and taken once")]
enum Step {
    Act(ContactId, Act),
    Signal(SignalSpec),
    Dispatch,
}

/// Runs a history, and what was simulated, through a book.
pub(crate) fn run(history: &History, simulation: &Simulation) -> Result<Pass, Box<dyn Error>> {
    let mut book = Book::new(journey()?);
    for household in history.households() {
        book.open(contact(household)?, identity(household)?)?;
    }
    let journey = book.journey().spec().stages.iter().map(|stage| stage.name.clone()).collect();
    let mut pass = Pass { journey, ..Pass::default() };
    let mut end = None;
    for (now, step) in timeline(history, simulation)? {
        end = Some(now);
        match step {
            Step::Act(contact, act) => {
                let _ = book.append(&contact, act)?;
            }
            Step::Signal(spec) => {
                let signal = book.journey().signal(spec)?;
                let named = |error| format!("{}, {}: {error}", signal.spec().contact, signal.id());
                if let Some(decision) = book.observe(&signal, now).map_err(named)?.decision() {
                    pass.counts.note(decision);
                }
            }
            Step::Dispatch => pass.dispatch(&mut book, now),
        }
    }
    let journey = book.journey().clone();
    for contact in book.contacts() {
        let stage = end.and_then(|end| journey.stands_at(contact, end)).cloned();
        *pass.stages.entry(stage).or_default() += 1;
    }
    pass.waiting = book.outbox().len();
    Ok(pass)
}

impl Pass {
    /// Releases what is queued, to a gateway that writes down what it takes.
    fn dispatch(&mut self, book: &mut Book, now: Instant) {
        let sent = &mut self.sent;
        let report = book.dispatch(now, &mut |event: Event<'_>| {
            sent.push(Sent {
                contact: event.contact().clone(),
                effect: event.effect().clone(),
                at: event.released_at(),
                grants: event.citations().map(|citation| citation.act().clone()).collect(),
            });
            Ok::<(), Infallible>(())
        });
        self.dispatched.sent += report.sent;
        for (reason, count) in report.refused {
            *self.dispatched.refused.entry(reason).or_default() += count;
        }
    }
}

/// Everything in the order of time; at one instant acts first, and what is sent last.
fn timeline(history: &History, simulation: &Simulation) -> Result<Vec<(Instant, Step)>, Box<dyn Error>> {
    let mut steps = Vec::new();
    for (act, number) in simulation.acts.iter().zip(1_u32..) {
        steps.push((act.at, Step::Act(contact(act.household)?, act.act(number)?)));
    }
    for basket in &history.baskets {
        let attribute = |name: &str, value| Ok::<_, Box<dyn Error>>(Attribute { name: name.parse()?, value });
        let attributes = vec![
            attribute("amount", Value::Integer(basket.cents))?,
            attribute("currency", Value::Text("usd".parse()?))?,
        ];
        let id = format!("basket-{}", basket.basket);
        steps.push(signal(basket.household, &id, "purchase", basket.at, attributes)?);
    }
    for row in &history.contacts {
        let id = format!("campaign-{}", row.campaign.campaign);
        steps.push(signal(row.household, &id, "campaign", row.campaign.begins, vec![])?);
    }
    let days: BTreeSet<Instant> = history.campaigns.iter().map(|campaign| campaign.begins).collect();
    for day in days {
        steps.push((later(day, TimeDelta::hours(HOURS_TO_SEND))?, Step::Dispatch));
    }
    steps.sort_by_key(|(at, step)| {
        let place = match step {
            Step::Act(..) => 0,
            Step::Signal(_) => 1,
            Step::Dispatch => 2,
        };
        (*at, place)
    });
    Ok(steps)
}

fn signal(
    household: u32,
    id: &str,
    kind: &str,
    at: Instant,
    attributes: Vec<Attribute>,
) -> Result<(Instant, Step), Box<dyn Error>> {
    let (id, kind) = (id.parse()?, kind.parse()?);
    let (contact, identity) = (contact(household)?, identity(household)?);
    Ok((at, Step::Signal(SignalSpec { id, contact, identity, kind, source: None, at, attributes })))
}

pub(crate) fn later(at: Instant, span: TimeDelta) -> Result<Instant, Box<dyn Error>> {
    at.checked_add(span).ok_or_else(|| "an instant after the year 9999".into())
}

#[cfg(test)]
mod tests {
    use placet::Reason;

    use super::*;
    use crate::simulate::{Deed, SEED, Simulated};

    type Tested = Result<(), Box<dyn Error>>;

    fn excerpt() -> Result<History, Box<dyn Error>> {
        Ok(History::read(&crate::excerpt())?)
    }

    fn mailings(pass: &Pass) -> crate::counts::EffectCount {
        let mailing = pass.counts.effects.iter().find(|(name, _)| name.as_str() == "campaign-mailing");
        mailing.map(|(_, count)| count.clone()).unwrap_or_default()
    }

    /// Whether a household permits letters at an instant: the latest act by then is a grant that has not ended.
    fn permits(simulation: &Simulation, household: u32, now: Instant) -> bool {
        let acts = simulation.acts.iter().filter(|act| act.household == household && act.at <= now);
        let last = acts.max_by_key(|act| (act.at, act.deed));
        matches!(last, Some(Simulated { deed: Deed::Grant { until }, .. }) if now < *until)
    }

    #[test]
    fn the_data_as_it_is_mails_nobody() -> Tested {
        let history = excerpt()?;
        let pass = run(&history, &Simulation::default())?;
        let mailings = mailings(&pass);
        assert_eq!(mailings.queued, 0);
        assert_eq!(mailings.refused, BTreeMap::from([(Reason::NoGrant, 327)]));
        assert!(pass.counts.effects.values().all(|effect| effect.queued == 0));
        assert_eq!((pass.sent.len(), pass.waiting, &pass.dispatched), (0, 0, &Report::default()));
        assert_eq!(pass.counts.signals, 6_583 + 327);
        assert_eq!(pass.stages, BTreeMap::from([(Some("customer".parse()?), 104)]));
        Ok(())
    }

    #[test]
    fn what_is_queued_leaves_only_where_the_yes_still_stands() -> Tested {
        let history = excerpt()?;
        let simulation = Simulation::of(&history, SEED)?;
        let pass = run(&history, &simulation)?;
        let mailings = mailings(&pass);
        let stopped: u64 = pass.dispatched.refused.values().sum();
        assert_eq!(u64::try_from(history.contacts.len())?, mailings.asked());
        assert_eq!(pass.dispatched.sent + stopped, mailings.queued);
        assert_eq!((u64::try_from(pass.sent.len())?, pass.waiting), (pass.dispatched.sent, 0));
        assert!(pass.dispatched.sent > 0 && stopped > 0, "the simulation shows both");

        // Asked again of the simulated acts alone, without the crate: who is mailed, and who is not.
        let (mut queued, mut left) = (0, Vec::new());
        for row in &history.contacts {
            let sends = later(row.campaign.begins, TimeDelta::hours(HOURS_TO_SEND))?;
            if permits(&simulation, row.household, row.campaign.begins) {
                queued += 1;
                if permits(&simulation, row.household, sends) {
                    left.push((sends, contact(row.household)?));
                }
            }
        }
        let mut sent: Vec<_> = pass.sent.iter().map(|sent| (sent.at, sent.contact.clone())).collect();
        left.sort();
        sent.sort();
        assert_eq!(mailings.queued, queued);
        assert_eq!(sent, left);
        Ok(())
    }

    #[test]
    fn every_letter_names_a_simulated_grant_of_its_own_household() -> Tested {
        let history = excerpt()?;
        let simulation = Simulation::of(&history, SEED)?;
        for sent in run(&history, &simulation)?.sent {
            for grant in &sent.grants {
                let place =
                    grant.to_string().strip_prefix("simulated-").unwrap_or_default().parse::<usize>()?;
                let act = simulation.acts.get(place - 1);
                let act = act.filter(|act| matches!(act.deed, Deed::Grant { .. }));
                assert_eq!(act.map(|act| contact(act.household)).transpose()?, Some(sent.contact.clone()));
            }
            assert_eq!(sent.grants.len(), 1);
        }
        Ok(())
    }

    #[test]
    fn consent_moves_no_stage_and_two_runs_are_one() -> Tested {
        let history = excerpt()?;
        let none = run(&history, &Simulation::default())?;
        for seed in [SEED, 0, u64::MAX] {
            let simulation = Simulation::of(&history, seed)?;
            assert_eq!(simulation, Simulation::of(&history, seed)?);
            let pass = run(&history, &simulation)?;
            assert_eq!(pass, run(&history, &simulation)?);
            assert_eq!((pass.stages, pass.counts.signals), (none.stages.clone(), none.counts.signals));
        }
        Ok(())
    }

    #[test]
    fn a_number_used_twice_is_named() -> Tested {
        let rows =
            "household_id,basket_id,at,sales\n24,1,2017-01-01T10:00:00,1\n24,1,2017-01-02T10:00:00,1\n";
        let history = History::of(rows, "campaign_id,start_date\n", "campaign_id,household_id\n")?;
        let error = run(&history, &Simulation::default()).err().map(|error| error.to_string());
        let told = "household-24, basket-1: this signal id names another signal of the contact already: \
                    give the new one an id of its own";
        assert_eq!(error.as_deref(), Some(told));
        Ok(())
    }
}

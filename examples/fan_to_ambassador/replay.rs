//! The year, replayed: purchases and campaigns are signals, acts of consent are simulated or absent.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::error::Error;

use chrono::TimeDelta;
use placet::lab::Rehearsal;
use placet::{
    Act, ActId, Actor, Attribute, Book, ChannelSpec, ContactId, EffectName, EffectSpec, Event, Evidence,
    Grant, Identity, IdentityKind, Instant, Journey, JourneySpec, Method, Notice, OFFERS, POST, Reaches,
    Report, RuleSpec, SELF, Scope, SignalKindSpec, SignalSpec, Stage, Stop, Value,
};

use crate::data::History;

/// What is sent is asked again, and leaves, so long after it was queued.
pub(crate) const HOURS_TO_SEND: i64 = 18;
/// Where the simulated chances begin. Another number gives another year.
pub(crate) const SEED: u64 = 2013;
/// Of 100 on the list of a campaign, so many stop at the counter: in the article 60,000 of 400,000 came.
pub(crate) const COME_PER_100: u64 = 15;
/// Of 100 who stop, so many say yes: in the article 30,000 of 60,000 authorised it.
pub(crate) const CONSENT_PER_100: u64 = 50;
/// Of 100 to whom a mailing is due, so many take their yes back. Invented, and high, to be seen.
pub(crate) const WITHDRAW_PER_100: u64 = 20;
/// They do so within so many hours after the campaign began: before the mailing leaves, or after. Invented.
pub(crate) const HOURS_TO_WITHDRAW: u64 = 36;
/// So many days a simulated grant lasts. Invented.
pub(crate) const DAYS_OF_GRANT: i64 = 180;

/// The reference journey, and what is added to it: letters, the signal `campaign`, and the rule that asks
/// for a mailing from whatever stage.
pub(crate) fn journey() -> Result<Journey, Box<dyn Error>> {
    let mut spec = JourneySpec::from_json(Journey::REFERENCE_JSON)?;
    // The data has no address: a letter goes to a household by its number, an e-mail to nobody.
    let reaches = Some(Reaches::Kind(IdentityKind::new(HOUSEHOLD)?));
    spec.catalogue.channels.push(ChannelSpec { name: POST, reaches });
    spec.signals.push(SignalKindSpec { kind: "campaign".parse()?, admission: None, attributes: vec![] });
    spec.rules.push(RuleSpec {
        name: "campaign-asks".parse()?,
        on: "campaign".parse()?,
        from: None,
        when: None,
        to: None,
        effects: vec![EffectSpec {
            name: "campaign-mailing".parse()?,
            purpose: OFFERS,
            channel: POST,
            recipient: SELF,
            needs: vec![],
        }],
    });
    Ok(Journey::compile(spec)?)
}

const HOUSEHOLD: &str = "household";

fn contact(household: u32) -> Result<ContactId, Box<dyn Error>> {
    Ok(format!("{HOUSEHOLD}-{household}").parse()?)
}

fn identity(household: u32) -> Result<Identity, Box<dyn Error>> {
    Ok(Identity::of_kind(HOUSEHOLD, &household.to_string())?)
}

fn letters() -> Scope {
    OFFERS.by(POST)
}

/// What came of a year.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Pass {
    /// The stages of the journey, lowest first.
    pub(crate) journey: Vec<Stage>,
    /// Contacts by stage, effects asked for, queued and refused.
    pub(crate) counts: Rehearsal,
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
                book.append(&contact, act)?;
            }
            Step::Signal(spec) => {
                let signal = book.journey().signal(spec)?;
                if let Some(decision) = book.observe(&signal, now)?.decision() {
                    pass.counts.note(decision);
                }
            }
            Step::Dispatch => pass.dispatch(&mut book, now),
        }
    }
    for contact in book.contacts() {
        let stage = end.and_then(|end| book.journey().stands_at(contact, end)).cloned();
        *pass.counts.stages.entry(stage).or_default() += 1;
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

fn later(at: Instant, span: TimeDelta) -> Result<Instant, Box<dyn Error>> {
    at.checked_add(span).ok_or_else(|| "an instant after the year 9999".into())
}

/// Acts that nobody did. Every one of them says so in its evidence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Simulation {
    pub(crate) acts: Vec<Simulated>,
    /// Questions: a household on a campaign's list that came to the shop afterwards.
    pub(crate) asked: u64,
}

/// One simulated act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Simulated {
    pub(crate) household: u32,
    pub(crate) at: Instant,
    pub(crate) deed: Deed,
}

/// What the household is made to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Deed {
    /// Permits offers by post, until then.
    Grant { until: Instant },
    /// Answers no to the question.
    Refuse,
    /// Takes the yes back.
    Withdraw,
}

impl Simulation {
    /// Draws the acts, from the dates in the data and a seed, in whole numbers.
    pub(crate) fn of(history: &History, seed: u64) -> Result<Simulation, Box<dyn Error>> {
        let mut dates: BTreeMap<u32, BTreeSet<(Instant, Date)>> = BTreeMap::new();
        for row in &history.contacts {
            dates.entry(row.household).or_default().insert((row.campaign.begins, Date::Campaign));
        }
        for basket in &history.baskets {
            dates.entry(basket.household).or_default().insert((basket.at, Date::Visit));
        }
        let mut simulation = Simulation::default();
        let mut chance = Chance(seed);
        for (household, dates) in dates {
            simulation.household(household, dates, &mut chance)?;
        }
        Ok(simulation)
    }

    fn household(
        &mut self,
        household: u32,
        dates: BTreeSet<(Instant, Date)>,
        chance: &mut Chance,
    ) -> Result<(), Box<dyn Error>> {
        let mut ends: Option<Instant> = None;
        let (mut leaving, mut to_ask) = (false, false);
        for (at, date) in dates {
            let consents = ends.is_some_and(|ends| at < ends);
            match date {
                Date::Campaign if !consents => to_ask = true,
                Date::Campaign if !leaving && chance.below(100) < WITHDRAW_PER_100 => {
                    let hours = i64::try_from(1 + chance.below(HOURS_TO_WITHDRAW))?;
                    let then = later(at, TimeDelta::hours(hours))?;
                    self.acts.push(Simulated { household, at: then, deed: Deed::Withdraw });
                    (ends, leaving) = (ends.min(Some(then)), true);
                }
                Date::Visit if to_ask && !consents => {
                    to_ask = false;
                    self.asked += 1;
                    if chance.below(100) >= COME_PER_100 {
                        continue;
                    }
                    let deed = if chance.below(100) < CONSENT_PER_100 {
                        let until = later(at, TimeDelta::days(DAYS_OF_GRANT))?;
                        (ends, leaving) = (Some(until), false);
                        Deed::Grant { until }
                    } else {
                        Deed::Refuse
                    };
                    self.acts.push(Simulated { household, at, deed });
                }
                Date::Campaign | Date::Visit => {}
            }
        }
        Ok(())
    }

    /// How many acts are of a kind.
    pub(crate) fn count(&self, of: impl Fn(&Deed) -> bool) -> usize {
        self.acts.iter().filter(|act| of(&act.deed)).count()
    }
}

/// A day on which something can be simulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Date {
    Campaign,
    Visit,
}

impl Simulated {
    /// The act, as a ledger takes it.
    fn act(&self, number: u32) -> Result<Act, Box<dyn Error>> {
        let id = format!("simulated-{number}").parse()?;
        let at = self.at;
        let evidence =
            |method| Ok::<_, Box<dyn Error>>(Evidence::new(Actor::Person, method).at("simulated".parse()?));
        Ok(match self.deed {
            Deed::Grant { until } => {
                let notice = Notice::new("shop-counter".parse()?, "2013-01".parse()?);
                let evidence = evidence(Method::SignedForm)?.shown(notice);
                Grant::new(id, letters(), identity(self.household)?, evidence, at, at)?.until(until)?.into()
            }
            Deed::Refuse => Stop::refuse(id, letters().into(), at, at)
                .with_evidence(evidence(Method::OralRecorded)?)
                .into(),
            Deed::Withdraw => {
                Stop::withdraw(id, letters().into(), at, at).with_evidence(evidence(Method::Paper)?).into()
            }
        })
    }
}

/// splitmix64 (Steele, Lea, Flood 2014): the same numbers from the same seed, everywhere.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// One of 0 to `end` - 1.
    fn below(&mut self, end: u64) -> u64 {
        let scaled = (u128::from(self.next()) * u128::from(end)) >> 64;
        u64::try_from(scaled).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use placet::Reason;

    use super::*;

    type Tested = Result<(), Box<dyn Error>>;

    fn excerpt() -> Result<History, Box<dyn Error>> {
        Ok(History::read(&crate::excerpt())?)
    }

    fn mailings(pass: &Pass) -> placet::lab::EffectCount {
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
        assert_eq!(pass.counts.stages, BTreeMap::from([(Some("customer".parse()?), 104)]));
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
                let place = grant.as_str().strip_prefix("simulated-").unwrap_or_default().parse::<usize>()?;
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
            assert_eq!(
                (pass.counts.stages, pass.counts.signals),
                (none.counts.stages.clone(), none.counts.signals)
            );
        }
        Ok(())
    }

    #[test]
    fn chances_are_those_of_splitmix64() {
        let mut chance = Chance(0);
        assert_eq!([chance.next(), chance.next()], [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4]);
        assert!((0..1_000).all(|_| chance.below(7) < 7));
    }
}

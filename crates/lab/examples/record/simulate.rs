//! What the data does not hold: addresses, consents, likes, follows, recommendations. Drawn household by household
//! from a seed, in whole numbers, so that a household is the same alone and among others.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use placet::{
    Actor, Channel, ContactId, Entry, Evidence, Grant, Identity, Instant, Method, Notice, Scope, SignalSpec,
    Stop,
    channel::EMAIL,
    entry::{Admitted, Body},
    name::TimeDelta,
    purpose::{NEWSLETTER, OFFERS, REFERRAL, SOCIAL_LINKING},
    signal::{Attribute, Source, Value},
};

use crate::chance::Chance;
use crate::data::{Basket, CampaignContact, History};

/// Where the chances begin. Another number gives another year.
const SEED: u64 = 2013;
/// Of 100 that are sent a campaign, so many come: in the article 60,000 of 400,000 did.
const COME_PER_100: u64 = 15;
/// Of 100 that come, so many consent: in the article 30,000 of 60,000 authorised the application.
const CONSENT_PER_100: u64 = 50;
/// Before the year of the data everybody is sent one campaign more, so that some are fans before they buy. Invented.
const FIRST_CAMPAIGN: &str = "2016-10-03T09:00:00Z";
/// Nothing is simulated from here on: the data ends.
const END_OF_THE_DATA: &str = "2018-01-01T12:00:00Z";
/// Of 100 that consent to be linked, so many sign up for the newsletter there and then. Invented.
const SIGN_UP_PER_100: u64 = 70;
/// Of 100 that sign up, so many permit referrals, too. Invented.
const REFERRAL_PER_100: u64 = 50;
/// Of 100 consents, so many end after half a year. Invented.
const ENDING_PER_100: u64 = 30;
const DAYS_OF_AN_ENDING_CONSENT: i64 = 180;
/// Of 100 campaigns to somebody who consented, so many make them take it back. Invented.
const WITHDRAW_PER_100: u64 = 12;
/// Whoever consented likes up to so many things, and follows with so many chances of 100. The article counts more than
/// a million likes for 30,000 that consented; these are fewer, and invented.
const MOST_LIKES: u64 = 12;
const FOLLOW_PER_100: u64 = 40;
/// They are that interested for so many days.
const DAYS_OF_INTEREST: u64 = 90;
/// Of 100 purchases of somebody who consented, so many are followed by a recommendation. Invented.
const RECOMMEND_PER_100: u64 = 4;

/// A recording: lines of one or more entries, in the order of time.
pub(crate) fn recording(history: &History) -> Result<Vec<Vec<Entry>>, Box<dyn Error>> {
    let mut days: BTreeMap<u32, BTreeMap<(Instant, u32), Day<'_>>> = BTreeMap::new();
    for row in &history.contacts {
        let at = (row.campaign.begins, row.campaign.campaign);
        days.entry(row.household).or_default().insert(at, Day::Campaign(row));
    }
    for basket in &history.baskets {
        let at = (basket.at, basket.basket);
        days.entry(basket.household).or_default().insert(at, Day::Basket(basket));
    }
    let mut opened = Vec::new();
    let mut dated = Vec::new();
    for (number, days) in days {
        let mut household = Household::of(number)?;
        opened.push(vec![household.entry(Body::Opened(household.mail.clone().into()))]);
        household.year(days.into_values())?;
        dated.extend(household.lines.into_iter().map(|(at, line)| (at, number, line)));
    }
    let end: Instant = END_OF_THE_DATA.parse()?;
    dated.retain(|(at, ..)| *at < end);
    dated.sort_by_key(|(at, number, _)| (*at, *number));
    Ok(opened.into_iter().chain(dated.into_iter().map(|(.., line)| line)).collect())
}

/// What the data says of a day.
enum Day<'h> {
    Campaign(&'h CampaignContact),
    Basket(&'h Basket),
}

struct Household {
    id: ContactId,
    mail: Identity,
    account: Identity,
    chance: Chance,
    /// How many things have been simulated.
    simulated: u32,
    /// Until when it consents, as far as it does.
    consents: Option<Instant>,
    lines: Vec<(Instant, Vec<Entry>)>,
}

impl Household {
    fn of(number: u32) -> Result<Household, Box<dyn Error>> {
        Ok(Household {
            id: format!("household-{number}").parse()?,
            mail: Identity::email(&format!("household-{number}@simulated.example"))?,
            account: Identity::parse(&format!("account/facebook:simulated-{number}"))?,
            chance: Chance(SEED ^ (u64::from(number) << 32)),
            simulated: 0,
            consents: None,
            lines: Vec::new(),
        })
    }

    fn year<'h>(&mut self, days: impl Iterator<Item = Day<'h>>) -> Result<(), Box<dyn Error>> {
        let first = FIRST_CAMPAIGN.parse()?;
        let sent = self.simulated_signal("campaign", &self.mail.clone(), Source::Mail, first)?;
        self.campaign(first, sent)?;
        for day in days {
            match day {
                Day::Campaign(row) => {
                    let (id, at) = (format!("campaign-{}", row.campaign.campaign), row.campaign.begins);
                    let sent = self.signal(&id, "campaign", &self.mail, Source::Mail, at, vec![])?;
                    self.campaign(at, sent)?;
                }
                Day::Basket(basket) => self.basket(basket)?,
            }
        }
        Ok(())
    }

    fn campaign(&mut self, at: Instant, sent: Entry) -> Result<(), Box<dyn Error>> {
        self.lines.push((at, vec![sent]));
        if self.consents.is_some_and(|until| at < until) {
            if self.chance.below(100) < WITHDRAW_PER_100 {
                self.withdraw(at)?;
            }
            return Ok(());
        }
        if self.chance.below(100) >= COME_PER_100 {
            return Ok(());
        }
        let comes = later(at, 3_600 * (1 + self.chance.below(7 * 24)))?;
        if self.chance.below(100) < CONSENT_PER_100 { self.consent(comes) } else { self.refuse(comes) }
    }

    /// They come, link their account, consent, and most of them sign up.
    fn consent(&mut self, at: Instant) -> Result<(), Box<dyn Error>> {
        let ends = self.chance.below(100) < ENDING_PER_100;
        let until =
            at.checked_add(TimeDelta::days(DAYS_OF_AN_ENDING_CONSENT)).ok_or("after the year 9999")?;
        let facebook = Channel::social(&"facebook".parse()?)?;
        let mut scopes = vec![(SOCIAL_LINKING.by(facebook), self.account.clone())];
        let signs_up = self.chance.below(100) < SIGN_UP_PER_100;
        if signs_up {
            scopes.push((NEWSLETTER.by(EMAIL), self.mail.clone()));
            scopes.push((OFFERS.by(EMAIL), self.mail.clone()));
            if self.chance.below(100) < REFERRAL_PER_100 {
                scopes.push((REFERRAL.by(EMAIL), self.mail.clone()));
            }
        }
        let visit = self.simulated_signal("shop-visit", &self.mail.clone(), Source::Web, at)?;
        let mut line = vec![visit, self.entry(Body::Linked(self.account.clone()))];
        for (scope, identity) in scopes {
            let notice = Notice::new("social-dialogue".parse()?, "2013-01".parse()?);
            let evidence = evidence(Method::UntickedBox)?.shown(notice);
            let grant = Grant::new(self.next()?, scope, identity, evidence, at, at)?;
            let grant = if ends { grant.until(until)? } else { grant };
            line.push(self.entry(Body::Act(grant.into())));
        }
        if signs_up {
            line.push(self.simulated_signal("newsletter-signup", &self.mail.clone(), Source::Web, at)?);
        }
        self.lines.push((at, line));
        self.consents = Some(if ends { until } else { later(at, 10 * 365 * DAY)? });
        self.interest(at)
    }

    /// Likes and follows of the weeks after. They are recorded whether or not consent still stands then.
    fn interest(&mut self, from: Instant) -> Result<(), Box<dyn Error>> {
        let likes = self.chance.below(MOST_LIKES + 1);
        let follows = u64::from(self.chance.below(100) < FOLLOW_PER_100);
        let mut days = BTreeSet::new();
        for _ in 0..likes + follows {
            days.insert(self.chance.below(DAYS_OF_INTEREST * DAY));
        }
        for (place, seconds) in (0..).zip(days) {
            let at = later(from, 1 + seconds)?;
            let kind = if place < likes { "like" } else { "follow" };
            let signal = self.simulated_signal(kind, &self.account.clone(), Source::Network, at)?;
            self.lines.push((at, vec![signal]));
        }
        Ok(())
    }

    fn refuse(&mut self, at: Instant) -> Result<(), Box<dyn Error>> {
        let visit = self.simulated_signal("shop-visit", &self.mail.clone(), Source::Web, at)?;
        let stop = Stop::refuse(self.next()?, OFFERS.by(EMAIL).into(), at, at);
        let stop = stop.with_evidence(evidence(Method::UntickedBox)?);
        self.lines.push((at, vec![visit, self.entry(Body::Act(stop.into()))]));
        Ok(())
    }

    fn withdraw(&mut self, campaign: Instant) -> Result<(), Box<dyn Error>> {
        let at = later(campaign, 60 * (1 + self.chance.below(36 * 60)))?;
        for scope in [OFFERS.by(EMAIL), NEWSLETTER.by(EMAIL)] {
            let stop = self.withdrawal(scope, at)?;
            self.lines.push((at, vec![stop]));
        }
        self.consents = None;
        Ok(())
    }

    fn withdrawal(&mut self, scope: Scope, at: Instant) -> Result<Entry, Box<dyn Error>> {
        let stop = Stop::withdraw(self.next()?, scope.into(), at, at);
        Ok(self.entry(Body::Act(stop.with_evidence(evidence(Method::UntickedBox)?).into())))
    }

    fn basket(&mut self, basket: &Basket) -> Result<(), Box<dyn Error>> {
        let amount = Attribute { name: "amount".parse()?, value: Value::Integer(basket.cents) };
        let currency = Attribute { name: "currency".parse()?, value: Value::Text("usd".parse()?) };
        let id = format!("basket-{}", basket.basket);
        let bought =
            self.signal(&id, "purchase", &self.mail, Source::Shop, basket.at, vec![amount, currency])?;
        self.lines.push((basket.at, vec![bought]));
        let consents = self.consents.is_some_and(|until| basket.at < until);
        if consents && self.chance.below(100) < RECOMMEND_PER_100 {
            let at = later(basket.at, 3_600 * (1 + self.chance.below(72)))?;
            let signal = self.simulated_signal("recommendation", &self.mail.clone(), Source::Web, at)?;
            self.lines.push((at, vec![signal]));
        }
        Ok(())
    }

    /// The next id of something simulated.
    fn next<T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>>(
        &mut self,
    ) -> Result<T, Box<dyn Error>> {
        self.simulated += 1;
        Ok(format!("simulated-{}", self.simulated).parse()?)
    }

    fn simulated_signal(
        &mut self,
        kind: &str,
        identity: &Identity,
        source: Source,
        at: Instant,
    ) -> Result<Entry, Box<dyn Error>> {
        let id: placet::SignalId = self.next()?;
        self.signal(&id.to_string(), kind, identity, source, at, vec![])
    }

    fn signal(
        &self,
        id: &str,
        kind: &str,
        identity: &Identity,
        source: Source,
        at: Instant,
        attributes: Vec<Attribute>,
    ) -> Result<Entry, Box<dyn Error>> {
        let (id, kind, contact) = (id.parse()?, kind.parse()?, self.id.clone());
        let spec = SignalSpec {
            id,
            contact,
            identity: identity.clone(),
            kind,
            source: Some(source),
            at,
            attributes,
        };
        Ok(self.entry(Body::Signal(Admitted::new(spec, at))))
    }

    fn entry(&self, body: Body) -> Entry {
        Entry::new(self.id.clone(), body)
    }
}

const DAY: u64 = 86_400;

fn evidence(method: Method) -> Result<Evidence, Box<dyn Error>> {
    Ok(Evidence::new(Actor::Person, method).at("simulated".parse()?))
}

fn later(at: Instant, seconds: u64) -> Result<Instant, Box<dyn Error>> {
    let span = TimeDelta::seconds(i64::try_from(seconds)?);
    Ok(at.checked_add(span).ok_or("an instant after the year 9999")?)
}

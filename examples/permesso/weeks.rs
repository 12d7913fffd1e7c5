//! Three weeks, through the public API: the first mailing, the visits and the dialogue, the mailing chosen by likes.

use std::collections::BTreeMap;
use std::error::Error;

use placet::{
    Act, Actor, Contact, Event, Evidence, Grant, Identity, Instant, Journey, Method, Notice, Purpose,
    QueuedEvent, Reach, Reason, Scope, SignalSpec, Stage, Stop,
    channel::EMAIL,
    name::{EffectName, Network, SignalKind, TimeDelta},
    purpose::{NEWSLETTER, PROFILING, SOCIAL_LINKING},
};

use crate::case::Case;
use crate::chance::Chance;
use crate::counts::Counts;
use crate::people::{Dialogue, Newsletter, Somebody, draw};

/// So many are decided, and sent to, at once: the outbox holds no more.
const BATCH: usize = 20_000;

const THEMES: [&str; 5] = ["likes-cars", "likes-food", "likes-music", "likes-sport", "likes-travel"];

pub(crate) type Done<T> = Result<T, Box<dyn Error>>;

/// Everybody in the base, and what has come of them so far.
pub(crate) struct Weeks {
    case: Case,
    journey: Journey,
    chance: Chance,
    people: Vec<Somebody>,
    contacts: Vec<Contact>,
    facebook: Network,
    acts: u64,
    told: u64,
    /// Likes that were admitted.
    pub(crate) likes_kept: u64,
    pub(crate) came: u64,
    pub(crate) authorised: u64,
    /// Where everybody stands at the end.
    pub(crate) stages: BTreeMap<Option<Stage>, u64>,
    /// Every decision.
    pub(crate) decided: Counts,
    /// What left, by effect.
    pub(crate) sent: BTreeMap<EffectName, u64>,
    /// What was permitted when it was decided and refused when it was to be sent.
    pub(crate) dropped: BTreeMap<(EffectName, Reason), u64>,
    /// What left for somebody who, as drawn, had not consented. There is none.
    pub(crate) astray: u64,
}

/// Tells how far it is: what is done, how much of it, of how much.
pub(crate) type Progress<'p> = &'p mut dyn FnMut(&str, usize, usize);

impl Weeks {
    /// The base as it is before the campaign: everybody's identities and acts, nothing else.
    pub(crate) fn new(case: Case, progress: Progress<'_>) -> Done<Weeks> {
        let mut chance = Chance(case.seed);
        let people = draw(&case, &mut chance);
        let journey = Journey::from_json(include_str!("journey.json"))?;
        let mut weeks = Weeks {
            case,
            journey,
            chance,
            contacts: Vec::with_capacity(people.len()),
            people,
            facebook: "facebook".parse()?,
            acts: 0,
            told: 0,
            likes_kept: 0,
            came: 0,
            authorised: 0,
            stages: BTreeMap::new(),
            decided: Counts::default(),
            sent: BTreeMap::new(),
            dropped: BTreeMap::new(),
            astray: 0,
        };
        for number in 0..weeks.people.len() {
            let mail = Identity::email(&format!("somebody-{number}@example.org"))?;
            let id = format!("c-{number}").parse()?;
            weeks.contacts.push(Contact::open(id, mail, weeks.journey.vocabulary()));
            weeks.sign_up(number)?;
            report(progress, "the base", number, weeks.people.len());
        }
        Ok(weeks)
    }

    pub(crate) fn run(&mut self, progress: Progress<'_>) -> Done<()> {
        self.mail("campaign", self.day(0, 9)?, "the first mailing", progress)?;
        self.first_week(progress)?;
        self.second_week()?;
        self.mail("selection", self.day(14, 9)?, "the mailing by likes", progress)?;
        let end = self.day(21, 0)?;
        for contact in &self.contacts {
            let stage = self.journey.stands_at(contact, end).cloned();
            *self.stages.entry(stage).or_default() += 1;
        }
        Ok(())
    }

    /// What somebody said of the newsletter before the campaign, in the months before it.
    fn sign_up(&mut self, who: usize) -> Done<()> {
        let newsletter = self.people.get(who).map_or(Newsletter::Never, |somebody| somebody.newsletter);
        let days = i64::try_from(40 + self.chance.below(160))?;
        let at = later(self.day(0, 12)?, TimeDelta::days(-days))?;
        let then = later(at, TimeDelta::days(20))?;
        if newsletter == Newsletter::Never {
            return Ok(());
        }
        let mail = self.mail_of(who)?;
        let grant = self.grant(NEWSLETTER.by(EMAIL), &mail, "newsletter-form", "2012-09", at)?;
        let grant = match newsletter {
            Newsletter::Unconfirmed => grant.confirm_by(later(at, TimeDelta::days(2))?)?,
            Newsletter::Ended => grant.until(then)?,
            _ => grant,
        };
        self.append(who, grant)?;
        self.signal(who, "signed-up", mail, at)?;
        let reach = Reach::everything().purpose(NEWSLETTER);
        let id = format!("stop-{who}").parse()?;
        match newsletter {
            Newsletter::Withdrew => self.append(who, Stop::withdraw(id, reach, then, then)),
            Newsletter::Objected => self.append(who, Stop::object(id, reach, then, then)),
            _ => Ok(()),
        }
    }

    /// A mailing: decided at nine for everybody in the base, sent at noon to whoever still consents.
    fn mail(&mut self, kind: &str, nine: Instant, what: &str, progress: Progress<'_>) -> Done<()> {
        let (ten, noon) = (later(nine, TimeDelta::hours(1))?, later(nine, TimeDelta::hours(3))?);
        for begin in (0..self.people.len()).step_by(BATCH) {
            let batch = begin..self.people.len().min(begin + BATCH);
            let mut outbox = Vec::new();
            for who in batch.clone() {
                let mail = self.mail_of(who)?;
                outbox.extend(self.signal(who, kind, mail, nine)?.into_iter().map(|queued| (who, queued)));
            }
            for who in batch.filter(|_| kind == "campaign") {
                if self.people.get(who).is_some_and(|somebody| somebody.leaves) {
                    let id = format!("leave-{who}").parse()?;
                    self.append(who, Stop::withdraw(id, NEWSLETTER.by(EMAIL).into(), ten, ten))?;
                }
            }
            for (who, queued) in outbox {
                self.release(who, queued, noon)?;
            }
            report(progress, what, begin, self.people.len());
        }
        Ok(())
    }

    /// Whoever comes sees the dialogue; whoever authorises the application brings their likes.
    fn first_week(&mut self, progress: Progress<'_>) -> Done<()> {
        for who in 0..self.people.len() {
            report(progress, "the first week", who, self.people.len());
            let dialogue = self.people.get(who).map_or(Dialogue::NotSeen, |somebody| somebody.dialogue);
            if dialogue == Dialogue::NotSeen {
                continue;
            }
            self.came += 1;
            let second = i64::try_from(self.chance.below(7 * 86_400 - 3_600))?;
            let at = later(self.day(0, 13)?, TimeDelta::seconds(second))?;
            let account = Identity::account(self.facebook.clone(), &format!("somebody.{who}"))?;
            let mail = self.mail_of(who)?;
            self.signal(who, "visit", mail, at)?;
            if let Some(contact) = self.contacts.get_mut(who) {
                contact.link(account.clone());
            }
            match dialogue {
                Dialogue::Authorises { profiling, likes, .. } => {
                    self.authorised += 1;
                    self.authorise(who, &account, profiling, at)?;
                    self.likes(who, &account, likes, at)?;
                }
                _ => {
                    let id = format!("no-{who}").parse()?;
                    self.append(who, Stop::refuse(id, self.social(SOCIAL_LINKING)?.into(), at, at))?;
                    // What they like in public could be seen all the same. It is not kept.
                    self.likes(who, &account, 1, at)?;
                }
            }
        }
        Ok(())
    }

    fn authorise(&mut self, who: usize, account: &Identity, profiling: bool, at: Instant) -> Done<()> {
        for purpose in [SOCIAL_LINKING, PROFILING].into_iter().take(1 + usize::from(profiling)) {
            let scope = self.social(purpose)?;
            let grant = self.grant(scope, account, "social-dialogue", "2013-01", at)?;
            self.append(who, grant)?;
        }
        for queued in self.signal(who, "authorised", account.clone(), at)? {
            self.release(who, queued, at)?;
        }
        Ok(())
    }

    /// One theme is liked more than the others.
    fn likes(&mut self, who: usize, account: &Identity, likes: u32, at: Instant) -> Done<()> {
        let favourite = self.chance.below(5);
        for _ in 0..likes {
            let theme = if self.chance.below(100) < 60 { favourite } else { self.chance.below(5) };
            let kind = THEMES.get(usize::try_from(theme)?).copied().unwrap_or_default();
            self.signal(who, kind, account.clone(), at)?;
        }
        Ok(())
    }

    /// Some revoke what they authorised: all that goes by the network.
    fn second_week(&mut self) -> Done<()> {
        let at = self.day(9, 18)?;
        for who in 0..self.people.len() {
            let dialogue = self.people.get(who).map(|somebody| somebody.dialogue);
            if matches!(dialogue, Some(Dialogue::Authorises { revokes: true, .. })) {
                let reach = Reach::everything().by(placet::Channel::social(&self.facebook)?);
                self.append(who, Stop::withdraw(format!("revoke-{who}").parse()?, reach, at, at))?;
            }
        }
        Ok(())
    }

    /// A signal that is handled when it happens. Gives what may be sent, later.
    fn signal(&mut self, who: usize, kind: &str, identity: Identity, at: Instant) -> Done<Vec<QueuedEvent>> {
        let contact = self.contacts.get_mut(who).ok_or("nobody has this number")?;
        self.told += 1;
        let spec = SignalSpec {
            id: format!("s-{}", self.told).parse()?,
            contact: contact.id().clone(),
            identity,
            kind: kind.parse::<SignalKind>()?,
            source: None,
            at,
            attributes: Vec::new(),
        };
        let signal = self.journey.signal(spec)?;
        let decision = self.journey.decide(&*contact, &signal, at)?;
        self.decided.note(&decision);
        self.likes_kept += u64::from(kind.starts_with("likes-") && decision.unadmitted().is_none());
        Ok(decision.commit(contact)?)
    }

    /// Asks again, and sends where the answer is still yes.
    fn release(&mut self, who: usize, queued: QueuedEvent, now: Instant) -> Done<()> {
        let contact = self.contacts.get(who).ok_or("nobody has this number")?;
        let effect = queued.effect().clone();
        match self.journey.release(queued, contact, now).into_result() {
            Ok(event) => {
                let consents = self.people.get(who).is_some_and(|somebody| consents(somebody, &event));
                self.astray += u64::from(!consents);
                *self.sent.entry(effect).or_default() += 1;
            }
            Err(no) => *self.dropped.entry((effect, no.reason())).or_default() += 1,
        }
        Ok(())
    }

    fn append(&mut self, who: usize, act: impl Into<Act>) -> Done<()> {
        self.acts += 1;
        let _ = self.contacts.get_mut(who).ok_or("nobody has this number")?.append(act)?;
        Ok(())
    }

    fn grant(&self, scope: Scope, to: &Identity, notice: &str, version: &str, at: Instant) -> Done<Grant> {
        let notice = Notice::new(notice.parse()?, version.parse()?);
        let evidence =
            Evidence::new(Actor::Person, Method::UntickedBox).shown(notice).at("simulated".parse()?);
        Ok(Grant::new(format!("yes-{}", self.acts).parse()?, scope, to.clone(), evidence, at, at)?)
    }

    fn social(&self, purpose: Purpose) -> Done<Scope> {
        Ok(purpose.by(placet::Channel::social(&self.facebook)?))
    }

    fn mail_of(&self, who: usize) -> Done<Identity> {
        let contact = self.contacts.get(who).ok_or("nobody has this number")?;
        Ok(contact.ledger().identities().next().cloned().ok_or("everybody has an address")?)
    }

    /// So many days after the Monday of the campaign, at an hour.
    fn day(&self, day: i64, hour: i64) -> Done<Instant> {
        later("2013-03-04T00:00:00Z".parse()?, TimeDelta::hours(24 * day + hour))
    }

    pub(crate) fn acts(&self) -> u64 {
        self.acts
    }

    pub(crate) fn case(&self) -> &Case {
        &self.case
    }
}

/// Whether somebody, as drawn, consents to what was sent. It looks into no ledger.
fn consents(somebody: &Somebody, event: &Event<'_>) -> bool {
    let by_likes = event.effect().as_str().ends_with("-mailing");
    let profiled = matches!(somebody.dialogue, Dialogue::Authorises { profiling: true, revokes: false, .. });
    somebody.newsletter == Newsletter::Yes && !somebody.leaves && (profiled || !by_likes)
}

fn later(at: Instant, span: TimeDelta) -> Done<Instant> {
    Ok(at.checked_add(span).ok_or("the calendar ends before this")?)
}

fn report(progress: Progress<'_>, what: &str, done: usize, of: usize) {
    if done % BATCH == 0 {
        progress(what, done, of);
    }
}

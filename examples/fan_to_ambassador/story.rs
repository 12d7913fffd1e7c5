//! Ada's story. What arrives is written here; what comes of it is read from the decisions and told.

use std::convert::Infallible;
use std::error::Error;

use placet::{
    Actor, Ask, Book, Contact, ContactId, Decision, Event, Evidence, Grant, Identity, Instant, Journey,
    Method, Notice, Reach, Reason, Scope, SignalSpec, Stop,
    book::Dispatched,
    channel::EMAIL,
    consent::Remedy,
    purpose::{NEWSLETTER, OFFERS, REFERRAL, SOCIAL_LINKING},
};

use crate::report::{day, in_words, stage_name, wrap};

type Told<T> = Result<T, Box<dyn Error>>;

/// The whole story, as text.
pub(crate) fn tell() -> Told<String> {
    let facebook = Identity::parse("account/facebook:ada")?;
    let mail = Identity::email("ada@example.org")?;
    let linking = SOCIAL_LINKING.by("social/facebook".parse()?);
    let mut ada = Story::begin(facebook.clone(), mail.clone())?;

    ada.signal("2013-05-01T20:10:00Z", "Ada likes a page of the brand.", "like", &facebook)?;
    ada.yes(
        "2013-05-02T20:00:00Z",
        "The brand asks, in a dialogue on the network, whether it may link her profile. She agrees.",
        linking.clone(),
        &facebook,
        "social-dialogue",
    )?;
    ada.signal("2013-05-02T20:05:00Z", "She likes the page again.", "like", &facebook)?;
    ada.bought_list("2013-05-06T09:00:00Z", OFFERS.by(EMAIL), &mail)?;
    ada.yes(
        "2013-05-08T18:30:00Z",
        "She ticks the empty box for the newsletter.",
        NEWSLETTER.by(EMAIL),
        &mail,
        "newsletter-form",
    )?;
    ada.signal("2013-05-08T18:30:00Z", "The form is sent: she signs up.", "newsletter-signup", &mail)?;
    ada.send("2013-05-08T19:00:00Z", "That evening the mail goes out.")?;
    ada.no("2013-05-20T12:00:00Z", "She no longer wants her profile linked.", linking.into())?;
    ada.yes(
        "2013-06-01T15:00:00Z",
        "At the counter she signs for offers by e-mail, too.",
        OFFERS.by(EMAIL),
        &mail,
        "shop-counter",
    )?;
    ada.signal("2013-06-01T15:05:00Z", "She buys, for the first time.", "purchase", &mail)?;
    ada.no("2013-06-01T21:00:00Z", "At home she thinks better of it: no offers.", OFFERS.by(EMAIL).into())?;
    ada.send("2013-06-02T08:00:00Z", "Next morning the mail goes out.")?;
    ada.yes(
        "2013-07-10T16:00:00Z",
        "In the shop, at the table, she is asked whether she would bring friends. She signs.",
        REFERRAL.by(EMAIL),
        &mail,
        "shop-counter",
    )?;
    ada.signal("2013-07-12T11:00:00Z", "She recommends the brand to a friend.", "recommendation", &mail)?;
    ada.send("2013-07-12T12:00:00Z", "An hour later the mail goes out.")?;
    ada.end()
}

/// A book with one contact, and the text so far.
struct Story {
    book: Book,
    contact: ContactId,
    told: String,
    /// Signals and acts so far; ids are made of it.
    count: u32,
    left: Vec<String>,
    refused: Vec<String>,
}

impl Story {
    fn begin(first: Identity, other: Identity) -> Told<Story> {
        let contact: ContactId = "ada".parse()?;
        let mut book = Book::new(Journey::reference()?);
        book.open(contact.clone(), first)?;
        book.link(&contact, other)?;
        let told = "ADA'S STORY\n".to_owned();
        Ok(Story { book, contact, told, count: 0, left: Vec::new(), refused: Vec::new() })
    }

    fn id(&mut self, prefix: &str) -> String {
        self.count += 1;
        format!("{prefix}-{}", self.count)
    }

    fn ada(&mut self) -> Told<&Contact> {
        Ok(self.book.contact(&self.contact).ok_or("Ada is not in the book")?)
    }

    /// What happens, with its date.
    fn happens(&mut self, at: Instant, what: &str) {
        self.told.push('\n');
        self.told.push_str(&wrap("", &format!("{}. {what}", day(at))));
    }

    /// What comes of it.
    fn outcome(&mut self, sentence: &str) {
        self.told.push_str(&wrap("   > ", sentence));
    }

    /// A signal arrives; the decision is told.
    fn signal(&mut self, at: &str, what: &str, kind: &str, identity: &Identity) -> Told<()> {
        let at: Instant = at.parse()?;
        self.happens(at, what);
        let id = self.id("signal").parse()?;
        let signal = self.book.journey().signal(SignalSpec {
            id,
            contact: self.contact.clone(),
            identity: identity.clone(),
            kind: kind.parse()?,
            source: None,
            at,
            attributes: vec![],
        })?;
        let observed = self.book.observe(&signal, at)?;
        if let Some(decision) = observed.decision() {
            for sentence in sentences(decision, self.ada()?, &signal) {
                self.outcome(&sentence);
            }
            self.refused.extend(decision.refusals().map(|(effect, _)| effect.to_string()));
        }
        self.stands(at)
    }

    /// She permits one thing.
    fn yes(&mut self, at: &str, what: &str, scope: Scope, identity: &Identity, notice: &str) -> Told<()> {
        let at: Instant = at.parse()?;
        self.happens(at, what);
        let shown = Notice::new(notice.parse()?, "2013-01".parse()?);
        let method = if notice == "shop-counter" { Method::SignedForm } else { Method::UntickedBox };
        let evidence = Evidence::new(Actor::Person, method).shown(shown);
        let id = self.id("act");
        let grant = Grant::new(id.parse()?, scope, identity.clone(), evidence, at, at)?;
        self.outcome(&format!("Written down as {id}: a grant of {}.", grant.scope()));
        let _ = self.book.append(&self.contact, grant)?;
        self.stands(at)
    }

    /// She takes something back.
    fn no(&mut self, at: &str, what: &str, reach: Reach) -> Told<()> {
        let at: Instant = at.parse()?;
        self.happens(at, what);
        let id = self.id("act");
        let _ = self.book.stop(&self.contact, Stop::withdraw(id.parse()?, reach, at, at))?;
        self.outcome(&format!("Written down as {id}, a withdrawal, in force at once."));
        self.stands(at)
    }

    /// Somebody else says that she permits it.
    fn bought_list(&mut self, at: &str, scope: Scope, identity: &Identity) -> Told<()> {
        let at: Instant = at.parse()?;
        let id = self.id("act").parse()?;
        self.happens(
            at,
            &format!("An agency sells a list on which Ada has agreed to {scope}. It is loaded."),
        );
        let evidence = Evidence::new(Actor::Import, Method::Import);
        match Grant::new(id, scope, identity.clone(), evidence, at, at) {
            Ok(grant) => {
                self.outcome(&format!("Written down: a grant of {}.", grant.scope()));
                let _ = self.book.append(&self.contact, grant)?;
            }
            Err(error) => self.outcome(&format!("Not written down. {}.", capital(&error.to_string()))),
        }
        Ok(())
    }

    /// What is queued is asked again, and leaves or does not.
    fn send(&mut self, at: &str, what: &str) -> Told<()> {
        let at: Instant = at.parse()?;
        self.happens(at, what);
        let queued: Vec<_> = self.book.outbox().queued().cloned().collect();
        for waiting in queued {
            let mut letter = String::new();
            let dispatched = self.book.dispatch_one(waiting.key(), at, &mut |event: Event<'_>| {
                let grants: Vec<String> = event.citations().map(|cited| cited.act().to_string()).collect();
                letter = format!(
                    "Left the house: {} by {}, from {}. It rests on {}.",
                    event.effect(),
                    event.channel(),
                    event.controller(),
                    grants.join(" and ")
                );
                Ok::<(), Infallible>(())
            });
            match dispatched {
                Dispatched::Sent => {
                    self.left.push(waiting.effect().to_string());
                    self.outcome(&letter);
                }
                Dispatched::Refused(no) => {
                    self.refused.push(waiting.effect().to_string());
                    let ledger = self.ada()?.ledger();
                    // The refusal does not name its scope: it is the first that the ledger refuses now.
                    let asks = waiting
                        .citations()
                        .map(|cited| Ask::new(cited.scope().clone(), cited.identity().clone()));
                    let ask = asks.into_iter().find(|ask| ledger.refuses(ask, no.at()).is_some());
                    let cause = no.cause(ledger);
                    let cause = cause
                        .map(|act| format!(" ({} of {})", act.id(), day(act.acted())))
                        .unwrap_or_default();
                    let (scope, cure) = match &ask {
                        Some(ask) => (ask.scope().to_string(), cure(&no.remedy(ask, ledger))),
                        None => (String::new(), String::new()),
                    };
                    let why = in_words(no.reason());
                    self.outcome(&format!(
                        "Stopped before it left: {}. {}: {why}{cause}. {cure}",
                        waiting.effect(),
                        capital(&scope),
                    ));
                }
                other => self.outcome(&format!("{}: {other:?}", waiting.effect())),
            }
        }
        Ok(())
    }

    /// Where she stands, and what she holds if that is more.
    fn stands(&mut self, at: Instant) -> Told<()> {
        let journey = self.book.journey().clone();
        let ada = self.ada()?;
        let held = ada.held_stage();
        let stands = journey.stands_at(ada, at).cloned();
        let now = stage_name(stands.as_ref()).to_owned();
        let sentence = if stands == held {
            format!("She stands at: {now}.")
        } else {
            format!(
                "She stands at: {now}. (She holds {}, which rests on consent.)",
                stage_name(held.as_ref())
            )
        };
        self.outcome(&sentence);
        Ok(())
    }

    fn end(mut self) -> Told<String> {
        let list = |names: &[String]| if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
        let (left, refused) = (list(&self.left), list(&self.refused));
        self.told.push('\n');
        self.told.push_str(&wrap("", &format!("What left the house: {left}. What did not: {refused}.")));
        Ok(self.told)
    }
}

/// A decision in sentences.
fn sentences(decision: &Decision<'_>, contact: &Contact, signal: &placet::Signal) -> Vec<String> {
    if let Some(no) = decision.unadmitted() {
        let why = because(no.reason(), no.scope(), &no.remedy(contact));
        let kept = contact.admitted(signal.kind());
        return vec![
            format!("Not admitted. {why}"),
            format!("Kept on file of kind {}: {kept}.", signal.kind()),
        ];
    }
    let mut sentences = Vec::new();
    match (decision.transition(), decision.rule()) {
        (Some(moved), Some(rule)) => {
            sentences.push(format!("The rule {rule} moves her to: {}.", stage_name(moved.to())));
        }
        (None, Some(rule)) => sentences.push(format!("The rule {rule} moves nothing.")),
        (_, None) => sentences.push("Noted. No rule is about it here.".to_owned()),
    }
    sentences.extend(decision.queued().map(|effect| format!("Queued: {effect}.")));
    let refused = decision.refusals();
    sentences.extend(refused.map(|(effect, no)| {
        format!("Refused: {effect}. {}", because(no.reason(), no.scope(), &no.remedy(contact)))
    }));
    sentences
}

fn because(reason: Reason, scope: &Scope, remedy: &Remedy) -> String {
    format!("{}: {}. {}", capital(&scope.to_string()), in_words(reason), cure(remedy))
}

fn cure(remedy: &Remedy) -> String {
    if remedy.steps().is_empty() {
        capital(&format!("{remedy}."))
    } else {
        format!("What would cure it: {remedy}.")
    }
}

fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_tells_what_was_decided() -> Told<()> {
        let told = tell()?;
        let flat = told.split_whitespace().collect::<Vec<_>>().join(" ");
        for sentence in [
            "Not admitted. Social-linking by social/facebook: nobody ever said yes to this. \
             What would cure it: a grant of social-linking by social/facebook by the person. \
             > Kept on file of kind like: 0. > She stands at: no stage.",
            "moves her to: fan.",
            "Not written down. The evidence does not prove the act",
            "> Queued: welcome-mail. > Refused: best-prospect-mailing. Offers by email: nobody ever said yes \
             to this. What would cure it: a grant of offers by email by the person.",
            "She stands at: subscriber+fan.",
            "Left the house: welcome-mail by email, from the-brand. It rests on act-5.",
            "She stands at: subscriber. (She holds subscriber+fan",
            "She stands at: customer.",
            "Stopped before it left: onboarding. Offers by email: the yes was taken back (act-10 of 1 June 2013). \
             What would cure it: a new grant of offers by email by the person, later than 2013-06-01T21:00:00Z.",
            "She stands at: ambassador.",
            "What left the house: welcome-mail, referral-invitation. What did not: best-prospect-mailing, onboarding.",
        ] {
            assert!(flat.contains(sentence), "{sentence}");
        }
        assert_eq!(told, tell()?, "told twice, it is the same");
        Ok(())
    }
}

//! The plain form, read: the first place that is not written as it should be is told, and nothing is guessed.

mod saying;
mod value;

use std::str::FromStr;

use placet::{
    Identity, Instant, Reach, Recipient, Scope,
    name::{Name, NameError, SELF},
    signal::Source,
};

use super::day::{self, Day};
use super::fault::{Places, Problem, TextFault};
use super::then::Then;
use super::what::{Arrives, Confirms, Grants, Lifts, Merges, Pauses, Plain, Stops, Voids, What};
use super::words::{Line, lines};
use super::{KnownBy, Scenario, Scenarios, Step, When};

/// The word for a reach without a purpose.
pub(super) const EVERYTHING: &str = "everything";

/// The words for where a signal came from.
pub(super) const SOURCES: [(&str, Source); 5] = [
    ("network", Source::Network),
    ("shop", Source::Shop),
    ("web", Source::Web),
    ("mail", Source::Mail),
    ("phone", Source::Phone),
];

pub(super) use value::bare;
use value::{attribute, unquoted};

type Result<T> = std::result::Result<T, TextFault>;

pub(super) fn read(text: &str) -> Result<Scenarios> {
    let mut lines = lines(text);
    let mut reader = Reader::default();
    let Some(mut first) = lines.next() else {
        return Err(TextFault { line: 1, column: 1, problem: Problem::Header });
    };
    reader.header(&mut first)?;
    for mut line in lines {
        reader.line(&mut line)?;
    }
    Ok(Scenarios {
        placet: reader.version,
        day_1: reader.day_1,
        scenarios: reader.scenarios,
        places: Places(reader.places),
    })
}

#[derive(Default)]
struct Reader {
    version: u32,
    day_1: Option<Day>,
    scenarios: Vec<Scenario>,
    places: std::collections::BTreeMap<String, (usize, usize)>,
    /// The path of what is being read.
    path: String,
    /// A `then` said that nothing more moves, or nothing more follows at all.
    stays: bool,
    nothing: bool,
}

impl Reader {
    fn header(&mut self, line: &mut Line<'_>) -> Result<()> {
        let header = |line: &Line<'_>| line.fault(Problem::Header);
        if !(line.takes("placet") && line.takes("scenarios")) {
            return Err(header(line));
        }
        self.mark("placet", line);
        self.version = line.peek().and_then(|word| word.parse().ok()).ok_or_else(|| header(line))?;
        line.skip();
        line.ends(&[])
    }

    fn line(&mut self, line: &mut Line<'_>) -> Result<()> {
        let begins = ["day", "scenario", "identity", "given", "when", "then"];
        let word = line.one_of("`scenario`, `identity`, `given`, `when` or `then`", &begins)?;
        let at = self.scenarios.len().saturating_sub(1);
        let Some(scenario) = self.scenarios.last().filter(|_| word != "scenario") else {
            return match word {
                "day" if self.day_1.is_none() => self.first_day(line),
                "day" => Err(line.wrong(Problem::LateDay)),
                "scenario" => self.scenario(line),
                _ => Err(line.wrong(Problem::Outside)),
            };
        };
        let steps = scenario.steps.len();
        match word {
            "identity" => {
                self.path = format!("scenarios[{at}].identities[{}]", scenario.identities.len());
                self.identity(line)
            }
            "given" | "when" => {
                self.path = format!("scenarios[{at}].steps[{steps}].{word}");
                self.step(line, word == "when")
            }
            "then" => {
                self.path = format!("scenarios[{at}].steps[{}].when.then", steps.saturating_sub(1));
                self.then(line)
            }
            _ => Err(line.wrong(Problem::LateDay)),
        }
    }

    fn first_day(&mut self, line: &mut Line<'_>) -> Result<()> {
        line.word("1", "`1 is` and a date")?;
        line.word("is", "`is` and a date")?;
        self.day_1 = Some(line.due("a date", |word| word.parse().map_err(Problem::Day))?);
        line.ends(&[])
    }

    fn scenario(&mut self, line: &mut Line<'_>) -> Result<()> {
        self.path = format!("scenarios[{}]", self.scenarios.len());
        self.places.insert(self.path.clone(), line.begin());
        let name = self.name(line, "the name of the scenario", ".name")?;
        self.scenarios.push(Scenario::named(name));
        line.ends(&[])
    }

    fn identity(&mut self, line: &mut Line<'_>) -> Result<()> {
        self.places.insert(self.path.clone(), line.begin());
        let name = self.name(line, "a name for the identity", ".name")?;
        self.mark(".identity", line);
        let identity = line.due("an address or account, written kind:address", |word| {
            Identity::parse(word).map_err(Problem::Identity)
        })?;
        line.ends(&[])?;
        match self.scenarios.last_mut() {
            Some(scenario) if scenario.steps.is_empty() => {
                scenario.identities.push(KnownBy { name, identity })
            }
            _ => return Err(line.wrong(Problem::LateIdentity)),
        }
        Ok(())
    }

    fn step(&mut self, line: &mut Line<'_>, when: bool) -> Result<()> {
        self.places.insert(self.path.clone(), line.begin());
        let at = self.instant(line, ".at")?;
        let what = self.what(line)?;
        (self.stays, self.nothing) = (false, false);
        if let Some(scenario) = self.scenarios.last_mut() {
            scenario.steps.push(match when {
                true => Step::When(When { at, what, then: Then::nothing() }),
                false => Step::Given(super::Given { at, what }),
            });
        }
        Ok(())
    }

    fn what(&mut self, line: &mut Line<'_>) -> Result<What> {
        const VERBS: [&str; 15] = [
            "grants",
            "confirms",
            "unobjects",
            "unrestricts",
            "withdraws",
            "refuses",
            "objects",
            "restricts",
            "pauses",
            "voids",
            "erases",
            "signal",
            "merges",
            "releases",
            "waits",
        ];
        let place = line.place();
        let verb = line.one_of("what happens: `signal` and its kind, `grants`, `withdraws` or another act, `merges`, `releases` or `waits`", &VERBS)?;
        let above = self.path.clone();
        self.path.push_str(match verb {
            "grants" => ".what.grant",
            "confirms" => ".what.confirm",
            "unobjects" => ".what.unobject",
            "unrestricts" => ".what.unrestrict",
            "withdraws" => ".what.withdraw",
            "refuses" => ".what.refuse",
            "objects" => ".what.object",
            "restricts" => ".what.restrict",
            "pauses" => ".what.pause",
            "voids" => ".what.void",
            "signal" => ".what.signal",
            "merges" => ".what.merge",
            _ => ".what",
        });
        self.places.insert(self.path.clone(), place);
        let what = match verb {
            "grants" => What::Grant(self.grants(line)?),
            "confirms" => {
                What::Confirm(Confirms { grant: self.name(line, "the name of a grant", ".grant")? })
            }
            "unobjects" => What::Unobject(self.lifts(line)?),
            "unrestricts" => What::Unrestrict(self.lifts(line)?),
            "withdraws" => What::Withdraw(self.stops(line)?),
            "refuses" => What::Refuse(self.stops(line)?),
            "objects" => What::Object(self.stops(line)?),
            "restricts" => What::Restrict(self.stops(line)?),
            "pauses" => What::Pause(self.pauses(line)?),
            "voids" => What::Void(Voids {
                act: self.name(line, "the name of a grant, a confirm or a lift", ".act")?,
            }),
            "erases" => What::Erase(Plain {}),
            "signal" => What::Signal(self.signal(line)?),
            "merges" => {
                line.word("with", "`with` and the stage that the other contact holds")?;
                What::Merge(Merges { with: self.name(line, "a stage, or `none`", ".with")? })
            }
            "releases" => What::Release(Plain {}),
            _ => What::Wait(Plain {}),
        };
        line.ends(&[])?;
        self.path = above;
        Ok(what)
    }

    fn grants(&mut self, line: &mut Line<'_>) -> Result<Grants> {
        let mut grants = Grants::new(self.scope(line, ".scope")?);
        grants.identity = self.after("for", line, ".identity")?;
        if line.takes("begins") {
            grants.begins = Some(self.instant(line, ".begins")?);
        }
        if line.takes("until") {
            grants.until = Some(self.instant(line, ".until")?);
        }
        if line.takes("confirm") {
            line.word("by", "`by` and an instant")?;
            grants.confirm_by = Some(self.instant(line, ".confirm_by")?);
        }
        grants.id = self.after("as", line, ".id")?;
        line.ends(&["for", "begins", "until", "confirm", "as"])?;
        Ok(grants)
    }

    fn lifts(&mut self, line: &mut Line<'_>) -> Result<Lifts> {
        let scope = self.scope(line, ".scope")?;
        let identity = self.after("for", line, ".identity")?;
        line.ends(&["for"])?;
        Ok(Lifts { scope, identity })
    }

    fn stops(&mut self, line: &mut Line<'_>) -> Result<Stops> {
        let stops = self.reach(line)?;
        line.ends(&["by", "to", "only"])?;
        Ok(stops)
    }

    fn pauses(&mut self, line: &mut Line<'_>) -> Result<Pauses> {
        let Stops { reach, only } = self.reach(line)?;
        line.word("until", "`until` and an instant: a pause ends by itself")?;
        let until = self.instant(line, ".until")?;
        Ok(Pauses { reach, only, until })
    }

    /// What a stop covers, and which identity alone it is about.
    fn reach(&mut self, line: &mut Line<'_>) -> Result<Stops> {
        let mut reach = Reach::everything();
        if !line.takes(EVERYTHING) {
            self.mark(".reach.purpose", line);
            let purpose: Name = line.due("`everything`, or a purpose", |word| {
                unquoted(word).unwrap_or(word).parse().map_err(Problem::Name)
            })?;
            reach = reach.purpose(purpose.into());
        }
        if let Some(channel) = self.after("by", line, ".reach.channel")? {
            reach = reach.by(channel);
        }
        if let Some(recipient) = self.after("to", line, ".reach.recipient")? {
            reach = reach.to(recipient);
        }
        let only = self.after("only", line, ".only")?;
        Ok(Stops { reach, only })
    }

    fn signal(&mut self, line: &mut Line<'_>) -> Result<Arrives> {
        let mut signal = Arrives::new(self.name(line, "a kind of signal", ".kind")?);
        signal.identity = self.after("on", line, ".identity")?;
        if line.takes("from") {
            let word =
                line.one_of("`network`, `shop`, `web`, `mail` or `phone`", &SOURCES.map(|(word, _)| word))?;
            signal.source = SOURCES.into_iter().find(|(source, _)| *source == word).map(|(_, source)| source);
        }
        if line.takes("with") {
            let first = signal.attributes.len();
            while signal.attributes.len() == first || line.peek().is_some_and(|word| word.contains('=')) {
                self.mark(&format!(".attributes[{}]", signal.attributes.len()), line);
                signal.attributes.push(line.due("an attribute, written name=value", attribute)?);
            }
        }
        if line.takes("handled") {
            signal.handled = Some(self.instant(line, ".handled")?);
        }
        line.ends(&["on", "from", "with", "handled"])?;
        Ok(signal)
    }

    fn scope(&mut self, line: &mut Line<'_>, path: &str) -> Result<Scope> {
        let purpose = self.name(line, "a purpose", &format!("{path}.purpose"))?;
        line.word("by", "`by` and one channel")?;
        let channel =
            self.name(line, "one channel, such as email or social/facebook", &format!("{path}.channel"))?;
        let recipient: Option<Recipient> = self.after("to", line, &format!("{path}.recipient"))?;
        Ok(Scope::new(purpose, channel, recipient.unwrap_or(SELF)))
    }

    /// A name after a word, if that word is there.
    fn after<T: FromStr<Err = NameError>>(
        &mut self,
        word: &'static str,
        line: &mut Line<'_>,
        path: &str,
    ) -> Result<Option<T>> {
        if line.takes(word) { self.name(line, "a name", path).map(Some) } else { Ok(None) }
    }

    fn name<T: FromStr<Err = NameError>>(
        &mut self,
        line: &mut Line<'_>,
        what: &'static str,
        path: &str,
    ) -> Result<T> {
        self.mark(path, line);
        line.name(what)
    }

    fn instant(&mut self, line: &mut Line<'_>, path: &str) -> Result<Instant> {
        self.mark(path, line);
        let fault = line.fault(Problem::Time);
        let Some(first) = line.peek() else {
            return Err(line.fault(Problem::Ends { what: "an instant" }));
        };
        let mut words = Vec::new();
        for _ in 0..day::words(first) {
            words.extend(line.peek());
            line.skip();
        }
        day::read(&words, self.day_1).ok_or(fault)
    }

    fn mark(&mut self, path: &str, line: &Line<'_>) {
        self.places.insert(format!("{}{path}", self.path), line.place());
    }
}

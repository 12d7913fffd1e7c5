//! The plain form, written: one fixed way for one value, so that a change is one line in a diff.

use std::fmt;

use placet::{Reach, name::Name, signal::Value};

use super::day::{self, Day};
use super::text::{EVERYTHING, SOURCES, bare};
use super::then::Then;
use super::what::{Arrives, Grants, Lifts, Pauses, Stops, What};
use super::{Given, Scenario, Scenarios, Step, When};

impl fmt::Display for Scenarios {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "placet scenarios {}", self.placet)?;
        if let Some(day) = self.day_1 {
            writeln!(f, "day 1 is {day}")?;
        }
        self.scenarios.iter().try_for_each(|scenario| write_scenario(f, scenario, self.day_1))
    }
}

fn write_scenario(f: &mut fmt::Formatter<'_>, scenario: &Scenario, first: Option<Day>) -> fmt::Result {
    writeln!(f, "\nscenario {}", scenario.name)?;
    let longest = scenario.identities.iter().map(|known| known.name.as_str().len()).max().unwrap_or_default();
    for known in &scenario.identities {
        let (kind, address) = (known.identity.kind(), known.identity.address());
        writeln!(f, "  identity  {:longest$}  {kind}:{address}", known.name.as_str())?;
    }
    for step in &scenario.steps {
        match step {
            Step::Given(Given { at, what }) => {
                writeln!(f, "  given     {}  {}", day::write(*at, first), Told { what, first })?;
            }
            Step::When(When { at, what, then }) => {
                writeln!(f, "  when      {}  {}", day::write(*at, first), Told { what, first })?;
                for saying in sayings(what, then) {
                    writeln!(f, "  then      {saying}")?;
                }
            }
        }
    }
    Ok(())
}

/// What follows, in words: where nothing else is said of a signal or a release, that it is nothing.
fn sayings(what: &What, then: &Then) -> Vec<String> {
    let mut sayings: Vec<String> = then.sayings().into_iter().map(|(_, saying)| saying).collect();
    let acts = !matches!(what, What::Signal(_) | What::Release(_));
    let moves = then.moves_to.is_some() || then.not_admitted.is_some();
    if then.is_quiet() {
        if !acts || sayings.is_empty() {
            sayings.insert(0, "nothing".to_owned());
        }
    } else if matches!(what, What::Signal(_)) && !moves {
        sayings.insert(0, "stays".to_owned());
    }
    sayings
}

/// What happens, in the words of the plain form.
pub(super) struct Told<'w> {
    pub(super) what: &'w What,
    pub(super) first: Option<Day>,
}

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lift = |f: &mut fmt::Formatter<'_>, verb: &str, Lifts { scope, identity }: &Lifts| {
            write!(f, "{verb} {scope}")?;
            after(f, "for", identity.as_ref())
        };
        match self.what {
            What::Grant(grants) => self.grants(f, grants),
            What::Confirm(confirms) => write!(f, "confirms {}", confirms.grant),
            What::Unobject(lifts) => lift(f, "unobjects", lifts),
            What::Unrestrict(lifts) => lift(f, "unrestricts", lifts),
            What::Withdraw(Stops { reach, only }) => write_reach(f, "withdraws", reach, only.as_ref()),
            What::Refuse(Stops { reach, only }) => write_reach(f, "refuses", reach, only.as_ref()),
            What::Object(Stops { reach, only }) => write_reach(f, "objects", reach, only.as_ref()),
            What::Restrict(Stops { reach, only }) => write_reach(f, "restricts", reach, only.as_ref()),
            What::Pause(Pauses { reach, only, until }) => {
                write_reach(f, "pauses", reach, only.as_ref())?;
                write!(f, " until {}", day::write(*until, self.first))
            }
            What::Void(voids) => write!(f, "voids {}", voids.act),
            What::Erase(_) => f.write_str("erases"),
            What::Signal(arrives) => self.arrives(f, arrives),
            What::Merge(merges) => write!(f, "merges with {}", merges.with),
            What::Release(_) => f.write_str("releases"),
            What::Wait(_) => f.write_str("waits"),
        }
    }
}

impl Told<'_> {
    fn grants(&self, f: &mut fmt::Formatter<'_>, grants: &Grants) -> fmt::Result {
        write!(f, "grants {}", grants.scope)?;
        after(f, "for", grants.identity.as_ref())?;
        if let Some(begins) = grants.begins {
            write!(f, " begins {}", day::write(begins, self.first))?;
        }
        if let Some(until) = grants.until {
            write!(f, " until {}", day::write(until, self.first))?;
        }
        if let Some(confirm_by) = grants.confirm_by {
            write!(f, " confirm by {}", day::write(confirm_by, self.first))?;
        }
        after(f, "as", grants.id.as_ref())
    }

    fn arrives(&self, f: &mut fmt::Formatter<'_>, arrives: &Arrives) -> fmt::Result {
        write!(f, "signal {}", arrives.kind)?;
        after(f, "on", arrives.identity.as_ref())?;
        let source = SOURCES.into_iter().find(|(_, source)| Some(*source) == arrives.source);
        after(f, "from", source.map(|(word, _)| word))?;
        if !arrives.attributes.is_empty() {
            f.write_str(" with")?;
        }
        for attribute in &arrives.attributes {
            match &attribute.value {
                Value::Text(text) if bare(text.as_str()).is_some() => {
                    write!(f, " {}=\"{text}\"", attribute.name)?;
                }
                value => write!(f, " {}={value}", attribute.name)?,
            }
        }
        match arrives.handled {
            Some(handled) => write!(f, " handled {}", day::write(handled, self.first)),
            None => Ok(()),
        }
    }
}

fn write_reach(f: &mut fmt::Formatter<'_>, verb: &str, reach: &Reach, only: Option<&Name>) -> fmt::Result {
    let (purpose, channel, recipient) = reach.parts();
    match purpose.map(|purpose| purpose.as_str()) {
        None => write!(f, "{verb} {EVERYTHING}")?,
        Some(EVERYTHING) => write!(f, "{verb} \"{EVERYTHING}\"")?,
        Some(purpose) => write!(f, "{verb} {purpose}")?,
    }
    after(f, "by", channel)?;
    after(f, "to", recipient)?;
    after(f, "only", only)
}

fn after<T: fmt::Display>(f: &mut fmt::Formatter<'_>, word: &str, what: Option<T>) -> fmt::Result {
    what.map_or(Ok(()), |what| write!(f, " {word} {what}"))
}

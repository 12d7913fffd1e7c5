//! Mutation: a journey changed in one small way at a time. What no scenario notices is a rule that nobody tests.

mod guard;
mod need;
mod operators;
mod same;

use std::fmt;

use placet::{Journey, JourneySpec, name::Name};
use serde::Serialize;

use super::scenario::{Nobody, Report, Suite, play};

/// A journey that is changed in one way.
///
/// ```
/// use placet::Journey;
/// use placet_lab::mutation::mutants;
/// let mutants = mutants(Journey::reference()?.spec());
/// assert_eq!(mutants[0].to_string(),
///     "stages[0].sustain[0]: fan no longer falls back to none without social-linking by social/*");
/// # Ok::<(), placet::journey::JourneyError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mutant {
    path: String,
    change: String,
    /// Why it cannot even be put together, or what it is.
    #[serde(skip)]
    made: Result<Box<JourneySpec>, String>,
}

/// What becomes of a mutant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// A scenario ends otherwise than it says: it noticed.
    Killed {
        /// The first that did.
        by: Name,
    },
    /// No scenario notices.
    Survived,
    /// It is no journey at all: it does not compile. Not counted.
    NoJourney {
        /// The first thing wrong with it.
        fault: String,
    },
    /// It can be told from the journey by nothing: wherever a contact stands, the same rules are tried in the same
    /// order, and a merge holds the same stage. Not counted.
    Equivalent,
}

/// What became of all mutants of a journey, in the order of its spec. `Display` is made for a terminal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Mutation {
    killed: Vec<Judged>,
    survived: Vec<Judged>,
    apart: Vec<Judged>,
}

/// A mutant, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Judged {
    /// The mutant.
    #[serde(flatten)]
    pub mutant: Mutant,
    /// What became of it.
    pub fate: Fate,
}

/// All mutants of a journey, in the order of its spec: the same for the same spec.
///
/// Rules are removed, change places, start from more or fewer stages, move elsewhere or not at all, and ask for less;
/// guards are dropped, and each part of one is negated, dropped or moved by one; needs are dropped, and ask for
/// another purpose, channel or recipient; what an effect says of its occasion (`within`, `still`) is dropped, shortened and
/// widened; admissions, and what sustains a stage, are removed, and stages fall back
/// elsewhere.
#[must_use]
pub fn mutants(spec: &JourneySpec) -> Vec<Mutant> {
    operators::all(spec)
}

impl Mutant {
    /// The path of the place that is changed.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is changed, in a sentence.
    #[must_use]
    pub fn change(&self) -> &str {
        &self.change
    }

    /// The changed journey; `None` where a guard would nest too deep.
    #[must_use]
    pub fn spec(&self) -> Option<&JourneySpec> {
        self.made.as_deref().ok()
    }
}

impl fmt::Display for Mutant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.change)
    }
}

impl Suite {
    /// Judges every mutant of the journey by these scenarios.
    ///
    /// To spread the work, judge each of [`mutants`] by [`Suite::fate`] wherever there is room, and collect what comes
    /// back in their order: the same mutants have the same fates.
    ///
    /// # Errors
    /// The [`Report`], where a scenario fails before anything is changed: who notices nothing wrong must be right first.
    pub fn mutate(&self) -> Result<Mutation, Report> {
        let report = self.run();
        if !report.is_fine() {
            return Err(report);
        }
        let judge = |mutant| Judged { fate: self.fate(&mutant), mutant };
        Ok(mutants(self.journey().spec()).into_iter().map(judge).collect())
    }

    /// What becomes of one mutant of the journey.
    #[must_use]
    pub fn fate(&self, mutant: &Mutant) -> Fate {
        let spec = match &mutant.made {
            Ok(spec) => JourneySpec::clone(spec),
            Err(fault) => return Fate::NoJourney { fault: fault.clone() },
        };
        if same::same(self.journey().spec(), &spec) {
            return Fate::Equivalent;
        }
        let journey = match Journey::compile(spec) {
            Ok(journey) => journey,
            Err(error) => {
                let fault = error.to_string().lines().next().unwrap_or_default().to_owned();
                return Fate::NoJourney { fault };
            }
        };
        for (name, scenario) in self.scenarios() {
            let mut noticed = false;
            let played = play(&journey, scenario, &mut Nobody, |ran, _| {
                noticed = !ran.as_expected();
                !noticed
            });
            if let Err(fault) = played {
                return Fate::NoJourney { fault: fault.to_string() };
            }
            if noticed {
                return Fate::Killed { by: name.clone() };
            }
        }
        Fate::Survived
    }
}

impl Mutation {
    /// Those that a scenario noticed.
    #[must_use]
    pub fn killed(&self) -> &[Judged] {
        &self.killed
    }

    /// Those that no scenario noticed.
    #[must_use]
    pub fn survived(&self) -> &[Judged] {
        &self.survived
    }

    /// Those that do not count: no journeys, or equivalent.
    #[must_use]
    pub fn apart(&self) -> &[Judged] {
        &self.apart
    }
}

impl FromIterator<Judged> for Mutation {
    fn from_iter<I: IntoIterator<Item = Judged>>(judged: I) -> Mutation {
        let mut mutation = Mutation::default();
        for judged in judged {
            match judged.fate {
                Fate::Killed { .. } => mutation.killed.push(judged),
                Fate::Survived => mutation.survived.push(judged),
                Fate::NoJourney { .. } | Fate::Equivalent => mutation.apart.push(judged),
            }
        }
        mutation
    }
}

impl fmt::Display for Mutation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = self.killed.len().saturating_add(self.survived.len());
        let equivalent = self.apart.iter().filter(|judged| judged.fate == Fate::Equivalent).count();
        let none = self.apart.len().saturating_sub(equivalent);
        writeln!(f, "{} of {counted} mutants are noticed by a scenario", self.killed.len())?;
        writeln!(f, "set apart: {none} that are no journey, {equivalent} that nothing can tell from it")?;
        if !self.survived.is_empty() {
            writeln!(f, "no scenario notices that")?;
        }
        self.survived.iter().try_for_each(|judged| writeln!(f, "  {}", judged.mutant))
    }
}

//! An insight that can be asked: a spec, checked against a journey.

use std::sync::Arc;

use placet::journey::plan::Need;
use placet::name::{Name, Stage};
use placet::{Instant, Journey};

use crate::compile::compile;
use crate::fault::{InsightError, SpecError, nearest};
use crate::history::Known;
use crate::plan::Compiled;
use crate::score::Ranking;
use crate::spec::InsightSpec;

/// A checked insight spec, ready to be asked. Cheap to clone.
///
/// ```
/// use placet::Journey;
/// use placet_insight::Insight;
/// let error = Insight::from_json(r#"{"placet":1,"name":"fans","views":[
///     {"name":"interest","needs":[{"purpose":"ofers","channel":"email"}]}]}"#, &Journey::reference()?).unwrap_err();
/// assert_eq!(error.to_string(),
///     "views[0].needs[0].purpose: no purpose `ofers` is declared: did you mean `offers`?");
/// # Ok::<(), placet::journey::JourneyError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Insight(Arc<Compiled>);

/// A named list of needs under which people are looked at.
#[derive(Debug, Clone, Copy)]
pub struct View<'i> {
    pub(crate) insight: &'i Insight,
    pub(crate) place: usize,
}

impl Insight {
    /// Checks a spec against a journey.
    ///
    /// # Errors
    /// [`SpecError::Meaning`] with all faults at once, each with its path.
    pub fn compile(spec: InsightSpec, journey: &Journey) -> Result<Insight, SpecError> {
        compile(spec, journey).map(|compiled| Insight(Arc::new(compiled))).map_err(SpecError::Meaning)
    }

    /// Reads a spec from JSON and checks it.
    ///
    /// # Errors
    /// [`SpecError::Shape`] with the first place that has not the form of a spec, else as [`Insight::compile`].
    pub fn from_json(text: &str, journey: &Journey) -> Result<Insight, SpecError> {
        Insight::compile(InsightSpec::from_json(text).map_err(SpecError::Shape)?, journey)
    }

    /// The spec that it was compiled from.
    #[must_use]
    pub fn spec(&self) -> &InsightSpec {
        &self.0.spec
    }

    /// The journey that it was checked against, which says which kinds and stages there are.
    #[must_use]
    pub fn journey(&self) -> &Journey {
        &self.0.journey
    }

    /// A view by its name.
    ///
    /// # Errors
    /// [`InsightError::Unknown`].
    pub fn view(&self, name: &str) -> Result<View<'_>, InsightError> {
        let place = place("view", name, self.spec().views.iter().map(|view| &view.name))?;
        Ok(View { insight: self, place })
    }

    /// The names of the tables that are looked at while people stand at a stage (I25); `None` for no stage.
    #[must_use]
    pub fn indicators(&self, stage: Option<&Stage>) -> &[Name] {
        let is = |named: &Stage| {
            if *named == placet::name::NO_STAGE { stage.is_none() } else { stage == Some(named) }
        };
        let phase = self.spec().phases.iter().find(|phase| is(&phase.stage));
        phase.map(|phase| phase.tables.as_slice()).unwrap_or_default()
    }

    pub(crate) fn compiled(&self) -> &Compiled {
        &self.0
    }

    pub(crate) fn is_same(&self, other: &Insight) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    pub(crate) fn score_place(&self, name: &str) -> Result<usize, InsightError> {
        place("score", name, self.spec().scores.iter().map(|score| &score.name))
    }

    pub(crate) fn segment_place(&self, name: &str) -> Result<usize, InsightError> {
        place("segment", name, self.spec().segments.iter().map(|segment| &segment.name))
    }

    pub(crate) fn view_name(&self, place: usize) -> &Name {
        // INVARIANT: a place of a view is one of the spec's.
        self.spec().views.get(place).map_or(&self.spec().name, |view| &view.name)
    }
}

/// The place of a name among others.
pub(crate) fn place<'n>(
    what: &'static str,
    name: &str,
    mut names: impl Iterator<Item = &'n Name> + Clone,
) -> Result<usize, InsightError> {
    let declared = names.clone();
    let found = names.position(|other| other.as_str() == name);
    found.ok_or_else(|| InsightError::Unknown { what, nearest: nearest(name, declared) })
}

impl View<'_> {
    /// The name of the view.
    #[must_use]
    pub fn name(&self) -> &Name {
        self.insight.view_name(self.place)
    }

    pub(crate) fn needs(&self) -> &[Need] {
        self.insight.compiled().views.get(self.place).map(Vec::as_slice).unwrap_or_default()
    }

    /// People by a score, the highest first. Whoever permits no profile is not in it, and counted.
    ///
    /// # Errors
    /// [`InsightError`] where the insight has no such score, or it is of another view.
    pub fn rank<'l>(
        &self,
        people: impl IntoIterator<Item = Known<'l>>,
        score: &str,
        now: Instant,
    ) -> Result<Ranking<'l>, InsightError> {
        let place = self.insight.score_place(score)?;
        let of = self.insight.compiled().scores.get(place).filter(|plan| plan.view == self.place);
        of.ok_or(InsightError::OtherView { what: "score" })?;
        let (mut rows, mut without) = (Vec::new(), 0_usize);
        for known in people {
            let profile = self.profile(&known, now).ok();
            match profile.and_then(|profile| Some((profile.score_at(place)?, profile))) {
                Some(row) => rows.push(row),
                None => without = without.saturating_add(1),
            }
        }
        Ok(Ranking::new(rows, without))
    }
}

//! Credits: how outcomes are shared among the touches before them (I35 to I40).

mod gathered;

use std::fmt;

use placet::name::Name;

pub(crate) use self::gathered::{ChannelCredit, CreditCells, Sum};
use crate::credit_spec::Model;
use crate::crowd::Crowd;
use crate::fault::InsightError;
use crate::insight::place;
use crate::label::Label;

/// The outcomes of a credit under one model: what each channel is credited with, what nothing touched, and what is not
/// linked to any path.
///
/// The three always stand together, and add up to all outcomes and all money, to the unit. It is for inside the house, as a
/// [`Table`](crate::Table) is, and cannot be written out. Credit is shared out by a rule; it says nothing of causes: only the
/// lift over a holdout does ([`Tallies::lift`](crate::Tallies::lift)).
///
/// ```
/// # use placet::{Journey, desk::Terms};
/// # use placet_insight::{Histories, Insight, Minutes, Model};
/// # let journey = Journey::reference()?;
/// let insight = Insight::from_json(r#"{"placet":1,"name":"fans",
///     "views":[{"name":"interest","needs":[{"purpose":"offers","channel":"email"}]}],
///     "credits":[{"name":"spring","view":"interest","outcome":{"kind":"purchase"},
///         "touches":[{"kind":"like","channel":"social"}],"window":"30d","model":"shared"}]}"#, &journey)?;
/// # let crowd = insight.crowd(&Histories::read("", &Terms::new(journey))?, "2013-06-01T00:00:00Z".parse()?, Minutes(0));
/// let credit = crowd.credit("spring", Model::Last)?;
/// let sum = credit.credited().millionths() + credit.untouched().millionths() + credit.unlinked().millionths();
/// assert_eq!(sum, credit.all().millionths());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct Credit<'c> {
    name: &'c Name,
    cells: &'c CreditCells,
    model: Model,
    k: u64,
}

/// Outcomes in millionths, and their money.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CreditShare {
    millionths: i64,
    amount: i64,
}

impl CreditShare {
    /// Outcomes in millionths: 1,000,000 is one.
    #[must_use]
    pub fn millionths(&self) -> i64 {
        self.millionths
    }

    /// The sum of their amounts, in minor units of one currency.
    #[must_use]
    pub fn amount(&self) -> i64 {
        self.amount
    }
}

/// A channel that is shown.
#[derive(Clone, Copy)]
pub struct CreditRow<'c> {
    channel: &'c Label,
    credit: &'c ChannelCredit,
    model: Model,
}

impl<'c> CreditRow<'c> {
    /// What the channel is called.
    #[must_use]
    pub fn channel(&self) -> &'c Label {
        self.channel
    }

    /// How many different people have it in a path.
    #[must_use]
    pub fn people(&self) -> u64 {
        self.credit.people
    }

    /// What it is credited with.
    #[must_use]
    pub fn share(&self) -> CreditShare {
        self.credit.sum(self.model).share()
    }
}

impl Crowd {
    /// A credit by its name, under a model; `None` for the model that its spec names.
    ///
    /// # Errors
    /// [`InsightError::Unknown`].
    pub fn credit(&self, name: &str, model: impl Into<Option<Model>>) -> Result<Credit<'_>, InsightError> {
        let specs = &self.insight.spec().credits;
        let place = place("credit", name, specs.iter().map(|credit| &credit.name))?;
        let plan = self.insight.compiled().credits.get(place).ok_or(InsightError::NoFigure)?;
        let spec = specs.get(place).ok_or(InsightError::NoFigure)?;
        let cells = self.credits.get(place).ok_or(InsightError::NoFigure)?;
        let (model, k) = (model.into().unwrap_or(plan.model), u64::try_from(plan.k).unwrap_or(u64::MAX));
        Ok(Credit { name: &spec.name, cells, model, k })
    }
}

impl<'c> Credit<'c> {
    /// The name of the credit.
    #[must_use]
    pub fn name(&self) -> &'c Name {
        self.name
    }

    /// The model by which outcomes are given out.
    #[must_use]
    pub fn model(&self) -> Model {
        self.model
    }

    /// The least number of people of a channel that is shown.
    #[must_use]
    pub fn k(&self) -> u64 {
        self.k
    }

    /// The channels that are shown, by what they are called (I19).
    pub fn rows(&self) -> impl Iterator<Item = CreditRow<'c>> {
        let Credit { cells, model, k, .. } = *self;
        let shown = cells.channels.iter().filter(move |(_, credit)| credit.people >= k);
        shown.map(move |(channel, credit)| CreditRow { channel, credit, model })
    }

    /// A channel by what it is called, if it is shown.
    #[must_use]
    pub fn row(&self, channel: &Label) -> Option<CreditRow<'c>> {
        let (channel, credit) = self.cells.channels.get_key_value(channel)?;
        (credit.people >= self.k).then_some(CreditRow { channel, credit, model: self.model })
    }

    /// How many channels are hidden.
    #[must_use]
    pub fn hidden(&self) -> usize {
        self.cells.channels.values().filter(|credit| credit.people < self.k).count()
    }

    /// What all channels together are credited with, hidden ones included.
    #[must_use]
    pub fn credited(&self) -> CreditShare {
        let mut sum = Sum::default();
        for credit in self.cells.channels.values() {
            sum.and(credit.sum(self.model));
        }
        sum.share()
    }

    /// Outcomes of people who may be looked at, with no touch before them.
    #[must_use]
    pub fn untouched(&self) -> CreditShare {
        self.cells.untouched.share()
    }

    /// Outcomes of people who may not be looked at: whoever never said yes, said no or was erased. They are our own
    /// dealings, and are counted; what came before them is not looked at.
    #[must_use]
    pub fn unlinked(&self) -> CreditShare {
        self.cells.unlinked.share()
    }

    /// All outcomes.
    #[must_use]
    pub fn all(&self) -> CreditShare {
        self.cells.all.share()
    }
}

/// Millionths as `12.500000`.
pub(crate) fn decimal(millionths: i64) -> String {
    let sign = if millionths < 0 { "-" } else { "" };
    let size = millionths.unsigned_abs();
    format!("{sign}{}.{:06}", size.div_euclid(1_000_000), size.rem_euclid(1_000_000))
}

impl fmt::Display for Credit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: by channel, {}", self.name, self.model.as_str())?;
        for row in self.rows() {
            let (outcomes, people) = (decimal(row.share().millionths), row.people());
            let channel = row.channel.to_string();
            writeln!(
                f,
                "{channel:>24} {outcomes:>18} outcomes {:>14} from {people} people",
                row.share().amount
            )?;
        }
        let hidden = self.hidden();
        if hidden > 0 {
            writeln!(
                f,
                "{hidden} channels of fewer than {} people are hidden, and count as credited",
                self.k
            )?;
        }
        let sums = [
            ("credited", self.credited()),
            ("untouched", self.untouched()),
            ("unlinked", self.unlinked()),
            ("all", self.all()),
        ];
        for (what, share) in sums {
            writeln!(f, "{what:>24} {:>18} outcomes {:>14}", decimal(share.millionths), share.amount)?;
        }
        writeln!(
            f,
            "credit is shared out by a rule and is no cause: only the lift over a holdout is called caused"
        )
    }
}

/// How many channels are shown, and nothing of them.
impl fmt::Debug for Credit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct("Credit");
        fields.field("name", self.name).field("model", &self.model).field("shown", &self.rows().count());
        fields.finish_non_exhaustive()
    }
}

impl fmt::Debug for CreditRow<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct("CreditRow");
        fields.field("people", &self.people()).field("share", &self.share()).finish_non_exhaustive()
    }
}

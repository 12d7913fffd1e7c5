//! Findings about rules: those that never fire, parts of guards that decide nothing, and pairs that order decides.

use placet::journey::plan::Check;

use super::contexts::holds;
use super::explore::{Explorer, Spot};
use super::finding::{Code, Finding, Liveness};
use super::world::Goal;

/// No more pairs of rules are compared.
const MOST_PAIRS: usize = 4_000;

/// Rules that never fire, that fire for nobody but the erased, and those of which it is not known.
pub(super) fn lives(explorer: &Explorer<'_>, findings: &mut Vec<Finding>) {
    for rule in explorer.all_rules() {
        let (path, name) = (format!("rules[{rule}]"), explorer.name(rule));
        match explorer.life(rule) {
            Some(Liveness::Never(cause)) => {
                findings.push(Finding::new(Code::DeadRule, path, format!("`{name}` never fires: {cause}")));
            }
            Some(Liveness::FiresErased(history)) => {
                let sentence = format!(
                    "`{name}` fires for erased contacts alone, who do not move and are sent nothing; change its guard, or `from`"
                );
                findings.push(Finding::new(Code::ErasedOnly, path, sentence).shown_by(Some(history.clone())));
            }
            Some(Liveness::Undecided(why)) => {
                let sentence = format!("it is not known whether `{name}` ever fires: {why}");
                findings.push(Finding::new(Code::UndecidedRule, path, sentence));
            }
            Some(Liveness::Fires(_)) | None => {}
        }
    }
}

/// Parts of guards that hold whenever they matter, or never do.
pub(super) fn parts(explorer: &mut Explorer<'_>, findings: &mut Vec<Finding>) {
    for rule in explorer.all_rules() {
        if matches!(explorer.life(rule), Some(Liveness::Never(_)) | None) {
            continue;
        }
        let name = explorer.name(rule);
        let guard = explorer.guard(rule);
        if let Some(guard) = guard {
            let path = format!("rules[{rule}].when");
            let (of, starts) = (format!("the guard of `{name}`"), "where the rule starts");
            Parts { explorer, rule, of, starts, findings }.look(guard, &path, &[], None);
        }
        // The guard of an effect is looked at where that of the rule holds.
        let given = holds(guard, true);
        let effects = explorer.rule(rule).map(|rule| rule.effects()).unwrap_or_default();
        for (at, effect) in effects.iter().enumerate() {
            let Some(guard) = effect.when() else {
                continue;
            };
            let path = format!("rules[{rule}].effects[{at}].when");
            let of = format!("the guard of the effect `{}` of `{name}`", effect.name());
            let starts = "where the rule fires";
            Parts { explorer, rule, of, starts, findings }.look(guard, &path, &given, None);
        }
    }
}

struct Parts<'e, 'j> {
    explorer: &'e mut Explorer<'j>,
    rule: u16,
    /// Whose guard it is, and where that is looked at.
    of: String,
    starts: &'static str,
    findings: &'e mut Vec<Finding>,
}

/// Beside which parts it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beside {
    All,
    Any,
}

impl<'j> Parts<'_, 'j> {
    /// Whether anything was found of this part as a whole; what is in it is looked at otherwise.
    fn look(&mut self, part: &'j Check, path: &str, given: &[Goal<'j>], beside: Option<Beside>) -> bool {
        if self.explorer.budget.left == 0 {
            return false;
        }
        let (of, starts) = (self.of.clone(), self.starts);
        if self.cannot(part, false, given) {
            let sentence = match beside {
                None => format!("{of} always holds {starts}; leave it out, or ask for something else"),
                Some(_) => format!(
                    "this part of {of} holds whenever the parts beside it do; leave it out, or ask for something else"
                ),
            };
            self.findings.push(Finding::new(Code::AlwaysTrue, path, sentence));
            return true;
        }
        if self.cannot(part, true, given) {
            let sentence = match beside {
                Some(Beside::Any) => format!(
                    "this part of {of} never holds unless one beside it does; leave it out, or ask for something else"
                ),
                None if self.starts == "where the rule fires" => format!(
                    "{of} never holds {starts}: the effect is never asked for; leave the effect out, or ask for something else"
                ),
                _ => format!("this part of {of} never holds; leave it out, or ask for something else"),
            };
            self.findings.push(Finding::new(Code::NeverTrue, path, sentence));
            return true;
        }
        match part {
            Check::All(parts) => self.each(parts, &format!("{path}.all"), given, Beside::All),
            Check::Any(parts) => self.each(parts, &format!("{path}.any"), given, Beside::Any),
            Check::Not(part) if matches!(**part, Check::All(_) | Check::Any(_) | Check::Not(_)) => {
                self.look(part, &format!("{path}.not"), given, beside);
            }
            _ => {}
        }
        false
    }

    /// A part matters where those beside it leave it open. Of two that say the same, the later is found.
    fn each(&mut self, parts: &'j [Check], path: &str, given: &[Goal<'j>], beside: Beside) {
        let mut left: Vec<(usize, &'j Check)> = parts.iter().enumerate().collect();
        for (at, part) in parts.iter().enumerate().rev() {
            self.explorer.budget.spend(left.len());
            if self.explorer.budget.left == 0 {
                return;
            }
            let others = left.iter().filter(|(other, _)| *other != at);
            let others = others.map(|(_, other)| Goal::Holds(other, beside == Beside::All));
            let given: Vec<Goal<'j>> = given.iter().copied().chain(others).collect();
            if self.look(part, &format!("{path}[{at}]"), &given, Some(beside)) {
                left.retain(|(other, _)| *other != at);
            }
        }
    }

    /// Proven: wherever the rule is looked at, the part is never so where the rest is as given.
    fn cannot(&mut self, part: &'j Check, holds: bool, given: &[Goal<'j>]) -> bool {
        let goals: Vec<Goal<'j>> = given.iter().copied().chain([Goal::Holds(part, holds)]).collect();
        self.explorer.can(self.rule, &goals) == Some(false)
            && self.explorer.can_erased(self.rule, &goals) == Some(false)
    }
}

/// Pairs of rules that can both take a signal, in either order both fire, and that do not do the same.
///
/// A special rule before a general one is no such pair: in the other order it would never fire.
pub(super) fn order(explorer: &mut Explorer<'_>, findings: &mut Vec<Finding>) {
    let mut pairs = 0_usize;
    for later in explorer.all_rules() {
        for earlier in 0..later {
            if explorer.kind_of(earlier) != explorer.kind_of(later) {
                continue;
            }
            pairs = pairs.saturating_add(1);
            if pairs > MOST_PAIRS {
                let sentence = format!(
                    "only the first {MOST_PAIRS} pairs of rules on one kind of signal were compared for whether order alone decides"
                );
                findings.push(Finding::new(Code::CutShort, "rules", sentence));
                return;
            }
            if let Some(finding) = compare(explorer, earlier, later) {
                findings.push(finding);
                break;
            }
        }
    }
}

fn compare(explorer: &mut Explorer<'_>, earlier: u16, later: u16) -> Option<Finding> {
    let fires = |rule| matches!(explorer.life(rule), Some(Liveness::Fires(_)));
    let rules = &explorer.journey.spec().rules;
    let (one, other) = (rules.get(usize::from(earlier))?, rules.get(usize::from(later))?);
    if !fires(earlier) || !fires(later) || (&one.to, &one.effects) == (&other.to, &other.effects) {
        return None;
    }
    let both: Vec<Goal<'_>> =
        [earlier, later].into_iter().flat_map(|rule| holds(explorer.guard(rule), true)).collect();
    let mut shared = explorer.spots(earlier)?;
    shared.retain(|spot| explorer.starts_at(later, spot.at));
    let apart = |explorer: &mut Explorer<'_>| {
        Some(is_alone(explorer, earlier, later)? && is_alone(explorer, later, earlier)?)
    };
    if explorer.can_at(&shared, &both) != Some(true) || apart(explorer) != Some(true) {
        return None;
    }
    let walk = explorer.show(shared, &holds(explorer.guard(later), true))?;
    let sentence = format!(
        "`{}` and `{}` can both take the same `{}`, and the one that stands first does; let their guards exclude each other, or make sure that this order is meant",
        one.name, other.name, one.on
    );
    Some(Finding::new(Code::OrderDecides, format!("rules[{later}]"), sentence).shown_by(Some(walk.history())))
}

/// Whether a rule can take a signal that the other cannot.
fn is_alone(explorer: &mut Explorer<'_>, rule: u16, other: u16) -> Option<bool> {
    let (both, own): (Vec<Spot>, Vec<Spot>) =
        explorer.spots(rule)?.into_iter().partition(|spot| explorer.starts_at(other, spot.at));
    let mut goals = holds(explorer.guard(rule), true);
    if explorer.can_at(&own, &goals)? {
        return Some(true);
    }
    goals.extend(holds(explorer.guard(other), false));
    explorer.can_at(&both, &goals)
}

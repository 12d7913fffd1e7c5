//! Credits on the Complete Journey data, where it is beside the project: campaigns and coupons before baskets. Nobody gave
//! consent there: consents are simulated. No row of the data is repeated here.

use std::collections::BTreeMap;

use placet::name::TimeDelta;
use placet::signal::Value;
use placet::{Entry, Instant, Journey, Reach, desk::Terms};
use placet_insight::{Credit, CreditShare, Crowd, Histories, Insight, Label, Minutes, Model};
use serde_json::{Value as Json, json};

use crate::shared::{answers, cents, read, view};
use crate::world::{World, text};

fn journey() -> Journey {
    let channel = json!([{"name": "channel", "type": "text"}]);
    let spec = json!({"placet": 1, "name": "shop", "controller": "the-shop",
        "catalogue": {"purposes": ["profiling"], "channels": [{"name": "post", "reaches": "any"}]},
        "stages": [], "rules": [], "signals": [
            {"kind": "mailing", "attributes": channel}, {"kind": "coupon", "attributes": channel},
            {"kind": "basket", "attributes": [{"name": "amount", "type": "integer"}]}]});
    Journey::from_json(&spec.to_string()).unwrap()
}

fn insight() -> Insight {
    let spec = json!({"placet": 1, "name": "shop", "views": view(), "credits": [{"name": "year", "view": "v",
        "outcome": {"kind": "basket", "amount": "amount"}, "window": "30d", "model": "shared", "k": 10,
        "touches": [{"kind": "mailing", "by": {"attribute": "channel"}}, {"kind": "coupon", "by": {"attribute": "channel"}}]}]});
    Insight::from_json(&spec.to_string(), &journey()).unwrap()
}

/// The rows of a file, each as its fields.
fn rows(file: &str) -> Option<Vec<Vec<String>>> {
    let text = read(&format!("data/registry/{file}"))?;
    Some(text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect())
}

fn day(text: &str) -> Instant {
    format!("{text}T00:00:00Z").parse().unwrap()
}

/// All households, with simulated consents.
fn households() -> Option<World> {
    let campaigns: BTreeMap<String, (String, Instant)> = rows("journey_campaigns.csv")?
        .into_iter()
        .map(|row| (row[0].clone(), (row[1].trim_start_matches("Type ").to_lowercase(), day(&row[2]))))
        .collect();
    let mut world = World::of(journey());
    let mut opened = std::collections::BTreeSet::new();
    let mut say = |household: &str, kind: &str, at: Instant, carried: &[(&str, Value)]| {
        let (who, card) = (format!("h-{household}"), format!("card:{household}"));
        if opened.insert(who.clone()) {
            world.open(&who, &card);
            world.grant(&who, &card, "profiling/post", day("2016-01-01"));
        }
        world.signal(&who, &card, kind, at, carried);
    };
    for row in rows("journey_campaign_contacts.csv")? {
        let (kind, start) = &campaigns[&row[0]];
        say(&row[1], "mailing", *start, &[("channel", text(&format!("mail-{kind}")))]);
    }
    for row in rows("journey_redemptions.csv")? {
        let (kind, _) = &campaigns[&row[2]];
        say(&row[0], "coupon", day(&row[3]), &[("channel", text(&format!("coupon-{kind}")))]);
    }
    for row in rows("journey_baskets.csv")? {
        let at = format!("{}Z", row[2]).parse().unwrap();
        say(&row[0], "basket", at, &[("amount", Value::Integer(cents(&row[4])))]);
    }
    Some(world)
}

fn crowd(insight: &Insight, entries: &[Entry]) -> Crowd {
    let histories = Histories::of(entries.iter().cloned(), &Terms::new(journey()));
    let parts = histories.parts(5).into_iter().map(|part| insight.crowd(part, day("2018-02-01"), Minutes(0)));
    parts.reduce(|one, other| one.and(other).unwrap()).unwrap()
}

fn pair(share: CreditShare) -> (i64, i64) {
    (share.millionths(), share.amount())
}

fn channels(credit: &Credit<'_>) -> Vec<(Label, u64, (i64, i64))> {
    credit.rows().map(|row| (row.channel().clone(), row.people(), pair(row.share()))).collect()
}

#[test]
fn campaigns_are_credited_as_others_credit_them() {
    let (Some(right), Some(world)) = (answers::<Json>("journey-credits.json"), households()) else { return };
    let insight = insight();
    let whole = crowd(&insight, &world.entries);
    let mut shown = 0;
    for model in Model::ALL {
        let (credit, right_of) = (whole.credit("year", model).unwrap(), &right[model.as_str()]);
        let credited = credit.credited();
        let number = |name: &str| right_of[name].as_i64().unwrap();
        assert_eq!(credited.millionths(), number("outcomes_touched") * 1_000_000, "{model:?}");
        let untouched = (number("untouched_outcomes") * 1_000_000, number("untouched_cents"));
        assert_eq!((pair(credit.untouched()), pair(credit.unlinked())), (untouched, (0, 0)));
        assert_eq!(credit.all().amount(), right["total_cents"].as_i64().unwrap());
        assert_eq!(credited.amount() + untouched.1, credit.all().amount());
        let all: i64 =
            right_of["credit"].as_object().unwrap().values().map(|c| c["cents"].as_i64().unwrap()).sum();
        assert_eq!(credited.amount(), all);
        for row in credit.rows() {
            let share = row.share();
            let ours = json!({"outcomes_millionths": share.millionths(), "cents": share.amount()});
            assert_eq!(ours, right_of["credit"][row.channel().to_string()], "{model:?} {}", row.channel());
            shown += 1;
        }
    }
    assert!(shown >= 4 * 4, "{shown} credits of channels are shown");

    // One household in three withdraws: every figure is that of the rest alone, and theirs are linked to nothing.
    let number = |id: &str| id.trim_start_matches("h-").parse::<u32>().unwrap();
    // Of this data the numbers of households are multiples of 6.
    let is_third = |entry: &Entry| entry.contact().with_text(|id| number(id) / 6 % 3 == 0);
    let (third, rest): (Vec<Entry>, Vec<Entry>) = world.entries.iter().cloned().partition(is_third);
    let mut after = world.clone();
    let gone: std::collections::BTreeSet<String> =
        third.iter().map(|entry| entry.contact().with_text(str::to_owned)).collect();
    for who in &gone {
        after.withdraw(who, Reach::everything(), day("2018-01-20").checked_add(TimeDelta::hours(1)).unwrap());
    }
    let (after, rest, third) =
        (crowd(&insight, &after.entries), crowd(&insight, &rest), crowd(&insight, &third));
    for model in Model::ALL {
        let of = |crowd: &Crowd, what: fn(&Credit<'_>) -> CreditShare| {
            pair(what(&crowd.credit("year", model).unwrap()))
        };
        assert_eq!(
            channels(&after.credit("year", model).unwrap()),
            channels(&rest.credit("year", model).unwrap())
        );
        assert_eq!(of(&after, |credit| credit.untouched()), of(&rest, |credit| credit.untouched()));
        assert_eq!(of(&after, |credit| credit.unlinked()), of(&third, |credit| credit.all()));
        assert_eq!(of(&after, |credit| credit.all()), of(&whole, |credit| credit.all()));
        assert_ne!(of(&after, |credit| credit.unlinked()), (0, 0));
    }
}

//! The vectors of shares and credits that another program worked out, ours and others'.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stderr, reason = "a test may stop")]

use placet::name::TimeDelta;
use serde_json::{Value as Json, json};

use super::*;

const EPOCH: &str = "1970-01-01T00:00:00Z";

fn seconds(number: &Json) -> TimeDelta {
    TimeDelta::try_seconds(number.as_i64().unwrap()).unwrap()
}

/// Our own vectors, and those that stand beside the project, where it is there.
fn all_vectors() -> Vec<Json> {
    let mut all = vec![serde_json::from_str(include_str!("../../../tests/cases/campaign.json")).unwrap()];
    let folder = std::env::var_os("PLACET_SHARED").map(std::path::PathBuf::from);
    let folder = folder.unwrap_or_else(|| placet_tests::project().join("../shared"));
    match std::fs::read_to_string(folder.join("insight/vectors.json")) {
        Ok(text) => all.push(serde_json::from_str(&text).unwrap()),
        Err(_) => eprintln!("skipped: vectors.json is not beside the project"),
    }
    all
}

/// All vectors of one kind.
fn vectors(kind: &str) -> Vec<Json> {
    all_vectors().iter().flat_map(|vectors| vectors[kind].as_array().unwrap().clone()).collect()
}

#[test]
fn shares_are_those_of_the_vectors() {
    let shares = vectors("apportion");
    for share in &shares {
        let weights: Vec<u64> =
            share["weights"].as_array().unwrap().iter().map(|weight| weight.as_u64().unwrap()).collect();
        assert_eq!(json!(apportion(share["amount"].as_i64().unwrap(), &weights)), share["parts"], "{share}");
    }
    assert!(shares.len() >= 9);
}

#[test]
fn credits_are_those_of_the_vectors() {
    let credits = vectors("credit");
    for credit in &credits {
        let touch = |touch: &Json| Touch {
            at: EPOCH.parse::<Instant>().unwrap().checked_add(seconds(&touch[1])).unwrap(),
            place: 0,
            channel: ["mail", "shop", "social", "web"].iter().position(|name| touch[0] == *name).unwrap(),
        };
        let touches: Vec<Touch> = credit["path"].as_array().unwrap().iter().map(touch).collect();
        let path: Vec<&Touch> = touches.iter().collect();
        for model in Model::ALL {
            let parts = apportion(credit["amount"].as_i64().unwrap(), &weights(model, &path));
            assert_eq!(json!(parts), credit["parts"][model.as_str()], "{credit}");
        }
    }
    assert!(credits.len() >= 8);
}

/// However large a value and its weights are, its parts add up to it.
#[test]
fn parts_add_up_at_the_ends_of_the_numbers() {
    for value in [i64::MIN, i64::MIN.saturating_add(1), -1, 0, 1, i64::MAX] {
        for weights in [&[1_u64, 1, 1][..], &[u64::MAX, u64::MAX, 1], &[0, 0], &[0, 7], &[u64::MAX]] {
            let parts = apportion(value, weights);
            let sum: i128 = parts.iter().map(|part| i128::from(*part)).sum();
            assert_eq!((sum, parts.len()), (i128::from(value), weights.len()), "{value} {weights:?}");
        }
    }
    assert!(apportion(5, &[]).is_empty());
}

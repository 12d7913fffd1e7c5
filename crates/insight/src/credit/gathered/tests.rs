//! The vectors of shares and credits that others worked out.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stderr, reason = "a test may stop")]

use placet::name::TimeDelta;
use serde_json::{Value as Json, json};

use super::*;

const EPOCH: &str = "1970-01-01T00:00:00Z";

fn seconds(number: &Json) -> TimeDelta {
    TimeDelta::try_seconds(number.as_i64().unwrap()).unwrap()
}

fn vectors() -> Option<Json> {
    let folder = std::env::var_os("PLACET_SHARED").map(std::path::PathBuf::from);
    let folder = folder.unwrap_or_else(|| placet_tests::project().join("../shared"));
    let text = std::fs::read_to_string(folder.join("insight/vectors.json")).ok();
    if text.is_none() {
        eprintln!("skipped: vectors.json is not beside the project");
    }
    text.map(|text| serde_json::from_str(&text).unwrap())
}

#[test]
fn shares_are_those_of_the_vectors() {
    let Some(vectors) = vectors() else { return };
    let shares = vectors["apportion"].as_array().unwrap();
    for share in shares {
        let weights: Vec<u64> =
            share["weights"].as_array().unwrap().iter().map(|weight| weight.as_u64().unwrap()).collect();
        assert_eq!(json!(apportion(share["amount"].as_i64().unwrap(), &weights)), share["parts"], "{share}");
    }
    assert!(shares.len() >= 40);
}

#[test]
fn credits_are_those_of_the_vectors() {
    let Some(vectors) = vectors() else { return };
    let credits = vectors["credit"].as_array().unwrap();
    for credit in credits {
        let touch = |touch: &Json| Touch {
            at: EPOCH.parse::<Instant>().unwrap().checked_add(seconds(&touch[1])).unwrap(),
            place: 0,
            channel: Label::Name(touch[0].as_str().unwrap().parse().unwrap()),
        };
        let touches: Vec<Touch> = credit["path"].as_array().unwrap().iter().map(touch).collect();
        let path: Vec<&Touch> = touches.iter().collect();
        for model in Model::ALL {
            let parts = apportion(credit["amount"].as_i64().unwrap(), &weights(model, &path));
            assert_eq!(json!(parts), credit["parts"][model.as_str()], "{credit}");
        }
    }
    assert!(credits.len() >= 40);
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

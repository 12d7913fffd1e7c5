//! The vectors of hashing and noise that others worked out, and a few of our own.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stderr,
    reason = "a test may stop"
)]

use super::*;
use crate::figure::{edges, fifth};
use serde_json::Value;

/// Vectors that stand beside the project, where it is there.
fn vectors() -> Option<Value> {
    let folder = std::env::var_os("PLACET_SHARED").map(std::path::PathBuf::from);
    let folder = folder.unwrap_or_else(|| placet_tests::project().join("../shared"));
    let text = std::fs::read_to_string(folder.join("insight/vectors.json")).ok();
    if text.is_none() {
        eprintln!("skipped: vectors.json is not beside the project");
    }
    text.map(|text| serde_json::from_str(&text).unwrap())
}

fn key(hex: &str) -> NoiseKey {
    NoiseKey(u128::from_str_radix(hex, 16).unwrap().to_be_bytes())
}

#[test]
fn words_and_noise_are_those_of_the_vectors() {
    let Some(vectors) = vectors() else { return };
    let key = key(vectors["key_hex"].as_str().unwrap());
    for vector in vectors["word"].as_array().unwrap() {
        let texts: Vec<&str> =
            vector["texts"].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect();
        assert_eq!(key.word(&texts).to_string(), vector["word"].as_str().unwrap());
    }
    let noises = vectors["cell_noise"].as_array().unwrap();
    for vector in noises {
        let mut sums = [0_u64; 3];
        for person in vector["people"].as_array().unwrap() {
            let (id, facts, amount) =
                (person[0].as_str().unwrap(), person[1].to_string(), person[2].to_string());
            let words = words_of(&key, id, &facts, &amount);
            sums.iter_mut().zip(words).for_each(|(sum, word)| *sum = sum.wrapping_add(word));
        }
        let ours: Vec<i64> = sums.into_iter().zip(0..).map(|(sum, figure)| noise(sum, figure)).collect();
        assert_eq!(serde_json::json!(ours), vector["noise"]);
    }
    assert!(noises.len() >= 30);
    for vector in vectors["edges"].as_array().unwrap() {
        let values: Vec<i64> =
            vector["values"].as_array().unwrap().iter().map(|value| value.as_i64().unwrap()).collect();
        let found = edges(values.clone()).unwrap();
        assert_eq!(serde_json::json!(found), vector["edges"]);
        let fifths: Vec<u8> = values.into_iter().map(|value| fifth(value, &found)).collect();
        assert_eq!(serde_json::json!(fifths), vector["fifths"]);
    }
}

/// Worked out by hand: five values have their own as edges, and the largest is in the last fifth.
#[test]
fn edges_of_five() {
    assert_eq!(edges(vec![50, 10, 40, 20, 30]), Some([10, 20, 30, 40]));
    assert_eq!(
        (fifth(10, &[10, 20, 30, 40]), fifth(11, &[10, 20, 30, 40]), fifth(50, &[10, 20, 30, 40])),
        (1, 2, 5)
    );
    assert_eq!(edges(Vec::new()), None);
}

/// The first output of SplitMix64 that begins at 0, as its author publishes it.
#[test]
fn the_published_output_of_splitmix64() {
    assert_eq!(mix(STEP), 0xE220_A839_7B1D_CDAF);
}

/// The first vector of the reference implementation of SipHash-2-4-128: the key 00..0f, and nothing.
#[test]
fn the_published_vector_of_siphash_128() {
    let key = NoiseKey(std::array::from_fn(|at| u8::try_from(at).unwrap()));
    assert_eq!(key.word(&[]).to_le_bytes(), [0xa3, 0x81, 0x7f, 0x04, 0xba, 0x25, 0xa8, 0xe6]);
}

/// Over many sums the noise has the mean and the spread of eight fair coins.
#[test]
fn noise_is_binomial() {
    let all: Vec<i64> = (0..40_000).map(|sum: u64| noise(sum.wrapping_mul(STEP), 0)).collect();
    let sum: i64 = all.iter().sum();
    let squares: i64 = all.iter().map(|noise| noise * noise).sum();
    assert!(sum.abs() < 1_200, "the mean is {sum} / 40000");
    assert!((78_000..82_000).contains(&squares), "the variance is {squares} / 40000, and should be 2");
    assert_eq!((all.iter().min(), all.iter().max()), (Some(&-4), Some(&4)));
}

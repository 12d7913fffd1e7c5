//! The project's own corpus, `tests/conformance`: read, and held to what its README promises.

use serde_json::Value;

/// One line of a corpus file.
pub(super) struct Case {
    /// Its file, without the ending.
    pub(super) file: String,
    pub(super) name: String,
    pub(super) rules: Vec<String>,
    /// The history as a program would get it.
    pub(super) history: Vec<u8>,
    pub(super) answers: Vec<Value>,
}

/// All cases, file by file.
pub(super) fn corpus() -> Vec<Case> {
    let folder = placet_tests::project().join("tests/conformance");
    let paths = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let mut files: Vec<_> = paths.filter(|path| path.extension().is_some_and(|end| end == "jsonl")).collect();
    files.sort();
    files.iter().flat_map(|path| cases(path)).collect()
}

fn cases(path: &std::path::Path) -> Vec<Case> {
    let file = path.file_stem().unwrap().to_str().unwrap();
    let text = std::fs::read_to_string(path).unwrap();
    let case = |line: &str| {
        let case: Value = serde_json::from_str(line).unwrap();
        let texts = |field: &str| case[field].as_array().unwrap().iter();
        Case {
            file: file.to_owned(),
            name: case["name"].as_str().unwrap().to_owned(),
            rules: texts("rules").map(|rule| rule.as_str().unwrap().to_owned()).collect(),
            history: texts("history").flat_map(|line| [bytes(line), b"\n".to_vec()].concat()).collect(),
            answers: texts("answers").cloned().collect(),
        }
    };
    text.lines().map(case).collect()
}

/// The bytes of one line of a history, in any of the three spellings of the README.
fn bytes(line: &Value) -> Vec<u8> {
    if let Some(text) = line.as_str() {
        return text.as_bytes().to_vec();
    }
    if let Some(hex) = line["hex"].as_str() {
        let digits = (0..hex.len()).step_by(2).map(|place| &hex[place..place + 2]);
        return digits.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect();
    }
    let mut text = line["text"].as_str().unwrap().as_bytes().to_vec();
    text.resize(usize::try_from(line["padded_to"].as_u64().unwrap()).unwrap(), b' ');
    text.extend_from_slice(line["end"].as_str().unwrap_or_default().as_bytes());
    text
}

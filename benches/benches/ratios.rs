//! `cargo bench -p placet-benches --bench ratios` prints the medians; `... -- read` only of lines with that word.

fn main() {
    let asked = |option: &str| std::env::args().any(|argument| argument == option);
    let words: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    placet_benches::ratios::table(!asked("--bench") || asked("--test"), &words);
}

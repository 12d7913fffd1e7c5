//! Golden files: what code makes is compared with what is committed, line by line.

/// Compares lines with a file in a folder of the project, or writes it where `PLACET_BLESS` is set.
#[track_caller]
pub fn compare(folder: &str, file: &str, lines: &[String]) {
    let path = crate::project().join(folder).join(file);
    let made = lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    if std::env::var_os("PLACET_BLESS").is_some_and(|bless| bless == "1") {
        std::fs::write(&path, &made).unwrap();
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    for (number, (there, made)) in there.lines().zip(made.lines()).enumerate() {
        assert_eq!(made, there, "{folder}/{file}, line {}; bless it if it is meant", number + 1);
    }
    assert!(there == made, "{folder}/{file} has {} lines, {} were made", there.lines().count(), lines.len());
}

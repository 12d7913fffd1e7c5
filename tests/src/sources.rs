//! Source files, to be read by tests.

/// A Rust file below a folder.
pub struct Source {
    /// Its path below the folder, with slashes.
    pub path: String,
    pub text: String,
}

/// All Rust files below a folder of the project.
pub fn sources(folder: &str) -> Vec<Source> {
    let root = crate::project().join(folder);
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let below = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
                found.push(Source { path: below, text: std::fs::read_to_string(&path).unwrap() });
            }
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

//! All places of a JSON text, for attacks.

use serde_json::Value;

/// A place in a text: as an error names it, and as serde_json points to it.
pub struct Place {
    pub path: String,
    pub pointer: String,
}

pub fn places(value: &Value) -> Vec<Place> {
    fn walk(value: &Value, place: Place, all: &mut Vec<Place>) {
        let inside: Vec<(Place, &Value)> = match value {
            Value::Object(map) => map
                .iter()
                .map(|(key, value)| {
                    let dot = if place.path.is_empty() { "" } else { "." };
                    let path = format!("{}{dot}{key}", place.path);
                    (Place { path, pointer: format!("{}/{key}", place.pointer) }, value)
                })
                .collect(),
            Value::Array(list) => list
                .iter()
                .enumerate()
                .map(|(at, value)| {
                    let path = format!("{}[{at}]", place.path);
                    (Place { path, pointer: format!("{}/{at}", place.pointer) }, value)
                })
                .collect(),
            _ => Vec::new(),
        };
        all.push(place);
        inside.into_iter().for_each(|(place, value)| walk(value, place, all));
    }
    let mut all = Vec::new();
    walk(value, Place { path: String::new(), pointer: String::new() }, &mut all);
    all.iter_mut().filter(|place| place.path.is_empty()).for_each(|place| place.path = ".".to_owned());
    all
}

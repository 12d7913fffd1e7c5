//! Text in a picture: where it breaks, how wide it is at most, how it is escaped.

/// Lines break before this many characters, where there is a space to break at.
const LONGEST: usize = 30;

/// The words in lines that are not too long; a single word is never broken.
pub(super) fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.len().saturating_add(word.len()) < LONGEST => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// How wide a text is at most, in a font of this size.
///
/// The widths are those of the widest of the fonts that a system is likely to have (Verdana and DejaVu Sans), in
/// thousandths of the size; in any narrower one the text ends earlier.
pub(super) fn width(text: &str, size: f64, bold: bool) -> f64 {
    let thousandths = text.chars().map(|letter| match letter {
        'i' | 'j' | 'l' => 344.0,
        ' ' | '.' | ',' | '/' | ':' | '-' | 'f' | '(' | ')' => 400.0,
        'r' | 't' => 430.0,
        's' | 'c' | 'z' | '_' | '*' => 560.0,
        'w' | '+' => 840.0,
        'm' => 980.0,
        _ => 640.0,
    });
    let sum: f64 = thousandths.sum();
    sum * size / 1000.0 * if bold { 1.12 } else { 1.0 }
}

/// As content or attribute value of XML.
pub(super) fn xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            _ => escaped.push(letter),
        }
    }
    escaped
}

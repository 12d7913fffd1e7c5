//! Draw: a journey as a picture, in three languages. What is drawn is what is compiled, and nothing else.
//!
//! | what stands in the journey | how it is drawn |
//! |---|---|
//! | a stage, and the consents that hold it up | a filled box, and in it each consent it rests on |
//! | rules from the same stages to the same stage | one card between them: signal, admission, guard, effects |
//! | an effect | its name, the scope it is addressed by, and what else must be permitted |
//! | a rule without a move | a card that nothing leaves |
//! | a fall-back | a dashed line, and the consent that is missing |
//!
//! The numbers on a card are the places of its rules: where two apply, the lower number is taken (SPEC S19).
//! The same journey gives the same bytes on every machine.

mod dot;
mod label;
mod layers;
mod mermaid;
mod picture;
mod place;
mod ranks;
mod svg;
mod text;

use placet::Journey;

use picture::Picture;

/// The journey as a [Mermaid](https://mermaid.js.org) flowchart, for pages that draw such text.
///
/// ```
/// let text = placet_lab::draw::mermaid(&placet::Journey::reference()?);
/// assert!(text.starts_with("flowchart TD\n"));
/// # Ok::<(), placet::journey::JourneyError>(())
/// ```
#[must_use]
pub fn mermaid(journey: &Journey) -> String {
    mermaid::write(&Picture::of(journey))
}

/// The journey in the DOT language of [Graphviz](https://graphviz.org).
///
/// ```
/// let text = placet_lab::draw::dot(&placet::Journey::reference()?);
/// assert!(text.starts_with("digraph \"reference-2013\" {\n"));
/// # Ok::<(), placet::journey::JourneyError>(())
/// ```
#[must_use]
pub fn dot(journey: &Journey) -> String {
    dot::write(&Picture::of(journey))
}

/// The journey as an SVG that stands alone: no script, no reference to anything outside, system fonts, its
/// own background, and colours for a light and a dark screen.
///
/// Boxes never overlap, and lines run between boxes, never through them. A journey of more than some
/// thousand lines gives a picture that says so, in place of one that nobody can read.
///
/// ```
/// let text = placet_lab::draw::svg(&placet::Journey::reference()?);
/// assert!(text.starts_with("<svg ") && text.contains("subscriber+fan"));
/// # Ok::<(), placet::journey::JourneyError>(())
/// ```
#[must_use]
pub fn svg(journey: &Journey) -> String {
    svg::write(&Picture::of(journey))
}

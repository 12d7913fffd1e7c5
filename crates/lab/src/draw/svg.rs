//! The picture as SVG: measured, placed, and written.

use std::cmp::Ordering;
use std::fmt::Write as _;

use super::label::{self, Mark, PADDING, Row, room};
use super::layers::{Item, Layers};
use super::picture::{Card, Picture};
use super::place::{Placed, Rect, Route, place};
use super::ranks::{Each, ranks};
use super::text::{width, xml};

const MARGIN: f64 = 28.0;
/// The title above.
const HEAD: f64 = 76.0;
const AFTER_SIGN: f64 = 24.0;
/// Pieces of lines beyond which nobody could read the picture.
const MOST_PIECES: usize = 6_000;

const STYLE: &str = include_str!("style.css");

/// What the legend explains.
#[derive(Clone, Copy)]
enum Sign {
    Stage,
    Card,
    FallBack,
    Of(Mark),
}

const LEGEND: [(Sign, &str); 5] = [
    (Sign::Stage, "a stage, and the consents that hold it up"),
    (Sign::Card, "rules, the lower number first: signal, guard, effects"),
    (Sign::Of(Mark::Effect), "an effect, queued only where all it needs is permitted"),
    (Sign::Of(Mark::Consent), "a consent: admits the signal, or holds the stage up"),
    (Sign::FallBack, "a fall-back: where one stands without the consent"),
];

/// A line between two boxes.
struct Link {
    from: usize,
    to: usize,
    arrow: bool,
    falls_back: bool,
}

pub(super) fn write(picture: &Picture<'_>) -> String {
    let ranks = ranks(picture);
    let cards = by_direction(&picture.cards, &ranks);
    let links = links(picture.stages.len(), &cards);
    let rows: Vec<Vec<Row>> = picture.stages.iter().map(label::of_stage).collect();
    let of_stages = rows.iter().enumerate().map(|(at, rows)| item(rows, ranks.at(at).saturating_mul(2)));
    let of_cards: Vec<Vec<Row>> = cards.iter().map(|(_, card)| label::of_card(card)).collect();
    let mut items: Vec<Item> = of_stages.collect();
    items.extend(of_cards.iter().zip(&cards).map(|(rows, (layer, _))| item(rows, *layer)));
    let layer = |place: usize| items.get(place).map_or(0, |item| item.layer);
    let pieces = links.iter().map(|link| layer(link.from).abs_diff(layer(link.to)));
    if pieces.fold(0, usize::saturating_add) > MOST_PIECES {
        return too_large(picture);
    }
    let ends: Vec<(usize, usize)> = links.iter().map(|link| (link.from, link.to)).collect();
    let layers = Layers::new(items, &ends);
    let placed = place(&layers, HEAD);
    let mut svg = Svg::new(picture, &placed);
    for (link, route) in links.iter().zip(&placed.routes) {
        svg.line(link, route, layers.layer(link.from) > layers.layer(link.to));
    }
    let stages = picture.stages.iter().map(|stage| match stage.declared {
        true => ("stage", 10.0),
        false => ("start", 18.0),
    });
    let cards = cards.iter().map(|(_, card)| match card.falls_back {
        true => ("card back", 12.0),
        false => ("card", 6.0),
    });
    let boxes = stages.chain(cards).zip(rows.iter().chain(&of_cards)).zip(&placed.boxes);
    for (((class, round), rows), rect) in boxes {
        svg.rect(class, *rect, round);
        svg.rows(rows, *rect);
    }
    svg.end()
}

/// The cards by layer, each leading one way only: down, up, or to a stage of the same rank.
fn by_direction(cards: &[Card], ranks: &Each<usize>) -> Vec<(usize, Card)> {
    let mut by_direction = Vec::new();
    for card in cards {
        let direction =
            |from: &usize| card.to.map_or(Ordering::Less, |to| ranks.at(*from).cmp(&ranks.at(to)));
        for way in [Ordering::Less, Ordering::Equal, Ordering::Greater] {
            let from: Vec<usize> = card.from.iter().copied().filter(|from| direction(from) == way).collect();
            let of_ranks = from.iter().map(|from| ranks.at(*from));
            let layer = match way {
                Ordering::Greater => of_ranks.min().map(|rank| rank.saturating_mul(2).saturating_sub(1)),
                _ => of_ranks.max().map(|rank| rank.saturating_mul(2).saturating_add(1)),
            };
            by_direction.extend(layer.map(|layer| (layer, Card { from, ..card.clone() })));
        }
    }
    by_direction
}

fn links(stages: usize, cards: &[(usize, Card)]) -> Vec<Link> {
    let links = cards.iter().enumerate().flat_map(|(number, (_, card))| {
        let (place, falls_back) = (stages.saturating_add(number), card.falls_back);
        let arrow = card.to.is_none();
        let into = card.from.iter().map(move |from| Link { from: *from, to: place, arrow, falls_back });
        into.chain(card.to.map(|to| Link { from: place, to, arrow: true, falls_back }))
    });
    links.collect()
}

fn item(rows: &[Row], layer: usize) -> Item {
    let (width, height) = room(rows);
    Item { width, height, layer }
}

/// The text as it grows.
struct Svg {
    text: String,
    /// Everything is moved to the right by this.
    left: f64,
}

impl Svg {
    fn new(picture: &Picture<'_>, placed: &Placed) -> Svg {
        let title = format!("Journey {}", picture.name);
        let by = format!("controller: {}", picture.controller);
        let wide = placed.width.max(width(&title, 18.0, true)).max(width(&by, 12.0, false)).max(440.0);
        let (legend, high) = legend(wide);
        let (across, down) = (wide + 2.0 * MARGIN, placed.bottom + 28.0 + high + 22.0);
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"placet-journey\" role=\"img\" \
             width=\"{across:.0}\" height=\"{down:.0}\" viewBox=\"0 0 {across:.0} {down:.0}\">\n\
             <title>{title}</title>\n<style>\n{STYLE}</style>\n\
             <rect class=\"page\" x=\"0.5\" y=\"0.5\" width=\"{:.0}\" height=\"{:.0}\" rx=\"12\"/>\n",
            across - 1.0,
            down - 1.0,
        );
        let mut svg = Svg { text, left: 0.0 };
        svg.text("title", MARGIN, 36.0, &title);
        svg.text("quiet", MARGIN, 55.0, &by);
        let bottom = placed.bottom + 28.0;
        svg.text.push_str("<g class=\"legend\">\n");
        svg.rule(MARGIN, bottom, wide);
        for ((sign, said), (x, y)) in LEGEND.into_iter().zip(legend) {
            svg.sign(sign, MARGIN + x, bottom + 22.0 + y);
            svg.text("quiet", MARGIN + x + AFTER_SIGN, bottom + 22.0 + y, said);
        }
        svg.text.push_str("</g>\n");
        svg.left = MARGIN + ((wide - placed.width) / 2.0).round();
        svg
    }

    fn end(mut self) -> String {
        self.text.push_str("</svg>\n");
        self.text
    }

    fn text(&mut self, class: &str, x: f64, y: f64, said: &str) {
        let (x, said) = (x + self.left, xml(said));
        let _ = writeln!(self.text, "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{said}</text>");
    }

    fn rect(&mut self, class: &str, rect: Rect, round: f64) {
        let Rect { left, top, width, height } = rect;
        let left = left + self.left;
        let _ = writeln!(
            self.text,
            "<rect class=\"{class}\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"{round:.1}\"/>"
        );
    }

    fn rule(&mut self, x: f64, y: f64, wide: f64) {
        let x = x + self.left;
        let _ = writeln!(self.text, "<path class=\"quiet-line\" d=\"M{x:.1} {y:.1}H{:.1}\"/>", x + wide);
    }

    /// A small sign before a text whose line is at `y`.
    fn mark(&mut self, mark: Mark, x: f64, y: f64) {
        let (class, round) = match mark {
            Mark::Consent => ("consent", 3.5),
            Mark::Effect => ("effect", 1.5),
        };
        self.rect(class, Rect { left: x, top: y - 8.0, width: 7.0, height: 7.0 }, round);
    }

    /// The sign before a line of the legend.
    fn sign(&mut self, sign: Sign, x: f64, y: f64) {
        let small = Rect { left: x, top: y - 9.0, width: 16.0, height: 10.0 };
        match sign {
            Sign::Stage => self.rect("stage", small, 3.0),
            Sign::Card => self.rect("card", small, 2.0),
            Sign::FallBack => {
                let (x, y) = (x + self.left, y - 4.0);
                let _ = writeln!(self.text, "<path class=\"line back\" d=\"M{x:.1} {y:.1}h16\"/>");
            }
            Sign::Of(mark) => self.mark(mark, x + 4.0, y),
        }
    }

    fn line(&mut self, link: &Link, route: &Route, up: bool) {
        let left = self.left;
        let kind = if link.falls_back { " back" } else { "" };
        let _ = write!(
            self.text,
            "<path class=\"line{kind}\" d=\"M{:.1} {:.1}",
            route.from.0 + left,
            route.from.1
        );
        for curve in &route.curves {
            let ((x, y), (to_x, to_y)) = (curve.from, curve.to);
            let (x, to_x, middle) = (x + left, to_x + left, (y + to_y) / 2.0);
            let _ = write!(self.text, "V{y:.1}");
            if (x - to_x).abs() < 0.05 {
                let _ = write!(self.text, "V{to_y:.1}");
            } else {
                let _ = write!(self.text, "C{x:.1} {middle:.1} {to_x:.1} {middle:.1} {to_x:.1} {to_y:.1}");
            }
        }
        let _ = writeln!(self.text, "V{:.1}\"/>", route.to.1);
        if link.arrow {
            let ((x, y), back) = if up { (route.from, 8.0) } else { (route.to, -8.0) };
            let x = x + left;
            let (one, other, base) = (x - 4.5, x + 4.5, y + back);
            let _ = writeln!(
                self.text,
                "<path class=\"tip{kind}\" d=\"M{x:.1} {y:.1}L{one:.1} {base:.1}H{other:.1}Z\"/>"
            );
        }
    }

    fn rows(&mut self, rows: &[Row], rect: Rect) {
        for (row, y) in label::baselines(rows) {
            let (look, y) = (row.look, rect.top + y);
            if row.begins {
                self.rule(rect.left, y - look.high, rect.width);
            }
            if let Some(mark) = row.mark {
                self.mark(mark, rect.left + PADDING, y);
            }
            let inside = if look.centred { rect.width / 2.0 } else { PADDING + look.indent };
            self.text(row.class, rect.left + inside, y, &row.text);
        }
    }
}

/// The legend in columns as far as there is room: where each line of it stands, and how high it is.
fn legend(wide: f64) -> (Vec<(f64, f64)>, f64) {
    let column = LEGEND.iter().map(|(_, said)| AFTER_SIGN + width(said, 12.0, false) + 12.0);
    let column = column.fold(1.0, f64::max);
    let mut places = Vec::new();
    let (mut x, mut y) = (0.0, 0.0);
    for _ in LEGEND {
        if x > 0.0 && x + column > wide + 12.0 {
            (x, y) = (0.0, y + 20.0);
        }
        places.push((x, y));
        x += column;
    }
    (places, y + 20.0)
}

/// A picture of nothing but a sentence.
fn too_large(picture: &Picture<'_>) -> String {
    let said = format!(
        "{} stages and {} cards are too many for one picture",
        picture.stages.len(),
        picture.cards.len()
    );
    let nothing =
        Placed { boxes: Vec::new(), routes: Vec::new(), width: width(&said, 12.0, false), bottom: 110.0 };
    let mut svg = Svg::new(picture, &nothing);
    svg.left = 0.0;
    svg.text("quiet", MARGIN, HEAD + 20.0, &said);
    svg.end()
}

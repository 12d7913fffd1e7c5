//! A picture read back from its text: boxes, lines and tips, and the journey they tell of.

use std::collections::{BTreeMap, BTreeSet};

/// From where, by which rule or for want of what, to where (`None`: the stage stays).
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Way {
    pub from: String,
    pub by: String,
    pub to: Option<String>,
}

type Point = (f64, f64);

#[derive(Debug)]
struct Shape {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
    class: String,
    /// Class, baseline, text.
    texts: Vec<(String, Point, String)>,
}

/// A line as points near to each other, its ends first and last.
#[derive(Debug)]
struct Line(Vec<Point>);

pub struct Picture {
    page: Point,
    boxes: Vec<Shape>,
    lines: Vec<Line>,
    tips: Vec<Vec<Point>>,
}

pub struct Element {
    pub name: String,
    pub attributes: BTreeMap<String, String>,
    pub text: String,
}

/// The elements of a text, in order. It panics where the text is not well-formed.
pub fn elements(svg: &str) -> Vec<Element> {
    let mut found: Vec<Element> = Vec::new();
    let mut open: Vec<String> = Vec::new();
    for part in svg.trim_end().split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap_or_else(|| panic!("no end: {part}"));
        for rest in text.split('&').skip(1) {
            assert!(["amp;", "lt;", "gt;", "quot;"].iter().any(|entity| rest.starts_with(entity)), "{part}");
        }
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name));
            continue;
        }
        let (tag, closed) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
        let mut attributes = BTreeMap::new();
        while let Some((key, value)) = rest.split_once("=\"") {
            let (value, after) = value.split_once('"').unwrap();
            assert!(attributes.insert(key.trim().to_owned(), value.to_owned()).is_none(), "{part}");
            rest = after;
        }
        assert_eq!(rest.trim(), "", "{part}");
        if !closed {
            open.push(name.to_owned());
        }
        found.push(Element { name: name.to_owned(), attributes, text: text.to_owned() });
    }
    assert_eq!(open, Vec::<String>::new());
    found
}

impl Picture {
    pub fn read(svg: &str) -> Picture {
        let elements = elements(svg);
        let number = |element: &Element, key: &str| element.attributes[key].parse::<f64>().unwrap();
        let mut picture = Picture {
            page: (number(&elements[0], "width"), number(&elements[0], "height")),
            boxes: Vec::new(),
            lines: Vec::new(),
            tips: Vec::new(),
        };
        let (_, drawn) = svg.split_once("</g>").unwrap();
        for element in self::elements(&format!("<g>{drawn}").replace("</svg>", "</g>")) {
            let class = element.attributes.get("class").cloned().unwrap_or_default();
            let first = class.split(' ').next().unwrap();
            match (element.name.as_str(), first) {
                ("rect", "stage" | "start" | "card") => {
                    let (left, top) = (number(&element, "x"), number(&element, "y"));
                    let (right, bottom) =
                        (left + number(&element, "width"), top + number(&element, "height"));
                    picture.boxes.push(Shape { left, top, right, bottom, class, texts: Vec::new() });
                }
                ("text", _) => {
                    let at = (number(&element, "x"), number(&element, "y"));
                    let of = picture.boxes.last_mut().expect("a text stands in a box");
                    assert!(of.contains(at), "{} stands outside its box", element.text);
                    of.texts.push((class, at, element.text));
                }
                ("path", "line") => picture.lines.push(Line(points(&element.attributes["d"]))),
                ("path", "tip") => picture.tips.push(points(&element.attributes["d"])),
                _ => {}
            }
        }
        picture
    }

    pub fn nothing_overlaps(&self) {
        for (at, one) in self.boxes.iter().enumerate() {
            for other in &self.boxes[at + 1..] {
                let apart = one.right + 8.0 <= other.left
                    || other.right + 8.0 <= one.left
                    || one.bottom + 8.0 <= other.top
                    || other.bottom + 8.0 <= one.top;
                assert!(apart, "{one:?}\n{other:?}");
            }
            for pair in one.texts.windows(2) {
                assert!(pair[1].1.1 - pair[0].1.1 >= 14.0, "{pair:?}");
            }
            for (class, at, text) in &one.texts {
                // Half an em a letter is what most fonts need for a word.
                let room = one.right - one.left - 24.0;
                let letter = if class == "number" { 5.0 } else { 5.75 };
                assert!(text.len() as f64 * letter <= room, "{text} at {at:?} has {room}");
            }
        }
    }

    pub fn nothing_sticks_out(&self) {
        let points = self.lines.iter().map(|Line(points)| points).chain(&self.tips).flatten().copied();
        let corners =
            self.boxes.iter().flat_map(|shape| [(shape.left, shape.top), (shape.right, shape.bottom)]);
        for (x, y) in points.chain(corners) {
            assert!(x > 1.0 && y > 60.0 && x < self.page.0 - 1.0 && y < self.page.1 - 40.0, "{x} {y}");
        }
    }

    pub fn lines_run_between_boxes(&self) {
        for Line(points) in &self.lines {
            for point in points {
                let inside = self.boxes.iter().find(|shape| {
                    let (x, y) = *point;
                    x > shape.left && x < shape.right && y > shape.top + 0.1 && y < shape.bottom - 0.1
                });
                assert!(inside.is_none(), "{point:?} runs through {inside:?}");
            }
        }
    }

    /// How far down a stage is drawn.
    pub fn top(&self, stage: &str) -> f64 {
        let named = |shape: &&Shape| !shape.class.starts_with("card") && shape.texts[0].2 == stage;
        self.boxes.iter().find(named).unwrap().top
    }

    /// The journey that is drawn.
    pub fn ways(&self) -> BTreeSet<Way> {
        let mut into: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        let mut out: BTreeMap<usize, usize> = BTreeMap::new();
        for Line(points) in &self.lines {
            let (first, last) = (points[0], *points.last().unwrap());
            let (one, other) = (self.box_at(first), self.box_at(last));
            let (card, stage) = if self.is_card(one) { (one, other) } else { (other, one) };
            assert!(self.is_card(card) && !self.is_card(stage));
            let tip = |point: Point| self.tips.iter().any(|tip| tip[0] == point);
            let (at_card, at_stage) =
                if card == one { (tip(first), tip(last)) } else { (tip(last), tip(first)) };
            if at_stage {
                assert!(out.insert(card, stage).is_none(), "a card leads to one stage");
            } else {
                into.entry(card).or_default().insert(stage);
            }
            let stays = self.boxes[card].texts.iter().any(|(class, ..)| class == "stays");
            assert_eq!(at_card, stays, "only what stays is pointed to");
        }
        let mut ways = BTreeSet::new();
        for card in (0..self.boxes.len()).filter(|place| self.is_card(*place)) {
            for by in self.boxes[card].by() {
                for from in &into[&card] {
                    let name = |place: &usize| self.boxes[*place].texts[0].2.clone();
                    ways.insert(Way { from: name(from), by: by.clone(), to: out.get(&card).map(name) });
                }
            }
        }
        ways
    }

    fn is_card(&self, place: usize) -> bool {
        self.boxes[place].class.starts_with("card")
    }

    /// The box on whose upper or lower edge a point lies.
    fn box_at(&self, (x, y): Point) -> usize {
        let found = self.boxes.iter().position(|shape| {
            let edge = (shape.top - y).abs() < 0.1 || (shape.bottom - y).abs() < 0.1;
            edge && shape.left < x && x < shape.right
        });
        found.unwrap_or_else(|| panic!("a line ends in the open, at {x} {y}"))
    }
}

impl Shape {
    fn contains(&self, (x, y): Point) -> bool {
        self.left < x && x < self.right && self.top < y && y < self.bottom
    }

    /// The rules of a card, or the scopes without which one falls back.
    fn by(&self) -> Vec<String> {
        let mut by = Vec::new();
        for (class, _, text) in &self.texts {
            match class.as_str() {
                "number" => {
                    let numbers = text.trim_start_matches("rules").trim_start_matches("rule");
                    let numbers = numbers.split(',').map(|number| number.trim().to_owned());
                    by.extend(numbers.filter(|number| !number.is_empty()));
                }
                "missing" if !text.ends_with("without") => by.push(format!("without {text}")),
                _ => {}
            }
        }
        by
    }
}

/// The points of a path of `M`, `L`, `H`, `V`, `C` and `Z`, curves and lines cut into short pieces.
fn points(path: &str) -> Vec<Point> {
    let mut points: Vec<Point> = Vec::new();
    let mut commands = path.split_inclusive(|c: char| c.is_ascii_alphabetic()).peekable();
    let mut command = commands.next().unwrap().to_owned();
    for part in commands {
        let (numbers, next) = match part.char_indices().next_back() {
            Some((at, letter)) if letter.is_ascii_alphabetic() => (&part[..at], letter.to_string()),
            _ => (part, String::new()),
        };
        let numbers: Vec<f64> = numbers.split_whitespace().map(|number| number.parse().unwrap()).collect();
        let at = points.last().copied().unwrap_or_default();
        let curve: [Point; 4] = match (command.as_str(), numbers.as_slice()) {
            ("M", [x, y]) => [(*x, *y); 4],
            ("L", [x, y]) => [at, at, (*x, *y), (*x, *y)],
            ("H", [x]) => [at, at, (*x, at.1), (*x, at.1)],
            ("V", [y]) => [at, at, (at.0, *y), (at.0, *y)],
            ("C", [a, b, c, d, x, y]) => [at, (*a, *b), (*c, *d), (*x, *y)],
            other => panic!("{other:?} in {path}"),
        };
        for step in 0..=24 {
            let (t, u) = (f64::from(step) / 24.0, 1.0 - f64::from(step) / 24.0);
            let weights = [u * u * u, 3.0 * u * u * t, 3.0 * u * t * t, t * t * t];
            let sum = |of: fn(&Point) -> f64| curve.iter().zip(weights).map(|(p, w)| of(p) * w).sum::<f64>();
            points.push(if step == 24 { curve[3] } else { (sum(|p| p.0), sum(|p| p.1)) });
        }
        command = next;
    }
    points
}

//! The structs of a format: lists of fields that are written once and used as a type.

use std::collections::HashMap;
use std::rc::Rc;

use super::error::{Mistakes, Span};
use super::field::{self, Item, check_name};
use super::layout::{Layout, Rules};
use super::table::{Table, Text, tables_of};
use super::types;

/// Structs within structs; deeper ones are a mistake, and names would become endless.
const MOST_NESTED: usize = 8;

/// The structs of a format, by name.
#[derive(Debug, Default)]
pub(super) struct Structs<'t> {
    items: HashMap<&'t str, Rc<Vec<Item<'t>>>>,
    /// Those that are placed; `None` when they cannot be.
    layouts: HashMap<&'t str, Option<Rc<Layout<'t>>>>,
    /// Those that are being placed, outermost first.
    open: Vec<&'t str>,
    names: Vec<Text<'t>>,
}

impl<'t> Structs<'t> {
    /// Reads the table `structs`.
    pub(super) fn read(table: &Table<'t>) -> Self {
        let mut structs = Self::default();
        for (name, value) in table.entries() {
            let is_type = types::kind(name.text).is_some() || name.text.contains('[');
            if is_type {
                table
                    .mistakes
                    .add(&name.span, format!("`{}` cannot be the name of a struct: it is a type", name.text));
            }
            if is_type || !check_name(&name, "a struct", table.mistakes) {
                continue;
            }
            let fields = tables_of(value, name.text, table.mistakes);
            let mut items: Vec<Item<'t>> = fields.iter().filter_map(field::read).collect();
            check_members(&mut items, table.mistakes);
            structs.items.insert(name.text, Rc::new(items));
            structs.names.push(name);
        }
        structs
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.items.contains_key(name)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &'t str> {
        self.names.iter().map(|name| name.text)
    }

    /// Places every struct, so that mistakes in those that nothing uses are found too.
    pub(super) fn check_all(&mut self, rules: &Rules<'t>) {
        for name in self.names.clone() {
            self.layout(name.text, &name.span, rules);
        }
    }

    /// How the struct `name` lies; `span` is where it is used. `None` when it cannot be placed, which is noted.
    pub(super) fn layout(&mut self, name: &'t str, span: &Span, rules: &Rules<'t>) -> Option<Rc<Layout<'t>>> {
        if let Some(known) = self.layouts.get(name) {
            return known.clone();
        }
        if let Some(first) = self.open.iter().position(|open| *open == name) {
            let mut circle: Vec<&str> = self.open.iter().skip(first).copied().collect();
            circle.push(name);
            rules.mistakes.add(span, format!("a struct cannot contain itself: {}", circle.join(" → ")));
            return None;
        }
        if self.open.len() >= MOST_NESTED {
            let message =
                format!("structs within structs go {MOST_NESTED} deep at most: {}", self.open.join(" → "));
            rules.mistakes.add(span, message);
            return None;
        }
        let items = Rc::clone(self.items.get(name)?);
        self.open.push(name);
        let before = rules.mistakes.count();
        let mut layout = Layout::default();
        layout.add_all(&items, self, rules);
        self.open.pop();
        // One with mistakes has no size that could be relied on; whoever uses it would be told so twice.
        let placed = (rules.mistakes.count() == before).then(|| Rc::new(layout));
        self.layouts.insert(name, placed.clone());
        placed
    }
}

/// Notes what a field within a struct cannot have, and takes it away.
fn check_members(items: &mut [Item<'_>], mistakes: &Mistakes) {
    for item in items {
        let Item::Field(field) = item else { continue };
        let names = [
            (field.length_from.take(), "length_from"),
            (field.count_from.take(), "count_from"),
            (field.after.take(), "after"),
        ];
        for (name, key) in names {
            if let Some(name) = name {
                mistakes.add(
                    &name.span,
                    format!("fields of a struct have a fixed length: `{key}` cannot stand here"),
                );
            }
        }
        if field.pointer.take().is_some() {
            mistakes.add(&field.name.span, "a struct lies in bytes: `pointer` cannot stand here");
        }
    }
}

//! The table that a benchmark ends with.
//!
//! One row a promise: what we need, what the floor needs, and whether the ratio is within the target.

/// One measured promise, or one figure that is only shown.
pub(crate) struct Row {
    what: String,
    unit: &'static str,
    ours: f64,
    floor: Option<f64>,
    target: Target,
}

enum Target {
    None,
    /// The most that ours may be, times the floor.
    Ratio(f64),
    /// The most that ours may be.
    Most(f64),
}

impl Row {
    /// A figure in `unit`, without a target.
    pub(crate) fn new(what: impl Into<String>, ours: f64, unit: &'static str) -> Self {
        Self { what: what.into(), unit, ours, floor: None, target: Target::None }
    }

    /// Beside a floor in the same unit.
    pub(crate) fn floor(mut self, floor: f64) -> Self {
        self.floor = Some(floor);
        self
    }

    /// To be at most `ratio` times the floor.
    pub(crate) fn at_most_times(mut self, ratio: f64) -> Self {
        self.target = Target::Ratio(ratio);
        self
    }

    /// To be at most `most`.
    pub(crate) fn at_most(mut self, most: f64) -> Self {
        self.target = Target::Most(most);
        self
    }

    fn ratio(&self) -> Option<f64> {
        self.floor.map(|floor| self.ours / floor)
    }

    fn target(&self) -> String {
        match self.target {
            Target::None => String::new(),
            Target::Ratio(ratio) => format!("<= {ratio} x"),
            Target::Most(most) => format!("<= {most}"),
        }
    }

    fn verdict(&self) -> &'static str {
        let met = match self.target {
            Target::None => return "",
            Target::Ratio(most) => self.ratio().is_some_and(|ratio| ratio <= most),
            Target::Most(most) => self.ours <= most,
        };
        if met { "met" } else { "NOT MET" }
    }
}

/// Rows under a title.
pub(crate) struct Table {
    title: String,
    rows: Vec<Row>,
}

impl Table {
    pub(crate) fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), rows: Vec::new() }
    }

    pub(crate) fn push(&mut self, row: Row) {
        self.rows.push(row);
    }

    pub(crate) fn print(&self) {
        let number = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.2}"));
        println!("\n{}", self.title);
        println!(
            "{:<66} {:>9} {:>9} {:<8} {:>6} {:>9}  verdict",
            "what", "ours", "floor", "unit", "ratio", "target"
        );
        for row in &self.rows {
            let (ours, floor, ratio) = (number(Some(row.ours)), number(row.floor), number(row.ratio()));
            let (what, unit, target) = (&row.what, row.unit, row.target());
            println!("{what:<66} {ours:>9} {floor:>9} {unit:<8} {ratio:>6} {target:>9}  {}", row.verdict());
        }
    }
}

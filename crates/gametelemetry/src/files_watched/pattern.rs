//! Patterns of file names, as `*.replay`: `*` is any text, `?` any one character, upper and lower case are the same.
//!
//! Whole names are compared; folders are not part of a pattern.

/// One pattern.
#[derive(Clone, Debug)]
pub(super) struct Pattern(Vec<char>);

impl Pattern {
    pub(super) fn new(pattern: &str) -> Self {
        Self(folded(pattern))
    }

    /// Whether the whole of `name` fits.
    pub(super) fn fits(&self, name: &str) -> bool {
        let (pattern, name) = (&self.0, folded(name));
        let (mut at, mut read) = (0, 0);
        // Where the last star stands, and how much of the name it has taken.
        let mut star: Option<(usize, usize)> = None;
        while let Some(&letter) = name.get(read) {
            match pattern.get(at) {
                Some('*') => {
                    star = Some((at, read));
                    at += 1;
                }
                Some(&wanted) if wanted == '?' || wanted == letter => (at, read) = (at + 1, read + 1),
                _ => {
                    let Some((stands, taken)) = star else { return false };
                    star = Some((stands, taken + 1));
                    (at, read) = (stands + 1, taken + 1);
                }
            }
        }
        pattern.iter().skip(at).all(|&rest| rest == '*')
    }
}

fn folded(text: &str) -> Vec<char> {
    text.chars().flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks_fit_whole_names_in_any_case() {
        let fits = |pattern: &str, name: &str| Pattern::new(pattern).fits(name);
        assert!(fits("*.replay", "Match 1.REPLAY") && fits("*.Replay.Gbx", "a.replay.gbx") && fits("*", ""));
        assert!(fits("match-*-R??.rec", "Match-2026-11-23-R01.rec") && fits("ÄÖ*", "äöü"));
        assert!(!fits("*.replay", "a.replay.tmp") && !fits("?.dem", ".dem") && !fits("", "a"));
        assert!(fits("*a*b", "aaaaab") && !fits("*a*b", "aaaaac"));
    }

    #[test]
    fn many_stars_take_no_long_time() {
        assert!(!Pattern::new(&"*a".repeat(200)).fits(&"a".repeat(199)));
        assert!(Pattern::new(&"*a".repeat(200)).fits(&"a".repeat(4000)));
    }
}

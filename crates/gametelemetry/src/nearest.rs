//! The word that somebody meant who wrote another: for messages that help.
//!
//! Knows no words of its own; formats and the command bring theirs.

/// The word of `known` that `word` is nearest to, when it is near.
#[must_use]
pub fn nearest_word<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let letters = word.chars().count();
    // Comparing is quadratic in the length, and no name of ours is longer.
    if letters > 100 {
        return None;
    }
    let word = word.to_lowercase();
    let near = known.into_iter().take(5000).map(|known| (distance(&word, &known.to_lowercase()), known));
    // A word of which nothing is left is no typo.
    let is_near = |distance| distance <= letters.max(3) / 3 && distance < letters;
    near.min_by_key(|&(distance, _)| distance)
        .filter(|&(distance, _)| is_near(distance))
        .map(|(_, known)| known)
}

/// Number of letters to change, add, remove or exchange with their neighbour to get from `a` to `b`.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(100).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    let mut row_before: Option<(char, Vec<usize>)> = None;
    for (number, letter) in a.chars().enumerate() {
        let mut next = vec![number + 1];
        for (column, &other) in b.iter().enumerate() {
            let at = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX / 2);
            let changed = at(&row, column) + usize::from(letter != other);
            let mut least = changed.min(at(&row, column + 1) + 1).min(at(&next, column) + 1);
            let before = column.checked_sub(1);
            if let (Some((letter_before, rows)), Some(before)) = (&row_before, before)
                && b.get(before) == Some(&letter)
                && *letter_before == other
            {
                least = least.min(at(rows, before) + 1);
            }
            next.push(least);
        }
        row_before = Some((letter, std::mem::replace(&mut row, next)));
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_is_understood_and_nonsense_is_not() {
        assert_eq!(nearest_word("sped", ["throttle", "speed"]), Some("speed"));
        assert_eq!(nearest_word("Fields", ["fields"]), Some("fields"));
        assert_eq!(nearest_word("wings", ["throttle", "speed"]), None);
        assert_eq!((nearest_word("x", ["y"]), nearest_word("x", [])), (None, None));
        assert_eq!(nearest_word("cra", ["u8", "car"]), Some("car"));
        let distances = [("kitten", "sitting", 3), ("", "ab", 2), ("ab", "", 2), ("flaot", "float", 1)];
        assert!(distances.iter().all(|(a, b, expected)| distance(a, b) == *expected));
    }
}

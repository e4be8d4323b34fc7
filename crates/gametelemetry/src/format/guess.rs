//! What a user may have meant by a word that is unknown.

/// `, did you mean …?` with the word of `known` that is nearest to `word`; empty when none is near.
pub(super) fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    // Comparing is quadratic in the length, and no name of ours is longer.
    if word.len() > 100 {
        return String::new();
    }
    let word = word.to_lowercase();
    let letters = word.chars().count();
    let near = known.into_iter().take(500).map(|known| (distance(&word, &known.to_lowercase()), known));
    match near.min_by_key(|&(distance, _)| distance) {
        // A word of which nothing is left is no typo.
        Some((distance, known)) if distance <= letters.max(3) / 3 && distance < letters => {
            format!(", did you mean `{known}`?")
        }
        _ => String::new(),
    }
}

/// Number of letters to change, add or remove to get from `a` to `b`.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(100).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (number, letter) in a.chars().enumerate() {
        let mut diagonal = number;
        let mut left = number + 1;
        let mut next = vec![left];
        for (&above, &other) in row.iter().skip(1).zip(&b) {
            left = (diagonal + usize::from(letter != other)).min(above + 1).min(left + 1);
            diagonal = above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_is_understood_and_nonsense_is_not() {
        assert_eq!(did_you_mean("sped", ["throttle", "speed"]), ", did you mean `speed`?");
        assert_eq!(did_you_mean("Fields", ["fields"]), ", did you mean `fields`?");
        assert_eq!(did_you_mean("wings", ["throttle", "speed"]), "");
        assert_eq!(did_you_mean("x", []), "");
    }
}

//! What a user may have meant by a word that is unknown, as the end of a message.

use crate::nearest_word;

/// `, did you mean …?` with the word of `known` that is nearest to `word`; empty when none is near.
pub(super) fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest_word(word, known).map_or_else(String::new, |known| format!(", did you mean `{known}`?"))
}

//! Lists in messages, of which nobody reads a thousand items.

use std::fmt::Display;

/// So many items are told.
const TOLD: usize = 4;

/// `a or b`; `a, b, c, d or 996 others`, with `or` or another word before the last.
pub fn few<T: Display>(items: &[T], word: &str) -> String {
    let mut told: Vec<String> = items.iter().take(TOLD).map(ToString::to_string).collect();
    match items.len().saturating_sub(TOLD) {
        0 => {}
        1 => told.push("1 other".to_owned()),
        others => told.push(format!("{others} others")),
    }
    let last = told.pop().unwrap_or_default();
    if told.is_empty() { last } else { format!("{} {word} {last}", told.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::few;

    #[test]
    fn only_a_few_are_told() {
        assert_eq!(few(&["a"], "or"), "a");
        assert_eq!(few(&["a", "b"], "or"), "a or b");
        assert_eq!(few(&[1, 2, 3, 4], "and"), "1, 2, 3 and 4");
        assert_eq!(few(&[1, 2, 3, 4, 5], "and"), "1, 2, 3, 4 and 1 other");
        assert_eq!(few(&[1; 1000], "or"), "1, 1, 1, 1 or 996 others");
    }
}

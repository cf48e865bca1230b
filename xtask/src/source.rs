//! Reads Rust source just far enough to check it: code without comments, strings and tests.

/// `text` with comments and the insides of strings and characters turned into spaces; lines and
/// columns (in characters) stay where they are.
pub(crate) fn code(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = skip(&chars, at);
        if end == at {
            out.push(chars[at]);
            at += 1;
        } else {
            let blank = |c: &char| if *c == '\n' { '\n' } else { ' ' };
            out.extend(chars[at..end].iter().map(blank));
            at = end;
        }
    }
    out
}

/// `code` (see [`code`]) with every item that follows `#[cfg(test)]` turned into spaces.
pub(crate) fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut out = code.to_owned();
    while let Some(start) = out.find(MARK) {
        let after = start + MARK.len();
        let length = item(&out[after..]);
        let blank: String = out[start..after + length]
            .chars()
            .map(|c| if c == '\n' { '\n' } else { ' ' })
            .collect();
        out.replace_range(start..after + length, &blank);
    }
    out
}

/// Is this file wholly tests, benches or fuzzing?
pub(crate) fn is_test(path: &str) -> bool {
    let folder = ["/tests/", "/benches/", "/examples/"].iter().any(|f| path.contains(f));
    folder
        || path.ends_with("/tests.rs")
        || path.ends_with("_tests.rs")
        || path.starts_with("fuzz/")
}

/// Lines, from 1, on which `word` stands in `code` with nothing of a name right before or after it.
pub(crate) fn lines_with(code: &str, word: &str) -> Vec<usize> {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    let alone = |line: &str| {
        line.match_indices(word).any(|(at, _)| {
            !line[..at].ends_with(part) && !line[at + word.len()..].starts_with(part)
        })
    };
    code.lines().enumerate().filter(|(_, line)| alone(line)).map(|(n, _)| n + 1).collect()
}

/// Length in bytes of the item at the start of `code`: through its `;` or its closing brace.
fn item(code: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in code.char_indices() {
        match c {
            ';' if depth == 0 => return at + 1,
            '{' => depth += 1,
            '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    code.len()
}

/// Where the comment, string or character that begins at `at` ends; `at` when none begins there.
fn skip(chars: &[char], at: usize) -> usize {
    let get = |n: usize| chars.get(at + n).copied();
    match chars[at] {
        '/' if get(1) == Some('/') => until(chars, at, |rest| rest[0] == '\n'),
        '/' if get(1) == Some('*') => block_comment(chars, at),
        '"' => string(chars, at + 1),
        'r' if !in_name(chars, at) => raw_string(chars, at).unwrap_or(at),
        '\'' if get(1) == Some('\\') => {
            (until(chars, at + 3, |rest| rest[0] == '\'') + 1).min(chars.len())
        }
        '\'' if get(2) == Some('\'') => at + 3,
        _ => at,
    }
}

/// Does the character at `at` continue a name (`b` of `br""` begins a string and does not count)?
fn in_name(chars: &[char], at: usize) -> bool {
    let before = |n: usize| at.checked_sub(n).and_then(|i| chars.get(i)).copied();
    let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    part(before(1)) && (before(1) != Some('b') || part(before(2)))
}

/// First place from `from` on where `here` holds, or the end.
fn until(chars: &[char], from: usize, here: impl Fn(&[char]) -> bool) -> usize {
    (from..chars.len()).find(|&i| here(&chars[i..])).unwrap_or(chars.len())
}

fn block_comment(chars: &[char], start: usize) -> usize {
    let mut depth = 0_usize;
    let mut at = start;
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at.min(chars.len())
}

fn string(chars: &[char], mut at: usize) -> usize {
    while at < chars.len() {
        match chars[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    chars.len()
}

/// End of the raw string whose `r` is at `at`; `None` when it is no raw string.
fn raw_string(chars: &[char], at: usize) -> Option<usize> {
    let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
    let open = at + 1 + hashes;
    if chars.get(open) != Some(&'"') {
        return None;
    }
    let closes = |rest: &[char]| {
        rest[0] == '"' && rest[1..].iter().take_while(|c| **c == '#').count() >= hashes
    };
    Some((until(chars, open + 1, closes) + 1 + hashes).min(chars.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, hidden: &str, shown: &str) {
        let code = code(text);
        assert!(!code.contains(hidden) && code.contains(shown), "{text} became {code}");
        assert_eq!(code.chars().count(), text.chars().count());
    }

    #[test]
    fn comments_and_strings_are_no_code() {
        check("let a = 1; // word\nlet b;", "word", "let b;");
        check("/* a /* word */ b */ fn f() {}", "word", "fn f() {}");
        check(r#"f("a \" word", 2)"#, "word", ", 2)");
        check(r##"f(r#"a " word"#, 2)"##, "word", ", 2)");
        check(r##"f(br#"word"#, 2)"##, "word", ", 2)");
        check("f('\"', x, '\\'', y) // word", "word", ", y)");
        check("fn f<'a>(x: &'a str) { \"word\" }", "word", "fn f<'a>(x: &'a str)");
        check("let r#type = for\"word\"", "word", "r#type");
    }

    #[test]
    fn tests_are_taken_out_and_what_follows_them_stays() {
        let text = "fn a() {}\n#[cfg(test)]\nmod tests { fn b() { c(); } }\nfn d() {}";
        let kept = without_tests(&code(text));
        assert!(kept.contains("fn a") && kept.contains("fn d") && !kept.contains("fn b"));
        let kept = without_tests("#[cfg(test)]\nmod tests;\nfn d() {}");
        assert!(!kept.contains("mod tests") && kept.contains("fn d"));
    }

    #[test]
    fn a_word_inside_a_longer_word_is_not_that_word() {
        assert_eq!(lines_with("safe\nunsafe_code\nunsafe {", "unsafe"), [3]);
    }
}

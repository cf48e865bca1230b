//! The types that prove something: nobody copies them, and nobody looks inside.

use crate::source;
use crate::tree::Tree;

/// The kernel's proofs; they live in `ground`.
const PROOFS: &[&str] = &["Sealed", "Ground", "Warrant", "Permitted"];

/// Traits that would let a proof be copied, sent, or opened without asking. `Debug` may be written by
/// hand, so that it shows nothing of the contents; derived it would show all.
const FORBIDDEN: &[&str] = &[
    "Clone",
    "Copy",
    "Display",
    "Default",
    "Serialize",
    "Deserialize",
    "Deref",
    "DerefMut",
    "AsRef",
    "AsMut",
    "Borrow",
    "BorrowMut",
    "From",
    "Into",
    "IntoIterator",
    "Index",
];

/// No proof has a public field, and none implements a forbidden trait.
pub(super) fn proofs(tree: &Tree) -> Vec<String> {
    let mut wrong = Vec::new();
    for (path, text) in
        tree.ending(".rs").filter(|(path, _)| path.starts_with("crates/ground/src/"))
    {
        let code = source::without_tests(&source::code(text));
        let lines: Vec<&str> = code.lines().collect();
        for proof in PROOFS {
            for number in source::lines_with(&code, &format!("struct {proof}")) {
                for found in derived(&lines, number)
                    .into_iter()
                    .filter(|t| *t == "Debug" || FORBIDDEN.contains(t))
                {
                    wrong.push(format!("{path}:{number}: {proof} derives {found}"));
                }
                if body(&lines, number).split_whitespace().any(|word| word == "pub") {
                    wrong.push(format!("{path}:{number}: {proof} has a field others can see"));
                }
            }
            for (at, line) in lines.iter().enumerate() {
                let implemented = implements(line, proof).filter(|t| FORBIDDEN.contains(t));
                wrong.extend(implemented.map(|t| format!("{path}:{}: {proof} is {t}", at + 1)));
            }
        }
    }
    wrong
}

/// Traits derived in the attributes right above line `number`.
fn derived<'a>(lines: &[&'a str], number: usize) -> Vec<&'a str> {
    let above = lines[..number - 1].iter().rev();
    let attributes = above.take_while(|line| !line.trim_end().ends_with(['}', ';']));
    attributes.flat_map(|line| line.split(|c: char| !c.is_alphanumeric())).collect()
}

/// What stands between the braces or parentheses of the type declared on line `number`.
fn body(lines: &[&str], number: usize) -> String {
    let mut body = String::new();
    let mut depth = 0_usize;
    for c in lines[number - 1..].iter().flat_map(|line| line.chars().chain(Some('\n'))) {
        match c {
            '{' | '(' => {
                depth += 1;
                if depth == 1 {
                    continue;
                }
            }
            '}' | ')' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return body;
                }
            }
            ';' if depth == 0 => return body,
            _ => {}
        }
        if depth > 0 {
            body.push(c);
        }
    }
    body
}

/// The trait that `line` implements for `proof`, when it does.
fn implements<'a>(line: &'a str, proof: &str) -> Option<&'a str> {
    let (head, of) = line.trim_start().strip_prefix("impl")?.split_once(" for ")?;
    let name = of.split(|c: char| !c.is_alphanumeric() && c != '_').next()?;
    let path = head.rsplit(' ').next()?.split('<').next()?;
    (name == proof).then(|| path.rsplit("::").next().unwrap_or(path))
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    fn found(text: &str, expected: &[&str]) {
        check(proofs, &[("crates/ground/src/a.rs", text)], expected);
    }

    #[test]
    fn a_seal_with_private_fields_and_no_traits_is_well() {
        found("/// A seal.\npub struct Sealed<T> {\n    inside: T,\n}\nimpl<T> Sealed<T> { }", &[]);
        found(
            "pub struct Ground {\n    pub(crate) a: u8,\n}\nimpl core::fmt::Debug for Ground {",
            &[],
        );
        found("#[derive(Debug, Clone)]\npub struct Other { pub a: u8 }", &[]);
    }

    #[test]
    fn a_proof_that_can_be_copied_or_looked_into_is_found() {
        found("pub struct Sealed<T> {\n    pub inside: T,\n}", &["Sealed has a field"]);
        found("pub struct Warrant(pub u8);", &["Warrant has a field"]);
        found("#[derive(Debug)]\npub struct Ground(Arc<Inner>);", &["Ground derives Debug"]);
        found("#[derive(Clone)]\npub struct Ground { a: u8 }", &["Ground derives Clone"]);
        found("impl<T> std::ops::Deref for Sealed<T> {", &["Sealed is Deref"]);
        found("impl Clone for Permitted<P> {", &["Permitted is Clone"]);
        found("impl From<Sealed<T>> for Vec<T> {", &[]);
    }
}

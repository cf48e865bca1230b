//! Which files a ledger of a given size has, by name, and no others.

use std::fs;
use std::path::Path;

use crate::fault::Fault;

/// A file under `tile/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TileName {
    /// Level of the tree, or `None` for an entry bundle.
    pub(crate) level: Option<u8>,
    /// Number within the level.
    pub(crate) number: u64,
    /// Hashes or entries in it; 256 when it is full.
    pub(crate) width: u16,
}

impl TileName {
    /// The path relative to the ledger directory (C2SP tlog-tiles, "Merkle Tree").
    pub(crate) fn path(self) -> String {
        let mut n = self.number;
        let mut number = format!("{:03}", n % 1000);
        while n >= 1000 {
            n /= 1000;
            number = format!("x{:03}/{number}", n % 1000);
        }
        let level = self.level.map_or_else(|| "entries".to_owned(), |l| l.to_string());
        let partial = if self.width == 256 { String::new() } else { format!(".p/{}", self.width) };
        format!("tile/{level}/{number}{partial}")
    }

    /// The name that is written `path`, if it is one.
    pub(crate) fn parse(path: &str) -> Option<Self> {
        let rest = path.strip_prefix("tile/")?;
        let (level, rest) = rest.split_once('/')?;
        let level = if level == "entries" { None } else { Some(level.parse().ok()?) };
        let (number, width) = match rest.split_once(".p/") {
            Some((number, width)) => (number, width.parse().ok()?),
            None => (rest, 256),
        };
        let number = number.split('/').try_fold(0_u64, |n, part| {
            let digits = part.strip_prefix('x').unwrap_or(part);
            n.checked_mul(1000)?.checked_add(digits.parse().ok()?)
        })?;
        let name = Self { level, number, width };
        // Comparing with the one right spelling refuses signs, zeroes and misplaced x's.
        (level.is_none_or(|l| l < 8) && (1..=256).contains(&width) && name.path() == path)
            .then_some(name)
    }

    /// The name of the widest tile with this number in a tree of `size` leaves, if there is one.
    pub(crate) fn widest(self, size: u64) -> Option<Self> {
        let hashes = size >> (8 * u32::from(self.level.unwrap_or(0)));
        let width = hashes.checked_sub(self.number.checked_mul(256)?)?.min(256);
        let width = u16::try_from(width).ok()?;
        (width > 0).then_some(Self { width, ..self })
    }
}

/// Calls `each` with every file below the folder, relative, in no order.
pub(crate) fn walk(
    folder: &Path,
    below: &str,
    each: &mut dyn FnMut(&str) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let fault = |e| Fault::reading(if below.is_empty() { "." } else { below }, e);
    for found in fs::read_dir(folder.join(below)).map_err(fault)? {
        let found = found.map_err(fault)?;
        let name = found.file_name();
        let Some(name) = name.to_str() else {
            return Err(Fault::whole(
                format!("{below}/{}", name.display()),
                "no file of a ledger has such a name",
            ));
        };
        let path = if below.is_empty() { name.to_owned() } else { format!("{below}/{name}") };
        let kind = found.file_type().map_err(|e| Fault::reading(&path, e))?;
        if kind.is_dir() {
            walk(folder, &path, each)?;
        } else if kind.is_file() {
            each(&path)?;
        } else {
            return Err(Fault::whole(path, "it is neither a file nor a folder"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_has_one_name() {
        let full = TileName { level: Some(0), number: 1_234_067, width: 256 };
        assert_eq!(full.path(), "tile/0/x001/x234/067");
        let partial = TileName { level: None, number: 0, width: 5 };
        assert_eq!(partial.path(), "tile/entries/000.p/5");
        for name in [full, partial] {
            assert_eq!(TileName::parse(&name.path()), Some(name));
        }
        for wrong in [
            "tile/0/0",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/05",
            "tile/00/000",
            "tile/0/x000/001",
            "tile/0/001/001",
            "tile/0/+01",
            "tile/data/000",
            "tile/0/x999/x999/x999/x999/x999/x999/x999/x999/999",
            "tile/9/000",
            "checkpoint",
        ] {
            assert_eq!(TileName::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_tree_of_70000_has_the_tiles_the_specification_says() {
        let widest = |level, number| {
            TileName { level, number, width: 256 }.widest(70_000).map(|name| name.width)
        };
        assert_eq!(widest(Some(0), 272), Some(256));
        assert_eq!(widest(Some(0), 273), Some(112));
        assert_eq!(widest(Some(0), 274), None);
        assert_eq!(widest(None, 273), Some(112));
        assert_eq!(widest(Some(1), 0), Some(256));
        assert_eq!(widest(Some(1), 1), Some(17));
        assert_eq!(widest(Some(2), 0), Some(1));
        assert_eq!(widest(Some(3), 0), None);
    }
}

//! What a wasm module is made of: the size of each function's code, by the crate that its name begins with.

use std::collections::HashMap;

use anyhow::{Context, Result, bail};

const CUSTOM: u8 = 0;
const IMPORT: u8 = 2;
const CODE: u8 = 10;
const FUNCTION_NAMES: u8 = 1;

/// Bytes of code by crate, the greatest first.
pub fn by_crate(module: &[u8]) -> Result<Vec<(String, usize)>> {
    let mut rest = module
        .strip_prefix(b"\0asm\x01\0\0\0")
        .context("no wasm of version 1")?;
    let (mut imported, mut sizes, mut names) = (0, Vec::new(), HashMap::new());
    while !rest.is_empty() {
        let kind = take(&mut rest, 1)?[0];
        let length = number(&mut rest)?;
        let mut section = take(&mut rest, length)?;
        match kind {
            IMPORT => imported = imported_functions(&mut section)?,
            CODE => {
                for _ in 0..number(&mut section)? {
                    let size = number(&mut section)?;
                    take(&mut section, size)?;
                    sizes.push(size);
                }
            }
            CUSTOM if text(&mut section)? == "name" => names = function_names(section)?,
            _ => {}
        }
    }
    if names.is_empty() {
        bail!("the wasm has no names");
    }
    let mut crates: HashMap<String, usize> = HashMap::new();
    for (index, size) in sizes.into_iter().enumerate() {
        let name = names
            .get(&(imported + index))
            .map_or("", |name| name.as_str());
        *crates.entry(crate_of(name)).or_default() += size;
    }
    let mut crates: Vec<(String, usize)> = crates.into_iter().collect();
    crates.sort_by(|(a, left), (b, right)| right.cmp(left).then_with(|| a.cmp(b)));
    Ok(crates)
}

fn imported_functions(section: &mut &[u8]) -> Result<usize> {
    let mut functions = 0;
    for _ in 0..number(section)? {
        text(section)?;
        text(section)?;
        match take(section, 1)?[0] {
            0 => {
                number(section)?;
                functions += 1;
            }
            // A table: its type, then its limits, like a memory.
            1 => {
                take(section, 1)?;
                limits(section)?;
            }
            2 => limits(section)?,
            3 => {
                take(section, 2)?;
            }
            _ => {
                take(section, 1)?;
                number(section)?;
            }
        }
    }
    Ok(functions)
}

fn limits(section: &mut &[u8]) -> Result<()> {
    let has_end = take(section, 1)?[0] & 1 == 1;
    number(section)?;
    if has_end {
        number(section)?;
    }
    Ok(())
}

fn function_names(mut section: &[u8]) -> Result<HashMap<usize, String>> {
    let mut names = HashMap::new();
    while !section.is_empty() {
        let kind = take(&mut section, 1)?[0];
        let length = number(&mut section)?;
        let mut part = take(&mut section, length)?;
        if kind == FUNCTION_NAMES {
            for _ in 0..number(&mut part)? {
                names.insert(number(&mut part)?, text(&mut part)?);
            }
        }
    }
    Ok(names)
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Result<&'a [u8]> {
    let (taken, left) = rest
        .split_at_checked(count)
        .context("the wasm ends early")?;
    *rest = left;
    Ok(taken)
}

/// LEB128.
fn number(rest: &mut &[u8]) -> Result<usize> {
    let mut value = 0;
    for shift in (0..35).step_by(7) {
        let byte = take(rest, 1)?[0];
        value |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    bail!("an odd number in the wasm")
}

fn text(rest: &mut &[u8]) -> Result<String> {
    let length = number(rest)?;
    Ok(String::from_utf8_lossy(take(rest, length)?).into_owned())
}

/// The first crate in a name, for a method that of its type: `<alloc::string::String as core::fmt::Write>::x` and
/// `_ZN5alloc6string…` are alloc's.
fn crate_of(name: &str) -> String {
    if let Some(mangled) = name.strip_prefix("_ZN") {
        return crate_of(&legacy(mangled));
    }
    if let Some(mangled) = name.strip_prefix("_R") {
        return v0(mangled).unwrap_or_else(|| "(no name)".to_owned());
    }
    let plain = name.trim_start_matches(|c: char| "<&*([{ ".contains(c));
    for prefix in ["mut ", "dyn ", "const ", "T as ", "impl "] {
        if let Some(rest) = plain.strip_prefix(prefix) {
            return crate_of(rest);
        }
    }
    let Some((first, _)) = plain.split_once("::") else {
        return "(no crate)".to_owned();
    };
    let end = first.find(|c: char| !c.is_alphanumeric() && c != '_');
    let found = &first[..end.unwrap_or(first.len())];
    if !found.starts_with(char::is_uppercase) && !found.is_empty() {
        return found.to_owned();
    }
    // A type without a crate, as in `<F as tachys::View>` or `<(A, B) as …>`: its trait's crate then.
    match plain.split_once(" as ") {
        Some((_, its_trait)) => crate_of(its_trait),
        None => "(no crate)".to_owned(),
    }
}

/// `5alloc6string…`; a name that begins with a bracket begins with an escape.
fn legacy(mangled: &str) -> String {
    let digits = mangled.find(|c: char| !c.is_ascii_digit()).unwrap_or(0);
    let length: usize = mangled[..digits].parse().unwrap_or(0);
    let first = mangled[digits..].get(..length).unwrap_or_default();
    let first = first
        .replace("_$LT$", "<")
        .replace("$LT$", "<")
        .replace("$RF$", "&")
        .replace("$u20$", " ")
        .replace("..", "::");
    format!("{first}::")
}

/// The first crate root, `C`, with or without a disambiguator `s…_`, and its name.
fn v0(mangled: &str) -> Option<String> {
    let bytes = mangled.as_bytes();
    (0..bytes.len())
        .filter(|&at| bytes[at] == b'C')
        .find_map(|at| {
            let mut rest = &mangled[at + 1..];
            if let Some(after) = rest.strip_prefix('s') {
                rest = after.split_once('_')?.1;
            }
            let digits = rest.find(|c: char| !c.is_ascii_digit())?;
            let length: usize = rest[..digits].parse().ok()?;
            let name = rest[digits..].trim_start_matches('_').get(..length)?;
            Some(name.to_owned())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_belong_to_the_crate_of_their_type() {
        let names = [
            "core::fmt::write::h0123456789abcdef",
            "<alloc::string::String as core::fmt::Write>::write_str",
            "<&mut dyn leptos::Thing as core::fmt::Debug>::fmt",
            "_ZN5alloc6string6String4push17h0123456789abcdefE",
            "_ZN45_$LT$leptos..Thing$u20$as$u20$core..fmt..Debug$GT$3fmt17h0E",
            "_RNvNtCs1234_4core3fmt5write",
            "<F as tachys::View>::build",
            "<(A, B) as tachys::View>::build",
            "memcpy",
        ];
        let crates = names.map(crate_of);
        let expected = [
            "core",
            "alloc",
            "leptos",
            "alloc",
            "leptos",
            "core",
            "tachys",
            "tachys",
            "(no crate)",
        ];
        assert_eq!(crates, expected);
    }

    #[test]
    fn a_functions_size_is_found_behind_the_imports() {
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        // One imported function, m.f; one of our own with 3 bytes; its name, under the second index.
        module.extend([2, 7, 1, 1, b'm', 1, b'f', 0, 0]);
        module.extend([10, 5, 1, 3, 0, 1, 0x0b]);
        module.extend([0, 14, 4]);
        module.extend(b"name");
        module.extend([1, 7, 1, 1, 4]);
        module.extend(b"a::b");
        let found = by_crate(&module).expect("a module");
        assert_eq!(found, [("a".to_owned(), 3)]);
    }
}

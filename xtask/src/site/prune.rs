//! What is compiled in but never called. Leptos can take a page over in two ways: at once, as `src/lib.rs` has it
//! done, or piece by piece while parts are still being loaded. Every type-erased view carries the code of both, behind
//! pointers that no optimiser can follow; a quarter of the wasm is the second. Its bodies are emptied here, and
//! whatever only they had called goes with them. Were one called after all, it would trap: the first page says so.

use anyhow::{Context, Result, ensure};
use rustc_demangle::demangle;
use walrus::ir::{Instr, InstrLocId, Unreachable};
use walrus::{FunctionKind, Module, ModuleConfig, passes};

use crate::dist::Mode;

/// The functions that take over piece by piece, and the futures that they make: not the closures inside of those, for
/// a closure may equal one of those that take over at once, and the compiler has made one of both then. For the same
/// reason not those that take over what stands in a `<template>`.
const UNUSED: [&str; 3] = [
    "::hydrate_async",
    "::hydrate_async::{{closure}}",
    "::hydrate_async::{closure#0}",
];
/// As small a body as this may be another's too; to empty it would gain nothing.
const SMALL: u64 = 12;

pub fn prune(mode: Mode, wasm: &[u8]) -> Result<Module> {
    let mut module = ModuleConfig::new()
        // What LLVM has just written is well-formed.
        .strict_validate(false)
        // Names are enough for a stack trace; the rest would be tens of megabytes on every page load.
        .generate_dwarf(false)
        .generate_name_section(true)
        .generate_producers_section(mode == Mode::Dev)
        .parse(wasm)
        .context("cannot read what was compiled")?;
    let mut emptied = 0;
    for function in module.funcs.iter_mut() {
        let can_go = function.name.as_deref().is_some_and(is_unused);
        if let FunctionKind::Local(local) = &mut function.kind
            && can_go
            && local.size() > SMALL
        {
            let entry = local.entry_block();
            local.block_mut(entry).instrs =
                vec![(Instr::Unreachable(Unreachable {}), InstrLocId::default())];
            emptied += 1;
        }
    }
    // Without names nothing is found, and nobody would notice but by the size.
    ensure!(
        emptied > 0,
        "no function is named hydrate_async any more: xtask/src/site/prune.rs has nothing to do"
    );
    passes::gc::run(&mut module);
    Ok(module)
}

fn is_unused(name: &str) -> bool {
    // Without the hash of each crate, or of the whole name.
    is_of_unused(&format!("{:#}", demangle(name)))
}

fn is_of_unused(name: &str) -> bool {
    let name = without_types(name);
    UNUSED.iter().any(|unused| name.ends_with(unused))
}

/// `<A<B> as C>::d::<E>::{closure#0}` is `::d::{closure#0}`.
fn without_types(name: &str) -> String {
    let mut depth = 0_usize;
    let mut last = ' ';
    let mut kept = String::new();
    for letter in name.chars() {
        match letter {
            '<' => depth += 1,
            // That of a function's type is no bracket.
            '>' if last != '-' => depth = depth.saturating_sub(1),
            _ if depth == 0 => kept.push(letter),
            _ => {}
        }
        last = letter;
    }
    kept.replace("::::", "::").trim_end_matches("::").to_owned()
}

#[cfg(test)]
mod tests {
    use super::{is_of_unused, is_unused};

    #[test]
    fn only_what_takes_over_piece_by_piece_goes() {
        for (name, goes) in [
            (
                "<tachys::view::any_view::AnyView as tachys::view::RenderHtml>::hydrate_async",
                true,
            ),
            (
                "<_ as tachys::view::any_view::IntoAny>::into_any::hydrate_async::<fn(A<B>) -> C<D>>",
                true,
            ),
            (
                "<_ as IntoAny>::into_any::hydrate_async::<A>::{closure#0}",
                true,
            ),
            (
                "<_ as IntoAny>::into_any::hydrate_async::<A>::{closure#0}::{closure#0}",
                false,
            ),
            (
                "<_ as IntoAnyAttribute>::into_any_attr::hydrate_from_template::<A>",
                false,
            ),
            ("<A as tachys::view::RenderHtml>::hydrate::<true>", false),
            (
                "core::ptr::drop_in_place::<<A as RenderHtml>::hydrate_async::{closure#0}>",
                false,
            ),
        ] {
            assert_eq!(is_of_unused(name), goes, "{name}");
        }
        let closure = "_ZN6tachys4view8any_view7AnyView13hydrate_async28_$u7b$$u7b$closure$u7d$$u7d$17h0123456789abcdefE";
        assert!(is_unused(closure));
        assert!(is_unused("_RNvNtCs5cOc02OMXlo_6tachys4view13hydrate_async"));
    }
}

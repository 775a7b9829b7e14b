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
        .generate_name_section(mode == Mode::Dev)
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
    // Without the hash at its end.
    let name = format!("{:#}", demangle(name));
    UNUSED.iter().any(|unused| name.ends_with(unused))
}

#[cfg(test)]
mod tests {
    use super::is_unused;

    #[test]
    fn only_what_takes_over_piece_by_piece_goes() {
        for (name, goes) in [
            (
                "_ZN6tachys4view8any_view7AnyView13hydrate_async17h0123456789abcdefE",
                true,
            ),
            (
                "_ZN6tachys4view8any_view7AnyView13hydrate_async28_$u7b$$u7b$closure$u7d$$u7d$17h0123456789abcdefE",
                true,
            ),
            (
                "_ZN6tachys4view13hydrate_async28_$u7b$$u7b$closure$u7d$$u7d$28_$u7b$$u7b$closure$u7d$$u7d$17h0123456789abcdefE",
                false,
            ),
            (
                "_ZN6tachys4html9attribute13any_attribute12AnyAttribute21hydrate_from_template17h0123456789abcdefE",
                false,
            ),
            (
                "_ZN6tachys4html9attribute13any_attribute12AnyAttribute19hydrate_from_server17h0123456789abcdefE",
                false,
            ),
            (
                "_ZN6tachys4view8any_view7AnyView7hydrate17h0123456789abcdefE",
                false,
            ),
        ] {
            assert_eq!(is_unused(name), goes, "{name}");
        }
    }
}

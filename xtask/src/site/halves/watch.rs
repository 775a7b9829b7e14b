//! The whole wasm, such that it can be seen from outside which of its functions have run.

use std::collections::{BTreeSet, HashMap};

use anyhow::Result;
use walrus::ir::{Const, GlobalSet, Instr, InstrLocId, Value};
use walrus::{ConstExpr, FunctionKind, GlobalId, ValType};

use super::{later::short, parse};

/// Before the short name of a function: the name of a global that is 1 once it has run. `end2end/harness/profile.ts` reads
/// them.
const MARK: &str = "ran:";

/// Answers with the names, too.
pub fn watched(wasm: &[u8]) -> Result<(Vec<u8>, BTreeSet<String>)> {
    let mut module = parse(wasm, true)?;
    let mut marks: HashMap<String, GlobalId> = HashMap::new();
    let named: Vec<_> = module
        .funcs
        .iter_local()
        .filter_map(|(id, _)| Some((id, short(module.funcs.get(id).name.as_deref()?))))
        .collect();
    for (id, name) in named {
        // Two of one name, which only the crates' hashes tell apart, come together.
        let global = *marks.entry(name).or_insert_with_key(|name| {
            let never = ConstExpr::Value(Value::I32(0));
            let global = module.globals.add_local(ValType::I32, true, false, never);
            module.exports.add(&format!("{MARK}{name}"), global);
            global
        });
        if let FunctionKind::Local(local) = &mut module.funcs.get_mut(id).kind {
            let value = Value::I32(1);
            let mark = [
                Instr::Const(Const { value }),
                Instr::GlobalSet(GlobalSet { global }),
            ];
            let entry = local.entry_block();
            let body = &mut local.block_mut(entry).instrs;
            body.splice(0..0, mark.map(|it| (it, InstrLocId::default())));
        }
    }
    Ok((module.emit_wasm(), marks.into_keys().collect()))
}

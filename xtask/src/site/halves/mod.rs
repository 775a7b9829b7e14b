//! The wasm in two files. Of its functions half have nothing to do with taking the task page over or with what
//! people do there every day; a first visit leaves them on the server. They come when the page is first touched or left, or
//! has been open for a while (`rest.js`).
//!
//! The first file has the memory, the table and, in the place of each function of the second that it may call, a few
//! instructions that call it through the table, and have the second file brought before if it is not there. So it makes
//! no difference to what a program does which function stands where, only to when it is loaded: that is chosen by
//! `later.txt`, which `cargo xtask profile` writes after having watched what runs. What it does not name, because it is
//! new, stands in the first.

mod later;
#[cfg(test)]
mod tests;
mod watch;

use std::collections::{HashMap, HashSet};
use std::mem;

use anyhow::{Context, Result, bail};
use walrus::ir::{
    Call, CallIndirect, Const, Instr, InstrLocId, LocalGet, UnaryOp, Unreachable, Value, Visitor,
    dfs_in_order,
};
use walrus::{
    ConstExpr, ElementItems, ElementKind, Export, ExportItem, Function, FunctionBuilder,
    FunctionId, FunctionKind, GlobalKind, ImportId, ImportKind, ImportedFunction, Module, RefType,
    TableId, ValType, passes,
};

pub use self::later::Later;
pub use self::watch::watched;

/// What the second file calls the first, and what it calls the functions of the first. Those have no names there, which
/// would be as long as the rest of what an export is: the script finds them in the table.
const FIRST: &str = "f";
const SHARED: &str = "s";
/// Under this name the script finds the table.
const TABLE: &str = "functions";
/// What `src/lib.rs` calls the function that has the second file brought.
const BRING: &str = "rest_is_needed";

#[derive(Debug)]
pub struct Halves {
    pub first: Vec<u8>,
    pub rest: Vec<u8>,
    /// How many functions the list named.
    pub named: usize,
    /// Where in the table stands what the second file calls of the first, and how much that is.
    pub shared: (u64, usize),
}

impl Halves {
    /// What follows the script that wasm-bindgen has written; `rest` is the name of the second file.
    pub fn script(&self, rest: &str) -> String {
        let (start, count) = self.shared;
        include_str!("rest.js")
            .replace("{rest}", rest)
            .replace("{start}", &start.to_string())
            .replace("{count}", &count.to_string())
    }
}

pub fn cut(wasm: &[u8], later: &Later) -> Result<Halves> {
    // Both are made from the same whole, so that a function has the same number in each.
    let plan = Plan::of(parse(wasm, true)?, later)?;
    let (rest, shared) = rest(read(wasm)?, &plan)?;
    let first = first(read(wasm)?, &plan, &shared)?;
    Ok(Halves {
        first,
        rest,
        named: plan.named,
        shared: (plan.shared_start(), shared.len()),
    })
}

/// What something was called, and what it is called now.
pub type Renamed = Vec<(String, String)>;

/// Gives what the script brings short names; answers with them too, each after the one that it had. They end with
/// hashes, which no compression makes smaller, here and in the script.
pub fn shorten_imports(wasm: &[u8]) -> Result<(Vec<u8>, Renamed)> {
    let mut module = parse(wasm, true)?;
    let renamed = module
        .imports
        .iter_mut()
        // Those that are not in a script of their own.
        .filter(|import| import.module.ends_with("_bg.js"))
        .zip(0..)
        .map(|(import, number)| {
            let short = format!("_{}", name(number));
            (mem::replace(&mut import.name, short.clone()), short)
        })
        .collect();
    Ok((module.emit_wasm(), renamed))
}

fn read(wasm: &[u8]) -> Result<Module> {
    parse(wasm, false)
}

fn parse(wasm: &[u8], keep_names: bool) -> Result<Module> {
    walrus::ModuleConfig::new()
        .strict_validate(false)
        .generate_dwarf(false)
        .generate_name_section(keep_names)
        .generate_producers_section(false)
        .parse(wasm)
        .context("cannot read the browser's code")
}

/// Functions by their place in the whole.
#[derive(Debug)]
struct Plan {
    named: usize,
    /// Those that the list names, and what only they call.
    is_later: Vec<bool>,
    /// Those of the second file that the first, or the table, refers to. The first of them stands behind the last
    /// that the table has in the whole.
    called: Vec<usize>,
    table_size: u64,
}

impl Plan {
    fn of(whole: Module, later: &Later) -> Result<Plan> {
        let ids = ids(&whole);
        let is_ours = |function: &Function| matches!(function.kind, FunctionKind::Local(_));
        let ours: Vec<bool> = whole.funcs.iter().map(is_ours).collect();
        let kept = kept(&whole)?;
        let mut is_later: Vec<bool> = whole
            .funcs
            .iter()
            .map(|function| {
                let name = function.name.as_deref();
                is_ours(function)
                    && !kept.contains(&function.id())
                    && name.is_some_and(|name| later.has(name))
            })
            .collect();
        let named = is_later.iter().filter(|is_later| **is_later).count();
        let table_size = whole.tables.get(functions(&whole)?).initial;
        let left = left_without(whole, &ids, &is_later);
        let mut called = Vec::new();
        for (number, id) in ids.iter().enumerate() {
            if !left.contains(id) {
                is_later[number] = ours[number];
            } else if is_later[number] {
                called.push(number);
            }
        }
        Ok(Plan {
            named,
            is_later,
            called,
            table_size,
        })
    }

    fn shared_start(&self) -> u64 {
        self.table_size + self.called.len() as u64
    }

    fn slot(&self, place: usize) -> Result<i32> {
        Ok(i32::try_from(self.table_size + u64::try_from(place)?)?)
    }
}

/// What brings the second file, with what it calls, cannot come with it; and what the script itself calls is called
/// whenever a text has an umlaut, whether or not that was so while the profile was taken.
fn kept(whole: &Module) -> Result<HashSet<FunctionId>> {
    let bring = bring(whole)?;
    let mut kept = vec![bring];
    if let FunctionKind::Local(local) = &whole.funcs.get(bring).kind {
        dfs_in_order(&mut Calls(&mut kept), local, local.entry_block());
    }
    for export in whole.exports.iter() {
        if let ExportItem::Function(id) = export.item
            && export.name.starts_with("__wbindgen_")
        {
            kept.push(id);
        }
    }
    Ok(kept.into_iter().collect())
}

struct Calls<'a>(&'a mut Vec<FunctionId>);

impl Visitor<'_> for Calls<'_> {
    fn visit_function_id(&mut self, function: &FunctionId) {
        self.0.push(*function);
    }
}

/// What is still used when those that come later call nothing.
fn left_without(mut whole: Module, ids: &[FunctionId], is_later: &[bool]) -> HashSet<FunctionId> {
    for (id, is_later) in ids.iter().zip(is_later) {
        if *is_later {
            set_body(&mut whole, *id, vec![Instr::Unreachable(Unreachable {})]);
        }
    }
    passes::gc::run(&mut whole);
    self::ids(&whole).into_iter().collect()
}

fn set_body(module: &mut Module, id: FunctionId, body: Vec<Instr>) {
    if let FunctionKind::Local(local) = &mut module.funcs.get_mut(id).kind {
        let entry = local.entry_block();
        local.block_mut(entry).instrs = body
            .into_iter()
            .map(|instruction| (instruction, InstrLocId::default()))
            .collect();
    }
}

/// Gets its memory, its table and whatever it calls of the first file from there; answers also with what that is, in the
/// order of the names that it has there.
fn rest(mut module: Module, plan: &Plan) -> Result<(Vec<u8>, Vec<usize>)> {
    let ids = ids(&module);
    let table = functions(&module)?;
    forget_what_it_begins_with(&mut module);
    let former: Vec<_> = module.imports.iter().map(walrus::Import::id).collect();
    for (id, name) in things(&module) {
        let import = module.imports.add(FIRST, &name, id.clone());
        match id {
            ImportKind::Memory(id) => module.memories.get_mut(id).import = Some(import),
            ImportKind::Table(id) => module.tables.get_mut(id).import = Some(import),
            ImportKind::Global(id) => module.globals.get_mut(id).kind = GlobalKind::Import(import),
            ImportKind::Function(_) | ImportKind::Tag(_) => {}
        }
    }
    for (number, id) in ids.iter().enumerate() {
        if !plan.is_later[number] {
            let ty = module.funcs.get(*id).ty();
            // Named below, when it is known which are used.
            let import = module.imports.add(SHARED, "", ImportKind::Function(*id));
            module.funcs.get_mut(*id).kind = FunctionKind::Import(ImportedFunction { ty, import });
        }
    }
    for id in former {
        module.imports.delete(id);
    }
    let functions = plan.called.iter().map(|number| ids[*number]).collect();
    enlist(&mut module, table, plan.table_size, functions);
    passes::gc::run(&mut module);

    let numbers: HashMap<FunctionId, usize> = ids.into_iter().zip(0..).collect();
    let mut shared: Vec<(usize, ImportId)> = module
        .imports
        .iter()
        .filter_map(|import| match import.kind {
            ImportKind::Function(id) => Some((numbers[&id], import.id())),
            _ => None,
        })
        .collect();
    shared.sort_unstable();
    for (place, (_, import)) in shared.iter().enumerate() {
        module.imports.get_mut(*import).name = place.to_string();
    }
    let shared = shared.into_iter().map(|(number, _)| number).collect();
    Ok((module.emit_wasm(), shared))
}

/// The first file has done all of that by the time the second comes.
fn forget_what_it_begins_with(module: &mut Module) {
    module.start = None;
    for id in collected(module.exports.iter().map(Export::id)) {
        module.exports.delete(id);
    }
    for table in module.tables.iter_mut() {
        table.elem_segments.clear();
    }
    for id in collected(module.elements.iter().map(walrus::Element::id)) {
        module.elements.delete(id);
    }
    for memory in module.memories.iter_mut() {
        memory.data_segments.clear();
    }
    for id in collected(module.data.iter().map(walrus::Data::id)) {
        module.data.delete(id);
    }
}

fn first(mut module: Module, plan: &Plan, shared: &[usize]) -> Result<Vec<u8>> {
    let ids = ids(&module);
    let table = functions(&module)?;
    for (thing, name) in things(&module) {
        match thing {
            ImportKind::Memory(id) => module.exports.add(&name, id),
            ImportKind::Table(id) => module.exports.add(&name, id),
            ImportKind::Global(id) => module.exports.add(&name, id),
            ImportKind::Function(_) | ImportKind::Tag(_) => continue,
        };
    }
    module.exports.add(TABLE, table);
    let functions = shared.iter().map(|number| ids[*number]).collect();
    enlist(&mut module, table, plan.shared_start(), functions);
    let brought = with_the_rest(&mut module)?;
    for (place, number) in plan.called.iter().enumerate() {
        let slot = Const {
            value: Value::I32(plan.slot(place)?),
        };
        let function = module.funcs.get(ids[*number]);
        let ty = function.ty();
        let arguments = function.kind.unwrap_local().args.iter();
        let mut body: Vec<Instr> = arguments
            .map(|local| Instr::LocalGet(LocalGet { local: *local }))
            .collect();
        body.push(Instr::Const(slot));
        body.push(Instr::Call(Call { func: brought }));
        body.push(Instr::CallIndirect(CallIndirect { ty, table }));
        set_body(&mut module, ids[*number], body);
    }
    passes::gc::run(&mut module);
    Ok(module.emit_wasm())
}

/// Puts functions into the table, which ends with them.
fn enlist(module: &mut Module, table: TableId, start: u64, functions: Vec<FunctionId>) {
    let offset = i32::try_from(start).expect("BUG: a table of billions");
    let table = module.tables.get_mut(table);
    table.initial = start + functions.len() as u64;
    table.maximum = None;
    let kind = ElementKind::Active {
        table: table.id(),
        offset: ConstExpr::Value(Value::I32(offset)),
    };
    let element = module
        .elements
        .add(kind, ElementItems::Functions(functions));
    table.elem_segments.insert(element);
}

fn bring(module: &Module) -> Result<FunctionId> {
    let mut exports = module.exports.iter();
    match exports.find(|export| export.name == BRING) {
        Some(Export {
            item: ExportItem::Function(id),
            ..
        }) => Ok(*id),
        _ => bail!("src/lib.rs has no function {BRING} any more"),
    }
}

/// A function that answers with what it is given, when the second file is there.
fn with_the_rest(module: &mut Module) -> Result<FunctionId> {
    let bring = bring(module)?;
    let is_there =
        module
            .globals
            .add_local(ValType::I32, true, false, ConstExpr::Value(Value::I32(0)));
    let mut function = FunctionBuilder::new(&mut module.types, &[ValType::I32], &[ValType::I32]);
    let slot = module.locals.add(ValType::I32);
    function
        .func_body()
        .global_get(is_there)
        .unop(UnaryOp::I32Eqz)
        .if_else(
            None,
            |missing| {
                missing.call(bring).i32_const(1).global_set(is_there);
            },
            |_| {},
        )
        .local_get(slot);
    Ok(function.finish(vec![slot], &mut module.funcs))
}

/// What both share that is no function.
fn things(module: &Module) -> Vec<(ImportKind, String)> {
    let memories = module.memories.iter().map(|it| ImportKind::Memory(it.id()));
    let tables = module.tables.iter().map(|it| ImportKind::Table(it.id()));
    let globals = module.globals.iter().map(|it| ImportKind::Global(it.id()));
    memories
        .chain(tables)
        .chain(globals)
        .zip(0..)
        .map(|(thing, number)| (thing, format!("_{}", name(number))))
        .collect()
}

/// Short, for there are hundreds.
fn name(mut number: usize) -> String {
    const LETTERS: &[u8; 62] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    let mut name = String::new();
    loop {
        name.push(char::from(LETTERS[number % LETTERS.len()]));
        number /= LETTERS.len();
        if number == 0 {
            return name;
        }
    }
}

fn ids(module: &Module) -> Vec<FunctionId> {
    module.funcs.iter().map(Function::id).collect()
}

/// The table that functions are called through.
fn functions(module: &Module) -> Result<TableId> {
    let mut tables = module.tables.iter();
    let table = tables.find(|table| table.element_ty == RefType::FUNCREF);
    Ok(table.context("the wasm has no table of functions")?.id())
}

fn collected<T>(ids: impl Iterator<Item = T>) -> Vec<T> {
    ids.collect()
}

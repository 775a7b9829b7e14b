use super::*;

/// `start` is exported and calls `often` and `seldom`; `seldom` alone calls `deep`; `listed` stands in the table.
fn whole() -> Vec<u8> {
    let mut module = Module::default();
    let ty = module.types.add(&[], &[]);
    let (bring, _) = module.add_import_func("script", "bringRest", ty);
    module.exports.add(BRING, bring);
    let answers = |module: &mut Module, name: &str, number: i32, calls: &[FunctionId]| {
        let mut function = FunctionBuilder::new(&mut module.types, &[], &[ValType::I32]);
        function.name(name.to_owned());
        let mut body = function.func_body();
        for called in calls {
            body.call(*called).drop();
        }
        body.i32_const(number);
        function.finish(vec![], &mut module.funcs)
    };
    let often = answers(&mut module, "often", 1001, &[]);
    let deep = answers(&mut module, "deep", 1002, &[]);
    let seldom = answers(&mut module, "seldom", 1003, &[deep, often]);
    let listed = answers(&mut module, "listed", 1004, &[]);
    let start = answers(&mut module, "start", 1005, &[often, seldom]);
    module.exports.add("start", start);
    let table = module.tables.add_local(false, 2, Some(2), RefType::FUNCREF);
    let element = module.elements.add(
        ElementKind::Active {
            table,
            offset: ConstExpr::Value(Value::I32(1)),
        },
        ElementItems::Functions(vec![listed]),
    );
    module.tables.get_mut(table).elem_segments.insert(element);
    module.exports.add("table", table);
    module.emit_wasm()
}

/// The numbers above that a file has.
fn numbers(wasm: &[u8]) -> Vec<i32> {
    let module = read(wasm).expect("it is wasm");
    let mut found: Vec<i32> = module
        .funcs
        .iter_local()
        .flat_map(|(_, function)| &function.block(function.entry_block()).instrs)
        .filter_map(|(instruction, _)| match instruction {
            Instr::Const(Const {
                value: Value::I32(number),
            }) if *number > 1000 => Some(*number),
            _ => None,
        })
        .collect();
    found.sort_unstable();
    found
}

#[test]
fn what_is_named_goes_and_takes_along_what_only_it_calls() {
    let list = format!("# for a test\n{}\n", later::short("seldom"));
    let halves = cut(&whole(), &Later::parse(&list)).expect("it is cut");
    assert_eq!(numbers(&halves.first), [1001, 1004, 1005]);
    assert_eq!(numbers(&halves.rest), [1002, 1003]);
}

#[test]
fn what_the_table_has_is_found_there_again() {
    let list = [later::short("listed"), later::short("deep")].join("\n");
    let halves = cut(&whole(), &Later::parse(&list)).expect("it is cut");
    assert_eq!(numbers(&halves.first), [1001, 1003, 1005]);
    assert_eq!(numbers(&halves.rest), [1002, 1004]);
    for half in [&halves.first, &halves.rest] {
        let module = read(half).expect("it is wasm");
        let table = module.tables.iter().next().expect("it has a table");
        assert_eq!((table.initial, table.maximum), (4, None));
    }
}

#[test]
fn what_is_not_named_stays() {
    let halves = cut(&whole(), &Later::parse("")).expect("it is cut");
    assert_eq!(numbers(&halves.first), [1001, 1002, 1003, 1004, 1005]);
    assert_eq!(numbers(&halves.rest), [0; 0]);
}

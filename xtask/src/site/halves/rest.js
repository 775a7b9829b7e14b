
// The second file of the wasm. It comes when the page is first touched or left, or has been open for a while; where it is
// called before it is there, the page has to wait for it.

const REST = new URL("{rest}", import.meta.url);
// The page that comes alive without it: the whole list, and no more of it to be fetched at once.
const isAliveWithout =
    location.pathname + location.search === "/tasks" && !document.querySelector(".tasks-more");
const SIGNS = [
    ...["pointermove", "pointerdown", "touchstart", "keydown", "wheel", "input", "click"],
    ...["visibilitychange", "online"],
];
const A_WHILE = 30_000;
// A pointer that moves over a page without a network is not to ask each time.
const PAUSE = 5_000;

let rest;
let isComing;
let failure;

for (const sign of SIGNS) addEventListener(sign, fetchRest, { capture: true, passive: true });
setTimeout(fetchRest, A_WHILE);
const awaited = isAliveWithout ? undefined : fetchRest();

// What this page needs before it comes alive.
export function ready() {
    return awaited;
}

// Never fails: whoever needs it then asks again.
function fetchRest() {
    isComing ??= WebAssembly.compileStreaming(fetch(REST)).then(has, () => {
        setTimeout(() => (isComing = undefined), PAUSE);
    });
    return isComing;
}

function has(module) {
    rest = module;
    isComing = Promise.resolve();
    for (const sign of SIGNS) removeEventListener(sign, fetchRest, true);
}

// Called by the first file.
function bringRest() {
    try {
        // Nobody can tell what was half done when it failed.
        if (failure) throw failure;
        if (!rest) has(new WebAssembly.Module(fetchRestNow()));
        const shared = {};
        for (let place = 0; place < {count}; place++) shared[place] = wasm.functions.get({start} + place);
        new WebAssembly.Instance(rest, { f: wasm, s: shared });
    } catch (error) {
        failure = error;
        document.getElementById("lost")?.removeAttribute("hidden");
        throw error;
    }
}

function fetchRestNow() {
    const request = new XMLHttpRequest();
    request.open("GET", REST, false);
    // Bytes, as characters: a page may not ask for anything else while it waits.
    request.overrideMimeType("text/plain; charset=x-user-defined");
    request.send();
    if (request.status !== 200) throw new Error(`${REST.pathname}: ${request.status}`);
    return Uint8Array.from(request.responseText, (character) => character.charCodeAt(0));
}

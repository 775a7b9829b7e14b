
// The second file of the wasm. It comes when the page is first touched, or there is a network again; where it is called
// before it is there, the page has to wait for it.

const REST = new URL("{rest}", import.meta.url);
// The page that comes alive without it.
const ALIVE_WITHOUT = /^\/tasks\/?$/;
const TOUCHES = ["pointermove", "pointerdown", "touchstart", "keydown", "wheel", "input", "click", "online"];
// A pointer that moves over a page without a network is not to ask each time.
const PAUSE = 5_000;

let rest;
let isComing;

// What this page needs before it comes alive.
export function ready() {
    return ALIVE_WITHOUT.test(location.pathname) ? undefined : fetchRest();
}

// Never fails: whoever needs it then asks again.
function fetchRest() {
    isComing ??= WebAssembly.compileStreaming(fetch(REST)).then(
        (module) => {
            rest = module;
            for (const touch of TOUCHES) removeEventListener(touch, fetchRest, true);
        },
        () => {
            setTimeout(() => (isComing = undefined), PAUSE);
        },
    );
    return isComing;
}

// Called by the first file.
function bringRest() {
    try {
        rest ??= new WebAssembly.Module(fetchRestNow());
    } catch (error) {
        // Nobody can tell what was half done.
        document.getElementById("lost")?.removeAttribute("hidden");
        throw error;
    }
    const shared = {};
    for (let place = 0; place < {count}; place++) shared[place] = wasm.functions.get({start} + place);
    new WebAssembly.Instance(rest, { f: wasm, s: shared });
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

for (const touch of TOUCHES) addEventListener(touch, fetchRest, { capture: true, passive: true });

/** What a page is to the modules under test: elements by their ids, and a server to wait for. */

// What modules ask for when they are loaded.
globalThis.matchMedia = () => ({ matches: false });
globalThis.navigator ??= { maxTouchPoints: 0 };

/** An element that remembers what it was told, and knows nothing of layout. */
class FakeElement extends EventTarget {
  hidden = false;
  textContent = "";
  children = [];
  dataset = {};
  style = { setProperty() {}, removeProperty() {} };
  classList = { add() {}, remove() {}, toggle() {} };
  #attributes = new Map();
  #parts = new Map();

  getContext() {
    return null;
  }
  get ownerDocument() {
    return globalThis.document;
  }
  appendChild(child) {
    this.children.push(child);
    return child;
  }
  setAttribute(name, value) {
    this.#attributes.set(name, value);
  }
  getAttribute(name) {
    return this.#attributes.get(name) ?? null;
  }
  removeAttribute(name) {
    this.#attributes.delete(name);
    delete this[name];
  }
  append(...children) {
    this.children.push(...children);
  }
  replaceChildren(...children) {
    this.children = children;
  }
  querySelector(selector) {
    if (!this.#parts.has(selector)) this.#parts.set(selector, new FakeElement());
    return this.#parts.get(selector);
  }
  click() {
    this.onclick?.();
    this.dispatchEvent(new Event("click"));
  }
  /** Its own text, and that of what is in it. */
  get text() {
    return [this.textContent, ...this.children.map((child) => child.text ?? "")].join(" ").trim();
  }
}

/** A page whose elements come into being when they are asked for. */
export function fakePage() {
  const elements = new Map();
  const byId = (id) => {
    if (!elements.has(id)) elements.set(id, new FakeElement());
    return elements.get(id);
  };
  globalThis.document = Object.assign(new EventTarget(), {
    cookie: "",
    getElementById: byId,
    createElement: () => new FakeElement(),
    createElementNS: () => new FakeElement(),
    querySelector: () => null,
    documentElement: new FakeElement(),
    body: new FakeElement(),
  });
  globalThis.ImageData = class {};
  globalThis.window = globalThis;
  return byId;
}

/** A server whose answers are given by the test, in any order. */
export function slowServer() {
  const asked = [];
  globalThis.fetch = (url, { method = "GET" } = {}) =>
    new Promise((resolve, reject) => asked.push({ url, method, resolve, reject }));
  const taken = (part) => {
    const index = asked.findIndex(({ url }) => url.includes(part));
    if (index < 0) throw new Error(`${part} was not asked for, but ${asked.map(({ url }) => url)}`);
    return asked.splice(index, 1)[0];
  };
  return {
    asked,
    async answer(part, body, status = 200) {
      const content = body instanceof Uint8Array ? body : JSON.stringify(body);
      taken(part).resolve(new Response(content, { status }));
      await settled();
    },
    async fail(part, error = new TypeError("Failed to fetch")) {
      taken(part).reject(error);
      await settled();
    },
  };
}

/** Once everything that could go on has gone on. */
export async function settled() {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
}

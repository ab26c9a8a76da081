import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { storage } from "../../static/js/storage.js";

const real = Object.getOwnPropertyDescriptor(globalThis, "localStorage");
afterEach(() => {
  if (real) Object.defineProperty(globalThis, "localStorage", real);
  else delete globalThis.localStorage;
});

function replaceStorage(get) {
  Object.defineProperty(globalThis, "localStorage", { configurable: true, get });
}

test("a browser that keeps nothing does no harm", () => {
  replaceStorage(() => {
    throw new DOMException("denied", "SecurityError");
  });
  storage.setItem("theme", "dark");
  assert.equal(storage.getItem("theme"), null);
});

test("what is kept is found again", () => {
  const values = new Map();
  replaceStorage(() => ({
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => values.set(key, value),
  }));
  storage.setItem("theme", "dark");
  assert.equal(storage.getItem("theme"), "dark");
});

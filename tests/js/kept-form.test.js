import assert from "node:assert/strict";
import { test } from "node:test";
import { restore } from "../../static/js/model/kept-form.js";

/** A form as the server rendered it. */
function form() {
  return [
    { type: "radio", name: "paths", value: "absolute", checked: false },
    { type: "radio", name: "paths", value: "rooted", checked: true },
    { type: "text", name: "root", value: "D:\\Music", checked: false },
    { type: "checkbox", name: "windows", value: "on", checked: true },
  ];
}

const state = (inputs) => inputs.map(({ type, value, checked }) => (type === "text" ? value : checked));

function restored(kept) {
  const inputs = form();
  restore(inputs, kept);
  return state(inputs);
}

test("a form of which nothing is kept is as the server has it", () => {
  assert.deepEqual(restored({}), state(form()));
});

test("what was chosen last is chosen again, also what was not checked", () => {
  assert.deepEqual(restored({ paths: "absolute", root: "/mnt" }), [true, false, "/mnt", false]);
  assert.deepEqual(restored({ paths: "rooted", windows: "on" }), state(form()));
});

test("a choice that is not offered any more, or no choice at all, changes nothing", () => {
  assert.deepEqual(restored({ paths: "mounted", root: "", windows: "on" }), state(form()));
  assert.deepEqual(restored({ paths: null, root: 3, windows: "on" }), state(form()));
});

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { ApiError, getJson, getList, getPatiently, mayPass, orMissing, send } from "../../static/js/api.js";
import { LatestCache } from "../../static/js/model/cache.js";

const realFetch = globalThis.fetch;
afterEach(() => (globalThis.fetch = realFetch));

/** Answers as a server would, by address. */
function serve(pages) {
  const asked = [];
  globalThis.fetch = async (url, { signal } = {}) => {
    asked.push(url);
    signal?.throwIfAborted();
    await new Promise((resolve, reject) => {
      setTimeout(resolve, 5);
      signal?.addEventListener("abort", () => reject(signal.reason));
    });
    const [status, body] = pages[url];
    return new Response(typeof body === "string" ? body : JSON.stringify(body), { status });
  };
  return asked;
}

test("a newer request in a slot aborts the older one", async () => {
  serve({ "/api/v1/a": [200, 1], "/api/v1/b": [200, 2], "/api/v1/c": [200, 3] });
  const older = getJson("a", { slot: "map" });
  const elsewhere = getJson("c", { slot: "colour" });
  const newer = getJson("b", { slot: "map" });
  await assert.rejects(older, { name: "AbortError" });
  assert.equal(await newer, 2);
  assert.equal(await elsewhere, 3);
});

test("errors carry the server's words, status and code", async () => {
  const error = { status: 404, code: "not_found", detail: "No such track.", errors: {} };
  serve({ "/api/v1/tracks/9/": [404, error], "/api/v1/x": [502, "<h1>Bad gateway</h1>"] });
  await assert.rejects(getJson("tracks/9/"), (thrown) => {
    assert.ok(thrown instanceof ApiError);
    assert.deepEqual([thrown.message, thrown.status, thrown.code], ["No such track.", 404, "not_found"]);
    return true;
  });
  await assert.rejects(getJson("x"), { message: "The server answered with an error (502).", status: 502 });
});

test("a server that is not there is told in plain words", async () => {
  globalThis.fetch = async () => {
    throw new TypeError("Failed to fetch");
  };
  await assert.rejects(getJson("library/"), { message: /cannot be reached/, status: 0 });
});

test("what the server has no time for yet is asked for again, other errors are told", async () => {
  const answer = (code) => [503, { status: 503, code, detail: "Later." }];
  const pages = { "/api/v1/a": answer("busy"), "/api/v1/b": answer("no-audio-dir") };
  const asked = serve(pages);
  const wanted = getPatiently("a", 1);
  setTimeout(() => (pages["/api/v1/a"] = [200, 7]), 30);
  assert.equal(await wanted, 7);
  assert.ok(asked.length > 1);
  await assert.rejects(getPatiently("b", 1), { code: "no-audio-dir" });
  pages["/api/v1/a"] = answer("busy");
  await assert.rejects(getPatiently("a", 0), { code: "busy" });
});

test("a paged list is read to its end, whatever the server takes its own name to be", async () => {
  const next = "http://inner:8000/api/v1/tags/?page=2";
  const asked = serve({
    "/api/v1/tags/": [200, { results: [1, 2], next }],
    "/api/v1/tags/?page=2": [200, { results: [3], next: null }],
  });
  assert.deepEqual(await getList("tags/"), [1, 2, 3]);
  assert.equal(asked.length, 2);
});

test("an answer is asked for once while it is under way, and again after a failure", async () => {
  const cache = new LatestCache(2);
  let asked = 0;
  const load = async () => {
    asked += 1;
    if (asked === 1) throw new Error("no");
    return "answer";
  };
  const both = await Promise.allSettled([cache.resolve("k", load), cache.resolve("k", load)]);
  assert.deepEqual(both.map(({ status }) => status), ["rejected", "rejected"]);
  assert.equal(await cache.resolve("k", load), "answer");
  assert.equal(asked, 2);
});

test("what is sent carries JSON and the token of the page's cookie", async () => {
  globalThis.document = { cookie: "theme=dark; csrftoken=abc123" };
  let sent;
  globalThis.fetch = async (url, message) => {
    sent = { url, ...message };
    return new Response("{}", { status: 202 });
  };
  const response = await send("POST", "projections/", { layer: "a" });
  delete globalThis.document;
  assert.equal(response.status, 202);
  assert.equal(sent.url, "/api/v1/projections/");
  assert.equal(sent.method, "POST");
  assert.equal(sent.body, '{"layer":"a"}');
  assert.equal(sent.headers["X-CSRFToken"], "abc123");
  assert.equal(sent.headers["Content-Type"], "application/json");
});

test("what is missing is named, and only trouble of the server may pass", async () => {
  const failing = (/** @type {number} */ status) => Promise.reject(new ApiError("Not found.", status, "not_found"));
  await assert.rejects(orMissing(failing(404), "There is no track 9."), { message: "There is no track 9.", status: 404 });
  await assert.rejects(orMissing(failing(500), "There is no track 9."), { message: "Not found." });
  assert.equal(await orMissing(Promise.resolve(7), ""), 7);
  assert.deepEqual([0, 404, 500].map((status) => mayPass(new ApiError("", status, ""))), [true, false, true]);
});

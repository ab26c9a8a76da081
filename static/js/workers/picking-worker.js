/** Builds the picking index of a large map beside the page. */

import { buildIndex } from "../map/picking.js";

const scope = /** @type {{postMessage(data: any, transfer: any[]): void, onmessage: any}} */ (
  /** @type {unknown} */ (self)
);

scope.onmessage = (/** @type {MessageEvent} */ event) => {
  const { data } = buildIndex(event.data.x, event.data.y);
  scope.postMessage(data, [data]);
};

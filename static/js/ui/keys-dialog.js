/** The dialogue that lists the keys. */

import { byId } from "./dom.js";

export class KeysDialog {
  constructor() {
    this.element = /** @type {HTMLDialogElement} */ (byId("keys"));
    byId("keys-open").addEventListener("click", () => this.open());
  }

  open() {
    this.element.showModal();
  }
}

/** What keys do on the page of the map, wherever one is on it. */

import { pressMap } from "../map/pointing.js";
import { byId } from "../ui/dom.js";
import { wireKeys } from "../ui/keys.js";
import { KeysDialog } from "../ui/keys-dialog.js";

export class Keys {
  /**
   * @param {import("./explorer.js").Explorer} explorer
   * @param {import("../ui/find-field.js").FindField} find
   */
  constructor(explorer, find) {
    this.listening = explorer.listening;
    this.find = find;
    this.dialog = new KeysDialog();
    wireKeys((key, { target }) => {
      const unused = target === document.body || target === byId("main");
      return this.#press(key) || (unused && this.#pressMap(key));
    });
  }

  /** @param {string} key */
  #press(key) {
    if (key === " ") this.listening.toggle();
    else if (key === "Escape") this.listening.pane.view.hover(-1);
    else if (key === "/") this.find.focus();
    else if (key === "?") this.dialog.open();
    else return false;
    return true;
  }

  /**
   * What the map does with keys while it has the focus, it also does while nothing has.
   *
   * @param {string} key
   */
  #pressMap(key) {
    const { view } = this.listening.pane;
    if (!pressMap(view, key)) return false;
    view.element.focus({ preventScroll: true });
    return true;
  }
}

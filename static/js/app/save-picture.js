/** The map to take home: as a picture, or as a drawing. */

import { exportPng, exportSvg } from "../map/export.js";
import { layoutName } from "../model/catalogue.js";
import { axesSentence } from "../model/sentences.js";
import { byId, download, showText } from "../ui/dom.js";

/** @typedef {import("./pane.js").Pane} Pane */

export class SavePicture {
  /** @param {import("./explorer.js").Explorer} explorer */
  constructor(explorer) {
    this.explorer = explorer;
    this.menu = byId("save-menu");
    this.menu.addEventListener("toggle", () => this.#place());
    const several = explorer.panes.length > 1;
    explorer.panes.forEach((pane, index) => {
      const which = several ? ` of map ${index + 1}` : "";
      this.#offer(`PNG${which}`, "png", pane, (words) => exportPng(pane.view, words));
      this.#offer(`SVG${which}`, "svg", pane, async (words) => {
        return new Blob([exportSvg(pane.view, words)], { type: "image/svg+xml" });
      });
    });
  }

  /**
   * @param {string} label
   * @param {string} extension
   * @param {Pane} pane
   * @param {(words: import("../map/export.js").Words) => Promise<Blob>} make
   */
  #offer(label, extension, pane, make) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.addEventListener("click", async () => {
      const message = byId("save-message");
      showText(message, null);
      try {
        const blob = await make(this.#words(pane));
        download(blob, `${pane.entry.layer.name}-${pane.method}.${extension}`);
        this.menu.hidePopover();
      } catch (error) {
        showText(message, error instanceof Error ? error.message : String(error));
      }
    });
    this.menu.insertBefore(button, byId("save-message"));
  }

  /**
   * @param {Pane} pane
   * @returns {import("../map/export.js").Words}
   */
  #words(pane) {
    const { shown } = pane;
    if (!shown) return { title: "", legend: null, sentence: "" };
    const { colours } = this.explorer;
    const { model, layer } = shown.entry;
    const named = `${model.display_name}, ${layer.display_name} · ${layoutName(shown)}`;
    return {
      title: colours.name ? `${named} · by ${colours.name}` : named,
      legend: colours.legend,
      sentence: axesSentence(shown, shown),
    };
  }

  /** Below its button, inside of the window. */
  #place() {
    const { bottom, right } = byId("save-open").getBoundingClientRect();
    this.menu.style.top = `${bottom + 8}px`;
    this.menu.style.left = `${Math.max(right - this.menu.offsetWidth, 8)}px`;
  }
}

/** The page of an artist, an album or a tag: its tracks, where they lie, and what sounds alike. */

import { getJson } from "../api.js";
import { buildCatalogue } from "../model/catalogue.js";
import { writeAddress } from "../model/choices.js";
import { EVERYTHING } from "../model/track-filter.js";
import { ListSound } from "../track/list-sound.js";
import { mapChoices } from "../track/map-choices.js";
import { byId } from "../ui/dom.js";
import { wireKeys } from "../ui/keys.js";
import { KeysDialog } from "../ui/keys-dialog.js";
import { explain } from "../ui/stage.js";
import { AlikeParts } from "./alike-parts.js";
import { PlacePart } from "./place-part.js";
import { TracksPart } from "./tracks-part.js";

/**
 * @typedef {{condition: "artists" | "albums" | "tags", id: number, ordering: string}} Subject what
 *   tracks are filtered by, and how they are listed
 */

export class GroupPage {
  constructor() {
    const { condition, id, ordering } = byId("group").dataset;
    this.subject = /** @type {Subject} */ ({ condition, id: Number(id), ordering });
    const choices = mapChoices();
    this.keys = new KeysDialog();
    this.sound = new ListSound();
    this.tracks = new TracksPart(this.subject, this.sound);
    this.place = new PlacePart(this.subject, this.sound, choices.panes[0]);
    this.alike = new AlikeParts(this.subject, this.sound, choices.panes[0].layer);
    /** @type {HTMLAnchorElement} */ (byId("to-map")).search = this.#mapQuery(choices);
    wireKeys((key) => this.#press(key));
    byId("group-failure").querySelector("button")?.addEventListener("click", () => void this.#showRest());
  }

  show() {
    void this.tracks.part.show();
    void this.#showRest();
  }

  /** What waits for the catalogue of networks and maps. */
  async #showRest() {
    const failure = byId("group-failure");
    failure.hidden = true;
    try {
      const asked = [getJson("models/"), getJson("projections/")];
      const [models, projections] = await Promise.all(asked);
      const entries = buildCatalogue(models, projections);
      this.place.map.entries = entries;
      this.alike.entries = entries;
      void this.place.map.part.show();
      this.alike.show();
    } catch (error) {
      failure.hidden = false;
      explain(failure, error);
    }
  }

  /**
   * The map seen last, with the other tracks in grey.
   *
   * @param {import("../model/choices.js").Choices} choices
   */
  #mapQuery({ panes, ...shared }) {
    const { condition, id } = this.subject;
    const own = condition === "tags" ? [{ id, not: false, or: false }] : [id];
    const filter = { ...EVERYTHING, [condition]: own, rest: /** @type {const} */ ("grey") };
    return writeAddress({ ...shared, ...filter, panes: [{ ...panes[0], at: null, selection: null }] });
  }

  /** @param {string} key */
  #press(key) {
    if (key !== "?") return this.sound.press(key);
    this.keys.open();
    return true;
  }
}

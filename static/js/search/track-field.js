/** Finds a track to start from, by typing. */

import { suggestTracks } from "../ui/track-suggestions.js";
import { wireCombobox } from "../ui/combobox.js";
import { byId } from "../ui/dom.js";

/**
 * @param {string} id of the field; its list is `<id>-list`
 * @param {(track: number) => void} onChoose
 */
export function wireTrackField(id, onChoose) {
  wireCombobox(/** @type {HTMLInputElement} */ (byId(id)), byId(`${id}-list`), {
    suggest: async (text) => {
      const suggestions = await suggestTracks(text);
      if (suggestions.length > 0) return [{ label: "Tracks", suggestions }];
      return [{ label: "No track has these words.", suggestions: [] }];
    },
    choose: ({ value }) => onChoose(Number(value)),
  });
}

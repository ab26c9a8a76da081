/** A form that begins as it was left. */

/** @typedef {Pick<HTMLInputElement, "name" | "type" | "value" | "checked">} Input */

/**
 * Fills a form with what was kept of it. What was never kept, or is not offered any more, stays as it
 * is.
 *
 * @param {Input[]} inputs
 * @param {Record<string, unknown>} kept values by name, as of `FormData`: boxes that are not checked
 *   have none
 */
export function restore(inputs, kept) {
  if (Object.keys(kept).length === 0) return;
  for (const input of inputs) {
    const value = kept[input.name];
    if (input.type === "checkbox") input.checked = value !== undefined;
    else if (input.type === "radio") restoreRadio(input, inputs, value);
    else if (typeof value === "string" && value) input.value = value;
  }
}

/**
 * @param {Input} radio
 * @param {Input[]} inputs
 * @param {unknown} value
 */
function restoreRadio(radio, inputs, value) {
  const offered = inputs.some(({ name, value: other }) => name === radio.name && other === value);
  if (offered) radio.checked = radio.value === value;
}

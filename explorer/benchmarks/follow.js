/**
 * Put into the page before its own scripts: follows the frames that the map enters into the
 * browser's timeline, and looks at what they have drawn. The page's code runs as it is.
 *
 * A frame counts as drawn once a pixel of it has been read back: until then, it may only have been
 * asked for.
 */
(() => {
  const CANVAS = "#maps > canvas";
  const FRAME = "map frame";
  const WAIT_MS = 60_000;
  const ASIDE = /** @type {OffscreenCanvasRenderingContext2D} */ (
    new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true })
  );
  /** @type {{start: number, end: number, kind: string, picture: number}[]} frames with dots */
  const frames = [];
  /** When the latest input came. */
  let input = 0;

  for (const type of ["click", "change", "pointerup"]) {
    addEventListener(type, (event) => (input = event.timeStamp), { capture: true });
  }

  const measure = performance.measure.bind(performance);
  performance.measure = (name, /** @type {any} */ options) => {
    const entry = measure(name, options);
    if (name === FRAME) {
      const { kind } = options.detail;
      read(kind, 1, 1);
      const end = performance.now();
      const found = new Uint32Array(pixels(kind).buffer);
      // Dots have other colours than the background, which is that of a corner.
      const dots = found.some((colour) => colour !== found[0]);
      if (dots) frames.push({ start: options.start, end, kind, picture: digest(found) });
    }
    return entry;
  };

  function canvas() {
    return /** @type {HTMLCanvasElement} */ (document.querySelector(CANVAS));
  }

  /**
   * Pixels of the map's middle, or of all of it.
   *
   * @param {string} kind of layer
   * @param {number} width
   * @param {number} height
   */
  function read(kind, width, height) {
    const source = canvas();
    const left = (source.width - width) >> 1;
    const top = (source.height - height) >> 1;
    if (kind === "webgl") {
      const gl = /** @type {WebGL2RenderingContext} */ (source.getContext("webgl2"));
      const found = new Uint8Array(4 * width * height);
      gl.readPixels(left, top, width, height, gl.RGBA, gl.UNSIGNED_BYTE, found);
      return found;
    }
    // By way of another canvas: one that is read from often, browsers draw in another way.
    const { canvas: aside } = ASIDE;
    if (aside.width !== width || aside.height !== height) {
      aside.width = width;
      aside.height = height;
    }
    ASIDE.drawImage(source, -left, -top);
    return new Uint8Array(ASIDE.getImageData(0, 0, width, height).data.buffer);
  }

  /** @param {string} kind of layer */
  function pixels(kind) {
    return read(kind, canvas().width, canvas().height);
  }

  /** @param {Uint32Array} values */
  function digest(values) {
    let hash = 2166136261;
    for (const value of values) hash = Math.imul(hash ^ value, 16777619);
    return hash;
  }

  /** @param {number} milliseconds */
  function pause(milliseconds) {
    return new Promise((resolve) => setTimeout(resolve, milliseconds));
  }

  /**
   * Waits for more frames.
   *
   * @param {number} earlier number of frames before
   */
  async function drawn(earlier) {
    await until(() => frames.length > earlier, "The map was not drawn.");
  }

  /**
   * @param {() => boolean} condition
   * @param {string} complaint
   */
  async function until(condition, complaint) {
    const deadline = performance.now() + WAIT_MS;
    while (!condition()) {
      if (performance.now() > deadline) throw new Error(complaint);
      await pause(10);
    }
  }

  /** Waits until no frame has come for a while. */
  async function rest() {
    let seen = -1;
    while (seen !== frames.length) {
      seen = frames.length;
      await pause(700);
    }
  }

  /**
   * Waits until the map shows another picture than before, and comes to rest.
   *
   * @param {number} earlier number of frames before
   * @returns {Promise<number>} milliseconds from the latest input to the frame that first had the
   *   final picture
   */
  async function settled(earlier) {
    const before = frames[earlier - 1].picture;
    const changed = () => frames.slice(earlier).some(({ picture }) => picture !== before);
    await until(changed, "The map stayed as it was.");
    await rest();
    let last = frames.length - 1;
    while (last > earlier && frames[last - 1].picture === frames[last].picture) last--;
    return frames[last].end - input;
  }

  /**
   * Points at dots, again and again at the same: the page then does nothing but look for the dot.
   *
   * @param {number} places
   * @param {number} times at each place
   * @returns {number} microseconds a time, the event's own way included
   */
  function pointAt(places, times) {
    const { kind } = frames[frames.length - 1];
    const dots = findDots(pixels(kind));
    const map = /** @type {HTMLElement} */ (document.querySelector("#map"));
    const box = canvas().getBoundingClientRect();
    const ratio = canvas().width / box.width;
    let total = 0;
    for (let i = 0; i < places; i++) {
      const dot = dots[Math.floor((i / places) * dots.length)];
      const row = Math.floor(dot / canvas().width);
      const event = new PointerEvent("pointermove", {
        pointerType: "mouse",
        bubbles: true,
        clientX: box.left + (dot % canvas().width) / ratio,
        clientY: box.top + (kind === "webgl" ? canvas().height - 1 - row : row) / ratio,
      });
      // First it goes to the dot, then the page's layout comes to rest.
      for (let warm = 0; warm < 3; warm++) map.dispatchEvent(event);
      const start = performance.now();
      for (let time = 0; time < times; time++) map.dispatchEvent(event);
      total += performance.now() - start;
    }
    map.dispatchEvent(new PointerEvent("pointerleave", { pointerType: "mouse" }));
    return (1000 * total) / (places * times);
  }

  /**
   * Pixels that are not of the background's colour.
   *
   * @param {Uint8Array} bytes
   * @returns {number[]} indices, row by row
   */
  function findDots(bytes) {
    const colours = new Uint32Array(bytes.buffer);
    const found = [];
    for (let i = 0; i < colours.length; i++) if (colours[i] !== colours[0]) found.push(i);
    return found;
  }

  Object.assign(window, { benchmark: { frames, drawn, rest, settled, pointAt } });
})();

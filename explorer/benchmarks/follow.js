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
  /** When the latest event of each type came. @type {Record<string, number>} */
  const inputs = {};

  for (const type of ["click", "change", "pointerup", "keydown"]) {
    addEventListener(type, ({ timeStamp }) => (inputs[type] = timeStamp), { capture: true });
  }

  const measure = performance.measure.bind(performance);
  performance.measure = (name, /** @type {any} */ options) => {
    const entry = measure(name, options);
    if (name === FRAME) {
      const { kind } = options.detail;
      read(kind, 1, 1);
      const end = performance.now();
      const found = new Uint32Array(pixels(kind).buffer);
      if (found.some((colour) => colour !== found[0])) frames.push({ start: options.start, end, kind, picture: digest(found) });
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
   * @param {string} type of the event that changes it
   * @returns {Promise<number>} milliseconds from that event to the frame that first had the final
   *   picture
   */
  async function settled(earlier, type) {
    const before = frames[earlier - 1].picture;
    const changed = () => frames.slice(earlier).some(({ picture }) => picture !== before);
    await until(changed, "The map stayed as it was.");
    await rest();
    let last = frames.length - 1;
    while (last > earlier && frames[last - 1].picture === frames[last].picture) last--;
    return frames[last].end - inputs[type];
  }

  /**
   * Points at dots, again and again at the same: the page then does nothing but look for the dot.
   * With a button pressed it does not look either; what that takes is the event's own way.
   *
   * @param {number} places
   * @param {number} times at each place
   * @returns {number} microseconds that it takes to look for a dot; the median of the places
   */
  function pointAt(places, times) {
    const map = /** @type {HTMLElement} */ (document.querySelector("#map"));
    const dots = findDots();
    /** @param {PointerEvent} event */
    const took = (event) => {
      const start = performance.now();
      for (let time = 0; time < times; time++) map.dispatchEvent(event);
      return performance.now() - start;
    };
    const found = [];
    for (let i = 0; i < places; i++) {
      const [clientX, clientY] = dots[Math.floor((i / places) * dots.length)];
      const place = { pointerType: "mouse", bubbles: true, clientX, clientY };
      const looking = new PointerEvent("pointermove", place);
      const idle = new PointerEvent("pointermove", { ...place, buttons: 1 });
      // First it goes to the dot, then the page's layout comes to rest.
      for (let warm = 0; warm < 3; warm++) map.dispatchEvent(looking);
      found.push(took(looking) - took(idle));
    }
    map.dispatchEvent(new PointerEvent("pointerleave", { pointerType: "mouse" }));
    return (1000 * middle(found)) / times;
  }

  /**
   * Where dots are seen.
   *
   * @returns {[number, number][]} places on the page, row by row
   */
  function findDots() {
    const { kind } = frames[frames.length - 1];
    const colours = new Uint32Array(pixels(kind).buffer);
    const { width, height } = canvas();
    const box = canvas().getBoundingClientRect();
    const ratio = width / box.width;
    /** @type {[number, number][]} */
    const found = [];
    for (let i = 0; i < colours.length; i++) {
      if (colours[i] === colours[0]) continue; // the background, as in a corner
      const row = Math.floor(i / width);
      const fromTop = kind === "webgl" ? height - 1 - row : row;
      found.push([box.left + (i % width) / ratio, box.top + fromTop / ratio]);
    }
    return found;
  }

  /** How far right half of what is seen of the dots goes, on the page. */
  function halfway() {
    return middle(findDots().map(([x]) => x));
  }

  /** @param {number[]} values */
  function middle(values) {
    return values.sort((a, b) => a - b)[values.length >> 1];
  }

  Object.assign(window, { benchmark: { frames, drawn, rest, settled, pointAt, halfway } });
})();

/** What a browser gives a player: an audio context, an audio element, the network. */

/** Lets everything that can go on without the outside world do so. */
export const settle = () => new Promise((resolve) => setTimeout(resolve));

/** Gains write down what they are told. */
class Gain {
  gain = {
    log: [],
    value: 1,
    setValueAtTime: (value, time) => this.gain.log.push(["set", value, time]),
    linearRampToValueAtTime: (value, time) => this.gain.log.push(["ramp", value, time]),
    cancelScheduledValues: (time) => this.gain.log.push(["cancel", time]),
  };
  connect = (node) => node;
  disconnect() {}
}

class Source {
  log = [];
  onended = () => {};
  connect = (node) => node;
  start = (time) => this.log.push(["start", time]);
  stop = (time) => this.log.push(["stop", time]);
}

/** Suspended until resumed, as browsers have it; its time goes on by `advance` alone. */
export class AudioContext extends EventTarget {
  static made = [];
  /** How many times from now a browser refuses to resume. */
  static refusals = 0;
  state = "suspended";
  currentTime = 0;
  destination = {};
  gains = [];
  sources = [];
  undecodable = false;

  constructor() {
    super();
    AudioContext.made.push(this);
  }

  createGain() {
    this.gains.push(new Gain());
    return this.gains.at(-1);
  }

  createBufferSource() {
    this.sources.push(new Source());
    return this.sources.at(-1);
  }

  createMediaElementSource() {
    return new Source();
  }

  async decodeAudioData(bytes) {
    if (this.undecodable) throw new DOMException("no audio", "EncodingError");
    return { duration: new Float64Array(bytes)[0] };
  }

  async resume() {
    if (AudioContext.refusals-- > 0) throw new DOMException("no gesture", "NotAllowedError");
    AudioContext.refusals = 0;
    this.#become("running");
  }

  async suspend() {
    this.#become("suspended");
  }

  /** @param {number} seconds */
  advance(seconds) {
    this.currentTime += seconds;
    for (const source of this.sources) {
      const end = source.log[0][1] + source.buffer.duration;
      if (end > this.currentTime || source.ended) continue;
      source.ended = true;
      source.onended();
    }
  }

  #become(state) {
    this.state = state;
    this.dispatchEvent(new Event("statechange"));
  }
}

/** An audio element, which plays until it is told that it cannot. */
export class Element extends EventTarget {
  static made = [];
  src = "";
  currentTime = 0;
  volume = 1;
  paused = true;
  #reject = () => {};

  constructor() {
    super();
    Element.made.push(this);
  }

  play() {
    this.paused = false;
    this.#reject(new DOMException("newer source", "AbortError"));
    return new Promise((_, reject) => (this.#reject = reject));
  }

  pause() {
    this.paused = true;
  }

  /** @param {number} seconds where sound begins, as the browser tells it */
  sound(seconds) {
    this.currentTime = seconds;
    this.dispatchEvent(new Event("playing"));
  }

  /** As browsers tell it: by an event and by the promise. */
  refuse() {
    this.dispatchEvent(new Event("error"));
    this.#reject(new DOMException("no codec", "NotSupportedError"));
  }
}

/** Every request for a clip, to be answered with the clip's length in seconds. */
export const requests = [];

const fetch = (address, { signal }) =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted();
    signal.addEventListener("abort", () => reject(signal.reason));
    requests.push({
      address,
      signal,
      answer: (seconds) => resolve(new Response(Float64Array.of(seconds))),
      fail: (status, message) => resolve(Response.json({ detail: message }, { status })),
    });
  });

Object.assign(globalThis, { AudioContext, Audio: Element, fetch });

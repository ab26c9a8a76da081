/** One sounding clip: faded in and out, so that sweeping across the map never clicks. */

export const FADE_SECONDS = 0.03;

export class Voice {
  /**
   * Starts at once.
   *
   * @param {BaseAudioContext} context
   * @param {AudioNode} output
   * @param {AudioBuffer} clip
   * @param {number} level linear gain
   * @param {() => void} onEnd called when the clip has been heard to its end
   */
  constructor(context, output, clip, level, onEnd) {
    this.context = context;
    this.startedAt = context.currentTime;
    this.duration = clip.duration;
    this.source = context.createBufferSource();
    this.source.buffer = clip;
    this.envelope = context.createGain();
    this.source.connect(this.envelope).connect(output);
    this.source.onended = () => {
      this.envelope.disconnect();
      if (!this.stopped) onEnd();
    };
    this.stopped = false;

    const { gain } = this.envelope;
    const fade = Math.min(FADE_SECONDS, clip.duration / 2);
    const end = this.startedAt + clip.duration;
    gain.setValueAtTime(0, this.startedAt);
    gain.linearRampToValueAtTime(level, this.startedAt + fade);
    gain.setValueAtTime(level, end - fade);
    gain.linearRampToValueAtTime(0, end);
    this.source.start(this.startedAt);
  }

  /** Seconds of the clip heard so far. */
  get elapsed() {
    return Math.min(this.context.currentTime - this.startedAt, this.duration);
  }

  /** Fades out from wherever the envelope is. */
  stop() {
    if (this.stopped) return;
    this.stopped = true;
    this.source.stop(fadeOut(this.envelope.gain, this.context.currentTime));
  }
}

/**
 * Fades to silence from wherever a gain is.
 *
 * @param {AudioParam} gain
 * @param {number} now the context's time
 * @returns {number} when it is silent
 */
export function fadeOut(gain, now) {
  const level = gain.value;
  gain.cancelScheduledValues(now);
  gain.setValueAtTime(level, now);
  gain.linearRampToValueAtTime(0, now + FADE_SECONDS);
  return now + FADE_SECONDS;
}

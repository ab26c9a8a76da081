/** Loudness as numbers. */

/** Left free above the loudest slider: as much as levelling may add to a quiet track (6 dB). */
const HEADROOM = 0.5;

/** @param {number} decibels */
export function linear(decibels) {
  return 10 ** (decibels / 20);
}

/**
 * Loudness is heard in ratios: the square makes the middle of the slider sound like half.
 *
 * @param {number} volume from 0 to 1
 */
export function volumeGain(volume) {
  return HEADROOM * volume ** 2;
}

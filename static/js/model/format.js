/** Numbers and times as people write them. */

/** @param {number} seconds of which the nearest whole one is told */
export function clock(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const tail = String(whole % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}

/**
 * @param {number} start seconds
 * @param {number} end seconds
 */
export function timeSpan(start, end) {
  return `${clock(start)}–${clock(Math.max(end, Math.round(start) + 1))}`;
}

/** @param {number} share of 1 */
export function percent(share) {
  const value = share * 100;
  return `${value > 0 && value < 1 ? value.toFixed(1) : Math.round(value)}%`;
}

/** @param {number} number */
export function thousands(number) {
  return number.toLocaleString("en-GB");
}

/**
 * @param {number} number
 * @param {string} noun in the singular
 */
export function count(number, noun) {
  return `${thousands(number)} ${noun}${number === 1 ? "" : "s"}`;
}

/** @param {number | null} seconds */
export function timeLeft(seconds) {
  if (seconds === null || !Number.isFinite(seconds)) return "";
  if (seconds < 60) return "less than a minute left";
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `about ${count(minutes, "minute")} left`;
  return `about ${count(Math.round(minutes / 60), "hour")} left`;
}

/** @param {{artists: {name: string}[]}} track */
export function artistNames(track) {
  return track.artists.map((artist) => artist.name).join(", ");
}

/**
 * Text without case, accents and forms of the same letter, as the server compares it.
 *
 * @param {string} text
 */
export function fold(text) {
  return text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
}

/** Two tracks that may be the same, in the admin: one is heard at a time, and one switches between. */

for (const sounds of document.querySelectorAll(".duplicate-sounds")) {
  const [one, other] = sounds.querySelectorAll("audio");
  if (one && other) sounds.append(switchBetween(one, other));
}

document.addEventListener(
  "play",
  ({ target }) => {
    for (const audio of document.querySelectorAll("audio")) if (audio !== target) audio.pause();
  },
  true,
);

/**
 * A button that goes on in the other, at the same moment of the music.
 *
 * @param {HTMLAudioElement} one
 * @param {HTMLAudioElement} other
 */
function switchBetween(one, other) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = "Switch between the two";
  button.addEventListener("click", () => {
    const [from, to] = other.paused ? [one, other] : [other, one];
    to.currentTime = from.currentTime;
    void to.play();
  });
  return button;
}

// Scan screens: a short tone tells good from bad, and the field of the scan gets the focus back. Only comfort.
const last = document.querySelector("[data-sound]");
if (last && globalThis.AudioContext) {
  const sound = new AudioContext();
  const tone = sound.createOscillator();
  const volume = sound.createGain();
  const good = last.dataset.sound === "good";
  tone.frequency.value = good ? 880 : 220;
  volume.gain.value = 0.1;
  tone.connect(volume).connect(sound.destination);
  tone.start();
  tone.stop(sound.currentTime + (good ? 0.08 : 0.4));
}
const field = document.querySelector("[data-scan-here]");
if (field) {
  field.focus();
  addEventListener("focusout", () => {
    setTimeout(() => {
      if (!document.activeElement || document.activeElement === document.body) {
        field.focus();
      }
    }, 200);
  });
}

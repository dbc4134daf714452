import { computed, ref } from "vue";

import { remembered } from "./remembered";

const choice = remembered<"on" | "off">("sound", "on", ["on", "off"]);
const isBlocked = ref(true);
let audio: AudioContext | null = null;

/** Browsers let a page sound only after somebody has touched it. */
function unlock(): void {
  audio ??= new AudioContext();
  void audio.resume().then(() => (isBlocked.value = false));
}
addEventListener("pointerdown", unlock, { once: true });
addEventListener("keydown", unlock, { once: true });

function tone(context: AudioContext, frequency: number, at_s: number): void {
  const oscillator = context.createOscillator();
  const volume = context.createGain();
  oscillator.frequency.value = frequency;
  volume.gain.setValueAtTime(0.0001, at_s);
  volume.gain.exponentialRampToValueAtTime(0.2, at_s + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, at_s + 0.22);
  oscillator.connect(volume).connect(context.destination);
  oscillator.start(at_s);
  oscillator.stop(at_s + 0.25);
}

export function useSound() {
  const isMuted = computed(() => choice.value === "off");

  function toggle(): void {
    choice.value = isMuted.value ? "on" : "off";
  }

  /** Two tones; none while muted or before the page was touched. */
  function chime(): void {
    if (isMuted.value || !audio || audio.state !== "running") return;
    tone(audio, 880, audio.currentTime);
    tone(audio, 1175, audio.currentTime + 0.18);
  }

  return { isMuted, isBlocked, toggle, chime };
}

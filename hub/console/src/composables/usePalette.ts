import { computed } from "vue";

import { useTheme } from "./useTheme";

export interface Palette {
  text: string;
  soft: string;
  line: string;
  panel: string;
  accent: string;
  ok: string;
  warning: string;
  classes: Record<string, string>;
  /** For what has no colour of its own. */
  cycle: readonly string[];
  /** Hatching for what nobody saw. */
  hatch: HTMLCanvasElement;
}

const HATCH_PX = 8;

/** The screen's colours for charts, which cannot read them from style sheets. */
export function usePalette() {
  const { isDark } = useTheme();
  return computed<Palette>(() => {
    void isDark.value; // the style sheet's colours change with it
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string) => style.getPropertyValue(`--za-${name}`).trim();
    const classes = {
      person: colour("person"),
      vehicle: colour("vehicle"),
      "non-motor": colour("non-motor"),
    };
    return {
      text: colour("text"),
      soft: colour("text-soft"),
      line: colour("line"),
      panel: colour("panel"),
      accent: colour("accent"),
      ok: colour("ok"),
      warning: colour("warning"),
      classes,
      cycle: [...Object.values(classes), "#8a63b8", "#c2557a", "#7a8791"],
      hatch: hatching(colour("line")),
    };
  });
}

function hatching(colour: string): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = HATCH_PX;
  const pen = canvas.getContext("2d");
  if (!pen) return canvas;
  pen.strokeStyle = colour;
  pen.lineWidth = 1.5;
  for (const shift of [-HATCH_PX, 0, HATCH_PX]) {
    pen.moveTo(shift, HATCH_PX);
    pen.lineTo(shift + HATCH_PX, 0);
  }
  pen.stroke();
  return canvas;
}

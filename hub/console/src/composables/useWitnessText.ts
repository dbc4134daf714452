import type { Witness } from "@/core/pairing";
import { useSites } from "./useSites";
import { useWords } from "./useWords";

/** What a witness saw, in words. */
export function useWitnessText() {
  const { word } = useWords();
  const { thingName } = useSites();

  function witnessText(witness: Witness, site: string): string {
    return [
      word("pairing.facts", witness.fact),
      witness.class ? word("classes", witness.class) : "",
      witness.direction ? word("common", witness.direction) : "",
      thingName(site, witness.source),
    ]
      .filter(Boolean)
      .join(" · ");
  }

  return { witnessText };
}

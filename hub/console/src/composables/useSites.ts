import { computed, ref } from "vue";
import { useI18n } from "vue-i18n";

import { listSites } from "@/api/sites";
import type { Site } from "@/api/types";

interface Named {
  id: string;
  name: string;
  name_en: string;
}

const DEFAULT_ZONE = "Asia/Shanghai";
const sites = ref<Site[]>([]);

/** The compounds and what stands in them, with their names in the language of the screen. */
export function useSites() {
  const { locale } = useI18n();

  async function refresh(): Promise<void> {
    sites.value = await listSites();
  }

  function siteOf(id: string): Site | undefined {
    return sites.value.find((site) => site.id === id);
  }

  function zoneOf(id: string): string {
    return siteOf(id)?.timezone ?? DEFAULT_ZONE;
  }

  function label(named: Omit<Named, "id">): string {
    return locale.value === "en" ? named.name_en : named.name;
  }

  /** The name of `id` among `candidates`, or the id where it is not (or no longer) there. */
  function nameIn(candidates: readonly Named[] | undefined, id: string): string {
    const found = candidates?.find((candidate) => candidate.id === id);
    return found ? label(found) : id;
  }

  function siteName(id: string): string {
    return nameIn(sites.value, id);
  }

  function gateName(site: string, gate: string): string {
    return nameIn(siteOf(site)?.gates, gate);
  }

  /** Where something is: the gate, with the compound before it where there are several. */
  function placeName(site: string, gate: string): string {
    const name = gateName(site, gate);
    return sites.value.length > 1 ? `${siteName(site)} · ${name}` : name;
  }

  /** The name of a camera, line, zone or access point. */
  function thingName(site: string, id: string): string {
    const found = siteOf(site);
    const things = found ? [...found.cameras, ...found.lines, ...found.zones, ...found.points] : [];
    return nameIn(things, id);
  }

  return {
    sites: computed(() => sites.value),
    refresh,
    siteOf,
    zoneOf,
    label,
    siteName,
    gateName,
    placeName,
    thingName,
  };
}

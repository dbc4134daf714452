/** Why a tailgating alert was raised: which crossing was explained by which grant. */

export interface Witness {
  fact: string;
  source: string;
  occurred_at: string;
  direction?: string | null;
  class?: string | null;
  pair?: number | null;
}

/** `explained`: crossing and access event belong together; `unexplained`: a crossing without one;
 * `unused`: an access event nobody walked through for; `seen`: neither question arises. */
export type Verdict = "explained" | "unexplained" | "unused" | "seen";

export interface PairingRow {
  pair: number | null;
  at: string;
  crossing: Witness | null;
  access: Witness | null;
  verdict: Verdict;
}

const CROSSING = "crossing";
const OPENINGS = new Set(["granted", "exit-button"]);

/** One row for each pair and for each witness without one, oldest first. */
export function pairingRows(witnesses: readonly Witness[]): PairingRow[] {
  const pairs = new Map<number, Witness[]>();
  const alone: Witness[] = [];
  for (const witness of witnesses) {
    if (witness.pair == null) alone.push(witness);
    else pairs.set(witness.pair, [...(pairs.get(witness.pair) ?? []), witness]);
  }
  const rows = [
    ...[...pairs].map(([pair, members]) => rowOf(pair, members)),
    ...alone.map((witness) => rowOf(null, [witness])),
  ];
  return rows.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

function rowOf(pair: number | null, members: Witness[]): PairingRow {
  const crossing = members.find((witness) => witness.fact === CROSSING) ?? null;
  const access = members.find((witness) => witness.fact !== CROSSING) ?? null;
  const times = members.map((witness) => witness.occurred_at);
  const at = times.reduce((first, time) => (Date.parse(time) < Date.parse(first) ? time : first));
  return { pair, at, crossing, access, verdict: verdictOf(crossing, access) };
}

function verdictOf(crossing: Witness | null, access: Witness | null): Verdict {
  if (crossing && access) return "explained";
  if (crossing) return "unexplained";
  return access && OPENINGS.has(access.fact) ? "unused" : "seen";
}

/** Where `at` lies between the first and last witness, 0..1; a single moment lies in the middle. */
export function positionOf(at: string, witnesses: readonly Witness[]): number {
  const times = witnesses.map((witness) => Date.parse(witness.occurred_at));
  const first = Math.min(...times);
  const span = Math.max(...times) - first;
  return span === 0 ? 0.5 : (Date.parse(at) - first) / span;
}

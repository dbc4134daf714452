import client, { body } from "./client";
import type { Counts, CountsQuery, Occupancy } from "./types";

export function readCounts(query: CountsQuery): Promise<Counts> {
  return body(client.GET("/api/v1/counts", { params: { query } }));
}

type OccupancyQuery = Pick<CountsQuery, "site" | "from" | "to" | "step">;

export function readOccupancy(query: OccupancyQuery): Promise<Occupancy> {
  return body(client.GET("/api/v1/occupancy", { params: { query } }));
}

/** Say how many people really are inside now. */
export async function correctOccupancy(site: string, people: number, note: string): Promise<void> {
  const correction = { site, people, note: note.trim() || null };
  await client.POST("/api/v1/occupancy/corrections", { body: correction });
}

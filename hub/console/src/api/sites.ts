import client, { body } from "./client";
import type { GateNow, Gateway, Site, SiteOccupancy } from "./types";

export function listSites(): Promise<Site[]> {
  return body(client.GET("/api/v1/sites"));
}

export function listGateways(): Promise<Gateway[]> {
  return body(client.GET("/api/v1/gateways"));
}

export function listGates(): Promise<GateNow[]> {
  return body(client.GET("/api/v1/gates"));
}

export function readOccupancyNow(): Promise<SiteOccupancy[]> {
  return body(client.GET("/api/v1/occupancy/now"));
}

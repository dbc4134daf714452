/** Short names for the API's answers. */
import type { components, paths } from "./schema";

type Schemas = components["schemas"];

export type User = Schemas["User"];
export type Account = Schemas["Account"];
export type NewUser = Schemas["NewUser"];
export type UserChange = Schemas["UserChange"];
export type Role = Schemas["Role"];
export type Site = Schemas["Site"];
export type Gateway = Schemas["Gateway"];
export type GateNow = Schemas["GateNow"];
export type CameraNow = Schemas["CameraNow"];
export type Counts = Schemas["Counts"];
export type Occupancy = Schemas["Occupancy"];
export type OccupancyNow = Schemas["OccupancyNow"];
export type SiteOccupancy = Schemas["SiteOccupancy"];
export type AlertSummary = Schemas["AlertSummary"];
export type Alert = Schemas["Alert"];
export type AlertAction = Schemas["AlertAction"];
export type AlertState = Schemas["AlertState"];
export type AlertPage = Schemas["AlertPage"];
export type Evidence = Schemas["EvidenceOfAlert"];
export type EvidenceView = Schemas["EvidenceView"];
export type Severity = Schemas["Severity"];
export type RuleName = Schemas["RuleName"];
export type ObjectClass = Schemas["ObjectClass"];

export type AlertQuery = NonNullable<paths["/api/v1/alerts"]["get"]["parameters"]["query"]>;
export type CountsQuery = paths["/api/v1/counts"]["get"]["parameters"]["query"];

export const ALERT_STATES = ["raised", "acknowledged", "resolved", "false"] as const;
export const ALERT_ACTIONS = ["acknowledge", "resolve", "false"] as const;
export const ROLES = ["guard", "manager", "administrator"] as const;
export const OBJECT_CLASSES = ["person", "vehicle", "non-motor"] as const;
export const RULES = [
  "tailgating",
  "tail-through",
  "crowding",
  "stationary-vehicle",
  "after-hours",
  "door-forced",
  "door-held",
  "camera-silent",
] as const;

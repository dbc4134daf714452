/** Two compounds that do not exist. */
import type { GateNow, Gateway, Site, SiteOccupancy } from "../src/api/types";

const EAST = { id: "east", name: "东门", name_en: "East gate" };
const LANE = { id: "lane", name: "地下车库入口", name_en: "Garage entrance" };
const NORTH = { id: "north", name: "北门（快递通道）", name_en: "North gate (deliveries)" };

function line(id: string, gate: string, name: string, name_en: string): Site["lines"][number] {
  return { id, gate, camera: `${gate}-cam`, name, name_en, counts_occupancy: true };
}

export const SITES: Site[] = [
  {
    id: "jinyuan",
    name: "锦园小区",
    name_en: "Jinyuan Gardens",
    timezone: "Asia/Shanghai",
    gateways: ["gw-1"],
    gates: [EAST, LANE],
    cameras: [
      { id: "east-cam", gate: "east", name: "东门人行道", name_en: "East walkway" },
      { id: "lane-cam", gate: "lane", name: "车库坡道", name_en: "Garage ramp" },
    ],
    lines: [
      line("east-line", "east", "东门计数线", "East line"),
      line("lane-line", "lane", "车库计数线", "Garage line"),
    ],
    zones: [
      { id: "fire-lane", gate: "lane", camera: "lane-cam", name: "消防通道", name_en: "Fire lane" },
    ],
    points: [
      { id: "east-door", gate: "east", kind: "door", name: "东门人行门", name_en: "East door" },
      { id: "lane-bar", gate: "lane", kind: "barrier", name: "车库道闸", name_en: "Garage barrier" },
    ],
  },
  {
    id: "hupan",
    name: "湖畔里",
    name_en: "Lakeside Lane",
    timezone: "Asia/Shanghai",
    gateways: ["gw-2"],
    gates: [NORTH],
    cameras: [{ id: "north-cam", gate: "north", name: "北门", name_en: "North" }],
    lines: [line("north-line", "north", "北门计数线", "North line")],
    zones: [],
    points: [],
  },
];

export function ago(seconds: number): string {
  return new Date(Date.now() - seconds * 1000).toISOString();
}

export function gateways(): Gateway[] {
  const common = { session: 12, epoch: "e-7f3a", software: "zhian 0.1.0", memory_bytes: 2.1e8 };
  return [
    {
      ...common,
      site: "jinyuan",
      gateway: "gw-1",
      liveness: "online",
      last_seen: ago(4),
      stored_up_to: 48_211,
      highest_number: 48_213,
      missing: 0,
      completeness: 1,
      clock_offset_s: 0.02,
      outbox_records: 2,
    },
    {
      ...common,
      site: "hupan",
      gateway: "gw-2",
      liveness: "offline",
      last_seen: ago(4200),
      stored_up_to: 9120,
      highest_number: 9204,
      missing: 84,
      completeness: 0.9909,
      clock_offset_s: -37.4,
      outbox_records: null,
    },
  ];
}

export function gates(): GateNow[] {
  return [
    {
      site: "jinyuan",
      gate: "east",
      name: EAST.name,
      name_en: EAST.name_en,
      by_class: [
        { class: "person", in_today: 1284, out_today: 1107, in_last_hour: 96, out_last_hour: 71 },
        { class: "non-motor", in_today: 212, out_today: 190, in_last_hour: 14, out_last_hour: 9 },
      ],
      coverage: 0.98,
      last_window_end: ago(22),
      cameras: [
        { id: "east-cam", name: "东门人行道", name_en: "East walkway", state: "online", since: ago(9e4) },
      ],
      points: [
        {
          id: "east-door",
          name: "东门人行门",
          name_en: "East door",
          kind: "door",
          last_event_at: ago(35),
          state: "ok",
          granted_today: 1203,
          denied_today: 7,
        },
      ],
      open_alerts: 3,
    },
    {
      site: "jinyuan",
      gate: "lane",
      name: LANE.name,
      name_en: LANE.name_en,
      by_class: [
        { class: "vehicle", in_today: 341, out_today: 388, in_last_hour: 22, out_last_hour: 31 },
      ],
      coverage: 0.42,
      last_window_end: ago(22),
      cameras: [
        { id: "lane-cam", name: "车库坡道", name_en: "Garage ramp", state: "unfit", since: ago(900) },
      ],
      points: [
        {
          id: "lane-bar",
          name: "车库道闸",
          name_en: "Garage barrier",
          kind: "barrier",
          last_event_at: ago(140),
          state: "held-open",
          granted_today: 330,
          denied_today: 12,
        },
      ],
      open_alerts: 0,
    },
    {
      site: "hupan",
      gate: "north",
      name: NORTH.name,
      name_en: NORTH.name_en,
      by_class: [],
      coverage: null,
      last_window_end: null,
      cameras: [{ id: "north-cam", name: "北门", name_en: "North", state: "silent", since: ago(4200) }],
      points: [],
      open_alerts: 1,
    },
  ];
}

export function occupancies(): SiteOccupancy[] {
  return [
    {
      site: "jinyuan",
      low: 402,
      expected: 431,
      high: 466,
      coverage: 0.93,
      as_of: ago(22),
      corrected_at: ago(52_000),
    },
    {
      site: "hupan",
      low: null,
      expected: null,
      high: null,
      coverage: 0,
      as_of: null,
      corrected_at: null,
    },
  ];
}

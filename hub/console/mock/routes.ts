import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";

import type { Account, AlertAction, User } from "../src/api/types";
import * as alerts from "./alerts.ts";
import * as places from "./places.ts";
import * as series from "./series.ts";

const RAISE_EVERY_MS = 20_000;
const ADMIN: User = {
  username: "admin",
  display_name: "管理员",
  role: "administrator",
  must_change_password: true,
};
const ACCOUNTS: Account[] = [
  { ...ADMIN, active: true, created_at: places.ago(9e6), last_sign_in_at: places.ago(60) },
  {
    username: "wang.baoan",
    display_name: "王保安",
    role: "guard",
    must_change_password: false,
    active: true,
    created_at: places.ago(5e6),
    last_sign_in_at: null,
  },
];
let user: User | null = null;

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(status === 204 ? undefined : JSON.stringify(body));
}

function refuse(response: ServerResponse, status: number, zh: string, en: string): void {
  send(response, status, { detail: { zh, en } });
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, string>> {
  const sent = await text(request);
  return sent ? JSON.parse(sent) : {};
}

function follow(response: ServerResponse): void {
  response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
  response.write(": hello\n\n");
  const timer = setInterval(() => {
    const alert = alerts.raise();
    response.write(`id: ${Date.now()}\nevent: alert\ndata: ${JSON.stringify(alert)}\n\n`);
  }, RAISE_EVERY_MS);
  response.on("close", () => clearInterval(timer));
}

function picture(response: ServerResponse): void {
  response.writeHead(200, { "Content-Type": "image/svg+xml" });
  response.end(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 768 576" width="768" height="576">
      <rect width="768" height="576" fill="#6d7f77"/><path d="M0 576 300 210h168l300 366z" fill="#9aa3a0"/>
      <g fill="#2b3440"><rect x="330" y="250" width="34" height="92"/><rect x="400" y="280" width="38" height="104"/></g>
      <path d="M190 400h390" stroke="#ffcc4d" stroke-width="5"/></svg>`,
  );
}

async function answerAlert(
  request: IncomingMessage,
  response: ServerResponse,
  [id, what, evidence]: string[],
): Promise<void> {
  const alert = alerts.find(id ?? "");
  if (!alert) return refuse(response, 404, "没有这条告警", "no such alert");
  if (!what) return send(response, 200, alert);
  if (evidence) return picture(response);
  if (what === "views") return send(response, 200, []);
  const { note } = await bodyOf(request);
  const changed = alerts.act(alert, what as AlertAction, note ?? null);
  if (changed) return send(response, 200, changed);
  return refuse(response, 409, "这条告警已经处理过了", "this alert has been handled already");
}

async function answerSession(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === "POST") {
    const { password } = await bodyOf(request);
    if (password === "wrong") return refuse(response, 401, "用户名或密码不对", "wrong name or password");
    user = ADMIN;
  }
  if (request.method === "DELETE") user = null;
  if (user) return send(response, 200, user);
  return request.method === "DELETE"
    ? send(response, 204, null)
    : refuse(response, 401, "尚未登录", "not signed in");
}

/** Answer one request as the hub's API would. */
export async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://mock");
  const [resource, ...rest] = url.pathname.slice(1).split("/");
  const query = Object.fromEntries(url.searchParams) as Parameters<typeof series.counts>[0];
  if (resource === "session") return answerSession(request, response);
  if (!user) return refuse(response, 401, "尚未登录", "not signed in");
  if (resource === "events") return follow(response);
  if (resource === "alerts" && rest.length > 0) return answerAlert(request, response, rest);
  const answers: Record<string, () => unknown> = {
    alerts: () => alerts.page(url.searchParams),
    sites: () => places.SITES,
    gateways: places.gateways,
    gates: places.gates,
    occupancy: () => (rest[0] === "now" ? places.occupancies() : series.occupancy(query)),
    counts: () => series.counts(query),
    users: () => ACCOUNTS,
  };
  const found = answers[resource ?? ""];
  if (found) send(response, 200, found());
  else refuse(response, 404, "没有", "not there");
}
